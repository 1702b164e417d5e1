"""The audit log, in the database."""

import asyncio
import sqlite3
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Connection, Row, func, select

from vaultdesk.core.audit import Entry, Fact, FactKind
from vaultdesk.ports import StorageError
from vaultdesk.storage import order_tables as tables
from vaultdesk.storage.audit_check import check_file, checked
from vaultdesk.storage.database import Database
from vaultdesk.storage.sealing import append

_AUDIT = tables.audit


class SqlAuditStore:
    """A `stores.AuditStore` on the desk's database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def append(self, facts: tuple[Fact, ...]) -> None:
        """Seal these after the others."""
        await self._database.run(lambda connection: append(connection, facts), durable=True)

    async def entries(
        self,
        *,
        newest: int | None = None,
        since: datetime | None = None,
        before: int | None = None,
    ) -> tuple[Entry, ...]:
        """In their order; those before a number, from a moment on, the last `newest` of them.

        Raises:
            StorageError: one cannot be read.
        """
        chosen = select(_AUDIT).order_by(_AUDIT.c.number.desc()).limit(newest)
        if since is not None:
            chosen = chosen.where(_AUDIT.c.at >= since)
        if before is not None:
            chosen = chosen.where(_AUDIT.c.number < before)

        def work(connection: Connection) -> tuple[Entry, ...]:
            return tuple(_entry(row) for row in reversed(connection.execute(chosen).all()))

        return await self._database.run(work)

    async def count(self) -> int:
        """How many entries there are."""
        query = select(func.count()).select_from(_AUDIT)
        return await self._database.run(lambda on: on.execute(query).scalar_one())

    async def broken(self) -> str:
        """What is wrong first, a sentence that names the record; empty where all is as written.

        A file is looked through beside the desk's own work, which goes on meanwhile.
        """
        path = self._database.path
        if path is not None:
            return (await asyncio.to_thread(check_file, path)).fault
        return await self._database.run(lambda on: checked(_driver(on)).fault)


def _driver(connection: Connection) -> sqlite3.Connection:
    return cast("sqlite3.Connection", connection.connection.dbapi_connection)


def _entry(row: Row[Any]) -> Entry:
    try:
        kind = FactKind(row.kind)
    except ValueError as error:
        raise StorageError(
            f"Entry {row.number} of the audit log cannot be read: run 'vaultdesk verify' to see "
            "what was altered."
        ) from error
    fact = Fact(kind, row.at, row.subject, row.who, row.text, row.wire)
    return Entry(row.number, fact, row.hash)
