"""The desk's own book: sums and averages, whatever order and pieces trades are told in."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.positions.holdings import SHARES, held, option, trade
from vaultdesk.core.positions.ledger import Ledger, ledger

if TYPE_CHECKING:
    from vaultdesk.core.orders.broker import Execution, Held
    from vaultdesk.core.positions.ledger import Books

PUT = option("332.5")


@pytest.mark.parametrize(
    ("trades", "quantity", "average"),
    [
        ([("63", "11.20")], "63", "11.2"),
        ([("40", "11.00"), ("23", "12.00")], "63", "11.365079365079"),  # (440 + 276) / 63
        ([("63", "11.20"), ("-20", "15")], "43", "11.2"),
        ([("63", "11.20"), ("-20", "15"), ("20", "9")], "63", "10.501587301587"),  # 661.6 / 63
        ([("-10", "3"), ("-10", "4")], "-20", "3.5"),
        ([("10", "5"), ("-30", "6")], "-20", "6"),
        ([("-10", "5"), ("4", "2"), ("10", "1")], "4", "1"),
    ],
)
def test_averages_by_hand(trades: list[tuple[str, str]], quantity: str, average: str) -> None:
    booked = ledger(trade(*one, minute=i) for i, one in enumerate(trades))
    assert booked == (held(PUT, quantity, cost=average),)


def test_what_cancels_is_not_held_and_each_account_and_instrument_stands_for_itself() -> None:
    trades = [
        trade("63", "11.20"),
        trade("-63", "12", 1),
        trade("5", "1", account="DU1"),
        trade("100", "350", instrument=SHARES),
    ]
    assert ledger(trades) == (held(PUT, "5", "DU1", "1"), held(SHARES, "100", cost="350"))


def test_quantities_are_exact_beyond_28_digits() -> None:
    small, large = "0.000000000000000001", "123456789012345678"
    (booked,) = ledger([trade(large, "1"), trade(small, "1", 1)])
    assert str(booked.quantity) == "123456789012345678.000000000000000001"


PRICES = st.decimals("0.01", "100", places=2)
TRADES = st.lists(
    st.builds(
        lambda quantity, price, minute: trade(str(quantity), str(price), minute),
        st.integers(-50, 50).filter(bool),
        PRICES,
        st.integers(0, 5),
    ),
    max_size=8,
)


@given(TRADES, st.data())
def test_neither_order_nor_pieces_change_the_ledger(
    trades: list[Execution], data: st.DataObject
) -> None:
    pieces = [piece for one in trades for piece in split(one, data.draw(st.floats(0, 1)))]
    told = data.draw(st.permutations(pieces))
    assert ledger(told) == ledger(trades)
    assert sum(one.quantity for one in ledger(told)) == sum(one.quantity for one in trades)


def split(one: Execution, part: float) -> list[Execution]:
    """One trade as two of the same moment and price."""
    first = Decimal(int(float(one.quantity) * part))
    both = [first, one.quantity - first]
    return [
        replace(one, exec_id=f"{one.exec_id}.{i}", quantity=quantity)
        for i, quantity in enumerate(both)
        if quantity
    ]


@given(TRADES)
def test_an_average_lies_within_the_prices_traded(trades: list[Execution]) -> None:
    prices = [one.price for one in trades]
    for one in ledger(trades):
        assert one.average_cost is not None
        assert min(prices) - 1 < one.average_cost < max(prices) + 1
        assert round(min(prices), 9) <= round(one.average_cost, 9) <= round(max(prices), 9)


REPORTS = st.builds(
    lambda number, revision, quantity, strike, fee: replace(
        trade(str(quantity), "3.20", instrument=option(strike), name=f"e{number}"),
        revision=revision,
        commission=fee,
    ),
    st.integers(0, 2),
    st.integers(1, 3),
    st.integers(-5, 5).filter(bool),
    st.sampled_from(["330", "335"]),
    st.sampled_from([None, Decimal("0.65")]),
)
STEPS = st.lists(st.tuples(REPORTS, st.sampled_from(["go on", "sum", "sum late"])), max_size=20)


def summed(books: Books) -> tuple[Held, ...]:
    return ledger(one for book in books.values() for one in book)


@given(STEPS)
def test_what_is_added_up_step_by_step_is_what_all_trades_add_up_to(
    steps: list[tuple[Execution, str]],
) -> None:
    """A correction may be of another contract than what it corrects."""
    book, counts = Ledger(), dict[str, "Execution"]()
    late: Books | None = None
    for told, then in steps:
        book.take(told)
        known = counts.get(told.exec_id)
        if known is None or known.revision <= told.revision:
            counts[told.exec_id] = told
        if late is not None:  # this was told before the sum of what came before it was known
            book.settle(late, summed(late))
            late = None
        if then == "sum":
            book.settle(books := book.open_books, summed(books))
        elif then == "sum late":
            late = book.open_books
    while book.open:
        book.settle(books := book.open_books, summed(books))
    assert book.held == ledger(counts.values())


def test_only_what_was_traded_since_is_added_up_again() -> None:
    book = Ledger()
    first, other = trade("63", "11.20", name="e1"), trade("5", "1", name="e2", instrument=SHARES)
    for one in (first, other):
        book.take(one)
    books = book.open_books
    book.settle(books, ledger((first, other)))
    assert not book.open
    book.take(replace(other, commission=Decimal("0.65")))
    assert not book.open, "what it cost changes no holding"
    book.take(trade("1", "2", 1, name="e3", instrument=SHARES))
    assert list(book.open_books) == [(other.account, SHARES)]
