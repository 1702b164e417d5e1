"""A profile in one file: whole or not there, of one moment, and without anything secret."""

import hashlib
import json
import resource
import sqlite3
import subprocess
import sys
import threading
import tracemalloc
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.fakes.profiles import contents, furnished, statements
from vaultdesk.app.credentials import VAULT_FILE
from vaultdesk.app.parts import DATABASE as PROFILE_DATABASE
from vaultdesk.ports import InputError, StorageError
from vaultdesk.storage import profile_folder
from vaultdesk.storage.backup import PAGES, back_up
from vaultdesk.storage.backup_check import verified
from vaultdesk.storage.database import MIGRATIONS

MADE = datetime(2026, 7, 10, 15, 0, tzinfo=UTC)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return furnished(tmp_path / "home")


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "kept" / "desk.vaultdesk"


def unpacked(path: Path) -> dict[str, str]:
    """What a backup holds, as `contents` tells of a profile."""
    folder = path.parent / f"of-{path.name}"
    folder.mkdir()
    verified(path, folder)
    return contents(folder)


def big(home: Path, rows: int, size: int = 100_000) -> None:
    """Make the database some megabytes long, of what cannot be packed."""
    with closing(sqlite3.connect(home / "desk.db")) as raw, raw:
        raw.execute(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) "
            "INSERT INTO expirations SELECT 'S' || i, 'x', randomblob(?) FROM n",
            (rows, size),
        )


def test_the_names_are_those_that_the_desk_uses() -> None:
    assert profile_folder.DATABASE == PROFILE_DATABASE
    assert profile_folder.VAULT == VAULT_FILE


def test_it_holds_the_profile_and_nothing_secret(home: Path, target: Path) -> None:
    manifest = back_up(home, target, MADE)
    expected = contents(home)
    del expected["secrets.vault"]
    assert unpacked(target) == expected
    assert {member.name for member in manifest.members} == set(expected)
    with ZipFile(target) as archive:
        names = set(archive.namelist())
    assert names == {*expected, "manifest.json"}, "no log, cache, recording or older database"


def test_the_vault_is_in_it_where_that_was_asked_for(home: Path, target: Path) -> None:
    back_up(home, target, MADE, vault=True)
    assert unpacked(target) == contents(home)


def test_the_manifest_says_what_it_is_and_what_is_in_it(home: Path, target: Path) -> None:
    back_up(home, target, MADE)
    with ZipFile(target) as archive:
        said = json.loads(archive.read("manifest.json"))
        assert (said["format"], said["version"]) == ("vaultdesk-backup", 1)
        assert (said["schema"], said["made"]) == (len(MIGRATIONS), "2026-07-10T15:00:00Z")
        for member in said["members"]:
            data = archive.read(member["name"])
            assert member["size"] == len(data)
            assert member["sha256"] == hashlib.sha256(data).hexdigest()


def test_only_its_owner_can_read_it(home: Path, target: Path) -> None:
    back_up(home, target, MADE)
    assert target.stat().st_mode & 0o777 == 0o600


def test_nothing_else_is_left_behind(home: Path, target: Path) -> None:
    before = sorted(home.rglob("*"))
    back_up(home, target, MADE)
    assert [path.name for path in target.parent.iterdir()] == [target.name]
    assert sorted(home.rglob("*")) == before


def test_it_is_of_one_moment_while_a_desk_goes_on_writing(home: Path, target: Path) -> None:
    big(home, 300)
    before = statements(home / "desk.db")
    written = 0

    def write(_done: float) -> None:
        """Another connection writes between any two steps of the copy."""
        nonlocal written
        written += 1
        assert written < 2_000, "it begins anew after each write, and never ends"
        desk.execute("INSERT INTO expirations VALUES (?, 'x', 'late')", (f"L{written}",))

    with closing(sqlite3.connect(home / "desk.db", isolation_level=None)) as desk:
        desk.execute("PRAGMA journal_mode = WAL")
        back_up(home, target, MADE, tell=write)
    assert written > 300 * 100_000 / 4096 / PAGES, "it was written to all along"
    assert unpacked(target)["desk.db"] == before


def test_what_was_committed_is_in_it_while_the_log_is_not_folded(home: Path, target: Path) -> None:
    with closing(sqlite3.connect(home / "desk.db")) as desk:
        desk.execute("PRAGMA journal_mode = WAL")
        with desk:
            desk.execute("INSERT INTO expirations VALUES ('NEW', 'x', 'y')")
        assert (home / "desk.db-wal").stat().st_size > 0
        back_up(home, target, MADE)
    assert "'NEW'" in unpacked(target)["desk.db"]


def test_it_tells_how_far_it_is(home: Path, target: Path) -> None:
    big(home, 100)
    told: list[float] = []
    back_up(home, target, MADE, tell=told.append)
    assert told == sorted(told)
    assert len(told) > 5
    assert told[-1] == pytest.approx(1)


@pytest.mark.parametrize("after", [0, 2, 6])
def test_cancelled_it_leaves_what_was_there(home: Path, target: Path, after: int) -> None:
    big(home, 100)
    target.parent.mkdir()
    target.write_bytes(b"the one before")
    asked = iter(range(1_000))
    with pytest.raises(StorageError, match="cancelled"):
        back_up(home, target, MADE, stop=lambda: next(asked) >= after)
    assert [path.name for path in target.parent.iterdir()] == [target.name]
    assert target.read_bytes() == b"the one before"


def test_a_full_disk_leaves_what_was_there(home: Path, target: Path) -> None:
    """A limit on the length of files stands for the disk's end."""
    big(home, 30)
    target.parent.mkdir()
    target.write_bytes(b"the one before")
    code = (
        "import datetime, pathlib, resource, sys\n"
        "from vaultdesk.ports import StorageError\n"
        "from vaultdesk.storage.backup import back_up\n"
        "home, target, limit = sys.argv[1:]\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), int(limit)))\n"
        "try:\n"
        "    back_up(pathlib.Path(home), pathlib.Path(target), datetime.datetime.now())\n"
        "except StorageError as error:\n"
        "    print(error)\n"
    )
    for limit in (100_000, 2_000_000):
        found = subprocess.run(  # noqa: S603
            [sys.executable, "-c", code, str(home), str(target), str(limit)],
            capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2],
        )  # fmt: skip
        assert str(target) in found.stdout or "Nothing was backed up" in found.stdout
        assert target.read_bytes() == b"the one before"
        assert [path.name for path in target.parent.iterdir()] == [target.name]
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY


def test_a_long_database_does_not_need_its_size_in_memory(home: Path, target: Path) -> None:
    big(home, 600)
    assert (home / "desk.db").stat().st_size > 60_000_000
    tracemalloc.start()
    back_up(home, target, MADE)
    verified(target, _new(target.parent / "out"))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 12_000_000


def test_it_can_be_made_in_a_thread(home: Path, target: Path) -> None:
    """Nothing in it is bound to the thread it begins in: the window's loop stays free."""
    thread = threading.Thread(target=back_up, args=(home, target, MADE))
    thread.start()
    thread.join(60)
    assert target.exists()


def test_another_ending_is_refused(home: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"name it desk\.vaultdesk"):
        back_up(home, tmp_path / "desk.db", MADE)


def test_without_a_database_there_is_nothing_to_keep(tmp_path: Path, target: Path) -> None:
    with pytest.raises(StorageError, match="start VaultDesk once"):
        back_up(tmp_path, target, MADE)
    assert not (tmp_path / "desk.db").exists()


def test_a_database_that_is_damaged_is_told(home: Path, target: Path) -> None:
    (home / "desk.db").write_bytes(b"no database at all " * 500)
    with pytest.raises(StorageError, match="restore an earlier backup"):
        back_up(home, target, MADE)
    assert not target.exists()


def _new(folder: Path) -> Path:
    folder.mkdir()
    return folder
