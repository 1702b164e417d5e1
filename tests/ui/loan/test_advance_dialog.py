"""Another advance rate: compared first, kept only when one says so."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from tests.ui.desk import NOW, TERMS, quote
from vaultdesk.core.loan.state import LoanState
from vaultdesk.core.loan.terms import Facility
from vaultdesk.core.loan.valuation import value_loan
from vaultdesk.core.loan.vocabulary import Asset, Lot
from vaultdesk.ui.loan.advance_dialog import AdvanceDialog, proposed

COINS = Lot(Asset.COIN, "XAU", Decimal(100), Decimal("0.50"), "coin", Decimal("0.2354"))
TYPED = {"asset": "fund", "rate": "60", "from": ""}


def value(terms: Facility) -> LoanState:
    return value_loan(terms, {"GLD": quote()}, NOW)


@pytest.fixture
def dialog(qtbot: QtBot) -> AdvanceDialog:
    terms = replace(TERMS, lots=(*TERMS.lots, COINS))
    made = AdvanceDialog(terms, value, lambda: NOW)
    qtbot.addWidget(made)
    made.open()
    return made


def cells(dialog: AdvanceDialog, *names: str) -> list[str]:
    found = [dialog.findChild(QLabel, f"loan.advance.{name}") for name in names]
    return [one.text() for one in found if one is not None]


def test_ten_points_less_are_offered_and_compared_at_once(qtbot: QtBot) -> None:
    """GLD at 350.00: 10,000 lend 2,450,000 at 70 % and 2,100,000 at 60 %, all of the loan."""
    made = AdvanceDialog(TERMS, value, lambda: NOW)
    qtbot.addWidget(made)
    assert cells(made, "ltv.before", "ltv.after") == ["60.0 %", "60.0 %"]
    assert cells(made, "utilisation.before", "utilisation.after") == ["85.7 %", "100.0 %"]
    assert cells(made, "headroom.before", "headroom.after") == ["350,000.00 USD", "0.00 USD"]


def test_a_shortfall_says_what_it_would_take(dialog: AdvanceDialog) -> None:
    field = dialog.form.fields["rate"]
    assert isinstance(field, QLineEdit)
    field.clear()
    QTest.keyClicks(field, "50 %")
    assert dialog.problem.text().startswith("Headroom would be short by 3")
    after = dialog.findChild(QLabel, "loan.advance.utilisation.after")
    assert after is not None
    assert after.property("role") == "down"


def test_each_class_that_is_pledged_can_be_chosen(dialog: AdvanceDialog) -> None:
    box = dialog.form.fields["asset"]
    assert isinstance(box, QComboBox)
    assert [box.itemText(row) for row in range(box.count())] == ["fund", "coin"]
    box.setCurrentText("coin")
    box.textActivated.emit("coin")
    field = dialog.form.fields["rate"]
    assert isinstance(field, QLineEdit)
    assert field.text() == "40 %"


def test_saving_keeps_a_dated_version(qtbot: QtBot, dialog: AdvanceDialog) -> None:
    field = dialog.form.fields["from"]
    assert isinstance(field, QLineEdit)
    QTest.keyClicks(field, "2026-12-01")
    with qtbot.waitSignal(dialog.saved) as told:
        dialog.save.click()
    assert told.args is not None
    (kept,) = told.args
    assert kept.lots[0].advance_rate == Decimal("0.6")
    assert kept.lots[1].advance_rate == Decimal("0.5")
    assert kept.holds_from == datetime(2026, 11, 30, 23, tzinfo=UTC)


def test_closing_changes_nothing(qtbot: QtBot, dialog: AdvanceDialog) -> None:
    with qtbot.assertNotEmitted(dialog.saved):
        dialog.reject()


@pytest.mark.parametrize(
    ("field", "text", "hint"),
    [
        ("rate", "101 %", "between 0 % and 100 %"),
        ("rate", "", "Type a number"),
        ("from", "soon", "Write 2026-12-01"),
        ("from", "2020-01-01", "from a later time"),
    ],
)
def test_nonsense_is_refused_at_its_field(field: str, text: str, hint: str) -> None:
    changed, wrong = proposed(TERMS, TYPED | {field: text}, NOW)
    assert changed is None
    assert list(wrong) == [field]
    assert hint in wrong[field]


def test_without_prices_it_can_still_be_kept(qtbot: QtBot) -> None:
    made = AdvanceDialog(TERMS, lambda terms: value_loan(terms, {}, NOW), lambda: NOW)
    qtbot.addWidget(made)
    assert cells(made, "utilisation.after") == ["—"]
    assert made.problem.text() == "No price of GLD has come yet."
    assert made.save.isEnabled()
