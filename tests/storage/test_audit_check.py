"""An attacker changes the file behind the desk's back; the first altered record is found."""

import asyncio
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.fakes.orders import confirmation, execution, held, note, order
from tests.fakes.profiles import older
from vaultdesk.core.audit import FactKind
from vaultdesk.core.orders.broker import CommissionTold
from vaultdesk.core.orders.life import OrderState
from vaultdesk.ports import StorageError
from vaultdesk.storage.audit_check import check_file
from vaultdesk.storage.audit_store import SqlAuditStore
from vaultdesk.storage.database import Database
from vaultdesk.storage.order_store import SqlOrderStore

SEALED = ("orders", "order_executions", "manual_positions", "audit", "audit_head")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed database with three orders, two trades, two positions and what was said."""
    path = tmp_path_factory.mktemp("desk") / "desk.db"
    with Database(path) as database:
        asyncio.run(_live(SqlOrderStore(database), SqlAuditStore(database)))
    return path


async def _live(store: SqlOrderStore, log: SqlAuditStore) -> None:
    made = tuple(order(number) for number in range(3))
    await store.confirm(made, confirmation(*made))
    working = tuple(replace(one, state=OrderState.WORKING, order_id=17) for one in made)
    await store.save(working, (note("working"),))
    await store.record("desk paper", (execution("a"), execution("b")), (note("traded"),))
    told = CommissionTold("a", Decimal("40.95"), "USD")
    await store.commission("desk paper", told, ())
    filled = replace(working[0], state=OrderState.FILLED, filled=Decimal(63))
    await store.save((filled,), ())
    await store.set_manual((held("20"), held("-5")), (note("entered"),))
    await log.append((note("ünïcode “said”"),))


@pytest.fixture
def copy(written: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "Gold & Öl #1?mode=rw 100%"
    folder.mkdir()
    return Path(shutil.copy(written, folder / "desk.db"))


def attack(path: Path, *statements: str, values: tuple[object, ...] = ()) -> None:
    """Change the file as somebody with plain SQLite would."""
    with closing(sqlite3.connect(path)) as raw, raw:
        _disarm(raw)
        for statement in statements:
            raw.execute(statement, values)


def _disarm(raw: sqlite3.Connection) -> None:
    names = raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for (name,) in names:
        raw.execute(f"DROP TRIGGER {name}")


def entries(path: Path) -> int:
    with closing(sqlite3.connect(path)) as raw:
        return int(raw.execute("SELECT count(*) FROM audit").fetchone()[0])


def test_what_the_desk_wrote_is_whole(written: Path) -> None:
    found = check_file(written)
    assert found.fault == ""
    assert (found.entries, found.orders, found.trades) == (entries(written), 3, 2)
    assert found.first.startswith("2026-07-10T15:00:00")
    assert len(found.seal) == 64


def test_looking_leaves_nothing_beside_the_file(copy: Path) -> None:
    before = copy.read_bytes()
    check_file(copy)
    assert [path.name for path in copy.parent.iterdir()] == ["desk.db"]
    assert copy.read_bytes() == before


async def test_an_open_desk_goes_on_while_it_is_looked_at(copy: Path) -> None:
    with Database(copy) as database:
        store, log = SqlOrderStore(database), SqlAuditStore(database)
        before = check_file(copy).entries
        await store.confirm((order(7),), confirmation(order(7)))
        assert check_file(copy).entries == before + 2
        assert await log.broken() == ""


async def test_the_log_of_a_desk_in_memory_is_looked_through_as_well() -> None:
    with Database(None) as database:
        store, log = SqlOrderStore(database), SqlAuditStore(database)
        await _live(store, log)
        assert await log.broken() == ""


async def test_an_open_desk_is_told_of_the_altered_record(copy: Path) -> None:
    with Database(copy) as database:
        attack(copy, "UPDATE audit SET who = 'nobody' WHERE number = 4")
        assert (await SqlAuditStore(database).broken()).startswith("Entry 4 (kept of VD-test-")


@pytest.mark.parametrize(
    ("statements", "sentence"),
    [
        (["UPDATE audit SET text = text || ' ' WHERE number = 2"], "Entry 2 (confirmed of VD-"),
        (
            ["UPDATE audit SET at = replace(at, '+00:00', 'Z') WHERE number = 3"],
            "Entry 3 (confirmed",
        ),
        (["UPDATE audit SET wire = CAST(wire AS BLOB) WHERE number = 4"], "a text is expected"),
        (["DELETE FROM audit WHERE number = 5"], "Entry 5 is missing: entry 6 stands"),
        (["DELETE FROM audit WHERE number > 6"], "Entry 7 is missing: "),
        (["DELETE FROM audit"], "Entry 1 is missing: "),
        (
            [
                "UPDATE audit SET number = -1 WHERE number = 3",
                "UPDATE audit SET number = 3 WHERE number = 4",
                "UPDATE audit SET number = 4 WHERE number = -1",
            ],
            "Entry 3 (kept",
        ),
        (
            [
                "UPDATE audit SET number = -number WHERE number > 5",
                "UPDATE audit SET number = 1 - number WHERE number < 0",
                "CREATE TEMP TABLE t AS SELECT * FROM audit WHERE number = 5",
                "UPDATE t SET number = 6",
                "INSERT INTO audit SELECT * FROM t",
            ],
            "Entry 6 (kept",
        ),
        (["DELETE FROM audit_head"], "The log's head is missing"),
        (
            ["UPDATE orders SET state = 'cancelled' WHERE state = 'filled'"],
            "Order VD-test-000000000000 was altered: its state is 'cancelled', and 'filled' is",
        ),
        (
            ["DELETE FROM orders WHERE ref LIKE '%2'"],
            "Order VD-test-000000000002 was removed",
        ),
        (
            [
                "CREATE TEMP TABLE t AS SELECT * FROM orders WHERE ref LIKE '%2'",
                "UPDATE t SET ref = 'VD-x', number = 9, place = 1",
                "INSERT INTO orders SELECT * FROM t",
            ],
            "Order VD-x was inserted: the log does not know it",
        ),
        (
            ["UPDATE order_executions SET price = '8.30' WHERE exec_id = 'b'"],
            "Trade b was altered: its price is '8.30', and '8.20' is expected",
        ),
        (["DELETE FROM order_executions WHERE exec_id = 'a'"], "Trade a was removed"),
        (["DELETE FROM manual_positions"], "The positions held elsewhere were altered"),
    ],
)
def test_the_first_altered_record_is_named(
    copy: Path, statements: list[str], sentence: str
) -> None:
    attack(copy, *statements)
    assert sentence in check_file(copy).fault


def test_what_was_changed_before_the_desk_went_on_is_still_found(copy: Path) -> None:
    attack(copy, "UPDATE audit SET text = 'other' WHERE number = 4")
    with Database(copy) as database:
        asyncio.run(SqlAuditStore(database).append((note("later"),)))
    assert check_file(copy).fault.startswith("Entry 4 (")


def test_an_order_that_was_never_confirmed_is_found_in_a_log_that_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "desk.db"
    with Database(path) as database:
        asyncio.run(SqlOrderStore(database).confirm((order(),), confirmation(order())))
        _rewrite(path, "UPDATE audit SET kind = 'note' WHERE kind = 'confirmed'")
        assert check_file(path).fault == (
            f"Order {order().ref} was inserted: the log has no confirmation of it."
        )


@pytest.mark.parametrize("wire", ["", "[1]", '["orders",[]]', '["nowhere",{}]', '["orders",{}]'])
def test_a_kept_row_that_is_none_is_told_and_breaks_nothing(tmp_path: Path, wire: str) -> None:
    path = tmp_path / "desk.db"
    with Database(path) as database:
        asyncio.run(SqlAuditStore(database).append((note(kind=FactKind.KEPT, wire=wire),)))
    assert check_file(path).fault == (
        "Entry 1 cannot be read: a row of the database is expected in it."
    )


def _rewrite(path: Path, statement: str) -> None:
    """Change the log and seal it all anew, as only a program like ours would."""
    attack(path, statement)
    with closing(sqlite3.connect(path)) as raw, raw:
        rows = raw.execute("SELECT * FROM audit ORDER BY number").fetchall()
        raw.execute("DELETE FROM audit")
        raw.execute("UPDATE audit_head SET count = 0, hash = printf('%064d', 0)")
    facts = tuple(
        note(
            kind=FactKind(kind),
            at=datetime.fromisoformat(at),
            subject=subject,
            who=who,
            text=text,
            wire=wire,
        )
        for _, kind, at, subject, who, text, wire, _ in rows
    )
    with Database(path) as database:
        asyncio.run(SqlAuditStore(database).append(facts))


def _columns(path: Path) -> list[tuple[str, int, str]]:
    """Every field there is: table, row, column."""
    with closing(sqlite3.connect(path)) as raw:
        found = []
        for table in SEALED:
            names = [row[1] for row in raw.execute(f"PRAGMA table_info({table})")]
            rows = [row[0] for row in raw.execute(f"SELECT rowid FROM {table}")]  # noqa: S608
            found += [(table, row, name) for row in rows for name in names]
        return found


def _flip(path: Path, field: tuple[str, int, str], draw: Callable[[int, int], int]) -> bool:
    """Change one byte of a field, of an empty one its absence; False where that is impossible."""
    table, row, column = field
    where = f"FROM {table} WHERE rowid = {row}"
    with closing(sqlite3.connect(path)) as raw, raw:
        _disarm(raw)
        raw.text_factory = bytes
        ((as_bytes, before),) = raw.execute(f"SELECT CAST({column} AS BLOB), {column} {where}")
        there = bytearray(as_bytes or b" ")
        there[draw(0, len(there) - 1)] ^= draw(1, 255)
        change = f"UPDATE {table} SET {column} = CAST(? AS TEXT) WHERE rowid = {row}"  # noqa: S608
        try:
            raw.execute(change, (bytes(there),))
        except sqlite3.IntegrityError:
            return False  # a row's number can be nothing but a number, and only one row's
        return bool(raw.execute(f"SELECT {column} {where}").fetchone() != (before,))


@given(data=st.data())
@settings(max_examples=200)
def test_one_altered_byte_anywhere_is_found(written: Path, data: st.DataObject) -> None:
    field = data.draw(st.sampled_from(_columns(written)))
    path = Path(shutil.copy(written, written.with_name("attacked.db")))
    assume(_flip(path, field, lambda least, most: data.draw(st.integers(least, most))))
    fault = check_file(path).fault
    assert fault
    table, row, column = field
    if table == "audit" and column != "number":
        assert fault.startswith(f"Entry {row} (")


def test_files_that_cannot_be_looked_through_say_what_to_do(tmp_path: Path) -> None:
    missing, odd = tmp_path / "none.db", tmp_path / "odd.db"
    odd.write_bytes(b"this is no database at all, " * 100)
    with pytest.raises(StorageError, match="There is no database at"):
        check_file(missing)
    assert not missing.exists()
    with pytest.raises(StorageError, match="restore one of the backups"):
        check_file(odd)
    with pytest.raises(StorageError, match="has no audit log: start this one once"):
        check_file(older(tmp_path / "old.db", 5))
    newer = tmp_path / "new.db"
    Database(newer).close()
    attack(newer, "UPDATE schema_version SET version = 99")
    with pytest.raises(StorageError, match="is of a newer VaultDesk"):
        check_file(newer)


async def test_entries_are_read_in_pages_and_by_time() -> None:
    with Database(None) as database:
        log = SqlAuditStore(database)
        times = [datetime(2026, 7, 10, hour, tzinfo=UTC) for hour in range(5)]
        await log.append(tuple(note(str(at.hour), at=at) for at in times))
        assert [entry.number for entry in await log.entries()] == [1, 2, 3, 4, 5]
        assert [entry.number for entry in await log.entries(newest=2)] == [4, 5]
        assert [entry.number for entry in await log.entries(newest=2, before=4)] == [2, 3]
        assert [entry.fact.at for entry in await log.entries(since=times[3])] == times[3:]
        assert await log.count() == 5
