"""Charts over time: a cursor that finds the nearest point, gaps, levels, overlays and zoom."""

import numpy as np
import pytest
import shiboken6
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from vaultdesk.ui import theme
from vaultdesk.ui.charts.time_chart import Plot, Series, TimeChart, ink


def plot(
    *overlays: Series, until: float = 36_000.0, stale: bool = False, call: float = 75.0
) -> Plot:
    return Plot(
        times=np.array([0.0, 3600.0, 7200.0, 36_000.0]),
        series=(
            Series("LTV", "accent", np.array([60.0, 61.0, 62.0, 70.0])),
            Series("call 75 %", "warning", np.array([75.0, call, 75.0, 75.0]), level=True),
        ),
        overlays=overlays,
        cuts=np.array([3]),
        marks=np.array([1]),
        until=until,
        stale=stale,
        unit="%",
    )


PLOT = plot()
PRICE = Series("price", "beside", np.array([350.0, 345.0, 340.0, 300.0]))
OWED = Series("loan", "muted", np.full(4, 2_100_000.0), level=True)


@pytest.fixture
def chart(qtbot: QtBot) -> TimeChart:
    made = TimeChart()
    made.resize(600, 240)
    qtbot.addWidget(made)
    made.show()
    return made


def curves(chart: TimeChart) -> list[object]:
    """The lines on the canvas, those of overlays first."""
    from vaultdesk.ui.charts.curve import Curve  # noqa: PLC0415 (brings pyqtgraph)

    return [item for item in chart.canvas().getPlotItem().items if isinstance(item, Curve)]


def shown(chart: TimeChart) -> tuple[float, float]:
    (first, last), _ = chart.canvas().getPlotItem().vb.viewRange()
    return first, last


def seen_at(chart: TimeChart, time: float, value: float) -> str:
    """The colour of the pixel at a time and a value."""
    chart.canvas().grab()  # the axes take their room when they are painted first
    picture = chart.canvas().grab().toImage()
    box = chart.canvas().getPlotItem().vb
    place = chart.canvas().mapFromScene(box.mapViewToScene(QPointF(time, value)))
    return str(picture.pixelColor(place).name())


def test_nothing_is_drawn_before_it_is_seen(qtbot: QtBot) -> None:
    chart = TimeChart()
    qtbot.addWidget(chart)
    chart.show_plot(PLOT)
    assert not chart.is_drawn
    chart.show()
    assert chart.is_drawn


def test_the_arrows_step_through_the_points_and_stop_at_the_ends(chart: TimeChart) -> None:
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
    chart.show_plot(PLOT)
    chart.point_at(2)
    seen: list[int] = []
    chart.pointed.connect(seen.append)
    chart.mouse_at(time)
    assert seen == [position]


def test_the_mouse_over_the_canvas_is_a_time(chart: TimeChart, qtbot: QtBot) -> None:
    chart.show_plot(PLOT)
    qtbot.waitExposed(chart)
    seen: list[int] = []
    chart.pointed.connect(seen.append)
    canvas = chart.canvas()
    box = canvas.getPlotItem().vb
    place = QPointF(box.sceneBoundingRect().right() - 3, box.sceneBoundingRect().center().y())
    canvas.moved.emit(place)
    assert seen == [3]


def test_the_cross_stands_on_the_point_that_is_read_out(chart: TimeChart) -> None:
    chart.show_plot(PLOT)
    chart.point_at(2)
    across, down, dot = chart._drawing._cross  # type: ignore[union-attr]
    assert (down.value(), across.value()) == (7200.0, 62.0)
    assert (dot.data["x"].tolist(), dot.data["y"].tolist()) == ([7200.0], [62.0])
    assert dot.isVisible()
    chart.point_at(-1)
    assert not any(part.isVisible() for part in (across, down, dot))


def test_another_plot_takes_the_place_of_the_first(chart: TimeChart) -> None:
    chart.show_plot(PLOT)
    one = len(chart.canvas().getPlotItem().items)
    chart.show_plot(PLOT)
    assert len(chart.canvas().getPlotItem().items) == one


def test_a_line_breaks_at_a_cut_and_a_level_does_not(chart: TimeChart) -> None:
    chart.show_plot(PLOT)
    ltv, call = curves(chart)
    assert ltv.line.cuts.tolist() == [3]  # type: ignore[attr-defined]
    assert call.line.cuts.tolist() == []  # type: ignore[attr-defined]
    assert call.line.times.tolist() == [0.0, 36_000.0]  # type: ignore[attr-defined]


def test_a_level_steps_where_the_terms_changed(chart: TimeChart) -> None:
    chart.show_plot(plot(call=72.0))
    call = curves(chart)[1].line  # type: ignore[attr-defined]
    corners = list(zip(call.times.tolist(), call.values.tolist(), strict=True))
    assert corners == [
        *((0.0, 75.0), (3600.0, 75.0), (3600.0, 72.0)),
        *((7200.0, 72.0), (7200.0, 75.0), (36_000.0, 75.0)),
    ]


def shades(chart: TimeChart) -> list[tuple[float, float]]:
    from vaultdesk.ui.charts.curve import Shades  # noqa: PLC0415 (brings pyqtgraph)

    items = chart.canvas().getPlotItem().items
    (one,) = (item for item in items if isinstance(item, Shades))
    return list(zip(one._begins.tolist(), one._ends.tolist(), strict=True))


def test_what_is_unknown_is_shaded_up_to_now(chart: TimeChart) -> None:
    chart.show_plot(PLOT)
    assert shades(chart) == [(7200.0, 36_000.0)]
    chart.show_plot(plot(until=50_000.0, stale=True))
    assert shades(chart) == [(7200.0, 36_000.0), (36_000.0, 50_000.0)]
    assert shown(chart)[1] >= 50_000.0


def test_a_gap_has_another_ground_than_what_is_known(chart: TimeChart) -> None:
    chart.show_plot(PLOT)
    assert seen_at(chart, 5_400.0, 73.4) == theme.current().panel
    assert seen_at(chart, 20_000.0, 73.4) != theme.current().panel


def test_a_point_between_two_gaps_is_a_dot(chart: TimeChart) -> None:
    chart.show_plot(PLOT)
    assert seen_at(chart, 36_000.0, 70.0) == ink("accent")


def test_crossings_are_marked(chart: TimeChart) -> None:
    import pyqtgraph as pg  # noqa: PLC0415

    chart.show_plot(PLOT)
    items = chart.canvas().getPlotItem().items
    marks = next(item for item in items if isinstance(item, pg.ScatterPlotItem))
    assert (marks.data["x"].tolist(), marks.data["y"].tolist()) == ([3600.0], [61.0])


def test_an_overlay_has_its_own_axis_which_reads_its_values(chart: TimeChart) -> None:
    chart.show_plot(plot(PRICE, OWED))
    price = curves(chart)[0].line.values  # type: ignore[attr-defined]
    first, second = chart._drawing._rights  # type: ignore[union-attr]
    assert (first.isVisible(), second.isVisible()) == (True, True)
    (low, high), (bottom, top) = first.range, chart.canvas().getPlotItem().vb.viewRange()[1]
    read = low + (price - bottom) * (high - low) / (top - bottom)
    assert read == pytest.approx(PRICE.values)
    chart.show_plot(plot(OWED))
    assert (first.isVisible(), second.isVisible()) == (True, False)
    chart.show_plot(PLOT)
    assert not first.isVisible()


def test_a_narrow_chart_keeps_its_room_for_the_lines(chart: TimeChart) -> None:
    chart.show_plot(plot(PRICE))
    (first, _) = chart._drawing._rights  # type: ignore[union-attr]
    chart.resize(300, 200)
    assert not first.isVisible()
    chart.resize(600, 200)
    assert first.isVisible()


def test_a_single_point_is_drawn_with_its_level(chart: TimeChart) -> None:
    levels = Series("call 75 %", "warning", np.array([75.0]), level=True)
    one = Series("LTV", "accent", np.array([60.0]))
    none = np.empty(0, dtype=np.int64)
    chart.show_plot(Plot(np.array([0.0]), (one, levels), (), none, none, until=0.0))
    low, high = shown(chart)
    assert low < 0.0 < high
    level = curves(chart)[1].line  # type: ignore[attr-defined]
    assert level.times.tolist() == [-1800.0, 1800.0]
    assert level.values.tolist() == [75.0, 75.0]


def test_keys_zoom_around_the_cursor_and_home_shows_everything(chart: TimeChart) -> None:
    chart.show_plot(PLOT)
    first, last = shown(chart)
    chart.point_at(1)
    QTest.keyClick(chart, Qt.Key.Key_Plus)
    near = shown(chart)
    assert near == pytest.approx(((first + 3600) / 2, (last + 3600) / 2))
    QTest.keyClick(chart, Qt.Key.Key_Minus)
    assert shown(chart) == pytest.approx((first, last))
    QTest.keyClick(chart, Qt.Key.Key_Plus)
    QTest.keyClick(chart, Qt.Key.Key_Home)
    assert shown(chart) == pytest.approx((first, last))


def test_a_zoom_outlives_new_data_and_colours_but_not_another_range(chart: TimeChart) -> None:
    chart.show_plot(PLOT)
    whole = shown(chart)
    chart.zoom(0.5)
    near = shown(chart)
    chart.show_plot(plot(PRICE), whole=False)
    chart.recolour()
    assert shown(chart) == pytest.approx(near)
    chart.show_plot(PLOT)
    assert shown(chart) == pytest.approx(whole)


def test_nobody_zooms_or_pans_away_from_the_data(chart: TimeChart) -> None:
    chart.show_plot(PLOT)
    first, last = shown(chart)
    width = last - first
    chart.canvas().getPlotItem().setXRange(first + 5 * width, last + 5 * width, padding=0)
    assert shown(chart)[0] < 36_000.0
    for _ in range(30):
        chart.zoom(2.0)
    assert shown(chart)[1] - shown(chart)[0] < 1.1 * width


def test_lines_are_one_pixel_wide(chart: TimeChart) -> None:
    """Wider pens are drawn seven to eleven times as slowly."""
    chart.show_plot(plot(PRICE, OWED))
    assert [curve.pen.widthF() for curve in curves(chart)] == [1.0] * 4  # type: ignore[attr-defined]


def test_overlays_wear_a_colour_of_each_theme(qapp: QApplication) -> None:
    before = theme.current()
    try:
        theme.apply(qapp, theme.LIGHT)
        light = ink("beside")
        assert ink("muted") == theme.LIGHT.muted
        theme.apply(qapp, theme.DARK)
        assert ink("beside") != light
    finally:
        theme.apply(qapp, before)


def test_deleting_a_chart_deletes_its_canvas() -> None:
    chart = TimeChart()
    chart.show()
    chart.show_plot(PLOT)
    canvas = chart.canvas()
    shiboken6.delete(chart)
    assert not shiboken6.isValid(canvas)
