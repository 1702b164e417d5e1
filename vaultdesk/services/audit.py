"""The audit log of the desk: facts are written in the order they come, read, and exported."""

from __future__ import annotations

import asyncio
import csv
from typing import TYPE_CHECKING

from vaultdesk.core.audit import Fact, FactKind, columns_of
from vaultdesk.events import (
    AlertRaised,
    AuditChanged,
    BrokerStatusChanged,
    Bus,
    ModeChanged,
    OrderChanged,
    OrdersLoaded,
    PositionsChanged,
    PreviewMade,
)
from vaultdesk.ports import Clock, StorageError
from vaultdesk.services.files import writing
from vaultdesk.services.write_queue import WriteQueue

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from datetime import datetime
    from pathlib import Path

    from vaultdesk.core.audit import Entry
    from vaultdesk.stores import AuditStore

PROBLEM = "audit.store"

TELL_AFTER_S = 0.5
"""Changes within so long are told as one."""

PAGE = 500
"""So many entries are read at once: nothing waits longer than for these, neither what is to be
written meanwhile nor the loop, which gets a turn after each."""

SEALED_WITH = (
    *(OrderChanged, OrdersLoaded, ModeChanged, PreviewMade, PositionsChanged),
    BrokerStatusChanged,
)
"""Those who tell these have written facts of their own, in one go with what they tell of."""

COLUMNS = ("number", "kind", "at", "subject", "who", "text", "wire", "hash")
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""With these a spreadsheet takes a text for a formula."""


class AuditService:
    """Writes facts into the log, those of alerts by itself; `wall` is the machine's clock.

    What the disk refuses is kept and tried again until it is written.
    """

    def __init__(
        self,
        bus: Bus,
        wall: Clock,
        *,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._bus, self._wall, self._sleep = bus, wall, sleep
        self._store: AuditStore | None = None
        self._queue = WriteQueue[Fact](bus, PROBLEM, self._write, sleep=sleep)
        self.note, self.settled = self._queue.add, self._queue.settled
        self._telling: asyncio.Task[None] | None = None
        self._undo = [
            bus.subscribe(AlertRaised, self._on_alert),
            *(bus.subscribe(kind, lambda _: self._changed()) for kind in SEALED_WITH),
        ]

    async def use(self, store: AuditStore) -> None:
        """Write everything into this log, also what came before."""
        self._store = store
        self._queue.open()

    def setting_changed(self, name: str, before: object, after: object) -> None:
        """Write that the user changed a setting; of a web address only the host is written."""
        if before != after:
            self._user_did(name, f"{name}: {_shown(before)} became {_shown(after)}.")

    def secret_changed(self, name: str, *, kept: bool) -> None:
        """Write that the user gave or removed a secret, which itself is never written."""
        self._user_did(name, f"{name} was {'entered' if kept else 'removed'}.")

    async def entries(
        self,
        newest: int | None = 1_000,
        *,
        before: int | None = None,
        since: datetime | None = None,
    ) -> tuple[Entry, ...]:
        """In their order, where given: from `since` on, before a number, the last `newest`.

        Raises:
            StorageError: They cannot be read.
        """
        return await self._stored().entries(newest=newest, before=before, since=since)

    async def count(self) -> int:
        """How many entries there are.

        Raises:
            StorageError: They cannot be read.
        """
        return await self._stored().count()

    async def broken(self) -> str:
        """A sentence on the first record that is not as it was written; empty where all are.

        Raises:
            StorageError: The log cannot be read.
        """
        return await self._stored().broken()

    async def export(self, path: Path) -> int:
        """Write all entries as CSV and give their number; what stood there stays until it is whole.

        Raises:
            StorageError: They cannot be read, or the file not written.
        """
        last, part = await self.count(), path.with_name(f"{path.name}.part")
        with writing(path):
            await asyncio.to_thread(_begin_csv, part)
            for start in range(0, last, PAGE):
                end = min(start + PAGE, last)
                page = await self.entries(end - start, before=end + 1)
                await asyncio.to_thread(_add_to_csv, part, page)
            await asyncio.to_thread(part.replace, path)
        return last

    async def close(self) -> None:
        """Hear nothing more and write down the rest.

        Raises:
            StorageError: The disk refused; the rest is lost.
        """
        for undo in self._undo:
            undo()
        try:
            await self._queue.close()
        finally:
            if self._telling is not None:
                self._telling.cancel()

    def _stored(self) -> AuditStore:
        if self._store is None:
            raise StorageError("The audit log is not open yet: try again in a moment.")
        return self._store

    def _on_alert(self, event: AlertRaised) -> None:
        alert = event.alert
        self.note(Fact(FactKind.ALERT, self._wall.now(), alert.id, "desk", alert.sentence))

    def _user_did(self, subject: str, text: str) -> None:
        self.note(Fact(FactKind.SETTING, self._wall.now(), subject, "user", text))

    async def _write(self, facts: list[Fact]) -> None:
        await self._stored().append(tuple(facts))
        facts.clear()
        self._changed()

    def _changed(self) -> None:
        if self._telling is None:
            self._telling = asyncio.get_running_loop().create_task(self._tell())

    async def _tell(self) -> None:
        await self._sleep(TELL_AFTER_S)
        self._telling = None
        self._bus.tell(AuditChanged())


def _shown(value: object) -> str:
    """A setting's value in words; the path of an address may be a secret itself."""
    text = "" if value is None else str(value)
    scheme, is_address, rest = text.partition("://")
    if is_address:
        host = rest.split("/")[0].split("?")[0].rpartition("@")[2]
        return f"'{scheme}://{host}/…'"
    return f"'{text}'" if text else "nothing"


def _begin_csv(path: Path) -> None:
    """May raise OSError."""
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerow(COLUMNS)


def _add_to_csv(path: Path, entries: Sequence[Entry]) -> None:
    """Times are ISO-8601 UTC; a text that looks like a formula gets an apostrophe before it.

    May raise OSError.
    """
    with path.open("a", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        for entry in entries:
            texts = (_defused(text) for text in columns_of(entry.fact))
            writer.writerow([entry.number, *texts, entry.hash])


def _defused(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA) else text
