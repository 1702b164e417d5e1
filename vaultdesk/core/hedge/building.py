"""From what is wished for to a hedge of listed contracts, and all there is to say about it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Context, Decimal
from typing import TYPE_CHECKING

from vaultdesk.core.calendar import trading_date
from vaultdesk.core.hedge.anchored import Anchored
from vaultdesk.core.hedge.board import Lacking
from vaultdesk.core.hedge.candidates import KINDS
from vaultdesk.core.hedge.choosing import (
    by_delta,
    by_moneyness,
    by_strike,
    deltas_of,
    expiry_by_days,
)
from vaultdesk.core.hedge.sizing import covering
from vaultdesk.core.hedge.strategies.custom import Custom
from vaultdesk.core.hedge.strategy import Strategy
from vaultdesk.core.hedge.templates import OWN, PLACES, Anchor, Build, How, OwnLeg
from vaultdesk.core.money import rounded

if TYPE_CHECKING:
    from datetime import date

    from vaultdesk.core.hedge.board import Board, Listed
    from vaultdesk.core.hedge.candidates import Kind, Parameter, Value
    from vaultdesk.core.hedge.choosing import Pick
    from vaultdesk.core.hedge.config import StrategyConfig
    from vaultdesk.core.hedge.position import HedgeLeg, Position
    from vaultdesk.core.hedge.views import Cost, Protection
    from vaultdesk.core.market import Right

LONGER = Context(prec=40)
"""Digits that are left over when a share of the gold is multiplied out again."""


@dataclass(frozen=True, eq=False)
class Built(Strategy):
    """A kind of hedge with its strikes wished for by hand or by delta.

    Attributes:
        made: the hedge by moneyness.
        wished: side and strike of its first legs, as they were asked for.
    """

    made: Strategy
    wished: tuple[tuple[Right, Anchor], ...] = ()

    @property
    def name(self) -> str:
        """The kind's."""
        return self.made.name

    @property
    def title(self) -> str:
        """The kind's."""
        return self.made.title

    def build(self) -> Position:
        """The kind's contracts."""
        position = self.made.build()
        legs = list(position.legs)
        for number, (right, anchor) in enumerate(self.wished[: len(legs)]):
            if anchor.how is not How.MONEYNESS:
                leg = legs[number]
                pick = _pick(self.config.board, right, leg.listed.expiry, anchor)
                more = "".join(leg.wanted.partition("; ")[1:])
                legs[number] = replace(leg, wanted=pick.wanted + more)
        return replace(position, legs=tuple(legs))

    def considered(self) -> tuple[Listed, ...]:
        """The kind's."""
        return self.made.considered()


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """All there is to say about one hedge; what is `exact` is before rounding to whole contracts.

    Attributes:
        strategy: what it is.
        position: its contracts, with every warning.
        cost: by whole contracts.
        exact_cost: by fractions.
        protection: by whole contracts.
        exact_protection: by fractions.
        deltas: of a share of each leg's contract: negative of a put, whoever holds it.
    """

    strategy: Strategy
    position: Position
    cost: Cost
    exact_cost: Cost
    protection: Protection
    exact_protection: Protection
    deltas: tuple[float, ...]


def strategy_of(config: StrategyConfig, build: Build) -> Strategy:
    """The hedge that is wished for, to be built at today's quotes.

    Raises:
        Lacking: a strike by delta or by hand finds no usable contract, or there is no leg.
        ValueError: the wishes contradict each other; the text says how to mend them.
    """
    if build.kind == OWN:
        return Custom(config, own_legs(config, build.legs), OWN)
    kind = KINDS.get(build.kind)
    if kind is None:
        raise ValueError("This kind of hedge is not known here: choose another.")
    narrowed, wished = _narrowed(config, build), slots(build)
    values = _values(config, kind, build)
    if any(anchor.how is How.DELTA for _, anchor in wished):
        expiry = _expiry(kind.build(narrowed, **values))
        narrowed = _only(narrowed, expiry) if build.kind == "leaps" else narrowed
    else:
        expiry = None
    fractions = [_fraction(config.board, right, one, expiry) for right, one in wished]
    made = kind.build(narrowed, **values, **_strikes(kind, fractions))
    return Built(config, made, wished)


def assess(strategy: Strategy) -> Sheet:
    """Every view of a hedge, some milliseconds.

    Raises:
        Lacking: it takes a quote that is missing.
        Unvalued: nothing is pledged on a day it still lives.
    """
    position = strategy.position
    return Sheet(
        strategy,
        position,
        strategy.calculate_cost(),
        strategy.calculate_cost(whole=False),
        strategy.calculate_protection(),
        strategy.calculate_protection(whole=False),
        tuple(deltas_of(strategy.config.board, [leg.listed for leg in position.legs])),
    )


def slots(build: Build) -> tuple[tuple[Right, Anchor], ...]:
    """Side and strike of each leg whose strike is wished for, in the order of the legs.

    Raises:
        ValueError: the kind is not known.
    """
    if build.kind == OWN:
        return tuple((leg.right, leg.anchor) for leg in build.legs)
    kind = KINDS.get(build.kind)
    if kind is None:
        raise ValueError("This kind of hedge is not known here: choose another.")
    defaults = [
        (one.right or "P", Anchor(How.MONEYNESS, value))
        for one in kind.parameters
        for value in _moneynesses(one)
    ]
    if not build.strikes:
        return tuple(defaults)
    if any(one.what == "moneynesses" for one in kind.parameters):
        return tuple((defaults[0][0], anchor) for anchor in build.strikes)
    chosen = (*build.strikes, *(anchor for _, anchor in defaults[len(build.strikes) :]))
    return tuple((right, anchor) for (right, _), anchor in zip(defaults, chosen, strict=False))


def struck(build: Build, number: int, anchor: Anchor) -> Build:
    """The build with another strike of one leg; a leg that follows from others is not moved.

    Args:
        build: of any kind.
        number: of the leg.
        anchor: what is wished for in its place.
    """
    if build.kind == OWN:
        legs = list(build.legs)
        legs[number] = replace(legs[number], anchor=anchor)
        return replace(build, legs=tuple(legs))
    strikes = [one for _, one in slots(build)]
    if number >= len(strikes):
        return build
    strikes[number] = anchor
    return replace(build, strikes=tuple(strikes))


def by_hand(build: Build, position: Position) -> Build:
    """The same contracts as own legs; what already is of own legs stays as it is wished for."""
    if build.kind == OWN:
        return build
    legs = tuple(
        OwnLeg(
            leg.listed.right,
            Anchor(How.STRIKE, leg.listed.strike),
            leg.contracts,
            leg.listed.expiry,
        )
        for leg in position.legs
        if leg.contracts
    )
    return Build(OWN, legs=legs)


def with_leg(build: Build, leg: OwnLeg) -> Build:
    """Own legs and one more; contracts of the same option add up, and cancel out."""
    key = (leg.right, leg.anchor, leg.expiry, leg.days)
    alike = [(one.right, one.anchor, one.expiry, one.days) == key for one in build.legs]
    if not any(alike):
        return replace(build, legs=(*build.legs, leg))
    number = alike.index(True)
    total = build.legs[number].contracts + leg.contracts
    merged = (replace(leg, contracts=total),) if total else ()
    return replace(build, legs=build.legs[:number] + merged + build.legs[number + 1 :])


def own_legs(config: StrategyConfig, legs: tuple[OwnLeg, ...]) -> tuple[HedgeLeg, ...]:
    """Legs picked by hand, on what is listed.

    Raises:
        Lacking: there is none, or one finds no usable contract.
    """
    if not legs:
        raise Lacking("There is no leg yet: click a bid or an ask in the chain, or add one here.")
    return tuple(_own(config, leg) for leg in legs)


def contracts_to_cover(config: StrategyConfig) -> int:
    """Whole contracts on the gold that the rules want covered."""
    first = next(iter(config.board.listed), None)
    return int(covering(config.units, first.multiplier, config.rules.cover)[0]) if first else 0


def _own(config: StrategyConfig, leg: OwnLeg) -> HedgeLeg:
    board = config.board
    expiry = leg.expiry or expiry_by_days(board, leg.days or config.rules.days)
    return _pick(board, leg.right, expiry, leg.anchor).leg(leg.contracts)


def _pick(board: Board, right: Right, expiry: date, anchor: Anchor) -> Pick:
    if anchor.how is How.DELTA:
        return by_delta(board, right, expiry, anchor.value)
    if anchor.how is How.STRIKE:
        return by_strike(board, right, expiry, anchor.value)
    return by_moneyness(board, right, expiry, anchor.value)


def _narrowed(config: StrategyConfig, build: Build) -> StrategyConfig:
    """The market and the rules as the build wants them: its expiry, its contracts."""
    if build.contracts is not None and config.board.listed:
        shares = Decimal(build.contracts) * config.board.listed[0].multiplier
        cover = LONGER.divide(shares, config.units)  # shorter, the last contract may be lost
        config = replace(config, rules=replace(config.rules, cover=cover))
    if build.expiry is None:
        return config
    if _rolls(KINDS[build.kind]):
        listed = tuple(one for one in config.board.listed if one.expiry <= build.expiry)
        return replace(config, board=replace(config.board, listed=listed))
    return _only(config, build.expiry)


def _only(config: StrategyConfig, expiry: date) -> StrategyConfig:
    listed = tuple(one for one in config.board.listed if one.expiry == expiry)
    if not any(one.usable for one in listed):
        why = config.board.refused.get(expiry)
        raise Lacking(why or f"No contract of {expiry} has an honest bid and ask.")
    return replace(config, board=replace(config.board, listed=listed))


def _values(config: StrategyConfig, kind: Kind, build: Build) -> dict[str, Value | None]:
    """What the kind is told besides its strikes."""
    values: dict[str, Value | None] = {}
    for one in kind.parameters:
        if one.what == "weights" and (build.weights or build.strikes):
            values[one.name] = build.weights or (Decimal(1),) * len(build.strikes)
        elif one.what == "days" and build.near is not None:
            values[one.name] = build.near
    if build.expiry is not None and _rolls(kind):
        values["days"] = days_of(config, build.expiry)
    elif build.expiry is None and build.days is not None:
        values["days"] = build.days
    return values


def _rolls(kind: Kind) -> bool:
    """Whether its first contract ends before its last day."""
    return any(one.what == "days" for one in kind.parameters)


def _strikes(kind: Kind, moneynesses: list[Decimal]) -> dict[str, Value | None]:
    left = list(moneynesses)
    values: dict[str, Value | None] = {}
    for one in kind.parameters:
        if one.what == "moneynesses":
            values[one.name], left = tuple(left), []
        elif one.what == "moneyness":
            values[one.name] = left.pop(0)
    return values


def _expiry(trial: Strategy) -> date:
    """Where a kind looks for its first contract."""
    assert isinstance(trial, Anchored)  # noqa: S101 - all kinds are
    return trial.expiry


def _moneynesses(parameter: Parameter) -> tuple[Decimal, ...]:
    default = parameter.default
    if parameter.what == "moneyness" and isinstance(default, Decimal):
        return (default,)
    return default if parameter.what == "moneynesses" and isinstance(default, tuple) else ()


def _fraction(board: Board, right: Right, anchor: Anchor, expiry: date | None) -> Decimal:
    """The moneyness that finds the strike again; a delta is one of an expiry's."""
    if anchor.how is How.MONEYNESS:
        return anchor.value
    if anchor.how is How.STRIKE or expiry is None:
        return rounded(anchor.value / board.spot, PLACES)
    return rounded(by_delta(board, right, expiry, anchor.value).listed.strike / board.spot, PLACES)


def days_of(config: StrategyConfig, expiry: date) -> int:
    """Calendar days of New York from now to an expiry."""
    return (expiry - trading_date(config.at)).days
