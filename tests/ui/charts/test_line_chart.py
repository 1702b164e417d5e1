"""Curves over a price: gaps, limits, handles that snap, a cursor that reads, and cheap frames."""

import math
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
import shiboken6
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.mouse import move
from vaultdesk.ui import theme
from vaultdesk.ui.charts.lazy_chart import Axis, Limit, short_number
from vaultdesk.ui.charts.line_chart import (
    Handle,
    LineChart,
    LinePlot,
    Mark,
    Trace,
    snapped,
    stepped,
    value_at,
)
from vaultdesk.ui.charts.time_chart import KINDS, ink
from vaultdesk.ui.format import percent

PRICES = np.array([100.0, 200.0, 300.0, 400.0, 500.0])
BARE = Trace("unhedged", "muted", PRICES, np.array([1.2, 0.9, 0.7, 0.55, 0.45]))
GAPPY = Trace("hedged", "accent", PRICES, np.array([0.7, 0.7, math.nan, 0.5, 0.4]), "dash")
STRIKES = (150.0, 200.0, 250.0, 300.0)
X, Y = Axis("GLD", lambda value: f"{value:.0f} USD"), Axis("LTV", percent)
PLOT = LinePlot((BARE, GAPPY), X, Y)
DRAGGED = replace(
    PLOT,
    limits=(Limit("margin call 75 %", 0.75),),
    marks=(Mark("spot", 350.0),),
    handles=(Handle("put", 200.0, snaps=STRIKES), Handle("call", 400.0)),
)


@pytest.fixture
def chart(qapp: QApplication, qtbot: QtBot) -> LineChart:
    theme.apply(qapp, theme.DARK)
    made = LineChart("test.chart", "LTV over the price")
    qtbot.addWidget(made)
    made.resize(640, 360)
    made.show()
    return made


def settle(chart: LineChart) -> None:
    """The axes take their room when they are painted first."""
    chart.canvas().grab()
    QApplication.processEvents()
    chart.canvas().grab()


def pixel(chart: LineChart, price: float) -> QPoint:
    """A place on the canvas at a price, halfway up."""
    drawing = chart._drawing
    assert drawing is not None
    sheet = drawing._sheet
    scene = sheet.mapToScene(QPointF(sheet.x(price), sheet.room.center().y()))
    found: QPoint = chart.canvas().mapFromScene(scene)
    return found


def drag(chart: LineChart, begin: float, *prices: float) -> None:
    view = chart.canvas().viewport()
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=pixel(chart, begin))
    for price in prices:
        at = pixel(chart, price)
        move(view, at)
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=pixel(chart, prices[-1]))


def test_pyqtgraph_and_numpy_wait_for_the_first_drawing() -> None:
    charts = "line_chart", "heat_chart", "scatter_chart", "bar_chart", "time_chart"
    lines = [f"import vaultdesk.ui.charts.{name}" for name in charts]
    lines += ["import vaultdesk.ui.slider_row"]
    check = "import sys; print([m for m in ('pyqtgraph', 'numpy') if m in sys.modules])"
    code = "\n".join((*lines, check))
    found = subprocess.run(  # noqa: S603 (our own interpreter)
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "[]"


def test_nothing_is_drawn_before_it_is_seen(qtbot: QtBot) -> None:
    chart = LineChart("test.chart", "LTV over the price")
    qtbot.addWidget(chart)
    chart.show_plot(PLOT)
    assert not chart.is_drawn
    chart.show()
    assert chart.is_drawn


@pytest.mark.parametrize(
    ("x", "value"), [(100.0, 0.7), (150.0, 0.7), (200.0, 0.7), (450.0, 0.45), (500.0, 0.4)]
)
def test_a_value_is_read_on_the_line_between_two_points(x: float, value: float) -> None:
    assert value_at(GAPPY, x) == pytest.approx(value)


@pytest.mark.parametrize("x", [99.0, 250.0, 300.0, 399.0, 501.0])
def test_beside_the_curve_and_in_a_gap_there_is_no_value(x: float) -> None:
    assert math.isnan(value_at(GAPPY, x))


@given(st.floats(100, 500))
def test_between_points_the_value_is_numpys(x: float) -> None:
    assert value_at(BARE, x) == pytest.approx(float(np.interp(x, BARE.x, BARE.y)))


def test_the_readout_names_every_curve_in_words(chart: LineChart) -> None:
    chart.show_plot(PLOT)
    chart.point_at(300.0)
    assert chart.said == "At 300 USD: unhedged 70.0 %, hedged —"
    assert chart.accessibleDescription() == chart.said
    chart.point_at(None)
    assert chart.accessibleDescription() == "LTV over the price"


def test_the_readout_follows_new_values_under_a_resting_cursor(chart: LineChart) -> None:
    chart.show_plot(PLOT)
    chart.point_at(400.0)
    chart.show_plot(replace(PLOT, traces=(replace(BARE, y=BARE.y / 2),)))
    assert chart.said == "At 400 USD: unhedged 27.5 %"


def test_keys_move_the_cursor_and_it_stays_on_the_chart(chart: LineChart) -> None:
    chart.show_plot(PLOT)
    seen: list[float] = []
    chart.pointed.connect(seen.append)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_End, Qt.Key.Key_Right, Qt.Key.Key_Home):
        QTest.keyClick(chart, key)
    QTest.keyClick(chart, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert seen == [304.0, 500.0, 100.0, 140.0]
    QTest.keyClick(chart, Qt.Key.Key_Escape)
    assert math.isnan(seen[-1])


def test_the_mouse_moves_the_cursor_and_takes_it_away(chart: LineChart) -> None:
    chart.show_plot(PLOT)
    settle(chart)
    seen: list[float] = []
    chart.pointed.connect(seen.append)
    move(chart.canvas().viewport(), pixel(chart, 250.0))
    assert seen[-1] == pytest.approx(250.0, abs=1.0)
    chart.canvas().left.emit()
    assert math.isnan(seen[-1])


def test_a_handle_is_dragged_from_snap_to_snap_and_told_where_it_was_left(
    chart: LineChart,
) -> None:
    chart.show_plot(DRAGGED)
    settle(chart)
    moved: list[tuple[int, float]] = []
    released: list[tuple[int, float]] = []
    chart.moved.connect(lambda number, at: moved.append((number, at)))
    chart.released.connect(lambda number, at: released.append((number, at)))
    drag(chart, 200.0, 210.0, 240.0, 260.0, 310.0)
    assert moved == [(0, 250.0), (0, 300.0)]
    assert released == [(0, 300.0)]
    drag(chart, 400.0, 420.0)
    number, at = moved[-1]
    assert number == 1
    assert at == pytest.approx(420.0, abs=1.0)


def test_dragging_beside_every_handle_moves_none(chart: LineChart) -> None:
    chart.show_plot(DRAGGED)
    settle(chart)
    moved: list[float] = []
    chart.moved.connect(lambda _number, at: moved.append(at))
    chart.released.connect(lambda _number, at: moved.append(at))
    drag(chart, 240.0, 280.0, 300.0)
    assert moved == []


def test_a_handle_in_hand_stays_there_whatever_is_drawn(chart: LineChart) -> None:
    chart.show_plot(DRAGGED)
    chart.take(0)
    chart.drag(251.0)
    chart.show_plot(DRAGGED)
    assert chart.plot is not None
    assert [handle.at for handle in chart.plot.handles] == [250.0, 400.0]
    chart.let_go()
    chart.show_plot(DRAGGED)
    assert chart.plot.handles[0].at == 200.0


def test_tab_picks_a_handle_and_control_with_an_arrow_moves_it(
    qtbot: QtBot,
) -> None:
    frame, chart = QWidget(), LineChart("test.chart", "LTV over the price")
    qtbot.addWidget(frame)
    after, column = QLineEdit(), QVBoxLayout(frame)
    column.addWidget(chart)
    column.addWidget(after)
    frame.show()
    frame.activateWindow()
    chart.show_plot(DRAGGED)
    chart.setFocus()
    qtbot.waitUntil(chart.hasFocus)
    released: list[tuple[int, float]] = []
    chart.released.connect(lambda number, at: released.append((number, at)))
    QTest.keyClick(chart, Qt.Key.Key_Tab)
    assert chart.said == "put at 200 USD; Ctrl with Left or Right moves it"
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left):
        QTest.keyClick(chart, key, Qt.KeyboardModifier.ControlModifier)
    assert released == [(0, 250.0), (0, 300.0), (0, 300.0), (0, 250.0)]
    QTest.keyClick(chart, Qt.Key.Key_Tab)
    QTest.keyClick(chart, Qt.Key.Key_Left, Qt.KeyboardModifier.ControlModifier)
    assert released[-1] == (1, 396.0)
    QTest.keyClick(chart, Qt.Key.Key_Tab)
    assert after.hasFocus()
    assert chart.picked == -1


SNAPS = st.lists(st.floats(0, 1000), min_size=1, max_size=8, unique=True).map(sorted)


@given(SNAPS, st.floats(-100, 1100))
def test_a_handle_snaps_to_the_nearest_value(snaps: list[float], x: float) -> None:
    at = snapped(Handle("put", 0.0, snaps=tuple(snaps)), x)
    assert at in snaps
    assert abs(at - x) == min(abs(snap - x) for snap in snaps)


@given(SNAPS, st.integers(0, 7), st.sampled_from((-1, 1)))
def test_a_step_goes_to_the_neighbour_or_stays_at_the_end(
    snaps: list[float], place: int, way: int
) -> None:
    place = min(place, len(snaps) - 1)
    handle = Handle("put", snaps[place], snaps=tuple(snaps))
    assert stepped(handle, way, 1.0) == snaps[min(max(place + way, 0), len(snaps) - 1)]


def test_the_range_holds_every_point_and_every_limit(chart: LineChart) -> None:
    chart.show_plot(replace(PLOT, limits=(Limit("close-out 130 %", 1.3),)))
    (left, right), (low, high) = chart.canvas().getPlotItem().vb.viewRange()
    assert (left, right) == (100.0, 500.0)
    assert low < 0.4
    assert high > 1.3


def test_frames_reuse_the_curves(chart: LineChart) -> None:
    chart.show_plot(PLOT)
    assert chart._drawing is not None
    before = list(chart._drawing.curves)
    chart.show_plot(replace(PLOT, traces=(replace(BARE, y=BARE.y / 2), GAPPY)))
    assert chart._drawing.curves == before
    assert before[0].line.values.tolist() == (BARE.y / 2).tolist()
    chart.show_plot(replace(PLOT, traces=(BARE,)))
    assert chart._drawing.curves == before[:1]
    assert len(chart.canvas().getPlotItem().items) == 1


def test_a_chart_that_becomes_narrow_gives_the_names_room_to_the_curves(
    chart: LineChart,
) -> None:
    chart.show_plot(PLOT)
    settle(chart)
    assert chart._drawing is not None
    wide = chart._drawing._sheet.room.width()
    chart.resize(280, 360)
    settle(chart)
    assert chart._drawing._sheet.room.width() > 280 - 100
    chart.resize(640, 360)
    settle(chart)
    assert chart._drawing._sheet.room.width() == pytest.approx(wide, abs=2)


def test_a_gap_cuts_the_line_and_dashes_and_width_are_the_pens(chart: LineChart) -> None:
    chart.show_plot(PLOT)
    assert chart._drawing is not None
    solid, dashes = chart._drawing.curves
    assert dashes.line.times.tolist() == [100.0, 200.0, 400.0, 500.0]
    assert dashes.line.cuts.tolist() == [2]
    assert (solid.pen.style(), dashes.pen.style()) == (
        Qt.PenStyle.SolidLine,
        Qt.PenStyle.CustomDashLine,
    )
    assert {solid.pen.widthF(), dashes.pen.widthF()} == {1.0}


def test_a_long_curve_is_thinned_and_keeps_its_extremes(chart: LineChart) -> None:
    count = 100_000
    y = np.cumsum(np.random.default_rng(3).standard_normal(count))
    chart.show_plot(LinePlot((Trace("LTV", "accent", np.arange(float(count)), y),), X, Y))
    settle(chart)
    assert chart._drawing is not None
    shown = chart._drawing.curves[0].shown.tolist()
    assert len(shown) < 4 * 640
    assert {int(y.argmin()), int(y.argmax())} <= set(shown)


@pytest.mark.parametrize(
    "values", [[], [math.nan] * 3, [1.0]], ids=["no points", "all unknown", "one point"]
)
def test_curves_of_hardly_anything_are_painted(chart: LineChart, values: list[float]) -> None:
    x = np.arange(float(len(values)))
    chart.show_plot(LinePlot((Trace("LTV", "accent", x, np.array(values)),), X, Y))
    chart.point_at(0.0)
    settle(chart)
    assert chart.is_drawn


def colours(chart: LineChart) -> set[str]:
    settle(chart)
    picture = chart.canvas().grab().toImage()
    return {
        picture.pixelColor(x, y).name()
        for x in range(picture.width())
        for y in range(0, picture.height(), 3)
    }


def test_it_wears_the_colours_of_each_theme(qapp: QApplication, chart: LineChart) -> None:
    chart.show_plot(DRAGGED)
    assert {theme.DARK.panel, theme.DARK.accent} <= colours(chart)
    theme.apply(qapp, theme.LIGHT)
    try:
        assert {theme.LIGHT.panel, theme.LIGHT.accent} <= colours(chart)
    finally:
        theme.apply(qapp, theme.DARK)


def test_a_deleted_chart_hears_of_no_theme(qapp: QApplication) -> None:
    chart = LineChart("test.chart", "LTV over the price")
    chart.show()
    chart.show_plot(PLOT)
    canvas = chart.canvas()
    shiboken6.delete(chart)
    assert not shiboken6.isValid(canvas)
    theme.apply(qapp, theme.DARK)


def test_no_two_ticks_read_the_same(chart: LineChart) -> None:
    chart.show_plot(replace(PLOT, y=Axis("LTV", lambda value: percent(value, 0))))
    settle(chart)
    assert chart._drawing is not None
    axis = chart._drawing._y
    texts = [
        text
        for spacing, values in axis.tickValues(0.700, 0.732, 300)
        for text in axis.tickStrings(values, 1.0, spacing)
    ]
    assert len(texts) == len(set(texts))
    assert texts


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("chosen", [theme.DARK, theme.LIGHT], ids=["dark", "light"])
def test_the_tones_of_kinds_differ_and_may_carry_text(chosen: theme.Theme) -> None:
    assert len(set(KINDS[chosen.name])) == 8
    for colour in KINDS[chosen.name]:
        for ground in (chosen.panel, chosen.raised, chosen.background):
            one, other = sorted((luminance(colour), luminance(ground)))
            assert (other + 0.05) / (one + 0.05) >= 4.5


def test_a_kind_is_a_tone(qapp: QApplication) -> None:
    theme.apply(qapp, theme.DARK)
    assert ink("kind 3") == KINDS["dark"][2]


@pytest.mark.parametrize(
    ("value", "text"), [(0.0, "0"), (1500.0, "1,500"), (0.25, "0.25"), (-1.50, "-1.5")]
)
def test_a_number_is_short(value: float, text: str) -> None:
    assert short_number(value) == text
