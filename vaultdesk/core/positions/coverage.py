"""The coverage calendar: how much gold the puts held protect, below which price and until when.

Below a price so much is protected as the puts held pay for each dollar that gold falls there: the
puts bought that are struck at it or above, less those sold. Calls that are sold do not protect.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_FLOOR, Decimal
from itertools import pairwise
from typing import TYPE_CHECKING

from vaultdesk.core.calendar import trading_date
from vaultdesk.core.loan.gold import ounces_per_share
from vaultdesk.core.money import plain, rounded
from vaultdesk.core.positions.countdown import countdown
from vaultdesk.core.positions.marks import is_put, of_symbol, shares
from vaultdesk.core.positions.need import Need, needs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vaultdesk.core.calendar import Sessions
    from vaultdesk.core.loan.state import LoanState
    from vaultdesk.core.market import Quality
    from vaultdesk.core.orders.broker import Held

DAY = timedelta(days=1)
CONTRACT = 100
"""Shares in a contract, where no put is held that says otherwise."""


@dataclass(frozen=True, slots=True)
class Level:
    """So many shares are protected below `price`, down to the next level; never negative."""

    price: Decimal
    protected: Decimal


@dataclass(frozen=True, slots=True)
class Span:
    """Days, both included, on which the same puts protect; `levels` from the highest price down."""

    first: date
    last: date
    levels: tuple[Level, ...]

    def protected(self, price: Decimal) -> Decimal:
        """Shares protected just below a price."""
        reached = (level.protected for level in reversed(self.levels) if level.price >= price)
        return next(reached, Decimal(0))


@dataclass(frozen=True, slots=True)
class Day:
    """One day, in shares of the watched symbol.

    Attributes:
        day: New York date; the puts that end on it still protect.
        required: what the rules want covered of what falls with gold; maybe a fraction.
        needed: the whole contracts of it: the remainder cannot be hedged.
        protected: below the call price; below today's price where no fall brings a call about, or
            one is due already.
        call_price: on this day, with the interest until then; None where no fall brings it about.
        ounces_each: of gold in a share on this day; None where that is not known.
    """

    day: date
    required: Decimal
    needed: Decimal
    protected: Decimal
    call_price: Decimal | None
    ounces_each: Decimal | None

    @property
    def missing(self) -> Decimal:
        """Shares that puts should protect and do not."""
        return max(self.needed - self.protected, Decimal(0))

    @property
    def holds(self) -> bool:
        """Whether enough is protected at the call price."""
        return not self.missing

    @property
    def fraction(self) -> Decimal:
        """Of what is needed; 1 where nothing is."""
        return self.protected / self.needed if self.needed else Decimal(1)


@dataclass(frozen=True, slots=True)
class Gap:
    """Days, both included, on which less is protected than needed; without `last` it does not end.

    `missing` is the same on all of them, in shares.
    """

    first: date
    last: date | None
    missing: Decimal
    sentence: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """From today to the day after the last put ends.

    Shares are those of `symbol`; `ounces` of a day turns them into ounces of gold.

    Attributes:
        symbol: the watched one.
        spans: what protects, without a gap between them.
        days: each day, with what is needed.
        gaps: in their order.
        holds_until: the last day up to which every day from today holds; None if today does not.
        next_expiry: the last day of the puts that end first; None where none are held.
        uncounted: options that protect nothing here, as people say them.
        quality: of the loan's valuation.
        at: when it was made.
    """

    symbol: str
    spans: tuple[Span, ...]
    days: tuple[Day, ...]
    gaps: tuple[Gap, ...]
    holds_until: date | None
    next_expiry: date | None
    uncounted: tuple[str, ...]
    quality: Quality
    at: datetime

    @property
    def today(self) -> Day:
        """The first of the days."""
        return self.days[0]

    def weakest(self, within: timedelta) -> Day:
        """The first of the days, up to so long from now, on which the least is protected."""
        near = [one for one in self.days if one.day <= self.today.day + within]
        return min(near, key=lambda one: one.fraction)

    def ounces(self, units: Decimal, day: date) -> Decimal | None:
        """Shares as ounces of gold on one of the days; None where that is not known."""
        each = self.days[(day - self.days[0].day).days].ounces_each
        return None if each is None else units * each


Ending = tuple[date, "Held"]
"""The last day of an option, and what is held of it."""


def coverage(
    state: LoanState,
    held: Sequence[Held],
    cover: Decimal,
    sessions: Sessions | None = None,
) -> Coverage:
    """The calendar of what is held for a loan.

    Args:
        state: the loan at the quotes of now.
        held: everything; options that have ended are left out.
        cover: fraction of what falls with gold that is to be covered.
        sessions: which say when an expiry ends.
    """
    symbol, today = state.terms.symbol, trading_date(state.at)
    puts = _puts(held, symbol, state.at, sessions)
    ends = sorted({day for day, _ in puts})
    spans = _spans(puts, ends, today)
    size = _contract(puts)
    wanted = needs(state, today, spans[-1].last)
    days = tuple(
        _day(need, span, cover, size, state)
        for span in spans
        for need in wanted[(span.first - today).days : (span.last - today).days + 1]
    )
    nearest = min((day for day, one in puts if one.quantity > 0), default=None)
    return Coverage(
        symbol=symbol,
        spans=spans,
        days=days,
        gaps=_gaps(days, symbol),
        holds_until=_holds_until(days),
        next_expiry=nearest,
        uncounted=_uncounted(held, symbol, today),
        quality=state.quality,
        at=state.at,
    )


def _puts(
    held: Sequence[Held], symbol: str, at: datetime, sessions: Sessions | None
) -> list[Ending]:
    """Those on the symbol that still trade."""
    puts = [one for one in held if is_put(one.instrument) and of_symbol(one.instrument, symbol)]
    expiries = {one.instrument.expiry for one in puts if one.instrument.expiry}
    counted = {expiry: countdown(expiry, at, sessions) for expiry in expiries}
    return [
        (end.last_day, one)
        for one in puts
        if one.instrument.expiry and (end := counted[one.instrument.expiry]).last_trade > at
    ]


def _contract(puts: Sequence[Ending]) -> int:
    return min((one.instrument.multiplier for _, one in puts), default=CONTRACT)


def _spans(puts: Sequence[Ending], ends: Sequence[date], today: date) -> tuple[Span, ...]:
    """From today to each end, and the day after the last."""
    after = (ends[-1] if ends else today - DAY) + DAY
    borders = [today - DAY, *ends, after]
    return tuple(
        Span(before + DAY, last, _levels([one for end, one in puts if end >= last]))
        for before, last in pairwise(borders)
    )


def _levels(puts: Sequence[Held]) -> tuple[Level, ...]:
    """What is protected below each strike, from the highest down."""
    by_strike: dict[Decimal, Decimal] = {}
    for one in puts:
        strike = one.instrument.strike or Decimal(0)
        by_strike[strike] = by_strike.get(strike, Decimal(0)) + shares(one)
    total, levels = Decimal(0), []
    for strike in sorted(by_strike, reverse=True):
        total += by_strike[strike]
        levels.append(Level(strike, max(total, Decimal(0))))
    return tuple(levels)


def _day(need: Need, span: Span, cover: Decimal, size: int, state: LoanState) -> Day:
    required = need.units * cover
    noon = state.at + (need.day - trading_date(state.at))
    return Day(
        day=need.day,
        required=required,
        needed=(required / size).to_integral_value(ROUND_FLOOR) * size,
        protected=span.protected(min(need.call_price or state.price, state.price)),
        call_price=need.call_price,
        ounces_each=ounces_per_share(state.terms.symbol, noon),
    )


def _gaps(days: Sequence[Day], symbol: str) -> tuple[Gap, ...]:
    """Days in a row that lack the same; the one that reaches the end of the calendar is open."""
    found: list[list[Day]] = []
    for before, day in pairwise((None, *days)):
        if day is None or day.holds:
            continue
        if before is None or before.missing != day.missing:
            found.append([])
        found[-1].append(day)
    return tuple(_gap(run, symbol, open_end=run[-1] is days[-1]) for run in found)


def _gap(run: Sequence[Day], symbol: str, *, open_end: bool) -> Gap:
    first = run[0]
    last = None if open_end else run[-1].day
    until = f"to {last}" if last else "on"
    ounces, call = first.ounces_each, first.call_price
    amount = f"{plain(rounded(first.missing, 2)):,f} shares of {symbol}"
    if ounces is not None:
        amount = f"{rounded(first.missing * ounces, 1):,f} oz ({amount})"
    where = f"below the margin call at {rounded(call, 2):f}" if call else "against a fall"
    sentence = (
        f"From {first.day} {until} {amount} are not protected {where}: buy puts that reach "
        "past it, or roll those held."
    )
    return Gap(first.day, last, first.missing, sentence)


def _holds_until(days: Sequence[Day]) -> date | None:
    until = None
    for day in days:
        if not day.holds:
            break
        until = day.day
    return until


def _uncounted(held: Sequence[Held], symbol: str, today: date) -> tuple[str, ...]:
    """Puts bought that are on something else than the watched symbol."""
    return tuple(
        one.instrument.words
        for one in held
        if is_put(one.instrument)
        and one.quantity > 0
        and one.instrument.expiry
        and one.instrument.expiry >= today
        and not of_symbol(one.instrument, symbol)
    )
