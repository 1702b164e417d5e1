"""Where the LTV has to hold, as rows for the optimiser: a few at first, more as they are missed."""

from __future__ import annotations

from math import gcd
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from vaultdesk.core.hedge.finder import exact
from vaultdesk.core.hedge.finder.columns import worths
from vaultdesk.core.hedge.finder.ground import (
    Cells,
    coarse_cells,
    coarse_days,
    fine_cells,
    turning_days,
)
from vaultdesk.core.hedge.finder.program import Program
from vaultdesk.core.hedge.finder.survey import Hedge, surveyed
from vaultdesk.core.hedge.finder.whole import Search
from vaultdesk.core.hedge.position import Position

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal

    from vaultdesk.core.hedge.config import StrategyConfig
    from vaultdesk.core.hedge.finder.columns import Columns
    from vaultdesk.core.hedge.finder.ground import Demand, Ground
    from vaultdesk.core.options.types import FloatArray

TOLERANCE = 1e-9
"""Of an LTV that comes from model values: float64 leaves less."""
NUDGE = 1e-6
"""Of a row's largest element, doubled each time: what HiGHS lets a row be missed by."""
AT_ONCE = 12
"""Days of which the worst cell that was missed becomes a row before the next search."""


class Answer(NamedTuple):
    """The cheapest that holds wherever it was looked at.

    Attributes:
        contracts: whole, one element a column; None where there are none, or time ran out.
        bound: nothing that holds costs less, options' currency; infinite where nothing holds.
        rows: prices on days that went into the optimiser.
        solves: how often it ran.
    """

    contracts: FloatArray | None
    bound: float
    rows: int
    solves: int


class Pool:
    """The cells of which the contracts' worth is known; it grows, and serves every LTV asked."""

    def __init__(self, ground: Ground, columns: Columns, floor: Decimal) -> None:
        self.ground, self.columns = ground, columns
        self.side, self.limit = _limits(ground.config, columns)
        self.cells = coarse_cells(ground, columns, float(floor))
        self.worth = self._worths(self.cells)

    def add(self, cells: Cells) -> None:
        """More of them, priced for every contract; those at hand already are left out."""
        known = self.keys
        new = [i for i, key in enumerate(_keys(cells)) if key not in known]
        if new:
            more = cells.of(np.array(new))
            self.worth = np.vstack([self.worth, self._worths(more)])
            self.cells = Cells(
                np.concatenate([self.cells.spots, more.spots]),
                np.concatenate([self.cells.days, more.days]),
            )

    def reach(self, floor: Decimal) -> None:
        """Know the lowest price on the days that matter."""
        days = coarse_days(self.ground, self.columns, float(floor))
        self.add(Cells(np.full(len(days), float(floor)), np.array(days)))

    @property
    def keys(self) -> dict[tuple[float, int], int]:
        """The number of each cell."""
        return {key: i for i, key in enumerate(_keys(self.cells))}

    def hedge(self, contracts: FloatArray) -> tuple[Hedge, Position]:
        """Contracts of all columns as those there are any of."""
        position = Position(self.columns.legs(contracts))
        chosen = np.flatnonzero(contracts)
        cost = float(position.cost(self.ground.config.rules.fees))
        return Hedge(self.columns.of(chosen), contracts[chosen], cost), position

    def program(self, wish: Demand, floor: float, rows: Wanted) -> Program:
        """The demands at and above a price as the optimiser takes them."""
        config, columns = self.ground.config, self.columns
        fx, fees = float(config.fx), config.rules.fees
        spots, days = self.cells
        need = self.ground.loan[days] - float(wish.max_ltv) * self.ground.pledge(spots, days)
        gain = self.worth * (columns.shares * columns.sign * (float(wish.weight) * fx))
        drawn = fx if wish.drawn else 0.0
        gain -= drawn * columns.cost
        largest = np.maximum(np.abs(gain).max(axis=1, initial=0.0), 1.0)
        for number, times in rows.nudged.items():
            need[number] += 2.0**times * NUDGE * largest[number]
        inside = spots >= floor
        if not drawn and (columns.sign > 0.0).all():
            inside &= need > 0.0  # what is bought never takes away from a row
        cuts = rows.cuts
        return Program(
            cost=columns.cost,
            gain=np.vstack([gain[inside], *(one.gain for one in cuts)]),
            need=np.concatenate([need[inside], [one.need for one in cuts]]),
            side=self.side,
            limit=self.limit,
            group=columns.group,
            fee=float(fees.per_contract),
            fee_minimum=float(fees.minimum),
            drawn=drawn,
        )

    def _worths(self, cells: Cells) -> FloatArray:
        passed = self.ground.passed[cells.days]
        return worths(self.ground.config, self.columns, cells.spots, passed)


class Wanted:
    """What one search has learnt besides the cells: cuts, and rows that were not held to."""

    def __init__(self) -> None:
        self.cuts: list[exact.Cut] = []
        self.moments: set[exact.Moment] = set()
        self.nudged: dict[int, int] = {}


def holding(
    pool: Pool, wish: Demand, floor: Decimal, seconds: float, stop: Callable[[], bool]
) -> Answer:
    """The cheapest contracts that hold in every cell of a fine grid, which decides.

    The optimiser knows some cells; those its answer misses are added and it runs again, at first
    for a draft. As it never knows too much, its bound holds throughout.
    """
    wanted, solves, draft = Wanted(), 0, True
    while True:
        program = pool.program(wish, float(floor), wanted)
        search, missed = Search(program), False
        while not missed:
            search.run(seconds, stop, draft=draft)
            if search.contracts is None or stop():
                break
            missed = learn(pool, wish, floor, search.contracts, wanted)
            if not missed and search.over:
                break
            draft = missed and draft
        solves += search.solves
        if not missed or stop():
            return Answer(search.contracts, search.bound, len(program.need), solves)


def learn(pool: Pool, wish: Demand, floor: Decimal, contracts: FloatArray, wanted: Wanted) -> bool:
    """Add the cells these contracts miss the wish in; whether there were any."""
    hedge, position = pool.hedge(contracts)
    cells = missed(pool.ground, wish, hedge, position, float(floor))
    days = turning_days(pool.ground, hedge.columns, float(floor))
    decided = exact.decided_from(pool.ground, position)
    days = [day for day in days if day >= decided]
    moment = exact.missed(pool.ground, wish, position, days, floor)
    known = pool.keys
    for key in _keys(cells):
        if key in known:
            wanted.nudged[known[key]] = wanted.nudged.get(known[key], 0) + 1
    pool.add(cells)
    if moment is not None:
        _learn_exactly(pool, wish, moment, wanted)
    return moment is not None or cells.spots.size > 0


def missed(ground: Ground, wish: Demand, hedge: Hedge, position: Position, floor: float) -> Cells:
    """Where model values count and the LTV is too high: the worst cell of each of some days."""
    fine = fine_cells(ground, hedge.columns, floor)
    fine = fine.of(fine.days < exact.decided_from(ground, position))
    worth = worths(ground.config, hedge.columns, fine.spots, ground.passed[fine.days])
    over = surveyed(ground, hedge, fine, worth) - float(wish.max_ltv)
    order = np.argsort(-over, kind="stable")
    order = order[over[order] > TOLERANCE]
    _, first = np.unique(fine.days[order], return_index=True)
    return fine.of(order[np.sort(first)[:AT_ONCE]])


def _learn_exactly(pool: Pool, wish: Demand, moment: exact.Moment, wanted: Wanted) -> None:
    cell = Cells(np.array([float(moment.price)]), np.array([moment.day]))
    key = (float(moment.price), moment.day)
    if key not in pool.keys:
        pool.add(cell)
        return
    number = pool.keys[key]
    made = exact.cut(pool.ground, wish, pool.columns, pool.worth[number], moment)
    if made is not None and moment not in wanted.moments:
        wanted.moments.add(moment)
        wanted.cuts.append(made)
    else:
        wanted.nudged[number] = wanted.nudged.get(number, 0) + 1


def _keys(cells: Cells) -> list[tuple[float, int]]:
    return list(zip(cells.spots.tolist(), cells.days.tolist(), strict=True))


def _limits(config: StrategyConfig, columns: Columns) -> tuple[FloatArray, FloatArray]:
    """Calls: no more than the gold that covers them, nor of an expiry than its puts, in shares."""
    sold = columns.sign < 0.0
    if not sold.any():
        return np.zeros((0, sold.size)), np.zeros(0)
    lots = gcd(*columns.shares[sold].astype(int).tolist())
    free = config.rules.free_units + (config.units if config.rules.naked_calls else 0)
    cover = int(free) // lots * lots
    expiries = np.array([unit.listed.expiry.toordinal() for unit in columns.units])
    balance = [
        np.where(expiries == expiry, -columns.sign * columns.shares, 0.0)
        for expiry in np.unique(expiries[sold]).tolist()
    ]
    rows = np.vstack([np.where(sold, columns.shares, 0.0), *balance])
    return rows, np.concatenate([[float(cover)], np.zeros(len(balance))])
