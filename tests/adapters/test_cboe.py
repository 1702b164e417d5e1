"""Quote tables: two-sided rows become chains, whatever is odd is named."""

import contextlib
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vaultdesk.adapters.cboe import CboeFeed, looks_like_quote_table, read_quote_table
from vaultdesk.core.market import FeedState, Flag, Quality, flag
from vaultdesk.ports import FeedError, FeedFault, InputError, KnownError

RECORDED = (
    Path(__file__).resolve().parents[3] / "shared" / "data" / "options" / "SPY-cboe-2023-09-14.csv"
)
NAMES = (
    "Expiration Date,Calls,Last Sale,Net,Bid,Ask,Volume,IV,Delta,Gamma,Open Interest,Strike,"
    "Puts,Last Sale,Net,Bid,Ask,Volume,IV,Delta,Gamma,Open Interest"
)
ABOUT = "Mythril Trust,Last: 1050.50,Change:  -4.25"
TAKEN = '"Date: March 6, 2026 at 4:31 PM EST",Bid: 1050.4,Ask: 1050.6,Size: 9*11,"Volume: 1,234"'
OPTIONS_END = date(2026, 4, 17)


def line(strike: str = "1050.00", root: str = "MYT", expiry: str = "Fri Apr 17 2026") -> str:
    name = f"{root}260417%s{int(Decimal(strike) * 1000):08d}"
    call = f"{name % 'C'},12.5,0.1,12.4,12.6,7,0.21,0.52,0.01,300"
    put = f"{name % 'P'},0,0,11.5,11.9,0,0.22,-0.48,0.01,0"
    return f"{expiry},{call},{strike},{put}"


def table(path: Path, *lines: str, about: str = ABOUT, taken: str = TAKEN) -> Path:
    path.write_text("\n".join(["", about, taken, NAMES, *lines]) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "quotes.csv"


def test_the_underlying_is_read_with_its_time_in_utc(path: Path) -> None:
    quote, _, problems = read_quote_table(table(path, line()))
    assert problems == ()
    assert quote.symbol == "MYT"
    assert (quote.bid, quote.ask, quote.last) == (
        Decimal("1050.4"),
        Decimal("1050.6"),
        Decimal("1050.50"),
    )
    assert quote.previous_close == Decimal("1054.75")
    assert quote.volume == 1234
    assert quote.at == quote.received == datetime(2026, 3, 6, 21, 31, tzinfo=UTC)
    assert (quote.source, quote.quality) == ("CBOE quote table", Quality.CACHED)


@pytest.mark.parametrize(
    ("label", "hour"),
    [
        ("July 6, 2026 at 4:31 PM EDT", 20),
        ("July 6, 2026 at 4:31 PM EST", 21),
        ("July 6, 2026 at 4:31 PM ET", 20),
        ("July 6, 2026 at 12:31 PM EDT", 16),
        ("July 6, 2026 at 12:31 AM EDT", 4),
        ("January 6, 2026 at 4:31 PM", 21),
    ],
)
def test_eastern_time_is_read_as_it_is_labelled(path: Path, label: str, hour: int) -> None:
    quote, _, _ = read_quote_table(table(path, line(), taken=f'"Date: {label}",Bid: 1,Ask: 2'))
    assert (quote.at.hour, quote.at.minute) == (hour, 31)


def test_a_row_is_a_call_and_a_put(path: Path) -> None:
    _, (chain,), _ = read_quote_table(table(path, line("1055.00"), line("1050.00")))
    assert (chain.symbol, chain.expiry, chain.multiplier) == ("MYT", OPTIONS_END, 100)
    assert chain.spot == Decimal("1050.50")
    assert [f"{row.right} {row.strike}" for row in chain.rows] == [
        "C 1050.00",
        "C 1055.00",
        "P 1050.00",
        "P 1055.00",
    ]
    call, put = chain.rows[0], chain.rows[2]
    assert call.contract == "MYT260417C01050000"
    assert (call.bid, call.ask, call.last) == (Decimal("12.4"), Decimal("12.6"), Decimal("12.5"))
    assert (call.volume, call.open_interest) == (7, 300)
    assert (call.vendor.iv, call.vendor.delta, put.vendor.delta) == (0.21, 0.52, -0.48)
    assert put.last is None
    assert (call.bid_size, call.ask_size) == (None, None)  # the table has no column of sizes


def test_a_quote_of_nothing_on_both_sides_is_kept_as_given(path: Path) -> None:
    dead = line().replace("12.4,12.6", "0,0")
    _, (chain,), problems = read_quote_table(table(path, dead))
    assert chain.rows[0].bid == chain.rows[0].ask == 0
    assert flag(chain.rows[0], chain.spot, chain.quality) is Flag.NO_QUOTE
    assert problems == ()


@pytest.mark.parametrize("odd", ["MYT1", "MYTW"])
def test_contracts_of_another_root_are_named_and_left_out(path: Path, odd: str) -> None:
    lines = [line(), line("1055.00"), *[line(f"{k}.00", odd) for k in range(1000, 1005)]]
    quote, (chain,), problems = read_quote_table(table(path, *lines))
    assert quote.symbol == "MYT"
    assert {row.contract[:3] for row in chain.rows} == {"MYT"}
    assert len(chain.rows) == 4
    assert problems == (
        f"{odd} contracts are not standard MYT contracts and are left out (10 times).",
    )


def test_a_contract_in_another_ones_row_is_left_out(path: Path) -> None:
    swapped = line().replace("260417C", "260417P", 1)
    moved = line("1055.00").replace("MYT260417P", "MYT260418P")
    _, (chain,), problems = read_quote_table(table(path, swapped, moved))
    assert [row.contract for row in chain.rows] == ["MYT260417C01055000", "MYT260417P01050000"]
    assert problems == ("A contract's name does not fit its row and is left out (2 times).",)


def test_bad_rows_and_cells_are_named_and_the_rest_is_read(path: Path) -> None:
    lines = ["Fri Xyz 99 2026,", line(expiry="soon"), "1", line().replace("12.4", "n/a"), ""]
    _, (chain,), problems = read_quote_table(table(path, *lines))
    assert chain.rows[0].bid is None
    assert chain.rows[0].ask == Decimal("12.6")
    assert [text.split(" has")[0] for text in problems[:3]] == ["Line 5", "Line 6", "Line 7"]
    assert problems[3] == "Bid is not a usable number and is left out."


@pytest.mark.parametrize("nonsense", ["NaN", "-1", "inf", "1e99", "1e-99", "9" * 60])
def test_numbers_that_are_none_are_left_out(path: Path, nonsense: str) -> None:
    _, (chain,), problems = read_quote_table(table(path, line().replace("12.6", nonsense)))
    assert chain.rows[0].ask is None
    assert len(problems) == 1


@pytest.mark.parametrize(
    "content",
    [b"", b"a,b\n1,2\n", NAMES.encode(), f"{TAKEN}\n".encode(), b"\x1f\x8b\0\0", b'"' * 200_001],
)
def test_what_is_not_a_quote_table_is_refused_in_a_sentence(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(FeedError, match=r"is not a CBOE quote table|stops being a CSV") as refused:
        read_quote_table(path)
    assert refused.value.fault is FeedFault.MALFORMED


@pytest.mark.parametrize("lines", [(), (line(root="MYT1"),), ("rubbish",)])
def test_a_table_without_standard_contracts_is_no_data(path: Path, lines: tuple[str, ...]) -> None:
    with pytest.raises(FeedError, match="no standard option contract") as refused:
        read_quote_table(table(path, *lines))
    assert refused.value.fault is FeedFault.NO_DATA


@pytest.mark.parametrize("name", ["missing.csv", ".", "nul\0"])
def test_a_table_that_cannot_be_opened_is_the_users_to_mend(tmp_path: Path, name: str) -> None:
    assert not looks_like_quote_table(tmp_path / name)
    with pytest.raises(InputError, match="check the path"):
        read_quote_table(tmp_path / name)


def test_a_quote_table_is_told_from_other_files_by_its_content(path: Path) -> None:
    assert looks_like_quote_table(table(path, line()))
    path.write_bytes(b'{"format": "vaultdesk-market"}\n')
    assert not looks_like_quote_table(path)
    path.write_bytes(b"\x1f\x8b" + bytes(range(256)))
    assert not looks_like_quote_table(path)


CELL = st.text(max_size=12) | st.sampled_from(
    ["", "0", "NaN", "-3", "1050.00", "MYT260417C01050000", "Fri Apr 17 2026", '"', "1e999"]
)


@settings(deadline=None)
@given(rows=st.lists(st.lists(CELL, max_size=24), max_size=4), tail=st.binary(max_size=60))
def test_any_rows_are_read_or_refused_in_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], tail: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.csv"
    text = "\n".join([ABOUT, TAKEN, NAMES, line(), *(",".join(row) for row in rows)])
    path.write_bytes(text.encode("utf-8", "surrogatepass") + b"\n" + tail)
    with contextlib.suppress(KnownError):
        _, chains, _ = read_quote_table(path)
        assert all(row.strike > 0 for chain in chains for row in chain.rows)


@settings(deadline=None)
@given(content=st.binary(max_size=300))
def test_any_bytes_are_refused_in_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.bytes"
    path.write_bytes(content)
    assert not looks_like_quote_table(path)
    with pytest.raises(KnownError):
        read_quote_table(path)


async def test_as_a_feed_everything_is_known_and_nothing_moves(path: Path) -> None:
    feed = CboeFeed(table(path, line()))
    assert feed.clock.now() == datetime(2026, 3, 6, 21, 31, tzinfo=UTC)
    assert feed.symbols == ("MYT",)
    assert (await feed.quote("MYT")).last == Decimal("1050.50")
    assert await feed.expirations("MYT") == (OPTIONS_END,)
    assert len((await feed.chain("MYT", OPTIONS_END)).rows) == 2
    assert feed.status().state is FeedState.ENDED
    assert "2026-03-06 16:31 EST" in feed.status().sentence
    await feed.close()


async def test_a_feed_of_a_table_refuses_what_it_does_not_have(path: Path) -> None:
    feed = CboeFeed(table(path, line()))
    with pytest.raises(FeedError) as moving:
        feed.stream("MYT")
    assert moving.value.fault is FeedFault.NO_DATA
    with pytest.raises(FeedError) as missing:
        await feed.chain("MYT", date(2030, 1, 18))
    assert missing.value.fault is FeedFault.NO_DATA
    with pytest.raises(FeedError, match="holds one day and no closes of MYT") as closed:
        await feed.closes("MYT", date(2026, 1, 2))
    assert closed.value.fault is FeedFault.NO_DATA
    with pytest.raises(FeedError, match="has no EURUSD"):
        await feed.closes("EURUSD", date(2026, 1, 2))
    with pytest.raises(FeedError, match="has no GLD; it has MYT") as unknown:
        await feed.quote("GLD")
    assert unknown.value.fault is FeedFault.UNKNOWN_SYMBOL


@pytest.mark.recorded
@pytest.mark.skipif(not RECORDED.is_file(), reason="the recorded market data are not there")
def test_a_real_table_is_read_whole() -> None:
    assert looks_like_quote_table(RECORDED)
    quote, chains, problems = read_quote_table(RECORDED)
    assert problems == ()
    assert (quote.symbol, quote.last) == ("SPY", Decimal("450.81"))
    assert quote.at == datetime(2023, 9, 14, 20, 31, tzinfo=UTC)
    assert quote.previous_close == Decimal("446.96")
    assert (len(chains), sum(len(chain.rows) for chain in chains)) == (31, 7292)
    assert (chains[0].expiry, chains[-1].expiry) == (date(2023, 9, 14), date(2026, 1, 16))
