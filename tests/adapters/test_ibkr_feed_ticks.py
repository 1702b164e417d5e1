"""Ticks as texts: whatever TWS writes, what comes of it is a price, or nothing."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.ibkr_feed import NOW
from vaultdesk.adapters.ibkr import listing
from vaultdesk.adapters.ibkr.ticks import QUALITIES, Ticks, quote
from vaultdesk.core.market import Quality
from vaultdesk.ports import FeedError

TYPES = st.sampled_from([0, 1, 2, 3, 4, 5, 8, 9, 10, 11, 12, 13, 45, 66, 67, 68, 69, 75, 83, 88])
NUMBERS = st.one_of(
    st.sampled_from(["", "0", "-1", "-2", "1.7976931348623157E308", "1.7976931348623157e+308"]),
    st.sampled_from(["NaN", "Infinity", "-Infinity", "1e999", "9" * 400, "x", "2147483647"]),
    st.decimals(-1000, 1000, allow_nan=False).map(str),
    st.text(max_size=6),
)


def message(kind: int, tick: int, numbers: list[str]) -> list[str]:
    """A message of this kind with these texts for its numbers, perhaps too few."""
    head = [str(kind), "7", str(tick), "0"] if kind == 21 else [str(kind), "6", "7", str(tick)]
    return head + numbers


MESSAGES = st.lists(
    st.builds(message, st.sampled_from([1, 2, 21, 46, 58]), TYPES, st.lists(NUMBERS, max_size=9)),
    max_size=12,
)


@given(messages=MESSAGES)
def test_whatever_comes_a_price_is_positive_or_there_is_none(messages: list[list[str]]) -> None:
    ticks = Ticks()
    for each in messages:
        ticks.take(each, NOW)
    for price in (ticks.bid, ticks.ask, ticks.last, ticks.close, ticks.underlying):
        assert price is None or (price.is_finite() and 0 < price < Decimal("1e300"))
    for count in (ticks.bid_size, ticks.ask_size, ticks.volume):
        assert count is None or count >= 0
    assert ticks.greeks.iv is None or ticks.greeks.iv > 0
    told = quote("GLD", "USD", ticks, NOW, "ibkr")
    assert told.at <= told.received == NOW
    assert (told.price is not None) <= ticks.has_price


@given(prices=st.lists(st.sampled_from(["0", "-1", "10", "11.5"]), min_size=1))
def test_the_bid_is_the_newest_that_was_told_unless_there_is_none(prices: list[str]) -> None:
    ticks = Ticks()
    for each in prices:
        ticks.take(["1", "6", "7", "1", each, "3", "0"], NOW)
    told = [each for each in prices if each != "0"]
    last = Decimal(told[-1]) if told else Decimal(-1)
    assert ticks.bid == (last if last > 0 else None)
    assert ticks.bid_size == (3 if last > 0 else None)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("377.48999999999995", "377.49"),
        ("0.30000000000000004", "0.3"),
        ("1.08515", "1.08515"),
        ("3365.5", "3365.5"),
        ("0.0000001", None),
        ("1e12", None),
        ("1e299", None),
    ],
)
def test_a_price_is_the_decimal_it_was_meant_to_be(text: str, meant: str | None) -> None:
    ticks = Ticks()
    ticks.take(["1", "6", "7", "1", text, "3", "0"], NOW)
    assert ticks.bid == (None if meant is None else Decimal(meant))


@pytest.mark.parametrize("kind", ["10", "11", "12", "80", "81", "82"])
def test_only_the_model_s_greeks_are_taken(kind: str) -> None:
    ticks = Ticks()
    values = ["0.2", "-0.4", "3.1", "0", "0.01", "0.3", "-0.05", "310"]
    ticks.take(["21", "7", kind, "0", *values], NOW)
    assert (ticks.greeks.iv, ticks.underlying) == (None, None)
    ticks.take(["21", "7", "83", "0", *values], NOW)
    greeks = ticks.greeks
    assert (greeks.iv, greeks.delta, greeks.gamma) == (0.2, -0.4, 0.01)
    assert (greeks.vega, greeks.theta, greeks.rho) == (0.3, -0.05, None)
    assert ticks.underlying == 310


@pytest.mark.parametrize("quality", [*QUALITIES.items(), (9, Quality.CACHED)])
def test_the_type_of_data_is_the_quality(quality: tuple[int, Quality]) -> None:
    ticks = Ticks()
    ticks.take(["58", "1", "7", str(quality[0])], NOW)
    assert ticks.quality is quality[1]


def test_a_trade_s_time_in_the_future_is_now() -> None:
    ticks = Ticks()
    ticks.take(["1", "6", "7", "4", "310", "1", "0"], NOW)
    ticks.take(["46", "6", "7", "45", str(int((NOW + timedelta(1)).timestamp()))], NOW)
    assert quote("GLD", "USD", ticks, NOW, "ibkr").at == NOW


def test_the_time_of_the_last_trade_is_not_that_of_a_newer_bid() -> None:
    ticks = Ticks()
    traded = NOW - timedelta(minutes=7)
    ticks.take(["1", "6", "7", "4", "310", "1", "0"], NOW)
    ticks.take(["46", "6", "7", "45", str(int(traded.timestamp()))], NOW)
    ticks.take(["1", "6", "7", "1", "309", "1", "0"], NOW)
    assert quote("GLD", "USD", ticks, NOW, "ibkr").at == traded
    ticks.take(["1", "6", "7", "4", "-1", "0", "0"], NOW)
    assert quote("GLD", "USD", ticks, NOW, "ibkr").at == NOW


@given(text=st.text(max_size=12))
def test_a_symbol_is_refused_or_made_of_letters_digits_and_one_mark(text: str) -> None:
    try:
        symbol = listing.checked(text)
    except FeedError:
        return
    assert symbol == text.strip().upper()
    assert all(each.isascii() and (each.isalnum() or each in " .-") for each in symbol)


@pytest.mark.parametrize("written", ["BRK.B", "BRK-B", "brk b"])
def test_classes_of_shares_are_set_off_as_tws_does(written: str) -> None:
    assert listing.share(listing.checked(written)) == "BRK B"
