"""Where things stand in the coverage calendar: days across, prices up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF

from vaultdesk.core.money import rounded

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from vaultdesk.core.positions.coverage import Coverage, Span

AIR = Decimal("0.06")
"""Share of the highest price that is shown beyond the highest and the lowest."""
SHALLOWEST = Decimal("0.1")
"""Share of the highest price that is shown at least."""

MARKED = 6
"""Prices that are marked, about."""
ROUND = (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10))
"""What their distance begins with."""


@dataclass(frozen=True, slots=True)
class Block:
    """Days from the first, `until` excluded, and prices, between which the same is protected."""

    first: int
    until: int
    low: Decimal
    high: Decimal
    protected: Decimal
    enough: bool


@dataclass(frozen=True, slots=True)
class Map:
    """A calendar with its prices from `low` to `high`."""

    coverage: Coverage
    low: Decimal
    high: Decimal

    @property
    def first(self) -> date:
        """The day on the left edge."""
        return self.coverage.days[0].day

    @property
    def count(self) -> int:
        """How many days there are."""
        return len(self.coverage.days)

    def number(self, day: date) -> int:
        """The place of a day, from 0."""
        return (day - self.first).days

    def day(self, number: int) -> date:
        """The day at a place."""
        return self.first + timedelta(days=number)

    def steps(self, number: int) -> list[Decimal]:
        """The prices, ascending, at which something changes on a day."""
        day = self.coverage.days[number]
        span = next(one for one in self.coverage.spans if one.first <= day.day <= one.last)
        prices = {level.price for level in span.levels}
        if day.call_price is not None:
            prices.add(rounded(day.call_price, 2))
        return sorted(prices or {self.high})


def map_of(coverage: Coverage) -> Map:
    """All strikes and calls in sight, with some air."""
    prices = [level.price for span in coverage.spans for level in span.levels]
    prices += [day.call_price for day in coverage.days if day.call_price is not None]
    low, high = min(prices, default=Decimal(0)), max(prices, default=Decimal(1))
    air = max(AIR * high, (SHALLOWEST * high - (high - low)) / 2)
    return Map(coverage, max(low - 2 * air, Decimal(0)), high + air)


def blocks(made: Map) -> Iterator[Block]:
    """The stepped areas of what is protected, from the first day on."""
    for span in made.coverage.spans:
        needed = max(
            day.needed
            for day in made.coverage.days[made.number(span.first) : made.number(span.last) + 1]
        )
        yield from _of_span(made, span, needed)


def _of_span(made: Map, span: Span, needed: Decimal) -> Iterator[Block]:
    first, until = made.number(span.first), made.number(span.last) + 1
    lows = [*(level.price for level in span.levels), made.low][1:]
    for level, low in zip(span.levels, lows, strict=True):
        if level.protected > 0:
            yield Block(first, until, low, level.price, level.protected, level.protected >= needed)


def calls(made: Map) -> list[tuple[int, int, Decimal]]:
    """Runs of days, the end excluded, with the price of the call where there is one."""
    runs: list[tuple[int, int, Decimal]] = []
    for number, day in enumerate(made.coverage.days):
        if day.call_price is None:
            continue
        if runs and runs[-1][1] == number and runs[-1][2] == day.call_price:
            runs[-1] = runs[-1][0], number + 1, day.call_price
        else:
            runs.append((number, number + 1, day.call_price))
    return runs


def gap_runs(made: Map) -> list[tuple[int, int]]:
    """First and end, excluded, of the days of each gap."""
    return [
        (made.number(gap.first), made.count if gap.last is None else made.number(gap.last) + 1)
        for gap in made.coverage.gaps
    ]


def round_prices(made: Map) -> list[Decimal]:
    """Some prices that are easily read, ascending."""
    wished = (made.high - made.low) / MARKED
    exponent = wished.adjusted()
    step = next(one for one in ROUND if one.scaleb(exponent) >= wished).scaleb(exponent)
    first = (made.low / step).to_integral_value(ROUND_CEILING)
    last = (made.high / step).to_integral_value(ROUND_FLOOR)
    return [step * number for number in range(int(first), int(last) + 1)]


def ends(made: Map) -> list[date]:
    """The last day of each span but the one after all puts."""
    return [before.last for before, _ in pairwise(made.coverage.spans)]


@dataclass(frozen=True, slots=True)
class Frame:
    """Turns days and prices into pixels of a rectangle, and back."""

    made: Map
    room: QRectF

    def x(self, number: float) -> float:
        """The left edge of a day."""
        return self.room.left() + self.room.width() * number / self.made.count

    def y(self, price: Decimal) -> float:
        """The height of a price, kept inside."""
        span = float(self.made.high - self.made.low)
        share = float(price - self.made.low) / span
        return self.room.bottom() - self.room.height() * min(max(share, 0.0), 1.0)

    def place(self, x: float, y: float) -> tuple[int, Decimal] | None:
        """The day and the price, to the cent, at a pixel; None outside."""
        if not self.room.contains(x, y):
            return None
        number = int((x - self.room.left()) / self.room.width() * self.made.count)
        share = Decimal(repr((self.room.bottom() - y) / self.room.height()))
        price = self.made.low + share * (self.made.high - self.made.low)
        return min(number, self.made.count - 1), rounded(price, 2)

    def block(self, first: int, until: int, low: Decimal, high: Decimal) -> QRectF:
        """The rectangle of days and prices."""
        top = self.y(high)
        return QRectF(self.x(first), top, self.x(until) - self.x(first), self.y(low) - top)
