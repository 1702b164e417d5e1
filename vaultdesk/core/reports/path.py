"""The LTV over time: a chart between the lender's levels, and what it did in figures."""

from __future__ import annotations

import math
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from vaultdesk.core.loan.series import HOUR_S, joined, line, stepped, thinned
from vaultdesk.core.reports.document import Chart, Curve, Heading, Paragraph, Stroke, Tick, facts
from vaultdesk.core.reports.figures import percent

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from vaultdesk.core.loan.series import Floats, Places
    from vaultdesk.core.reports.document import Lane, Part
    from vaultdesk.core.reports.records import PathPoint

COLUMNS = 900
"""Of a picture on paper: more points than these show would be drawn over each other."""
MOST_TICKS = 8
HOURS = (3, 6, 12)
"""Between two ticks where the axis is not longer than some days."""
STEPS = (0.01, 0.02, 0.05, 0.10, 0.20, 0.50)
"""Between two ticks of LTV."""
MOST_STEPS = 9
HIGHEST = 1.30
"""Of LTV: what is higher is cut off, a loan is lost long before."""
MOST_HOURS = 60
"""Up to so many the axis counts hours; clocks that change make a day an hour longer."""
LEVELS = ("ltv", "call_ltv", "closeout_ltv")
GAPS = (
    "The line is dotted where no value was kept for more than an hour: the desk was closed, or no "
    "honest price came."
)


def path_parts(
    title: str,
    path: Sequence[PathPoint],
    start: datetime,
    end: datetime,
    lanes: tuple[Lane, ...] = (),
) -> tuple[Part, ...]:
    """The LTV from `start` to `end`, both in the zone whose clocks the axis counts by."""
    if not path:
        return (Paragraph("No value of the loan was kept in this time: the desk did not watch."),)
    low, high = (choose(path, key=lambda one: one.ltv) for choose in (min, max))
    qualities = Counter(one.quality.value for one in path)
    return (
        path_chart(title, path, start, end, lanes),
        Paragraph(GAPS),
        Heading("The path in figures"),
        facts(
            ("First", _value(path[0], start)),
            ("Last", _value(path[-1], start)),
            ("Highest", _value(high, start)),
            ("Lowest", _value(low, start)),
            ("At or above the margin call", _share(path, lambda one: one.ltv >= one.call_ltv)),
            ("At or above the close-out", _share(path, lambda one: one.ltv >= one.closeout_ltv)),
            ("Values kept", ", ".join(f"{n:,} {name}" for name, n in sorted(qualities.items()))),
            ("Sources", ", ".join(sorted({one.source for one in path}))),
        ),
    )


def path_chart(
    title: str,
    path: Sequence[PathPoint],
    start: datetime,
    end: datetime,
    lanes: tuple[Lane, ...] = (),
) -> Chart:
    """One curve of the LTV, and the lender's levels as the terms of each day had them."""
    times, ltv, call, closeout = (
        np.array(values, dtype=np.float64)  # here decimals become floats, for the picture alone
        for values in (
            [one.at.timestamp() for one in path],
            *([float(getattr(one, name)) for one in path] for name in LEVELS),
        )
    )
    first, last = start.timestamp(), end.timestamp()
    return Chart(
        title=title,
        x=_days(start, end),
        y=_ratios(np.concatenate((ltv, call, closeout))),
        x_title=f"days by the clocks of {start.tzinfo}",
        y_title="LTV",
        curves=(
            _level("margin call", times, call, (first, last), Stroke.CALL),
            _level("close-out", times, closeout, (first, last), Stroke.CLOSEOUT),
            *_path(times, ltv, (first, last)),
        ),
        lanes=lanes,
    )


def _path(times: Floats, ltv: Floats, ends: tuple[float, float]) -> tuple[Curve, ...]:
    """What is known, above what joins it where nothing is."""
    cuts: Places = np.flatnonzero(np.diff(times) > HOUR_S) + 1
    places = thinned(line(times, ltv, cuts), *ends, COLUMNS)
    leads = joined(places, cuts)
    points = tuple(zip(times[places].tolist(), ltv[places].tolist(), strict=True))
    apart = (np.flatnonzero(~leads[:-1]) + 1).tolist()
    known = Curve("LTV", points, Stroke.PATH, frozenset(apart))
    if not apart:
        return (known,)
    bridges = tuple(point for place in apart for point in points[place - 1 : place + 1])
    ends_of = frozenset(range(2, len(bridges), 2))
    return Curve("no value kept", bridges, Stroke.GAP, ends_of), known


def _level(
    name: str, times: Floats, values: Floats, ends: tuple[float, float], stroke: Stroke
) -> Curve:
    x, y = stepped(times, values, *ends)
    low, high = percent(float(values.min())), percent(float(values.max()))
    told = high if low == high else f"{low} to {high}"
    return Curve(f"{name} {told}", tuple(zip(x.tolist(), y.tolist(), strict=True)), stroke)


def _days(start: datetime, end: datetime) -> tuple[Tick, ...]:
    """Midnights, or hours of few days, and the end itself, which is named by nothing."""
    length = end.timestamp() - start.timestamp()
    ticks = [
        Tick(at.timestamp(), text)
        for at, text in (
            _hours(start, end) if length <= MOST_HOURS * HOUR_S else _dates(start, end)
        )
    ]
    return (*ticks, Tick(end.timestamp(), ""))


def _hours(start: datetime, end: datetime) -> list[tuple[datetime, str]]:
    """Every few hours as clocks show them, with the day beside each midnight."""
    hours = (end.timestamp() - start.timestamp()) / HOUR_S
    step = timedelta(hours=next(one for one in HOURS if hours <= one * MOST_TICKS))
    found, at = list[tuple["datetime", str]](), start
    while at.timestamp() < end.timestamp():
        day = "" if found and at.hour else f"\n{at:%Y-%m-%d}"
        found.append((at, f"{at:%H:%M}{day}"))
        at += step
    return found


def _dates(start: datetime, end: datetime) -> list[tuple[datetime, str]]:
    days = round((end.timestamp() - start.timestamp()) / (24 * HOUR_S))
    step = max(math.ceil(days / MOST_TICKS), 1)
    return [
        (start + timedelta(days=day), f"{start + timedelta(days=day):%Y-%m-%d}")
        for day in range(0, days, step)
    ]


def _ratios(values: Floats) -> tuple[Tick, ...]:
    """Even steps around all values up to the highest that is drawn, as few as can be read."""
    low, high = (min(float(one), HIGHEST) for one in (values.min(), values.max()))
    step = next((one for one in STEPS if (high - low) / one <= MOST_STEPS), STEPS[-1])
    first, last = math.floor(round(low / step, 6)), math.floor(round(high / step, 6)) + 1
    return tuple(Tick(n * step, percent(n * step, 0)) for n in range(first - 1, last + 1))


def _value(one: PathPoint, start: datetime) -> str:
    return f"{percent(one.ltv)} on {local(one.at, start)}"


def local(at: datetime, like: datetime) -> str:
    """A moment by the clocks that another one shows, with their offset from UTC."""
    return at.astimezone(like.tzinfo).isoformat(sep=" ", timespec="seconds")


def _share(path: Sequence[PathPoint], which: Callable[[PathPoint], bool]) -> str:
    count = sum(map(which, path))
    return f"{count:,} of {len(path):,} values ({percent(count / len(path), 1)})"
