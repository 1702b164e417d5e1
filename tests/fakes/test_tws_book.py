"""The fake broker's book: whatever is filled and corrected, its figures agree with each other."""

from collections import defaultdict
from datetime import UTC, datetime
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.tws import BrokerOrder, Execution, gld_market
from tests.fakes.tws.book import Book
from tests.fakes.tws.requests import Asked, Leg, OrderRequest

AT = datetime(2026, 3, 20, 14, 30, tzinfo=UTC)
MARKET = gld_market()
PUT, CALL = (MARKET.option(MARKET.expiries[0], "300", right) for right in "PC")
LEGS = (Leg(PUT.con_id, 1, "BUY", "SMART"), Leg(CALL.con_id, 2, "SELL", "SMART"))
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["buy", "sell", "combine", "correct"]),
        st.integers(1, 20),
        st.decimals(Decimal("0.05"), Decimal(20), places=2),
    ),
    max_size=25,
)


def placed(book: Book, kind: str, contracts: int) -> BrokerOrder:
    legs = LEGS if kind == "combine" else ()
    con_id, sec_type = (0, "BAG") if legs else (PUT.con_id, "OPT")
    asked = Asked(con_id, "GLD", sec_type, "", Decimal(0), "", "SMART")
    action = "SELL" if kind == "sell" else "BUY"
    return book.place(7, OrderRequest(book.next_id, asked, legs, action, Decimal(contracts), "LMT",
                                      Decimal(1), "DAY", "", "r", what_if=False))  # fmt: skip


def carry_out(book: Book, kind: str, contracts: int, price: Decimal) -> None:
    if kind != "correct":
        book.fill(placed(book, kind, contracts), Decimal(contracts), price, AT)
    elif book.executions:
        newest = newest_of(book)
        chosen = sorted(newest)[contracts % len(newest)]
        book.correct(newest[chosen].exec_id, Decimal(contracts), price)


def newest_of(book: Book) -> dict[str, Execution]:
    """The last word on each execution, by its id without the number of the correction."""
    return {made.exec_id.rpartition(".")[0]: made for made in book.executions}


@given(STEPS)
def test_positions_and_cash_are_what_the_last_word_on_each_execution_says(
    steps: list[tuple[str, int, Decimal]],
) -> None:
    book = Book(("DU1234567",), MARKET)
    for step in steps:
        carry_out(book, *step)
    held: defaultdict[int, Decimal] = defaultdict(Decimal)
    cash = Decimal(1_000_000)
    for made in newest_of(book).values():
        if made.contract.sec_type != "BAG":
            held[made.contract.con_id] += made.signed
            cash -= made.signed * made.price * 100
    assert {key: position.contracts for (_, key), position in book.positions.items()} == held
    assert book.cash == cash
    assert len({made.exec_id for made in book.executions}) == len(book.executions)


@given(STEPS)
def test_a_combinations_legs_make_up_its_net_price(
    steps: list[tuple[str, int, Decimal]],
) -> None:
    book = Book(("DU1234567",), MARKET)
    for kind, contracts, price in steps:
        order = placed(book, kind, contracts)
        whole, *legs = book.fill(order, Decimal(contracts), price, AT)
        if order.legs:
            net = sum((leg.signed * leg.price for leg in legs), Decimal(0))
            assert net == whole.signed * whole.price
            assert [leg.shares for leg in legs] == [contracts, 2 * contracts]
        assert order.status == "Filled"
        assert order.average == price
