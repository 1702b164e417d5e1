"""The frame around a window whose orders are live."""

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMainWindow, QPushButton
from pytestqt.qtbot import QtBot

from vaultdesk.core.orders.life import Mode
from vaultdesk.events import Bus, ModeChanged
from vaultdesk.ui import theme
from vaultdesk.ui.live_frame import LiveFrame


@pytest.fixture
def bus() -> Bus:
    return Bus()


@pytest.fixture
def window(qtbot: QtBot, qapp: QApplication) -> QMainWindow:
    theme.apply(qapp, theme.DARK)
    made = QMainWindow()
    made.setCentralWidget(QPushButton("under it"))
    made.resize(500, 300)
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def frame(window: QMainWindow, bus: Bus) -> LiveFrame:
    return LiveFrame(window, bus)


def colour_at(window: QMainWindow, at: QPoint) -> QColor:
    return window.grab().toImage().pixelColor(at)


def test_it_shows_while_live_and_says_so_in_words(
    window: QMainWindow, frame: LiveFrame, bus: Bus
) -> None:
    assert not frame.isVisible()
    assert window.property("live") is False
    bus.tell(ModeChanged(Mode.LIVE, "U1234567"))
    assert frame.isVisible()
    assert frame.word.text() == "■ LIVE · U1234567"
    assert window.property("live") is True
    for at in (QPoint(1, 150), QPoint(498, 150), QPoint(20, 1), QPoint(20, 298)):
        assert colour_at(window, at) == QColor(theme.current().down), at
    assert colour_at(window, QPoint(250, 150)) != QColor(theme.current().down)


@pytest.mark.parametrize("mode", [Mode.PAPER, Mode.READ_ONLY])
def test_it_goes_when_live_is_over(
    window: QMainWindow, frame: LiveFrame, bus: Bus, mode: Mode
) -> None:
    bus.tell(ModeChanged(Mode.LIVE, "U1"))
    bus.tell(ModeChanged(mode, "DU1"))
    assert not frame.isVisible()
    assert window.property("live") is False
    assert colour_at(window, QPoint(1, 150)) != QColor(theme.current().down)


def test_clicks_go_through_it_and_it_follows_the_window(
    window: QMainWindow, frame: LiveFrame, bus: Bus
) -> None:
    bus.tell(ModeChanged(Mode.LIVE, "U1"))
    window.resize(640, 360)
    assert frame.geometry() == QRect(0, 0, 640, 360)
    clicked: list[bool] = []
    button = window.centralWidget()
    assert isinstance(button, QPushButton)
    button.clicked.connect(lambda: clicked.append(True))
    edge = QPoint(1, 100)
    under = window.childAt(edge)
    assert under is button
    QTest.mouseClick(under, Qt.MouseButton.LeftButton, pos=under.mapFrom(window, edge))
    assert clicked == [True]


def test_retired_it_hears_nothing(frame: LiveFrame, bus: Bus) -> None:
    frame.retire()
    bus.tell(ModeChanged(Mode.LIVE, "U1"))
    assert not frame.isVisible()
    frame.retire()
