"""Recordings are read for whatever they hold; what cannot be used is named."""

import contextlib
import gzip
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fakes.tapes import (
    EXPIRY,
    HEADER,
    NOON,
    at,
    chain_line,
    expirations_line,
    quote_line,
    row,
    tape_bytes,
    write_tape,
)
from vaultdesk.adapters.recorded.replay import RecordedFeed
from vaultdesk.adapters.recorded.tape import Tape, chain_of, read_tape
from vaultdesk.core.market import Chain, Quality, Quote
from vaultdesk.ports import FeedError, FeedFault, InputError, KnownError

RECORDED = Path(__file__).resolve().parents[3] / "shared" / "data" / "options"
needs_recordings = pytest.mark.skipif(
    not RECORDED.is_dir(), reason="the recorded market data are not beside the project"
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "evening.market.jsonl.gz"


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


def test_a_line_that_goes_back_behind_a_later_one_is_bad(path: Path) -> None:
    tape = read_tape(write_tape(path, quote_line(), quote_line(10), quote_line(5)))
    assert [q.received for q in tape.quotes] == [at(0), at(10)]
    assert tape.problems == ("Line 4 goes back in time.",)


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
        *("bid_size", "ask_size"),
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
            sizes = (found.bid_size, found.ask_size)
            assert all(figure >= 0 for figure in (*figures, *sizes) if figure is not None)
            assert found.strike > 0


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
