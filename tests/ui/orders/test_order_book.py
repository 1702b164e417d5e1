"""The list of orders: what it shows, what it asks for, and that a burst does not hold it up."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from tests.fakes.orders import execution, order
from tests.ui.panels.rig import running, text
from vaultdesk.core.orders.life import OrderState
from vaultdesk.ui.orders.order_book import ALL, OPEN, OrderBook
from vaultdesk.ui.orders.order_list import SETTLE_MS, SHOWN, is_open

if TYPE_CHECKING:
    from pytestqt.modeltest import ModelTester
    from pytestqt.qtbot import QtBot

    from vaultdesk.core.orders.broker import Execution
    from vaultdesk.core.orders.life import Order


class Kept:
    """Orders by their refs, and a book that shows them."""

    def __init__(self, qtbot: QtBot, kept: str = "") -> None:
        self.all: dict[str, Order] = {}
        self.trades: tuple[Execution, ...] = ()
        self.book = OrderBook(self.orders, lambda _ref: self.trades, kept)
        self.book.resize(1400, 300)
        qtbot.addWidget(self.book, before_close_func=lambda book: book.retire())
        self.book.show()

    def orders(self) -> tuple[Order, ...]:
        return tuple(reversed(self.all.values()))

    def put(self, *orders: Order) -> None:
        for one in orders:
            self.all[one.ref] = one
            self.book.heard(one)
        self.book.list.take_in()

    def column(self, field: str) -> list[str]:
        table = self.book.list
        table.flush()
        model = table.keyed
        place = [column.field for column in model.columns].index(field)
        rows = range(model.rowCount(QModelIndex()))
        return [model.index(row, place).data() for row in rows]

    def press(self, identifier: str) -> None:
        button = self.book.findChild(QPushButton, identifier)
        assert isinstance(button, QPushButton)
        assert button.isEnabled()
        button.click()


@pytest.fixture
def kept(qtbot: QtBot) -> Kept:
    return Kept(qtbot)


WORKING, FILLED = OrderState.WORKING, OrderState.FILLED


def test_before_the_first_order_it_says_so(kept: Kept) -> None:
    assert text(kept.book, "orders.empty") == "No order was sent yet."
    assert not kept.book.cancel_all.isEnabled()


def test_a_row_says_everything_in_words(kept: Kept) -> None:
    kept.put(order(1, OrderState.PARTIAL, filled=Decimal(21), average=Decimal("-1.10"), said="x"))
    assert kept.column("state") == ["▶ Partly filled"]
    assert kept.column("side") == ["◆ combo"]
    assert kept.column("contract") == ["GLD +1 332.5 put, -1 385 call of 2026-12-18"]
    assert kept.column("filled") == ["21 of 63"]
    assert kept.column("limit") == ["receive 1.05"]
    assert kept.column("average") == ["receive 1.10"]
    assert kept.column("account") == ["DUPAPER · paper"]
    assert kept.column("commission") == ["—"]
    assert kept.column("ref") == ["VD-test-000000000001"]
    assert kept.column("said") == ["x"]
    assert text(kept.book, "orders.status") == "1 order, 1 open"


@pytest.mark.parametrize("state", OrderState)
def test_every_state_has_its_row(kept: Kept, state: OrderState) -> None:
    kept.put(order(1, state))
    [shown] = kept.column("state")
    assert len(shown.split(" ", 1)) == 2


def test_the_newest_stand_on_top_and_a_change_stays_in_its_place(kept: Kept) -> None:
    kept.put(order(1, WORKING), order(2, WORKING))
    resets: list[bool] = []
    kept.book.list.keyed.modelReset.connect(lambda: resets.append(True))
    kept.put(order(1, FILLED))
    assert kept.column("state") == ["▶ Working", "✓ Filled"]
    assert resets == []


def test_what_is_selected_stays_selected_when_another_order_comes(kept: Kept) -> None:
    kept.put(order(1, WORKING), order(2, WORKING))
    kept.book.list.selectRow(1)
    kept.put(order(3, WORKING))
    assert [one.ref[-1] for one in kept.book.selected()] == ["1"]
    assert kept.book.list.currentIndex().row() == 2


def test_the_filter_leaves_out_what_is_over_and_is_told(kept: Kept) -> None:
    told: list[str] = []
    kept.book.filtered.connect(told.append)
    kept.put(order(1, WORKING), order(2, FILLED), order(3, OrderState.UNKNOWN))
    kept.book.filter.setCurrentIndex(1)
    kept.book.filter.activated.emit(1)
    assert kept.column("state") == ["? Unknown", "▶ Working"]
    kept.put(order(1, FILLED), order(3, OrderState.REJECTED))
    assert kept.column("state") == []
    assert text(kept.book, "orders.empty") == "No order is open."
    kept.book.filter.setCurrentIndex(0)
    kept.book.filter.activated.emit(0)
    assert len(kept.column("state")) == 3
    assert told == [OPEN, ALL]


def test_the_filter_of_last_time_is_kept(qtbot: QtBot) -> None:
    kept = Kept(qtbot, OPEN)
    kept.put(order(1, FILLED), order(2, WORKING))
    assert kept.book.filter.currentText() == "Open orders"
    assert kept.column("state") == ["▶ Working"]


def test_delete_and_the_button_cancel_what_is_selected_and_can_be_cancelled(kept: Kept) -> None:
    asked: list[list[str]] = []
    kept.book.cancel_asked.connect(lambda picked: asked.append([one.ref[-1] for one in picked]))
    kept.put(order(1, WORKING), order(2, FILLED), order(3, WORKING))
    assert not kept.book.cancel.isEnabled()
    kept.book.list.selectAll()
    kept.press("orders.cancel")
    kept.book.list.selectRow(1)
    assert not kept.book.cancel.isEnabled()
    QTest.keyClick(kept.book.list, Qt.Key.Key_Delete)
    kept.book.list.selectRow(0)
    kept.book.list.setFocus()
    QTest.keyClick(kept.book.list, Qt.Key.Key_Delete)
    assert asked == [["3", "1"], ["3"]]


def test_cancel_all_is_offered_while_something_is_open_also_out_of_sight(kept: Kept) -> None:
    asked: list[bool] = []
    kept.book.cancel_all_asked.connect(lambda: asked.append(True))
    kept.put(order(1, WORKING))
    kept.press("orders.cancel_all")
    kept.put(order(1, FILLED))
    assert not kept.book.cancel_all.isEnabled()
    assert asked == [True]


def test_enter_opens_an_order_in_full_and_escape_goes_back(kept: Kept, qtbot: QtBot) -> None:
    kept.trades = (execution(), execution("2", price=Decimal("8.25"), commission=Decimal("1.30")))
    kept.put(order(1, WORKING), order(2, FILLED, order_id=7, perm_id=77, commission=Decimal(41)))
    kept.book.list.setFocus()
    kept.book.list.selectRow(0)
    QTest.keyClick(kept.book.list, Qt.Key.Key_Return)
    assert kept.book.detail.isVisible()
    assert text(kept.book, "orders.detail.ref") == "VD-test-000000000002"
    assert text(kept.book, "orders.detail.numbers") == "order 7, permanent 77"
    assert text(kept.book, "orders.detail.commission") == "41.00 USD"
    model = kept.book.detail.table.model()
    said = [[model.index(row, column).data() for column in (2, 3, 4)] for row in (0, 1)]
    assert said == [["+63", "8.20", "not given"], ["+63", "8.25", "1.3"]]
    QTest.keyClick(kept.book.detail.back, Qt.Key.Key_Escape)
    qtbot.waitUntil(kept.book.list.isVisible)


def test_the_order_shown_in_full_follows_what_becomes_of_it(kept: Kept) -> None:
    kept.put(order(1, WORKING))
    kept.book.list.selectRow(0)
    kept.book.list.opened.emit(kept.orders()[0])
    assert text(kept.book, "orders.detail.commission") == "not given"
    kept.put(order(1, FILLED, filled=Decimal(63), said="All of it."))
    assert kept.book.detail.state.text() == "✓ Filled"
    assert text(kept.book, "orders.detail.said") == "All of it."
    assert not kept.book.cancel.isEnabled()


def test_an_unknown_order_explains_itself_and_offers_two_decisions(kept: Kept) -> None:
    decided: list[tuple[str, OrderState]] = []
    kept.book.strip.decided.connect(lambda one, state: decided.append((one.ref, state)))
    kept.put(order(1, OrderState.UNKNOWN, said="No answer in 10 s."), order(2, WORKING))
    assert not kept.book.strip.isVisible()
    kept.book.list.selectRow(1)
    assert kept.book.strip.isVisible()
    assert "VD-test-000000000001" in text(kept.book, "orders.unknown")
    assert kept.column("said")[1].startswith("No answer in 10 s. Nobody knows whether")
    kept.press("orders.never_arrived")
    kept.press("orders.was_cancelled")
    ref = order(1).ref
    assert decided == [(ref, OrderState.REJECTED), (ref, OrderState.CANCELLED)]
    kept.put(order(1, OrderState.REJECTED))
    assert not kept.book.strip.isVisible()


def test_two_unknown_orders_are_decided_one_by_one(kept: Kept) -> None:
    kept.put(order(1, OrderState.UNKNOWN), order(2, OrderState.UNKNOWN))
    kept.book.list.selectAll()
    assert not kept.book.strip.isVisible()
    assert text(kept.book, "orders.status") == "2 orders, 2 open, 2 unknown"


def test_a_burst_is_shown_in_one_go(kept: Kept) -> None:
    kept.put(order(1, WORKING))
    shown: list[bool] = []
    kept.book.list.changed.connect(lambda: shown.append(True))
    for count in range(1000):
        kept.book.heard(order(1, WORKING, filled=Decimal(count % 63)))
    assert shown == []
    assert SETTLE_MS in {timer.interval() for timer in running(kept.book.list)}


def test_the_last_word_of_a_burst_counts(kept: Kept) -> None:
    kept.put(*(order(number, WORKING) for number in range(1, 4)))
    for count in range(1, 64):
        kept.book.heard(order(2, WORKING, filled=Decimal(count)))
    kept.book.list.take_in()
    assert kept.column("filled") == ["0 of 63", "63 of 63", "0 of 63"]


def test_very_many_orders_are_shown_up_to_a_limit_that_is_said(kept: Kept) -> None:
    kept.put(*(order(number, FILLED) for number in range(SHOWN + 10)))
    assert len(kept.book.list.rows) == SHOWN
    assert text(kept.book, "orders.status") == f"the newest {SHOWN} of {SHOWN + 10} orders, 0 open"


def test_retired_it_shows_nothing_more(kept: Kept) -> None:
    kept.book.retire()
    kept.book.heard(order(1, WORKING))
    assert running(kept.book.list) == []


def test_the_models_keep_qts_rules(kept: Kept, qtmodeltester: ModelTester) -> None:
    kept.trades = (execution(),)
    kept.put(order(1, WORKING), order(2, OrderState.UNKNOWN))
    kept.book.list.opened.emit(kept.orders()[0])
    qtmodeltester.check(kept.book.list.model())  # type: ignore[no-untyped-call]
    qtmodeltester.check(kept.book.detail.table.model())  # type: ignore[no-untyped-call]
    kept.put(replace(order(1, FILLED)), order(3, WORKING))


@pytest.mark.parametrize("state", OrderState)
def test_open_is_what_is_not_over(state: OrderState) -> None:
    assert is_open(order(1, state)) is not state.over
