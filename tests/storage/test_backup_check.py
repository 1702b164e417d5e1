"""A backup is believed only when all of it is as it was written."""

import hashlib
import json
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fakes.profiles import dumped, furnished
from vaultdesk.ports import StorageError
from vaultdesk.storage.backup import back_up
from vaultdesk.storage.backup_check import verified
from vaultdesk.storage.database import MIGRATIONS

MADE = datetime(2026, 7, 10, 15, 0, tzinfo=UTC)
Members = dict[str, bytes]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sound")
    path = folder / "desk.vaultdesk"
    back_up(furnished(folder / "home"), path, MADE)
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "out").mkdir()
    return tmp_path / "out"


def members(path: Path) -> Members:
    with ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def told(data: Members, **changes: Any) -> bytes:  # noqa: ANN401
    """The manifest of these members, with other values."""
    said = {
        "format": "vaultdesk-backup",
        "version": 1,
        "program": "0.1.0",
        "schema": len(MIGRATIONS),
        "made": "2026-07-10T15:00:00Z",
        "members": [
            {"name": name, "size": len(text), "sha256": hashlib.sha256(text).hexdigest()}
            for name, text in data.items()
        ],
    }
    return json.dumps(said | changes).encode()


def made(path: Path, data: Members, **changes: Any) -> Path:  # noqa: ANN401
    """A zip of these members, its manifest telling of them."""
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for name, text in data.items():
            archive.writestr(name, text)
        archive.writestr("manifest.json", told(data, **changes))
    return path


def plain(sound: Path) -> Members:
    found = members(sound)
    del found["manifest.json"]
    return found


def changed_database(sound: Path, tmp_path: Path, *statements: str) -> bytes:
    """The database of a sound backup after it was tampered with."""
    path = tmp_path / "changed.db"
    path.write_bytes(members(sound)["desk.db"])
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("PRAGMA journal_mode = DELETE")
        for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
            statements = (f"DROP TRIGGER {name}", *statements)
        with raw:
            for statement in statements:
                raw.execute(statement)
    return path.read_bytes()


def test_a_sound_one_tells_what_is_in_it(sound: Path, folder: Path) -> None:
    found = verified(sound, folder)
    assert found.manifest.schema == len(MIGRATIONS)
    assert found.audit is not None
    assert (found.audit.orders, found.audit.trades) == (2, 1)
    assert (folder / "window" / "theme.txt").read_text() == "dark"


@pytest.mark.parametrize("version", [1, 3, 6])
def test_one_of_an_older_schema_is_sound_too(tmp_path: Path, folder: Path, version: int) -> None:
    path = tmp_path / "old.vaultdesk"
    dumped(tmp_path / "home" / "desk.db", version)
    back_up(tmp_path / "home", path, MADE)
    found = verified(path, folder)
    assert found.manifest.schema == version
    assert (found.audit is None) == (version < 6)


def test_it_tells_how_far_it_is_and_can_be_stopped(sound: Path, tmp_path: Path) -> None:
    done: list[float] = []
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    verified(sound, tmp_path / "a", tell=done.append)
    assert done == sorted(done)
    assert done[-1] == 1
    with pytest.raises(StorageError, match="cancelled"):
        verified(sound, tmp_path / "b", stop=lambda: True)


Spoil = Callable[[Path, Members, Path], Path]


def _cut(sound: Path, _data: Members, path: Path) -> Path:
    path.write_bytes(sound.read_bytes()[:-100])
    return path


def _flip(sound: Path, _data: Members, path: Path) -> Path:
    whole = bytearray(sound.read_bytes())
    whole[len(whole) // 4] ^= 1
    path.write_bytes(whole)
    return path


def _text(_sound: Path, _data: Members, path: Path) -> Path:
    path.write_text("a letter, no zip")
    return path


def _empty(_sound: Path, _data: Members, path: Path) -> Path:
    path.write_bytes(b"")
    return path


def _no_manifest(_sound: Path, data: Members, path: Path) -> Path:
    with ZipFile(path, "w") as archive:
        archive.writestr("desk.db", data["desk.db"])
    return path


def _wrong_digest(_sound: Path, data: Members, path: Path) -> Path:
    said = json.loads(told(data))
    said["members"][0]["sha256"] = "0" * 64
    return made(path, data, members=said["members"])


def _missing_member(_sound: Path, data: Members, path: Path) -> Path:
    said = json.loads(told(data))
    del data["settings.toml"]
    return made(path, data, members=said["members"])


def _untold_member(_sound: Path, data: Members, path: Path) -> Path:
    said = json.loads(told({"desk.db": data["desk.db"]}))
    return made(path, data, members=said["members"])


def _stranger(_sound: Path, data: Members, path: Path) -> Path:
    return made(path, data | {"run.sh": b"#!"})


def _twice(_sound: Path, data: Members, path: Path) -> Path:
    made(path, data)
    with pytest.warns(UserWarning, match="Duplicate"), ZipFile(path, "a") as archive:
        archive.writestr("desk.db", b"another")
    return path


def _packed_otherwise(_sound: Path, data: Members, path: Path) -> Path:
    with ZipFile(path, "w", ZIP_BZIP2) as archive:
        for name, text in data.items():
            archive.writestr(name, text)
        archive.writestr("manifest.json", told(data), ZIP_DEFLATED)
    return path


def _other_format(_sound: Path, data: Members, path: Path) -> Path:
    return made(path, data, format="vaultdesk-export")


def _no_database(_sound: Path, data: Members, path: Path) -> Path:
    del data["desk.db"]
    return made(path, data)


def _other_schema(_sound: Path, data: Members, path: Path) -> Path:
    return made(path, data, schema=len(MIGRATIONS) - 1)


def _manifest_of_numbers(_sound: Path, data: Members, path: Path) -> Path:
    return made(path, data, members=7)


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (_cut, "no backup, or was cut off"),
        (_flip, "is damaged"),
        (_text, "no backup, or was cut off"),
        (_empty, "no backup, or was cut off"),
        (_no_manifest, "no manifest"),
        (_wrong_digest, "'desk.db' is not what its manifest says"),
        (_missing_member, "not those that its manifest names"),
        (_untold_member, "not those that its manifest names"),
        (_stranger, "'run.sh' belongs to no profile"),
        (_twice, "the same member twice"),
        (_packed_otherwise, "packed in a way that no backup is"),
        (_other_format, "not that of a backup"),
        (_no_database, "not those that its manifest names"),
        (_other_schema, "its database is of version"),
        (_manifest_of_numbers, "manifest cannot be read"),
    ],
)
def test_a_damaged_one_is_refused(
    sound: Path, tmp_path: Path, folder: Path, spoil: Spoil, reason: str
) -> None:
    path = spoil(sound, plain(sound), tmp_path / "spoilt.vaultdesk")
    with pytest.raises(StorageError, match=reason) as caught:
        verified(path, folder)
    assert str(path) in str(caught.value)
    assert str(caught.value).count(". ") == 0, "one sentence"


@pytest.mark.parametrize("change", [{"version": 2}, {"schema": len(MIGRATIONS) + 1}])
def test_one_of_a_newer_program_is_refused(
    sound: Path, tmp_path: Path, folder: Path, change: dict[str, int]
) -> None:
    path = made(tmp_path / "newer.vaultdesk", plain(sound), **change)
    with pytest.raises(StorageError, match="written by a newer VaultDesk"):
        verified(path, folder)
    assert not list(folder.iterdir())


def test_a_newer_manifest_need_not_be_understood(sound: Path, tmp_path: Path, folder: Path) -> None:
    path = made(tmp_path / "newer.vaultdesk", plain(sound), version=2, members="elsewhere")
    with pytest.raises(StorageError, match="written by a newer VaultDesk"):
        verified(path, folder)


@pytest.mark.parametrize(
    "name",
    [
        *("../desk.db", "/etc/passwd", "window/../../x.txt", "C:/x.txt", "window\\..\\..\\x.txt"),
        *("..", "window/..", "\\\\host\\share\\x.txt"),
    ],
)
def test_nothing_is_written_outside_the_folder(
    sound: Path, tmp_path: Path, folder: Path, name: str
) -> None:
    path = made(tmp_path / "slip.vaultdesk", plain(sound) | {name: b"gotcha"})
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(StorageError, match="outside the profile"):
        verified(path, folder)
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("name", ["window/.txt", "window/a/b.txt", "window/x.py", "desk.db-wal"])
def test_a_name_that_no_profile_has_is_refused(
    sound: Path, tmp_path: Path, folder: Path, name: str
) -> None:
    path = made(tmp_path / "odd.vaultdesk", plain(sound) | {name: b"x"})
    with pytest.raises(StorageError, match="belongs to no profile"):
        verified(path, folder)


def test_a_bomb_in_place_of_the_database_is_refused_at_its_first_bytes(
    sound: Path, tmp_path: Path, folder: Path
) -> None:
    path = made(tmp_path / "bomb.vaultdesk", plain(sound) | {"desk.db": bytes(100_000_000)})
    with pytest.raises(StorageError, match="what it calls its database is none"):
        verified(path, folder)
    assert (folder / "desk.db").stat().st_size == 0


def test_a_bomb_is_refused_before_it_is_unpacked(sound: Path, tmp_path: Path, folder: Path) -> None:
    path = made(tmp_path / "bomb.vaultdesk", plain(sound) | {"settings.toml": bytes(100_000_000)})
    assert path.stat().st_size < 1_000_000
    with pytest.raises(StorageError, match="beyond all measure"):
        verified(path, folder)
    assert not list(folder.iterdir())


def test_a_member_longer_than_it_says_is_cut_and_refused(
    sound: Path, tmp_path: Path, folder: Path
) -> None:
    """The zip's own directory lies about the length as well."""
    data = plain(sound)
    path = made(tmp_path / "liar.vaultdesk", data | {"settings.toml": b"# " + os.urandom(5_000)})
    text = path.read_bytes()
    size = (5_002).to_bytes(4, "little")
    assert text.count(size) == 2
    said = json.loads(told(data | {"settings.toml": bytes(10)}))
    with ZipFile(path) as archive:
        honest = archive.read("manifest.json")
    lying = json.dumps(said).encode()
    assert len(honest) >= len(lying)
    path.write_bytes(text.replace(size, (10).to_bytes(4, "little")))
    with pytest.raises(StorageError, match="is damaged"):
        verified(path, folder)
    unpacked = folder / "settings.toml"
    assert not unpacked.exists() or unpacked.stat().st_size <= 5_002


def test_a_database_that_was_altered_is_refused(sound: Path, tmp_path: Path, folder: Path) -> None:
    data = plain(sound)
    data["desk.db"] = changed_database(
        sound, tmp_path, "UPDATE orders SET filled = '63' WHERE number = 1"
    )
    path = made(tmp_path / "altered.vaultdesk", data)
    with pytest.raises(StorageError, match="its audit log was altered: Order VD-test"):
        verified(path, folder)


def test_a_database_that_is_not_sound_is_refused(sound: Path, tmp_path: Path, folder: Path) -> None:
    """Two indexes in each other's place: every page can be read, and together they are wrong."""
    data = plain(sound)
    swap = (
        "(SELECT rootpage FROM sqlite_master WHERE name = "
        "iif(m.name = 'alerts_by_time', 'snapshots_by_time', 'alerts_by_time'))"
    )
    data["desk.db"] = changed_database(
        sound,
        tmp_path,
        "PRAGMA writable_schema = ON",
        f"UPDATE sqlite_master AS m SET rootpage = {swap} "  # noqa: S608
        "WHERE name IN ('alerts_by_time', 'snapshots_by_time')",
    )
    path = made(tmp_path / "unsound.vaultdesk", data)
    with pytest.raises(StorageError, match="its database is not sound"):
        verified(path, folder)


def test_a_database_that_is_none_is_refused(sound: Path, tmp_path: Path, folder: Path) -> None:
    path = made(
        tmp_path / "none.vaultdesk",
        plain(sound) | {"desk.db": b"SQLite format 3\0" + b"a letter" * 1000},
    )
    with pytest.raises(StorageError, match="its database cannot be read"):
        verified(path, folder)


def test_where_there_is_no_file_the_path_is_named(tmp_path: Path, folder: Path) -> None:
    with pytest.raises(StorageError, match=r"no backup at .*gone\.vaultdesk"):
        verified(tmp_path / "gone.vaultdesk", folder)


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_whatever_is_spoilt_is_refused_or_does_no_harm(sound: Path, data: st.DataObject) -> None:
    """Bytes changed, cut off or added anywhere: a sentence, or the very same profile."""
    whole = bytearray(sound.read_bytes())
    place = data.draw(st.integers(0, len(whole) - 1))
    what = data.draw(st.sampled_from(["flip", "cut", "zero", "insert"]))
    if what == "flip":
        whole[place] ^= data.draw(st.integers(1, 255))
    elif what == "cut":
        del whole[place:]
    elif what == "zero":
        whole[place : place + 40] = bytes(len(whole[place : place + 40]))
    else:
        whole[place:place] = data.draw(st.binary(min_size=1, max_size=20))
    with TemporaryDirectory() as name:
        path, folder = Path(name) / "spoilt.vaultdesk", Path(name) / "out"
        folder.mkdir()
        path.write_bytes(whole)
        try:
            verified(path, folder)
        except StorageError:
            return
        for member, text in plain(sound).items():
            assert (folder / member).read_bytes() == text


def test_a_database_of_mostly_nothing_is_no_bomb(tmp_path: Path, folder: Path) -> None:
    """A big database that was emptied: what remains of it packs a hundredfold and more."""
    home = furnished(tmp_path / "home")
    with closing(sqlite3.connect(home / "desk.db")) as raw:
        with raw:
            raw.execute("INSERT INTO expirations VALUES ('A', 'x', zeroblob(60000000))")
        with raw:
            raw.execute("DELETE FROM expirations WHERE symbol = 'A'")
    assert (home / "desk.db").stat().st_size > 60_000_000
    back_up(home, tmp_path / "sparse.vaultdesk", MADE)
    verified(tmp_path / "sparse.vaultdesk", folder)
