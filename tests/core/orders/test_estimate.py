"""What an order will probably be filled at and cost; figures by hand."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.broker import buying, collar, market_of, option
from vaultdesk.core.hedge.vocabulary import FeeSchedule
from vaultdesk.core.market import Quality
from vaultdesk.core.orders.broker import WhatIf
from vaultdesk.core.orders.draft import OrderDraft, OrderLeg
from vaultdesk.core.orders.estimate import estimated
from vaultdesk.core.orders.instrument import Instrument, InstrumentQuote

if TYPE_CHECKING:
    from vaultdesk.core.orders.preview import Estimate

FEES = FeeSchedule()
PUT, CALL = option(), option("380", "C")
PUT_MARKET, CALL_MARKET = market_of(PUT, "8.40", "8.60"), market_of(CALL, "7.20", "7.40")


def of(draft: OrderDraft, *quotes: InstrumentQuote, in_session: bool = True) -> Estimate:
    return estimated(draft, quotes, FEES, WhatIf(), in_session=in_session)


def test_63_puts_of_the_reference_loan() -> None:
    one = of(buying(PUT, 63, "8.60"), PUT_MARKET)
    assert (one.natural, one.mid, one.expected) == (
        Decimal("8.60"),
        Decimal("8.50"),
        Decimal("8.55"),
    )
    assert one.cost == Decimal(53865)  # 63 x 100 x 8.55
    assert one.slippage == Decimal(315)  # 63 x 100 x 0.05
    assert one.commission == Decimal("40.95")  # 63 x 0.65
    assert one.reasons == ("Half of the way from the mid to the natural price is expected.",)


def test_a_limit_better_than_expected_is_the_cost_and_may_not_be_filled() -> None:
    one = of(buying(PUT, 63, "8.50"), PUT_MARKET)
    assert one.cost == Decimal(53550)
    assert one.reasons[-1] == "Your limit of 8.5 is better than that: it may not be filled."


def test_what_is_sold_brings_money() -> None:
    one = of(OrderDraft((OrderLeg(PUT, -1),), 2, Decimal("-8.45")), PUT_MARKET)
    assert (one.natural, one.mid, one.expected) == (
        Decimal("-8.40"),
        Decimal("-8.50"),
        Decimal("-8.45"),
    )
    assert one.cost == Decimal(-1690)
    assert one.slippage == Decimal(10)
    assert one.commission == Decimal("1.30")


def test_a_collar_is_bought_at_the_ask_and_sold_at_the_bid() -> None:
    one = of(collar(3, "1.40"), PUT_MARKET, CALL_MARKET)
    assert (one.natural, one.mid, one.expected) == (
        Decimal("1.40"),
        Decimal("1.20"),
        Decimal("1.30"),
    )
    assert one.cost == Decimal(390)
    assert one.commission == Decimal("3.90")
    assert one.gross == Decimal("15.80")


@pytest.mark.parametrize(
    ("quote", "in_session", "reason"),
    [
        (market_of(PUT, sizes=(100, 4)), True,
         ("5 of the GLD 332.5 put of 2026-12-18 are more than the 4 displayed, so the natural "
         "price is expected.")),
        (PUT_MARKET, False, "The exchange is closed, so the natural price is expected."),
        (market_of(PUT, quality=Quality.DELAYED), True,
         "The quotes are delayed, so the natural price is expected."),
    ],
)  # fmt: skip
def test_the_natural_price_is_expected_where_the_prices_thin_closed_or_late(
    quote: InstrumentQuote, in_session: bool, reason: str
) -> None:
    one = of(buying(PUT, 5, "8.60"), quote, in_session=in_session)
    assert one.expected == one.natural
    assert one.reasons == (reason,)


def test_sizes_that_are_not_told_are_said() -> None:
    one = of(buying(PUT, 5, "8.60"), market_of(PUT, sizes=None))
    assert one.reasons[-1].startswith("The source does not tell how many contracts")


def test_a_market_order_pays_the_whole_spread() -> None:
    one = of(buying(PUT, 5, None), PUT_MARKET)
    assert one.expected == one.natural
    assert one.reasons == ("A market order pays the whole spread.",)
    assert one.cost == Decimal(4300)


def test_without_a_side_to_trade_at_nothing_is_made_up() -> None:
    for quote in (market_of(PUT, "8.40", None), market_of(PUT, None, None)):
        one = of(buying(PUT), quote)
        assert (one.natural, one.mid, one.expected, one.cost, one.slippage) == (None,) * 5
        assert one.commission == Decimal("3.25")


def test_a_zero_bid_sells_for_nothing_and_has_no_mid() -> None:
    selling = OrderDraft((OrderLeg(PUT, -1),), 2, Decimal("-0.05"))
    assert of(selling, market_of(PUT, "0", "0.10")).natural is None
    one = of(buying(PUT, 2, "0.10"), market_of(PUT, "0", "0.10"))
    assert (one.natural, one.mid, one.expected) == (Decimal("0.10"), None, Decimal("0.10"))
    assert one.slippage is None


def test_a_crossed_market_has_no_mid() -> None:
    assert of(buying(PUT), market_of(PUT, "8.70", "8.60")).mid is None


def test_shares_are_charged_by_the_hundred() -> None:
    share = Instrument("GLD")
    one = of(buying(share, 6300, "350"), market_of(share, "349.9", "350"))
    assert one.commission == Decimal("40.95")


@given(
    st.decimals("0.01", "20", places=2),
    st.decimals("0", "5", places=2),
    st.integers(1, 500),
    st.booleans(),
    st.one_of(st.none(), st.tuples(st.integers(0, 600), st.integers(0, 600))),
)
def test_expected_lies_between_mid_and_natural(
    bid: Decimal, spread: Decimal, quantity: int, sells: bool, sizes: tuple[int, int] | None
) -> None:
    quote = market_of(PUT, str(bid), str(bid + spread), sizes=sizes)
    draft = OrderDraft(
        (OrderLeg(PUT, -1 if sells else 1),), quantity, Decimal(-99 if sells else 99)
    )
    one = of(replace(draft, limit=Decimal(1)), quote)
    assert one.natural is not None
    assert one.mid is not None
    assert one.expected is not None
    assert one.mid <= one.expected <= one.natural
    assert one.slippage is not None
    assert one.slippage >= 0
