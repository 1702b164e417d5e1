"""What the broker has, laid beside what the desk believes."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from tests.core.orders.test_life import order, seen, trade
from tests.fakes.feed import START
from vaultdesk.core.orders.broker import BrokerOrder, Execution, Snapshot, Standing
from vaultdesk.core.orders.life import Order, OrderState
from vaultdesk.core.orders.reconcile import reconciled, unrecorded

OPEN = [state for state in OrderState if not state.over]


def after(
    mine: Order, *there: BrokerOrder, trades: tuple[Execution, ...] = (), final: bool = False
) -> Order:
    snapshot = Snapshot(START, (), (), there, trades, final)
    (now,) = reconciled([mine], snapshot, lambda _order: trades)
    return now


@pytest.mark.parametrize("state", OPEN)
def test_an_order_that_works_there_works(state: OrderState) -> None:
    now = after(order(state=state), seen(Standing.WORKING))
    expected = state if state is OrderState.CANCEL_REQUESTED else OrderState.WORKING
    assert (now.state, now.perm_id, now.order_id) == (expected, 7, 4)


@pytest.mark.parametrize("state", OPEN)
def test_an_open_order_without_a_trace_is_unknown_and_says_what_to_do(state: OrderState) -> None:
    now = after(order(state=state))
    assert now.state is OrderState.UNKNOWN
    assert "say here whether it never arrived or was cancelled" in now.said


@pytest.mark.parametrize("state", OPEN)
def test_it_never_arrived_where_the_broker_shows_all(state: OrderState) -> None:
    now = after(order(state=state), final=True)
    assert now.state is OrderState.REJECTED
    assert "never arrived" in now.said


def test_it_did_arrive_where_a_part_was_traded() -> None:
    now = after(order(), trades=(trade(1, 4),), final=True)
    assert (now.state, now.filled) == (OrderState.UNKNOWN, Decimal(4))


def test_all_of_it_traded_is_filled_even_if_the_order_is_not_shown() -> None:
    now = after(order(state=OrderState.UNKNOWN), trades=(trade(1, 10),))
    assert now.state is OrderState.FILLED


def test_an_order_id_that_another_order_has_now_means_nothing() -> None:
    mine = replace(order(state=OrderState.WORKING), order_id=4, perm_id=7)
    theirs = BrokerOrder("other", Standing.FILLED, Decimal(10), 4, 8)
    nameless = BrokerOrder("", Standing.FILLED, Decimal(10), 4, 0)
    assert after(mine, theirs, nameless).state is OrderState.UNKNOWN


def test_a_completed_order_is_found_by_its_lasting_number() -> None:
    mine = replace(order(state=OrderState.UNKNOWN), perm_id=7)
    there = BrokerOrder("", Standing.CANCELLED, Decimal(0), 0, 7)
    assert after(mine, there).state is OrderState.CANCELLED


def test_the_ref_decides_where_both_are_there() -> None:
    mine = replace(order(state=OrderState.UNKNOWN), perm_id=7)
    there = BrokerOrder("", Standing.CANCELLED, Decimal(0), 0, 7)
    assert after(mine, there, seen(Standing.WORKING)).state is OrderState.WORKING


def test_doing_it_twice_changes_nothing() -> None:
    for there in ((), (seen(Standing.WORKING, 3),), (seen(Standing.CANCELLED),)):
        once = after(order(), *there)
        assert after(once, *there) == once


def test_what_is_over_and_not_shown_stays() -> None:
    ended = order(state=OrderState.CANCELLED)
    assert after(ended, final=True) == ended


def told_of(*there: BrokerOrder) -> str:
    return unrecorded(Snapshot(START, (), (), there, ()), {"VD-desk-known"}.__contains__)


def test_an_open_order_the_journal_lacks_is_named() -> None:
    stray = BrokerOrder("VD-desk-stray", Standing.WORKING, Decimal(0))
    known = BrokerOrder("VD-desk-known", Standing.WORKING, Decimal(0))
    assert "VD-desk-stray of which this desk has no record" in told_of(known, stray)
    assert "2 orders, VD-desk-stray among them" in told_of(stray, replace(stray, ref="VD-desk-b"))


def test_orders_of_others_and_those_that_are_over_are_nobody_s_concern() -> None:
    over = BrokerOrder("VD-desk-old", Standing.FILLED, Decimal(1))
    by_hand = BrokerOrder("", Standing.WORKING, Decimal(0))
    other = BrokerOrder("somebody's", Standing.WORKING, Decimal(0))
    assert told_of(over, by_hand, other) == ""
