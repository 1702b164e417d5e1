"""A hedge as it stands in the builder: what it is, what it is worth when, or why it is not yet."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from vaultdesk.core.hedge.board import Lacking
from vaultdesk.core.hedge.building import assess, by_hand, slots, strategy_of, struck
from vaultdesk.core.hedge.pictures.payoff import curves, price_grid
from vaultdesk.core.hedge.position import Position
from vaultdesk.core.hedge.scene import Scene
from vaultdesk.core.hedge.templates import OWN, Anchor, Build, How
from vaultdesk.core.loan.prices import Unvalued

if TYPE_CHECKING:
    from vaultdesk.core.hedge.building import Sheet
    from vaultdesk.core.hedge.config import StrategyConfig
    from vaultdesk.core.hedge.pictures.payoff import Curves
    from vaultdesk.core.hedge.position import HedgeLeg
    from vaultdesk.core.hedge.templates import OwnLeg
    from vaultdesk.core.hedge.views import Scenario

END, NOW, DAY = 0, 1, 2
"""Which of the days in `Draft.curves` is which."""


@dataclass(frozen=True, slots=True, eq=False)
class Draft:
    """A build at one market; with a `problem` there is no sheet, and the curves are of no hedge.

    Attributes:
        config: the market, the loan and the rules.
        build: what was wished for.
        problem: why it cannot be built, in a sentence.
        sheet: every view of it.
        day: calendar days from now that scenarios and the third curve are for.
        vol_pts: points added to every volatility in them.
        curves: when the protection ends, now and on `day`; None where the loan has no value then.
        scenarios: on `day`.
    """

    config: StrategyConfig
    build: Build
    problem: str
    sheet: Sheet | None = None
    day: int = 0
    vol_pts: float = 0.0
    curves: Curves | None = None
    scenarios: tuple[Scenario, ...] = ()


def draft(
    config: StrategyConfig, build: Build, day: int | None = None, vol_pts: float = 0.0
) -> Draft:
    """Build it and look at it from all sides; some milliseconds a leg.

    Args:
        config: the market, the loan and the rules.
        build: what is wished for.
        day: calendar days from now, no later than the protection ends; None for that day.
        vol_pts: points added to every volatility.
    """
    try:
        strategy = strategy_of(config, build)
    except ValueError as error:  # Lacking is one, and so are wishes that contradict each other
        return _bare(config, build, str(error))
    try:
        sheet = assess(strategy)
        end = sheet.cost.days
        at = end if day is None else min(day, end)
        scene = Scene(vol_pts=vol_pts, smile=config.rules.smile)
        grid = price_grid(config, [sheet.position])
        drawn = curves(config, sheet.position, grid, (end, 0, at), scene)
        scenarios = strategy.get_scenarios(days=at, scene=scene)
    except (Lacking, Unvalued) as error:
        return _bare(config, build, str(error))
    return Draft(config, build, "", sheet, at, vol_pts, drawn, scenarios)


def _bare(config: StrategyConfig, build: Build, problem: str) -> Draft:
    """The loan without any hedge."""
    nothing, days = Position(()), config.rules.days
    try:
        drawn = curves(config, nothing, price_grid(config, [nothing]), (days, 0, days))
    except Unvalued:
        return Draft(config, build, problem)
    return Draft(config, build, problem, day=days, curves=drawn)


def restruck(build: Build, position: Position, number: int, strike: Decimal) -> Build:
    """The build with another strike of one leg; one that followed from others is taken in hand."""
    anchor = Anchor(How.STRIKE, strike)
    if number < len(slots(build)):
        return struck(build, number, anchor)
    return struck(by_hand(build, position), number, anchor)


def releg(build: Build, position: Position, number: int, leg: OwnLeg | None) -> Build:
    """The build as own legs with one of them replaced, or taken away.

    A strike by moneyness or delta and a life by days stay as they are wished for, unless side or
    expiry are others than those of the contract at hand.
    """
    legs, listed = by_hand(build, position).legs, position.legs[number].listed
    if leg is None:
        return Build(OWN, legs=legs[:number] + legs[number + 1 :])
    before = legs[number]
    if leg.right == before.right:
        leg = replace(leg, anchor=before.anchor)
    if leg.expiry == listed.expiry:
        leg = replace(leg, expiry=before.expiry, days=before.days)
    return Build(OWN, legs=(*legs[:number], leg, *legs[number + 1 :]))


def strikes_of(config: StrategyConfig, leg: HedgeLeg) -> tuple[Decimal, ...]:
    """The usable strikes of a leg's expiry and side, ascending."""
    side = config.board.of(leg.listed.expiry, leg.listed.right)
    return tuple(one.strike for one in side if one.usable)


def same_contracts(one: Position | None, other: Position | None) -> bool:
    """Whether both are the same contracts, at whatever quotes."""
    return _contracts(one) == _contracts(other)


def recounted(build: Build, contracts: int | None) -> Build:
    """The build with so many contracts, None for as many as cover the gold; of own legs, the first.

    Own legs cover nothing by themselves: they keep their number.
    """
    if build.kind != OWN:
        return replace(build, contracts=contracts)
    if not build.legs or contracts is None:
        return build
    first = build.legs[0]
    count = Decimal(contracts if first.contracts > 0 else -contracts)
    return replace(build, legs=(replace(first, contracts=count), *build.legs[1:]))


def _contracts(position: Position | None) -> object:
    if position is None:
        return None
    return [(leg.listed.quote.contract, leg.contracts) for leg in position.legs]
