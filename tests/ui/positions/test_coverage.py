"""The coverage calendar: where things stand, what is read out, and how it is walked through."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest

from tests.ui.positions.calendars import CALL, TWO, calendar, day
from vaultdesk.ui import theme
from vaultdesk.ui.positions.coverage_chart import CoverageChart
from vaultdesk.ui.positions.coverage_map import (
    Frame,
    blocks,
    calls,
    gap_runs,
    map_of,
    round_prices,
)
from vaultdesk.ui.positions.coverage_view import CoverageView
from vaultdesk.ui.positions.words import summary

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

ALIKE = 40
"""Steps of 256 by which two colours may differ."""
ROOM = QRectF(40, 5, 600, 200)


@pytest.fixture
def chart(qtbot: QtBot) -> CoverageChart:
    made = CoverageChart()
    made.resize(640, 300)
    qtbot.addWidget(made)
    made.show_coverage(TWO)
    made.show()
    return made


def test_areas_are_stepped_by_day_and_price() -> None:
    found = [
        (one.first, one.until, one.high, one.protected, one.enough) for one in blocks(map_of(TWO))
    ]
    assert found == [
        (0, 10, Decimal(350), Decimal(400), False),
        (0, 10, Decimal(320), Decimal(1_000), True),
        (10, 30, Decimal(320), Decimal(600), False),
    ]
    lowest = [one.low for one in blocks(map_of(TWO))]
    assert lowest[0] == 320
    assert lowest[1] == lowest[2] == map_of(TWO).low < CALL


def test_gaps_reach_to_the_end_where_they_are_open() -> None:
    assert gap_runs(map_of(TWO)) == [(10, 31)]
    assert gap_runs(map_of(calendar((9, ((320, 1_000),))))) == []


def test_the_call_is_one_line_while_its_price_stays() -> None:
    assert calls(map_of(TWO)) == [(0, 31, CALL)]
    assert calls(map_of(calendar((3, ()), call=None))) == []


strikes = st.lists(st.integers(1, 900), min_size=1, max_size=6, unique=True)


@given(strikes, st.integers(0, 400), st.integers(1, 2_000))
def test_every_place_leads_to_its_pixel_and_back(prices: list[int], number: int, call: int) -> None:
    levels = tuple((price, 100) for price in sorted(prices, reverse=True))
    made = map_of(calendar((400, levels), call=Decimal(call)))
    frame = Frame(made, ROOM)
    for price in (*map(Decimal, prices), Decimal(call)):
        assert made.low <= price <= made.high
        place = frame.place(frame.x(number + 0.5), frame.y(price))
        assert place is not None
        assert place[0] == number
        assert abs(place[1] - price) <= Decimal("0.01")
    marked = round_prices(made)
    assert all(made.low <= price <= made.high for price in marked)
    assert 2 <= len(marked) <= 8
    assert marked == sorted(set(marked))


def test_outside_the_axes_there_is_no_place() -> None:
    assert Frame(map_of(TWO), ROOM).place(10, 50) is None


def test_the_keyboard_walks_through_days_and_prices_and_reads_them_out(
    chart: CoverageChart,
) -> None:
    QTest.keyClick(chart, Qt.Key.Key_Home)
    assert chart.said == "2026-07-10, below 280.00: 90.0 oz (1,000 shares) protected, enough"
    assert chart.accessibleDescription() == chart.said
    QTest.keyClick(chart, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    assert chart.said == (
        "2026-07-20, below 280.00: 54.0 oz (600 shares) protected, ✕ 36.0 oz (400 shares) missing"
    )
    QTest.keyClick(chart, Qt.Key.Key_Up)
    assert chart.said == (
        "2026-07-20, below 320.00: 54.0 oz (600 shares) protected; the loan is called below 280.00"
    )
    for _ in range(5):
        QTest.keyClick(chart, Qt.Key.Key_Left, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClick(chart, Qt.Key.Key_Up)
    assert chart.at == (0, Decimal(350))
    for _ in range(9):
        QTest.keyClick(chart, Qt.Key.Key_Down)
    assert chart.at == (0, CALL)
    QTest.keyClick(chart, Qt.Key.Key_Escape)
    assert chart.said == ""
    assert chart.accessibleDescription() == "Ounces protected below each price on each day"


def test_the_mouse_reads_out_too_and_leaves_nothing_behind(chart: CoverageChart) -> None:
    QTest.mouseMove(chart, QPoint(620, 200))
    assert chart.said.startswith(f"{day(30)}, below 2") or chart.said.startswith(f"{day(29)}")
    QTest.mouseMove(chart, QPoint(2, 2))
    assert chart.said == ""


def test_gaps_are_hatched_and_enough_is_not(chart: CoverageChart) -> None:
    picture = chart.grab().toImage()
    frame = chart._frame(map_of(TWO))

    def reds(number: int) -> int:
        """Pixels in the colour of what is wrong, in a day's column below the call."""
        x = int(frame.x(number + 0.5))
        top, bottom = int(frame.y(CALL)) + 4, int(frame.room.bottom()) - 4
        return sum(
            _red(picture, place, y) for place in range(x - 3, x + 4) for y in range(top, bottom)
        )

    assert reds(4) == 0
    assert reds(14) > 20


def _red(picture: QImage, x: int, y: int) -> bool:
    seen, wanted = picture.pixelColor(x, y), QColor(theme.current().down)
    apart = (
        seen.red() - wanted.red(), seen.green() - wanted.green(), seen.blue() - wanted.blue()
    )  # fmt: skip
    return max(map(abs, apart)) < ALIKE


def test_where_gold_in_a_share_is_not_known_shares_are_told(qtbot: QtBot) -> None:
    chart = CoverageChart()
    qtbot.addWidget(chart)
    chart.show_coverage(calendar((5, ((320, 1_000),)), ounces=None))
    QTest.keyClick(chart, Qt.Key.Key_Home)
    assert chart.said == "2026-07-10, below 280.00: 1,000 shares protected, enough"


def test_the_summary_names_the_share_and_how_long() -> None:
    assert summary(TWO) == (
        "Today 90.0 oz (1,000 shares) of 90.0 oz (1,000 shares) are protected below the margin "
        "call at 280.00 (100 %): not enough."
    )
    assert summary(calendar((5, ((320, 1_000),)), call=None)).startswith(
        "Today 90.0 oz (1,000 shares) of 90.0 oz (1,000 shares) are protected against a fall"
    )


def test_the_cursor_stays_when_prices_move_and_goes_with_its_day(chart: CoverageChart) -> None:
    chart.point_at((20, Decimal(320)))
    chart.show_coverage(calendar((29, ((320, 700),)), (30, ())))
    assert chart.at == (20, Decimal(320))
    assert "63.0 oz (700 shares)" in chart.said
    chart.show_coverage(calendar((5, ((320, 700),))))
    assert chart.at is None


def test_the_view_reads_out_below_the_chart_and_in_both_themes(
    qtbot: QtBot,
) -> None:
    view = CoverageView()
    qtbot.addWidget(view)
    view.show_coverage(TWO)
    view.show()
    assert view.readout.text() == "Arrow keys or the mouse read out a day and a price."
    QTest.keyClick(view.chart, Qt.Key.Key_Home)
    assert view.readout.text() == view.chart.said
    assert view.gaps.text() == "✕ Gap: From 2026-07-20 on it is short."
    assert [entry.name for entry in view.legend.entries] == ["enough", "a part", "gap"]
    view.show_coverage(None)
    assert not view.chart.isVisible()
