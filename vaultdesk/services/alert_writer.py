"""What the alerts bring, written down in order and only then told."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

from vaultdesk.core.alerts import Alert, Batch, Event
from vaultdesk.events import AlertRaised, AlertsChanged, Bus
from vaultdesk.services.write_queue import WriteQueue

if TYPE_CHECKING:
    from collections.abc import Callable

    from vaultdesk.stores import AlertStore

PROBLEM = "alerts.store"


class AlertWriter:
    """Keeps batches in the order they come; `wake` is called when there is something to deliver.

    What the disk refuses is kept for the next `go_on`. Its alerts are told in the window all the
    same; elsewhere they are delivered once they are kept.
    """

    def __init__(self, bus: Bus, wake: Callable[[], None]) -> None:
        self._bus, self._wake = bus, wake
        self._store: AlertStore | None = None
        self._untold: list[Alert] = []
        self._queue = WriteQueue[Batch](bus, PROBLEM, self._write)
        self.go_on, self.settled = self._queue.go_on, self._queue.settled

    def use(self, store: AlertStore) -> None:
        """Keep everything in this store."""
        self._store = store
        self._queue.open()

    def add(self, batch: Batch) -> None:
        """Keep this after what came before it."""
        self._untold.extend(batch.alerts)
        self._queue.add(batch)

    async def _write(self, batches: list[Batch]) -> None:
        assert self._store is not None  # noqa: S101 - the queue opens with it
        batch = reduce(Batch.and_then, batches)
        try:
            await self._store.commit(batch)
        finally:
            self._tell()
        batches.clear()
        if batch.deliveries:
            self._wake()
        if batch != Batch(watched_at=batch.watched_at):
            self._bus.tell(AlertsChanged())

    def _tell(self) -> None:
        told, self._untold = self._untold, []
        for alert in told:
            if alert.event is not Event.CLEARED:
                self._bus.tell(AlertRaised(alert))
