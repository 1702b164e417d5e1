"""The LTV over time: every value inside the axes, gaps told, thinned without losing an extreme."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.reports import NOW, snapshot
from vaultdesk.core.market import Quality
from vaultdesk.core.reports.document import Chart, Paragraph, Stroke, Table
from vaultdesk.core.reports.path import COLUMNS, path_chart, path_parts
from vaultdesk.core.reports.records import PathPoint, bounds, point

START, END = bounds(date(2026, 7, 1), date(2026, 7, 31), "Europe/Zurich")
HOUR = timedelta(hours=1)


def path(*prices: tuple[int, str]) -> list[PathPoint]:
    """The LTV so many hours after NOW at these prices."""
    return [point(snapshot(NOW + hours * HOUR, price)) for hours, price in prices]


def drawn(points: list[PathPoint], start: datetime = START, end: datetime = END) -> Chart:
    return path_chart("LTV", points, start, end)


def curve(chart: Chart, stroke: Stroke) -> tuple[tuple[float, float], ...]:
    return next(one.points for one in chart.curves if one.stroke is stroke)


def test_a_gap_of_more_than_an_hour_is_bridged_by_another_line() -> None:
    chart = drawn(path((0, "350"), (1, "351"), (5, "340"), (6, "341")))
    (whole,) = [one for one in chart.curves if one.stroke is Stroke.PATH]
    assert whole.cuts == {2}
    assert curve(chart, Stroke.GAP) == whole.points[1:3]
    assert Stroke.GAP not in {one.stroke for one in drawn(path((0, "350"), (1, "351"))).curves}


def test_two_gaps_are_two_bridges_and_not_joined() -> None:
    chart = drawn(path((0, "350"), (5, "340"), (6, "341"), (9, "345")))
    (bridges,) = [one for one in chart.curves if one.stroke is Stroke.GAP]
    whole = curve(chart, Stroke.PATH)
    assert bridges.points == (whole[0], whole[1], whole[2], whole[3])
    assert bridges.cuts == {2}


def test_levels_are_those_of_each_day_and_named_in_the_legend() -> None:
    points = path((0, "350"), (24, "350"))
    points[1] = replace(points[1], call_ltv=Decimal("0.70"))
    names = [one.name for one in drawn(points).curves]
    assert "margin call 70.00 % to 75.00 %" in names
    assert "close-out 85.00 %" in names
    call = curve(drawn(points), Stroke.CALL)
    assert [y for _, y in call] == [0.75, 0.75, 0.70, 0.70]
    assert (call[0][0], call[-1][0]) == (START.timestamp(), END.timestamp())


def test_the_figures_are_those_of_the_path() -> None:
    points = path((0, "350"), (1, "270"), (2, "400"), (3, "340"))
    points[3] = replace(points[3], quality=Quality.STALE)
    (table,) = [p for p in path_parts("LTV", points, START, END) if isinstance(p, Table)]
    rows = {name: value for name, value in table.rows}  # noqa: C416 - mypy sees pairs
    assert rows["First"] == "60.00 % on 2026-07-10 17:00:00+02:00"
    assert rows["Highest"] == "77.78 % on 2026-07-10 18:00:00+02:00"
    assert rows["Lowest"] == "52.50 % on 2026-07-10 19:00:00+02:00"
    assert rows["Last"] == "61.76 % on 2026-07-10 20:00:00+02:00"
    assert rows["At or above the margin call"] == "1 of 4 values (25.0 %)"
    assert rows["At or above the close-out"] == "0 of 4 values (0.0 %)"
    assert rows["Values kept"] == "3 LIVE, 1 STALE"


def test_without_a_value_it_says_so() -> None:
    (said,) = path_parts("LTV", [], START, END)
    assert isinstance(said, Paragraph)
    assert "did not watch" in said.text


@given(
    st.lists(st.integers(165, 900), min_size=1, max_size=60),
    st.integers(1, 400),
)
def test_everything_lies_within_the_axes_whose_ticks_ascend(prices: list[int], days: int) -> None:
    points = path(*((hour, str(price)) for hour, price in enumerate(prices)))
    start, end = bounds(NOW.date(), NOW.date() + timedelta(days=days + 2), "America/New_York")
    chart = drawn(points, start, end)
    for axis in (chart.x, chart.y):
        places = [tick.at for tick in axis]
        assert places == sorted(set(places))
        assert 2 <= len(axis) <= 16
    for one in chart.curves:
        assert all(chart.x[0].at <= x <= chart.x[-1].at for x, _ in one.points)
        assert all(chart.y[0].at <= y <= chart.y[-1].at for _, y in one.points)


def test_what_is_beyond_all_hope_is_cut_off() -> None:
    chart = drawn(path((0, "350"), (1, "0.01")))
    assert chart.y[-1].at <= 1.5
    assert len(chart.y) <= 16


def test_years_are_thinned_and_keep_their_extremes() -> None:
    points = path(*((hour, str(350 + hour % 23)) for hour in range(20_000)))
    points[7_777] = replace(points[7_777], ltv=Decimal("0.99"))
    end = bounds(date(2029, 1, 1), date(2029, 1, 1), "UTC")[1].astimezone(ZoneInfo("UTC"))
    chart = drawn(points, START.astimezone(ZoneInfo("UTC")), end)
    shown = curve(chart, Stroke.PATH)
    assert len(shown) <= 4 * COLUMNS + 4
    assert max(y for _, y in shown) == pytest.approx(0.99)


@pytest.mark.parametrize(
    ("zone", "day", "first", "count"),
    [
        ("Europe/Zurich", date(2026, 3, 29), "00:00\n2026-03-29", 9),
        ("Europe/Zurich", date(2026, 10, 25), "00:00\n2026-10-25", 5),
        ("UTC", date(2026, 7, 1), "00:00\n2026-07-01", 9),
    ],
)
def test_one_day_has_hours_on_its_axis(zone: str, day: date, first: str, count: int) -> None:
    start, end = bounds(day, day, zone)
    at = start.astimezone(ZoneInfo(zone))
    chart = path_chart("LTV", [point(snapshot(at, "350"))], start, end)
    assert chart.x[0].text == first
    assert len(chart.x) == count
    assert "02:00" not in [tick.text for tick in chart.x] or day != date(2026, 3, 29)
