"""Inputs that once crashed the desk."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.fuzz.targets import NOW, TARGETS
from vaultdesk.ports import StorageError
from vaultdesk.storage.audit_check import check_file
from vaultdesk.storage.database import Database
from vaultdesk.storage.profile_folder import PENDING
from vaultdesk.storage.restoring import finish

DEEP = b"[" * 100_000
FOUND = [
    ("hedge", b"\x1f\x8b\x08\x00\x00Infinity\x00\x00\x00"),
    ("hedge", b'{"kind":"\x80"}'),
    ("hedge", b'{"answer":' + DEEP),
    ("facility", b'\x80{"currency":"USD"}'),
    ("facility", b'{"currency":"\x80"}'),
    ("facility", b'{"lots":' + DEEP),
    ("portable", b'\0{"head": {"rows": {"\x80": 0}}}'),
    ("database_file", b"cccc$\xfd\xab\xdd\0\0\0e"),
    ("database_file", b"\x04\x01" + b"\xdc" * 11 + b"\0z"),
]


@pytest.mark.parametrize(("name", "data"), FOUND)
def test_what_once_crashed_is_a_sentence(name: str, data: bytes) -> None:
    TARGETS[name](data)


def test_a_damaged_note_of_a_restore_says_how_to_go_on(tmp_path: Path) -> None:
    (tmp_path / PENDING).write_bytes(b'{"coming": ["\x80"]}')
    with pytest.raises(StorageError, match="remove it to keep the present profile"):
        finish(tmp_path, NOW)


@pytest.mark.parametrize("version", [None, "seven", 7.5, b"\x07"])
def test_a_damaged_version_of_the_schema_is_said_to_be_damaged(
    tmp_path: Path, version: object
) -> None:
    path = tmp_path / "desk.db"
    Database(path).close()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("CREATE TABLE other (version)")
        connection.execute("INSERT INTO other VALUES (?)", (version,))
        connection.execute("DROP TABLE schema_version")
        connection.execute("ALTER TABLE other RENAME TO schema_version")
    with pytest.raises(StorageError, match="damaged"):
        check_file(path)
    with pytest.raises(StorageError, match="damaged"):
        Database(path)
