"""Whether a backup is whole, and what is in it: nothing of it is believed before it is checked."""

import hashlib
import re
import shutil
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

import msgspec

from vaultdesk.ports import StorageError
from vaultdesk.services.off_loop import Stop
from vaultdesk.storage.audit_check import SINCE_VERSION, Checked, checked, reading
from vaultdesk.storage.backup import (
    FORMAT,
    MANIFEST,
    VERSION,
    Manifest,
    Member,
    Tell,
    blocks,
    never,
    quiet,
    refuse_stopped,
)
from vaultdesk.storage.database import MIGRATIONS
from vaultdesk.storage.profile_folder import DATABASE, is_member

MOST_MEMBERS = 1_000
LONGEST_MANIFEST = 1 << 20
LONGEST_FILE = 16 << 20
"""Bytes of a member besides the database. How far a database grows says nothing: one that was long
once and is all but empty packs a thousandfold; the disk's own room is its bound."""
BEGINS = b"SQLite format 3\0"
SPARE = 64 << 20
"""Bytes that stay free on the disk when a backup is unpacked."""

_LEAVES = re.compile(r"(^|[/\\])\.\.([/\\]|$)|^[/\\]|^[A-Za-z]:|\\")


@dataclass(frozen=True, slots=True)
class Verified:
    """A backup that is whole; `audit` is what its log holds, None where its time had none."""

    manifest: Manifest
    audit: Checked | None


def verified(path: Path, folder: Path, *, tell: Tell = quiet, stop: Stop = never) -> Verified:
    """Unpack a backup into a new folder and look through all of it. Blocking: not on the loop.

    Raises:
        StorageError: it is none, damaged, of a newer program, or holds what no backup does; or
            the disk refuses.
    """
    with _archive(path) as archive:
        manifest = _manifest(archive, path)
        members = _members(archive, manifest, path)
        _refuse_bomb(members, path, folder)
        total, done = sum(one.size for one, _ in members) or 1, 0
        for member, info in members:
            refuse_stopped(stop)
            _unpack(archive, info, member, folder / member.name, path, stop)
            done += member.size
            tell(done / total)
    return Verified(manifest, database_fault(folder / DATABASE, manifest.schema, path))


def database_fault(database: Path, schema: int, path: Path) -> Checked | None:
    """Look through an unpacked database; `path` is the backup it came from.

    Raises:
        StorageError: it is damaged, or its audit log was altered.
    """
    try:
        with reading(database) as connection:
            (version,) = connection.execute("SELECT version FROM schema_version").fetchone()
            if version != schema:
                _damaged(path, f"its database is of version {version}, not {schema}")
            (said,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
            if said != "ok":
                _damaged(path, f"its database is not sound: {said}")
            if connection.execute("PRAGMA foreign_key_check").fetchone() is not None:
                _damaged(path, "a row of its database refers to one that is missing")
            found = checked(connection) if schema >= SINCE_VERSION else None
    except (sqlite3.Error, TypeError, ValueError) as error:
        _damaged(path, f"its database cannot be read: {error}")
    if found is not None and found.fault:
        _damaged(path, f"its audit log was altered: {found.fault}")
    return found


def _damaged(path: Path, reason: str) -> NoReturn:
    raise StorageError(
        f"{path} is damaged ({reason.rstrip('.')}): use another backup; nothing was changed."
    ) from None


@contextmanager
def _archive(path: Path) -> Iterator[ZipFile]:
    """The zip, every way in which it can be broken told as one."""
    try:
        with ZipFile(path) as archive:
            yield archive
    except FileNotFoundError:
        raise StorageError(f"There is no backup at {path}: check the path.") from None
    except OSError as error:
        raise StorageError(
            f"{path} cannot be unpacked ({error.strerror or error}): free some space and check "
            "that the file can be read."
        ) from error
    except BadZipFile as error:
        _damaged(path, f"it is no backup, or was cut off: {error}")
    except (zlib.error, EOFError, RuntimeError, NotImplementedError, UnicodeError) as error:
        _damaged(path, str(error) or "it ends too early")


def _manifest(archive: ZipFile, path: Path) -> Manifest:
    try:
        info = archive.getinfo(MANIFEST)
    except KeyError:
        _damaged(path, "it has no manifest, so VaultDesk did not write it")
    if info.file_size > LONGEST_MANIFEST:
        _damaged(path, "its manifest is too long")
    text = archive.read(info)
    try:
        head = msgspec.json.decode(text, type=dict[str, msgspec.Raw])
        kind = msgspec.json.decode(head.get("format", b'""'), type=str)
        version = msgspec.json.decode(head.get("version", b"0"), type=int)
    except msgspec.MsgspecError as error:
        _damaged(path, f"its manifest cannot be read: {error}")
    if kind != FORMAT:
        _damaged(path, "its manifest is not that of a backup")
    if version > VERSION:
        raise _newer(path)
    try:
        manifest = msgspec.json.decode(text, type=Manifest)
    except msgspec.MsgspecError as error:
        _damaged(path, f"its manifest cannot be read: {error}")
    if manifest.schema > len(MIGRATIONS):
        raise _newer(path)
    return manifest


def _newer(path: Path) -> StorageError:
    return StorageError(
        f"{path} was written by a newer VaultDesk: install that program and restore it there; "
        "nothing was changed."
    )


def _members(archive: ZipFile, manifest: Manifest, path: Path) -> list[tuple[Member, ZipInfo]]:
    """Each member with its place in the zip; both name the same ones, each once."""
    infos = [info for info in archive.infolist() if info.filename != MANIFEST]
    names = [info.filename for info in infos]
    for name in (*names, *(one.name for one in manifest.members)):
        if _LEAVES.search(name):
            raise StorageError(
                f"{path} wants to write outside the profile ('{name[:80]}'): no backup does that, "
                "so delete it; nothing was changed."
            )
        if not is_member(name):
            _damaged(path, f"'{name[:80]}' belongs to no profile")
    told = {one.name: one for one in manifest.members}
    if len(names) > MOST_MEMBERS or len(set(names)) != len(names):
        _damaged(path, "it has the same member twice, or too many")
    if len(told) != len(manifest.members) or set(told) != set(names) or DATABASE not in told:
        _damaged(path, "its members are not those that its manifest names")
    return [(told[info.filename], info) for info in infos]


def _refuse_bomb(members: list[tuple[Member, ZipInfo]], path: Path, folder: Path) -> None:
    for member, info in members:
        if info.flag_bits & 1 or info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            _damaged(path, f"'{member.name}' is packed in a way that no backup is")
        if info.file_size != member.size:
            _damaged(path, f"'{member.name}' is not as long as its manifest says")
        if member.size > LONGEST_FILE and member.name != DATABASE:
            raise StorageError(
                f"{path} would grow beyond all measure when it is unpacked ('{member.name}'): no "
                "backup does that, so delete it; nothing was changed."
            )
    needed, free = sum(one.size for one, _ in members) + SPARE, shutil.disk_usage(folder).free
    if needed > free:
        raise StorageError(
            f"{path} needs {needed >> 20} MB to be unpacked, and {free >> 20} MB are free: free "
            "some space and try again."
        )


def _unpack(
    archive: ZipFile, info: ZipInfo, member: Member, target: Path, path: Path, stop: Stop
) -> None:
    """Write one member out; no byte more than its manifest says."""
    digest, size = hashlib.sha256(), 0
    target.parent.mkdir(parents=True, exist_ok=True)
    with archive.open(info) as source, target.open("xb") as into:
        for block in blocks(source):
            refuse_stopped(stop)
            if not size and member.name == DATABASE and not block.startswith(BEGINS):
                _damaged(path, "what it calls its database is none")
            size += len(block)
            if size > member.size:
                break
            digest.update(block)
            into.write(block)
    if (size, digest.hexdigest()) != (member.size, member.sha256):
        _damaged(path, f"'{member.name}' is not what its manifest says")
