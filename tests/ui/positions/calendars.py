"""Coverage calendars as the chart is given them."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from tests.fakes.feed import START
from vaultdesk.core.market import Quality
from vaultdesk.core.positions.coverage import Coverage, Day, Gap, Level, Span

FIRST = date(2026, 7, 10)
OUNCES = Decimal("0.09")
NEEDED = Decimal(1_000)
CALL = Decimal(280)


def day(number: int) -> date:
    """So many days after the first."""
    return FIRST + timedelta(days=number)


def calendar(
    *spans: tuple[int, tuple[tuple[int, int], ...]],
    call: Decimal | None = CALL,
    ounces: Decimal | None = OUNCES,
) -> Coverage:
    """Spans by the number of their last day, and their levels as price and shares."""
    made: list[Span] = []
    for last, levels in spans:
        first = made[-1].last + timedelta(days=1) if made else FIRST
        steps = tuple(Level(Decimal(price), Decimal(shares)) for price, shares in levels)
        made.append(Span(first, day(last), steps))
    days = tuple(
        Day(
            one,
            NEEDED,
            NEEDED,
            next(s for s in made if s.first <= one <= s.last).protected(call or Decimal(1)),
            call,
            ounces,
        )
        for one in (day(number) for number in range((made[-1].last - FIRST).days + 1))
    )
    short = [one for one in days if not one.holds]
    gaps = (
        (Gap(short[0].day, None, short[-1].missing, f"From {short[0].day} on it is short."),)
        if short
        else ()
    )
    return Coverage(
        symbol="GLD",
        spans=tuple(made),
        days=days,
        gaps=gaps,
        holds_until=None,
        next_expiry=None,
        uncounted=(),
        quality=Quality.LIVE,
        at=START,
    )


TWO = calendar((9, ((350, 400), (320, 1_000))), (29, ((320, 600),)), (30, ()))
"""Ten days with enough below 320, twenty with 600 of 1,000 shares, and the day after."""
