"""Charts over time: breaks, lonely points, and a cursor that finds the nearest point."""

import math

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from vaultdesk.ui.charts import Plot, Series, TimeChart, broken, lonely

PLOT = Plot(
    times=(0.0, 3600.0, 7200.0, 36000.0),
    series=(
        Series("LTV", "accent", (60.0, 61.0, 62.0, 70.0)),
        Series("call 75 %", "warning", (75.0, 75.0, 75.0, 75.0), level=True),
    ),
    cuts=(3,),
    unit="%",
)


@pytest.fixture
def chart(qtbot: QtBot) -> TimeChart:
    made = TimeChart()
    made.resize(400, 240)
    qtbot.addWidget(made)
    return made


def test_a_cut_puts_a_break_between_its_neighbours() -> None:
    values = broken((60.0, 61.0, 62.0), [2], math.nan)
    assert values[:2] == [60.0, 61.0]
    assert math.isnan(values[2])
    assert values[3:] == [62.0]
    assert broken((0.0, 1.0, 2.0), [2], None) == [0.0, 1.0, 2.0, 2.0]


@pytest.mark.parametrize(
    ("count", "cuts", "alone"),
    [(3, [], []), (1, [], [0]), (4, [3], [3]), (4, [1, 2], [0, 1]), (0, [], [])],
)
def test_points_without_a_neighbour_are_known(
    count: int, cuts: list[int], alone: list[int]
) -> None:
    assert lonely(count, cuts) == alone


def test_nothing_is_drawn_before_it_is_seen(chart: TimeChart) -> None:
    chart.show_plot(PLOT)
    assert not chart.is_drawn
    chart.show()
    assert chart.is_drawn


def test_the_arrows_step_through_the_points_and_stop_at_the_ends(chart: TimeChart) -> None:
    chart.show()
    chart.show_plot(PLOT)
    seen: list[int] = []
    chart.pointed.connect(seen.append)
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Right):
        QTest.keyClick(chart, key)
    assert seen == [3, 2, 3]


@pytest.mark.parametrize(
    ("time", "position"), [(-99.0, 0), (1700.0, 0), (1900.0, 1), (30000.0, 3), (1e9, 3), (None, -1)]
)
def test_the_mouse_finds_the_nearest_point(
    chart: TimeChart, time: float | None, position: int
) -> None:
    chart.show()
    chart.show_plot(PLOT)
    chart.point_at(2)
    seen: list[int] = []
    chart.pointed.connect(seen.append)
    chart.mouse_at(time)
    assert seen == [position]


def test_the_mouse_over_the_canvas_is_a_time(chart: TimeChart, qtbot: QtBot) -> None:
    chart.show()
    chart.show_plot(PLOT)
    qtbot.waitExposed(chart)
    seen: list[int] = []
    chart.pointed.connect(seen.append)
    canvas = chart.canvas()
    box = canvas.getPlotItem().vb
    place = box.mapViewToScene(box.mapFromScene(0, 0))
    place.setX(box.sceneBoundingRect().right() - 3)
    place.setY(box.sceneBoundingRect().center().y())
    canvas.scene().sigMouseMoved.emit(place)
    assert seen == [3]


def test_another_plot_takes_the_place_of_the_first(chart: TimeChart) -> None:
    chart.show()
    chart.show_plot(PLOT)
    one = len(chart.canvas().getPlotItem().items)
    chart.show_plot(PLOT)
    assert len(chart.canvas().getPlotItem().items) == one


def test_a_single_point_is_drawn(chart: TimeChart) -> None:
    chart.show()
    levels = Series("call 75 %", "warning", (75.0,), level=True)
    chart.show_plot(Plot((0.0,), (Series("LTV", "accent", (60.0,)), levels)))
    item = chart.canvas().getPlotItem()
    (low, high), _ = item.vb.viewRange()
    assert low < 0.0 < high
    level = item.listDataItems()[-1]
    assert list(level.xData) == [-1800.0, 1800.0]
    assert list(level.yData) == [75.0, 75.0]


def test_lines_are_one_pixel_wide(chart: TimeChart) -> None:
    """Wider pens are drawn seven to eleven times as slowly."""
    chart.show()
    chart.show_plot(PLOT)
    pens = [curve.opts["pen"] for curve in chart.canvas().getPlotItem().listDataItems()]
    assert {pen.widthF() for pen in pens if hasattr(pen, "widthF")} == {1.0}


def test_deleting_a_chart_deletes_its_canvas() -> None:
    chart = TimeChart()
    chart.show()
    chart.show_plot(PLOT)
    canvas = chart.canvas()
    shiboken6.delete(chart)
    assert not shiboken6.isValid(canvas)
