"""An export read back: every cell is checked on the way in, and a bad one is named."""

import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Table

from vaultdesk.ports import InputError
from vaultdesk.services.off_loop import Stop
from vaultdesk.storage.audit_check import checked
from vaultdesk.storage.backup import Tell, never, quiet, refuse_stopped
from vaultdesk.storage.database import MIGRATIONS, Database
from vaultdesk.storage.order_tables import audit_head
from vaultdesk.storage.portable.columns import Raw, kept
from vaultdesk.storage.portable.rules import check
from vaultdesk.storage.portable.sources import NOTHING, Found, Source, opened, shown
from vaultdesk.storage.portable.tables import (
    EXPORTED,
    FORMAT,
    VERSION,
    Head,
    columns_of,
    names_of,
)

LOOK = 1_000


@dataclass(frozen=True, slots=True)
class Imported:
    """What was read: rows of each table, and the settings by name."""

    rows: Mapping[str, int]
    settings: Mapping[str, object]


def imported(
    path: Path,
    database: Path,
    refusal: Callable[[str, object], str],
    *,
    tell: Tell = quiet,
    stop: Stop = never,
) -> Imported:
    """Read an export into a new database.

    Args:
        path: a folder, or a zip, that `exported` wrote.
        database: where there is no file yet; what is left there after an error is worthless.
        refusal: why a setting of this name cannot have this value, empty where it can.
        tell: hears how much is done.
        stop: asked whether to give up.

    Raises:
        InputError: something in it cannot be used: says where, and what is expected there.
        StorageError: the disk refused, or `stop` said so.
    """
    with opened(path) as source:
        head = source.head
        _refuse_head(head, path)
        Database(database).close()
        with closing(sqlite3.connect(database, isolation_level=None)) as connection:
            connection.execute("PRAGMA synchronous = OFF")  # synced as a whole before it counts
            connection.execute("BEGIN")
            _fill(connection, source, head, tell, stop)
            _refuse_unsound(connection)
            connection.execute("COMMIT")
        return Imported(head.rows, _settings(source, refusal))


def _refuse_head(head: Head, path: Path) -> None:
    if head.format != FORMAT:
        raise InputError(f"{path} is no export of VaultDesk. {NOTHING}")
    if head.version > VERSION or head.schema > len(MIGRATIONS):
        raise InputError(
            f"{path} was written by a newer VaultDesk: import it with that program. {NOTHING}"
        )
    if (head.version, head.schema) != (VERSION, len(MIGRATIONS)):
        raise InputError(
            f"{path} was written by an older VaultDesk: export it again with this one. {NOTHING}"
        )


def _fill(
    connection: sqlite3.Connection, source: Source, head: Head, tell: Tell, stop: Stop
) -> None:
    total, done = sum(head.rows.values()) or 1, 0
    for table in EXPORTED:
        count = 0
        for found in source.rows(table):
            if done % LOOK == 0:
                refuse_stopped(stop)
                tell(done / total)
            _put(connection, table, found)
            done, count = done + 1, count + 1
        if count != head.rows.get(table.name):
            raise InputError(
                f"{source.name(table)} has {count} rows, and {head.rows.get(table.name)} are "
                f"expected: it was cut off or added to. {NOTHING}"
            )


def _put(connection: sqlite3.Connection, table: Table, found: Found) -> None:
    row = _read(table, found)
    if wrong := check(table.name, row):
        raise found.wrong(wrong[0], wrong[1])
    names = names_of(table)
    try:
        if table is audit_head:
            _put_head(connection, row)
            return
        marks = ", ".join("?" * len(names))
        connection.execute(f"INSERT INTO {table.name} VALUES ({marks})", [*row.values()])  # noqa: S608
    except sqlite3.IntegrityError as error:
        _, _, column = str(error).rpartition(".")
        where = column if column in names else names[0]
        raise found.wrong(where, "a value that no other row has") from error


def _put_head(connection: sqlite3.Connection, row: Mapping[str, Raw]) -> None:
    """The head has its row from the beginning, and only ever counts up."""
    count, seal = row["count"], row["hash"]
    if count:
        connection.execute("UPDATE audit_head SET count = ?, hash = ?", (count, seal))


def _read(table: Table, found: Found) -> dict[str, Raw]:
    row: dict[str, Raw] = {}
    for column in columns_of(table):
        try:
            row[column.name] = kept(column, found.values[column.name])
        except ValueError as error:
            raise found.wrong(column.name, str(error)) from None
    return row


def _refuse_unsound(connection: sqlite3.Connection) -> None:
    """What no single row can tell: a notice of no alert, a log that is not as it was written."""
    lost = connection.execute(
        "SELECT alert FROM alert_deliveries WHERE alert NOT IN (SELECT id FROM alerts) LIMIT 1"
    ).fetchone()
    if lost:
        raise InputError(
            f"alert_deliveries has a row of the alert {shown(lost[0])}, which is not among the "
            f"alerts: add that alert, or remove the row. {NOTHING}"
        )
    if fault := checked(connection).fault:
        raise InputError(f"The audit log is not as it was written: {fault} {NOTHING}")


def _settings(source: Source, refusal: Callable[[str, object], str]) -> dict[str, object]:
    settings: dict[str, object] = {}
    for found in source.settings():
        name, value = str(found.values["name"]), found.values["value"]
        if name in settings:
            raise found.wrong("name", "a setting that no other row has")
        if why := refusal(name, value):
            raise found.wrong("value", f"what the setting {shown(name)} can be: {why}")
        settings[name] = value
    return settings
