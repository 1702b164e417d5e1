"""What an answer rests on, in sentences: each leg's part, what binds, what was checked, assumed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from vaultdesk.core.calendar import trading_date
from vaultdesk.core.hedge.finder.columns import worths
from vaultdesk.core.hedge.finder.ground import fine_cells
from vaultdesk.core.hedge.finder.survey import AGREED, Worst, second_opinion, surveyed, worst
from vaultdesk.core.money import plain, rounded

if TYPE_CHECKING:
    from vaultdesk.core.hedge.config import StrategyConfig
    from vaultdesk.core.hedge.finder.ground import Cells, Ground
    from vaultdesk.core.hedge.finder.request import FindRequest, Work
    from vaultdesk.core.hedge.finder.survey import Hedge, Opinion
    from vaultdesk.core.hedge.position import HedgeLeg
    from vaultdesk.core.options.types import FloatArray


class Check(NamedTuple):
    """A hedge on a fine grid.

    Attributes:
        ground: the loan.
        hedge: the contracts.
        cells: prices on days.
        worth: of each contract per share there, (cells, columns).
        worst: the highest LTV.
        opinion: the second pricer's.
    """

    ground: Ground
    hedge: Hedge
    cells: Cells
    worth: FloatArray
    worst: Worst
    opinion: Opinion

    @property
    def size(self) -> tuple[int, int]:
        """Prices and days."""
        return np.unique(self.cells.spots).size, np.unique(self.cells.days).size


def checked(ground: Ground, hedge: Hedge, floor: float) -> Check:
    """Look at a hedge on a fine grid by both pricers."""
    cells = fine_cells(ground, hedge.columns, floor)
    worth = worths(ground.config, hedge.columns, cells.spots, ground.passed[cells.days])
    highest = worst(cells, surveyed(ground, hedge, cells, worth))
    opinion = second_opinion(ground, hedge, cells, worth)
    return Check(ground, hedge, cells, worth, highest, opinion)


def proof(request: FindRequest, check: Check, work: Work, gap: float) -> tuple[str, ...]:
    """The sentences that explain a hedge that holds."""
    config = check.ground.config
    said = [] if check.hedge.contracts.size else [_unneeded(check)]
    said += [_part(request, check, number) for number in range(check.hedge.contracts.size)]
    if check.hedge.contracts.size:
        said += [_decisive(request, check), _bound(config, work, gap)]
    said += [_looked_at(check), *_assumed(request, check)]
    return tuple(said)


def dispute(check: Check) -> str:
    """That the pricers disagree, a sentence; empty where they do not."""
    opinion = check.opinion
    if opinion.disputed is None:
        return ""
    return (
        f"The two pricers are {opinion.by:.2f} a share apart on the {opinion.disputed.words}: "
        "do not trade on it, refresh the chain and search again."
    )


def percent(fraction: float | Decimal, places: int = 2) -> str:
    """For people: 0.7 is "70 %"."""
    return f"{plain(rounded(100 * Decimal(fraction), places)):f} %"


def money(config: StrategyConfig, amount: Decimal) -> str:
    """In the options' currency."""
    return f"{rounded(amount, 2):,f} {config.portfolio.quote.currency}"


def place(ground: Ground, where: Worst) -> str:
    """A fall on a day, as in "at a fall of 24 % on 2026-12-18"."""
    config = ground.config
    day = trading_date(config.at) + timedelta(where.day)
    fall = 1.0 - where.spot / float(config.spot_price)
    return f"at a fall of {percent(fall, 1)} on {day}" if fall > 0 else f"at today's price on {day}"


def _unneeded(check: Check) -> str:
    return (
        "The loan holds without a hedge: its LTV is highest "
        f"{place(check.ground, check.worst)}, {percent(check.worst.ltv)}."
    )


def _part(request: FindRequest, check: Check, number: int) -> str:
    """What happens without one contract of a leg."""
    hedge, leg = check.hedge, check.hedge.leg(number)
    fewer = hedge.contracts - np.eye(hedge.contracts.size)[number]
    less = replace(hedge, contracts=fewer, cost=hedge.cost - float(hedge.columns.cost[number]))
    reaches = worst(check.cells, surveyed(check.ground, less, check.cells, check.worth))
    named = _named(leg)
    if reaches.ltv > float(request.max_ltv):
        where = place(check.ground, reaches)
        return f"Without {named} the LTV reaches {percent(reaches.ltv)} {where}."
    if hedge.columns.cost[number] < 0.0:
        more = money(check.ground.config, Decimal(-float(hedge.columns.cost[number])))
        return f"Without {named} the hedge costs {more} more."
    return (
        f"Without {named} the LTV would hold, but fewer puts would be bought of that day than "
        "calls are sold."
        if (hedge.columns.sign < 0.0).any()
        else f"Without {named} the LTV would hold too: the search was cut short."
    )


def _named(leg: HedgeLeg) -> str:
    side = "put" if leg.listed.kind < 0 else "call sold"
    sides = "puts" if leg.listed.kind < 0 else "calls sold"
    at = f"at {leg.listed.strike.normalize():f} of {leg.listed.expiry}"
    count = abs(leg.contracts)
    return f"the {side} {at}" if count == 1 else f"one of the {count:f} {sides} {at}"


def _decisive(request: FindRequest, check: Check) -> str:
    return (
        f"What decides is the LTV {place(check.ground, check.worst)}: it is "
        f"{percent(check.worst.ltv, 3)} there, and may be {percent(request.max_ltv, 3)}."
    )


def _bound(config: StrategyConfig, work: Work, gap: float) -> str:
    bound = money(config, Decimal(work.bound))
    choice = f"combination of whole contracts of the {work.columns} that may be traded"
    if gap == 0.0:
        return f"No {choice} holds for less than {bound}: that is proven, the gap is 0 %."
    return (
        f"The search was cut short by time: it is proven that no {choice} holds for less than "
        f"{bound}, so a better one could be cheaper by {percent(gap, 4)} at most."
    )


def _looked_at(check: Check) -> str:
    prices, days = check.size
    low, high = float(check.cells.spots.min()), float(check.cells.spots.max())
    said = f"Checked at {prices} prices from {low:.2f} to {high:.2f} on {days} days"
    if not check.hedge.contracts.size:
        return f"{said}."
    return (
        f"{said}, also by a second pricer, a binomial tree: by it the LTV is at most "
        f"{percent(check.opinion.ltv, 3)}, and the two prices are at most "
        f"{check.opinion.difference:.3f} a share apart ({percent(AGREED)} of the "
        "strike is allowed)."
    )


def _assumed(request: FindRequest, check: Check) -> list[str]:
    config = check.ground.config
    said = []
    sold = check.hedge.columns.sign < 0.0
    if check.hedge.contracts.size:
        said.append(
            f"Values before expiry are model values by today's volatilities, {config.rules.smile}"
            + (f"; {_exercised(request, check)}." if _may_exercise(check) else ".")
        )
    if request.collars and not (config.rules.naked_calls or config.rules.free_units):
        said.append(
            "No calls are sold: the gold that would cover them is pledged, and naked calls are "
            "not allowed."
        )
    if sold.any():
        said.append("Rises of gold were not looked at: there the calls sold have to be paid for.")
    return said


def _may_exercise(check: Check) -> bool:
    return all(
        unit.contracts > 0 and unit.listed.style == "american" for unit in check.hedge.columns.units
    )


def _exercised(request: FindRequest, check: Check) -> str:
    """How much of the answer needs no model: American puts can be exercised at any time."""
    alone = worths(
        check.ground.config,
        check.hedge.columns,
        check.cells.spots,
        check.ground.passed[check.cells.days],
        _intrinsic,
    )
    ltvs = surveyed(check.ground, check.hedge, check.cells, alone)
    share = float((ltvs <= float(request.max_ltv) + 1e-9).mean())
    return f"at {percent(share, 1)} of these points what exercise would bring is enough"


def _intrinsic(
    _: str, kind: FloatArray, spot: FloatArray, strike: FloatArray, *__: FloatArray
) -> FloatArray:
    return np.maximum(kind * (spot - strike), 0.0)
