"""Where an export is read from: a folder or a zip, of CSV or JSON; each row knows its place."""

import csv
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from typing import IO, Any, Protocol
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

import msgspec
from sqlalchemy import Table

from vaultdesk.ports import InputError, StorageError
from vaultdesk.storage.portable.columns import said, unguarded
from vaultdesk.storage.portable.tables import (
    DOCUMENT,
    HEAD,
    SETTING_COLUMNS,
    SETTINGS,
    Head,
    columns_of,
    names_of,
)

NOTHING = "Nothing was imported."
LONGEST_CELL = 1 << 28
"""Characters: a report's record is the longest there is."""
SHOWN = 40
MOST_GROWTH = 300
"""How many times longer than packed a file in a zip may be: exports are 5 to 50."""
GROWS_FREELY = 16 << 20
"""Bytes up to which it may grow as it will."""


def shown(value: object) -> str:
    """A value as a sentence can hold it."""
    text = str(value)
    return f"'{text if len(text) <= SHOWN else text[:SHOWN] + '…'}'"


@dataclass(frozen=True, slots=True)
class Found:
    """A row as the file has it, by column; `place` is where: "alerts.csv, line 3"."""

    place: str
    values: Mapping[str, object]

    def wrong(self, column: str, expected: str) -> InputError:
        """That a column of it cannot be used."""
        value = self.values.get(column)
        has = "it is empty" if value in (None, "") else f"it is {shown(value)}"
        return InputError(
            f"{self.place}, column {column}: {has}, and {expected.rstrip('.')} is expected. "
            f"{NOTHING}"
        )


class Source(Protocol):
    """An export that can be read."""

    @property
    def head(self) -> Head:
        """What it says of itself."""

    def name(self, table: Table) -> str:
        """What a table is called in it."""

    def rows(self, table: Table) -> Iterator[Found]:
        """A table's rows in the order they stand."""

    def settings(self) -> Iterator[Found]:
        """The settings, each with `name` and `value`."""


class _Files(Protocol):
    def names(self) -> Sequence[str]: ...

    def open(self, name: str) -> "IO[bytes]": ...


@contextmanager
def opened(path: Path) -> Iterator[Source]:
    """An export, whichever way it is written.

    Raises:
        InputError: it is none, or it is damaged.
    """
    try:
        if path.is_dir():
            yield _source(_Folder(path), path)
        else:
            with ZipFile(path) as archive:
                yield _source(_Zip(archive, path), path)
    except FileNotFoundError as error:
        raise InputError(f"There is no {error.filename}: check the path. {NOTHING}") from error
    except OSError as error:
        raise StorageError(f"{path} cannot be read ({error.strerror or error}).") from error
    except (BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise InputError(
            f"{path} is no folder and no zip that VaultDesk exported, or is damaged ({error}). "
            f"{NOTHING}"
        ) from error


def _source(files: "_Files", path: Path) -> Source:
    names = files.names()
    if HEAD in names:
        return _Csv(files, path)
    if DOCUMENT in names:
        return _Json(files, path)
    raise InputError(
        f"{path} has neither {HEAD} nor {DOCUMENT}, so VaultDesk did not export it. {NOTHING}"
    )


class _Folder:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def names(self) -> Sequence[str]:
        return [path.name for path in self._folder.iterdir()]

    def open(self, name: str) -> "IO[bytes]":
        return (self._folder / name).open("rb")


class _Zip:
    """Reads only files that it asks for by name, so no name in the zip leads anywhere."""

    def __init__(self, archive: ZipFile, path: Path) -> None:
        self._archive, self._path = archive, path

    def names(self) -> Sequence[str]:
        return self._archive.namelist()

    def open(self, name: str) -> "IO[bytes]":
        try:
            info = self._archive.getinfo(name)
        except KeyError:
            raise InputError(f"{self._path} has no {name}: export again. {NOTHING}") from None
        if info.flag_bits & 1 or info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            raise InputError(f"{name} in {self._path} is packed as no export is. {NOTHING}")
        if info.file_size > GROWS_FREELY + MOST_GROWTH * info.compress_size:
            raise InputError(f"{name} in {self._path} would grow beyond all measure. {NOTHING}")
        return self._archive.open(info)


class _Csv:
    """One file for each table."""

    def __init__(self, files: _Files, path: Path) -> None:
        self._files, self._path = files, path
        csv.field_size_limit(LONGEST_CELL)

    @property
    def head(self) -> Head:
        with self._files.open(HEAD) as file:
            return _head(file.read(1 << 20), HEAD)

    def name(self, table: Table) -> str:
        return f"{table.name}.csv"

    def rows(self, table: Table) -> Iterator[Found]:
        columns = columns_of(table)
        for place, cells in self._lines(self.name(table), names_of(table)):
            pairs = zip(columns, cells, strict=True)
            yield Found(place, {column.name: said(column, text) for column, text in pairs})

    def settings(self) -> Iterator[Found]:
        for place, (name, text) in self._lines(f"{SETTINGS}.csv", SETTING_COLUMNS):
            yield Found(place, {"name": name, "value": unguarded(text)})

    def _lines(self, name: str, names: tuple[str, ...]) -> Iterator[tuple[str, list[str]]]:
        """The rows below the header, each with the place where it begins."""
        with (
            self._files.open(name) as file,
            TextIOWrapper(file, encoding="utf-8-sig", newline="") as text,
        ):
            reader = csv.reader(text, strict=True)
            begins = 1
            try:
                if tuple(next(reader, ())) != names:
                    raise InputError(
                        f"{name}, line 1: the columns {','.join(names)} are expected. {NOTHING}"
                    )
                begins = reader.line_num + 1
                for cells in reader:
                    place = f"{name}, line {begins}"
                    if len(cells) != len(names):
                        raise InputError(
                            f"{place}: it has {len(cells)} cells, and {len(names)} are expected. "
                            f"{NOTHING}"
                        )
                    yield place, cells
                    begins = reader.line_num + 1
            except (csv.Error, UnicodeDecodeError) as error:
                raise InputError(
                    f"{name}, line {begins}: it is no CSV in UTF-8 ({error}). {NOTHING}"
                ) from error


class _Json:
    """One document, held in memory as a whole."""

    def __init__(self, files: _Files, path: Path) -> None:
        self._path = path
        with files.open(DOCUMENT) as file:
            text = file.read()
        try:
            self._document = msgspec.json.decode(text, type=dict[str, msgspec.Raw])
            self._tables = msgspec.json.decode(
                self._document.get("tables", b"{}"), type=dict[str, list[dict[str, Any]]]
            )
            self._settings = msgspec.json.decode(
                self._document.get(SETTINGS, b"{}"), type=dict[str, Any]
            )
        except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
            raise InputError(f"{DOCUMENT} cannot be read ({error}). {NOTHING}") from error

    @property
    def head(self) -> Head:
        return _head(bytes(self._document.get("head", b"{}")), DOCUMENT)

    def name(self, table: Table) -> str:
        return f"{DOCUMENT}, {table.name}"

    def rows(self, table: Table) -> Iterator[Found]:
        names = set(names_of(table))
        for number, values in enumerate(self._tables.get(table.name, ()), 1):
            place = f"{self.name(table)}, row {number}"
            if set(values) != names:
                wrong = ", ".join(sorted(names.symmetric_difference(values)))
                raise InputError(
                    f"{place}: the columns {', '.join(names_of(table))} are expected; missing or "
                    f"too many are {shown(wrong)}. {NOTHING}"
                )
            yield Found(place, values)

    def settings(self) -> Iterator[Found]:
        for number, (name, value) in enumerate(self._settings.items(), 1):
            yield Found(f"{DOCUMENT}, {SETTINGS}, row {number}", {"name": name, "value": value})


def _head(text: bytes, name: str) -> Head:
    try:
        return msgspec.json.decode(text, type=Head)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise InputError(f"{name} does not say what it is ({error}). {NOTHING}") from error
