"""A restored or imported profile: all of it or the one before, whenever the machine stops."""

import asyncio
import os
import sqlite3
import subprocess
import sys
import uuid
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.fakes.feed import START
from tests.fakes.killed import killed_at
from tests.fakes.orders import confirmation, order
from tests.fakes.profiles import contents, dumped, furnished, statements
from vaultdesk import settings as layers
from vaultdesk.app import keeping
from vaultdesk.app.parts import Profile, open_stores
from vaultdesk.core.alerts import DeliveryState
from vaultdesk.core.audit import FactKind
from vaultdesk.core.orders.life import OrderState
from vaultdesk.ports import InputError, StorageError
from vaultdesk.services.home_lock import HomeLock
from vaultdesk.storage import restoring
from vaultdesk.storage.alert_store import SqlAlertStore
from vaultdesk.storage.audit_check import check_file
from vaultdesk.storage.audit_store import SqlAuditStore
from vaultdesk.storage.backup import back_up
from vaultdesk.storage.backup_check import verified
from vaultdesk.storage.database import Database
from vaultdesk.storage.order_store import SqlOrderStore
from vaultdesk.storage.portable.exporting import Form

NEVER_CHANGED = ("BEGIN", "CREATE", "COMMIT")
PROFILE = Profile(layers.Settings())


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """A backup of a furnished profile."""
    path = tmp_path / "kept.vaultdesk"
    back_up(furnished(tmp_path / "source"), path, START)
    return path


@pytest.fixture
def present(home: Path) -> Path:
    """The profile of this machine: another one than that of the backup."""
    return other(home)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("VAULTDESK_HOME", str(folder))
    return folder


def prepare(kept: Path) -> None:
    """What the window does: the restore comes at the next start."""
    keeping.lay_ready(PROFILE, kept)
    keeping.decide(PROFILE)


def other(home: Path) -> Path:
    dumped(home / "desk.db", 4)
    (home / "settings.toml").write_text('theme = "light"\n')
    (home / "secrets.vault").write_text("another vault")
    (home / "window").mkdir()
    (home / "window" / "theme.txt").write_text("light")
    (home / "window" / "Evening.workspace").write_text("mine")
    return home


def rows(path: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as raw:
        return raw.execute(query).fetchall()


def essence(home: Path) -> dict[str, str]:
    """What a profile holds, without what a restored one has of its own."""
    found = contents(home)
    own = ('INSERT INTO "audit', 'INSERT INTO "alert_desk"', 'INSERT INTO "alert_deliveries"')
    lines = found["desk.db"].splitlines()
    found["desk.db"] = "\n".join(line for line in lines if not line.startswith(own))
    return found


def as_restored(home: Path, kept: Path) -> None:
    """The profile is that of the backup, sound, and its audit log says where it comes from."""
    source, found = essence(kept.parent / "source"), essence(home)
    assert found.pop("secrets.vault", "another vault") == "another vault", "it stays"
    del source["secrets.vault"]
    assert found == source
    assert check_file(home / "desk.db").fault == ""
    ((text,),) = rows(home / "desk.db", "SELECT text FROM audit ORDER BY number DESC LIMIT 1")
    assert str(text).startswith("Restored from a backup")


def litter(home: Path) -> set[str]:
    """What lies in a profile besides itself."""
    own = {"desk.db", "settings.toml", "secrets.vault", "window"}
    return {path.name for path in home.iterdir() if not path.name.endswith(".lock")} - own


def test_the_profile_of_a_backup_takes_the_place_of_the_present_one(
    present: Path, kept: Path, tmp_path: Path
) -> None:
    before = contents(present)
    found, old = keeping.restore(PROFILE, kept)
    assert found.audit is not None
    as_restored(present, kept)
    assert old is not None
    assert litter(present) == {old.name}
    (tmp_path / "old").mkdir()
    verified(old, tmp_path / "old")
    assert contents(tmp_path / "old") == before, "kept with its vault, to the last letter"


def test_into_a_home_where_nothing_is(home: Path, kept: Path) -> None:
    _, old = keeping.restore(PROFILE, kept)
    as_restored(home, kept)
    assert old is not None
    assert old.is_dir()


def test_going_back_to_what_was_kept_gives_it_back(present: Path, kept: Path) -> None:
    before = rows(present / "desk.db", "SELECT * FROM snapshots ORDER BY id")
    _, old = keeping.restore(PROFILE, kept)
    assert old is not None
    keeping.restore(PROFILE, old)
    assert rows(present / "desk.db", "SELECT * FROM snapshots ORDER BY id") == before
    assert (present / "window" / "Evening.workspace").read_text() == "mine"


def test_a_damaged_profile_is_replaced_and_its_files_stay(present: Path, kept: Path) -> None:
    (present / "desk.db").write_bytes(b"torn " * 1000)
    _, old = keeping.restore(PROFILE, kept)
    as_restored(present, kept)
    assert old is not None
    assert (old / "desk.db").read_bytes() == b"torn " * 1000
    assert (old / "settings.toml").read_text() == 'theme = "light"\n'


def test_the_log_of_a_database_that_was_open_is_never_laid_over_the_new_one(
    present: Path, kept: Path
) -> None:
    """As after a power cut: the write-ahead log of the old database still lies there."""
    with closing(sqlite3.connect(present / "desk.db")) as raw:
        raw.execute("PRAGMA journal_mode = WAL")
        with raw:
            raw.execute("INSERT INTO expirations VALUES ('OLD', 'x', 'y')")
        wal = (present / "desk.db-wal").read_bytes()
    (present / "desk.db").write_bytes(b"torn " * 1000)
    (present / "desk.db-wal").write_bytes(wal)
    keeping.restore(PROFILE, kept)
    as_restored(present, kept)
    assert not rows(present / "desk.db", "SELECT 1 FROM expirations WHERE symbol = 'OLD'")


def test_a_damaged_backup_changes_nothing(present: Path, kept: Path) -> None:
    before = contents(present)
    kept.write_bytes(kept.read_bytes()[:-50])
    with pytest.raises(StorageError, match="damaged"):
        keeping.restore(PROFILE, kept)
    assert contents(present) == before
    assert litter(present) == set()


def test_while_a_desk_is_open_nothing_is_replaced(present: Path, kept: Path) -> None:
    before = contents(present)
    desk = HomeLock(present, "desk")
    assert desk.acquire()
    with pytest.raises(InputError, match=r"open \(desk \d+\): close it first"):
        keeping.restore(PROFILE, kept)
    with pytest.raises(InputError, match="close it first"):
        keeping.import_(PROFILE, kept, replace=True)
    assert contents(present) == before
    desk.release()
    keeping.restore(PROFILE, kept)


def test_what_was_prepared_comes_at_the_next_start(present: Path, kept: Path) -> None:
    before = contents(present)
    prepare(kept)
    assert contents(present) == before
    desk = HomeLock(present, "desk")
    assert desk.acquire()
    assert keeping.finish_pending(present) == "", "not while a desk is open"
    assert contents(present) == before
    desk.release()
    assert "kept in" in keeping.finish_pending(present)
    as_restored(present, kept)
    assert keeping.finish_pending(present) == "", "once"


def test_what_is_entered_between_is_in_what_is_kept(
    present: Path, kept: Path, tmp_path: Path
) -> None:
    prepare(kept)
    with closing(sqlite3.connect(present / "desk.db")) as raw, raw:
        raw.execute("INSERT INTO expirations VALUES ('LATE', 'x', 'y')")
    keeping.finish_pending(present)
    (old,) = present.glob("before-restore-*.vaultdesk")
    (tmp_path / "old").mkdir()
    verified(old, tmp_path / "old")
    assert rows(tmp_path / "old" / "desk.db", "SELECT 1 FROM expirations WHERE symbol = 'LATE'")


def test_stopped_at_whatever_moment_nothing_is_left_of_it(present: Path, kept: Path) -> None:
    """Also at the last: whoever stopped it does not find it restored at the next start."""
    asked = 0

    def count() -> bool:
        nonlocal asked
        asked += 1
        return False

    keeping.lay_ready(PROFILE, kept, stop=count)
    restoring.give_up(present)
    before = contents(present)
    for last in range(1, asked + 1):
        calls = iter(range(1, asked + 1))
        with pytest.raises(StorageError, match="cancelled"):
            keeping.lay_ready(PROFILE, kept, stop=lambda: next(calls) == last)  # noqa: B023
        assert contents(present) == before
        assert litter(present) == set()


def test_the_last_one_prepared_is_the_one_that_comes(present: Path, kept: Path) -> None:
    first = kept.with_name("first.vaultdesk")
    back_up(present, first, START)
    prepare(first)
    prepare(kept)
    keeping.finish_pending(present)
    as_restored(present, kept)


def test_every_start_finishes_before_it_reads_anything(present: Path, kept: Path) -> None:
    prepare(kept)
    found = subprocess.run(
        [sys.executable, "-m", "vaultdesk", "loan", "show"],
        capture_output=True, text=True, check=True, env={**os.environ},
    )  # fmt: skip
    assert "The profile was replaced; the one before is kept in" in found.stderr
    assert "12000.50" in found.stdout
    as_restored(present, kept)


def test_killed_at_any_step_the_old_or_the_new_profile_is_whole(
    tmp_path: Path, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each step on the disk in its turn; every other time the next start is killed as well."""
    step, outcomes = 0, []
    while True:
        step += 1
        home = tmp_path / f"step-{step}"
        home.mkdir()
        monkeypatch.setenv("VAULTDESK_HOME", str(home))
        other(home)
        before = contents(home)
        if not killed_at(step, home, lambda: keeping.restore(PROFILE, kept)):
            break
        if step % 2 and restoring.is_pending(home):
            killed_at(step % 17 + 1, home, _finishing(home))
        if restoring.is_pending(home):
            keeping.finish_pending(home)
        outcomes.append(_whole(home, before, kept))
    assert step > 60, "the steps were counted"
    assert outcomes == sorted(outcomes), "from one step on it is the new one"
    assert set(outcomes) == {"1 old", "2 new"}
    as_restored(home, kept)


def _finishing(home: Path) -> Callable[[], object]:
    return lambda: keeping.finish_pending(home)


def _whole(home: Path, before: dict[str, str], kept: Path) -> str:
    if contents(home) == before:
        return "1 old"
    as_restored(home, kept)
    (old,) = home.glob("before-restore-*.vaultdesk")
    folder = home.with_name(f"{home.name}-kept")
    folder.mkdir()
    verified(old, folder)
    assert contents(folder) == before
    return "2 new"


async def test_after_a_restore_no_new_notice_has_the_name_of_one_sent_before(
    present: Path, kept: Path
) -> None:
    """Crossings are counted on from the backup, so they come a second time."""
    await asyncio.to_thread(keeping.restore, PROFILE, kept)
    ((source,),) = rows(kept.parent / "source" / "desk.db", "SELECT profile FROM alert_desk")
    with Database(present / "desk.db") as database:
        found = (await SqlAlertStore(database).load()).profile
    assert found != source
    assert str(uuid.UUID(found)) == found


async def test_after_a_restore_old_notices_are_not_sent(present: Path, kept: Path) -> None:
    await asyncio.to_thread(keeping.restore, PROFILE, kept)
    with Database(present / "desk.db") as database:
        assert await SqlAlertStore(database).open_deliveries() == ()
    query = "SELECT result FROM alert_deliveries WHERE state = 'failed'"
    ((result,),) = rows(present / "desk.db", query)
    assert "It was not sent: the desk was restored" in str(result)


async def test_after_a_restore_fresh_notices_are_still_sent(present: Path, tmp_path: Path) -> None:
    """Better late and twice than never: it says itself when it happened."""
    source, now = dumped(tmp_path / "fresh" / "desk.db", 7), datetime.now(UTC)
    with closing(sqlite3.connect(source)) as raw, raw:
        made = (now - timedelta(hours=2)).isoformat(timespec="microseconds")
        raw.execute("UPDATE alert_deliveries SET made = ?", (made,))
    back_up(source.parent, tmp_path / "fresh.vaultdesk", now)
    await asyncio.to_thread(keeping.restore, PROFILE, tmp_path / "fresh.vaultdesk")
    with Database(present / "desk.db") as database:
        ((delivery, _),) = await SqlAlertStore(database).open_deliveries()
    assert delivery.state is DeliveryState.PENDING


@pytest.mark.usefixtures("present")
async def test_an_order_sent_after_the_backup_can_never_be_confirmed_under_its_name_again(
    kept: Path,
) -> None:
    """New names are random, and begin with the restored desk's own new name."""
    await asyncio.to_thread(keeping.restore, PROFILE, kept)
    stores = open_stores(PROFILE)
    profile = (await stores.alerts.load()).profile
    stores.close()
    ((source,),) = rows(kept.parent / "source" / "desk.db", "SELECT profile FROM alert_desk")
    assert profile[:8] != str(source)[:8], "the part of it that orders are named by"


async def test_orders_that_were_open_then_are_open_to_be_compared(
    present: Path, kept: Path
) -> None:
    await asyncio.to_thread(keeping.restore, PROFILE, kept)
    with Database(present / "desk.db") as database:
        (order_,) = await SqlOrderStore(database).orders(open_only=True)
        entries = await SqlAuditStore(database).entries()
    assert order_.state is OrderState.PARTIAL
    assert entries[-1].fact.kind is FactKind.NOTE
    assert "made at 2026-07-10 15:00:00 UTC (schema 7)" in entries[-1].fact.text


async def test_a_backup_of_an_older_program_is_brought_up_to_date_before_it_comes(
    present: Path, tmp_path: Path
) -> None:
    dumped(tmp_path / "old" / "desk.db", 2)
    back_up(tmp_path / "old", tmp_path / "old.vaultdesk", START)
    await asyncio.to_thread(keeping.restore, PROFILE, tmp_path / "old.vaultdesk")
    with Database(present / "desk.db") as database:
        await SqlOrderStore(database).confirm((order(),), confirmation(order()))
    assert litter(present) == {name for name in litter(present) if name.startswith("before-")}
    assert check_file(present / "desk.db").fault == ""


@pytest.mark.parametrize("form", Form)
def test_an_export_taken_into_an_empty_home_is_the_same_again(
    home: Path, tmp_path: Path, form: Form, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = tmp_path / "a.zip", tmp_path / "b.zip"
    monkeypatch.setenv("VAULTDESK_HOME", str(furnished(tmp_path / "source")))
    keeping.export(PROFILE, first, form)
    monkeypatch.setenv("VAULTDESK_HOME", str(home))
    counts, old = keeping.import_(PROFILE, first)
    keeping.export(PROFILE, second, form)
    assert first.read_bytes() == second.read_bytes()
    assert old is None
    assert litter(home) == set()
    assert counts["orders"] == 2
    assert counts["settings"] == 2
    assert layers.load({}).theme == "dark"
    assert check_file(home / "desk.db").orders == 2


def test_a_profile_that_holds_something_is_only_replaced_when_asked(
    present: Path, tmp_path: Path
) -> None:
    export, before = tmp_path / "a.zip", contents(present)
    Database(present / "desk.db").close()
    keeping.export(PROFILE, export, Form.CSV)
    before = contents(present)
    with pytest.raises(InputError, match="add --replace"):
        keeping.import_(PROFILE, export)
    assert contents(present) == before
    _, old = keeping.import_(PROFILE, export, replace=True)
    assert old is not None
    (tmp_path / "old").mkdir()
    verified(old, tmp_path / "old")
    assert contents(tmp_path / "old") == before
    assert (present / "window" / "Evening.workspace").read_text() == "mine"


@pytest.mark.parametrize("kind", ["settings", "damaged", "loan"])
def test_settings_a_loan_or_a_damaged_database_are_something(home: Path, kind: str) -> None:
    assert keeping._is_empty(PROFILE)
    Database(home / "desk.db").close()
    assert keeping._is_empty(PROFILE)
    if kind == "settings":
        (home / "settings.toml").write_text('theme = "dark"\n')
    elif kind == "damaged":
        (home / "desk.db").write_bytes(b"torn" * 1000)
    else:
        dumped(_gone(home / "desk.db"), 1)
    assert not keeping._is_empty(PROFILE)


def _gone(path: Path) -> Path:
    path.unlink()
    return path


@pytest.mark.parametrize("form", Form)
def test_a_paper_book_that_contradicts_itself_is_refused(
    home: Path, tmp_path: Path, form: Form, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = furnished(tmp_path / "source")
    with closing(sqlite3.connect(source / "desk.db")) as raw, raw:
        raw.execute('INSERT INTO paper_events VALUES (9, \'{"type": "nonsense"}\')')
    monkeypatch.setenv("VAULTDESK_HOME", str(source))
    keeping.export(PROFILE, tmp_path / "a.zip", form)
    monkeypatch.setenv("VAULTDESK_HOME", str(home))
    with pytest.raises(InputError, match="paper_events contradicts itself: Entry 4 of"):
        keeping.import_(PROFILE, tmp_path / "a.zip")
    assert litter(home) == set()
    assert not (home / "desk.db").exists()


def test_settings_that_cannot_be_used_stop_an_export(present: Path, tmp_path: Path) -> None:
    (present / "settings.toml").write_text('theme = "pink"\n')
    with pytest.raises(layers.SettingsError):
        keeping.export(PROFILE, tmp_path / "a.zip", Form.CSV)
    assert not (tmp_path / "a.zip").exists()


def test_the_demonstration_has_no_settings_of_its_own(present: Path, tmp_path: Path) -> None:
    dumped(present / "demo" / "desk.db", 7)
    demo = Profile(layers.Settings(), demo=True)
    head = keeping.export(demo, tmp_path / "a.zip", Form.JSON)
    assert head.rows["settings"] == 0
    assert head.rows["orders"] == 2
    assert statements(present / "demo" / "desk.db").count("orders") > 1
