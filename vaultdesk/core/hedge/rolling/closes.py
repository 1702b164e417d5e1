"""Daily closes from a table that a user supplies: a column of dates and one of closes."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from functools import partial
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

from vaultdesk.core.market import DailyClose
from vaultdesk.core.money import exact

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

SEPARATORS = ",;\t"
DAY_NAMES = ("date", "day")
CLOSE_NAMES = ("close", "closing price", "price")
HIGHEST = Decimal("1e9")
DAILY = 4
"""Calendar days between most closes that come daily."""
SPLIT = 2
"""A close so many times another, a day apart, is a split or a slip, and no move of a price."""


class UnreadablePrices(ValueError):  # noqa: N818
    """The table holds no daily closes; the sentence says where and how to mend it."""


def read_closes(lines: Iterable[str]) -> tuple[DailyClose, ...]:
    """The closes of a table with one heading, in either order of time, as written.

    Columns are parted by commas, semicolons or tabs; decimals have a point.

    Raises:
        UnreadablePrices: there are no such columns, or a row cannot be used.
    """
    try:
        return checked(_table(lines))
    except csv.Error as error:
        raise UnreadablePrices(f"It is not a table of text: {error}.") from error


def _table(lines: Iterable[str]) -> list[DailyClose]:
    rows = iter(lines)
    heading = next(rows, "").removeprefix("\N{BYTE ORDER MARK}")
    separator = max(SEPARATORS, key=heading.count)
    read = partial(csv.reader, delimiter=separator, strict=True)
    names = [name.strip().lower() for name in next(read([heading]), [])]
    day, close = _place(names, DAY_NAMES), _place(names, CLOSE_NAMES)
    if day is None or close is None:
        raise UnreadablePrices("The first line must name a column “date” and a column “close”.")
    return [
        _close(number, row, day, close)
        for number, row in enumerate(read(rows), start=2)
        if any(cell.strip() for cell in row)
    ]


def checked(closes: Sequence[DailyClose]) -> tuple[DailyClose, ...]:
    """The closes in order of time, where they are daily, none twice and none out of scale.

    Raises:
        UnreadablePrices: they are not.
    """
    ordered = sorted(closes, key=lambda one: one.day)
    if len(ordered) < SPLIT:
        raise UnreadablePrices("There are no prices in it: give one line for each trading day.")
    for before, after in pairwise(ordered):
        if before.day == after.day:
            raise UnreadablePrices(f"{after.day} stands there twice: keep one of the two.")
        low, high = sorted((before.close, after.close))
        if high >= SPLIT * low:
            raise UnreadablePrices(
                f"From {before.day} to {after.day} the close goes from {before.close} to "
                f"{after.close}: correct it, or adjust the prices for splits."
            )
    if median((after.day - before.day).days for before, after in pairwise(ordered)) > DAILY:
        raise UnreadablePrices("The prices are not daily: give a close for each trading day.")
    return tuple(ordered)


def _place(names: Sequence[str], wanted: Sequence[str]) -> int | None:
    return next((names.index(name) for name in wanted if name in names), None)


def _close(number: int, row: Sequence[str], day: int, close: int) -> DailyClose:
    if len(row) <= max(day, close):
        raise UnreadablePrices(f"Line {number} has too few columns.")
    return DailyClose(_day(number, row[day].strip()), _price(number, row[close].strip()))


def _day(number: int, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UnreadablePrices(
            f"Line {number}: “{text[:40]}” is no date; write it as 2026-03-27."
        ) from None


def _price(number: int, text: str) -> Decimal:
    try:
        price = exact(text)
    except ValueError:
        price = Decimal(0)
    if not 0 < price < HIGHEST:
        raise UnreadablePrices(
            f"Line {number}: “{text[:40]}” is no price; write it as 1234.56, above 0."
        )
    return price
