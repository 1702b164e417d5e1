"""An order's life: what is told in any order and however often makes the same of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.broker import buying, collar, option
from tests.fakes.feed import START
from vaultdesk.core.orders.broker import BrokerOrder, Execution, NoteTold, Standing
from vaultdesk.core.orders.life import (
    Mode,
    Order,
    OrderState,
    belongs,
    executed,
    moved,
    noted,
    same_order,
    told,
)
from vaultdesk.core.orders.trades import average_price, commission_of, newer, units_traded

if TYPE_CHECKING:
    from vaultdesk.core.orders.draft import OrderDraft
    from vaultdesk.core.orders.instrument import Instrument

OVER = [state for state in OrderState if state.over]


def order(draft: OrderDraft | None = None, state: OrderState = OrderState.SENDING) -> Order:
    return Order(
        ref="VD-1",
        ticket="hash",
        place=0,
        draft=draft or buying(option(), 10),
        title="Protect",
        broker="test",
        account="DU1",
        mode=Mode.PAPER,
        state=state,
        confirmed_at=START,
        changed_at=START,
    )


def trade(
    number: int,
    quantity: int,
    price: str = "3.20",
    *,
    revision: int = 1,
    instrument: Instrument | None = None,
    commission: str | None = None,
) -> Execution:
    return Execution(
        exec_id=f"e{number}",
        revision=revision,
        ref="VD-1",
        perm_id=7,
        account="DU1",
        instrument=instrument or option(),
        quantity=Decimal(quantity),
        price=Decimal(price),
        at=START + timedelta(seconds=number),
        commission=None if commission is None else Decimal(commission),
    )


def seen(standing: Standing, filled: int = 0) -> BrokerOrder:
    return BrokerOrder("VD-1", standing, Decimal(filled), 4, 7, 1, "DU1")


News = BrokerOrder | Execution


def lived(news: list[News], begin: Order) -> Order:
    """The order after all of it, trades kept as a ledger does."""
    ledger: dict[str, Execution] = {}
    now = begin
    for one in news:
        if isinstance(one, Execution):
            ledger[one.exec_id] = newer(ledger.get(one.exec_id), one)
            now = executed(now, ledger.values(), START)
        else:
            now = told(now, one, START, ledger.values())
    return now


@st.composite
def stories(draw: st.DrawFn) -> tuple[list[News], int]:
    """What a broker may truthfully say of one order of ten, and how much of it was traded."""
    sizes = draw(st.lists(st.integers(1, 4), max_size=4).filter(lambda sizes: sum(sizes) <= 10))
    trades: list[News] = [trade(i, size) for i, size in enumerate(sizes)]
    corrected: list[News] = [
        trade(i, size, "3.10", revision=2) for i, size in enumerate(sizes) if draw(st.booleans())
    ]
    filled = sum(sizes)
    if filled == 10:
        ends: list[News] = [seen(Standing.FILLED, 10)]
    else:
        ends = draw(st.sampled_from([[], [seen(Standing.CANCELLED, filled)]]))
    working: list[News] = [seen(Standing.WORKING, n) for n in (0, sizes[0] if sizes else 0)]
    return [*trades, *corrected, *ends, *working], filled


@given(stories(), st.data())
def test_the_same_news_in_any_order_and_repetition_make_the_same_order(
    story: tuple[list[News], int], data: st.DataObject
) -> None:
    news, filled = story
    shuffled = data.draw(st.permutations(news))
    repeated = data.draw(st.lists(st.sampled_from(news), max_size=5)) if news else []
    once, again = lived(news, order()), lived([*shuffled, *repeated], order())
    alike = {"said": "", "changed_at": START}
    assert replace(again, **alike) == replace(once, **alike)  # type: ignore[arg-type]
    assert again.filled == filled
    if filled == 10:
        assert again.state is OrderState.FILLED


@given(
    st.sampled_from(OVER),
    st.lists(
        st.one_of(
            st.sampled_from([seen(standing, n) for standing in Standing for n in (0, 3, 10)]),
            st.builds(trade, st.integers(0, 3), st.integers(-12, 12)),
        ),
        max_size=6,
    ),
)
def test_a_state_that_is_over_is_never_left(state: OrderState, news: list[News]) -> None:
    now = lived(news, order(state=state))
    assert now.state is state
    assert moved(now, OrderState.WORKING, START) == now
    assert noted(now, NoteTold("VD-1", 10147, "gone", START)) == now


@given(st.lists(st.sampled_from([seen(s, n) for s in Standing for n in (0, 5, 10)]), min_size=1))
def test_an_order_told_the_same_again_is_the_same(news: list[BrokerOrder]) -> None:
    now = lived(list(news), order())
    if now.state.over:  # what contradicts it is said, once
        now = told(now, news[-1], START)
    assert told(now, news[-1], START) == now


@pytest.mark.parametrize(
    ("state", "trades", "after"),
    [
        (OrderState.CONFIRMED, 4, OrderState.PARTIAL),
        (OrderState.SENDING, 4, OrderState.PARTIAL),
        (OrderState.WORKING, 4, OrderState.PARTIAL),
        (OrderState.CANCEL_REQUESTED, 4, OrderState.CANCEL_REQUESTED),
        (OrderState.UNKNOWN, 4, OrderState.UNKNOWN),
        (OrderState.UNKNOWN, 10, OrderState.FILLED),
        (OrderState.CANCEL_REQUESTED, 10, OrderState.FILLED),
        (OrderState.CANCELLED, 10, OrderState.CANCELLED),
        (OrderState.REJECTED, 4, OrderState.REJECTED),
    ],
)
def test_what_trades_make_of_a_state(state: OrderState, trades: int, after: OrderState) -> None:
    now = executed(order(state=state), [trade(1, trades)], START)
    assert (now.state, now.filled) == (after, Decimal(trades))


@pytest.mark.parametrize(
    ("state", "standing", "after"),
    [
        (OrderState.SENDING, Standing.WORKING, OrderState.WORKING),
        (OrderState.UNKNOWN, Standing.WORKING, OrderState.WORKING),
        (OrderState.PARTIAL, Standing.WORKING, OrderState.WORKING),
        (OrderState.CANCEL_REQUESTED, Standing.WORKING, OrderState.CANCEL_REQUESTED),
        (OrderState.CANCEL_REQUESTED, Standing.CANCELLED, OrderState.CANCELLED),
        (OrderState.UNKNOWN, Standing.REJECTED, OrderState.REJECTED),
        (OrderState.SENDING, Standing.FILLED, OrderState.FILLED),
        (OrderState.CANCELLED, Standing.FILLED, OrderState.CANCELLED),
    ],
)
def test_what_the_brokers_word_makes_of_a_state(
    state: OrderState, standing: Standing, after: OrderState
) -> None:
    assert told(order(state=state), seen(standing), START).state is after


@pytest.mark.parametrize("code", [10147, 10148])
def test_a_failed_cancellation_leaves_the_order_unknown(code: int) -> None:
    asked = order(state=OrderState.CANCEL_REQUESTED)
    now = noted(asked, NoteTold("VD-1", code, "Cannot cancel.", START))
    assert (now.state, now.said) == (OrderState.UNKNOWN, "Cannot cancel.")


@pytest.mark.parametrize("code", [10349, 399, 2161])
def test_a_remark_that_looks_like_a_rejection_is_none(code: int) -> None:
    now = noted(order(state=OrderState.WORKING), NoteTold("VD-1", code, "Remark.", START))
    assert (now.state, now.said) == (OrderState.WORKING, "Remark.")


def test_a_leg_traded_the_wrong_way_fills_nothing() -> None:
    assert units_traded(buying(option(), 5), [trade(1, -3)]) == 0


def test_a_collar_counts_units_by_its_slower_leg_and_nets_its_prices() -> None:
    call = option("380", "C")
    trades = [trade(1, 3, "8.50"), trade(2, -2, "7.25", instrument=call)]
    assert units_traded(collar(3), trades) == 2
    assert average_price(collar(3), trades) == Decimal("1.25")
    assert average_price(collar(3), trades[:1]) is None
    assert executed(order(collar(3)), trades, START).filled == 2


def test_commissions_not_given_are_not_counted_as_nothing() -> None:
    assert commission_of([trade(1, 1), trade(2, 1)]) is None
    assert commission_of([trade(1, 1, commission="0.65"), trade(2, 1)]) == Decimal("0.65")


def test_a_correction_counts_whichever_comes_first() -> None:
    first = trade(1, 5, "3.20", commission="3.25")
    second = trade(1, 5, "3.10", revision=2)
    both = [newer(newer(None, first), second), newer(newer(None, second), first)]
    assert both[0] == both[1]
    assert (both[0].price, both[0].commission) == (Decimal("3.10"), Decimal("3.25"))


def test_orders_are_told_apart_by_ref_and_lasting_number_never_by_order_id() -> None:
    mine = replace(order(), order_id=4, perm_id=7)
    assert same_order(mine, seen(Standing.WORKING))
    assert same_order(mine, BrokerOrder("", Standing.WORKING, Decimal(0), 99, 7))
    assert not same_order(mine, BrokerOrder("", Standing.WORKING, Decimal(0), 4, 0))
    assert not same_order(mine, BrokerOrder("other", Standing.WORKING, Decimal(0), 4, 7))
    assert belongs(mine, trade(1, 1))
    assert belongs(mine, replace(trade(1, 1), ref=""))
    assert not belongs(mine, replace(trade(1, 1), ref="other"))
    assert not belongs(replace(mine, perm_id=0), replace(trade(1, 1), ref="", perm_id=0))
