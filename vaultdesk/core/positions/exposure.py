"""What is held as the market sees it now, and how the loan answers to gold with and without it."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import TYPE_CHECKING

from vaultdesk.core.hedge.ltv import hedged_ltv
from vaultdesk.core.hedge.scene import book_leg
from vaultdesk.core.hedge.vocabulary import Use
from vaultdesk.core.market import Quality, worst
from vaultdesk.core.options.book import Leg, book_greeks
from vaultdesk.core.positions.marks import Market, quality_of, shares

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from vaultdesk.core.hedge.board import Listed
    from vaultdesk.core.hedge.config import StrategyConfig
    from vaultdesk.core.loan.state import LoanState
    from vaultdesk.core.orders.broker import Held

DAYS, POINTS = 365.0, 100.0
"""Thetas are per calendar day, vega and rho per point: the core has them per year and per 1.00."""


@dataclass(frozen=True, slots=True)
class Greeks:
    """Of all that is held of something; negative quantities turn every sign.

    Attributes:
        value: by the model, in the options' currency like the others.
        delta: shares that gain and lose the same.
        gamma: change of delta when the share rises by $1.
        theta: change of value from one calendar day to the next.
        vega: change of value per point of volatility.
        rho: change of value per point of the interest rate.
    """

    value: float
    delta: float
    gamma: float
    theta: float
    vega: float
    rho: float


@dataclass(frozen=True, slots=True)
class Line:
    """One position at its market.

    Attributes:
        held: what.
        mark: mid per share; None where the market has none.
        value: at the mark, signed.
        pnl: value less what it cost, commissions left out; None without both.
        greeks: None where `why` says what is missing.
        quality: of the mark.
        source: of the mark.
        at: when it was valued.
        why: what keeps it from being valued, in a few words.
    """

    held: Held
    mark: Decimal | None = None
    value: Decimal | None = None
    pnl: Decimal | None = None
    greeks: Greeks | None = None
    quality: Quality | None = None
    source: str = ""
    at: datetime | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Exposure:
    """All that is held together, and the loan.

    Attributes:
        lines: one for each position, in their order.
        net: of all on the watched symbol; None where one has no price.
        missing: those without a price and why, as people say it.
        others: those on other symbols, which are not in `net`.
        ltv_per_pct: points of LTV when gold rises by one per cent, as the bank counts it without
            a hedge.
        ltv_per_pct_hedged: the same with what is held, by what becomes of its payoff; None where
            one has no price.
        use: what becomes of the payoff.
        quality: the worst of what went in.
        at: when it was valued.
    """

    lines: tuple[Line, ...]
    net: Greeks | None
    missing: tuple[str, ...]
    others: tuple[str, ...]
    ltv_per_pct: Decimal | None
    ltv_per_pct_hedged: Decimal | None
    use: Use
    quality: Quality
    at: datetime


def exposure(config: StrategyConfig, held: Sequence[Held]) -> Exposure:
    """Value everything at the board's quotes; some milliseconds for a thousand positions."""
    market = Market(config.board)
    matched = [market.of(one.instrument) for one in held]
    legs = [_leg(one, listed) for one, listed in zip(held, matched, strict=True)]
    greeks = _greeks(legs, config)
    lines = tuple(_line(*one, market, config) for one in zip(held, matched, greeks, strict=True))
    ours = tuple(line for line in lines if market.knows(line.held.instrument))
    missing = tuple(f"{line.held.instrument.words} ({line.why})" for line in ours if line.why)
    net = None if missing else _sum([line.greeks for line in ours if line.greeks])
    state, use = config.portfolio, config.rules.use
    return Exposure(
        lines=lines,
        net=net,
        missing=missing,
        others=tuple(
            line.held.instrument.words for line in lines if not market.knows(line.held.instrument)
        ),
        ltv_per_pct=hedged_ltv_delta(Use.BROKER, state, Decimal(0), Decimal(0)),
        ltv_per_pct_hedged=None if net is None else _hedged(use, state, ours),
        use=use,
        quality=worst(state.quality, *(line.quality for line in ours if line.quality)),
        at=config.at,
    )


def hedged_ltv_delta(use: Use, state: LoanState, value: Decimal, delta: Decimal) -> Decimal | None:
    """Points of LTV when gold rises by one per cent, with options; None where nothing is left.

    Args:
        use: what becomes of their payoff.
        state: the loan now.
        value: of the options now, in the loan's currency.
        delta: their shares of the watched symbol.
    """
    gain = state.falling / 100
    paid = value + delta * state.price * state.into(state.quote.currency) / 100
    before = hedged_ltv(use, state.loan, state.value, value)
    after = hedged_ltv(use, state.loan, state.value + gain, paid)
    return None if before is None or after is None else 100 * (after - before)


def _hedged(use: Use, state: LoanState, lines: Sequence[Line]) -> Decimal | None:
    """By the options alone: shares held lie with the broker and are no payoff."""
    options = [line for line in lines if line.held.instrument.is_option]
    value = sum((line.value for line in options if line.value is not None), Decimal(0))
    delta = math.fsum(line.greeks.delta for line in options if line.greeks)
    fx = state.into(state.quote.currency)
    return hedged_ltv_delta(use, state, value * fx, Decimal(repr(delta)))


def _leg(held: Held, listed: Listed | None) -> Leg:
    """As the book takes it; what has no market is NaN there."""
    if not held.instrument.is_option:
        return Leg(kind=0, quantity=float(held.quantity))
    if listed is None:
        return Leg(kind=1, quantity=float(held.quantity))
    return book_leg(listed, held.quantity)


def _greeks(legs: Sequence[Leg], config: StrategyConfig) -> list[Greeks | None]:
    """Of each leg, None where it has none."""
    if not legs:
        return []
    listed = config.board.listed
    style = listed[0].style if listed else "american"
    of = book_greeks(legs, float(config.spot_price), style).positions
    columns = (of.value, of.delta, of.gamma, of.theta / DAYS, of.vega / POINTS, of.rho / POINTS)
    rows = zip(*(column.tolist() for column in columns), strict=True)
    return [Greeks(*row) if all(map(math.isfinite, row)) else None for row in rows]


def _line(
    held: Held,
    listed: Listed | None,
    greeks: Greeks | None,
    market: Market,
    config: StrategyConfig,
) -> Line:
    if not market.knows(held.instrument):
        return Line(held, why="not the watched symbol, or an adjusted contract")
    price = config.portfolio.quote
    if not held.instrument.is_option:
        return _priced(held, config.spot_price, greeks, price.quality, price.source, config)
    if listed is None:
        return Line(held, why="not on the board")
    if listed.mid is None or greeks is None:
        return Line(held, why=_lack(listed))
    quality = worst(quality_of(listed), price.quality)
    return _priced(held, listed.mid, greeks, quality, config.board.source, config)


def _lack(listed: Listed) -> str:
    if listed.years <= 0:
        return "expired"
    return listed.flag.value if listed.mid is None else "no volatility"


def _priced(
    held: Held,
    mark: Decimal,
    greeks: Greeks | None,
    quality: Quality,
    source: str,
    config: StrategyConfig,
) -> Line:
    cost = held.average_cost
    return Line(
        held=held,
        mark=mark,
        value=mark * shares(held),
        pnl=None if cost is None else (mark - cost) * shares(held),
        greeks=greeks,
        quality=quality,
        source=source,
        at=config.at,
    )


def _sum(all_of_them: Sequence[Greeks]) -> Greeks:
    names = [field.name for field in fields(Greeks)]
    return Greeks(*(math.fsum(getattr(one, name) for one in all_of_them) for name in names))
