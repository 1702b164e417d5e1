"""What is fuzzed: each takes bytes and raises only where the desk would have crashed.

Hypothesis (test_targets.py) and atheris (atheris_targets.py) share them. What a reader may raise
are the errors that are told in one sentence; that sentence must be there.
"""

import asyncio
import base64
import contextlib
import io
import json
import os
import sqlite3
import tempfile
from contextlib import closing
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from tests.fuzz.registry import (
    TARGETS,
    decoded,
    file,
    folder,
    known,
    overlaid,
    parts,
    quiet,
    seeds,
    target,
)
from vaultdesk.ports import KnownError

if TYPE_CHECKING:
    from vaultdesk.adapters.ibkr.wire import Row

__all__ = ["NOW", "TARGETS", "quiet", "seeds"]

NOW = datetime(2026, 7, 10, 15, tzinfo=UTC)
EXPIRY = date(2026, 12, 18)
BEYOND = 10**16
"""No price is so high."""


# --- settings -------------------------------------------------------------------------------------


@target(
    b'feed = "yahoo"\npoll_interval_s = 30\nlive_orders = false\n',
    b'symbol = "GLD"\nmail_to = "a@b.ch, c@d.ch"\nquiet_from = "22:00"\nserve_port = 8741\n',
)
def settings_file(data: bytes) -> None:
    from vaultdesk import settings  # noqa: PLC0415

    file(data, "settings.toml")
    with patch.dict(os.environ, {"VAULTDESK_HOME": str(folder())}):
        found, problem = settings.load_or_default({})
        assert isinstance(found, settings.Settings)
        assert "\n" not in problem
        with known(settings.SettingsError):
            settings.save({"theme": "dark"})


@target(b"poll_interval_s\x0030", b"feed\0recorded:/tmp/x", b"webhook_url\0https://a.example/b")
def settings_values(data: bytes) -> None:
    from vaultdesk import settings  # noqa: PLC0415
    from vaultdesk.cli import main  # noqa: PLC0415

    name, _, text = data.decode("utf-8", "replace").partition("\0")
    every = {one.name: one for one in settings.declared()}
    setting = every.get(name) or list(every.values())[len(name) % len(every)]
    value = text.replace("\0", "")  # no variable and no flag can hold a NUL
    with patch.dict(os.environ, {"VAULTDESK_HOME": str(folder() / "none")}):
        with known(settings.SettingsError):
            settings.load({setting.name: value})
        with contextlib.suppress(UnicodeEncodeError):  # no variable can hold a surrogate
            os.environ[setting.variable] = value
            settings.load_or_default({})
    with (
        contextlib.redirect_stderr(io.StringIO()),
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.suppress(SystemExit),
        patch.dict(os.environ, {"VAULTDESK_HOME": str(folder() / "none")}),
    ):
        assert main([setting.flag, value, "verify"]) == 2


# --- imports --------------------------------------------------------------------------------------


def _facility() -> bytes:
    from tests.fakes.loans import REFERENCE  # noqa: PLC0415
    from vaultdesk.app.files.facility import written  # noqa: PLC0415

    return written(REFERENCE).encode()


@target(_facility())
def facility(data: bytes) -> None:
    from tests.fakes.feed import quote  # noqa: PLC0415
    from vaultdesk.app.files import facility as facility_file  # noqa: PLC0415
    from vaultdesk.core.loan.prices import Unvalued  # noqa: PLC0415
    from vaultdesk.core.loan.terms import TermsError  # noqa: PLC0415
    from vaultdesk.core.loan.valuation import value_loan  # noqa: PLC0415

    with known(KnownError, TermsError):
        terms = facility_file.read(file(data), NOW, "fuzz")
        again = facility_file.read(file(facility_file.written(terms).encode()), NOW, "fuzz")
        assert again == terms
        known_quotes = {
            symbol: quote("350", symbol=symbol) for symbol in (*_symbols(terms), "EURUSD", "CHFUSD")
        }
        with contextlib.suppress(Unvalued):
            value_loan(terms, known_quotes, NOW)


def _symbols(terms: Any) -> list[str]:  # noqa: ANN401
    return [lot.symbol for lot in terms.lots]


@target(b'{"kind":"compare","inputs":{},"answer":{}}', b"\x1f\x8b\x08\x00\x00\x00\x00\x00")
def hedge(data: bytes) -> None:
    from vaultdesk.app.files import hedge as hedge_file  # noqa: PLC0415

    with known():
        hedge_file.read(file(data))


# --- markets --------------------------------------------------------------------------------------


def _frame() -> bytes:
    from tests.fakes.yahoo_market import Market, first_tick  # noqa: PLC0415

    return first_tick(Market()).encode()


@target(_frame())
def yahoo_stream(data: bytes) -> None:
    """As a frame of the stream, and as the protobuf that a sound frame holds."""
    from vaultdesk.adapters.yahoo import read, stream  # noqa: PLC0415

    envelope = json.dumps({"message": base64.b64encode(data).decode()})
    for message in (stream.decoded(data), stream.decoded(envelope)):
        if message is not None:
            found = read.tick("GLD", message, read.Market(), read.first_facts("GLD"), NOW)
            assert found is None or found.price is None or 0 < found.price < BEYOND


def _chart() -> bytes:
    from tests.fakes.yahoo_market import Market, chart_body  # noqa: PLC0415

    return json.dumps(chart_body(Market(at=NOW))["chart"]["result"][0]["meta"]).encode()


def _chain() -> bytes:
    from tests.fakes.yahoo_market import contract  # noqa: PLC0415

    row = contract("GLD261218P00350000", strike=350.0, bid=8.1, ask=8.3, lastPrice=8.2, volume=3)
    return json.dumps([row]).encode()


@target(_chart(), _chain())
def yahoo_json(data: bytes) -> None:
    from vaultdesk.adapters.yahoo import closes, read  # noqa: PLC0415

    value = decoded(data)
    for meta in parts(value, dict)[:20]:
        facts = read.learned(read.first_facts("GLD"), meta)
        with known():
            found = read.quote("GLD", meta, read.Market(), facts, NOW)
            assert found.price is None or found.price > 0
        read.is_delayed(meta)
        with known():
            closes.read("GLD", [(EXPIRY, value) for value in meta.values()], meta, EXPIRY, NOW)
    rows = parts(value, dict)
    good, problems = read.chain_rows("GLD", EXPIRY, [("P", row) for row in rows])
    assert len(good) + len(problems) == len(rows)


def _tape() -> bytes:
    from tests.fakes.tapes import chain_line, expirations_line, quote_line, tape_bytes  # noqa: PLC0415

    return tape_bytes(quote_line(), expirations_line(), chain_line())


@target(_tape())
def recorded(data: bytes) -> None:
    from vaultdesk.adapters.recorded.tape import chain_of, read_tape  # noqa: PLC0415

    with known():
        tape = read_tape(file(data))
        for line in tape.chains:
            chain_of(line)


CBOE = (
    b"GLD,350.10,+1.20\n"
    b"Date: July 10, 2026 at 3:45 PM EDT,Bid: 350.09,Ask: 350.11,Size: 5*6,Volume: 9\n"
    b"Expiration Date,Calls,Last Sale,Net,Bid,Ask,Volume,IV,Delta,Gamma,Open Interest,Strike,Puts,"
    b"Last Sale,Net,Bid,Ask,Volume,IV,Delta,Gamma,Open Interest\n"
    b"Fri Dec 18 2026,GLD261218C00350000,20.1,0.2,20.0,20.3,5,0.21,0.55,0.01,100,350.00,"
    b"GLD261218P00350000,16.1,0.1,16.0,16.2,4,0.21,-0.45,0.01,90\n"
)


@target(CBOE)
def cboe(data: bytes) -> None:
    from vaultdesk.adapters.cboe.table import looks_like_quote_table, read_quote_table  # noqa: PLC0415

    path = file(data)
    looks_like_quote_table(path)
    with known():
        read_quote_table(path)


# --- the broker -----------------------------------------------------------------------------------


def _messages() -> tuple[bytes, ...]:
    rows = (
        ("4", "2", "7", "201", "Order rejected"),
        ("3", "7", "Submitted", "0", "1", "0", "900", "0", "0", "17", "", "0"),
        ("59", "1", "0001.01", "1.30", "USD", "0", "0", ""),
        ("61", "3", "DU1234567", "1", "GLD", "OPT", "20261218", "350", "P", "100", "", "USD",
         "GLD", "GLD", "2", "16.1"),
        ("11", "-1", "7", "1", "GLD", "OPT", "20261218", "350", "P", "100", "SMART", "USD", "GLD",
         "GLD", "0001.01", "20260710  11:00:00", "DU1234567", "SMART", "BOT", "1", "16.1", "900",
         "17", "0", "1", "16.1", "ref", "", "", "", "2"),
        ("5", "7", "1", "GLD", "OPT", "20261218", "350", "P", "100", "SMART", "USD", "GLD", "GLD",
         "BUY", "1", "LMT", "16.1", "0"),
        ("1", "6", "1", "1", "350.1", "5", "0"),
        ("49", "1", "1783713598"),
    )  # fmt: skip
    return tuple("\0".join((*row, "")).encode() for row in rows)


@target(*_messages())
def tws_messages(data: bytes) -> None:
    """Messages parted by line feeds go through the library's decoder and our taps."""
    from vaultdesk.adapters.ibkr.link import Link  # noqa: PLC0415
    from vaultdesk.adapters.ibkr.reading import Reading  # noqa: PLC0415

    async def heard() -> None:
        rows: list[Row] = []
        link = Link(rows.append, lambda: None)
        link.ib.client.decoder.serverVersion = 176
        for message in data.split(b"\n"):
            fields = message.decode("utf-8", "backslashreplace").split("\0")
            link.ib.client.decoder.interpret(fields[:-1])
        reading = Reading(client_id=17)
        reading.sent("ref", 7)
        for row in rows:
            reading.told(row, NOW, UTC)

    with quiet():
        asyncio.run(heard())


# --- what the desk wrote itself -------------------------------------------------------------------


def _events() -> bytes:
    from decimal import Decimal  # noqa: PLC0415

    from tests.fakes.ibkr import EXPIRY as LISTED  # noqa: PLC0415
    from vaultdesk.adapters.paper import events  # noqa: PLC0415
    from vaultdesk.core.orders.draft import OrderDraft, OrderLeg, Tif  # noqa: PLC0415
    from vaultdesk.core.orders.instrument import Instrument  # noqa: PLC0415

    put = Instrument("GLD", LISTED, Decimal(350), "P")
    draft = OrderDraft((OrderLeg(put, 1),), 2, Decimal("16.1"), Tif.DAY)
    traded = events.Traded(Decimal("16.1"), Decimal("0.65"), NOW)
    made: tuple[events.Event, ...] = (
        events.Deposited(NOW, Decimal(1_000_000)),
        events.Received(NOW, "ref", draft),
        events.Accepted(NOW, "ref"),
        events.Filled(NOW, "ref", 1, (traded,)),
        events.Cancelled(NOW, "ref", "enough"),
        events.Settled(NOW, put, 1, Decimal(340), exercised=True),
    )
    return "\n".join(map(events.written, made)).encode()


@target(_events())
def paper_events(data: bytes) -> None:
    from vaultdesk.adapters.paper.journal import _made_of  # noqa: PLC0415

    with known():
        _made_of(data.decode("utf-8", "replace").splitlines())


@cache
def _profile() -> bytes:
    """A database with an audit log of some entries."""
    from vaultdesk.core.audit import Fact, FactKind  # noqa: PLC0415
    from vaultdesk.storage.audit_store import SqlAuditStore  # noqa: PLC0415
    from vaultdesk.storage.database import Database  # noqa: PLC0415

    path = folder() / "profile.db"

    async def made() -> None:
        with Database(path) as database:
            facts = [Fact(FactKind.ALERT, NOW, f"s{n}", "fuzz", f"text {n}") for n in range(3)]
            await SqlAuditStore(database).append(tuple(facts))

    asyncio.run(made())
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
    return path.read_bytes()


@target(b"1\0text\0altered", b"2\0hash\0" + b"0" * 64, b"3\0at\0never", b"1\0wire\0{}")
def audit_rows(data: bytes) -> None:
    """A column of an entry holds these bytes: `number NUL column NUL value`."""
    from vaultdesk.storage.audit_check import check_file  # noqa: PLC0415

    number, _, rest = data.partition(b"\0")
    column, _, value = rest.partition(b"\0")
    name = column.decode("ascii", "replace")
    names = ("kind", "at", "subject", "who", "text", "wire", "hash", "number")
    chosen = name if name in names else names[sum(column) % len(names)]
    path = file(_profile(), "altered.db")
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        which = int(number) % 3 + 1 if number.isdigit() and len(number) < 9 else 1
        stored: bytes | str = value
        with contextlib.suppress(UnicodeDecodeError):
            stored = value.decode()
        with contextlib.suppress(sqlite3.Error):  # a number is no text
            connection.execute(f"UPDATE audit SET {chosen} = ? WHERE number = ?", (stored, which))  # noqa: S608
    with known():
        check_file(path)


@target(b"\0" * 16 + b"damage")
def database_file(data: bytes) -> None:
    """The first two bytes say where in the file the others lie: it is refused, or verified."""
    from vaultdesk.storage.audit_check import check_file  # noqa: PLC0415
    from vaultdesk.storage.database import Database  # noqa: PLC0415

    path = file(overlaid(_profile(), data), "damaged.db")
    with known():
        check_file(path)
    with known():
        Database(path).close()


@cache
def _export() -> dict[str, bytes]:
    """The files of an export as JSON, by name."""
    from vaultdesk.storage.portable.exporting import Form, exported  # noqa: PLC0415

    place = folder() / "export"
    exported(file(_profile(), "exported.db"), place, Form.JSON, {"theme": "dark"})
    return {path.name: path.read_bytes() for path in sorted(place.iterdir())}


def _exported() -> tuple[bytes, ...]:
    return tuple(bytes([number]) + data for number, data in enumerate(_export().values()))


@target(_exported)
def portable(data: bytes) -> None:
    """One file of an export, by the number in the first byte, holds the rest."""
    from vaultdesk import settings  # noqa: PLC0415
    from vaultdesk.storage.portable.importing import imported  # noqa: PLC0415

    files = dict(_export())
    if data:
        files[sorted(files)[data[0] % len(files)]] = data[1:]
    with tempfile.TemporaryDirectory(dir=folder()) as place:
        for name, content in files.items():
            (Path(place) / name).write_bytes(content)
        with known():
            imported(Path(place), Path(place) / "imported.db", settings.refusal)


@cache
def _backup() -> bytes:
    from vaultdesk.storage.backup import back_up  # noqa: PLC0415

    home = folder() / "home"
    home.mkdir(exist_ok=True)
    (home / "desk.db").write_bytes(_profile())
    back_up(home, folder() / "whole.vaultdesk", NOW)
    return (folder() / "whole.vaultdesk").read_bytes()


@target(b"\0\0PK", b"\0\x10\xff\xff")
def backup(data: bytes) -> None:
    """The first two bytes say where in a backup the others lie."""
    from vaultdesk.storage.backup_check import verified  # noqa: PLC0415

    with tempfile.TemporaryDirectory(dir=folder()) as place, known():
        verified(file(overlaid(_backup(), data), "altered.vaultdesk"), Path(place))


@target(b"theme\0dark", b"(last)\0{}")
def window_files(data: bytes) -> None:
    from vaultdesk.storage.window_files import WindowFiles  # noqa: PLC0415

    name, _, content = data.partition(b"\0")
    text = name.decode("utf-8", "replace")
    files = WindowFiles(folder() / "window")
    with known():
        files.save(text, content)
        assert files.load(text) == content
        assert text in files.names()
        files.delete(text)
    with known():
        files.keep_choice("fuzz", content.decode("utf-8", "replace"))
        files.choice("fuzz")


# --- what is typed --------------------------------------------------------------------------------


@target(b"2'100'000.50", b"2.1m", b"75 %", b"2026-12-18", b"1,234.5", "٣".encode())
def typed(data: bytes) -> None:
    from vaultdesk.ui import palette, reading  # noqa: PLC0415

    text = data.decode("utf-8", "replace")
    for read in (reading.amount, reading.level, reading.day):
        with known(reading.Unreadable):
            value = read(text)
            assert isinstance(value, date) or value.is_finite()
    found = palette.ranked(text, ("Alert rules…", "Refresh", text))
    assert len(set(found)) == len(found)
