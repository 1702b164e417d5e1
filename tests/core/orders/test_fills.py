"""Fills on paper: natural prices of one moment, what is shown, never through the limit."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from vaultdesk.core.market import Quality
from vaultdesk.core.orders.draft import OrderDraft, OrderLeg
from vaultdesk.core.orders.fills import Fill, Look, Luck, filled, net, shown
from vaultdesk.core.orders.instrument import Instrument, InstrumentQuote
from vaultdesk.core.orders.ticks import tick

D = Decimal
NOON = datetime(2026, 7, 10, 16, tzinfo=UTC)
PUT = Instrument("GLD", date(2026, 9, 18), D(335), "P", 100)
CALL = Instrument("GLD", date(2026, 9, 18), D(380), "C", 100)
SHARE = Instrument("GLD")
COLLAR = (OrderLeg(PUT, 1), OrderLeg(CALL, -1))


def quote(
    one: Instrument,
    bid: str | None,
    ask: str | None,
    bid_size: int | None = 50,
    ask_size: int | None = 50,
    quality: Quality = Quality.LIVE,
) -> InstrumentQuote:
    low, high = (None if text is None else D(text) for text in (bid, ask))
    return InstrumentQuote(one, low, high, NOON, "test", quality, bid_size, ask_size)


def look(seed: int = 1, taken: int = 0, since: datetime = NOON) -> Look:
    return Look(since, frozenset({Quality.LIVE}), Luck(seed), lambda *_: taken)


def one(limit: str | None, quantity: int = 5, ratio: int = 1) -> OrderDraft:
    return OrderDraft((OrderLeg(PUT, ratio),), quantity, None if limit is None else D(limit))


@pytest.mark.parametrize(
    ("ratio", "limit", "price"),
    [
        (1, "3.20", "3.20"),  # at the ask
        (1, "3.50", "3.20"),  # no worse than the ask
        (1, "3.19", None),
        (1, None, "3.20"),
        (-1, "-3.10", "3.10"),  # at the bid
        (-1, "-2.00", "3.10"),
        (-1, "-3.11", None),
        (-1, None, "3.10"),
    ],
)
def test_one_leg_is_bought_at_the_ask_and_sold_at_the_bid(
    ratio: int, limit: str | None, price: str | None
) -> None:
    found = filled(one(limit, 5, ratio), 5, [quote(PUT, "3.10", "3.20")], look())
    assert found == ("" if price is None else Fill(5, (D(price),)))


@pytest.mark.parametrize(
    ("limit", "trades"), [("-1.05", False), ("-1.00", True), ("0.50", True), (None, True)]
)
def test_a_collar_is_filled_on_both_legs_or_not_at_all(limit: str | None, trades: bool) -> None:
    draft = OrderDraft(COLLAR, 5, None if limit is None else D(limit))
    found = filled(draft, 5, [quote(PUT, "3.10", "3.20"), quote(CALL, "4.20", "4.30")], look())
    assert found == (Fill(5, (D("3.20"), D("4.20"))) if trades else "")


def test_the_leg_with_the_least_on_show_decides_how_many() -> None:
    draft = OrderDraft((OrderLeg(PUT, 1), OrderLeg(CALL, -2)), 9, None)
    quotes = [quote(PUT, "3.10", "3.20", ask_size=7), quote(CALL, "4.20", "4.30", bid_size=9)]
    found = filled(draft, 9, quotes, look())
    assert isinstance(found, Fill)
    assert found.units == 4
    assert filled(draft, 9, quotes, look(taken=8)) == ""


@pytest.mark.parametrize(
    ("bid", "ask", "quality", "sentence"),
    [
        (None, "3.20", Quality.LIVE, "has no bid or no ask"),
        ("3.10", None, Quality.LIVE, "has no bid or no ask"),
        ("0", "3.20", Quality.LIVE, "has no bid or no ask"),
        ("3.10", "0", Quality.LIVE, "has no bid or no ask"),
        ("3.30", "3.20", Quality.LIVE, "is above its ask"),
        ("3.10", "3.20", Quality.STALE, "is stale"),
        ("3.10", "3.20", Quality.SIMULATED, "is simulated"),
    ],
)
def test_a_market_that_is_none_fills_nothing_and_says_why(
    bid: str | None, ask: str | None, quality: Quality, sentence: str
) -> None:
    found = filled(one(None), 5, [quote(PUT, bid, ask, quality=quality)], look())
    assert isinstance(found, str)
    assert sentence in found
    assert "GLD 335 put of 2026-09-18" in found


def test_what_is_not_listed_is_named() -> None:
    assert filled(one(None), 5, [None], look()) == (
        "GLD 335 put of 2026-09-18 is not quoted; the order waits until it is."
    )


def test_a_quote_from_before_the_order_fills_nothing() -> None:
    quotes = [quote(PUT, "3.10", "3.20")]
    assert filled(one(None), 5, quotes, look(since=NOON + timedelta(microseconds=1))) == ""
    assert isinstance(filled(one(None), 5, quotes, look(since=NOON)), Fill)


def test_legs_that_were_quoted_a_minute_apart_are_not_of_one_moment() -> None:
    draft = OrderDraft(COLLAR, 1, None)
    near = [
        quote(PUT, "3.10", "3.20"),
        replace(quote(CALL, "4.20", "4.30"), at=NOON + timedelta(seconds=60)),
    ]
    far = [near[0], replace(near[1], at=NOON + timedelta(seconds=61))]
    assert isinstance(filled(draft, 1, near, look()), Fill)
    assert filled(draft, 1, far, look()) == ""


def test_a_share_of_which_only_the_last_trade_is_known_costs_a_cent_more() -> None:
    quotes = [replace(quote(SHARE, None, None, None, None), last=D("350.25"))]
    bought = filled(OrderDraft((OrderLeg(SHARE, 1),), 100, None), 100, quotes, look(seed=2))
    sold = filled(OrderDraft((OrderLeg(SHARE, -1),), 100, None), 100, quotes, look(seed=2))
    assert isinstance(bought, Fill)
    assert isinstance(sold, Fill)
    assert (bought.prices, sold.prices) == ((D("350.26"),), (D("350.24"),))


def test_sizes_that_are_not_told_are_assumed_from_the_seed_alone() -> None:
    leg, silent = OrderLeg(PUT, 1), quote(PUT, "3.10", "3.20", None, None)
    sizes = [shown(leg, silent, Luck(seed)) for seed in range(500)]
    assert sizes == [shown(leg, silent, Luck(seed)) for seed in range(500)]
    assert set(sizes) == set(range(1, 11))
    later = [
        shown(leg, replace(silent, at=NOON + timedelta(seconds=s)), Luck(1)) for s in range(99)
    ]
    assert len(set(later)) == 10


def test_a_thin_market_slips_by_a_tick_every_other_time_and_no_further() -> None:
    thin = quote(PUT, "3.10", "3.20", ask_size=2)
    prices = {seed: filled(one("4"), 5, [thin], look(seed)) for seed in range(400)}
    found = [fill.prices[0] for fill in prices.values() if isinstance(fill, Fill)]
    assert set(found) == {D("3.20"), D("3.25")}  # a nickel, from three dollars on
    assert 150 < found.count(D("3.25")) < 250
    at_ask = [filled(one("3.20"), 5, [thin], look(seed)) for seed in range(100)]
    assert set(at_ask) == {Fill(2, (D("3.20"),))}  # never through the limit


PRICES = st.integers(1, 900).map(lambda cents: D(cents) / 100)
SIZES = st.none() | st.integers(0, 30)


@given(
    ratios=st.tuples(st.sampled_from([-2, -1, 1, 2]), st.sampled_from([-2, -1, 1, 2])),
    books=st.tuples(*[st.tuples(PRICES, PRICES, SIZES, SIZES)] * 2),
    limit=st.none() | st.integers(-2500, 2500).map(lambda cents: D(cents) / 100),
    left=st.integers(1, 40),
    seed=st.integers(0, 2**40),
)
def test_no_fill_is_through_the_limit_better_than_natural_or_more_than_is_shown(
    ratios: tuple[int, int],
    books: tuple[tuple[D, D, int | None, int | None], ...],
    limit: D | None,
    left: int,
    seed: int,
) -> None:
    legs = tuple(OrderLeg(one, ratio) for one, ratio in zip((PUT, CALL), ratios, strict=True))
    quotes = [
        quote(leg.instrument, str(min(a, b)), str(max(a, b)), low, high)
        for leg, (a, b, low, high) in zip(legs, books, strict=True)
    ]
    draft = OrderDraft(legs, left, limit)
    found = filled(draft, left, quotes, look(seed))
    assume(isinstance(found, Fill))
    assert isinstance(found, Fill)
    assert 0 < found.units <= left
    assert limit is None or net(draft, found.prices) <= limit
    for leg, quoted, price in zip(legs, quotes, found.prices, strict=True):
        assert found.units * abs(leg.ratio) <= shown(leg, quoted, Luck(seed))
        side = quoted.ask if leg.ratio > 0 else quoted.bid
        assert side is not None
        worse = (price - side) * leg.ratio / abs(leg.ratio)
        assert 0 <= worse <= tick(leg.instrument, max(price, side))
        assert price > 0
