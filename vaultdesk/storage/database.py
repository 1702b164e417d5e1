"""The desk's database: one writer thread, write-ahead log, migrated forward, backed up before."""

import asyncio
import re
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DatabaseError, OperationalError, SQLAlchemyError
from sqlalchemy.pool import StaticPool

from vaultdesk.ports import StorageError

T = TypeVar("T")

MIGRATIONS = (
    "m0001_first",
    "m0002_facilities",
    "m0003_alerts",
    "m0004_history",
    "m0005_templates",
    "m0006_orders",
    "m0007_reports",
)
"""Every schema version in order; the first makes version 1."""


class Database:
    """One SQLite file, or memory where `path` is None.

    All work runs in one thread of its own, one piece after the other, each in a transaction: what
    `run` answered outlives the program, and what durable work did outlives the machine as well.

    Raises:
        StorageError: On opening: the file cannot be written, is damaged, or is of a newer version.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self._engine = _engine(path)
        try:
            _migrate(self._engine, path)
        except (SQLAlchemyError, sqlite3.Error, OSError, UnicodeDecodeError) as error:
            self._engine.dispose()
            raise StorageError(_opening_sentence(path, error)) from error
        except StorageError:
            self._engine.dispose()
            raise
        self._durable = self._engine if path is None else _engine(path, durable=True)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="database")

    async def run(self, work: Callable[[Connection], T], *, durable: bool = False) -> T:
        """Do `work` in one transaction on the database's thread and give its answer.

        `durable` work is through the system's cache and on the disk once it is answered, and from
        its beginning no other program writes.

        Raises:
            StorageError: The disk is full, the file locked, gone or damaged; nothing was changed.
        """
        engine = self._durable if durable else self._engine
        return await asyncio.get_running_loop().run_in_executor(
            self._thread, self._do, engine, work
        )

    def _do(self, engine: Engine, work: Callable[[Connection], T]) -> T:
        try:
            with engine.begin() as connection:
                return work(connection)
        except (DatabaseError, UnicodeDecodeError) as error:  # the latter from damaged pages
            raise StorageError(_working_sentence(self.path, error)) from error

    def close(self) -> None:
        """Finish what was begun and let the file go."""
        self._thread.shutdown(wait=True)
        self._durable.dispose()
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _engine(path: Path | None, *, durable: bool = False) -> Engine:
    """Connections that all write alike: `synchronous` cannot be changed within a transaction."""
    if path is None:
        engine = create_engine(
            "sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False}
        )
    else:
        engine = create_engine(
            URL.create("sqlite", database=str(path)),  # a path may hold a question mark
            connect_args={"timeout": 5, "check_same_thread": False},
        )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, record: object) -> None:  # noqa: ANN401
        del record
        connection.isolation_level = None  # the driver would commit before every CREATE TABLE
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
        connection.execute("PRAGMA foreign_keys = ON")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A transaction that reads first and writes then fails if another desk wrote in between.
        connection.exec_driver_sql("BEGIN IMMEDIATE" if durable else "BEGIN")

    return engine


def _migrate(engine: Engine, path: Path | None) -> None:
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
    with engine.begin() as connection:
        version = _version(connection, path)
    newest = len(MIGRATIONS)
    if version > newest:
        raise StorageError(
            f"{path} was written by a newer VaultDesk (version {version}, this one reads up to "
            f"{newest}): install the newer program, the file was not touched."
        )
    if version == newest:
        return
    if version and path is not None:
        _back_up(path, version)
    with engine.begin() as connection:
        for number in range(version, newest):
            import_module(f"vaultdesk.storage.migrations.{MIGRATIONS[number]}").upgrade(connection)
        connection.execute(text("DELETE FROM schema_version"))
        connection.execute(text("INSERT INTO schema_version VALUES (:v)"), {"v": newest})


def _version(connection: Connection, path: Path | None) -> int:
    connection.execute(text("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL)"))
    (version,) = connection.execute(text("SELECT version FROM schema_version")).first() or (0,)
    if not isinstance(version, int):
        raise StorageError(_damaged(path))
    return version


def _back_up(path: Path, version: int) -> None:
    """A copy beside the file, complete also with a write-ahead log, before it is changed."""
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    target = path.with_name(f"{path.stem}-v{version}-{stamp}.backup.db")
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)


def _opening_sentence(path: Path | None, error: Exception) -> str:
    reason = _reason(error)
    garbled = isinstance(error, UnicodeDecodeError)  # SQLite repeats the names it found
    if garbled or "not a database" in reason or "malformed" in reason:
        return _damaged(path)
    if "full" in reason or "No space" in reason:
        return f"The disk is full, so {path} cannot be opened: free some space and start again."
    return f"{path} cannot be opened ({reason}): make its folder writable or set VAULTDESK_HOME."


def _damaged(path: Path | None) -> str:
    return (
        f"{path} is damaged and was left as it is: restore one of the backups beside it, "
        "or move it away to start anew."
    )


def _working_sentence(path: Path | None, error: Exception) -> str:
    reason = _reason(error)
    if isinstance(error, OperationalError) and "full" in reason:
        return f"The disk is full, so {path} was not changed: free some space and try again."
    return f"{path or 'The database'} was not changed ({reason}): check the disk and try again."


def _reason(error: Exception) -> str:
    cause = getattr(error, "orig", None) or error
    return re.sub(r"\s+", " ", str(cause)).strip().rstrip(".")
