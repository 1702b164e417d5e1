"""Backup, restore, export and import of a profile: what the command line and the window ask for."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import tempfile
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vaultdesk import settings as layers
from vaultdesk.core.audit import Fact, FactKind
from vaultdesk.ports import InputError, StorageError
from vaultdesk.services.files import writing
from vaultdesk.services.home_lock import HomeLock
from vaultdesk.settings.file import from_file
from vaultdesk.storage import backup, backup_check, restoring
from vaultdesk.storage.audit_check import reading
from vaultdesk.storage.backup import never, quiet, refuse_stopped
from vaultdesk.storage.portable import exporting, importing
from vaultdesk.storage.portable.tables import ALWAYS, EXPORTED
from vaultdesk.storage.profile_folder import DATABASE, SETTINGS, WINDOW

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from vaultdesk.app.parts import Profile
    from vaultdesk.services.off_loop import Stop
    from vaultdesk.storage.backup import Manifest, Tell
    from vaultdesk.storage.backup_check import Verified
    from vaultdesk.storage.portable.tables import Head

USER = "user"


def back_up(
    profile: Profile,
    target: Path,
    *,
    vault: bool = False,
    tell: Tell = quiet,
    stop: Stop = never,
) -> Manifest:
    """Write the profile into one file; the desk may be open. Blocking: not on the loop.

    Raises:
        KnownError: see `backup.back_up`.
    """
    now = datetime.now(UTC)
    return backup.back_up(profile.home, target, now, vault=vault, tell=tell, stop=stop)


def verify(path: Path, *, tell: Tell = quiet, stop: Stop = never) -> Verified:
    """Look through a backup, all of it; needs room for what is in it meanwhile.

    Raises:
        StorageError: it is damaged, or none.
    """
    with tempfile.TemporaryDirectory(prefix="vaultdesk-verify-") as folder:
        return backup_check.verified(path, Path(folder), tell=tell, stop=stop)


def lay_ready(profile: Profile, path: Path, *, tell: Tell = quiet, stop: Stop = never) -> Verified:
    """Unpack a backup beside the profile and bring it up to date; nothing is decided yet.

    Raises:
        StorageError: it is damaged, the disk refused, or `stop` said so; nothing is left of it.
    """
    now = datetime.now(UTC)
    with _staged(profile.home) as staged:
        found = backup_check.verified(path, staged, tell=tell, stop=stop)
        restoring.adopt(staged, (_restored(found.manifest, path, now),), now)
        refuse_stopped(stop)
    return found


def decide(profile: Profile) -> None:
    """Have what was laid ready put in the profile's place at the next start.

    Raises:
        StorageError: the disk refused; the present profile stays.
    """
    restoring.commit(profile.home, datetime.now(UTC))


def restore(profile: Profile, path: Path, *, tell: Tell = quiet) -> tuple[Verified, Path | None]:
    """Put a backup in the place of the profile; what it held, and where the old one is kept.

    Raises:
        KnownError: a desk has the profile open, or see `lay_ready`.
    """
    with _alone(profile.home):
        found = lay_ready(profile, path, tell=tell)
        decide(profile)
        return found, restoring.finish(profile.home, datetime.now(UTC)).kept


def finish_pending(home: Path) -> str:
    """Finish what was prepared, unless a desk has the profile open; a sentence if it was done.

    Raises:
        StorageError: the disk refused.
    """
    try:
        with _alone(home):
            if not restoring.is_pending(home):
                return ""
            kept = restoring.finish(home, datetime.now(UTC)).kept
    except InputError:
        return ""
    return f"The profile was replaced; the one before is kept in {kept}." if kept else ""


def export(
    profile: Profile,
    target: Path,
    form: exporting.Form,
    *,
    tell: Tell = quiet,
    stop: Stop = never,
) -> Head:
    """Write everything as CSV or JSON; the desk may be open. Blocking: not on the loop.

    Raises:
        KnownError: see `exporting.exported`; or the settings cannot be read.
    """
    given = {} if profile.demo else _settings(from_file())
    database = profile.home / DATABASE
    return exporting.exported(database, target, form, given, tell=tell, stop=stop)


def import_(
    profile: Profile, path: Path, *, replace: bool = False, tell: Tell = quiet
) -> tuple[Mapping[str, int], Path | None]:
    """Take an export in; the rows of each table, and where the old profile is kept.

    Raises:
        InputError: the profile is not empty and not to be replaced, a desk has it open, or
            something in the export cannot be used; nothing was imported.
        StorageError: the disk refused.
    """
    home, now = profile.home, datetime.now(UTC)
    with _alone(home):
        empty = _is_empty(profile)
        if not empty and not replace:
            raise InputError(
                f"The profile in {home} holds something already: add --replace to back it up and "
                "put the import in its place."
            )
        with _staged(home) as staged:
            found = importing.imported(path, staged / DATABASE, layers.refusal, tell=tell)
            _refuse_paper(staged / DATABASE)
            _lay_out(profile, staged, found.settings)
            restoring.commit(home, now, keep=not empty)
        return found.rows, restoring.finish(home, now).kept


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """Hold the profile as an open desk does.

    Raises:
        InputError: a desk has it open.
    """
    with writing(home):
        home.mkdir(parents=True, exist_ok=True)
    lock = HomeLock(home, "restore")
    if not lock.acquire():
        raise InputError(
            f"VaultDesk has the profile in {home} open ({lock.holder}): close it first."
        )
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _staged(home: Path) -> Iterator[Path]:
    """A folder for what is to come, which goes where nothing comes of it."""
    staged = restoring.staging(home)
    try:
        yield staged
    except BaseException:
        restoring.give_up(home)
        raise


def _restored(manifest: Manifest, path: Path, now: datetime) -> Fact:
    text = (
        f"Restored from a backup that VaultDesk {manifest.program} made at "
        f"{manifest.made:%Y-%m-%d %H:%M:%S} UTC (schema {manifest.schema}). What happened after "
        "that is not in this log."
    )
    return Fact(FactKind.NOTE, now, path.name, USER, text)


def _settings(given: Mapping[str, Any]) -> dict[str, object]:
    """Settings as their own types have them, those that were given.

    Raises:
        SettingsError: one of them cannot be used.
    """
    sound = layers.revised(layers.Settings(), given)
    return {name: getattr(sound, name) for name in given}


def _lay_out(profile: Profile, staged: Path, given: Mapping[str, object]) -> None:
    """The settings of the import, and the windows as they are, beside the database."""
    import tomlkit  # noqa: PLC0415 (only where settings are written)

    if given and not profile.demo:
        text = tomlkit.dumps(_settings(given))
        (staged / SETTINGS).write_text(text, encoding="utf-8", newline="")
    if (profile.home / WINDOW).is_dir():
        shutil.copytree(profile.home / WINDOW, staged / WINDOW)


def _is_empty(profile: Profile) -> bool:
    """Whether nothing was entered and nothing has happened in a profile."""
    database = profile.home / DATABASE
    if not profile.demo and from_file():
        return False
    if not database.exists():
        return True
    try:
        with reading(database) as connection:
            queries = (
                f"SELECT 1 FROM {table.name} LIMIT 1"  # noqa: S608 (own names)
                for table in EXPORTED
                if table not in ALWAYS
            )
            return not any(connection.execute(query).fetchone() for query in queries)
    except sqlite3.Error:
        return False  # damaged, or of an older program: it is something


def _refuse_paper(database: Path) -> None:
    """See to it that the paper account's book can be read: nobody in the storage knows it."""
    from vaultdesk.adapters.paper.book import folded  # noqa: PLC0415
    from vaultdesk.adapters.paper.events import read  # noqa: PLC0415
    from vaultdesk.storage.database import Database  # noqa: PLC0415
    from vaultdesk.storage.paper_store import SqlPaperStore  # noqa: PLC0415

    with Database(database) as opened:
        lines = asyncio.run(SqlPaperStore(opened).events())
    try:
        folded(read(lines))
    except (ValueError, StorageError) as error:
        reason = str(error).partition(": restore")[0]
        raise InputError(
            f"paper_events contradicts itself: {reason}. Nothing was imported."
        ) from error
