"""Everything that a profile keeps, written as CSV or JSON."""

import csv
import json
import shutil
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from enum import StrEnum
from io import TextIOWrapper
from pathlib import Path
from typing import IO, Protocol, TextIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import msgspec
from sqlalchemy import Table

from vaultdesk import __version__
from vaultdesk.ports import InputError, StorageError
from vaultdesk.services.files import sync, whole, writing
from vaultdesk.services.off_loop import Stop
from vaultdesk.settings import written
from vaultdesk.storage.audit_check import reading
from vaultdesk.storage.backup import Tell, never, quiet, refuse_stopped
from vaultdesk.storage.database import MIGRATIONS
from vaultdesk.storage.portable.columns import Value, cell, guarded, told
from vaultdesk.storage.portable.tables import (
    DOCUMENT,
    EXPORTED,
    FORMAT,
    HEAD,
    SETTING_COLUMNS,
    SETTINGS,
    VERSION,
    Head,
    columns_of,
    names_of,
)

ZIP = ".zip"
EPOCH = (1980, 1, 1, 0, 0, 0)
"""The time of every file in a zip: the same profile gives the same bytes."""
LOOK = 1_000
"""Rows between two looks at whether to stop."""

Row = list[Value]
Rows = Iterable[Row]


class Form(StrEnum):
    """How an export is written."""

    CSV = "csv"
    JSON = "json"


class Place(Protocol):
    """A folder or a zip that files are written into, one after the other."""

    def file(self, name: str) -> "IO[bytes]":
        """A new file of this name, to be closed before the next."""


def exported(
    database: Path,
    target: Path,
    form: Form,
    settings: Mapping[str, object],
    *,
    tell: Tell = quiet,
    stop: Stop = never,
) -> Head:
    """Write a database and the settings into a new folder, or into a zip where that is its name.

    A desk may have the database open: what it holds at one moment is written, a row at a time.
    Blocking: not on the loop.

    Raises:
        InputError: the folder is there and holds something.
        StorageError: the database cannot be read, the disk refused, or `stop` said so.
    """
    with _opened(database) as connection, _place(target) as place:
        counts = {table.name: _count(connection, table) for table in EXPORTED}
        head = Head(
            FORMAT, VERSION, __version__, len(MIGRATIONS), counts | {SETTINGS: len(settings)}
        )
        total, done = sum(counts.values()) or 1, 0

        def rows(table: Table) -> Iterator[Row]:
            nonlocal done
            for row in _rows(connection, table):
                if done % LOOK == 0:
                    refuse_stopped(stop)
                    tell(done / total)
                done += 1
                yield row

        write = _csv if form is Form.CSV else _json
        write(place, head, {table: rows(table) for table in EXPORTED}, settings)
    return head


@contextmanager
def _opened(database: Path) -> Iterator[sqlite3.Connection]:
    if not database.is_file():
        raise StorageError(
            f"There is no database at {database}: start VaultDesk once, or set VAULTDESK_HOME to "
            "the folder of your profile."
        )
    try:
        with reading(database) as connection:
            (version,) = connection.execute("SELECT version FROM schema_version").fetchone() or (0,)
            if version != len(MIGRATIONS):
                age = "an older" if version < len(MIGRATIONS) else "a newer"
                raise StorageError(
                    f"{database} is of {age} VaultDesk: start the newest one once, and export then."
                )
            yield connection
    except sqlite3.Error as error:
        raise StorageError(
            f"{database} cannot be read ({error}): restore a backup of it."
        ) from error


def _count(connection: sqlite3.Connection, table: Table) -> int:
    (count,) = connection.execute(f"SELECT count(*) FROM {table.name}").fetchone()  # noqa: S608
    return int(count)


def _rows(connection: sqlite3.Connection, table: Table) -> Iterator[Row]:
    """A table's rows in the order of their keys."""
    columns = columns_of(table)
    keys = ", ".join(column.name for column in table.primary_key)
    query = f"SELECT {', '.join(names_of(table))} FROM {table.name} ORDER BY {keys}"  # noqa: S608
    for number, raw in enumerate(connection.execute(query), 1):
        row = []
        for column, value in zip(columns, raw, strict=True):
            try:
                row.append(told(column, value))
            except ValueError as error:
                raise StorageError(
                    f"Row {number} of {table.name} cannot be exported: in the column "
                    f"{column.name} there should be {error}. Make a backup instead."
                ) from error
        yield row


def _csv(
    place: Place, head: Head, rows: Mapping[Table, Rows], settings: Mapping[str, object]
) -> None:
    with place.file(HEAD) as file:
        file.write(msgspec.json.format(msgspec.json.encode(head), indent=2))
    for table, of_table in rows.items():
        columns = columns_of(table)
        with _text(place.file(f"{table.name}.csv")) as text:
            writer = csv.writer(text)
            writer.writerow(names_of(table))
            for row in of_table:
                writer.writerow([cell(*pair) for pair in zip(columns, row, strict=True)])
    with _text(place.file(f"{SETTINGS}.csv")) as text:
        writer = csv.writer(text)
        writer.writerow(SETTING_COLUMNS)
        writer.writerows((name, guarded(written(settings[name]))) for name in sorted(settings))


def _json(
    place: Place, head: Head, rows: Mapping[Table, Rows], settings: Mapping[str, object]
) -> None:
    """One document, a row on each line."""
    with _text(place.file(DOCUMENT)) as text:
        text.write(f'{{"head": {_dumped(msgspec.to_builtins(head))},\n"tables": {{')
        for number, (table, of_table) in enumerate(rows.items()):
            text.write(f"{',' * bool(number)}\n{_dumped(table.name)}: [")
            names = names_of(table)
            for place_of, row in enumerate(of_table):
                line = _dumped(dict(zip(names, row, strict=True)))
                text.write(f"{',' * bool(place_of)}\n{line}")
            text.write("]")
        text.write(f'}},\n"{SETTINGS}": {_dumped(dict(sorted(settings.items())))}}}\n')


def _dumped(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


@contextmanager
def _text(file: "IO[bytes]") -> Iterator[TextIO]:
    with closing(file), TextIOWrapper(file, encoding="utf-8", newline="") as text:
        yield text


class _Zip:
    def __init__(self, archive: ZipFile) -> None:
        self._archive = archive

    def file(self, name: str) -> "IO[bytes]":
        info = ZipInfo(name, EPOCH)
        info.compress_type = ZIP_DEFLATED
        info.external_attr = 0o600 << 16
        return self._archive.open(info, "w", force_zip64=True)


class _Folder:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def file(self, name: str) -> "IO[bytes]":
        return (self._folder / name).open("xb")


@contextmanager
def _place(target: Path) -> Iterator[Place]:
    """Where files are written; the target is there once all of them are, or not at all."""
    with writing(target):
        target.parent.mkdir(parents=True, exist_ok=True)
    if target.suffix.lower() == ZIP:
        with whole(target, private=True) as part, ZipFile(part, "w", ZIP_DEFLATED) as archive:
            yield _Zip(archive)
        return
    if target.exists() and not (target.is_dir() and not any(target.iterdir())):
        raise InputError(f"{target} is there already: name a new folder, or a file ending in .zip.")
    with writing(target):
        part = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}."))
        try:
            yield _Folder(part)
            for path in part.iterdir():
                sync(path)
            part.replace(target)  # an empty folder may stand there
        except BaseException:
            with suppress(OSError):
                shutil.rmtree(part)
            raise
        sync(target.parent)
