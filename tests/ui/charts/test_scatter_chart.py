"""The efficient frontier: its steps, the ringed choice, names, mouse and keyboard."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.mouse import move
from vaultdesk.ui import theme
from vaultdesk.ui.charts.lazy_chart import Axis, Limit
from vaultdesk.ui.charts.scatter_chart import Point, ScatterChart, ScatterPlot, frontier
from vaultdesk.ui.format import percent

POINTS = (
    Point("atm", "protective put", 0.05, 0.66),
    Point("none", "unhedged", 0.0, 0.95),
    Point("spread", "put spread", 0.02, 0.85, dominated=True),
    Point("otm", "put 90 %", 0.02, 0.74),
)
PLOT = ScatterPlot(
    POINTS, Axis("cost", percent), Axis("worst LTV", percent), (Limit("call 75 %", 0.75),), "otm"
)


@pytest.fixture
def chart(qapp: QApplication, qtbot: QtBot) -> ScatterChart:
    theme.apply(qapp, theme.DARK)
    made = ScatterChart("test.frontier", "Cost against worst LTV")
    qtbot.addWidget(made)
    made.resize(560, 360)
    made.show()
    return made


def settle(chart: ScatterChart) -> None:
    chart.canvas().grab()
    QApplication.processEvents()
    chart.canvas().grab()


def pixel(chart: ScatterChart, x: float, y: float) -> QPoint:
    assert chart._drawing is not None
    sheet = chart._drawing._sheet
    found: QPoint = chart.canvas().mapFromScene(sheet.mapToScene(QPointF(sheet.x(x), sheet.y(y))))
    return found


def test_the_frontier_steps_right_then_down_and_leaves_out_the_dominated() -> None:
    assert frontier(PLOT) == [(0.0, 0.95), (0.02, 0.95), (0.02, 0.74), (0.05, 0.74), (0.05, 0.66)]
    assert frontier(replace(PLOT, points=())) == []


PLACES = st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), max_size=12, unique=True)


@given(PLACES)
def test_no_point_lies_below_the_frontier(places: list[tuple[float, float]]) -> None:
    def dominated(x: float, y: float) -> bool:
        return any(a <= x and b <= y and (a, b) != (x, y) for a, b in places)

    points = tuple(Point(str(n), "", x, y, dominated(x, y)) for n, (x, y) in enumerate(places))
    corners = frontier(replace(PLOT, points=points))
    assert [y for _, y in corners] == sorted((y for _, y in corners), reverse=True)
    for x, y in places:
        under = min((b for a, b in corners if a <= x), default=y)
        assert y >= under


def test_arrows_go_from_point_to_point_by_cost_starting_at_the_choice(chart: ScatterChart) -> None:
    chart.show_plot(PLOT)
    seen: list[str] = []
    chart.pointed.connect(seen.append)
    keys = Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left
    for key in keys:
        QTest.keyClick(chart, key)
    QTest.keyClick(chart, Qt.Key.Key_Escape)
    assert seen == ["otm", "spread", "atm", "spread", ""]


def test_the_readout_says_cost_ltv_and_standing(chart: ScatterChart) -> None:
    chart.show_plot(PLOT)
    chart.point_at("spread")
    assert chart.said == "put spread: cost 2.0 %, worst LTV 85.0 %, dominated"
    chart.point_at("otm")
    assert chart.accessibleDescription() == (
        "put 90 %: cost 2.0 %, worst LTV 74.0 %, on the frontier, chosen"
    )


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space])
def test_enter_chooses_what_is_pointed_at(chart: ScatterChart, key: Qt.Key) -> None:
    chart.show_plot(PLOT)
    seen: list[str] = []
    chart.chosen.connect(seen.append)
    QTest.keyClick(chart, key)
    chart.point_at("atm")
    QTest.keyClick(chart, key)
    assert seen == ["atm"]
    assert chart.plot is not None
    assert chart.plot.chosen == "atm"


def test_a_click_on_a_point_or_its_name_chooses_and_elsewhere_nothing(chart: ScatterChart) -> None:
    chart.show_plot(PLOT)
    settle(chart)
    seen: list[str] = []
    chart.chosen.connect(seen.append)
    view, left = chart.canvas().viewport(), Qt.MouseButton.LeftButton
    QTest.mouseClick(view, left, pos=pixel(chart, 0.05, 0.66))
    assert chart._drawing is not None
    name = chart._drawing.names["none"].center()
    scene = chart._drawing._sheet.mapToScene(name)
    QTest.mouseClick(view, left, pos=chart.canvas().mapFromScene(scene))
    QTest.mouseClick(view, left, pos=pixel(chart, 0.035, 0.9))
    assert seen == ["atm", "none"]


def test_the_mouse_points(chart: ScatterChart) -> None:
    chart.show_plot(PLOT)
    settle(chart)
    move(chart.canvas().viewport(), pixel(chart, 0.02, 0.85))
    assert chart.pointed_at == "spread"
    chart.canvas().left.emit()
    assert chart.pointed_at == ""


def test_every_point_has_its_name_and_no_two_touch(chart: ScatterChart) -> None:
    chart.show_plot(PLOT)
    settle(chart)
    assert chart._drawing is not None
    places = list(chart._drawing.names.values())
    assert set(chart._drawing.names) == {point.key for point in POINTS}
    for number, one in enumerate(places):
        assert not any(one.intersects(other) for other in places[number + 1 :])


def test_a_dominated_point_is_hollow_and_grey_and_the_others_full(chart: ScatterChart) -> None:
    chart.show_plot(replace(PLOT, chosen="", limits=()))
    settle(chart)
    picture = chart.canvas().grab().toImage()
    assert picture.pixelColor(pixel(chart, 0.02, 0.85)).name() == theme.DARK.panel
    assert picture.pixelColor(pixel(chart, 0.05, 0.66)).name() == theme.DARK.accent


def test_the_chosen_one_is_ringed(chart: ScatterChart) -> None:
    def ring() -> str:
        settle(chart)
        at = pixel(chart, 0.05, 0.66) + QPoint(0, -7)
        return str(chart.canvas().grab().toImage().pixelColor(at).name())

    chart.show_plot(replace(PLOT, chosen=""))
    plain = ring()
    chart.show_plot(replace(PLOT, chosen="atm"))
    assert ring() == theme.DARK.selection != plain


def test_a_point_that_is_gone_is_not_read_out(chart: ScatterChart) -> None:
    chart.show_plot(PLOT)
    chart.point_at("atm")
    chart.show_plot(replace(PLOT, points=POINTS[1:]))
    assert (chart.pointed_at, chart.said) == ("", "")


@pytest.mark.parametrize("count", [0, 1])
def test_hardly_any_points_are_painted(chart: ScatterChart, count: int) -> None:
    chart.show_plot(replace(PLOT, points=POINTS[:count], limits=()))
    settle(chart)
    QTest.keyClick(chart, Qt.Key.Key_Right)
    assert chart.pointed_at == ("atm" if count else "")
