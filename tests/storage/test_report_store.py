"""Reports are kept with their facts or not at all, and come back byte for byte."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text

from vaultdesk.core.audit import Fact, FactKind
from vaultdesk.core.reports.kept import KeptReport, ReportKind, ReportRow
from vaultdesk.ports import StorageError
from vaultdesk.storage.audit_store import SqlAuditStore
from vaultdesk.storage.database import Database
from vaultdesk.storage.report_store import SqlReportStore

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 7, 10, 15, 0, 1, 7, tzinfo=UTC)
ROW = ReportRow("0123456789abcdef", ReportKind.LOAN, "Loan status", NOW, "cd" * 32)
REPORT = KeptReport(ROW, "9.9", b'{"at":"2026-07-10T15:00:00Z"}', "ab" * 32)
FACT = Fact(FactKind.REPORT, NOW, ROW.id, "user", "made")


async def test_a_report_comes_back_with_its_fact_in_the_log() -> None:
    with Database(None) as database:
        store = SqlReportStore(database)
        assert await store.get(ROW.id) is None
        await store.keep(REPORT, (FACT,))
        assert await store.get(ROW.id) == REPORT
        assert await store.rows() == (ROW,)
        log = SqlAuditStore(database)
        assert [entry.fact for entry in await log.entries()] == [FACT]
        assert await log.broken() == ""


async def test_one_that_is_kept_stays_and_the_fact_is_written() -> None:
    with Database(None) as database:
        store = SqlReportStore(database)
        await store.keep(REPORT, (FACT,))
        await store.keep(replace(REPORT, program="10"), (FACT,))
        assert await store.get(ROW.id) == REPORT
        assert await SqlAuditStore(database).count() == 2


async def test_the_newest_is_listed_first() -> None:
    with Database(None) as database:
        store = SqlReportStore(database)
        later = replace(ROW, id="ff", made=NOW + timedelta(microseconds=1))
        for row in (ROW, later):
            await store.keep(replace(REPORT, row=row), ())
        assert await store.rows() == (later, ROW)


async def test_without_its_fact_no_report_is_kept() -> None:
    with Database(None) as database:
        await database.run(lambda on: on.execute(text("DROP TABLE audit")))
        store = SqlReportStore(database)
        with pytest.raises(StorageError):
            await store.keep(REPORT, (FACT,))
        assert await store.rows() == ()


async def test_a_damaged_record_is_told(tmp_path: Path) -> None:
    def spoil(connection: Connection) -> None:
        connection.execute(text("UPDATE reports SET record = x'00'"))

    with Database(tmp_path / "desk.db") as database:
        store = SqlReportStore(database)
        await store.keep(REPORT, ())
        await database.run(spoil)
        with pytest.raises(StorageError, match="is damaged: restore a backup"):
            await store.get(ROW.id)


@given(st.binary(max_size=500), st.text(max_size=80).filter(lambda told: "\x00" not in told))
@settings(max_examples=25, deadline=None)
def test_any_record_and_title_come_back(record: bytes, title: str) -> None:
    async def through() -> KeptReport | None:
        with Database(None) as database:
            store = SqlReportStore(database)
            await store.keep(made, ())
            return await store.get(ROW.id)

    title = title.encode("utf-8", "ignore").decode()
    made = replace(REPORT, record=record, row=replace(ROW, title=title))
    assert asyncio.run(through()) == made
