"""The cheapest whole numbers of contracts that meet linear demands, with a proven bound.

The optimum in fractions is found first. Its reduced costs show which contracts no solution better
than a known one can hold, and only the others go to the whole-number search: nothing is lost by it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from vaultdesk.core.hedge.finder.mixed import mixed
from vaultdesk.core.hedge.finder.program import CENT, Relaxed, relaxed
from vaultdesk.core.hedge.finder.slim import deciding_columns, deciding_rows

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from vaultdesk.core.hedge.finder.program import Program
    from vaultdesk.core.options.types import FloatArray

    IndexArray = npt.NDArray[np.intp]

REACH = 0.1
"""Of the dearest contract used: what columns of the first search may cost beyond the relaxation."""
CLOSE = 1e-6
MOST = 1e5
"""Contracts: more of one than any book shows."""


class Search:
    """The cheapest whole contracts: the best so far and what is proven of it.

    Columns are let in by what they cost in the relaxation beyond it (`reach`): once the best
    costs no more than that beyond it, no column left out is in a better one. The least commission
    of a leg, which seldom matters, is left out of the first search.

    Attributes:
        bound: no whole contracts that meet the demands cost less; infinite where none do.
        over: whether nothing is left to be tried.
        solves: how often HiGHS ran.
    """

    def __init__(self, program: Program) -> None:
        self._columns = deciding_columns(program.cost, program.gain, program.side)
        self._program, self._count = program.of(self._columns), program.cost.size
        base = relaxed(self._program)
        self._base = base or Relaxed(np.inf, np.zeros(0), np.zeros(0))
        self._best: FloatArray | None = None
        self._cost, self.bound, self.solves = np.inf, self._base.cost, 1
        self._exact, self.over = False, base is None
        used = np.flatnonzero(self._base.contracts > 0.0)
        dearest = np.abs(self._program.cost[used]).max(initial=0.0)
        self._reach = REACH * float(dearest) + CENT
        if base is not None and not used.size:  # what costs nothing and is enough is the best
            self._best, self._cost, self.over = np.zeros(self._columns.size), 0.0, True

    @property
    def contracts(self) -> FloatArray | None:
        """The best so far, one element a column of the program; None without any."""
        if self._best is None:
            return None
        found = np.zeros(self._count)
        found[self._columns] = self._best
        return found

    def run(self, seconds: float, stop: Callable[[], bool], *, draft: bool) -> None:
        """Go on until it is over, stopped or, for a draft, something is found.

        Args:
            seconds: the most that one search may take.
            stop: asked between searches.
            draft: whether the first that is found will do.
        """
        while not (self.over or stop() or (draft and self._best is not None)):
            self._step(seconds)

    def _step(self, seconds: float) -> None:
        """Search once and decide what is next."""
        inside = np.flatnonzero(self._base.reduced <= self._reach)
        left_out = inside.size < self._base.reduced.size
        part = self._program.of(inside)
        rows = deciding_rows(part.gain, part.need)
        part = replace(part, gain=part.gain[rows], need=part.need[rows])
        found, below, in_time = mixed(part, seconds, self._most(inside) if self._exact else None)
        self.solves += 1
        if found is not None and part.met_by(found) and part.total(found) < self._cost:
            self._best, self._cost = np.zeros(self._base.reduced.size), part.total(found)
            self._best[inside] = found
        rest = self._base.cost + self._reach if left_out else np.inf
        self.bound = max(self.bound, min(below, rest, self._cost))
        self._next(left_out=left_out, in_time=in_time, found=found is not None)

    def _next(self, *, left_out: bool, in_time: bool, found: bool) -> None:
        beyond = self._cost - self._base.cost
        if self._cost - self.bound <= CENT or not in_time:
            self.over = True
        elif left_out and beyond > self._reach:
            self._reach = 4.0 * self._reach if self._best is None else beyond
            self._exact = self._best is not None
        else:
            self.over = self._exact or not found
            self._exact = True

    def _most(self, inside: IndexArray) -> FloatArray:
        """How many of each there may be in a solution that costs no more than the best."""
        most = _payable(self._program, self._cost if self._best is not None else None)
        spare, reduced = self._cost - self._base.cost, self._base.reduced
        dear = reduced > 0.0
        most[dear] = np.minimum(most[dear], spare / reduced[dear])
        return np.floor(np.minimum(most[inside], MOST) + CLOSE)


def _payable(program: Program, cost: float | None) -> FloatArray:
    """How many of each can be paid with so much and what selling brings; infinite without it.

    What is sold is limited by a side row without negative elements.
    """
    sold, most, credit = program.cost <= 0.0, np.full(program.cost.size, np.inf), 0.0
    for side, limit in zip(program.side, program.limit, strict=True):
        if (side >= 0.0).all():
            counted = side > 0.0
            most[counted] = np.minimum(most[counted], limit / side[counted])
            brings = -program.cost[counted] / side[counted]
            credit += float(np.maximum(brings, 0.0).max(initial=0.0)) * limit
    if cost is not None:
        bought = (max(cost, 0.0) + credit) / program.cost[~sold]
        most[~sold] = np.minimum(most[~sold], bought)
    return most
