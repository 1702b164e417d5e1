"""The orders panel: one click sends what was seen, and nothing can make it two."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QToolButton, QWidget

from tests.fakes.broker import Outcome, buying, collar, ticket
from tests.ui.panels.orders_rig import CALL, PUT, OrderDesk, child
from tests.ui.panels.rig import label, priced, running, text
from vaultdesk.core.orders.broker import Account, BrokerState, HoldingsTold, Standing, WhatIf
from vaultdesk.core.orders.draft import Tif
from vaultdesk.core.orders.life import Mode, OrderState
from vaultdesk.core.orders.limits import Limits
from vaultdesk.core.orders.preview import Caution
from vaultdesk.events import OrderChanged
from vaultdesk.ports import BrokerError, BrokerFault, FeedError, FeedFault
from vaultdesk.storage.database import Database
from vaultdesk.ui import theme
from vaultdesk.ui.help.generated import listed_ids
from vaultdesk.ui.orders.price_field import PriceField
from vaultdesk.ui.strategy.fields import Choice, Whole

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from pytestqt.qtbot import QtBot

    from tests.ui.panels.rig import Rig

ONE, BAG = ticket(buying(PUT)), ticket(collar(), title="Collar")


@pytest.fixture
async def closed(desk: Rig, qtbot: QtBot) -> AsyncIterator[OrderDesk]:
    """Nothing is open or connected yet."""
    with Database(None) as database:
        made = OrderDesk(desk, database, qtbot)
        yield made
        await made.close()


@pytest.fixture
async def opened(closed: OrderDesk) -> OrderDesk:
    """Orders may go to paper."""
    await closed.open()
    return closed


def place_button(opened: OrderDesk) -> QPushButton:
    return child(opened.panel, QPushButton, "orders.place")


def refs(opened: OrderDesk) -> list[str]:
    """What the broker received."""
    return opened.exchange.journal


def states(opened: OrderDesk) -> list[OrderState]:
    return [order.state for order in opened.service.orders()]


def repeated(target: QWidget, key: Qt.Key) -> None:
    """A key that is held down: pressed, and then repeated by the keyboard."""
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        event = QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, " ", autorep=True)
        QApplication.sendEvent(target, event)


async def test_with_nothing_on_the_desk_it_says_how_to_get_something_there(
    opened: OrderDesk,
) -> None:
    assert "press Order…" in text(opened.panel, "orders.no_ticket")
    assert label(opened.panel, "orders.no_ticket").isVisible()
    assert not place_button(opened).isVisible()
    assert text(opened.panel, "orders.empty") == "No order was sent yet."


async def test_before_the_database_is_open_nothing_can_be_sent_and_it_says_so(
    closed: OrderDesk,
) -> None:
    assert label(closed.panel, "broker.mode").text() == "◇ READ-ONLY"
    await closed.previewed(ONE)
    assert not place_button(closed).isEnabled()
    assert text(closed.panel, "orders.countdown").startswith("The database is still being opened")


async def test_a_ticket_is_shown_with_its_legs_before_it_is_previewed(opened: OrderDesk) -> None:
    opened.service.put(BAG)
    assert text(opened.panel, "orders.title") == "Collar"
    model = opened.panel.half.ticket.table.model()
    said = [[model.index(row, column).data() for column in (1, 2, 3)] for row in (0, 1)]
    assert said == [
        ["▲ buy", "3", "GLD 332.5 put 2026-12-18"],
        ["▼ sell", "3", "GLD 380 call 2026-12-18"],
    ]
    assert not place_button(opened).isEnabled()
    assert text(opened.panel, "orders.countdown").startswith("Preview it first")
    assert label(opened.panel, "orders.not_previewed").isVisible()


async def test_a_preview_shows_prices_cost_margin_and_the_loan(opened: OrderDesk) -> None:
    await opened.desk.quote(priced("350.00"))
    await opened.desk.pledge()
    await opened.desk.hedge.refresh()
    opened.broker.what_ifs.append(
        WhatIf(initial_before=Decimal(1000), initial_after=Decimal(1250), currency="USD")
    )
    await opened.previewed(ONE)
    panel = opened.panel
    made = opened.service.preview
    assert made is not None
    assert text(panel, "orders.natural.price") == "pay 8.60"
    assert text(panel, "orders.mid.price") == "pay 8.50"
    assert text(panel, "orders.expected.price").startswith("pay 8.5")
    assert text(panel, "orders.margin") == "1,000.00 USD → 1,250.00 USD"
    assert text(panel, "orders.maintenance") == "not given"
    assert text(panel, "orders.commission").endswith("broker: not given")
    assert text(panel, "orders.ltv") == "60.00 %"  # the premium is not drawn on the loan
    assert text(panel, "orders.hedged").startswith("75.00 % → 74.")
    assert " oz until 2026-12-18" in text(panel, "orders.covered")
    assert text(panel, "orders.reasons") == "\n".join(made.estimates[0].reasons)
    assert "350.00" in text(panel, "orders.quotes")


async def test_what_the_loan_gives_no_figure_for_is_a_dash_with_the_reason(
    opened: OrderDesk,
) -> None:
    await opened.previewed(ONE)
    assert text(opened.panel, "orders.ltv") == "—"
    assert text(opened.panel, "orders.loan.problem")


async def test_one_click_sends_exactly_what_was_previewed(opened: OrderDesk) -> None:
    await opened.previewed(ONE)
    assert place_button(opened).text() == "Send to DU1234567 · paper"
    said = "The preview may be sent for 30 s. ⚠ 1 warning above: read first."
    assert text(opened.panel, "orders.countdown") == said
    QTest.mouseClick(place_button(opened), Qt.MouseButton.LeftButton)
    await opened.settled()
    assert len(refs(opened)) == 1
    assert states(opened) == [OrderState.WORKING]
    assert opened.exchange.rows[refs(opened)[0]].order.draft == ONE.orders[0]
    opened.panel.book.list.take_in()
    assert text(opened.panel, "orders.status") == "1 order, 1 open"
    assert label(opened.panel, "orders.no_ticket").isVisible()


async def test_a_double_click_sends_once(opened: OrderDesk) -> None:
    await opened.previewed(ONE)
    button = place_button(opened)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    QTest.mouseDClick(button, Qt.MouseButton.LeftButton)
    await opened.settled()
    QTest.mouseDClick(button, Qt.MouseButton.LeftButton)
    await opened.settled()
    assert len(refs(opened)) == 1


async def test_the_second_half_of_a_double_click_does_not_send_what_the_first_was_refused(
    opened: OrderDesk,
) -> None:
    await opened.previewed(ONE)
    button = place_button(opened)
    opened.store.full = True
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    await opened.settled()
    assert text(opened.panel, "orders.problem") == "The disk is full: free some space."
    assert refs(opened) == []
    assert button.isEnabled()  # nothing left the desk: it may be clicked again, on purpose
    pressed: list[bool] = []
    button.clicked.connect(lambda: pressed.append(True))
    at = QPointF(button.rect().center())
    for kind in (QEvent.Type.MouseButtonDblClick, QEvent.Type.MouseButtonRelease):
        left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        event = QMouseEvent(kind, at, button.mapToGlobal(at), left, left, none)
        QApplication.sendEvent(button, event)
    assert pressed == []
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert pressed == [True]
    await opened.settled()


async def test_every_way_to_press_it_again_finds_it_dead_before_anything_was_awaited(
    opened: OrderDesk,
) -> None:
    await opened.previewed(ONE)
    button = place_button(opened)
    button.click()
    assert not button.isEnabled()
    button.click()
    opened.panel.half.bar.place_asked.emit()
    opened.panel.half.bar.place_asked.emit()
    await opened.settled()
    assert len(refs(opened)) == 1
    assert not label(opened.panel, "orders.problem").isVisible()


async def test_a_key_held_down_sends_once(opened: OrderDesk) -> None:
    await opened.previewed(ONE)
    button = place_button(opened)
    button.setFocus()
    QTest.keyPress(button, Qt.Key.Key_Space)
    for _ in range(20):
        repeated(button, Qt.Key.Key_Space)
    assert refs(opened) == []
    QTest.keyRelease(button, Qt.Key.Key_Space)
    for _ in range(20):
        repeated(button, Qt.Key.Key_Space)
    await opened.settled()
    assert len(refs(opened)) == 1


async def test_only_the_keyboard_previews_and_sends(opened: OrderDesk, qtbot: QtBot) -> None:
    opened.service.put(ONE)
    opened.panel.activateWindow()
    qtbot.waitUntil(opened.panel.isActiveWindow)
    opened.panel.half.ticket.quantity.setFocus()
    QTest.keyClick(
        opened.panel.half.ticket.quantity, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier
    )
    await opened.settled()
    assert opened.service.preview is not None
    for _ in range(30):
        if QApplication.focusWidget() is place_button(opened):
            break
        focused = QApplication.focusWidget()
        assert focused is not None
        QTest.keyClick(focused, Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is place_button(opened)
    QTest.keyClick(place_button(opened), Qt.Key.Key_Space)
    await opened.settled()
    assert len(refs(opened)) == 1
    assert QApplication.focusWidget() is opened.panel.book


async def test_the_countdown_drains_and_ends(opened: OrderDesk) -> None:
    await opened.previewed(ONE)
    opened.desk.clock.advance(12)
    opened.panel.tick()
    assert text(opened.panel, "orders.countdown").startswith("The preview may be sent for 18 s.")
    assert place_button(opened).isEnabled()
    opened.desk.clock.advance(18)
    opened.panel.tick()
    assert not place_button(opened).isEnabled()
    assert "older than 30 s" in text(opened.panel, "orders.countdown")


async def test_a_click_between_two_ticks_after_the_end_sends_nothing(opened: OrderDesk) -> None:
    await opened.previewed(ONE)
    opened.desk.clock.advance(30)
    place_button(opened).click()
    await opened.settled()
    assert refs(opened) == []
    assert "older than 30 s" in text(opened.panel, "orders.countdown")
    assert not label(opened.panel, "orders.problem").isVisible()  # the service was not asked


async def test_an_edit_makes_the_preview_void(opened: OrderDesk) -> None:
    await opened.previewed(ONE)
    quantity = child(opened.panel, Whole, "orders.quantity")
    quantity.setValue(7)
    assert opened.service.ticket is not None
    assert opened.service.ticket.orders[0].quantity == 7
    assert opened.service.preview is None
    assert not place_button(opened).isEnabled()
    assert text(opened.panel, "orders.countdown").startswith("Preview it first")


async def test_a_number_that_is_being_typed_counts_for_whoever_presses_a_button(
    opened: OrderDesk,
) -> None:
    """By its own key or a screen reader a button is pressed while the field keeps the keyboard."""
    await opened.previewed(ONE)
    quantity = child(opened.panel, Whole, "orders.quantity")
    quantity.selectAll()
    QTest.keyClicks(quantity, "7")
    place_button(opened).click()
    await opened.panel.settled()
    assert refs(opened) == []
    assert text(opened.panel, "orders.countdown").startswith("Preview it")
    QTest.keyClicks(quantity, "0")
    child(opened.panel, QPushButton, "orders.preview").click()
    await opened.panel.settled()
    place_button(opened).click()
    await opened.panel.settled()
    assert [order.draft.quantity for order in opened.service.orders()] == [70]


async def test_the_limit_steps_by_legal_ticks_and_takes_the_prices_of_the_preview(
    opened: OrderDesk,
) -> None:
    await opened.previewed(ONE)
    limit = child(opened.panel, PriceField, "orders.limit")
    limit.stepBy(1)
    assert limit.text() == "8.55"  # GLD's options from 3.00 on trade in nickels
    limit.stepBy(-2)
    assert limit.text() == "8.45"
    child(opened.panel, QPushButton, "orders.natural").click()
    assert limit.text() == "8.60"
    assert opened.service.ticket == replace(
        ONE, orders=(replace(ONE.orders[0], limit=Decimal("8.60")),)
    )


async def test_a_sold_contract_has_a_positive_price_in_the_field_and_a_negative_limit(
    opened: OrderDesk,
) -> None:
    sold = replace(
        buying(PUT), legs=(replace(buying(PUT).legs[0], ratio=-1),), limit=Decimal("-8.50")
    )
    opened.service.put(ticket(sold))
    limit = child(opened.panel, PriceField, "orders.limit")
    assert limit.text() == "8.50"
    assert not child(opened.panel, Choice, "orders.side").isVisible()
    limit.stepBy(1)
    assert limit.text() == "8.55"
    assert opened.service.ticket is not None
    assert opened.service.ticket.orders[0].limit == Decimal("-8.55")
    limit.setValue(limit.valueFromText("8.70"))
    assert opened.service.ticket.orders[0].limit == Decimal("-8.7")


async def test_the_net_of_a_combo_turns_from_paid_to_received_through_zero(
    opened: OrderDesk,
) -> None:
    opened.service.put(ticket(collar(limit="0.01")))
    limit = child(opened.panel, PriceField, "orders.limit")
    side = child(opened.panel, Choice, "orders.side")
    assert (limit.text(), side.currentText()) == ("0.01", "Pay")
    limit.stepBy(-1)
    limit.stepBy(-1)
    assert opened.service.ticket is not None
    assert opened.service.ticket.orders[0].limit == Decimal("-0.01")
    assert (limit.text(), side.currentText()) == ("0.01", "Receive")
    limit.stepBy(1)
    assert opened.service.ticket.orders[0].limit == Decimal("-0.02")
    side.setCurrentIndex(0)
    side.activated.emit(0)
    assert opened.service.ticket.orders[0].limit == Decimal("0.02")
    side.setCurrentIndex(1)
    side.activated.emit(1)
    assert opened.service.ticket.orders[0].limit == Decimal("-0.02")


async def test_edits_are_taken_back_and_made_again_with_their_keys(opened: OrderDesk) -> None:
    opened.service.put(ONE)
    child(opened.panel, Whole, "orders.quantity").setValue(9)
    tif = child(opened.panel, Choice, "orders.tif")
    tif.setCurrentIndex(1)
    tif.activated.emit(1)
    edited = opened.service.ticket
    assert edited is not None
    assert (edited.orders[0].quantity, edited.orders[0].tif) == (9, Tif.GTC)
    undo = Qt.KeyboardModifier.ControlModifier
    QTest.keyClick(opened.panel, Qt.Key.Key_Z, undo)
    QTest.keyClick(opened.panel, Qt.Key.Key_Z, undo)
    assert opened.service.ticket == ONE
    QTest.keyClick(opened.panel, Qt.Key.Key_Z, undo | Qt.KeyboardModifier.ShiftModifier)
    child(opened.panel, QToolButton, "orders.redo").click()
    assert opened.service.ticket == edited


async def test_undo_never_brings_back_a_ticket_that_was_sent(opened: OrderDesk) -> None:
    opened.service.put(ONE)
    child(opened.panel, Whole, "orders.quantity").setValue(6)
    await opened.previewed(opened.service.ticket)  # type: ignore[arg-type]
    place_button(opened).click()
    await opened.settled()
    QTest.keyClick(opened.panel, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert opened.service.ticket is None


async def test_discard_takes_the_ticket_off_the_desk(opened: OrderDesk) -> None:
    opened.service.put(ONE)
    child(opened.panel, QToolButton, "orders.discard").click()
    assert opened.service.ticket is None


async def test_several_orders_are_edited_one_by_one_and_sent_with_one_click(
    opened: OrderDesk,
) -> None:
    opened.service.put(ticket(buying(PUT), buying(CALL, 3, "7.40"), title="Two"))
    assert text(opened.panel, "orders.origin").startswith("2 orders, ")
    opened.panel.half.ticket.table.selectRow(1)
    quantity = child(opened.panel, Whole, "orders.quantity")
    assert quantity.value() == 3
    quantity.setValue(4)
    assert opened.service.ticket is not None
    assert [one.quantity for one in opened.service.ticket.orders] == [5, 4]
    assert opened.panel.half.place() == 1
    await opened.previewed(opened.service.ticket)
    place_button(opened).click()
    await opened.settled()
    assert len(refs(opened)) == 2


async def test_what_refuses_is_read_first_and_nothing_can_be_sent(opened: OrderDesk) -> None:
    opened.service.use_limits(Limits(max_contracts=2))
    await opened.previewed(ONE)
    made = opened.service.preview
    assert made is not None
    assert Caution.LIMIT in {one.about for one in made.warnings if one.refuses}
    assert "more than the 2" in text(opened.panel, "orders.refusals")
    assert not place_button(opened).isEnabled()
    assert "more than the 2" in text(opened.panel, "orders.countdown")


async def test_quotes_that_cannot_be_had_are_a_problem_with_a_sentence(opened: OrderDesk) -> None:
    opened.market.quotes[PUT] = FeedError(FeedFault.OFFLINE, "The source is offline: wait.")
    await opened.previewed(ONE)
    assert text(opened.panel, "orders.problem") == "The source is offline: wait."
    opened.market.quotes.pop(PUT)
    child(opened.panel, QPushButton, "orders.preview").click()
    await opened.settled()
    assert not label(opened.panel, "orders.problem").isVisible()


async def test_while_it_is_previewed_neither_button_can_be_pressed(opened: OrderDesk) -> None:
    opened.market.gate = asyncio.Event()
    opened.service.put(ONE)
    button = child(opened.panel, QPushButton, "orders.preview")
    button.click()
    assert not button.isEnabled()
    assert text(opened.panel, "orders.countdown") == "Asking for quotes and margin…"
    opened.panel.half.bar.preview_asked.emit()
    opened.market.gate.set()
    await opened.settled()
    assert opened.market.asked.count(PUT) == 1
    assert button.isEnabled()
    assert place_button(opened).isEnabled()


async def test_read_only_is_left_by_its_button_and_come_back_to(closed: OrderDesk) -> None:
    await closed.open(switched_on=False)
    button = child(closed.panel, QPushButton, "broker.connect")
    assert button.text() == "Switch orders &on"
    await closed.previewed(ONE)
    assert "switched off" in text(closed.panel, "orders.countdown")
    button.click()
    await closed.settled()
    assert label(closed.panel, "broker.mode").text() == "● PAPER"
    assert button.text() == "Switch orders &off"
    button.click()
    await closed.settled()
    assert closed.service.mode is Mode.READ_ONLY


async def test_the_accounts_money_stands_with_its_source_and_what_is_not_given(
    opened: OrderDesk,
) -> None:
    account = Account(
        "DU1234567", "USD", opened.desk.clock.now(), "test broker", cash=Decimal("990000.5")
    )
    opened.broker.tell(HoldingsTold((account,), (), opened.desk.clock.now()))
    opened.panel.tick()
    said = text(opened.panel, "broker.funds")
    assert said.startswith("Cash 990,000.50 USD, equity not given, buying power not given")
    assert "test broker, as of " in said


async def test_a_broker_that_is_lost_says_so_and_nothing_can_be_sent(opened: OrderDesk) -> None:
    await opened.previewed(ONE)
    opened.broker.become(BrokerState.OFFLINE)
    opened.panel.tick()
    assert label(opened.panel, "broker.state").text() == "✕ Offline · test broker"
    assert not place_button(opened).isEnabled()


async def test_a_broker_that_is_not_there_is_connected_at_once_by_the_button(
    closed: OrderDesk,
) -> None:
    closed.broker.become(BrokerState.OFFLINE)
    button = child(closed.panel, QPushButton, "broker.connect")
    assert button.text() == "Co&nnect now"
    button.click()
    assert closed.broker.hurried == 1
    assert closed.service.mode is Mode.READ_ONLY


@pytest.mark.parametrize("state", BrokerState)
async def test_every_state_of_the_connection_has_its_words(
    opened: OrderDesk, state: BrokerState
) -> None:
    opened.broker.become(state)
    said = label(opened.panel, "broker.state").text()
    assert said.endswith(" · test broker")
    assert len(said.split(" ")[1]) > 3
    assert text(opened.panel, "broker.sentence")


async def test_an_order_that_never_left_the_desk_is_told_as_rejected(opened: OrderDesk) -> None:
    opened.broker.outcomes.append(Outcome.UNSENT)
    await opened.previewed(ONE)
    place_button(opened).click()
    await opened.settled()
    assert states(opened) == [OrderState.REJECTED]
    assert refs(opened) == []


async def test_an_order_nobody_knows_about_is_decided_behind_a_confirmation(
    opened: OrderDesk,
) -> None:
    opened.broker.outcomes.append(Outcome.LOST_BEFORE)
    await opened.previewed(ONE)
    place_button(opened).click()
    await opened.settled()
    assert states(opened) == [OrderState.UNKNOWN]
    opened.panel.book.list.take_in()
    opened.panel.book.list.selectRow(0)
    child(opened.panel, QPushButton, "orders.never_arrived").click()
    assert states(opened) == [OrderState.UNKNOWN]
    child(opened.panel, QPushButton, "orders.resolve.cancel").click()
    assert states(opened) == [OrderState.UNKNOWN]
    child(opened.panel, QPushButton, "orders.never_arrived").click()
    dialogs = opened.panel.findChildren(QPushButton, "orders.resolve.decide")
    dialogs[-1].click()
    await opened.settled()
    assert states(opened) == [OrderState.REJECTED]


async def test_selected_orders_are_cancelled_and_all_of_them(opened: OrderDesk) -> None:
    for _ in range(3):
        await opened.previewed(ONE)
        place_button(opened).click()
        await opened.settled()
        opened.desk.clock.advance(1)
    opened.panel.book.list.take_in()
    opened.panel.book.list.selectRow(0)
    child(opened.panel, QPushButton, "orders.cancel").click()
    await opened.settled()
    assert states(opened) == [OrderState.CANCELLED, OrderState.WORKING, OrderState.WORKING]
    child(opened.panel, QPushButton, "orders.cancel_all").click()
    await opened.settled()
    assert set(states(opened)) == {OrderState.CANCELLED}
    assert len(opened.broker.cancels) == 3


async def test_a_cancellation_that_was_not_asked_is_a_problem(opened: OrderDesk) -> None:
    await opened.previewed(ONE)
    place_button(opened).click()
    await opened.settled()
    opened.broker.cancel_fails = BrokerError(BrokerFault.NOT_READY, "Not connected: wait.")
    child(opened.panel, QPushButton, "orders.cancel_all").click()
    await opened.settled()
    opened.panel.book.list.take_in()
    child(opened.panel, QPushButton, "orders.cancel_all").click()
    await opened.settled()
    assert text(opened.panel, "orders.problem") == "Not connected: wait."


async def test_a_fill_is_seen_with_its_trades(opened: OrderDesk) -> None:
    await opened.previewed(ONE)
    place_button(opened).click()
    await opened.settled()
    opened.broker.tell(*opened.exchange.fill(refs(opened)[0], 5, Decimal("8.45")))
    await opened.service.settled()
    book = opened.panel.book
    book.list.take_in()
    assert book.list.rows[0].state is OrderState.FILLED
    book.list.opened.emit(book.list.rows[0])
    assert text(opened.panel, "orders.detail.filled") == "5 of 5, average pay 8.45"
    assert book.detail.table.model().index(0, 3).data() == "8.45"


async def test_asking_the_broker_again_compares_the_orders(opened: OrderDesk) -> None:
    await opened.previewed(ONE)
    place_button(opened).click()
    await opened.settled()
    opened.exchange.end(refs(opened)[0], Standing.CANCELLED)  # told to nobody
    child(opened.panel, QPushButton, "orders.reconcile").click()
    await opened.settled()
    assert states(opened) == [OrderState.CANCELLED]


async def test_a_panel_that_goes_does_not_stop_what_is_being_sent(opened: OrderDesk) -> None:
    await opened.previewed(ONE)
    place_button(opened).click()
    opened.panel.retire()
    await opened.settled()
    assert len(refs(opened)) == 1


async def test_retired_it_hears_nothing_any_more(opened: OrderDesk) -> None:
    opened.service.put(ONE)
    opened.panel.retire()
    opened.service.put(BAG)
    assert text(opened.panel, "orders.title") == ONE.title


async def test_ten_thousand_events_wait_for_one_repaint(opened: OrderDesk) -> None:
    await opened.previewed(ONE)
    place_button(opened).click()
    await opened.settled()
    opened.panel.book.list.take_in()
    shown: list[bool] = []
    opened.panel.book.list.changed.connect(lambda: shown.append(True))
    [order] = opened.service.orders()
    for _ in range(10_000):
        opened.desk.bus.tell(OrderChanged(order))
    assert shown == []


async def test_live_is_unlocked_by_typing_the_account_and_painted_in_words(
    desk: Rig, qtbot: QtBot
) -> None:
    with Database(None) as database:
        made = OrderDesk(desk, database, qtbot, accounts=("U7654321",), live_allowed=True)
        await made.open(switched_on=False)
        child(made.panel, QPushButton, "broker.connect").click()
        await made.settled()
        assert "U7654321 is not a paper account" in text(made.panel, "orders.problem")
        child(made.panel, QPushButton, "broker.live").click()
        dialog = made.panel.questions.live
        assert dialog is not None
        assert "500 contracts" in text(dialog, "broker.live.meaning")
        dialog.typed.setText("U7654321")
        dialog.unlock.click()
        await made.settled()
        assert label(made.panel, "broker.mode").text() == "■ LIVE"
        assert not child(made.panel, QPushButton, "broker.live").isEnabled()
        await made.previewed(ONE)
        assert place_button(made).text() == "Send to U7654321 · LIVE"
        child(made.panel, QPushButton, "broker.connect").click()
        await made.settled()
        assert made.service.mode is Mode.READ_ONLY
        assert not place_button(made).isEnabled()
        await made.close()


async def test_live_stays_locked_where_the_setting_or_the_account_forbids_it(
    opened: OrderDesk,
) -> None:
    child(opened.panel, QPushButton, "broker.live").click()
    dialog = opened.panel.questions.live
    assert dialog is not None
    assert "live_orders" in text(dialog, "broker.live.problem")
    assert not dialog.typed.isEnabled()
    dialog.stay.click()
    assert opened.panel.questions.live is None
    assert opened.service.mode is Mode.PAPER


FIXED = {
    *("orders.preview", "orders.place", "orders.cancel", "orders.table", "orders.problem"),
    *("orders.limit", "orders.quantity"),
    *("broker.state", "broker.account", "broker.mode", "broker.connect", "broker.live"),
}
"""Names that tests and scripts may rely on."""


async def test_every_control_has_an_identifier_that_is_explained(opened: OrderDesk) -> None:
    found = {w.accessibleIdentifier(): w for w in opened.panel.findChildren(QWidget)}
    assert found.keys() >= FIXED
    listed = listed_ids()
    assert listed.keys() >= FIXED
    for name, widget in found.items():
        assert not name or name in listed or widget.accessibleDescription(), name
    for kind in (QPushButton, QToolButton, Choice, Whole):
        for control in opened.panel.findChildren(kind):
            if control.objectName().startswith("qt_"):
                continue
            assert control.accessibleIdentifier(), control
            assert control.accessibleName() or getattr(control, "text", str)(), control


async def test_it_fits_a_narrow_dock(opened: OrderDesk) -> None:
    await opened.previewed(BAG)
    for width in (600, 340):  # what stands side by side goes below each other on the way
        opened.panel.resize(width, 900)
    assert opened.panel.width() == 340


async def test_it_takes_the_colours_of_another_theme(opened: OrderDesk, qapp: QApplication) -> None:
    await opened.previewed(ONE)
    theme.apply(qapp, theme.LIGHT)
    assert theme.LIGHT.accent in label(opened.panel, "broker.mode").styleSheet()
    theme.apply(qapp, theme.DARK)
    assert theme.DARK.accent in label(opened.panel, "broker.mode").styleSheet()


async def test_the_countdown_stands_still_while_nobody_looks(opened: OrderDesk) -> None:
    assert 1000 in [timer.interval() for timer in running(opened.panel)]
    opened.panel.hide()
    assert 1000 not in [timer.interval() for timer in running(opened.panel)]
