"""The loan's dialog, driven by the keyboard."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QTableWidget, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.desk import NOW, TERMS, quote
from vaultdesk.core.loan.vocabulary import Tranche
from vaultdesk.ui.loan.dialog import LoanDialog
from vaultdesk.ui.loan.form import Proposal

FIXED = ("units", "amount", "call_ltv", "closeout_ltv", "save", "problem")


def opened(qtbot: QtBot, dialog: LoanDialog) -> LoanDialog:
    qtbot.addWidget(dialog)
    dialog.open()
    qtbot.waitUntil(dialog.isActiveWindow)
    return dialog


@pytest.fixture
def fresh(qtbot: QtBot) -> LoanDialog:
    return opened(qtbot, LoanDialog(None, quote=quote(), now=lambda: NOW))


@pytest.fixture
def editing(qtbot: QtBot) -> LoanDialog:
    versions = (
        replace(TERMS, tranches=(Tranche(Decimal(2_200_000)),), who="analyst"),
        replace(TERMS, since=NOW + timedelta(days=1)),
    )
    return opened(qtbot, LoanDialog(TERMS, quote=quote(), versions=versions, now=lambda: NOW))


def retype(field: QLineEdit, text: str) -> None:
    field.clear()
    QTest.keyClicks(field, text)


def by_id(dialog: LoanDialog, name: str) -> QWidget:
    found = [w for w in dialog.findChildren(QWidget) if w.accessibleIdentifier() == name]
    assert len(found) == 1
    return found[0]


def test_the_controls_have_their_fixed_names(editing: LoanDialog) -> None:
    controls = {name: by_id(editing, f"loan.dialog.{name}") for name in FIXED}
    assert all(isinstance(controls[name], QLineEdit) for name in FIXED[:4])
    assert isinstance(controls["save"], QPushButton)
    assert isinstance(controls["problem"], QLabel)


def test_an_empty_form_blames_nobody_yet_but_cannot_be_saved(fresh: LoanDialog) -> None:
    assert fresh.problem.text() == ""
    assert not fresh.save.isEnabled()
    assert fresh.fields["symbol"].text() == "GLD"
    assert fresh.fields["units"].hasFocus()


def test_typing_sound_terms_and_enter_saves_them(qtbot: QtBot, fresh: LoanDialog) -> None:
    for name, text in (
        ("units", "10,000"),
        ("amount", "2.1M"),
        ("call_ltv", "75 %"),
        ("closeout_ltv", "85"),
    ):
        QTest.keyClicks(fresh.fields[name], text)
    assert fresh.preview.text().startswith("LTV 60.0 %")
    with qtbot.waitSignal(fresh.saved) as told:
        QTest.keyClick(fresh.fields["closeout_ltv"], Qt.Key.Key_Return)
    assert told.args is not None
    (proposal,) = told.args
    assert isinstance(proposal, Proposal)
    assert proposal.at(NOW) == TERMS
    assert not fresh.isVisible()


def test_enter_on_unsound_terms_saves_nothing(qtbot: QtBot, editing: LoanDialog) -> None:
    retype(editing.fields["units"], "-5")
    with qtbot.assertNotEmitted(editing.saved):
        QTest.keyClick(editing.fields["units"], Qt.Key.Key_Return)
    assert editing.isVisible()


def test_escape_changes_nothing(qtbot: QtBot, editing: LoanDialog) -> None:
    with qtbot.assertNotEmitted(editing.saved):
        QTest.keyClick(editing, Qt.Key.Key_Escape)
    assert not editing.isVisible()


def test_nonsense_is_told_at_the_field_and_below_while_it_is_typed(
    editing: LoanDialog,
) -> None:
    retype(editing.fields["call_ltv"], "90")
    sentence = "The margin call must come before the close-out: lower it."
    assert editing.remarks["call_ltv"].text() == sentence
    assert editing.problem.text() == sentence
    assert editing.fields["call_ltv"].property("role") == "wrong"
    assert editing.fields["call_ltv"].accessibleDescription() == sentence
    assert not editing.save.isEnabled()


def test_mending_the_field_clears_the_sentence(editing: LoanDialog) -> None:
    retype(editing.fields["call_ltv"], "90")
    retype(editing.fields["call_ltv"], "70")
    assert editing.problem.text() == ""
    assert editing.remarks["call_ltv"].text() == "= 70 %"
    assert editing.fields["call_ltv"].property("role") == ""
    assert editing.save.isEnabled()


def test_a_field_left_empty_is_blamed_once_it_was_filled(fresh: LoanDialog) -> None:
    QTest.keyClicks(fresh.fields["units"], "5")
    assert fresh.problem.text() == ""
    QTest.keyClick(fresh.fields["units"], Qt.Key.Key_Backspace)
    assert fresh.problem.text() == "Type a number."


def test_an_ltv_of_100_percent_is_refused_at_the_amount(editing: LoanDialog) -> None:
    retype(editing.fields["amount"], "3.5M")
    assert "An LTV of 100 % or more" in editing.remarks["amount"].text()
    assert not editing.save.isEnabled()


def test_a_new_price_updates_the_preview(editing: LoanDialog) -> None:
    editing.set_quote(quote("420.00"))
    assert editing.preview.text().startswith("LTV 50.0 % · safe at GLD 420.00 (LIVE)")


def test_tab_goes_down_the_form_to_save(editing: LoanDialog) -> None:
    editing.fields["symbol"].setFocus()
    visited = []
    for _ in range(8):
        focus = editing.focusWidget()
        assert focus is not None
        visited.append(focus.accessibleIdentifier())
        QTest.keyClick(focus, Qt.Key.Key_Tab)
    assert visited[:6] == [
        f"loan.dialog.{name}"
        for name in ("symbol", "units", "amount", "currency", "call_ltv", "closeout_ltv")
    ]


def test_the_versions_are_listed_newest_first_with_what_changed(editing: LoanDialog) -> None:
    table = by_id(editing, "loan.dialog.versions")
    assert isinstance(table, QTableWidget)
    cells = [[table.item(r, c) for c in (1, 3)] for r in range(2)]
    texts = [[item.text() for item in row if item is not None] for row in cells]
    assert texts == [["USD 2,200,000 → 2,100,000", ""], ["set up", "analyst"]]


def test_undo_closes_the_dialog_and_asks_for_the_version_before(
    qtbot: QtBot, editing: LoanDialog
) -> None:
    undo = by_id(editing, "loan.dialog.undo")
    with qtbot.waitSignal(editing.undo_requested), qtbot.assertNotEmitted(editing.saved):
        QTest.mouseClick(undo, Qt.MouseButton.LeftButton)
    assert not editing.isVisible()


def test_a_single_version_cannot_be_undone(qtbot: QtBot) -> None:
    dialog = opened(qtbot, LoanDialog(TERMS, versions=(TERMS,)))
    assert not by_id(dialog, "loan.dialog.undo").isEnabled()


def test_a_first_loan_shows_no_history(fresh: LoanDialog) -> None:
    assert not [w for w in fresh.findChildren(QWidget) if w.objectName() == "loan.dialog.undo"]


def test_opening_does_not_block_the_desk(qtbot: QtBot) -> None:
    dialog = LoanDialog(None)
    qtbot.addWidget(dialog)
    dialog.open()
    assert dialog.isVisible()
