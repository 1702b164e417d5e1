"""The simulated market: the same from the same seed, and honest about what it is."""

import asyncio
import math
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.tapes import FakeTime
from vaultdesk.adapters.simulated import SimulatedFeed, path
from vaultdesk.adapters.simulated.exchange import Exchange, Timeline
from vaultdesk.core.calendar import Sessions, trading_date, weekday_sessions
from vaultdesk.core.loan.gold import ounces_per_share, premium
from vaultdesk.core.market import FeedState, Quality, Quote
from vaultdesk.ports import FeedError, FeedFault, InputError

NEW_YORK = ZoneInfo("America/New_York")
START = datetime(2026, 7, 10, 10, 0, tzinfo=NEW_YORK)
PROJECT = Path(__file__).resolve().parents[2]


def market(
    time: FakeTime | None = None,
    seed: int = 7,
    start: datetime = START,
    ticks_per_second: float = 1.0,
    speed: float = 1.0,
) -> SimulatedFeed:
    time = time or FakeTime()
    return SimulatedFeed(seed, start, ticks_per_second, speed, time.monotonic, time.sleep)


async def ticks(feed: SimulatedFeed, count: int, symbol: str = "GLD") -> list[Quote]:
    stream = feed.stream(symbol)
    return [await anext(stream) for _ in range(count)]


def new_york(year: int, month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=NEW_YORK)


# --- the spot


async def test_the_same_seed_gives_the_same_prices_at_any_pace() -> None:
    steady = await ticks(market(), 200)
    time = FakeTime()
    hurried = market(time)
    for index in (0, 3, 50, 51, 199):
        time.seconds = 1000.0 + index
        assert await hurried.quote("GLD") == steady[index]
    assert [q.last for q in await ticks(market(seed=8), 200)] != [q.last for q in steady]


async def test_it_opens_at_glds_level_and_moves_in_cents() -> None:
    quotes = await ticks(market(), 500)
    assert quotes[0].last == Decimal("377.01")
    assert quotes[0].at == START
    assert len({q.last for q in quotes}) > 5
    for q in quotes:
        assert q.bid is not None
        assert q.ask is not None
        assert q.last is not None
        assert q.bid <= q.last <= q.ask
        assert Decimal("0.01") <= q.ask - q.bid <= Decimal("0.02")
        assert q.last.as_tuple().exponent == -2


async def test_every_quote_says_that_it_is_simulated() -> None:
    for symbol in ("GLD", "XAUUSD", "GC=F"):
        q = await market().quote(symbol)
        assert (q.symbol, q.quality, q.source) == (
            symbol,
            Quality.SIMULATED,
            "simulated (seed 7)",
        )
        assert q.at == q.received == START


async def test_volume_grows_through_the_day_and_starts_anew() -> None:
    quotes = await ticks(market(start=new_york(2026, 7, 10, 9, 30), speed=600), 70)
    volumes = [q.volume or 0 for q in quotes]
    assert volumes[0] == 0
    assert all(a < b for a, b in pairwise(volumes[:39]))
    assert volumes[39] == 0
    assert 2_000_000 < volumes[38] < 40_000_000


def test_the_jump_diffusion_has_the_volatility_it_promises() -> None:
    feed = market(speed=60)
    levels = [math.log(feed._path.at(n).last) for n in range(60_000)]
    days = np.diff(np.array(levels[::390]))
    expected = path.DIFFUSION**2 + path.JUMPS_PER_YEAR * (
        path.JUMP_MEAN**2 + path.JUMP_DEVIATION**2
    )
    assert days.std() * math.sqrt(252) == pytest.approx(math.sqrt(expected), rel=0.15)
    assert abs(days.mean()) < 3 * days.std() / math.sqrt(len(days))


def test_jumps_do_not_give_the_price_a_drift() -> None:
    mean_jump = math.exp(path.JUMP_MEAN + path.JUMP_DEVIATION**2 / 2) - 1
    growth = path.drift_a_second() + path.VARIANCE_A_SECOND / 2 + path.JUMPS_A_SECOND * mean_jump
    assert growth == pytest.approx(0, abs=1e-18)


async def test_an_ounce_costs_what_the_share_implies_but_for_a_small_premium() -> None:
    feed = market()
    share, ounce = await feed.quote("GLD"), await feed.quote("XAUUSD")
    ounces = ounces_per_share("GLD", share.at)
    assert ounces is not None
    assert share.price is not None
    assert ounce.price is not None
    assert float(premium(share.price, ounces, ounce.price)) == pytest.approx(0.0002, abs=1e-5)
    assert ounce.bid is not None
    assert ounce.bid < ounce.price


# --- the clock


def test_time_passes_only_while_new_york_trades() -> None:
    time = FakeTime()
    feed = market(time, start=new_york(2026, 7, 10, 15, 59))
    time.seconds += 59.5
    assert feed.clock.now() == new_york(2026, 7, 10, 15, 59) + timedelta(seconds=59.5)
    time.seconds += 0.5
    assert feed.clock.now() == new_york(2026, 7, 13, 9, 30)
    time.seconds += 6.5 * 3600
    assert feed.clock.now() == new_york(2026, 7, 14, 9, 30)


@given(
    start=st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    passed=st.lists(st.floats(0, 5e6), min_size=1, max_size=5),
)
def test_the_simulated_time_is_always_within_a_session_and_never_goes_back(
    start: datetime, passed: list[float]
) -> None:
    timeline = Timeline(start, Exchange())
    moments = [timeline.at(seconds) for seconds in sorted(passed)]
    assert moments == sorted(moments)
    for moment in moments:
        local = moment.astimezone(NEW_YORK)
        assert local.weekday() < 5
        assert (9, 30) <= (local.hour, local.minute) < (16, 0)
    assert timeline.start >= start


@pytest.mark.parametrize(
    ("now", "start"),
    [
        (new_york(2026, 7, 10, 11, 17), new_york(2026, 7, 10, 11, 17)),
        (new_york(2026, 7, 10, 16, 0), new_york(2026, 7, 10, 10)),
        (new_york(2026, 7, 10, 9, 29), new_york(2026, 7, 9, 10)),
        (new_york(2026, 7, 12, 12), new_york(2026, 7, 10, 10)),
        (new_york(2026, 1, 1, 0, 30), new_york(2025, 12, 31, 10)),
    ],
)
def test_without_a_start_it_is_now_or_ten_oclock_of_the_latest_session(
    now: datetime, start: datetime
) -> None:
    assert SimulatedFeed(wall=lambda: now).clock.now().replace(microsecond=0) == start


def test_a_start_out_of_session_waits_for_the_open() -> None:
    assert market(start=new_york(2026, 7, 11, 12)).clock.now() == new_york(2026, 7, 13, 9, 30)
    assert market(start=new_york(2026, 7, 10, 16)).clock.now() == new_york(2026, 7, 13, 9, 30)


@pytest.mark.parametrize(
    "start",
    [datetime(2026, 7, 10, 10), START.replace(year=9999), START.replace(year=1901)],  # noqa: DTZ001
)
def test_a_start_without_a_zone_or_beyond_the_calendar_is_refused(start: datetime) -> None:
    with pytest.raises(InputError, match="simulated start"):
        market(start=start)


@pytest.mark.parametrize("pace", [0.0, -1.0, float("nan"), float("inf")])
def test_a_pace_that_is_none_is_refused(pace: float) -> None:
    with pytest.raises(InputError, match="more than zero"):
        market(ticks_per_second=pace)
    with pytest.raises(InputError, match="more than zero"):
        market(speed=pace)


@pytest.mark.parametrize("seed", [-1, 0, 2**70])
async def test_any_whole_number_is_a_seed(seed: int) -> None:
    feed = market(seed=seed)
    assert (await feed.quote("GLD")).source == f"simulated (seed {seed})"
    assert (await feed.chain("GLD", date(2026, 8, 21))).rows


def holidays(start: date, end: date) -> Sessions:
    """Weekdays but 2026-07-03, and 2026-11-27 ends at 13:00."""
    known = weekday_sessions(start, end)
    spans = zip(known.opens, known.closes, strict=True)
    kept = [span for span in spans if trading_date(span[0]) != date(2026, 7, 3)]
    short = new_york(2026, 11, 27, 13).astimezone(UTC)
    closes = (short if trading_date(span[0]) == short.date() else span[1] for span in kept)
    return Sessions(tuple(span[0] for span in kept), tuple(closes))


async def test_holidays_and_half_days_are_kept_where_the_sessions_know_them() -> None:
    time = FakeTime()
    eve = new_york(2026, 7, 2, 15, 59)
    feed = SimulatedFeed(7, eve, 1, 1, time.monotonic, time.sleep, sessions=holidays)
    assert date(2026, 7, 2) in await feed.expirations("GLD")
    assert date(2026, 7, 3) not in await feed.expirations("GLD")
    time.seconds += 60
    assert feed.clock.now() == new_york(2026, 7, 6, 9, 30)
    half = new_york(2026, 11, 27, 12, 59)
    feed = SimulatedFeed(7, half, 1, 1, time.monotonic, time.sleep, sessions=holidays)
    time.seconds += 60
    assert feed.clock.now() == new_york(2026, 11, 30, 9, 30)


# --- from day to day


async def test_a_night_brings_a_gap_and_the_close_becomes_the_previous_one() -> None:
    before, *_, last, first = await ticks(market(start=new_york(2026, 7, 10, 15, 59)), 61)
    assert trading_date(last.at) == date(2026, 7, 10)
    assert trading_date(first.at) == date(2026, 7, 13)
    assert first.previous_close == last.last
    assert before.previous_close != last.last
    assert first.last is not None
    assert last.last is not None
    assert abs(first.last / last.last - 1) > Decimal("0.0005")


@pytest.mark.parametrize("hour", [(9, 30), (9, 45), (10, 0), (10, 30), (15, 59)])
async def test_the_first_days_previous_close_lies_on_the_past(hour: tuple[int, int]) -> None:
    feed = market(start=START.replace(hour=hour[0], minute=hour[1]))
    previous = (await feed.quote("GLD")).previous_close
    close = new_york(2026, 7, 9, 16)
    assert dict(feed.past_closes(72))[close.astimezone(UTC)] == previous
    assert previous != Decimal("377.01")


def test_the_past_is_hourly_and_ends_at_the_price_it_starts_from() -> None:
    past = market().past_closes(24 * 90)
    assert len(past) == 24 * 90
    assert past[-1] == (START.astimezone(UTC), Decimal("377.01"))
    assert {b[0] - a[0] for a, b in pairwise(past)} == {timedelta(hours=1)}
    assert all(price > 0 for _, price in past)


def test_the_past_stands_still_while_nothing_trades() -> None:
    for (early, a), (late, b) in pairwise(market().past_closes(24 * 30)):
        local = late.astimezone(NEW_YORK)
        if local.weekday() > 4 or not 10 <= local.hour <= 16:
            assert a == b, (early, late)


def test_asking_for_more_of_the_past_changes_none_of_it() -> None:
    feed = market()
    assert feed.past_closes(24 * 90)[-100:] == feed.past_closes(100)
    assert market(seed=8).past_closes(100) != feed.past_closes(100)
    assert feed.past_closes(0) == feed.past_closes(-5) == ()


def test_the_past_is_about_as_volatile_as_the_future() -> None:
    years = [market(seed=seed).past_closes(24 * 365) for seed in range(6)]
    moves = [np.diff(np.log([float(p) for _, p in past])) for past in years]
    a_year = math.sqrt(float(np.mean([np.sum(move**2) for move in moves])))
    assert a_year == pytest.approx(0.225, rel=0.15)


# --- the stream


@pytest.mark.parametrize("rate", [0.2, 1.0, 20.0])
async def test_ticks_come_at_their_rate_without_drift(rate: float) -> None:
    time = FakeTime()
    stream = market(time, ticks_per_second=rate).stream("GLD")
    for number in range(200):
        quote = await anext(stream)
        assert time.seconds - 1000 == pytest.approx(number / rate, abs=1e-3)
        assert quote.at == START + timedelta(seconds=number / rate)


async def test_a_short_delay_loses_no_tick_and_a_long_one_is_not_made_up_for() -> None:
    time = FakeTime()
    feed = market(time, ticks_per_second=20)
    stream = feed.stream("GLD")
    await anext(stream)
    time.seconds += 1
    late = [await anext(stream) for _ in range(20)]
    assert [q.at for q in late] == [START + timedelta(seconds=n / 20) for n in range(1, 21)]
    time.seconds += 3600
    assert (await anext(stream)).at == START + timedelta(seconds=3601)


async def test_a_late_stream_leaves_the_loop_its_turns() -> None:
    time = FakeTime()
    stream = market(time, ticks_per_second=20).stream("GLD")
    await anext(stream)
    time.seconds += 2
    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    counting = asyncio.ensure_future(count())
    for _ in range(40):
        await anext(stream)
    counting.cancel()
    assert turns >= 40


async def test_the_quote_and_two_streams_agree() -> None:
    feed = market()
    one, other = feed.stream("GLD"), feed.stream("GLD")
    for _ in range(20):
        assert await anext(one) == await feed.quote("GLD") == await anext(other)


async def test_closing_ends_a_stream_that_waits() -> None:
    feed = SimulatedFeed(start=START, ticks_per_second=0.001)
    stream = feed.stream("GLD")
    await anext(stream)
    waiting = asyncio.ensure_future(anext(stream, None))
    await asyncio.sleep(0)
    await feed.close()
    assert await asyncio.wait_for(waiting, 5) is None
    assert feed.status().state is FeedState.OFFLINE


async def test_an_unknown_symbol_is_answered_with_what_is_listed() -> None:
    feed = market()
    for call in (feed.quote("SPY"), feed.expirations("SPY"), feed.chain("SPY", date(2026, 8, 21))):
        with pytest.raises(FeedError, match="does not list SPY; it lists GLD") as unknown:
            await call
        assert unknown.value.fault is FeedFault.UNKNOWN_SYMBOL
    with pytest.raises(FeedError, match="options on GLD only") as refused:
        await feed.expirations("XAUUSD")
    assert refused.value.fault is FeedFault.NO_DATA


def test_the_status_says_that_no_price_is_real() -> None:
    status = market().status()
    assert status.state is FeedState.STREAMING
    assert "seed 7" in status.sentence
    assert "no price is real" in status.sentence


def test_nothing_heavy_is_imported_before_the_first_chain() -> None:
    program = (
        "import sys, asyncio\n"
        "from vaultdesk.adapters.simulated import SimulatedFeed\n"
        "feed = SimulatedFeed(); asyncio.run(feed.quote('GLD')); feed.past_closes(100)\n"
        "print([m for m in ('scipy', 'pandas', 'exchange_calendars') if m in sys.modules])\n"
    )
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
