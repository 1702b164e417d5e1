"""Daily closes through the real client from a fake Yahoo, and what is no close."""

import json
import math
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.feed import ManualClock
from tests.fakes.yahoo import FakeYahoo, Fault
from tests.fakes.yahoo_asking import CHART, failure
from tests.fakes.yahoo_market import SHARED, Market
from vaultdesk.adapters.yahoo import YahooFeed, closes
from vaultdesk.core.market import DailyClose
from vaultdesk.ports import FeedError, FeedFault

pytest_plugins = ["tests.fakes.yahoo_fixtures"]

HTTP = SHARED / "yahoo" / "http"
NEW_YORK, LONDON = ZoneInfo("America/New_York"), ZoneInfo("Europe/London")
NOON = datetime(2024, 7, 10, 16, tzinfo=UTC)  # a Wednesday, in session
MONDAY, TUESDAY, WEDNESDAY = (date(2024, 7, day) for day in (8, 9, 10))


def opens(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 9, 30, tzinfo=NEW_YORK)


def daily(*bars: tuple[date, float | None], at: datetime = NOON) -> Market:
    return Market("GLD", at=at, daily=[(opens(day), close) for day, close in bars])


def serve(fake_yahoo: FakeYahoo, feed: YahooFeed, market: Market) -> None:
    """This market, at its own time, which the feed's clock then shows."""
    fake_yahoo.markets[market.symbol] = market
    assert market.at is not None
    feed.clock = ManualClock(market.at)


async def test_raw_closes_come_by_day_for_one_request(
    fake_yahoo: FakeYahoo, yahoo_feed: YahooFeed
) -> None:
    bars = (date(2024, 7, 5), 221.0), (MONDAY, 218.3000030517578), (TUESDAY, 218.82)
    serve(fake_yahoo, yahoo_feed, daily(*bars))
    await yahoo_feed.quote("GLD")
    fake_yahoo.paths.clear()
    assert await yahoo_feed.closes("gld", MONDAY) == (
        DailyClose(MONDAY, Decimal("218.3")),
        DailyClose(TUESDAY, Decimal("218.82")),
    )
    assert fake_yahoo.paths == {CHART: 1}
    assert "Left out" not in yahoo_feed.status().sentence


@pytest.mark.parametrize(("hour", "last"), [(12, TUESDAY), (15, TUESDAY), (16, WEDNESDAY)])
async def test_the_price_of_a_day_that_still_trades_is_no_close(
    fake_yahoo: FakeYahoo, yahoo_feed: YahooFeed, hour: int, last: date
) -> None:
    now = datetime(2024, 7, 10, hour, tzinfo=NEW_YORK).astimezone(UTC)
    serve(fake_yahoo, yahoo_feed, daily((TUESDAY, 218.82), (WEDNESDAY, 219.5), at=now))
    assert (await yahoo_feed.closes("GLD", MONDAY))[-1].day == last


async def test_days_without_a_price_are_left_out_and_the_status_says_which(
    fake_yahoo: FakeYahoo, yahoo_feed: YahooFeed
) -> None:
    bars = (date(2024, 7, 3), None), (date(2024, 7, 5), 0.0), (MONDAY, 218.3), (TUESDAY, None)
    serve(fake_yahoo, yahoo_feed, daily(*bars))
    assert await yahoo_feed.closes("GLD", date(2024, 7, 1)) == (
        DailyClose(MONDAY, Decimal("218.3")),
    )
    assert yahoo_feed.status().sentence.endswith(
        "Left out of the daily closes of GLD: 2024-07-03 has no close and 2 more."
    )
    await yahoo_feed.closes("GLD", MONDAY)
    assert "2024-07-09 has no close." in yahoo_feed.status().sentence


async def test_a_pair_s_days_are_london_s_and_its_first_one_is_there_in_summer(
    fake_yahoo: FakeYahoo, yahoo_feed: YahooFeed
) -> None:
    days = [datetime(2024, 7, day, tzinfo=LONDON) for day in (5, 8, 9)]
    market = Market("EURUSD=X", at=NOON, daily=[(day, 1.08 + day.day / 1000) for day in days])
    serve(fake_yahoo, yahoo_feed, market)
    market.zone = "Europe/London"
    assert [close.day for close in await yahoo_feed.closes("EURUSD", MONDAY)] == [MONDAY, TUESDAY]


async def test_where_no_day_is_over_since_there_are_no_closes(
    fake_yahoo: FakeYahoo, yahoo_feed: YahooFeed
) -> None:
    serve(fake_yahoo, yahoo_feed, daily((MONDAY, 218.3)))
    assert await yahoo_feed.closes("GLD", TUESDAY) == ()
    serve(fake_yahoo, yahoo_feed, daily())
    assert await yahoo_feed.closes("GLD", TUESDAY) == ()
    fake_yahoo.paths.clear()
    assert await yahoo_feed.closes("GLD", WEDNESDAY + timedelta(days=1)) == ()
    assert not fake_yahoo.paths


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (Fault.RATE_LIMITED, FeedFault.RATE_LIMITED),
        (Fault.ERROR, FeedFault.UNAVAILABLE),
        (Fault.REFUSED, FeedFault.AUTH_STALE),
        (Fault.DROPPED, FeedFault.OFFLINE),
        (Fault.CUT_OFF, FeedFault.OFFLINE),
        (Fault.TRUNCATED, FeedFault.MALFORMED),
        (Fault.WEB_PAGE, FeedFault.MALFORMED),
        (Fault.OTHER_SHAPE, FeedFault.MALFORMED),
    ],
)
async def test_what_goes_wrong_is_told_as_it_is_for_a_quote(
    fake_yahoo: FakeYahoo, yahoo_feed: YahooFeed, fault: Fault, told: FeedFault
) -> None:
    serve(fake_yahoo, yahoo_feed, daily((MONDAY, 218.3)))
    fake_yahoo.faults = {fault}
    assert (await failure(yahoo_feed.closes("GLD", MONDAY))).fault is told


async def test_an_unknown_symbol_is_told(yahoo_feed: YahooFeed) -> None:
    error = await failure(yahoo_feed.closes("NOSUCH", MONDAY))
    assert error.fault is FeedFault.UNKNOWN_SYMBOL


async def test_after_a_rate_limit_closes_wait_like_everything_else(
    fake_yahoo: FakeYahoo, yahoo_feed: YahooFeed
) -> None:
    serve(fake_yahoo, yahoo_feed, daily((MONDAY, 218.3)))
    fake_yahoo.faults = {Fault.RATE_LIMITED}
    await failure(yahoo_feed.quote("GLD"))
    fake_yahoo.faults.clear()
    fake_yahoo.paths.clear()
    error = await failure(yahoo_feed.closes("GLD", MONDAY))
    assert error.fault is FeedFault.RATE_LIMITED
    assert error.retry_at is not None
    assert not fake_yahoo.paths


@pytest.mark.recorded
@pytest.mark.skipif(not HTTP.exists(), reason="no recorded answers of Yahoo beside the project")
@pytest.mark.parametrize(
    ("symbol", "name", "count", "first"),
    [
        ("QQQ", "chart-QQQ-2020-01-01-to-2020-01-03", 1, (date(2020, 1, 2), "216.16")),
        ("GC=F", "chart-GC=F-2020-01-01-to-2020-01-03", 1, (date(2020, 1, 2), "1524.5")),
        # in shares of 2025: split 4 to 1 and 10 to 1 since, not adjusted for dividends
        (
            "NVDA",
            "historical-via-chart-NVDA-split-2021-02-01-to-2022-01-31.csv",
            252,
            (date(2021, 2, 1), "13.237"),
        ),
    ],
)
async def test_recorded_daily_bars_are_read_raw(
    fake_yahoo: FakeYahoo,
    yahoo_feed: YahooFeed,
    symbol: str,
    name: str,
    count: int,
    first: tuple[date, str],
) -> None:
    recorded = json.loads((HTTP / f"{name}.json").read_text(encoding="utf-8"))
    fake_yahoo.canned[symbol] = json.dumps(recorded["response"]["bodyJson"])
    found = await yahoo_feed.closes(symbol, date(2020, 1, 1))
    assert len(found) == count
    assert (found[0].day, found[0].close) == (first[0], Decimal(first[1]))


# --- the bars, read

META = {"symbol": "GLD", "currentTradingPeriod": {"regular": {"end": NOON - timedelta(hours=1)}}}


def read(*bars: tuple[date, float]) -> tuple[tuple[DailyClose, ...], tuple[str, ...]]:
    return closes.read("GLD", bars, META, MONDAY, NOON)


def test_a_day_listed_twice_counts_once() -> None:
    found, problems = read((MONDAY, 1.5), (MONDAY, 1.6))
    assert found == (DailyClose(MONDAY, Decimal("1.5")),)
    assert problems == ("2024-07-08 is listed twice; the first row is used.",)


def test_a_wide_price_keeps_its_digits_and_a_narrow_one_loses_its_noise() -> None:
    found, _ = read((MONDAY, 102345.678), (TUESDAY, 400.6400146484375))
    assert [close.close for close in found] == [Decimal("102345.678"), Decimal("400.64")]


def test_without_the_exchange_s_hours_today_is_no_close() -> None:
    bars = [(TUESDAY, 1.5), (WEDNESDAY, 1.6)]
    for meta in ({"symbol": "GLD"}, {"symbol": "GLD", "currentTradingPeriod": {"regular": {}}}):
        found, _ = closes.read("GLD", bars, meta, MONDAY, NOON)
        assert [close.day for close in found] == [TUESDAY]


def test_a_chart_without_its_symbol_is_malformed() -> None:
    with pytest.raises(FeedError) as caught:
        closes.read("GLD", [], {}, MONDAY, NOON)
    assert caught.value.fault is FeedFault.MALFORMED


bars = st.lists(st.tuples(st.dates(date(2024, 7, 1), WEDNESDAY), st.floats()), max_size=30)


@given(bars)
def test_whatever_the_bars_closes_are_positive_ascending_and_no_day_is_lost(
    given_bars: list[tuple[date, float]],
) -> None:
    found, problems = read(*given_bars)
    days = [close.day for close in found]
    assert days == sorted(set(days))
    assert all(close.close > 0 and close.close.is_finite() for close in found)
    asked = [bar for bar in given_bars if bar[0] >= MONDAY]
    assert len(found) + len(problems) == len(asked)
    for day, value in asked:
        if 0.01 < value < 1e6:
            assert day in days
    for close in found:
        assert any(
            math.isclose(float(close.close), value, rel_tol=1e-6, abs_tol=1e-6)
            for day, value in asked
            if day == close.day
        )
