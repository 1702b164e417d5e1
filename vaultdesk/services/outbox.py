"""The outbox: what is written down is delivered at least once, each channel for itself."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from vaultdesk.core.alerts import CHANNELS, Alert, Delivery, DeliveryState
from vaultdesk.core.alerts.deliveries import as_told, begun, given_up, refused, succeeded
from vaultdesk.events import AlertsChanged, Bus, ProblemCleared, ProblemRaised
from vaultdesk.ports import Channel, Clock, DeliveryError, StorageError

if TYPE_CHECKING:
    from vaultdesk.stores import AlertStore

PROBLEM = "outbox"

PAUSE_S = 30.0
"""How long a disk that refuses is left alone."""

Sleep = Callable[[float], Awaitable[object]]


class Outbox:
    """Delivers the stored rows of each channel in order, again and again until it is taken.

    An attempt is written down before it is made: who is killed in the middle of it makes the next
    one a little later, and the receiver knows it by its delivery id. `channels` may be exchanged
    with `use` at any time; what is addressed to none of them is marked as switched off. `clock` is
    the wall's.
    """

    def __init__(
        self, bus: Bus, clock: Clock, channels: Mapping[str, Channel], sleep: Sleep = asyncio.sleep
    ) -> None:
        self._bus, self._clock, self._sleep = bus, clock, sleep
        self._channels = dict(channels)
        self._store: AlertStore | None = None
        self._profile = ""
        self._woken = {name: asyncio.Event() for name in CHANNELS}
        self._failing: set[str] = set()

    async def open(self, store: AlertStore) -> None:
        """Deliver what is in this store.

        Raises:
            StorageError: It cannot be read.
        """
        self._profile = (await store.load()).profile
        self._store = store
        self.wake()

    def use(self, channels: Mapping[str, Channel]) -> None:
        """Deliver by these channels from now on."""
        self._channels = dict(channels)
        self.wake()

    def wake(self) -> None:
        """There is something new to deliver, or the machine slept."""
        for woken in self._woken.values():
            woken.set()

    async def run(self) -> None:
        """Serve every channel until cancelled; a bug in one ends all of them, see `serve`."""
        async with asyncio.TaskGroup() as tasks:
            for name in CHANNELS:
                tasks.create_task(self.serve(name))

    async def serve(self, channel: str) -> None:
        """Serve one channel until cancelled. Apart from each other, no channel's bug stops another.

        A delivery cut off by the cancellation is due again a little later.
        """
        woken = self._woken[channel]
        while True:
            woken.clear()
            wait_s = await self._deliver(channel)
            await self._rest(woken, wait_s)

    async def _deliver(self, channel: str) -> float | None:
        """Try all that is due, and give the seconds until the next is; None if none waits."""
        store = self._store
        if store is None:
            return None
        try:
            while waiting := await self._waiting(store, channel):
                delivery, alert = waiting
                wait_s = (delivery.due - self._clock.now()).total_seconds()
                if wait_s > 0 and channel in self._channels:
                    return wait_s
                await self._attempt(store, delivery, alert)
        except StorageError as error:
            self._failing.add(channel)
            self._bus.tell(ProblemRaised(PROBLEM, str(error)))
            return PAUSE_S
        self._recovered(channel)
        return None

    async def _waiting(self, store: AlertStore, channel: str) -> tuple[Delivery, Alert] | None:
        """The delivery of the channel that is due first."""
        mine = [row for row in await store.open_deliveries() if row[0].channel == channel]
        return min(mine, key=lambda row: row[0].due, default=None)

    async def _attempt(self, store: AlertStore, delivery: Delivery, alert: Alert) -> None:
        way = self._channels.get(delivery.channel)
        if way is None:
            off = replace(delivery, state=DeliveryState.OFF, at=self._clock.now())
            await store.update(off)
        else:
            delivery = begun(delivery, self._clock.now())
            await store.update(delivery)
            await store.update(await self._sent(way, delivery, alert))
        self._bus.tell(AlertsChanged())

    async def _sent(self, way: Channel, delivery: Delivery, alert: Alert) -> Delivery:
        told = as_told(alert, delivery, self._clock.now())
        try:
            result = await way.deliver(told, self.delivery_id(delivery))
        except DeliveryError as error:
            now = self._clock.now()
            if error.permanent:
                return given_up(delivery, str(error), now)
            return refused(delivery, str(error), now, error.retry_at)
        return succeeded(delivery, result, self._clock.now())

    def delivery_id(self, delivery: Delivery) -> str:
        """The same at each attempt, and another for any other profile, alert or channel."""
        name = f"{delivery.alert}/{delivery.channel}"
        return str(uuid.uuid5(uuid.UUID(self._profile), name))

    async def _rest(self, woken: asyncio.Event, wait_s: float | None) -> None:
        """Until there is something new, or the next delivery is due."""
        if wait_s is None:
            await woken.wait()
            return
        waits = [
            asyncio.ensure_future(woken.wait()),
            asyncio.ensure_future(self._sleep(wait_s)),
        ]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
            await asyncio.gather(*waits, return_exceptions=True)

    def _recovered(self, channel: str) -> None:
        if channel in self._failing:
            self._failing.remove(channel)
            if not self._failing:
                self._bus.tell(ProblemCleared(PROBLEM))
