"""The pages of the loan's dialog: lots, loans and reserves in rows, and the lender's terms."""

from dataclasses import replace
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from tests.ui.desk import NOW, TERMS, quote
from tests.ui.loan.test_dialog import opened, retype
from vaultdesk.core.loan.state import LoanState
from vaultdesk.core.loan.terms import Facility
from vaultdesk.core.loan.valuation import value_loan
from vaultdesk.core.loan.vocabulary import OUNCES_PER_KILOGRAM, Asset, Lot, Reserve, Tranche
from vaultdesk.ui.loan.dialog import LoanDialog
from vaultdesk.ui.loan.form import Proposal
from vaultdesk.ui.loan.row_page import RowPage

PLEDGED, LOANS, RESERVES, LENDER = 1, 2, 3, 4
BAR = Lot(Asset.BAR, "XAU", Decimal(2), unit="kg", ounces_each=OUNCES_PER_KILOGRAM)


@pytest.fixture
def editing(qtbot: QtBot) -> LoanDialog:
    return opened(qtbot, LoanDialog(TERMS, quote=quote(), now=lambda: NOW))


def on(dialog: LoanDialog, page: int) -> LoanDialog:
    dialog.pages.setCurrentIndex(page)
    return dialog


def line(page: RowPage, name: str) -> QLineEdit:
    field = page.grid.fields[name]
    assert isinstance(field, QLineEdit)
    return field


def pick(field: object, text: str) -> None:
    """Choose from a list by typing, as the keyboard does."""
    assert isinstance(field, QComboBox)
    field.setFocus()
    QTest.keyClicks(field, text)
    field.textActivated.emit(field.currentText())


def kept(qtbot: QtBot, dialog: LoanDialog) -> Facility:
    assert dialog.problem.text() == ""
    with qtbot.waitSignal(dialog.saved) as told:
        dialog.save.click()
    assert told.args is not None
    (proposal,) = told.args
    assert isinstance(proposal, Proposal)
    return proposal.at(NOW)


def test_two_kilograms_of_gold_are_pledged_with_the_keyboard(
    qtbot: QtBot, editing: LoanDialog
) -> None:
    page = on(editing, PLEDGED).tables["lots"]
    page.list.setFocus()
    QTest.keyClick(page.list, Qt.Key.Key_Insert)
    assert not editing.save.isEnabled()
    assert editing.problem.text() == "Type a number."
    pick(page.grid.fields["asset"], "b")
    QTest.keyClicks(line(page, "quantity"), "2")
    assert [page.list.item(row).text() for row in range(2)] == [
        "10,000 GLD · 70 %",
        "2 kg of gold · 70 %",
    ]
    bar = kept(qtbot, editing).lots[1]
    assert bar == replace(BAR, ounces_each=OUNCES_PER_KILOGRAM * Decimal("0.9999"))


def test_a_row_is_copied_and_taken_away(qtbot: QtBot, editing: LoanDialog) -> None:
    page = on(editing, PLEDGED).tables["lots"]
    page.list.setFocus()
    QTest.keyClick(page.list, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    assert page.list.count() == 2
    assert page.list.currentRow() == 1
    retype(line(page, "symbol"), "spy")
    page.remove.click()
    assert page.list.count() == 1
    assert kept(qtbot, editing).lots == TERMS.lots


def test_a_row_that_was_taken_away_comes_back_with_ctrl_z(
    qtbot: QtBot, editing: LoanDialog
) -> None:
    page = on(editing, PLEDGED).tables["lots"]
    page.remove.click()
    assert not editing.save.isEnabled()
    page.list.setFocus()
    QTest.keyClick(page.list, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert kept(qtbot, editing).lots == TERMS.lots


def test_without_lots_the_dialog_says_what_to_do(editing: LoanDialog) -> None:
    page = on(editing, PLEDGED).tables["lots"]
    page.remove.click()
    assert editing.problem.text() == "Nothing is pledged: add what the lender holds."
    assert not page.grid.isVisible()
    assert not page.remove.isEnabled()
    assert not editing.fields["units"].isEnabled()
    page.add.click()
    assert editing.fields["units"].isEnabled()


def test_the_simple_page_and_the_tables_say_the_same(editing: LoanDialog) -> None:
    retype(editing.fields["units"], "12,000")
    page = on(editing, PLEDGED).tables["lots"]
    assert line(page, "quantity").text() == "12,000"
    retype(line(page, "quantity"), "11,000")
    on(editing, 0)
    assert editing.fields["units"].text() == "11,000"


def test_the_currency_of_the_only_loan_is_the_facilitys(qtbot: QtBot, editing: LoanDialog) -> None:
    retype(editing.fields["currency"], "chf")
    terms = kept(qtbot, editing)
    assert (terms.currency, terms.tranches[0].currency) == ("CHF", "CHF")


def test_a_loan_in_another_currency_leaves_the_facilitys_alone(qtbot: QtBot) -> None:
    mixed = replace(TERMS, tranches=(Tranche(Decimal(1_000_000), "EUR"),))
    editing = opened(qtbot, LoanDialog(mixed, now=lambda: NOW))
    retype(editing.fields["currency"], "chf")
    assert kept(qtbot, editing).currency == "USD"


def test_more_lots_and_loans_are_announced_on_the_simple_page(qtbot: QtBot) -> None:
    terms = replace(TERMS, lots=(*TERMS.lots, BAR, BAR), tranches=TERMS.tranches * 2)
    dialog = opened(qtbot, LoanDialog(terms, now=lambda: NOW))
    assert dialog._more.text() == "And 2 more lots and 1 more loan: see the other pages."


def test_an_advance_above_100_percent_is_refused_at_the_field_and_marks_its_page(
    editing: LoanDialog,
) -> None:
    page = on(editing, PLEDGED).tables["lots"]
    retype(line(page, "advance_rate"), "101 %")
    sentence = "The advance rate must lie between 0 % and 100 %."
    assert page.grid.remarks["advance_rate"].text() == sentence
    assert editing.problem.text() == sentence
    assert editing.pages.tabText(PLEDGED) == "Pledged !"
    assert page.list.item(0).text().startswith("! ")
    assert not editing.save.isEnabled()
    retype(line(page, "advance_rate"), "60 %")
    assert editing.pages.tabText(PLEDGED) == "Pledged"
    assert editing.save.isEnabled()


def test_an_interest_rate_asks_for_the_day_it_runs_from(qtbot: QtBot, editing: LoanDialog) -> None:
    page = on(editing, LOANS).tables["tranches"]
    retype(line(page, "rate"), "6")
    assert page.grid.remarks["since"].text() == "Interest needs the day it runs from."
    retype(line(page, "since"), "2026-05-24")
    pick(page.grid.fields["period_months"], "y")
    tranche = kept(qtbot, editing).tranches[0]
    assert (tranche.rate, tranche.period_months) == (Decimal("0.06"), 12)


def test_a_reserve_counts_towards_the_cure(qtbot: QtBot, editing: LoanDialog) -> None:
    page = on(editing, RESERVES).tables["reserves"]
    assert not page.grid.isVisible()
    page.add.click()
    retype(line(page, "amount"), "250k")
    assert kept(qtbot, editing).reserves[0].amount == 250_000


def test_terms_may_hold_from_a_later_time(qtbot: QtBot, editing: LoanDialog) -> None:
    on(editing, LENDER)
    field = editing.lender.fields["effective"]
    assert isinstance(field, QLineEdit)
    QTest.keyClicks(field, "2020-01-01")
    assert "from a later time" in editing.lender.remarks["effective"].text()
    retype(field, "2026-12-01 09:00")
    assert kept(qtbot, editing).holds_from.isoformat() == "2026-12-01T09:00:00+01:00"


def test_terms_that_came_into_force_are_edited_as_from_now(qtbot: QtBot) -> None:
    dated = replace(TERMS, effective=NOW)
    dialog = opened(qtbot, LoanDialog(dated, now=lambda: NOW))
    assert kept(qtbot, dialog).effective is None


def test_the_preview_is_asked_of_who_knows_all_prices(qtbot: QtBot) -> None:
    asked: list[Facility] = []

    def value(terms: Facility) -> LoanState:
        asked.append(terms)
        return value_loan(terms, {"GLD": quote("420.00")}, NOW)

    dialog = LoanDialog(TERMS, preview=value, now=lambda: NOW)
    opened(qtbot, dialog)
    assert dialog.preview.text().startswith("LTV 50.0 %")
    assert asked[-1] == TERMS


def test_what_was_typed_is_undone_by_ctrl_z_in_its_field(editing: LoanDialog) -> None:
    field = editing.fields["amount"]
    QTest.keyClicks(field, "0")
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert field.text() == "2,100,000"
    assert editing.save.isEnabled()


@pytest.mark.parametrize("page", range(5))
def test_no_two_controls_of_a_page_share_a_letter(qtbot: QtBot, page: int) -> None:
    terms = replace(TERMS, reserves=(Reserve(Decimal(1000)),))
    dialog = opened(qtbot, LoanDialog(terms, versions=(TERMS, TERMS), now=lambda: NOW))
    on(dialog, page)
    seen = [w for w in dialog.findChildren(QLabel) if w.isVisible() and w.buddy()]
    pressed = [w for w in dialog.findChildren(QPushButton) if w.isVisible()]
    texts = [w.text() for w in seen] + [w.text() for w in pressed]
    letters = [text[text.index("&") + 1].lower() for text in texts if "&" in text]
    assert len(letters) > 6
    assert len(set(letters)) == len(letters), sorted(letters)


def test_the_dialog_is_not_taller_than_the_screen(editing: LoanDialog) -> None:
    assert editing.height() <= editing.screen().availableSize().height()
