"""What could be had instead: the lowest LTV for the fall, and the deepest fall for the LTV."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import TYPE_CHECKING

import numpy as np

from vaultdesk.core.hedge.finder.ground import demand, lowest
from vaultdesk.core.hedge.finder.pool import Wanted, holding, learn
from vaultdesk.core.hedge.finder.program import CENT, relaxed

if TYPE_CHECKING:
    from collections.abc import Callable

    from vaultdesk.core.hedge.finder.pool import Pool
    from vaultdesk.core.hedge.finder.request import FindRequest
    from vaultdesk.core.options.types import FloatArray

STEP = Decimal("0.001")
"""Both are looked for in steps of 0.1 %."""
CLOSE = 1e-7
"""A fraction of a contract that is float noise."""


def nearest_ltv(
    pool: Pool, request: FindRequest, seconds: float, stop: Callable[[], bool]
) -> Decimal | None:
    """The lowest `max_ltv` above the one asked that has a hedge; None if it was stopped.

    At the unhedged LTV none is needed, and what is feasible stays so at any higher one.
    """
    floor = lowest(pool.ground.config, request.max_fall)
    days = np.arange(pool.ground.passed.size)
    pledge = pool.ground.pledge(np.full(days.size, float(floor)), days)
    unhedged = Decimal(float((pool.ground.loan / pledge).max()))
    low = _steps(request.max_ltv, ROUND_FLOOR)
    high = max(_steps(unhedged, ROUND_CEILING), low + 1)
    while high - low > 1 and not stop():
        middle = (low + high) // 2
        if affordable(pool, request, middle * STEP, request.max_fall, seconds, stop):
            high = middle
        else:
            low = middle
    return None if stop() else high * STEP


def nearest_fall(
    pool: Pool, request: FindRequest, seconds: float, stop: Callable[[], bool]
) -> Decimal | None:
    """The largest `max_fall` below the one asked that has a hedge; None where none has."""
    low, high = -1, _steps(request.max_fall, ROUND_CEILING)
    while high - low > 1 and not stop():
        middle = (low + high) // 2
        if affordable(pool, request, request.max_ltv, middle * STEP, seconds, stop):
            low = middle
        else:
            high = middle
    return None if stop() or low < 0 else low * STEP


def affordable(
    pool: Pool,
    request: FindRequest,
    max_ltv: Decimal,
    max_fall: Decimal,
    seconds: float,
    stop: Callable[[], bool],
) -> bool:
    """Whether a hedge within the budget keeps the LTV for the fall; no, if that is not found.

    Most answers come from the relaxation: what is dearer even in fractions is not to be had, and
    rounding fractions up often is good enough.
    """
    config = pool.ground.config
    floor, wish, wanted = lowest(config, max_fall), demand(config, max_ltv), Wanted()
    budget = np.inf if request.budget is None else float(request.budget)
    pool.reach(floor)
    while not stop():
        base = relaxed(pool.program(wish, float(floor), wanted))
        if base is None or base.cost > budget + CENT:
            return False
        rounded = np.ceil(base.contracts - CLOSE)
        if (pool.side @ rounded > pool.limit).any() or pool.hedge(rounded)[0].cost > budget:
            break
        known = pool.cells.spots.size
        if not learn(pool, wish, floor, rounded, wanted):
            return True
        if pool.cells.spots.size == known:  # the rounding is at fault
            break
    answer = holding(pool, wish, floor, seconds, stop)
    return answer.contracts is not None and _within(pool, answer.contracts, request.budget)


def _within(pool: Pool, contracts: FloatArray, budget: Decimal | None) -> bool:
    cost = pool.hedge(contracts)[1].cost(pool.ground.config.rules.fees)
    return budget is None or cost <= budget


def _steps(value: Decimal, rounding: str) -> int:
    return int((value / STEP).to_integral_value(rounding))
