"""A profile in one file: its database as it is at one moment, its settings, and its windows.

The file is a zip. Its last member, `manifest.json`, says what it is, who wrote it and when, and of
each other member how long it is and its SHA-256. Passwords of the keyring, logs and caches are
never in it; the vault of passwords, which is encrypted, is where the user asked for it.
"""

import hashlib
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import msgspec

from vaultdesk import __version__
from vaultdesk.ports import InputError, StorageError
from vaultdesk.services.files import whole, writing
from vaultdesk.services.off_loop import Stop
from vaultdesk.storage.profile_folder import DATABASE, members

SUFFIX = ".vaultdesk"
FORMAT, VERSION = "vaultdesk-backup", 1
MANIFEST = "manifest.json"
CHUNK = 1 << 20
PAGES = 1024
"""Of the database that are copied between two looks at whether to stop: 4 MiB."""
COPYING = 0.3
"""Share of the work that copying the database is; the rest is packing it."""

Tell = Callable[[float], None]
"""Hears how much is done, from 0 to 1."""


class Member(msgspec.Struct, frozen=True):
    """One file of the backup: its length in bytes, and its SHA-256 in hexadecimal digits."""

    name: str
    size: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True):
    """What a backup says of itself.

    `program` is the version that wrote it, `schema` that of the database in it, `made` aware UTC.
    """

    format: str
    version: int
    program: str
    schema: int
    made: datetime
    members: tuple[Member, ...]


def quiet(_done: float) -> None:
    """Tells nobody how much is done."""


def never() -> bool:
    """Goes on to the end."""
    return False


def refuse_stopped(stop: Stop) -> None:
    """Raise StorageError where the answer is not wanted any more."""
    if stop():
        raise StorageError("It was cancelled: nothing was changed.")


def back_up(
    home: Path,
    target: Path,
    made: datetime,
    *,
    vault: bool = False,
    tell: Tell = quiet,
    stop: Stop = never,
) -> Manifest:
    """Write the profile in `home` into the file `target`, wholly or not at all.

    A desk may have the profile open and go on writing: what it holds at the beginning is kept.
    Needs room for the database beside the target meanwhile. Blocking: not on the loop.

    Raises:
        InputError: the target is not named as a backup is.
        StorageError: there is no profile, it is damaged, the disk refused, or `stop` said so.
    """
    if target.suffix != SUFFIX:
        raise InputError(f"A backup's name ends with {SUFFIX}: name it {target.stem}{SUFFIX}.")
    path = home / DATABASE
    if not path.is_file():
        raise StorageError(
            f"There is no database at {path}: start VaultDesk once, or set VAULTDESK_HOME to the "
            "folder of your profile."
        )
    with writing(target):
        target.parent.mkdir(parents=True, exist_ok=True)
    with whole(target, private=True) as part, _scratch(target.parent) as scratch:
        copy = scratch / DATABASE
        schema = _copied(path, copy, tell, stop)
        files = [(DATABASE, copy), *members(home, vault=vault)]
        return _packed(part, files, schema, made, tell, stop)


@contextmanager
def _scratch(folder: Path) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(dir=folder, prefix=".vaultdesk-backup-") as name:
        yield Path(name)


def _copied(path: Path, copy: Path, tell: Tell, stop: Stop) -> int:
    """Copy the database as it is now and give its schema version.

    The reading transaction holds the moment: without it SQLite would begin anew whenever another
    connection writes, and never come to an end beside a busy desk.
    """

    def passed(_status: int, left: int, total: int) -> None:
        refuse_stopped(stop)
        tell(COPYING * (1 - left / max(total, 1)))

    try:
        uri = f"{path.absolute().as_uri()}?mode=rw"
        with (
            closing(sqlite3.connect(uri, uri=True, timeout=5, isolation_level=None)) as source,
            closing(sqlite3.connect(copy)) as target,
        ):
            source.execute("BEGIN")
            (schema,) = source.execute("SELECT version FROM schema_version").fetchone() or (0,)
            source.backup(target, pages=PAGES, progress=passed)
            return int(schema)
    except sqlite3.Error as error:
        sentence = (
            "the disk is full: free some space and try again."
            if "full" in str(error)
            else f"{path} cannot be read ({error}): restore an earlier backup."
        )
        raise StorageError(f"Nothing was backed up, as {sentence}") from error


def _packed(
    part: Path,
    files: list[tuple[str, Path]],
    schema: int,
    made: datetime,
    tell: Tell,
    stop: Stop,
) -> Manifest:
    total = sum(file.stat().st_size for _, file in files) or 1
    written = 0

    def passed(size: int) -> None:
        nonlocal written
        refuse_stopped(stop)
        written += size
        tell(COPYING + (1 - COPYING) * written / total)

    with ZipFile(part, "w", ZIP_DEFLATED) as archive:
        packed = tuple(_pack(archive, name, file, made, passed) for name, file in files)
        manifest = Manifest(FORMAT, VERSION, __version__, schema, made, packed)
        text = msgspec.json.format(msgspec.json.encode(manifest), indent=2)
        archive.writestr(_info(MANIFEST, made), text)
    return manifest


def _pack(
    archive: ZipFile, name: str, file: Path, made: datetime, passed: Callable[[int], None]
) -> Member:
    digest, size = hashlib.sha256(), 0
    with file.open("rb") as source, archive.open(_info(name, made), "w", force_zip64=True) as into:
        for block in blocks(source):
            digest.update(block)
            size += len(block)
            into.write(block)
            passed(len(block))
    return Member(name, size, digest.hexdigest())


def blocks(source: IO[bytes]) -> Iterator[bytes]:
    """A file's bytes, a piece at a time."""
    return iter(lambda: source.read(CHUNK), b"")


def _info(name: str, made: datetime) -> ZipInfo:
    info = ZipInfo(name, made.timetuple()[:6])
    info.compress_type = ZIP_DEFLATED
    info.external_attr = 0o600 << 16
    return info
