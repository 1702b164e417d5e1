"""What every chart shows of itself: where the keyboard goes, and the colours of the theme."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, Signal
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from vaultdesk.ui import theme
from vaultdesk.ui.charts.bar_chart import Bar, Tornado, TornadoChart
from vaultdesk.ui.charts.lazy_chart import SpokenChart
from vaultdesk.ui.charts.line_chart import LineChart


def tornado() -> TornadoChart:
    made = TornadoChart("test.chart", "LTV by input")
    made.show_bars(Tornado((Bar("Gold", 0.96, 0.58, "96 %", "58 %"),), 0.72, "now 72 %"))
    return made


def line() -> LineChart:
    return LineChart("test.chart", "LTV by price")


def edges(chart: SpokenChart) -> set[str]:
    """The colours met on the outermost pixels."""
    image = chart.grab().toImage()
    right, bottom = image.width() - 1, image.height() - 1
    across = [QPoint(x, y) for x in range(right + 1) for y in (0, bottom)]
    down = [QPoint(x, y) for y in range(bottom + 1) for x in (0, right)]
    return {str(image.pixelColor(place).name()) for place in across + down}


def beside_a_field(chart: SpokenChart, qtbot: QtBot) -> tuple[SpokenChart, QLineEdit]:
    """Both in a window, the keyboard in the field."""
    frame, field = QWidget(), QLineEdit()
    qtbot.addWidget(frame)
    column = QVBoxLayout(frame)
    column.addWidget(chart)
    column.addWidget(field)
    frame.show()
    frame.activateWindow()
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    return chart, field


@pytest.mark.parametrize("make", [tornado, line])
def test_an_edge_is_there_while_the_keyboard_goes_to_the_chart(
    make: Callable[[], SpokenChart], qapp: QApplication, qtbot: QtBot
) -> None:
    theme.apply(qapp, theme.DARK)
    chart, other = beside_a_field(make(), qtbot)
    assert edges(chart) == {theme.DARK.panel}
    chart.setFocus()
    qtbot.waitUntil(chart.hasFocus)
    assert edges(chart) == {theme.DARK.accent}
    theme.apply(qapp, theme.LIGHT)
    assert edges(chart) == {theme.LIGHT.accent}
    other.setFocus()
    qtbot.waitUntil(other.hasFocus)
    assert edges(chart) == {theme.LIGHT.panel}


class Paints(QObject):
    """Tells when a widget is painted."""

    done = Signal()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() == QEvent.Type.Paint:
            self.done.emit()
        return False


@pytest.mark.parametrize("make", [tornado, line])
def test_a_chart_is_painted_again_when_the_keyboard_comes_and_goes(
    make: Callable[[], SpokenChart], qtbot: QtBot
) -> None:
    chart, other = beside_a_field(make(), qtbot)
    paints = Paints()
    chart.installEventFilter(paints)
    for widget in (chart, other):
        with qtbot.waitSignal(paints.done):
            widget.setFocus()
