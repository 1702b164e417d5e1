"""The database file: migrated forward, backed up, refused when it must be, never half-written."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import StatementError

from tests.fakes.feed import START, chain, quote
from tests.fakes.loans import REFERENCE
from vaultdesk.ports import StorageError
from vaultdesk.storage import database as module
from vaultdesk.storage import order_tables, tables
from vaultdesk.storage.database import MIGRATIONS, Database
from vaultdesk.storage.loan_store import SqlLoanStore
from vaultdesk.storage.market_store import SqlMarketStore
from vaultdesk.storage.migrations import m0001_first as first


def test_a_new_file_has_the_tables_the_stores_expect(tmp_path: Path) -> None:
    with Database(tmp_path / "desk.db") as database:
        found = inspect(database._engine)
        assert order_tables.audit.name in tables.metadata.tables
        for table in tables.metadata.tables.values():
            columns = {column["name"] for column in found.get_columns(table.name)}
            assert columns == {column.name for column in table.columns}, table.name


def test_a_newer_file_is_refused_untouched(tmp_path: Path) -> None:
    path = tmp_path / "desk.db"
    Database(path).close()
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute("UPDATE schema_version SET version = 99")
    with pytest.raises(StorageError, match="newer VaultDesk"):
        Database(path)
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("SELECT version FROM schema_version").fetchall() == [(99,)]


def test_a_damaged_file_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "desk.db"
    path.write_bytes(b"this is no database at all, " * 100)
    before = path.read_bytes()
    with pytest.raises(StorageError, match="is damaged and was left as it is"):
        Database(path)
    assert path.read_bytes() == before


def test_a_folder_that_cannot_be_made_gives_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageError, match="VAULTDESK_HOME"):
        Database(tmp_path / "file" / "desk.db")


def test_an_older_file_is_backed_up_before_it_is_migrated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "desk.db"
    with Database(path) as database:
        asyncio.run(SqlLoanStore(database, _Clock()).save(REFERENCE))
    _add_migration(tmp_path, monkeypatch)
    with Database(path) as database:
        assert asyncio.run(SqlLoanStore(database, _Clock()).versions()) == (REFERENCE,)
        assert "colour" in {c["name"] for c in inspect(database._engine).get_columns("facilities")}
    (backup,) = tmp_path.glob(f"desk-v{len(MIGRATIONS)}-*.backup.db")
    with closing(sqlite3.connect(backup)) as raw:
        assert raw.execute("SELECT count(*) FROM facilities").fetchall() == [(1,)]
        assert raw.execute("SELECT version FROM schema_version").fetchall() == [(len(MIGRATIONS),)]


def test_a_file_of_version_one_keeps_every_version_of_its_loan(tmp_path: Path) -> None:
    path = tmp_path / "desk.db"
    values = "'GLD', ?, '2100000', 'USD', '0.75', '0.85', ?, 'me'"
    with closing(sqlite3.connect(path)) as raw:
        for statement in first.STATEMENTS:
            raw.execute(statement)
        raw.execute("CREATE TABLE schema_version (version INTEGER NOT NULL)")
        raw.execute("INSERT INTO schema_version VALUES (1)")
        for number, units in enumerate(("10000", "12000.50")):
            since = f"2026-07-1{number}T00:00:00.000000+00:00"
            raw.execute(f"INSERT INTO loan_terms VALUES (NULL, {values})", (units, since))  # noqa: S608
        raw.commit()
    with Database(path) as database:
        versions = asyncio.run(SqlLoanStore(database, _Clock()).versions())
    assert [terms.lots[0].quantity for terms in versions] == [Decimal(10_000), Decimal("12000.50")]
    assert versions[1].tranches[0].principal == Decimal(2_100_000)
    assert versions[1].since == datetime(2026, 7, 11, tzinfo=UTC)
    assert versions[1].who == "me"
    assert len(list(tmp_path.glob("desk-v1-*.backup.db"))) == 1


def _add_migration(folder: Path, monkeypatch: pytest.MonkeyPatch, then: str = "pass") -> None:
    """One more schema version, as a later program would bring it."""
    code = (
        "from sqlalchemy import text\n"
        "def upgrade(connection):\n"
        "    connection.execute(text('ALTER TABLE facilities ADD COLUMN colour TEXT'))\n"
        f"    {then}\n"
    )
    name = f"m9999_{folder.name}"  # one of its own: a module is imported once
    (folder / f"{name}.py").write_text(code)
    import vaultdesk.storage.migrations as package  # noqa: PLC0415

    monkeypatch.setattr(package, "__path__", [*package.__path__, str(folder)])
    monkeypatch.setattr(module, "MIGRATIONS", (*MIGRATIONS, name))


class _Clock:
    def now(self) -> datetime:
        return START


def _pragma(name: str) -> Callable[[Connection], object]:
    return lambda connection: connection.execute(text(f"PRAGMA {name}")).scalar_one()


async def test_durable_work_goes_through_the_systems_cache(tmp_path: Path) -> None:
    with Database(tmp_path / "desk.db") as database:
        for _ in range(2):
            assert await database.run(_pragma("synchronous"), durable=True) == 2, "FULL"
            assert await database.run(_pragma("synchronous")) == 1, "NORMAL"
        for durable in (True, False):
            assert await database.run(_pragma("journal_mode"), durable=durable) == "wal"
            assert await database.run(_pragma("foreign_keys"), durable=durable) == 1


async def test_durable_work_is_alone_from_its_beginning(tmp_path: Path) -> None:
    path = tmp_path / "desk.db"

    def write_elsewhere(connection: Connection) -> None:
        del connection
        with closing(sqlite3.connect(path, timeout=0)) as other:
            other.execute("BEGIN IMMEDIATE")

    with Database(path) as database:
        await database.run(write_elsewhere)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            await database.run(write_elsewhere, durable=True)


async def test_durable_work_sees_and_keeps_what_other_work_does(tmp_path: Path) -> None:
    def add(connection: Connection) -> None:
        connection.execute(text("INSERT INTO expirations VALUES (hex(randomblob(8)), 'x', 'y')"))

    count = text("SELECT count(*) FROM expirations")
    for path in (tmp_path / "desk.db", None):
        with Database(path) as database:
            for durable in (True, False, True):
                await database.run(add, durable=durable)
            for durable in (True, False):
                assert (
                    await database.run(lambda on: on.execute(count).scalar(), durable=durable) == 3
                )


def test_a_failed_piece_of_work_changes_nothing(tmp_path: Path) -> None:
    def half(connection: Connection) -> None:
        connection.execute(text("INSERT INTO expirations VALUES ('A', 'x', 'y')"))
        connection.execute(text("INSERT INTO nowhere VALUES (1)"))

    def count(connection: Connection) -> int:
        return int(connection.execute(text("SELECT count(*) FROM expirations")).scalar_one())

    with Database(tmp_path / "desk.db") as database:
        with pytest.raises(StorageError, match="was not changed"):
            asyncio.run(database.run(half))
        assert asyncio.run(database.run(count)) == 0


def test_a_full_disk_is_told_and_what_was_kept_stays(tmp_path: Path) -> None:
    def limit(connection: Connection) -> None:
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()
        connection.execute(text(f"PRAGMA max_page_count = {pages}"))

    def fill(connection: Connection) -> None:
        connection.execute(text("INSERT INTO expirations VALUES ('A', 'x', zeroblob(10000000))"))

    with Database(tmp_path / "desk.db") as database:
        store = SqlMarketStore(database)
        asyncio.run(store.keep_quote(quote("350.10")))
        asyncio.run(database.run(limit))
        with pytest.raises(StorageError, match="disk is full"):
            asyncio.run(database.run(fill))
        assert asyncio.run(store.last_quote("GLD")) == quote("350.10")


def test_kill_nine_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    code = (
        "import asyncio, pathlib, sys\n"
        "from tests.fakes.loans import REFERENCE\n"
        "from tests.storage.test_database import _Clock\n"
        "from vaultdesk.storage.database import Database\n"
        "from vaultdesk.storage.loan_store import SqlLoanStore\n"
        "database = Database(pathlib.Path(sys.argv[1]))\n"
        "asyncio.run(SqlLoanStore(database, _Clock()).save(REFERENCE))\n"
        "print('kept', flush=True)\n"
        "sys.stdin.read()\n"
    )
    path = tmp_path / "desk.db"
    with subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", code, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"kept\n"
        os.kill(child.pid, signal.SIGKILL)
    with Database(path) as database:
        assert asyncio.run(SqlLoanStore(database, _Clock()).versions()) == (REFERENCE,)


@given(
    st.decimals(allow_nan=False, allow_infinity=False, places=18, min_value=-1e20, max_value=1e20)
)
@settings(max_examples=50, deadline=None)
def test_decimals_keep_every_digit(value: Decimal) -> None:
    column = tables.DecimalText()
    dialect = None
    kept = column.process_bind_param(value, dialect)  # type: ignore[arg-type]
    assert column.process_result_value(kept, dialect) == value  # type: ignore[arg-type]


@pytest.mark.parametrize("wrong", [1.5, 3, Decimal("NaN"), Decimal("Infinity")])
def test_a_float_never_enters_a_money_column(wrong: object) -> None:
    with pytest.raises(TypeError, match="finite Decimal"):
        tables.DecimalText().process_bind_param(wrong, None)  # type: ignore[arg-type]


def test_a_time_without_a_zone_never_enters_the_database() -> None:
    def work(connection: Connection) -> None:
        naive = datetime(2026, 7, 10)  # noqa: DTZ001
        connection.execute(
            tables.expirations.insert().values(symbol="GLD", fetched=naive, dates="")
        )

    with Database(None) as database, pytest.raises((StatementError, StorageError, TypeError)):
        asyncio.run(database.run(work))


def test_moments_come_back_in_utc_and_in_order() -> None:
    moment = tables.Moment()
    east = datetime(2026, 7, 10, 12, 0, 0, 5, tzinfo=timezone(timedelta(hours=9)))
    kept = moment.process_bind_param(east, None)  # type: ignore[arg-type]
    back = moment.process_result_value(kept, None)  # type: ignore[arg-type]
    assert back == east
    assert back is not None
    assert back.tzinfo == UTC
    later = moment.process_bind_param(east + timedelta(seconds=1), None)  # type: ignore[arg-type]
    assert later is not None
    assert kept is not None
    assert kept < later


def test_a_chain_of_an_older_program_is_fetched_anew() -> None:
    def spoil(connection: Connection) -> None:
        connection.execute(text("UPDATE chains SET payload = '{\"symbol\": 3}'"))

    with Database(None) as database:
        store = SqlMarketStore(database)
        made = chain(START.date() + timedelta(days=60))
        asyncio.run(store.keep_chain(made))
        asyncio.run(database.run(spoil))
        assert asyncio.run(store.chain("GLD", made.expiry)) is None


def test_a_chain_that_was_kept_before_there_were_sizes_is_read_without_them() -> None:
    def forget(connection: Connection) -> None:
        for name in ("bid_size", "ask_size"):
            remove = "UPDATE chains SET payload = replace(payload, :told, '')"
            connection.execute(text(remove), {"told": f',"{name}":7'})

    with Database(None) as database:
        store = SqlMarketStore(database)
        made = chain(START.date() + timedelta(days=60))
        sized = tuple(replace(row, bid_size=7, ask_size=7) for row in made.rows)
        asyncio.run(store.keep_chain(replace(made, rows=sized)))
        assert asyncio.run(store.chain("GLD", made.expiry)) == replace(made, rows=sized)
        asyncio.run(database.run(forget))
        assert asyncio.run(store.chain("GLD", made.expiry)) == made


def test_a_file_that_cannot_grow_from_the_start_says_that_the_disk_is_full() -> None:
    sentence = module._opening_sentence(Path("desk.db"), OSError(28, "No space left on device"))
    assert "free some space" in sentence


def test_a_migration_that_fails_half_way_leaves_the_file_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "desk.db"
    Database(path).close()
    _add_migration(tmp_path, monkeypatch, then="connection.execute(text('CREATE TABLE nonsense'))")
    with pytest.raises(StorageError):
        Database(path)
    with closing(sqlite3.connect(path)) as raw:
        columns = [row[1] for row in raw.execute("PRAGMA table_info(facilities)")]
        assert "colour" not in columns
        assert raw.execute("SELECT version FROM schema_version").fetchall() == [(len(MIGRATIONS),)]


def test_a_first_start_that_runs_out_of_disk_can_be_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = (*first.STATEMENTS[:2], "CREATE TABLE nonsense")
    monkeypatch.setattr(first, "STATEMENTS", broken)
    with pytest.raises(StorageError):
        Database(tmp_path / "desk.db")
    monkeypatch.undo()
    Database(tmp_path / "desk.db").close()


async def test_text_that_a_damaged_page_holds_is_told_as_the_files_fault(tmp_path: Path) -> None:
    with (
        Database(tmp_path / "desk.db") as database,
        pytest.raises(StorageError, match="was not changed"),
    ):
        await database.run(lambda _connection: b"\xff".decode())
