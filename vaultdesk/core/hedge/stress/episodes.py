"""Falls of gold as they were published; a window may list them before NumPy is there."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

SYMBOL = "GLD"
"""The fund whose closes the episodes are told by."""


@dataclass(frozen=True, slots=True)
class Episode:
    """A fall of gold, by closes of GLD as published.

    Attributes:
        key: its id.
        title: what people call it.
        start: the close it fell from.
        trough: its lowest close.
        depth: relative, from the one to the other, negative.
        worst_day: of its largest fall in one day.
        worst: that fall, relative, negative.
    """

    key: str
    title: str
    start: date
    trough: date
    depth: Decimal
    worst_day: date
    worst: Decimal


def _episode(key: str, title: str, span: str, depth: str, worst: str) -> Episode:
    start, trough = map(date.fromisoformat, span.split())
    day, fall = worst.split()
    deep, fallen = Decimal(depth) / 100, Decimal(fall) / 100
    return Episode(key, title, start, trough, deep, date.fromisoformat(day), fallen)


EPISODES = (
    _episode("2008-10", "Credit crisis", "2008-03-17 2008-11-12", "-29.4", "2008-10-10 -7.43"),
    _episode("2013-04", "April crash", "2012-10-04 2013-06-27", "-33.2", "2013-04-15 -8.78"),
    _episode("2020-03", "Dash for cash", "2020-03-09 2020-03-19", "-12.5", "2020-03-12 -3.99"),
    _episode("2022", "Rising rates", "2022-03-08 2022-09-26", "-21.0", "2022-03-09 -2.97"),
    _episode("2026-01", "30 January", "2026-01-29 2026-02-02", "-13.9", "2026-01-30 -10.27"),
)
