"""The button that sends: dead before anybody hears of the click."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.ui.panels.rig import text
from vaultdesk.core.orders.life import Mode
from vaultdesk.ui import theme
from vaultdesk.ui.orders.place_bar import PlaceBar
from vaultdesk.ui.orders.placing import Placing

FREE = Placing("Send to DU1 · paper", "", 20, 0.66)


@pytest.fixture
def bar(qtbot: QtBot) -> PlaceBar:
    made = PlaceBar()
    qtbot.addWidget(made)
    made.show()
    made.show_placing(FREE, Mode.PAPER, previewing=False)
    return made


def test_who_hears_of_the_click_finds_the_button_dead(bar: PlaceBar) -> None:
    heard: list[bool] = []
    bar.place_asked.connect(lambda: heard.append(bar.place.isEnabled()))
    for _ in range(3):
        QTest.mouseClick(bar.place, Qt.MouseButton.LeftButton)
        QTest.keyClick(bar.place, Qt.Key.Key_Space)
        bar.place.click()
    assert heard == [False]


def test_where_it_cannot_be_sent_the_button_is_dead_and_says_why(bar: PlaceBar) -> None:
    bar.show_placing(Placing("Send", "Preview it first."), Mode.PAPER, previewing=False)
    assert not bar.place.isEnabled()
    assert bar.place.toolTip() == text(bar, "orders.countdown") == "Preview it first."


@pytest.mark.parametrize(
    ("warnings", "said"),
    [
        (0, "The preview may be sent for 20 s."),
        (1, "The preview may be sent for 20 s. ⚠ 1 warning above: read first."),
        (2, "The preview may be sent for 20 s. ⚠ 2 warnings above: read first."),
    ],
)
def test_warnings_out_of_sight_are_counted(bar: PlaceBar, warnings: int, said: str) -> None:
    bar.show_placing(Placing("Send", "", 20, 0.66, warnings=warnings), Mode.PAPER, previewing=False)
    assert text(bar, "orders.countdown") == said


def test_the_bar_empties_with_the_time_that_is_left(bar: PlaceBar) -> None:
    now = theme.current()

    def painted(share: float, left_s: int) -> list[str]:
        bar.show_placing(Placing("Send", "", left_s, share), Mode.PAPER, previewing=False)
        image = bar.drain.grab().toImage()
        return [image.pixelColor(int(image.width() * at), 1).name() for at in (0.02, 0.4, 0.9)]

    assert painted(1.0, 30) == [now.up] * 3
    assert painted(0.5, 15) == [now.up, now.up, now.line]
    assert painted(0.1, 3) == [now.warning, now.line, now.line]


def test_real_money_is_red_beside_the_word_and_paper_is_not(bar: PlaceBar) -> None:
    live = Placing("Send to U1 · LIVE", "", 20, 0.66)
    bar.show_placing(live, Mode.LIVE, previewing=False)
    assert theme.current().down in bar.place.styleSheet()
    assert "LIVE" in bar.place.text()
    bar.show_placing(FREE, Mode.PAPER, previewing=False)
    assert not bar.place.styleSheet()
