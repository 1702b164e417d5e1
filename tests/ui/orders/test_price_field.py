"""The field of a limit: what may be typed, and who says what the next price is."""

from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from vaultdesk.ui.orders.price_field import PriceField


@pytest.fixture
def field(qtbot: QtBot) -> PriceField:
    made = PriceField("orders.limit", "Net price")
    qtbot.addWidget(made)
    made.show_price(Decimal("3.20"))
    made.show()
    return made


def typed(field: PriceField, text: str) -> None:
    field.setFocus()
    field.selectAll()
    QTest.keyClick(field, Qt.Key.Key_Delete)
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)


def test_prices_are_shown_without_a_sign_and_told_by_nobody(field: PriceField) -> None:
    told: list[int] = []
    field.valueChanged.connect(told.append)
    field.show_price(Decimal("-0.45"))
    assert (field.text(), field.price(), told) == ("0.45", Decimal("0.45"), [])


@pytest.mark.parametrize(("text", "price"), [("3.25", "3.25"), ("4", "4"), ("1,250.5", "1250.5")])
def test_what_is_typed_is_the_price_exactly(field: PriceField, text: str, price: str) -> None:
    typed(field, text)
    assert field.price() == Decimal(price)


@pytest.mark.parametrize("text", ["abc", "3,2", "-", "", "1.2.3", "-3.10"])
def test_what_is_no_price_brings_the_old_one_back(field: PriceField, text: str) -> None:
    typed(field, text)
    assert field.price() == Decimal("3.20")
    assert field.text() == "3.20"


def test_an_emptied_field_is_a_market_order_only_where_those_are_allowed(
    field: PriceField,
) -> None:
    field.allow_market(True)
    field.show_price(Decimal("3.20"))
    typed(field, "")
    assert field.price() is None
    assert not field.text()


def test_a_ticket_that_came_without_a_limit_is_shown_empty(field: PriceField) -> None:
    field.show_price(None)
    assert field.price() is None
    typed(field, "2.50")
    assert field.price() == Decimal("2.5")


def test_arrows_and_keys_ask_for_steps_and_what_was_typed_counts_first(field: PriceField) -> None:
    asked: list[tuple[int, Decimal | None]] = []
    field.step_asked.connect(lambda steps: asked.append((steps, field.price())))
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "2.9")
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp):
        QTest.keyClick(field, key)
    assert asked == [(1, Decimal("2.9")), (-1, Decimal("2.9")), (10, Decimal("2.9"))]
    assert field.price() == Decimal("2.9")  # the step itself is the order's
