"""Recordings are written to outlive a crash, and never at the market's expense."""

import errno
import gzip
import io
import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fakes.tapes import (
    EXPIRY,
    FakeTime,
    PlayedFeed,
    at,
    chain,
    quote,
    quote_line,
    row,
    tape_bytes,
)
from vaultdesk.adapters.recorded.recorder import RecordingFeed
from vaultdesk.adapters.recorded.replay import RecordedFeed
from vaultdesk.adapters.recorded.tape import chain_of, read_tape
from vaultdesk.adapters.recorded.writer import TapeWriter
from vaultdesk.adapters.simulated import SimulatedFeed
from vaultdesk.core.market import Chain, Quote
from vaultdesk.ports import InputError, StorageError

if TYPE_CHECKING:
    from typing_extensions import Buffer

PROJECT = Path(__file__).resolve().parents[2]
V = TypeVar("V", Quote, Chain)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "evening.market.jsonl.gz"


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
    assert str(writer.close()).endswith("holds 1 new quote, 1 list of expiries and 1 chain.")
    tape = read_tape(path)
    source = "test market (recorded)"
    assert tape.quotes == (replace(first, source=source),)
    assert chain_of(tape.chains[0]) == replace(second, source=source)
    assert tape.listings[0].dates == (EXPIRY,)
    assert (tape.note, tape.timezone, tape.problems) == ("a test", "America/New_York", ())


def test_sizes_are_written_where_there_are_any_and_read_back(path: Path) -> None:
    told = chain(1)
    bare, shown = told.rows
    told = replace(told, rows=(bare, replace(shown, bid_size=0, ask_size=41)))
    written(path, told).close()
    _, line = (json.loads(x) for x in gzip.decompress(path.read_bytes()).splitlines())
    assert "bid_size" not in line["chain"]["rows"][0]
    read = chain_of(read_tape(path).chains[0])
    assert [(row.bid_size, row.ask_size) for row in read.rows] == [(None, None), (0, 41)]
    assert read.problems == ()


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
        "from vaultdesk.adapters.recorded.writer import TapeWriter\n"
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
    [
        b"dear diary",
        gzip.compress(b"dear diary", mtime=0),
        tape_bytes(quote_line()),
        b"\x1f\x8b\x08",
    ],
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
    assert await feed.closes("GLD", EXPIRY) == await inner.closes("GLD", EXPIRY)
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


async def test_simulated_recorded_and_replayed_the_prices_the_same(path: Path) -> None:
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
    replay = RecordedFeed(path, monotonic=again.monotonic, sleep=again.sleep)

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
