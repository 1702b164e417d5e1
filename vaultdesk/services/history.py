"""The LTV history: a snapshot each UTC hour and at each crossing of a threshold; its export."""

from __future__ import annotations

import asyncio
import csv
from collections import deque
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from vaultdesk.core.loan.snapshots import Snapshot, gaps, snapshot
from vaultdesk.core.market import Quality
from vaultdesk.events import (
    AlertRaised,
    Bus,
    HistoryChanged,
    LoanValued,
    ProblemCleared,
    ProblemRaised,
    SnapshotTaken,
)
from vaultdesk.ports import StorageError
from vaultdesk.services.files import writing

if TYPE_CHECKING:
    from pathlib import Path

    from vaultdesk.core.loan.cure import Zone
    from vaultdesk.core.loan.series import LtvSeries
    from vaultdesk.core.loan.state import LoanState
    from vaultdesk.ports import Clock
    from vaultdesk.stores import SnapshotStore

HOUR = timedelta(hours=1)
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
GAP = "gap"
COLUMNS = tuple(Snapshot.__slots__)
REMEMBERED = 100
"""Values of the loan in which that of an alert is found, which is told once it is on disk."""


class HistoryService:
    """Takes a snapshot of every new hour, zone and alert that crossed, from honest prices.

    Stale ones leave a gap, and so does a price that jumped until a second trade confirms it.
    """

    def __init__(self, bus: Bus, clock: Clock) -> None:
        self._store: SnapshotStore | None = None
        self._bus = bus
        self._clock = clock
        self._hour: datetime | None = None
        self._zone: Zone | None = None
        self._writing: set[asyncio.Task[None]] = set()
        self._recent: deque[tuple[datetime, LoanState | None]] = deque(maxlen=REMEMBERED)
        self._undo = (
            bus.subscribe(LoanValued, self._on_loan),
            bus.subscribe(AlertRaised, self._on_alert),
        )

    def use(self, store: SnapshotStore) -> None:
        """Keep snapshots in this store; those taken before are lost to it."""
        self._store = store
        self._hour = None
        self._bus.tell(HistoryChanged())

    async def points(self, days: int | None) -> tuple[Snapshot, ...]:
        """The snapshots of the last `days`, or all, oldest first."""
        return await self._store.since(self._start(days)) if self._store else ()

    async def series(self, days: int | None) -> LtvSeries | None:
        """The same as arrays, for charts; None before the store is open."""
        return await self._store.series(self._start(days)) if self._store else None

    async def snapshot(self, number: int) -> Snapshot | None:
        """The snapshot of an id of the series; None when it was replaced meanwhile."""
        return await self._store.get(number) if self._store else None

    async def export(self, path: Path, days: int | None) -> int:
        """Write the snapshots as CSV and give their number; missing hours stand as `gap` rows.

        Times are ISO-8601 UTC, numbers the exact decimals.

        Raises:
            StorageError: The file cannot be written.
        """
        points = await self.points(days)
        with writing(path):
            await asyncio.to_thread(_write_csv, path, points)
        return len(points)

    async def fill(self, snapshots: tuple[Snapshot, ...]) -> None:
        """Put a demonstration's past in the place of its history."""
        if self._store:
            await self._store.replace_all(snapshots)
        self._bus.tell(HistoryChanged())

    async def settled(self) -> None:
        """Return when every snapshot begun is kept."""
        while self._writing:
            await asyncio.wait(self._writing)

    async def close(self) -> None:
        """Hear nothing more and finish what was begun."""
        for undo in self._undo:
            undo()
        await self.settled()

    def _start(self, days: int | None) -> datetime:
        return BEGINNING if days is None else self._clock.now() - timedelta(days=days)

    def _on_loan(self, event: LoanValued) -> None:
        now = self._clock.now()
        state = event.state if event.state is not None and _honest(event.state) else None
        self._recent.append((now if state is None else state.at, state))
        if self._store is None or state is None:
            return
        hour = now.replace(minute=0, second=0, microsecond=0)
        zone_before, self._zone = self._zone, state.zone
        if hour != self._hour:
            self._hour = hour
            self._take(self._store, snapshot(state, now, "hour"))
        if zone_before not in (None, state.zone):
            self._take(self._store, snapshot(state, now, "zone"))

    def _on_alert(self, event: AlertRaised) -> None:
        """Keep the value that crossed: the newest at the alert's time, if that was honest."""
        from vaultdesk.core.alerts import Event, Metric  # noqa: PLC0415 (after the first paint)

        alert, others = event.alert, (Metric.DATA, Metric.EXPIRY, Metric.COVERAGE)
        if self._store is None or alert.event is not Event.CROSSED or alert.metric in others:
            return
        known = (state for at, state in reversed(self._recent) if at <= alert.at)
        state = next(known, None)
        if state is not None:
            self._take(self._store, snapshot(state, alert.at, "alert"))

    def _take(self, store: SnapshotStore, row: Snapshot) -> None:
        task = asyncio.get_running_loop().create_task(self._keep(store, row))
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)

    async def _keep(self, store: SnapshotStore, row: Snapshot) -> None:
        try:
            added = await store.add(row)
        except StorageError as error:
            self._hour = None  # tried again at the next price
            self._bus.tell(ProblemRaised("history", str(error)))
            return
        self._bus.tell(ProblemCleared("history"))
        if added:
            self._bus.tell(SnapshotTaken(row))


def _honest(state: LoanState) -> bool:
    return state.confirmed and state.quality not in (Quality.STALE, Quality.HYPOTHETICAL)


def _write_csv(path: Path, points: tuple[Snapshot, ...]) -> None:
    missing = set(gaps(points, HOUR))
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for index, point in enumerate(points):
            if index in missing:
                first = points[index - 1].at.replace(minute=0, second=0, microsecond=0) + HOUR
                writer.writerow([first.isoformat(), GAP, *[""] * (len(COLUMNS) - 2)])
            writer.writerow([_text(getattr(point, column)) for column in COLUMNS])


def _text(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    return "" if value is None else str(value)
