"""Maps of values: bands, categories with letters, named contours, a cursor that reads cells."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.mouse import move
from vaultdesk.ui import theme
from vaultdesk.ui.charts.heat_chart import (
    Band,
    Bands,
    Contour,
    HeatChart,
    HeatPlot,
    Kinds,
    Spot,
    letter,
    nearest,
)
from vaultdesk.ui.charts.lazy_chart import Axis
from vaultdesk.ui.format import percent

BANDS = Bands(
    (Band("safe", "up"), Band("warning", "warning"), Band("call", "down", 0.8)), (0.7, 0.75)
)
NAMES = ("unhedged", "put 95 %", "collar")
X, Y = Axis("GLD", lambda value: f"{value:.0f} USD"), Axis("days", lambda value: f"day {value:.0f}")
COLUMNS, ROWS = np.array([300.0, 350.0, 400.0, 450.0]), np.array([0.0, 30.0, 90.0])
LTV = HeatPlot(
    COLUMNS,
    ROWS,
    np.array([[0.8, 0.75, 0.72, 0.6], [0.81, 0.76, 0.7, 0.61], [0.82, math.nan, 0.71, 0.62]]),
    X,
    Y,
    BANDS,
    percent,
    contours=(Contour("call 75 %", 0.75, "down"),),
    spot=Spot("today", 400.0, 0.0),
)
WINNER = replace(
    LTV,
    values=np.array([[0.0, 0.0, 1.0, 1.0], [0.0, 1.0, 1.0, 1.0], [0.0, 1.0, 1.0, 1.0]]),
    colours=Kinds(NAMES),
    contours=(),
)


@pytest.fixture
def chart(qapp: QApplication, qtbot: QtBot) -> HeatChart:
    theme.apply(qapp, theme.DARK)
    made = HeatChart("test.map", "LTV over price and date")
    qtbot.addWidget(made)
    made.resize(560, 400)
    made.show()
    return made


def settle(chart: HeatChart) -> None:
    """The axes take their room when they are painted first."""
    chart.canvas().grab()
    QApplication.processEvents()
    chart.canvas().grab()


def pixel(chart: HeatChart, x: float, y: float) -> QPoint:
    assert chart._drawing is not None
    sheet = chart._drawing._sheet
    found: QPoint = chart.canvas().mapFromScene(sheet.mapToScene(QPointF(sheet.x(x), sheet.y(y))))
    return found


def colour(chart: HeatChart, x: float, y: float) -> QColor:
    settle(chart)
    return QColor(chart.canvas().grab().toImage().pixelColor(pixel(chart, x, y)))


def test_a_value_on_a_break_belongs_to_the_band_above(chart: HeatChart) -> None:
    chart.show_plot(LTV)
    chart.point(1, 0)
    assert chart.said == "350 USD, day 0: 75.0 %, call"
    chart.point(2, 1)
    assert chart.said == "400 USD, day 30: 70.0 %, warning"
    assert chart.accessibleDescription() == chart.said


def test_what_is_unknown_is_said_and_left_empty(chart: HeatChart) -> None:
    chart.show_plot(LTV)
    chart.point(1, 2)
    assert chart.said == "350 USD, day 90: —"
    chart.point(-1, -1)
    assert colour(chart, 340.0, 80.0).name() == theme.DARK.panel


def test_the_colour_and_the_word_of_a_cell_agree(chart: HeatChart) -> None:
    chart.show_plot(LTV)
    for x, y, tone in ((440.0, 20.0, "up"), (390.0, 95.0, "warning"), (300.0, 95.0, "down")):
        wanted = QColor(getattr(theme.DARK, tone))
        assert abs(colour(chart, x, y).hue() - wanted.hue()) < 25


def test_uneven_rows_are_as_high_as_they_reach(chart: HeatChart) -> None:
    """The rows at 0, 30 and 90 days meet at 15 and 60."""
    values = np.array([[0.6] * 4, [0.8] * 4, [0.6] * 4])
    chart.show_plot(replace(LTV, values=values, contours=(), spot=None))
    low, high = (QColor(getattr(theme.DARK, tone)).hue() for tone in ("up", "down"))
    hues = {day: colour(chart, 330.0, day).hue() for day in (12.0, 18.0, 57.0, 63.0)}
    for day, wanted in ((12.0, low), (18.0, high), (57.0, high), (63.0, low)):
        assert abs((hues[day] - wanted + 180) % 360 - 180) < 25


def test_arrows_step_through_cells_from_the_spot_and_stay_on_the_map(chart: HeatChart) -> None:
    chart.show_plot(LTV)
    seen: list[tuple[int, int]] = []
    chart.pointed.connect(lambda column, row: seen.append((column, row)))
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Down):
        QTest.keyClick(chart, key)
    QTest.keyClick(chart, Qt.Key.Key_Up, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(chart, Qt.Key.Key_Home)
    QTest.keyClick(chart, Qt.Key.Key_Escape)
    assert seen == [(1, 0), (1, 1), (1, 0), (1, 2), (2, 0), (-1, -1)]


def test_at_the_left_edge_an_arrow_does_not_take_the_cursor_away(chart: HeatChart) -> None:
    chart.show_plot(LTV)
    chart.point(0, 0)
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Down):
        QTest.keyClick(chart, key)
    assert chart.cell == (0, 0)


def test_the_mouse_reads_the_cell_under_it_and_none_beside_the_map(chart: HeatChart) -> None:
    chart.show_plot(LTV)
    settle(chart)
    move(chart.canvas().viewport(), pixel(chart, 402.0, 28.0))
    assert chart.cell == (2, 1)
    move(chart.canvas().viewport(), QPoint(2, 2))
    assert chart.cell == (-1, -1)


VALUES = st.lists(st.floats(-100, 100), min_size=1, max_size=9, unique=True).map(sorted)


@given(VALUES, st.floats(-150, 150))
def test_the_nearest_cell_is_the_nearest(values: list[float], wanted: float) -> None:
    found = values[nearest(np.array(values), wanted)]
    assert abs(found - wanted) == min(abs(value - wanted) for value in values)


def names(chart: HeatChart) -> dict[str, bool]:
    """The names on the map, and whether they are shown."""
    items = chart.canvas().getPlotItem().items
    return {item.toPlainText(): item.isVisible() for item in items if hasattr(item, "toPlainText")}


def test_a_contour_carries_its_name_and_one_that_is_nowhere_does_not(chart: HeatChart) -> None:
    chart.show_plot(replace(LTV, contours=(*LTV.contours, Contour("close-out", 0.99))))
    settle(chart)
    assert names(chart) == {"call 75 %": True, "close-out": False}


def test_names_of_contours_stand_on_no_other(chart: HeatChart) -> None:
    close = tuple(Contour(f"level {at}", at) for at in (0.70, 0.705, 0.71, 0.715, 0.72))
    chart.show_plot(replace(LTV, contours=close))
    settle(chart)
    shown = [
        item.mapRectToScene(item.boundingRect())
        for item in chart.canvas().getPlotItem().items
        if hasattr(item, "toPlainText") and item.isVisible()
    ]
    assert len(shown) >= 2
    for number, one in enumerate(shown):
        assert not any(one.intersects(other) for other in shown[number + 1 :])


def test_categories_have_letters_in_the_legend_and_names_in_the_readout(chart: HeatChart) -> None:
    chart.show_plot(WINNER)
    chart.point(2, 0)
    assert chart.said == "400 USD, day 0: put 95 %"
    assert [(one.letter, one.name) for one in chart.legend.entries] == [
        ("A", "unhedged"),
        ("B", "put 95 %"),
    ]
    assert chart.legend.accessibleName() == "A unhedged, B put 95 %"


def test_sixteen_categories_look_different_and_have_their_letters(chart: HeatChart) -> None:
    many = replace(
        WINNER,
        x_values=np.arange(16.0),
        y_values=np.array([0.0]),
        values=np.arange(16.0)[None, :],
        colours=Kinds(tuple(f"candidate {number}" for number in range(16))),
    )
    chart.show_plot(many)
    entries = chart.legend.entries
    assert "".join(one.letter for one in entries) == "ABCDEFGHIJKLMNOP"
    assert letter(15) == "P"
    assert len({one.colour.name(QColor.NameFormat.HexArgb) for one in entries}) == 16


def test_the_letter_is_written_on_the_map(chart: HeatChart) -> None:
    """Where the letter stands there is another colour than beside it."""
    chart.show_plot(replace(WINNER, spot=None))
    settle(chart)
    picture = chart.canvas().grab().toImage()
    middle = pixel(chart, 450.0, 30.0)
    near = {
        picture.pixelColor(middle + QPoint(x, y)).name() for x in range(-6, 7) for y in range(-7, 8)
    }
    away = {
        picture.pixelColor(middle + QPoint(x, y)).name() for x in range(9, 15) for y in range(-7, 8)
    }
    assert len(away) == 1
    assert len(near) > 3


def test_frames_reuse_what_is_drawn(chart: HeatChart) -> None:
    chart.show_plot(LTV)
    before = list(chart.canvas().getPlotItem().items)
    chart.show_plot(replace(LTV, values=LTV.values * 1.01))
    assert chart.canvas().getPlotItem().items == before
    chart.show_plot(WINNER)
    chart.show_plot(LTV)
    assert len(chart.canvas().getPlotItem().items) == len(before)


def test_a_smaller_map_takes_a_cursor_beyond_it_away(chart: HeatChart) -> None:
    chart.show_plot(LTV)
    chart.point(3, 2)
    chart.show_plot(replace(LTV, y_values=ROWS[:2], values=LTV.values[:2]))
    assert (chart.cell, chart.said) == ((-1, -1), "")


def test_it_wears_the_colours_of_each_theme(qapp: QApplication, chart: HeatChart) -> None:
    chart.show_plot(LTV)
    dark = colour(chart, 440.0, 20.0)
    legend = chart.legend.entries
    theme.apply(qapp, theme.LIGHT)
    try:
        assert colour(chart, 440.0, 20.0) != dark
        assert chart.legend.entries != legend
    finally:
        theme.apply(qapp, theme.DARK)


def test_a_narrow_legend_has_more_rows(chart: HeatChart) -> None:
    chart.show_plot(LTV)
    assert chart.legend.heightForWidth(90) > 2 * chart.legend.heightForWidth(600)
