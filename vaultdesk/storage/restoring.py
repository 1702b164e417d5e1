"""A profile put in the place of another: prepared beside it, then exchanged, all or nothing.

What is to come lies complete in the folder `STAGED`. Then the file `PENDING` is written: before it
the old profile holds, after it the new one does, as whoever starts next finishes what it says.
Each step of finishing can be done again, so the machine may stop at any of them.
"""

import asyncio
import shutil
import sqlite3
import uuid
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path

import msgspec
from sqlalchemy import Connection, update

from vaultdesk.core.alerts.deliveries import GIVE_UP_AFTER, OPEN, DeliveryState
from vaultdesk.core.audit import Fact
from vaultdesk.ports import StorageError
from vaultdesk.services.files import sync, whole, writing
from vaultdesk.storage.backup import SUFFIX, Tell, back_up, never, quiet
from vaultdesk.storage.database import Database
from vaultdesk.storage.profile_folder import (
    BESIDE_DATABASE,
    DATABASE,
    PENDING,
    SETTINGS,
    WINDOW,
)
from vaultdesk.storage.sealing import append
from vaultdesk.storage.tables import alert_deliveries, alert_desk

STAGED = "incoming"
KEPT = "before-restore-"
"""How the names of automatic backups begin."""

REPLACED = (*BESIDE_DATABASE, SETTINGS, WINDOW)
"""What goes whether or not something comes in its place; the vault goes only for another one."""


TOO_OLD = "It was not sent: the desk was restored more than a day after it was due."


class Pending(msgspec.Struct, frozen=True):
    """What is to be exchanged: `coming` are the names in the folder besides the database.

    `kept` is what the old profile's backup will be called, empty where it holds nothing.
    """

    coming: tuple[str, ...]
    kept: str


class Finished(msgspec.Struct, frozen=True):
    """The exchange was made; `kept` is where the old profile is, None where there was none.

    It is a backup, or a folder of the bare files where those could not be backed up: they may be
    damaged.
    """

    kept: Path | None


def staging(home: Path) -> Path:
    """A new, empty folder for the profile that is to come; an earlier one is given up.

    Raises:
        StorageError: the disk refused.
    """
    give_up(home)
    with writing(home / STAGED):
        (home / STAGED).mkdir(parents=True)
    return home / STAGED


def give_up(home: Path) -> None:
    """Forget what was to come, if anything was; the present profile stays.

    Raises:
        StorageError: the disk refused.
    """
    with writing(home / STAGED):
        (home / PENDING).unlink(missing_ok=True)
        if (home / STAGED).exists():
            shutil.rmtree(home / STAGED)


def adopt(staged: Path, facts: tuple[Fact, ...], now: datetime) -> None:
    """Bring an unpacked database up to date, as another desk's, with these facts in its log.

    Raises:
        StorageError: it cannot be brought up to date.
    """

    def work(connection: Connection) -> None:
        _become_another(connection, now)
        append(connection, facts)

    with Database(staged / DATABASE) as database:
        asyncio.run(database.run(work, durable=True))
    for path in staged.glob("*.backup.db"):  # the old schema's copy: the backup itself is one
        path.unlink()


def _become_another(connection: Connection, now: datetime) -> None:
    """Give the desk a new name of its own, and let old notices be.

    Crossings are counted on from the backup: under the old name a new alert could have the number
    of one that was sent after the backup, and its receiver would drop it as a repetition.
    """
    connection.execute(update(alert_desk).values(profile=str(uuid.uuid4())))
    columns = alert_deliveries.c
    connection.execute(
        update(alert_deliveries)
        .where(columns.state.in_(OPEN), columns.made < now - GIVE_UP_AFTER)
        .values(state=DeliveryState.FAILED, result=TOO_OLD, at=now)
    )


def commit(home: Path, now: datetime, *, keep: bool = True) -> None:
    """Decide that the staged profile comes, at the next `finish`.

    Raises:
        StorageError: the disk refused; the present profile stays.
    """
    staged = home / STAGED
    with writing(staged):
        _fold(staged / DATABASE)
        for path in staged.rglob("*"):
            sync(path)
        sync(staged)
    coming = sorted(path.name for path in staged.iterdir() if path.name != DATABASE)
    kept = f"{KEPT}{now:%Y%m%dT%H%M%SZ}{SUFFIX}" if keep else ""
    with whole(home / PENDING, private=True) as file:
        file.write_bytes(msgspec.json.encode(Pending(tuple(coming), kept)))


def is_pending(home: Path) -> bool:
    """Whether a profile waits to be put in the place of the present one."""
    return (home / PENDING).exists()


def finish(home: Path, now: datetime, tell: Tell = quiet) -> Finished:
    """Exchange the profiles; nobody else may have this one open. May be done again at any time.

    The old profile is backed up first; where it cannot be, its files stay in a folder beside.

    Raises:
        StorageError: the disk refused: it can be tried again.
    """
    path = home / PENDING
    try:
        pending = msgspec.json.decode(path.read_bytes(), type=Pending)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise StorageError(
            f"{path} cannot be read ({error}): remove it to keep the present profile, and restore "
            "again."
        ) from error
    backup = home / (pending.kept or f"{KEPT}nothing{SUFFIX}")
    aside = backup.with_suffix("")
    with writing(home / DATABASE):
        if not aside.exists():
            if pending.kept and not backup.exists():
                _keep_old(home, backup, now, tell)
            aside.mkdir()
        _exchange(home, aside, pending.coming)
        path.unlink()
        sync(home)
        shutil.rmtree(home / STAGED, ignore_errors=True)
        if backup.exists() or not pending.kept:
            shutil.rmtree(aside)
        sync(home)
    if not pending.kept:
        return Finished(None)
    return Finished(backup if backup.exists() else aside)


def _keep_old(home: Path, backup: Path, now: datetime, tell: Tell) -> None:
    """Back it up if it can be; one that is damaged is why somebody restores."""
    with suppress(StorageError):
        back_up(home, backup, now, vault=True, tell=tell, stop=never)


def _exchange(home: Path, aside: Path, coming: tuple[str, ...]) -> None:
    """Move the old away and the new in, the database last: once it is in, all the rest is.

    A write-ahead log goes before its database, as SQLite would lay it over the new one.
    """
    staged = home / STAGED
    if not (staged / DATABASE).exists():
        return
    for name in (*(name for name in REPLACED if name not in coming), DATABASE):
        _move(home / name, aside / name)
    sync(home)
    for name in coming:
        if (staged / name).exists():
            _move(home / name, aside / name)
            _move(staged / name, home / name)
    sync(home)
    _move(staged / DATABASE, home / DATABASE)
    sync(home)


def _move(path: Path, target: Path) -> None:
    if path.exists():
        path.replace(target)


def _fold(database: Path) -> None:
    """Bring everything that stands beside the database into it."""
    try:
        with closing(sqlite3.connect(database)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.Error as error:
        raise StorageError(f"{database} cannot be written ({error}): free some space.") from error
