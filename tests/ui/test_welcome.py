"""The first start's choice."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from vaultdesk.ui.welcome import Welcome


@pytest.fixture
def welcome(qtbot: QtBot) -> Welcome:
    made = Welcome()
    qtbot.addWidget(made)
    made.show()
    return made


def test_the_desk_goes_on_beside_it(welcome: Welcome) -> None:
    assert not welcome.isModal()


@pytest.mark.parametrize("way", ["setup", "demo"])
def test_a_choice_is_told_once_and_closes_it(qtbot: QtBot, welcome: Welcome, way: str) -> None:
    other = {"setup": welcome.demo_chosen, "demo": welcome.setup_chosen}[way]
    chosen = {"setup": welcome.setup_chosen, "demo": welcome.demo_chosen}[way]
    with qtbot.assertNotEmitted(other), qtbot.waitSignal(chosen):
        QTest.mouseClick(getattr(welcome, way), Qt.MouseButton.LeftButton)
    assert not welcome.isVisible()


def test_escape_chooses_neither(qtbot: QtBot, welcome: Welcome) -> None:
    with qtbot.assertNotEmitted(welcome.setup_chosen), qtbot.assertNotEmitted(welcome.demo_chosen):
        QTest.keyClick(welcome, Qt.Key.Key_Escape)
    assert not welcome.isVisible()


def test_the_buttons_have_their_names(welcome: Welcome) -> None:
    assert welcome.setup.accessibleIdentifier() == "welcome.setup"
    assert welcome.demo.accessibleIdentifier() == "welcome.demo"
