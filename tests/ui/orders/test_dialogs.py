"""The two questions that are asked twice: real money, and what became of an unknown order."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.fakes.orders import order
from tests.ui.panels.rig import text
from vaultdesk.core.orders.life import OrderState
from vaultdesk.ui.orders.live_dialog import LiveDialog
from vaultdesk.ui.orders.resolve import ResolveDialog

ACCOUNT = "U1234567"


def live(qtbot: QtBot, forbidden: str = "") -> tuple[LiveDialog, list[str]]:
    dialog = LiveDialog(ACCOUNT, "IBKR", "Your own limits stay in force.", forbidden)
    told: list[str] = []
    dialog.unlocked.connect(told.append)
    qtbot.addWidget(dialog)
    dialog.open()
    return dialog, told


def test_it_says_what_live_means(qtbot: QtBot) -> None:
    dialog, _told = live(qtbot)
    said = text(dialog, "broker.live.meaning")
    for part in ("cannot be taken back", ACCOUNT, "IBKR", "red frame", "audit log", "own limits"):
        assert part in said


@pytest.mark.parametrize("typed", ["", "U123456", "u1234567", "U1234567 ", "DU1234567"])
def test_anything_but_the_very_account_unlocks_nothing(qtbot: QtBot, typed: str) -> None:
    dialog, told = live(qtbot)
    dialog.typed.setText(typed)
    assert not dialog.unlock.isEnabled()
    QTest.keyClick(dialog.typed, Qt.Key.Key_Return)
    assert told == []


def test_the_account_typed_exactly_is_told_once_however_often_enter_is_pressed(
    qtbot: QtBot,
) -> None:
    dialog, told = live(qtbot)
    QTest.keyClicks(dialog.typed, ACCOUNT)
    assert dialog.unlock.isEnabled()
    for _ in range(3):
        QTest.keyClick(dialog.typed, Qt.Key.Key_Return)
    dialog.unlock.click()
    assert told == [ACCOUNT]


def test_a_refusal_is_read_in_the_dialog_and_can_be_tried_again(qtbot: QtBot) -> None:
    dialog, told = live(qtbot)
    dialog.typed.setText(ACCOUNT)
    dialog.unlock.click()
    dialog.refuse("The database refused: free some space.")
    assert text(dialog, "broker.live.problem") == "The database refused: free some space."
    dialog.unlock.click()
    assert told == [ACCOUNT, ACCOUNT]


def test_where_live_is_forbidden_it_says_why_and_takes_no_account(qtbot: QtBot) -> None:
    dialog, _told = live(qtbot, "Live orders are switched off: switch on live_orders first.")
    assert "live_orders" in text(dialog, "broker.live.problem")
    assert not dialog.typed.isEnabled()
    dialog.typed.setText(ACCOUNT)
    assert not dialog.unlock.isEnabled()


def test_escape_leaves_it_as_it_is(qtbot: QtBot) -> None:
    dialog, told = live(qtbot)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert (dialog.isVisible(), told) == (False, [])


@pytest.mark.parametrize(
    ("state", "words"),
    [(OrderState.REJECTED, "never arrived"), (OrderState.CANCELLED, "was cancelled")],
)
def test_a_decision_says_what_it_means_and_enter_decides_nothing(
    qtbot: QtBot, state: OrderState, words: str
) -> None:
    dialog = ResolveDialog(order(1, OrderState.UNKNOWN), state)
    results: list[int] = []
    dialog.finished.connect(results.append)
    qtbot.addWidget(dialog)
    dialog.open()
    assert words in text(dialog, "orders.resolve.meaning")
    assert order(1).ref in text(dialog, "orders.resolve.order")
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    assert results == [0]
