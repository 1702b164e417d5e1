"""Recordings are replayed at their own pace, and nothing is known before its time."""

import asyncio
import contextlib
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tests.fakes.tapes import (
    EXPIRY,
    HEADER,
    FakeTime,
    at,
    chain_line,
    expirations_line,
    quote_line,
    row,
    write_tape,
)
from vaultdesk.adapters.recorded.replay import RecordedFeed, ReplayClock
from vaultdesk.core.market import FeedState
from vaultdesk.ports import FeedError, FeedFault, InputError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "evening.market.jsonl.gz"


def replayed(path: Path, time: FakeTime, speed: float = 1.0) -> RecordedFeed:
    return RecordedFeed(path, speed, monotonic=time.monotonic, sleep=time.sleep)


def test_the_clock_runs_at_the_chosen_speed_and_stops_at_the_end() -> None:
    time = FakeTime()
    clock = ReplayClock(at(0), at(60), 10, time.monotonic)
    assert clock.now() == at(0)
    time.seconds += 3
    assert (clock.now(), clock.ended) == (at(30), False)
    time.seconds += 4
    assert (clock.now(), clock.ended) == (at(60), True)
    time.seconds += 1000
    assert (clock.now(), clock.ended) == (at(60), True)


def test_a_monotonic_clock_that_jumps_back_does_not_turn_the_tape() -> None:
    time = FakeTime()
    clock = ReplayClock(at(0), at(60), 10, time.monotonic)
    time.seconds -= 100
    assert clock.now() == at(0)


async def test_each_quote_comes_when_its_time_has_come_and_then_it_ends(path: Path) -> None:
    time = FakeTime()
    write_tape(path, *[quote_line(s, last=str(300 + s)) for s in (0, 10, 10, 25)])
    feed = replayed(path, time, speed=5)
    stream = feed.stream("GLD")
    came = [((await anext(stream)).last, time.seconds - 1000) for _ in range(4)]
    assert came == [
        (Decimal(last), s) for last, s in ((300, 0.0), (310, 2.0), (310, 2.0), (325, 5.0))
    ]
    with pytest.raises(FeedError, match=r"ended at 2026-03-03 12:00 EST") as ended:
        await anext(stream)
    assert ended.value.fault is FeedFault.ENDED
    assert feed.status().state is FeedState.ENDED
    assert feed.at_end()


async def test_a_stream_opened_later_starts_with_the_newest_quote(path: Path) -> None:
    time = FakeTime()
    write_tape(path, *[quote_line(s, last=str(300 + s)) for s in (0, 10, 20)])
    feed = replayed(path, time)
    time.seconds += 15
    assert [(await anext(s)).last for s in [feed.stream("GLD")]] == [Decimal(310)]


async def test_a_pause_of_weeks_is_waited_for_in_pieces(path: Path) -> None:
    naps: list[float] = []
    time = FakeTime()

    async def sleep(seconds: float) -> None:
        naps.append(seconds)
        await time.sleep(seconds)

    write_tape(path, quote_line(), quote_line(40 * 86_400, last="351"))
    feed = RecordedFeed(path, monotonic=time.monotonic, sleep=sleep)
    with contextlib.suppress(FeedError):
        assert [q.last async for q in feed.stream("GLD")][-1] == Decimal(351)
    assert max(naps) <= 3600
    assert sum(naps) == pytest.approx(40 * 86_400)


async def test_only_what_was_recorded_by_then_is_known(path: Path) -> None:
    time = FakeTime()
    write_tape(
        path,
        quote_line(symbol="SPY"),
        quote_line(10, last="340"),
        expirations_line(20, "2026-04-17", "2026-03-20"),
        chain_line(30, [row(bid="1")]),
        chain_line(40, [row(bid="2")]),
        quote_line(50, last="345"),
    )
    feed = replayed(path, time)
    for call in (feed.quote("GLD"), feed.expirations("GLD"), feed.chain("GLD", EXPIRY)):
        with pytest.raises(FeedError, match="yet; the first comes at") as refused:
            await call
        assert refused.value.fault is FeedFault.NO_DATA
    time.seconds += 35
    assert (await feed.quote("GLD")).last == 340
    assert await feed.expirations("GLD") == (date(2026, 3, 20), EXPIRY)
    early = await feed.chain("GLD", EXPIRY)
    assert (early.rows[0].bid, early.spot) == (Decimal(1), Decimal(340))
    time.seconds += 100
    late = await feed.chain("GLD", EXPIRY)
    assert (late.rows[0].bid, late.spot) == (Decimal(2), Decimal(340))
    assert (await feed.quote("GLD")).last == 345


async def test_a_symbol_that_is_not_there_is_answered_with_those_that_are(path: Path) -> None:
    feed = RecordedFeed(write_tape(path, quote_line(), quote_line(symbol="SPY")))
    assert feed.symbols == ("GLD", "SPY")
    for call in (
        feed.quote("SLV"),
        feed.expirations("SLV"),
        feed.chain("SLV", EXPIRY),
        feed.closes("SLV", date(2026, 1, 2)),
    ):
        with pytest.raises(FeedError, match="has no SLV; it has GLD, SPY") as refused:
            await call
        assert refused.value.fault is FeedFault.UNKNOWN_SYMBOL
    with pytest.raises(FeedError, match="has no SLV"):
        await anext(feed.stream("SLV"))


async def test_a_recording_has_no_daily_closes_and_says_so(path: Path) -> None:
    feed = RecordedFeed(write_tape(path, quote_line()))
    with pytest.raises(FeedError, match="no daily closes, so there are none of GLD") as none:
        await feed.closes("GLD", date(2026, 1, 2))
    assert none.value.fault is FeedFault.NO_DATA


async def test_without_a_list_of_expiries_the_chains_so_far_make_one(path: Path) -> None:
    time = FakeTime()
    write_tape(path, chain_line(0, expiry="2026-05-15"), chain_line(5, expiry="2026-04-17"))
    feed = replayed(path, time)
    assert await feed.expirations("GLD") == (date(2026, 5, 15),)
    time.seconds += 5
    assert await feed.expirations("GLD") == (EXPIRY, date(2026, 5, 15))
    with pytest.raises(FeedError, match="has no quote for GLD"):
        await feed.quote("GLD")


async def test_an_expiry_that_was_not_recorded_is_said_so(path: Path) -> None:
    feed = RecordedFeed(write_tape(path, quote_line(), chain_line()))
    with pytest.raises(FeedError, match="has no chain of 2030-01-18 for GLD") as refused:
        await feed.chain("GLD", date(2030, 1, 18))
    assert refused.value.fault is FeedFault.NO_DATA


async def test_opened_at_its_end_the_newest_of_all_is_there_at_once(path: Path) -> None:
    write_tape(path, quote_line(), chain_line(), quote_line(1000, last="333"))
    feed = RecordedFeed(path, position="end")
    assert (await feed.quote("GLD")).last == 333
    assert feed.clock.now() == at(1000)
    assert feed.at_end()


async def test_while_it_plays_the_status_says_how_fast(path: Path) -> None:
    feed = replayed(write_tape(path, quote_line(), quote_line(60)), FakeTime(), speed=2.5)
    assert feed.status().state is FeedState.STREAMING
    assert "2.5 times" in feed.status().sentence


@pytest.mark.parametrize("timezone", ["Mars/Olympus", "../../etc/passwd", "America", "", None, 3])
def test_an_unknown_time_zone_is_told_in_utc(path: Path, timezone: object) -> None:
    feed = RecordedFeed(write_tape(path, quote_line(), header={**HEADER, "timezone": timezone}))
    assert feed.status().sentence == "The recording ended at 2026-03-03 17:00 UTC."


@pytest.mark.parametrize("speed", [0.0, -1.0, float("nan"), float("inf")])
def test_a_speed_that_is_none_is_refused(path: Path, speed: float) -> None:
    with pytest.raises(InputError, match="more than zero"):
        RecordedFeed(write_tape(path, quote_line()), speed)


async def test_closing_ends_a_stream_that_waits(path: Path) -> None:
    feed = RecordedFeed(write_tape(path, quote_line(), quote_line(9e6)))
    stream = feed.stream("GLD")
    await anext(stream)
    waiting = asyncio.ensure_future(anext(stream, None))
    await asyncio.sleep(0)
    await feed.close()
    assert await asyncio.wait_for(waiting, 5) is None
    assert feed.status().state is FeedState.OFFLINE


async def test_a_waiting_stream_can_be_cancelled_and_leaves_nothing_behind(path: Path) -> None:
    feed = RecordedFeed(write_tape(path, quote_line(), quote_line(9e6)))
    stream = feed.stream("GLD")
    await anext(stream)
    waiting = asyncio.ensure_future(anext(stream))
    for _ in range(3):
        await asyncio.sleep(0)
    assert len(asyncio.all_tasks()) == 3
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_ten_thousand_quotes_due_at_once_leave_the_loop_its_turns(path: Path) -> None:
    time = FakeTime()
    write_tape(path, *[quote_line(i / 1000) for i in range(2000)])
    feed = replayed(path, time)
    time.seconds += 10
    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    counting = asyncio.ensure_future(count())
    late = RecordedFeed(feed.tape, 1e6, monotonic=time.monotonic, sleep=time.sleep)
    stream = late.stream("GLD")
    await anext(stream)
    time.seconds += 10
    with contextlib.suppress(FeedError):
        async for _ in stream:
            pass
    counting.cancel()
    assert turns > 1000
