"""What is to be minimised over whole contracts, and its optimum in fractions of contracts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from vaultdesk.core.options.types import FloatArray

    IndexArray = npt.NDArray[np.intp]

CENT = 0.005
"""Costs that differ by less are the same to the cent."""
MISSED = 1e-5
"""Of a row's largest element: what HiGHS may miss it by, and some more."""


@dataclass(frozen=True, slots=True, eq=False)
class Program:
    """Minimise cost @ x over whole x >= 0 with gain @ x >= need and side @ x <= limit.

    Attributes:
        cost: of a contract with its commission, (columns,).
        gain: what a contract brings in each cell, (rows, columns).
        need: what all must bring there, (rows,).
        side: (sides, columns), what else is counted.
        limit: and how much of it there may be, (sides,).
        group: columns of one number stand in order of strike, (columns,).
        fee: commission of a contract, already in its cost.
        fee_minimum: least commission of a leg; what is lacking to it costs besides.
        drawn: what 1 of cost takes from every row, where the premium is drawn on the loan.
    """

    cost: FloatArray
    gain: FloatArray
    need: FloatArray
    side: FloatArray
    limit: FloatArray
    group: IndexArray
    fee: float = 0.0
    fee_minimum: float = 0.0
    drawn: float = 0.0

    def of(self, chosen: IndexArray) -> Program:
        """Some columns of it."""
        return Program(
            self.cost[chosen],
            self.gain[:, chosen],
            self.need,
            self.side[:, chosen],
            self.limit,
            self.group[chosen],
            self.fee,
            self.fee_minimum,
            self.drawn,
        )

    def lacking(self, contracts: FloatArray) -> FloatArray:
        """What each leg pays to come up to the least commission."""
        lacks: FloatArray = np.where(
            contracts > 0, np.maximum(self.fee_minimum - self.fee * contracts, 0.0), 0.0
        )
        return lacks

    @property
    def scale(self) -> FloatArray:
        """The largest element of each row, or 1: HiGHS's tolerances are absolute."""
        largest: FloatArray = np.maximum(np.abs(self.gain).max(axis=1, initial=0.0), 1.0)
        return largest

    def met_by(self, contracts: FloatArray) -> bool:
        """Whether the rows are met with all commissions, but for what float64 cannot tell."""
        drawn = self.drawn * self.lacking(contracts).sum()
        lacks = (self.need - self.gain @ contracts + drawn) / self.scale
        return bool((lacks <= MISSED).all())

    def total(self, contracts: FloatArray) -> float:
        """Cost with all commissions."""
        return float(self.cost @ contracts + self.lacking(contracts).sum())


class Relaxed(NamedTuple):
    """The optimum in fractions: a lower bound, and what forcing a contract in would add to it."""

    cost: float
    contracts: FloatArray
    reduced: FloatArray


def relaxed(program: Program) -> Relaxed | None:
    """The optimum in fractions of contracts; None where the demands cannot be met."""
    from scipy.optimize import linprog  # noqa: PLC0415 - not before it is needed

    if not program.cost.size:
        met = bool((program.need <= 0.0).all())
        return Relaxed(0.0, np.zeros(0), np.zeros(0)) if met else None
    gain, need = scaled(program)
    found = linprog(
        program.cost,
        A_ub=np.vstack([-gain, program.side]),
        b_ub=np.concatenate([-need, program.limit]),
        method="highs",
    )
    if found.x is None:
        return None
    return Relaxed(float(found.fun), found.x, found.lower.marginals)


def scaled(program: Program) -> tuple[FloatArray, FloatArray]:
    """Gains and needs by each row's largest element."""
    scale = program.scale
    return program.gain / scale[:, np.newaxis], program.need / scale
