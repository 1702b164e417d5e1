"""Yahoo's fields become the desk's values, and what cannot be read is named."""

import math
import struct
from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaultdesk.adapters.yahoo import faults, read
from vaultdesk.adapters.yahoo.faults import Exchange
from vaultdesk.core.market import OptionQuote, Quality, Quote
from vaultdesk.ports import FeedError, FeedFault

EXPIRY = date(2026, 9, 18)
TRADED = datetime(2026, 7, 10, 20, tzinfo=UTC)
RECEIVED = datetime(2026, 7, 10, 20, 0, 1, tzinfo=UTC)
META: dict[str, Any] = {
    "symbol": "GLD",
    "regularMarketPrice": 377.01,
    "regularMarketTime": int(TRADED.timestamp()),
    "regularMarketVolume": 9123456,
    "previousClose": 374.2,
    "currency": "USD",
}


ROW_FIELDS = (
    "contractSymbol", "strike", "bid", "ask", "lastPrice", "volume", "openInterest",
    "impliedVolatility", "contractSize", "lastTradeDate",
)  # fmt: skip


def quote(meta: dict[str, Any], market: read.Market | None = None) -> Quote:
    facts = read.learned(read.first_facts("GLD"), meta)
    return read.quote("GLD", meta, market or read.Market(), facts, RECEIVED)


def row(strike: object = 350.0, right: str = "C", **fields: object) -> dict[str, object]:
    name = f"GLD260918{right}00350000"
    return {"contractSymbol": name, "strike": strike, "contractSize": "REGULAR", **fields}


def one(fields: dict[str, object], symbol: str = "GLD") -> tuple[Any, tuple[str, ...]]:
    rows, problems = read.chain_rows(symbol, EXPIRY, [("C", fields)])
    return (rows[0] if rows else None), problems


def test_a_quote_has_its_price_its_times_and_its_source() -> None:
    assert quote(META) == Quote(
        "GLD",
        None,
        None,
        Decimal("377.01"),
        TRADED,
        RECEIVED,
        "yahoo",
        Quality.LIVE,
        Decimal("374.2"),
        9123456,
        "USD",
    )


@pytest.mark.parametrize("nothing", [0, 0.0, -1.0, math.nan, math.inf, None, "377.01", True, 1e300])
def test_what_is_no_price_is_none_and_never_zero(nothing: object) -> None:
    market = read.Market(Decimal(1), Decimal(2))
    assert quote({**META, "regularMarketPrice": nothing}, market).last is None


def test_a_quote_without_any_price_is_no_quote() -> None:
    with pytest.raises(FeedError, match="no price for GLD") as caught:
        quote({**META, "regularMarketPrice": 0})
    assert caught.value.fault is FeedFault.NO_DATA


@pytest.mark.parametrize("time", [None, 0, math.nan, -5, "noon", 9e12])
def test_a_price_without_a_time_is_refused(time: object) -> None:
    with pytest.raises(FeedError, match="when its price was made") as caught:
        quote({**META, "regularMarketTime": time})
    assert caught.value.fault is FeedFault.MALFORMED


def test_times_are_aware_and_in_utc() -> None:
    assert quote(META).at.tzinfo is UTC
    assert read.moment(datetime.fromisoformat("2026-07-10T16:00:00-04:00")) == TRADED


def test_a_symbol_without_a_suffix_is_a_us_listing_and_others_wait_to_be_told() -> None:
    assert read.first_facts("GLD").currency == "USD"
    assert read.first_facts("SGLN.L").currency == ""
    assert read.learned(read.first_facts("SGLN.L"), {"currency": "GBp"}).currency == "GBp"


def test_the_chart_s_own_close_serves_where_the_session_s_is_missing() -> None:
    assert read.learned(read.Facts(), {"chartPreviousClose": 3.5}).previous_close == Decimal("3.5")


@pytest.mark.parametrize(
    ("underlying", "late"),
    [
        ({"exchangeDataDelayedBy": 0, "quoteSourceName": "Nasdaq Real Time Price"}, False),
        ({"exchangeDataDelayedBy": 15}, True),
        ({"exchangeDataDelayedBy": 0, "quoteSourceName": "Delayed Quote"}, True),
        ({}, False),
    ],
)
def test_a_source_that_says_it_is_late_is_believed(underlying: read.Fields, late: bool) -> None:
    assert read.is_delayed(underlying) is late
    assert read.Facts(delayed=late).quality is (Quality.DELAYED if late else Quality.LIVE)


@given(st.integers(1, 9_999_999))
def test_a_stream_s_narrow_float_gives_back_the_printed_price(cents: int) -> None:
    printed = cents / 100
    (narrow,) = struct.unpack("f", struct.pack("f", printed))
    assert read.from_float32(narrow) == printed


@given(st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_every_narrow_float_keeps_its_value(value: float) -> None:
    assert struct.pack("f", read.from_float32(value)) == struct.pack("f", value)


def message(**fields: object) -> Any:  # noqa: ANN401 - stands for a protobuf message
    nothing = {"price": 0.0, "bid": 0.0, "ask": 0.0, "previous_close": 0.0, "day_volume": 0}
    at = {"id": "GLD", "currency": "", "time": int(TRADED.timestamp() * 1000)}
    return SimpleNamespace(**{**nothing, **at, **fields})


def test_a_tick_takes_what_it_lacks_from_what_is_known() -> None:
    facts = read.Facts("USD", Decimal("374.2"))
    tick = read.tick("GLD", message(price=377.5), read.Market(Decimal(377)), facts, RECEIVED)
    assert tick is not None
    assert (tick.bid, tick.ask, tick.last) == (Decimal(377), None, Decimal("377.5"))
    assert (tick.source, tick.currency, tick.volume) == ("yahoo stream", "USD", None)
    assert tick.day_change == Decimal("3.3")


@pytest.mark.parametrize("empty", [{}, {"time": 0, "price": 377.5}, {"bid": 1.0}])
def test_a_message_without_price_or_time_is_no_tick(empty: dict[str, object]) -> None:
    assert read.tick("GLD", message(**empty), read.Market(), read.Facts(), RECEIVED) is None


def test_a_contract_is_read_with_all_its_fields() -> None:
    fields = row(bid=36.1, ask=36.4, lastPrice=36.2, volume=12.0, openInterest=340.0)
    fields |= {"impliedVolatility": 0.2312, "lastTradeDate": TRADED}
    option, problems = one(fields)
    assert not problems
    assert option == OptionQuote(
        "GLD260918C00350000",
        "C",
        Decimal(350),
        Decimal("36.1"),
        Decimal("36.4"),
        Decimal("36.2"),
        12,
        340,
        TRADED,
        option.vendor,
    )
    assert option.vendor.iv == 0.2312


def test_a_bid_of_nothing_stays_zero_and_a_missing_one_is_none() -> None:
    option, _ = one(row(bid=0, ask=-1.0, lastPrice=0, volume=math.nan, lastTradeDate=math.nan))
    assert (option.bid, option.ask, option.last) == (Decimal(0), None, None)
    assert (option.volume, option.last_trade, option.vendor.iv) == (None, None, None)


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        (row(contractSymbol=math.nan), "names no contract"),
        (row(contractSymbol=None, strike=None), "names no contract"),
        (row(contractSymbol="GLD-LEAP"), "not a listed contract's symbol"),
        (row(strike=math.nan), "has no strike"),
        (row(strike=0), "has no strike"),
        (row(strike=355), "another expiry, side or strike"),
        (row(right="P"), "another expiry, side or strike"),
        (row(contractSymbol="GLD260925C00350000"), "another expiry, side or strike"),
        (row(contractSymbol="GLD1260918C00350000"), "something else than 100 shares"),
        (row(contractSymbol="IAU260918C00350000"), "something else than 100 shares"),
        (row(contractSize="MINI"), "something else than 100 shares"),
    ],
)
def test_a_row_that_cannot_be_used_is_left_out_and_named(
    fields: dict[str, object], why: str
) -> None:
    option, problems = one(fields)
    assert option is None
    assert len(problems) == 1
    assert why in problems[0]
    assert problems[0].endswith(".")


def test_a_row_without_a_size_is_standard_and_so_are_an_index_s_weeklies() -> None:
    fields = row(contractSymbol="SPXW260918C00350000")
    del fields["contractSize"]
    option, problems = one(fields, "^SPX")
    assert (option.contract, problems) == ("SPXW260918C00350000", ())


def test_the_first_of_two_rows_of_one_contract_is_used() -> None:
    rows, problems = read.chain_rows("GLD", EXPIRY, [("C", row(bid=1)), ("C", row(bid=2))])
    assert [option.bid for option in rows] == [Decimal(1)]
    assert "listed twice" in problems[0]


anything = st.none() | st.floats() | st.integers() | st.text() | st.booleans() | st.just(TRADED)


@given(st.lists(st.dictionaries(st.sampled_from(ROW_FIELDS), anything)))
def test_no_row_breaks_the_chain_and_each_is_read_or_named(rows: list[dict[str, object]]) -> None:
    options, problems = read.chain_rows("GLD", EXPIRY, [("C", fields) for fields in rows])
    assert len(options) + len(problems) == len(rows)


@given(st.dictionaries(st.sampled_from(ROW_FIELDS[2:]), anything))
def test_a_contract_s_prices_are_finite_and_never_negative(fields: dict[str, object]) -> None:
    for option in read.chain_rows("GLD", EXPIRY, [("C", {**row(), **fields})])[0]:
        for price in (option.bid, option.ask, option.last):
            assert price is None or (price.is_finite() and price >= 0)


@pytest.mark.parametrize("symbol", ["GLD", "gld", " brk-b ", "^SPX", "GC=F", "SGLN.L", "BTC-USD"])
def test_symbols_are_written_as_yahoo_writes_them(symbol: str) -> None:
    assert faults.checked_symbol(symbol) == symbol.strip().upper()


@pytest.mark.parametrize("symbol", ["", " ", "../GLD", "GLD?x=1", "G LD", "A" * 40, "GLD/USD", "é"])
def test_what_cannot_be_a_symbol_is_never_asked_for(symbol: str) -> None:
    with pytest.raises(FeedError, match="check its spelling") as caught:
        faults.checked_symbol(symbol)
    assert caught.value.fault is FeedFault.UNKNOWN_SYMBOL


def test_an_isin_is_not_a_symbol() -> None:
    with pytest.raises(FeedError, match="looks like an ISIN"):
        faults.checked_symbol("US78463V1070")


DATA, CRUMB = "/v7/finance/options/GLD", "/v1/test/getcrumb"


@pytest.mark.parametrize(
    ("seen", "fault"),
    [
        ([], None),
        ([Exchange(DATA, 200)], None),
        ([Exchange(CRUMB, 401), Exchange(DATA, 200)], None),
        ([Exchange(DATA, 500), Exchange(DATA, 200)], None),
        ([Exchange(DATA, 429, limited=True)], FeedFault.RATE_LIMITED),
        ([Exchange(CRUMB, 200, limited=True), Exchange(DATA, 401)], FeedFault.RATE_LIMITED),
        ([Exchange(CRUMB, 429, limited=True), Exchange(DATA, 200)], None),
        ([Exchange(DATA, 401), Exchange(CRUMB, 200), Exchange(DATA, 401)], FeedFault.AUTH_STALE),
        ([Exchange(DATA, 403)], FeedFault.AUTH_STALE),
        ([Exchange(DATA, 404)], FeedFault.UNKNOWN_SYMBOL),
        ([Exchange(DATA, 503)], FeedFault.UNAVAILABLE),
        ([Exchange(DATA, 451)], FeedFault.UNAVAILABLE),
        ([Exchange(DATA, broken=FeedFault.TIMEOUT)], FeedFault.TIMEOUT),
        ([Exchange(DATA, broken=FeedFault.OFFLINE)], FeedFault.OFFLINE),
        ([Exchange(CRUMB, broken=FeedFault.OFFLINE)], FeedFault.OFFLINE),
    ],
)
def test_exchanges_tell_what_went_wrong(seen: list[Exchange], fault: FeedFault | None) -> None:
    error = faults.diagnosed("GLD", seen)
    assert (error and error.fault) == fault
    assert error is None or str(error).endswith(".")


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (b'{"optionChain": {"result": [], "error": null}}', FeedFault.UNKNOWN_SYMBOL),
        (b'{"optionChain": {"result": [{"expirationDates": []}]}}', FeedFault.NO_DATA),
        (b'{"finance": {}}', FeedFault.MALFORMED),
        (b"[1]", FeedFault.MALFORMED),
        (b"<html>", FeedFault.MALFORMED),
    ],
)
def test_an_answer_without_expiries_tells_why(body: bytes, fault: FeedFault) -> None:
    assert faults.no_expiries("GLD", body).fault is fault
