"""Orders are found again by their contracts, sides and ticket, and the document says so."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.reports import EXPIRY, order, put, trade
from vaultdesk.core.orders.life import Mode, OrderState
from vaultdesk.core.reports.document import Heading, Paragraph, Table
from vaultdesk.core.reports.orders import (
    LIVE,
    MATCHED,
    NONE,
    PAPER,
    Decided,
    decided,
    ordered,
    orders_section,
)
from vaultdesk.core.reports.records import Trail

if TYPE_CHECKING:
    from vaultdesk.core.orders.life import Order
    from vaultdesk.core.reports.document import Section

PUT = Decided("Protective put", {(EXPIRY, Decimal(300), "P"): 100})
COLLAR = Decided("Collar", {(EXPIRY, Decimal(300), "P"): 100, (EXPIRY, Decimal(400), "C"): -100})
HEDGES = (PUT, COLLAR)


def found(*orders: Order) -> list[str]:
    trails = [Trail(one, ()) for one in orders]
    return [one.hedge.title for one in ordered(HEDGES, "GLD", trails)]


def tables(section: Section) -> list[Table]:
    return [part for part in section.parts if isinstance(part, Table)]


def words(section: Section) -> list[str]:
    return [part.text for part in section.parts if isinstance(part, Paragraph | Heading)]


def test_the_hedges_of_an_answer_are_read_as_it_is_kept() -> None:
    leg = {"expiry": "2026-12-18", "strike": "300", "right": "P", "contracts": 100}
    assert decided({"strategies": [{"title": "Protective put", "legs": [leg]}]}) == (PUT,)
    assert decided({"strategies": [{"title": "None", "legs": []}]}) == ()
    (one,) = decided({"legs": [leg, leg | {"strike": "310", "contracts": 0}]})
    assert one.contracts == PUT.contracts


def test_a_ticket_with_the_contracts_of_a_hedge_is_of_it_whatever_its_size() -> None:
    assert found(order(quantity=40)) == ["Protective put"]
    assert found(order((put(), 1), (put("400", "C"), -1))) == ["Collar"]


def test_a_ticket_of_several_orders_counts_as_a_whole() -> None:
    legs = order((put(), 1)), order((put("400", "C"), -1), ref="VD-test-2")
    assert found(*legs) == ["Collar"]
    assert found(legs[0], replace(legs[1], ticket="cd" * 32)) == ["Protective put"]


def test_sales_closings_shares_and_other_contracts_are_not() -> None:
    assert found(order((put(), -1))) == []
    assert found(order((put("305"), 1))) == []
    assert found(order((put("300", "C"), 1))) == []
    assert found(order((put(), 1), (replace(put(), expiry=None, strike=None, right=None), 1))) == []
    assert found(order((replace(put(), symbol="IAU"), 1))) == []
    assert found(order((replace(put(), trading_class="1GLD"), 1))) == []


def test_without_an_order_it_says_that_none_was_known() -> None:
    section = orders_section(HEDGES, "GLD", ())
    assert words(section) == [NONE]


def test_decided_ordered_and_traded_stand_side_by_side() -> None:
    trades = trade(60, "8.35", number=1), trade(30, "8.40", number=2)
    filled = replace(
        order(quantity=90, state=OrderState.FILLED),
        filled=Decimal(90),
        average=Decimal("8.366667"),
        commission=Decimal("58.50"),
    )
    section = orders_section(HEDGES, "GLD", [Trail(filled, trades)])
    orders, counted, traded = tables(section)
    assert counted.rows == (("GLD 300 put of 2026-12-18", "+100", "+90", "+90"),)
    (row,) = orders.rows
    assert row[0] == "buy 90 GLD 300 put of 2026-12-18 at 8.4, DAY (VD-test-1)"
    assert row[1:] == (*("DP1", "paper", "desk paper", "filled", "90 of 90", "8.366667", "58.50"),)
    assert traded.rows[0] == (
        *("2026-07-10 15:00:10", "GLD 300 put of 2026-12-18", "+60", "8.35", "39.00", "USD"),
        *("DP1", "t1"),
    )
    assert len(traded.rows) == 2
    assert MATCHED in words(section)


def test_paper_says_paper_and_live_says_live() -> None:
    paper = orders_section(HEDGES, "GLD", [Trail(order(), ())])
    assert PAPER in words(paper)
    assert "Nothing of it was traded." in words(paper)
    live = orders_section(HEDGES, "GLD", [Trail(order(mode=Mode.LIVE), ())])
    assert LIVE in words(live)
    assert PAPER not in words(live)


contracts = st.tuples(st.sampled_from(["290", "300", "310"]), st.sampled_from(["P", "C"]))


@given(
    st.dictionaries(contracts, st.sampled_from([-2, -1, 1, 2]), min_size=1),
    st.dictionaries(contracts, st.sampled_from([-2, -1, 1, 2]), min_size=1),
)
def test_a_ticket_is_of_a_hedge_exactly_where_contracts_and_sides_agree(
    hedge: dict[tuple[str, str], int], traded: dict[tuple[str, str], int]
) -> None:
    made = Decided("it", {(EXPIRY, Decimal(k), right): n for (k, right), n in hedge.items()})
    legs = [(put(strike, right), ratio) for (strike, right), ratio in traded.items()]  # type: ignore[arg-type]
    agree = {key: n > 0 for key, n in hedge.items()} == {key: n > 0 for key, n in traded.items()}
    assert bool(ordered([made], "GLD", [Trail(order(*legs), ())])) == agree
