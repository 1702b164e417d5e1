"""What the alerts bring, written down in order and only then told."""

import asyncio
from collections.abc import Callable

from vaultdesk.core.alerts import Alert, Batch, Event
from vaultdesk.events import AlertRaised, AlertsChanged, Bus, ProblemCleared, ProblemRaised
from vaultdesk.ports import AlertStore, StorageError

NOTHING = Batch()
PROBLEM = "alerts.store"


class AlertWriter:
    """Keeps batches in the order they come; `wake` is called when there is something to deliver.

    What the disk refuses is kept for the next `go_on`. Its alerts are told in the window all the
    same; elsewhere they are delivered once they are kept. A batch under way is finished even if
    whoever began it is cancelled.
    """

    def __init__(self, bus: Bus, wake: Callable[[], None]) -> None:
        self._bus, self._wake = bus, wake
        self._store: AlertStore | None = None
        self._pending = NOTHING
        self._untold: list[Alert] = []
        self._task: asyncio.Task[None] | None = None
        self._refusal = ""

    def use(self, store: AlertStore) -> None:
        """Keep everything in this store."""
        self._store = store

    def add(self, batch: Batch) -> None:
        """Keep this after what came before it."""
        self._pending = self._pending.and_then(batch)
        self._untold.extend(batch.alerts)
        self.go_on()

    def go_on(self) -> None:
        """Begin to write what there is to write, if nobody is at it."""
        idle = self._task is None or self._task.done()
        if idle and self._store is not None and self._pending != NOTHING:
            self._task = asyncio.get_running_loop().create_task(self._write(self._store))

    async def settled(self) -> None:
        """Return when everything is kept.

        Raises:
            StorageError: The disk refused; it is tried again at the next `go_on`.
        """
        self.go_on()
        if self._task is not None:
            await asyncio.shield(self._task)
        if self._refusal:
            raise StorageError(self._refusal)

    async def _write(self, store: AlertStore) -> None:
        while self._pending != NOTHING:
            batch, self._pending = self._pending, NOTHING
            try:
                await store.commit(batch)
            except StorageError as error:
                self._pending = batch.and_then(self._pending)
                self._refused(str(error))
                return
            finally:
                self._tell()
            self._kept(batch)

    def _tell(self) -> None:
        told, self._untold = self._untold, []
        for alert in told:
            if alert.event is not Event.CLEARED:
                self._bus.tell(AlertRaised(alert))

    def _kept(self, batch: Batch) -> None:
        if self._refusal:
            self._refusal = ""
            self._bus.tell(ProblemCleared(PROBLEM))
        if batch.deliveries:
            self._wake()
        if batch != Batch(watched_at=batch.watched_at):
            self._bus.tell(AlertsChanged())

    def _refused(self, sentence: str) -> None:
        if sentence != self._refusal:
            self._refusal = sentence
            self._bus.tell(ProblemRaised(PROBLEM, sentence))
