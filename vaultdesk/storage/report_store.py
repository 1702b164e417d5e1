"""Reports with all they were made from, in the database; their records are compressed there."""

import zlib

from sqlalchemy import Connection, RowMapping, insert, select

from vaultdesk.core.audit import Fact
from vaultdesk.core.reports.kept import KeptReport, ReportKind, ReportRow
from vaultdesk.ports import StorageError
from vaultdesk.storage.database import Database
from vaultdesk.storage.sealing import append
from vaultdesk.storage.tables import reports

_COLUMNS = reports.c
_LISTED = (_COLUMNS.id, _COLUMNS.kind, _COLUMNS.title, _COLUMNS.made, _COLUMNS.pdf_sha256)


class SqlReportStore:
    """A `stores.ReportStore` on the desk's database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, report: KeptReport, facts: tuple[Fact, ...]) -> None:
        """Keep it, and these facts in the audit log with it; one that is kept already stays."""
        row = report.row
        values = {
            **{name: getattr(row, name) for name in ("id", "title", "made", "pdf_sha256")},
            "kind": row.kind.value,
            "program": report.program,
            "record_sha256": report.record_sha256,
        }

        def work(connection: Connection) -> None:
            known = connection.execute(select(_COLUMNS.id).where(_COLUMNS.id == row.id)).first()
            if known is None:
                packed = zlib.compress(report.record)
                connection.execute(insert(reports).values(values | {"record": packed}))
            append(connection, facts)

        await self._database.run(work, durable=True)

    async def get(self, number: str) -> KeptReport | None:
        """The report of an id.

        Raises:
            StorageError: its record cannot be unpacked.
        """

        def work(connection: Connection) -> KeptReport | None:
            found = connection.execute(select(reports).where(_COLUMNS.id == number))
            row = found.mappings().one_or_none()
            return None if row is None else _report(row)

        return await self._database.run(work)

    async def rows(self) -> tuple[ReportRow, ...]:
        """All of them without what they were made from, the newest first."""

        def work(connection: Connection) -> tuple[ReportRow, ...]:
            chosen = select(*_LISTED).order_by(_COLUMNS.made.desc(), _COLUMNS.id)
            return tuple(_row(row) for row in connection.execute(chosen).mappings())

        return await self._database.run(work)


def _row(row: RowMapping) -> ReportRow:
    listed = {name: row[name] for name in ReportRow.__slots__}
    return ReportRow(**(listed | {"kind": ReportKind(row["kind"])}))


def _report(row: RowMapping) -> KeptReport:
    try:
        record = zlib.decompress(row["record"])
    except zlib.error as error:
        raise StorageError(
            f"The record of report {row['id']} is damaged: restore a backup of the database."
        ) from error
    return KeptReport(_row(row), row["program"], record, row["record_sha256"])
