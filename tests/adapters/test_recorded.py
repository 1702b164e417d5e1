"""Recordings: read whatever they hold, replayed at their own pace, written to outlive a crash."""

import asyncio
import contextlib
import errno
import gzip
import io
import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fakes.tapes import (
    EXPIRY,
    HEADER,
    NOON,
    FakeTime,
    PlayedFeed,
    at,
    chain,
    chain_line,
    expirations_line,
    quote,
    quote_line,
    row,
    tape_bytes,
    write_tape,
)
from vaultdesk.adapters.recorded import (
    RecordedFeed,
    RecordingFeed,
    ReplayClock,
    Tape,
    TapeWriter,
    read_tape,
)
from vaultdesk.adapters.recorded.tape import chain_of
from vaultdesk.adapters.simulated import SimulatedFeed
from vaultdesk.core.market import Chain, FeedState, Quality, Quote
from vaultdesk.ports import FeedError, FeedFault, InputError, KnownError, StorageError

if TYPE_CHECKING:
    from typing_extensions import Buffer

PROJECT = Path(__file__).resolve().parents[2]
RECORDED = PROJECT.parent / "shared" / "data" / "options"
V = TypeVar("V", Quote, Chain)
needs_recordings = pytest.mark.skipif(
    not RECORDED.is_dir(), reason="the recorded market data are not beside the project"
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "evening.market.jsonl.gz"


# --- reading


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("name", ["a.gz", "a.jsonl", "tape"])
def test_a_tape_is_read_by_its_content_whatever_its_name(
    tmp_path: Path, name: str, packed: bool
) -> None:
    tape = read_tape(write_tape(tmp_path / name, quote_line(), packed=packed))
    assert [q.last for q in tape.quotes] == [Decimal("350.10")]
    assert tape.problems == ()


def test_a_quote_keeps_its_exact_prices_and_both_its_times(path: Path) -> None:
    fields = {"exchange_at": at(-2).isoformat(), "volume": 12, "bid": 350.09, "previous_close": "1"}
    tape = read_tape(write_tape(path, quote_line(5, **fields)))
    assert tape.quotes == (
        Quote(
            symbol="GLD",
            bid=Decimal("350.09"),
            ask=Decimal("350.11"),
            last=Decimal("350.10"),
            at=at(-2),
            received=at(5),
            source="test (recorded)",
            quality=Quality.CACHED,
            previous_close=Decimal(1),
            volume=12,
        ),
    )


@pytest.mark.parametrize(
    ("recorded", "replayed"),
    [
        ("LIVE", Quality.CACHED),
        ("DELAYED", Quality.CACHED),
        (None, Quality.CACHED),
        (7, Quality.CACHED),
        ("STALE", Quality.STALE),
        ("SIMULATED", Quality.SIMULATED),
        ("HYPOTHETICAL", Quality.HYPOTHETICAL),
    ],
)
def test_a_recording_is_never_live(path: Path, recorded: object, replayed: Quality) -> None:
    tape = read_tape(write_tape(path, quote_line(quality=recorded), chain_line(quality=recorded)))
    assert tape.quotes[0].quality is replayed
    assert chain_of(tape.chains[0]).quality is replayed


def test_a_recording_of_a_recording_says_recorded_once(path: Path) -> None:
    tape = read_tape(write_tape(path, quote_line(source="yahoo (recorded)")))
    assert tape.quotes[0].source == "yahoo (recorded)"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "not a recorded market"),
        (b"strike,bid,ask\n1,2,3\n", "not a recorded market"),
        (b"\x1f\x8bnot gzip at all", "not a recorded market"),
        (tape_bytes(quote_line(), header={**HEADER, "format": "other"}), "not a recorded market"),
        (tape_bytes(quote_line(), header={**HEADER, "version": 2}), "update the program"),
        (tape_bytes(quote_line(), header={**HEADER, "version": "1"}), "update the program"),
    ],
)
def test_what_is_not_a_recording_is_refused_in_a_sentence(
    path: Path, content: bytes, says: str
) -> None:
    path.write_bytes(content)
    with pytest.raises(FeedError, match=says) as refused:
        read_tape(path)
    assert refused.value.fault is FeedFault.MALFORMED


@pytest.mark.parametrize("name", ["missing.gz", ".", "nul\0.gz"])
def test_a_file_that_cannot_be_opened_is_the_users_to_mend(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="check the path"):
        read_tape(tmp_path / name)


def test_a_recording_without_a_usable_event_names_its_first_problem(path: Path) -> None:
    with pytest.raises(FeedError, match=r"nothing to replay\. Line 2 is not JSON") as refused:
        read_tape(write_tape(path, "nonsense"))
    assert refused.value.fault is FeedFault.NO_DATA


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("{", "is not JSON"),
        ("[1]", "is not a JSON object"),
        ("[" * 100_000, "is not JSON"),
        (b"\xff\xfe", "is not UTF-8 text"),
        ({"quote": {"symbol": "GLD"}}, "has no time with an offset"),
        (quote_line() | {"at": "2026-03-03T12:00:00"}, "has no time with an offset"),
        (quote_line() | {"at": "0001-01-01T00:00:00+10:00"}, "has no time with an offset"),
        (quote_line(-1), "goes back in time"),
        ({"at": at(1).isoformat(), "weather": 3}, "holds no quote, expirations or chain"),
        (quote_line(symbol=""), "has a quote without a usable symbol"),
        (quote_line(symbol="G\udc80D"), "has a quote without a usable symbol"),
        ({"at": at(1).isoformat(), "quote": 3}, "has a quote that is not an object"),
        (chain_line(1, expiry="soon"), "has a chain without a usable expiry"),
        (chain_line(1) | {"chain": {"symbol": "GLD"}}, "has a chain without a usable expiry"),
        (expirations_line(1) | {"expirations": {"symbol": "GLD"}}, "has no list of dates"),
    ],
)
def test_a_bad_line_is_named_by_its_number_and_the_rest_is_used(
    path: Path, line: object, problem: str
) -> None:
    tape = read_tape(write_tape(path, quote_line(), line, quote_line(2, last="351")))
    assert [q.last for q in tape.quotes] == [Decimal("350.10"), Decimal(351)]
    assert len(tape.problems) == 1
    assert tape.problems[0].startswith(f"Line 3 {problem}")


def test_a_thousand_bad_lines_are_not_a_thousand_sentences(path: Path) -> None:
    tape = read_tape(write_tape(path, quote_line(), *["?"] * 1000))
    assert len(tape.problems) == 101
    assert tape.problems[-1] == "900 more problems."


def test_fields_it_does_not_know_are_ignored(path: Path) -> None:
    strange = quote_line(mood="calm") | {"weather": "fair"}
    tape = read_tape(write_tape(path, strange, header={**HEADER, "colour": 3}))
    assert (len(tape.quotes), tape.problems) == (1, ())


@pytest.mark.parametrize(
    "price",
    ["NaN", "-1", "Infinity", "1e999999999", "1e-999999999", "12,5", "", [], True, "9" * 60, {}],
)
def test_a_price_that_is_none_is_left_out_and_said(path: Path, price: object) -> None:
    tape = read_tape(write_tape(path, quote_line(bid=price)))
    assert tape.quotes[0].bid is None
    assert tape.quotes[0].ask == Decimal("350.11")
    assert tape.problems == ("Line 2: bid unusable.",)


def test_not_a_number_as_a_json_constant_is_no_price(path: Path) -> None:
    tape = read_tape(write_tape(path, quote_line(last=float("nan"), ask=float("inf"))))
    assert (tape.quotes[0].last, tape.quotes[0].ask) == (None, None)
    assert tape.problems == ("Line 2: ask unusable.", "Line 2: last unusable.")


def test_a_quote_of_zero_is_no_quote_but_an_options_zero_bid_stays(path: Path) -> None:
    tape = read_tape(write_tape(path, quote_line(bid="0", ask=0), chain_line(0, [row(bid="0")])))
    assert (tape.quotes[0].bid, tape.quotes[0].ask) == (None, None)
    assert chain_of(tape.chains[0]).rows[0].bid == 0


def test_rows_with_missing_keys_or_nonsense_are_read_as_far_as_they_go(path: Path) -> None:
    bare = {"contract": "X", "right": "P", "strike": "345"}
    rows = [row(), bare, {}, 7, row(strike="-1"), row(right="Q"), row(bid="NaN", volume=-3.5)]
    read = chain_of(read_tape(write_tape(path, chain_line(0, rows))).chains[0])
    assert [r.contract for r in read.rows] == [row()["contract"], "X", row()["contract"]]
    assert (read.rows[1].bid, read.rows[1].vendor.iv) == (None, None)
    assert (read.rows[2].bid, read.rows[2].volume) == (None, None)
    assert set(read.problems) == {
        "Line 2: row without contract, right or strike, left out (4 times).",
        "Line 2: bid missing.",
        "Line 2: ask missing.",
        "Line 2: last missing.",
        "Line 2: bid unusable.",
        "Line 2: volume unusable.",
    }


def test_a_missing_multiplier_is_said_and_a_strange_one_kept(path: Path) -> None:
    lines = [chain_line(0, multiplier=None), chain_line(1, multiplier=10)]
    tape = read_tape(write_tape(path, *lines))
    silent, adjusted = (chain_of(line) for line in tape.chains)
    assert (silent.multiplier, adjusted.multiplier) == (100, 10)
    assert silent.problems == ("Line 2: multiplier absent, taken as 100.",)


def test_a_vendors_nonsense_is_kept_out_of_the_figures(path: Path) -> None:
    vendor = {"iv": float("nan"), "delta": "0.5", "gamma": True, "theta": -1, "vega": 10**400}
    tape = read_tape(write_tape(path, chain_line(0, [row(vendor=vendor)])))
    figures = chain_of(tape.chains[0]).rows[0].vendor
    assert (figures.iv, figures.delta, figures.gamma, figures.vega) == (None, None, None, None)
    assert figures.theta == -1.0


def test_a_cut_off_file_gives_what_was_read_and_says_so(path: Path) -> None:
    whole = gzip.compress(tape_bytes(*[quote_line(i, volume=i**5) for i in range(200)]))
    path.write_bytes(whole[: len(whole) // 2])
    tape = read_tape(path)
    assert 0 < len(tape.quotes) < 200
    assert tape.quotes == tape.quotes[: len(tape.quotes)]
    assert "damaged or cut off" in tape.problems[-1]


SCALAR = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["GLD", "350", "NaN", "1e99999999", EXPIRY.isoformat(), NOON.isoformat()])
)
JSON = SCALAR | st.lists(SCALAR, max_size=2) | st.dictionaries(st.text(max_size=3), SCALAR)
FIELD = st.sampled_from(
    [
        *("symbol", "bid", "ask", "last", "source", "volume", "exchange_at", "quality"),
        *("dates", "rows", "expiry", "multiplier", "spot", "contract", "right", "strike"),
        *("vendor", "open_interest", "previous_close", "currency", "last_trade"),
    ]
)
KIND = st.sampled_from(["quote", "expirations", "chain"])


def everything_read(path: Path) -> tuple[Tape, list[Chain]]:
    tape = read_tape(path)
    for text in tape.problems:
        text.encode()
    return tape, [chain_of(line) for line in tape.chains]


@settings(deadline=None)
@given(content=st.binary(max_size=400))
def test_any_bytes_are_refused_in_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.bytes"
    for prefix in (b"", b"\x1f\x8b", b"\x1f\x8b\x08\0\0\0\0\0\0\xff", tape_bytes(quote_line())):
        path.write_bytes(prefix + content)
        with contextlib.suppress(KnownError):
            everything_read(path)


@settings(deadline=None)
@given(events=st.lists(st.tuples(KIND, st.dictionaries(FIELD, JSON, max_size=8)), max_size=3))
def test_any_json_is_read_or_refused_in_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, events: list[tuple[str, dict[str, object]]]
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.json"
    lines = [{"at": at(1).isoformat(), kind: fields} for kind, fields in events]
    write_tape(path, quote_line(), *lines, packed=False)
    tape, _ = everything_read(path)
    read = len(tape.quotes) + len(tape.listings) + len(tape.chains)
    assert read - 1 <= len(events) <= read - 1 + len(tape.problems)


@settings(deadline=None)
@given(fields=st.dictionaries(FIELD, JSON, max_size=8))
def test_any_fields_of_a_row_leave_only_honest_values(
    tmp_path_factory: pytest.TempPathFactory, fields: dict[str, object]
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.row"
    rows = [row() | fields, fields]
    quoted = quote_line() | {"quote": {"symbol": "GLD"} | fields}
    write_tape(path, chain_line(0, rows), quoted, packed=False)
    with contextlib.suppress(FeedError):
        tape, chains = everything_read(path)
        prices = [p for q in tape.quotes for p in (q.bid, q.ask, q.last) if p is not None]
        assert all(price > 0 for price in prices)
        for found in (r for c in chains for r in c.rows):
            figures = (found.bid, found.ask, found.last, found.volume, found.open_interest)
            assert all(figure >= 0 for figure in figures if figure is not None)
            assert found.strike > 0


# --- replaying


def replayed(path: Path, time: FakeTime, speed: float = 1.0) -> RecordedFeed:
    return RecordedFeed(path, speed, monotonic=time.monotonic, sleep=time.sleep)


def test_the_clock_runs_at_the_chosen_speed_and_stops_at_the_end() -> None:
    time = FakeTime()
    clock = ReplayClock(at(0), at(60), 10, time.monotonic)
    assert clock.now() == at(0)
    time.seconds += 3
    assert (clock.now(), clock.ended) == (at(30), False)
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
    for call in (feed.quote("SLV"), feed.expirations("SLV"), feed.chain("SLV", EXPIRY)):
        with pytest.raises(FeedError, match="has no SLV; it has GLD, SPY") as refused:
            await call
        assert refused.value.fault is FeedFault.UNKNOWN_SYMBOL
    with pytest.raises(FeedError, match="has no SLV"):
        await anext(feed.stream("SLV"))


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


# --- writing


def written(path: Path, *values: Quote | Chain) -> TapeWriter:
    writer = TapeWriter(path, note="a test")
    for value in values:
        if isinstance(value, Quote):
            writer.write_quote(value)
        else:
            writer.write_chain(value)
    return writer


def test_what_was_written_is_read_back_equal(path: Path) -> None:
    first, second = quote(), chain(1)
    writer = written(path, first, second)
    writer.write_expirations("GLD", at(2), (EXPIRY,))
    assert str(writer.close()).endswith("holds 1 new quotes, 1 lists of expiries and 1 chains.")
    tape = read_tape(path)
    source = "test market (recorded)"
    assert tape.quotes == (replace(first, source=source),)
    assert chain_of(tape.chains[0]) == replace(second, source=source)
    assert tape.listings[0].dates == (EXPIRY,)
    assert (tape.note, tape.timezone, tape.problems) == ("a test", "America/New_York", ())


def test_the_written_lines_are_the_formats_own(path: Path) -> None:
    written(path, quote(), chain(1)).close()
    header, first, second = (json.loads(x) for x in gzip.decompress(path.read_bytes()).splitlines())
    assert (header["format"], header["version"]) == ("vaultdesk-market", 1)
    assert {"symbol", "bid", "ask", "last", "source"} <= first["quote"].keys()
    assert first["quote"]["bid"] == "350.09"
    assert {"symbol", "expiry", "multiplier", "source", "rows"} <= second["chain"].keys()
    assert second["chain"]["rows"][0].keys() >= row().keys()
    assert second["chain"]["rows"][0]["vendor"].keys() == row()["vendor"].keys()


def test_time_never_goes_back_on_a_tape(path: Path) -> None:
    summary = written(path, quote(seconds=10), quote("351", 4), quote("352", 11)).close()
    tape = read_tape(path)
    assert [q.received for q in tape.quotes] == [at(10), at(10), at(11)]
    assert [q.at for q in tape.quotes] == [at(9), at(3), at(10)]
    assert summary.moved == 1
    assert "1 moved into order" in str(summary)


def test_a_vendors_infinity_does_not_reach_the_file(path: Path) -> None:
    with_nan = chain()
    rows = (replace(with_nan.rows[0], vendor=replace(with_nan.rows[0].vendor, iv=float("inf"))),)
    written(path, replace(with_nan, rows=rows)).close()
    assert b"Infinity" not in gzip.decompress(path.read_bytes())


def test_a_recording_goes_on_where_an_earlier_one_stopped(path: Path) -> None:
    written(path, quote()).close()
    written(path, quote("351", 5)).close()
    tape = read_tape(path)
    assert [q.last for q in tape.quotes] == [Decimal("350.10"), Decimal(351)]
    assert tape.problems == ()


def test_a_foreign_recording_without_a_last_line_end_is_continued_on_a_new_line(
    path: Path,
) -> None:
    path.write_bytes(gzip.compress(tape_bytes(quote_line())[:-1]))
    written(path, quote("351", 5)).close()
    assert [q.last for q in read_tape(path).quotes] == [Decimal("350.10"), Decimal(351)]


@settings(max_examples=60, deadline=None)
@given(share=st.floats(0, 1, exclude_max=True))
def test_a_file_cut_anywhere_keeps_every_whole_event_and_can_be_continued(
    tmp_path_factory: pytest.TempPathFactory, share: float
) -> None:
    path = tmp_path_factory.getbasetemp() / "cut.gz"
    path.unlink(missing_ok=True)
    writer = TapeWriter(path)
    sizes = [path.stat().st_size]
    for index in range(6):
        writer.write_quote(quote(str(300 + index), index))
        sizes.append(path.stat().st_size)
    writer.close()
    whole = path.read_bytes()
    cut = sizes[0] + int(share * (len(whole) - sizes[0]))
    path.write_bytes(whole[:cut])
    kept = sum(size <= cut for size in sizes[1:])
    if kept:  # the one being written may be whole but for its check sum
        assert len(read_tape(path).quotes) in (kept, kept + 1)
    written(path, quote("399", 100)).close()
    tape = read_tape(path)
    assert [q.last for q in tape.quotes] == [*range(300, 300 + kept), 399]
    assert tape.problems == ()


def test_what_was_written_survives_kill_minus_nine(path: Path) -> None:
    program = (
        "import os, sys, pathlib\n"
        "from tests.fakes.tapes import quote\n"
        "from vaultdesk.adapters.recorded import TapeWriter\n"
        "writer = TapeWriter(pathlib.Path(sys.argv[1]))\n"
        "for i in range(50): writer.write_quote(quote(str(300 + i), i))\n"
        f"os.kill(os.getpid(), {int(signal.SIGKILL)})\n"
    )
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", program, str(path)],
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        check=False,
    )
    assert done.returncode == -signal.SIGKILL
    assert len(read_tape(path).quotes) == 50


@pytest.mark.parametrize(
    "content",
    [b"dear diary", gzip.compress(b"dear diary"), tape_bytes(quote_line()), b"\x1f\x8b\x08"],
)
def test_nothing_that_is_not_a_recording_of_ours_is_written_over(
    path: Path, content: bytes
) -> None:
    path.write_bytes(content)
    with pytest.raises(InputError, match="choose another file"):
        TapeWriter(path)
    assert path.read_bytes() == content


def test_a_damaged_recording_is_not_continued(path: Path) -> None:
    written(path, quote(), quote("351", 1)).close()
    broken = bytearray(path.read_bytes())
    broken[-30] ^= 0xFF
    path.write_bytes(broken)
    with pytest.raises(InputError, match="damaged"):
        TapeWriter(path)
    assert path.read_bytes() == broken


def test_a_place_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be written"):
        TapeWriter(tmp_path / "no such folder" / "a.gz")


class FullDisk(io.FileIO):
    """Takes some bytes of a write and then no more."""

    room = 100

    def write(self, data: "Buffer") -> int:
        if self.room <= 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        taken = super().write(bytes(data)[: self.room])
        self.room -= taken
        return taken


def on_a_full_disk(path: Path) -> TapeWriter:
    writer = written(path, quote())
    writer._file.close()
    writer._file = FullDisk(path, "a")
    return writer


def test_a_full_disk_stops_the_recording_and_spoils_nothing(path: Path) -> None:
    writer = on_a_full_disk(path)
    before = path.read_bytes()
    with pytest.raises(StorageError, match=r"No space left on device.*is kept"):
        writer.write_quote(quote("351", 1))
    assert path.read_bytes() == before
    with pytest.raises(StorageError, match="closed already"):
        writer.write_quote(quote("352", 2))


# --- recording a feed


async def test_a_recording_feed_changes_nothing_and_writes_everything(path: Path) -> None:
    inner = PlayedFeed([quote(), quote("351", 1)], [chain(2)])
    feed = RecordingFeed(inner)
    feed.start(path)
    assert feed.recording == path
    inner.standing.moment = at(2)
    assert [q async for q in feed.stream("GLD")] == inner.quotes
    assert await feed.quote("GLD") == inner.quotes[0]
    assert await feed.expirations("GLD") == (EXPIRY,)
    assert await feed.chain("GLD", EXPIRY) == inner.chains[EXPIRY]
    assert (feed.name, feed.clock, feed.status()) == (inner.name, inner.clock, inner.status())
    summary = feed.stop()
    assert summary is not None
    assert (summary.quotes, summary.expirations, summary.chains) == (3, 1, 1)
    assert feed.recording is None
    assert len(read_tape(path).quotes) == 3


async def test_the_same_quote_polled_again_is_written_once(path: Path) -> None:
    feed = RecordingFeed(PlayedFeed([quote()]))
    feed.start(path)
    await feed.quote("GLD")
    await feed.quote("GLD")
    await feed.close()
    assert len(read_tape(path).quotes) == 1


async def test_a_recording_opens_with_what_was_known_when_it_was_switched_on(path: Path) -> None:
    inner = PlayedFeed([quote()], [chain()])
    feed = RecordingFeed(inner)
    await feed.quote("GLD")
    await feed.expirations("GLD")
    await feed.chain("GLD", EXPIRY)
    inner.standing.moment = at(3600)
    feed.start(path)
    feed.stop()
    opened = RecordedFeed(path)
    assert (await opened.quote("GLD")).at == quote().at
    assert (await opened.quote("GLD")).received == at(3600)
    assert await opened.expirations("GLD") == (EXPIRY,)
    assert (await opened.chain("GLD", EXPIRY)).rows == chain().rows


async def test_when_the_file_fails_the_market_goes_on(path: Path) -> None:
    told: list[str] = []
    feed = RecordingFeed(
        PlayedFeed([quote("351", 1), quote("352", 2)]), on_a_full_disk, told.append
    )
    feed.start(path)
    assert len([q async for q in feed.stream("GLD")]) == 2
    assert feed.recording is None
    assert len(told) == 1
    summary = feed.stop()
    assert summary is not None
    assert summary.problem == told[0]


def test_recording_twice_at_once_is_refused(path: Path, tmp_path: Path) -> None:
    feed = RecordingFeed(PlayedFeed())
    feed.start(path)
    with pytest.raises(InputError, match="stop that first"):
        feed.start(tmp_path / "other.gz")
    feed.stop()


def test_a_recording_of_later_times_is_not_continued_with_earlier_ones(path: Path) -> None:
    written(path, quote(seconds=1000)).close()
    before = path.read_bytes()
    with pytest.raises(InputError, match="later than the feed's clock"):
        RecordingFeed(PlayedFeed()).start(path)
    assert path.read_bytes() == before


def test_stopping_what_never_started_is_harmless() -> None:
    assert RecordingFeed(PlayedFeed()).stop() is None


async def test_leaving_a_recorded_stream_closes_the_inner_one() -> None:
    inner = PlayedFeed([quote(), quote("351", 1)])
    stream = RecordingFeed(inner).stream("GLD")
    await anext(stream)
    assert inner.streams_open == 1
    await stream.aclose()  # type: ignore[attr-defined]
    assert inner.streams_open == 0


async def test_closing_ends_the_recording_and_the_feed(path: Path) -> None:
    inner = PlayedFeed([quote()])
    feed = RecordingFeed(inner)
    feed.start(path)
    await feed.quote("GLD")
    await feed.close()
    assert (feed.recording, inner.closed) == (None, True)
    assert len(read_tape(path).quotes) == 1


async def test_simulated_recorded_and_replayed_the_market_is_the_same(path: Path) -> None:
    time = FakeTime()
    inner = SimulatedFeed(
        start=datetime(2026, 7, 10, 14, 0, tzinfo=UTC),
        ticks_per_second=2,
        monotonic=time.monotonic,
        sleep=time.sleep,
    )
    feed = RecordingFeed(inner)
    feed.start(path)
    expiries = await feed.expirations("GLD")
    quotes: list[Quote] = []
    chains: list[Chain] = []
    async for q in feed.stream("GLD"):
        quotes.append(q)
        if len(quotes) % 10 == 0:
            chains.append(await feed.chain("GLD", expiries[len(chains) * 5]))
        if len(quotes) == 40:
            break
    await feed.close()

    again = FakeTime()
    replay = replayed(path, again)

    def recorded(value: V) -> V:
        return replace(value, source=f"{value.source} (recorded)")

    assert await replay.expirations("GLD") == expiries
    stream = replay.stream("GLD")
    for expected in quotes:
        assert await anext(stream) == recorded(expected)
        assert replay.clock.now() == expected.received
    for known in chains:
        assert await replay.chain("GLD", known.expiry) == recorded(known)
    assert replay.tape.problems == ()


# --- real recordings


@pytest.mark.recorded
@needs_recordings
@pytest.mark.parametrize(
    ("name", "symbol", "last", "expiries", "contracts"),
    [
        ("GLD-2026-07-10", "GLD", "377.01", 25, 5595),
        ("GLD-2026-07-15-overnight", "GLD", "372.15", 25, 5769),
        ("SPY-2026-07-14-in-session", "SPY", "752.06", 33, 10_386),
    ],
)
async def test_a_real_recording_is_read_whole(
    name: str, symbol: str, last: str, expiries: int, contracts: int
) -> None:
    feed = RecordedFeed(RECORDED / f"{name}.market.jsonl.gz")
    assert feed.tape.problems == ()
    assert (await feed.quote(symbol)).last == Decimal(last)
    listed = await feed.expirations(symbol)
    chains = [await feed.chain(symbol, expiry) for expiry in listed]
    assert (len(listed), sum(len(c.rows) for c in chains)) == (expiries, contracts)
    assert {c.spot for c in chains} == {Decimal(last)}
    assert {c.quality for c in chains} == {Quality.CACHED}
    assert not any(c.problems for c in chains)


@pytest.mark.recorded
@needs_recordings
async def test_the_gld_close_replays_at_its_own_time() -> None:
    feed = RecordedFeed(RECORDED / "GLD-2026-07-10.market.jsonl.gz")
    assert feed.clock.now() == datetime(2026, 7, 10, 20, 0, tzinfo=UTC)
    assert feed.status().sentence == "The recording ended at 2026-07-10 16:00 EDT."
    two_sided = 0
    for expiry in await feed.expirations("GLD"):
        rows = (await feed.chain("GLD", expiry)).rows
        two_sided += sum(bool(r.bid) and bool(r.ask) for r in rows)
    assert two_sided == 4704
