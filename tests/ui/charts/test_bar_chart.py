"""The tornado: widest first, bars that end at their values, texts at their ends."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.mouse import move
from vaultdesk.ui import theme
from vaultdesk.ui.charts.bar_chart import HEAD, ROW, Bar, Tornado, TornadoChart
from vaultdesk.ui.charts.lazy_chart import Limit
from vaultdesk.ui.charts.time_chart import KINDS

GOLD = Bar("Gold", 0.96, 0.58, "-30 %: 96 %", "+20 %: 58 %")
VOL = Bar("Volatility", 0.71, 0.73, "10 pts: 71 %", "30 pts: 73 %")
DAYS = Bar("Days", 0.78, 0.84, "30: 78 %", "180: 84 %")
TORNADO = Tornado((VOL, GOLD, DAYS), 0.72, "now 72 %", (Limit("call 75 %", 0.75),))


@pytest.fixture
def chart(qapp: QApplication, qtbot: QtBot) -> TornadoChart:
    theme.apply(qapp, theme.DARK)
    made = TornadoChart("test.tornado", "LTV by input")
    qtbot.addWidget(made)
    made.show_bars(TORNADO)
    made.resize(640, made.minimumSizeHint().height())
    made.show()
    return made


def picture(chart: TornadoChart) -> QImage:
    return chart.grab().toImage()


def colour(chart: TornadoChart, value: float, row: int, down: float = 0.5) -> str:
    image = picture(chart)
    return str(image.pixelColor(int(chart.pixel(value)), int(HEAD + (row + down) * ROW)).name())


def test_the_widest_stands_on_top(chart: TornadoChart) -> None:
    assert [bar.name for bar in chart.bars] == ["Gold", "Days", "Volatility"]


@given(st.lists(st.tuples(st.floats(-5, 5), st.floats(-5, 5)), max_size=9))
def test_bars_are_in_order_of_their_width(ends: list[tuple[float, float]]) -> None:
    bars = tuple(Bar("", low, high, "", "") for low, high in ends)
    widths = [bar.width for bar in sorted(bars, key=lambda bar: -bar.width)]
    assert widths == sorted((abs(high - low) for low, high in ends), reverse=True)


def test_a_bar_reaches_from_the_centre_to_each_value_and_no_farther(chart: TornadoChart) -> None:
    low, high = KINDS["dark"][:2]
    assert colour(chart, 0.80, 0) == low
    assert colour(chart, 0.95, 0) == low
    assert colour(chart, 0.60, 0) == high
    assert colour(chart, 0.97, 0) not in (low, high)
    assert colour(chart, 0.57, 0) not in (low, high)


def test_ends_on_one_side_stand_above_each_other(chart: TornadoChart) -> None:
    low, high = KINDS["dark"][:2]
    assert colour(chart, 0.745, 1, 0.3) == low
    assert colour(chart, 0.745, 1, 0.7) == high
    assert colour(chart, 0.835, 1, 0.3) != low


@pytest.mark.parametrize("width", [320, 640, 1200])
def test_the_texts_at_the_ends_stand_inside_and_beside_their_bars(
    chart: TornadoChart, width: int
) -> None:
    chart.resize(width, chart.height())
    for bar in chart.bars:
        for end in chart._ends(0.0, bar):
            wide = chart.fontMetrics().horizontalAdvance(end.text)
            left, right = end.text_at.x(), end.text_at.x() + 0.8 * wide
            assert left >= 0
            assert right <= width
            assert right <= end.ground.left() + 1 or left >= end.ground.right()


def test_all_of_the_bars_have_room(chart: TornadoChart) -> None:
    assert chart.minimumSizeHint().height() >= HEAD + 3 * ROW


def test_keys_and_mouse_read_out_a_bar(chart: TornadoChart) -> None:
    seen: list[int] = []
    chart.pointed.connect(seen.append)
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Up):
        QTest.keyClick(chart, key)
    assert seen == [0, 1, 0]
    assert chart.said == "Gold: -30 %: 96 % to +20 %: 58 %"
    assert chart.accessibleDescription() == chart.said
    move(chart, QPoint(100, int(HEAD + 2.5 * ROW)))
    assert chart.said.startswith("Volatility")
    move(chart, QPoint(100, 3))
    assert chart.accessibleDescription() == "LTV by input"


def test_inputs_that_change_nothing_are_painted(chart: TornadoChart) -> None:
    flat = Bar("Nothing", 0.72, 0.72, "72 %", "72 %")
    chart.show_bars(Tornado((flat,), 0.72, "now"))
    assert not picture(chart).isNull()
    assert chart.pixel(0.72) > 0


def test_fewer_bars_than_the_one_read_out(chart: TornadoChart) -> None:
    chart.point_at(2)
    chart.show_bars(replace(TORNADO, bars=(GOLD,)))
    assert chart.said.startswith("Gold")
    chart.show_bars(replace(TORNADO, bars=()))
    assert chart.said == ""


def test_it_wears_the_colours_of_each_theme(qapp: QApplication, chart: TornadoChart) -> None:
    assert colour(chart, 0.80, 0) == KINDS["dark"][0]
    theme.apply(qapp, theme.LIGHT)
    try:
        assert colour(chart, 0.80, 0) == KINDS["light"][0]
    finally:
        theme.apply(qapp, theme.DARK)
