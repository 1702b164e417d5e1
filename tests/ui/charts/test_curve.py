"""The curve on a canvas: the pixels are those of all points, thinned anew when the view moves."""

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from vaultdesk.core.loan.series import Line, line
from vaultdesk.ui.charts.curve import Curve

COUNT = 50_000


@pytest.fixture
def drawn() -> Line:
    random = np.random.default_rng(5)
    return line(np.arange(float(COUNT)), np.cumsum(random.standard_normal(COUNT)))


def window(qtbot: QtBot, item: object, drawn: Line) -> pg.PlotWidget:
    made = pg.PlotWidget()
    qtbot.addWidget(made)
    made.resize(500, 300)
    made.addItem(item)
    made.setYRange(float(drawn.values.min()), float(drawn.values.max()))
    made.setXRange(0, COUNT, padding=0)
    made.show()
    return made


def pixels(canvas: pg.PlotWidget) -> "np.ndarray[tuple[int, int], np.dtype[np.uint8]]":
    picture = canvas.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    flat = np.frombuffer(picture.constBits(), np.uint8)
    return flat.reshape(picture.height(), picture.bytesPerLine())[:, : picture.width()].copy()


def test_thinned_it_paints_what_all_points_would_paint(qtbot: QtBot, drawn: Line) -> None:
    pen = pg.mkPen("w", width=1)
    thin = pixels(window(qtbot, Curve(drawn, pen), drawn))
    every = pixels(window(qtbot, pg.PlotCurveItem(drawn.times, drawn.values, pen=pen), drawn))
    assert (every > 128).sum() > 2_000
    assert (thin != every).mean() < 0.002


def test_it_thins_anew_when_the_view_moves_and_only_then(qtbot: QtBot, drawn: Line) -> None:
    curve = Curve(drawn, pg.mkPen("w"))
    canvas = window(qtbot, curve, drawn)
    canvas.grab()
    first = curve.shown
    assert {int(drawn.values.argmin()), int(drawn.values.argmax())} <= set(first.tolist())
    canvas.grab()
    assert curve.shown is first
    canvas.setXRange(100, 200, padding=0)
    canvas.grab()
    assert curve.shown.tolist() == list(range(99, 202))


def test_it_thins_for_the_pixels_it_has(qtbot: QtBot, drawn: Line) -> None:
    curve = Curve(drawn, pg.mkPen("w"))
    canvas = window(qtbot, curve, drawn)
    canvas.grab()
    narrow = len(curve.shown)
    canvas.resize(1000, 300)
    canvas.grab()
    assert len(curve.shown) > 1.7 * narrow


def test_another_line_takes_the_place_of_the_first(qtbot: QtBot, drawn: Line) -> None:
    curve = Curve(line(drawn.times, np.zeros(COUNT)), pg.mkPen("w"))
    canvas = window(qtbot, curve, drawn)
    pixels(canvas)
    curve.set_line(drawn, pg.mkPen("w", width=1))
    wanted = pixels(window(qtbot, Curve(drawn, pg.mkPen("w", width=1)), drawn))
    assert (pixels(canvas) == wanted).all()


def test_a_flat_line_is_painted(qtbot: QtBot) -> None:
    flat = line(np.arange(float(COUNT)), np.zeros(COUNT))
    canvas = window(qtbot, Curve(flat, pg.mkPen("w", width=1)), flat)
    canvas.setYRange(-1, 1)
    assert (pixels(canvas) > 128).sum(axis=1).max() > 400
