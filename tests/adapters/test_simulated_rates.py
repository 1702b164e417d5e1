"""Simulated exchange rates and daily closes: the same from the same seed, and consistent."""

import math
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fakes.tapes import FakeTime
from vaultdesk.adapters.simulated import SimulatedFeed
from vaultdesk.adapters.simulated.listing import DOLLARS_FOR
from vaultdesk.core.calendar import new_york_sessions, trading_date
from vaultdesk.core.market import Quality
from vaultdesk.ports import FeedError, FeedFault

NEW_YORK = ZoneInfo("America/New_York")
START = datetime(2026, 7, 10, 10, 0, tzinfo=NEW_YORK)  # a Friday
SESSION_S = 6.5 * 3600
EVERY = ("GLD", "XAUUSD", "EURUSD", "USDCHF", "EURCHF")


def market(time: FakeTime | None = None, seed: int = 7, start: datetime = START) -> SimulatedFeed:
    time = time or FakeTime()
    return SimulatedFeed(seed, start, 1.0, 1.0, time.monotonic, time.sleep)


@pytest.mark.parametrize("symbol", ["EURUSD", "GBPUSD", "CHFUSD", "USDCHF", "USDJPY", "EURCHF"])
async def test_a_pair_is_quoted_in_its_second_currency_and_says_that_it_is_simulated(
    symbol: str,
) -> None:
    quote = await market().quote(symbol)
    assert (quote.symbol, quote.currency, quote.quality) == (
        symbol,
        symbol[3:],
        Quality.SIMULATED,
    )
    assert quote.bid is not None
    assert quote.ask is not None
    assert quote.last is not None
    assert quote.bid < quote.last < quote.ask
    expected = DOLLARS_FOR[symbol[:3]] / DOLLARS_FOR[symbol[3:]]
    assert math.isclose(float(quote.last), expected, rel_tol=1e-5)
    assert quote.at == START


async def test_the_same_seed_gives_the_same_rates_at_any_pace_and_another_seed_others() -> None:
    time = FakeTime()
    steady = market(time)
    seen = []
    for second in range(0, 3600, 60):
        time.seconds = 1000.0 + second
        seen.append(await steady.quote("EURUSD"))
    time = FakeTime()
    hurried = market(time)
    time.seconds = 1000.0 + 3540
    assert await hurried.quote("EURUSD") == seen[-1]
    assert len({quote.last for quote in seen}) > 20
    time = FakeTime()
    other = market(time, seed=8)
    time.seconds = 1000.0 + 3540
    assert (await other.quote("EURUSD")).last != seen[-1].last


async def test_rates_agree_with_each_other_at_every_moment() -> None:
    time = FakeTime()
    feed = market(time)
    for hours in (0, 1, 30):
        time.seconds = 1000.0 + 3600 * hours
        rate = {s: float((await feed.quote(s)).last or 0) for s in (*EVERY, "USDEUR")}
        assert math.isclose(rate["EURUSD"] * rate["USDCHF"], rate["EURCHF"], rel_tol=1e-5)
        assert math.isclose(rate["EURUSD"] * rate["USDEUR"], 1, rel_tol=1e-5)


async def test_a_pair_moves_about_a_third_as_much_as_gold_and_by_itself() -> None:
    feed = market()
    moves = {}
    for symbol in ("GLD", "EURUSD", "GBPUSD"):
        closes = await feed.closes(symbol, date(2016, 1, 1))
        moves[symbol] = [math.log(b.close / a.close) for a, b in pairwise(closes)]
    sigma = {s: math.sqrt(sum(m * m for m in of) / len(of)) for s, of in moves.items()}
    assert 0.3 < sigma["EURUSD"] / sigma["GLD"] < 0.4
    together = sum(a * b for a, b in zip(moves["EURUSD"], moves["GBPUSD"], strict=True))
    assert abs(together / len(moves["EURUSD"])) < 0.1 * sigma["EURUSD"] * sigma["GBPUSD"]


async def test_a_pair_streams() -> None:
    stream = market().stream("EURUSD")
    quotes = [await anext(stream) for _ in range(3)]
    assert [quote.at - START for quote in quotes] == [timedelta(seconds=i) for i in range(3)]


async def test_a_currency_that_is_not_simulated_is_unknown() -> None:
    for symbol in ("EURTRY", "XAUEUR", "EURUS"):
        with pytest.raises(FeedError, match="currencies such as EURUSD") as caught:
            await market().quote(symbol)
        assert caught.value.fault is FeedFault.UNKNOWN_SYMBOL
    with pytest.raises(FeedError, match="options on GLD only"):
        await market().expirations("EURUSD")


# --- daily closes


@pytest.mark.parametrize("symbol", EVERY)
async def test_closes_go_from_the_day_asked_for_to_the_last_one_that_is_over(symbol: str) -> None:
    time = FakeTime()
    feed = market(time)
    time.seconds = 1000.0 + 2 * SESSION_S  # two sessions on: Tuesday morning
    closes = await feed.closes(symbol, date(2026, 7, 1))
    assert [close.day.isoformat()[5:] for close in closes] == [
        *("07-01", "07-02", "07-03", "07-06", "07-07", "07-08", "07-09"),
        *("07-10", "07-13"),
    ]
    assert all(close.close > 0 for close in closes)


@pytest.mark.parametrize("symbol", ["GLD", "EURUSD", "USDCHF", "EURCHF"])
async def test_the_last_close_is_the_quote_s_previous_one(symbol: str) -> None:
    time = FakeTime()
    feed = market(time)
    for sessions in (0, 1, 3.5):
        time.seconds = 1000.0 + sessions * SESSION_S
        closes = await feed.closes(symbol, date(2026, 7, 1))
        assert closes[-1].close == (await feed.quote(symbol)).previous_close


async def test_an_ounce_s_close_is_its_previous_one_but_for_a_day_s_fee() -> None:
    feed = market()
    close = (await feed.closes("XAUUSD", date(2026, 7, 9)))[-1].close
    before = (await feed.quote("XAUUSD")).previous_close
    assert before is not None
    assert abs(before - close) < Decimal("0.10")


async def test_closes_are_the_hourly_past_s_prices_at_the_close() -> None:
    feed = market()
    past = dict(feed.past_closes(24 * 60))
    for close in await feed.closes("GLD", date(2026, 6, 1)):
        at = datetime.combine(close.day, datetime.min.time().replace(hour=16), NEW_YORK)
        assert past[at] == close.close


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**31), st.integers(0, 900), st.sampled_from(EVERY))
async def test_asking_for_more_days_changes_none_of_the_later_ones(
    seed: int, days: int, symbol: str
) -> None:
    feed = market(seed=seed)
    short = await feed.closes(symbol, date(2026, 7, 1))
    start = date(2026, 7, 1) - timedelta(days)
    longer = await feed.closes(symbol, start)
    assert longer[-len(short) :] == short
    assert [c.day for c in longer] == sorted({c.day for c in longer})
    assert longer[0].day - start <= timedelta(days=3)


async def test_from_a_day_to_come_there_are_none() -> None:
    assert await market().closes("GLD", date(2026, 7, 10)) == ()
    assert await market().closes("EURUSD", date(2027, 1, 1)) == ()


async def test_on_the_exchange_s_own_calendar_holidays_have_no_close() -> None:
    time = FakeTime()
    feed = SimulatedFeed(7, START, 1.0, 1.0, time.monotonic, time.sleep, sessions=new_york_sessions)
    days = [close.day for close in await feed.closes("GLD", date(2025, 11, 26))]
    assert date(2025, 11, 27) not in days  # Thanksgiving
    assert date(2025, 11, 28) in days  # closes at one
    assert trading_date(START) not in days
