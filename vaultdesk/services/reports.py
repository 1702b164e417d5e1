"""Reports: what they are made from is gathered, drawn, kept, and drawn again the same."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Protocol

from vaultdesk.core.audit import Fact, FactKind
from vaultdesk.core.reports.kept import KeptReport, ReportKind, ReportRow
from vaultdesk.events import AuditChanged, Bus, ReportMade
from vaultdesk.ports import InputError, StorageError
from vaultdesk.services.off_loop import Stop, off_loop
from vaultdesk.services.report_files import file_name, put, put_beside, share

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from vaultdesk.ports import Clock
    from vaultdesk.services.report_records import Made, Records, Sources

Tell = Callable[[str], None]
Draw = Callable[[ReportKind, bytes, Stop], bytes]
"""The file of a record; called in a thread. May raise InputError and StorageError."""
READING, DRAWING, KEEPING = "Reading what is kept…", "Drawing the pages…", "Keeping it…"


@dataclass(frozen=True, slots=True)
class Drawn:
    """A report that was drawn again; `note` says so where the file is not the one drawn first."""

    row: ReportRow
    data: bytes
    sha256: str
    note: str = ""


class Post(Protocol):
    """Takes a mail with a file."""

    async def __call__(self, subject: str, text: str, name: str, data: bytes) -> str:
        """Hand it in and give what the server said.

        Raises:
            DeliveryError: it was not taken.
        """


class ReportService:
    """Makes reports and brings them to files, mails and the shared folder.

    `draw` makes the file of a record, `post` mails it, `folder` names the shared folder, empty for
    none. `program` is the version of VaultDesk that draws. Times are the `wall` clock's.
    """

    def __init__(
        self,
        bus: Bus,
        wall: Clock,
        records: Records,
        *,
        program: str,
        draw: Draw,
        post: Post,
        folder: Callable[[], str],
    ) -> None:
        self._bus, self._wall, self._records = bus, wall, records
        self._program, self._draw, self._post, self._folder = program, draw, post, folder
        self._stores: Sources | None = None
        self._last: tuple[str, bytes] = "", b""

    def use(self, stores: Sources) -> None:
        """Make reports from these, and keep them there."""
        self._stores = stores

    async def make(
        self,
        kind: ReportKind,
        start: date | None = None,
        end: date | None = None,
        tell: Tell = lambda _sentence: None,
    ) -> KeptReport:
        """Make a report of what is known now; a diary is of the days from `start` to `end`.

        A decision is the newest one kept, with what was ordered of it since. Cancelled before its
        end it leaves nothing behind.

        Raises:
            InputError: there is nothing to report on, or the dates are turned round.
            StorageError: what is needed cannot be read, or the report not kept.
        """
        stores = self._open()
        tell(READING)
        match kind:
            case ReportKind.LOAN:
                made = await self._records.loan(stores)
            case ReportKind.DIARY:
                made = await self._records.diary(stores, start, end)
            case _:
                made = await self._records.newest_decision(stores)
        return await self._made(made, tell)

    async def make_decision(self, hedge: bytes, tell: Tell = lambda _sentence: None) -> KeptReport:
        """Report on the decision whose record this is, with what was ordered of it since.

        Raises:
            InputError: it is no record, or does not come out the same.
            StorageError: orders cannot be read, or the report not kept.
        """
        tell(READING)
        return await self._made(await self._records.decision(self._open(), hedge), tell)

    async def rows(self) -> tuple[ReportRow, ...]:
        """All reports, the newest first.

        Raises:
            StorageError: they cannot be read.
        """
        return await self._open().reports.rows()

    async def pdf(self, number: str) -> bytes:
        """The file of a report, drawn from its record.

        Raises:
            InputError: there is none of this id, or its numbers cannot be computed again.
            StorageError: it cannot be read, or is not what was kept.
        """
        return (await self.again(number)).data

    async def again(self, number: str) -> Drawn:
        """The same, and a sentence where another version of the program draws it otherwise.

        Raises:
            InputError: there is none of this id, or its numbers cannot be computed again.
            StorageError: it cannot be read, or is not what was kept.
        """
        kept = await self._open().reports.get(number)
        if kept is None:
            raise InputError(f"There is no report '{number}': choose one of those listed.")
        if _sha(kept.record) != kept.record_sha256:
            raise StorageError(
                f"The record of report {number} was altered: restore a backup of the database."
            )
        data = self._last[1] if self._last[0] == number else None
        if data is None:
            data = await off_loop(partial(self._draw, kept.row.kind, kept.record))
            self._last = number, data
        return Drawn(kept.row, data, _sha(data), self._difference(kept, _sha(data)))

    async def save(self, number: str, path: Path) -> Path:
        """Write a report to a file, wholly or not at all, and give its place.

        Raises:
            InputError: as `again`.
            StorageError: it was not written.
        """
        drawn = await self.again(number)
        await asyncio.to_thread(put, path, drawn.data)
        await self._note(drawn, f"saved as {path}")
        return path

    async def save_beside(self, number: str, path: Path) -> Path:
        """The same, to the next free name where another file stands there; gives its place.

        Raises:
            InputError: as `again`.
            StorageError: it was not written.
        """
        drawn = await self.again(number)
        place = await asyncio.to_thread(put_beside, path, drawn.data)
        await self._note(drawn, f"saved as {place}")
        return place

    async def mail(self, number: str) -> str:
        """Mail a report to those whom the settings name, and give what the server said.

        Raises:
            InputError: as `again`.
            DeliveryError: the server did not take it.
        """
        drawn = await self.again(number)
        row, name = drawn.row, file_name(drawn.row)
        text = (
            f"{row.title}\n\nThe report is attached as {name}.\nSHA-256 of the file: "
            f"{drawn.sha256}\n{drawn.note}"
        )
        said = await self._post(f"VaultDesk: {row.title}", text.rstrip() + "\n", name, drawn.data)
        await self._note(drawn, f"mailed; {said}")
        return said

    async def share(self, number: str) -> Path:
        """Copy a report into the shared folder, over no other file, and give its place.

        Raises:
            InputError: as `again`, or the settings name no folder.
            StorageError: the folder cannot be written.
        """
        folder = self._folder()
        if not folder:
            raise InputError("No folder is shared: enter one in Settings, Reports.")
        drawn = await self.again(number)
        path = await asyncio.to_thread(share, folder, file_name(drawn.row), drawn.data)
        await self._note(drawn, f"shared as {path}")
        return path

    async def _made(self, made: Made, tell: Tell) -> KeptReport:
        tell(DRAWING)
        data = await off_loop(partial(self._draw, made.kind, made.record))
        sha, now = _sha(made.record), self._wall.now()
        row = ReportRow(sha[:16], made.kind, made.title, now, _sha(data))
        kept = KeptReport(row, self._program, made.record, sha)
        text = f"{row.title}: made; record SHA-256 {sha}, file SHA-256 {row.pdf_sha256}"
        tell(KEEPING)
        stores = self._open()
        await stores.reports.keep(kept, (Fact(FactKind.REPORT, now, row.id, "user", text),))
        self._last = row.id, data
        first = await stores.reports.get(row.id) or kept
        self._bus.tell(ReportMade(first.row))
        self._bus.tell(AuditChanged())
        return first

    async def _note(self, drawn: Drawn, what: str) -> None:
        text = f"{drawn.row.title}: {what}; file SHA-256 {drawn.sha256}"
        fact = Fact(FactKind.REPORT, self._wall.now(), drawn.row.id, "user", text)
        await self._open().audit.append((fact,))
        self._bus.tell(AuditChanged())

    def _difference(self, kept: KeptReport, sha: str) -> str:
        if sha == kept.row.pdf_sha256:
            return ""
        if kept.program != self._program:
            return (
                f"VaultDesk {kept.program} drew this report first and {self._program} draws it "
                f"otherwise, from the same record: the first file's SHA-256 is "
                f"{kept.row.pdf_sha256}."
            )
        raise StorageError(
            f"Report {kept.row.id} does not come out as it was kept: install VaultDesk again, as "
            "its fonts or libraries were changed."
        )

    def _open(self) -> Sources:
        if self._stores is None:
            raise StorageError("The database is still being opened: try again in a moment.")
        return self._stores


def _sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
