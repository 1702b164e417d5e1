"""Whether the audit log is as it was written, and orders, trades and positions as it says."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vaultdesk.core.audit import FactKind, Head, Written, first_fault
from vaultdesk.ports import StorageError
from vaultdesk.storage.database import MIGRATIONS

SINCE_VERSION = 6
"""The first schema with a log."""

KEYS = {"orders": ("ref",), "order_executions": ("broker", "exec_id")}
NAMES = {"orders": "Order", "order_executions": "Trade"}
MANUAL = "manual_positions"

Key = tuple[str, ...]
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found; `fault` is a sentence on the first wrong record, empty where none is.

    `first` and `last` are the times of the first and last entry, `seal` is the last one's hash.
    """

    fault: str
    entries: int = 0
    first: str = ""
    last: str = ""
    seal: str = ""
    orders: int = 0
    trades: int = 0


@dataclass(slots=True)
class _Log:
    """What the log says of the rows, gathered while its entries pass."""

    entries: int = 0
    first: str = ""
    last: str = ""
    seal: str = ""
    confirmed: set[str] = field(default_factory=set)
    rows: dict[str, dict[Key, Row]] = field(default_factory=lambda: {name: {} for name in KEYS})
    manual: list[list[Any]] = field(default_factory=list)
    unreadable: str = ""

    def passing(self, entries: Iterator[Written]) -> Iterator[Written]:
        """The same entries, each read once the one after it is asked for: its seal was right."""
        for entry in entries:
            yield entry
            kind, at, subject, _, _, wire = (str(column) for column in entry.columns)
            self.entries, self.first, self.last = self.entries + 1, self.first or at, at
            self.seal = str(entry.hash)
            if kind == FactKind.CONFIRMED:
                self.confirmed.add(subject)
            elif kind == FactKind.KEPT:
                self._keep(wire)

    def _keep(self, wire: str) -> None:
        try:
            table, now = json.loads(wire)
            if table == MANUAL:
                self.manual = now
            else:
                key = tuple(str(now[name]) for name in KEYS[table])
                self.rows[table].setdefault(key, {}).update(now)
        except (ValueError, KeyError, TypeError):
            self.unreadable = self.unreadable or (
                f"Entry {self.entries} cannot be read: a row of the database is expected in it."
            )


def check_file(path: Path) -> Checked:
    """Look through the database without writing anything, also while a desk has it open.

    Raises:
        StorageError: there is none, or it cannot be read.
    """
    if not path.is_file():
        raise StorageError(
            f"There is no database at {path}: start VaultDesk once, or set VAULTDESK_HOME to the "
            "folder of your profile."
        )
    try:
        with reading(path) as connection:
            _refuse_version(connection, path)
            return checked(connection)
    except (sqlite3.Error, UnicodeDecodeError) as error:  # its own words may hold damaged names
        raise StorageError(
            f"{path} cannot be read ({error}): restore one of the backups beside it."
        ) from error


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """The database as it is at one moment, for reading only.

    Without a write-ahead log beside it nobody has it open; it is taken as unchanging then, as
    SQLite would leave such a log behind even where it only reads.
    """
    alone = not path.with_name(path.name + "-wal").exists()
    uri = f"{path.absolute().as_uri()}?{'immutable=1' if alone else 'mode=ro'}"
    with closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as connection:
        connection.text_factory = lambda text: text.decode("utf-8", "surrogateescape")
        connection.execute("BEGIN")
        yield connection


def checked(connection: sqlite3.Connection) -> Checked:
    """Look through the database within a transaction."""
    log = _Log()
    head = connection.execute("SELECT count, hash FROM audit_head WHERE id = 1").fetchone()
    fault = first_fault(log.passing(_written(connection)), Head(*head) if head else None)
    fault = fault or log.unreadable or _rows_fault(connection, log)
    return Checked(
        fault, log.entries, log.first, log.last, log.seal, *(len(one) for one in log.rows.values())
    )


def _refuse_version(connection: sqlite3.Connection, path: Path) -> None:
    (version,) = connection.execute("SELECT version FROM schema_version").fetchone() or (0,)
    if not isinstance(version, int):
        raise StorageError(f"{path} is damaged: restore one of the backups beside it.")
    if version < SINCE_VERSION:
        raise StorageError(
            f"{path} is of an older VaultDesk and has no audit log: start this one once to bring "
            "it up to date."
        )
    if version > len(MIGRATIONS):
        raise StorageError(f"{path} is of a newer VaultDesk: verify it with that program.")


def _written(connection: sqlite3.Connection) -> Iterator[Written]:
    query = "SELECT number, kind, at, subject, who, text, wire, hash FROM audit ORDER BY number"
    for number, *columns, seal in connection.execute(query):
        yield Written(number, tuple(columns), seal)


def _rows_fault(connection: sqlite3.Connection, log: _Log) -> str:
    """A sentence on the first row that is not what the log says of it."""
    for table, key in KEYS.items():
        said = dict(log.rows[table])
        for row in _rows(connection, table):
            name = tuple(str(row[column]) for column in key)
            if sentence := _row_fault(f"{NAMES[table]} {name[-1]}", row, said.pop(name, None)):
                return sentence
            if table == "orders" and name[0] not in log.confirmed:
                return f"Order {name[0]} was inserted: the log has no confirmation of it."
        for name in said:
            return f"{NAMES[table]} {name[-1]} was removed: the log says that it is kept."
    found = [list(row) for row in connection.execute(f"SELECT * FROM {MANUAL} ORDER BY number")]  # noqa: S608
    if found != log.manual:
        return "The positions held elsewhere were altered: they are not those the log says."
    return ""


def _rows(connection: sqlite3.Connection, table: str) -> Iterator[Row]:
    cursor = connection.execute(f"SELECT * FROM {table} ORDER BY number")  # noqa: S608 (own names)
    names = [column[0] for column in cursor.description]
    for values in cursor:
        yield dict(zip(names, values, strict=True))


def _row_fault(which: str, row: Row, said: Row | None) -> str:
    if said is None:
        return f"{which} was inserted: the log does not know it."
    for name, value in row.items():
        if said.get(name) != value:
            return (
                f"{which} was altered: its {name} is {value!r}, and {said.get(name)!r} is expected."
            )
    return ""
