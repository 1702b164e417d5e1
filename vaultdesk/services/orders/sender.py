"""Sends what was confirmed, once: first the disk, then the broker, and never the broker again."""

from __future__ import annotations

import asyncio
import uuid
from dataclasses import replace
from typing import TYPE_CHECKING

from vaultdesk.core.audit import FactKind
from vaultdesk.core.orders.canonical import canonical
from vaultdesk.core.orders.facts import order_fact, preview_fact
from vaultdesk.core.orders.life import REF, Order, OrderState, moved
from vaultdesk.events import Bus, OrderChanged
from vaultdesk.ports import Broker, BrokerError, Clock, OrderRefused, StorageError
from vaultdesk.services.orders.follower import ANSWER_S, Follower

if TYPE_CHECKING:
    from collections.abc import Callable

    from vaultdesk.core.orders.preview import Preview
    from vaultdesk.services.orders.keeper import OrderKeeper

TIMED_OUT = "Handing it to the broker took more than 10 s: it is looked for there."
BEHIND = "Nothing left the desk: an order of the same ticket before it was not taken."
CANCELLABLE = (OrderState.WORKING, OrderState.PARTIAL, OrderState.CANCEL_REQUESTED)


class Sender:
    """Confirms, hands over and cancels orders, one ticket at a time."""

    def __init__(
        self,
        broker: Broker,
        keeper: OrderKeeper,
        follower: Follower,
        bus: Bus,
        wall: Clock,
        profile: str,
    ) -> None:
        self._broker, self._keeper, self._follower = broker, keeper, follower
        self._bus, self._wall, self._profile = bus, wall, profile[:8]
        self._task: asyncio.Task[tuple[Order, ...]] | None = None

    @property
    def busy(self) -> bool:
        """Whether a ticket is being sent."""
        return self._task is not None and not self._task.done()

    async def send(self, preview: Preview, confirmed: Callable[[], None]) -> tuple[Order, ...]:
        """Send the orders of a preview that was checked, while not busy; what they are afterwards.

        It goes on to its end even if whoever asked is cancelled. `confirmed` is called once the
        intent is on disk: from then on this preview is used up.

        Raises:
            OrderRefused: it was confirmed before, here or in another window.
            StorageError: the disk refused; nothing was sent.
        """
        self._task = asyncio.get_running_loop().create_task(self._send(preview, confirmed))
        return await asyncio.shield(self._task)

    async def close(self) -> None:
        """Let what is being sent come to its end."""
        if self._task is not None:
            await asyncio.gather(self._task, return_exceptions=True)

    async def _send(self, preview: Preview, confirmed: Callable[[], None]) -> tuple[Order, ...]:
        orders = await self._confirm(preview)
        confirmed()
        refs = [order.ref for order in orders]
        begun: set[str] = set()
        self._keeper.flying.update(refs)
        try:
            for order in await self._sending(orders):
                begun.add(order.ref)
                if not await self._hand_over(order):
                    break
        finally:
            self._keeper.flying.difference_update(refs)
            for ref in set(refs) - begun:
                self._settle(ref, OrderState.REJECTED, BEHIND)
        return tuple(one for ref in refs if (one := self._keeper.book.get(ref)) is not None)

    async def _confirm(self, preview: Preview) -> tuple[Order, ...]:
        """The intent, on disk before anything else happens."""
        now = self._wall.now()
        orders = tuple(self._order(preview, place) for place in range(len(preview.ticket.orders)))
        facts = [order_fact(one, now, "user", wire=canonical(one)) for one in orders]
        await self._keeper.store.confirm(orders, (preview_fact(preview, now), *facts))
        self._take(orders)
        return orders

    def _order(self, preview: Preview, place: int) -> Order:
        now = self._wall.now()
        return Order(
            ref=f"{REF}{self._profile}-{uuid.uuid4().hex[:12]}",
            ticket=preview.hash,
            place=place,
            draft=preview.ticket.orders[place],
            title=preview.ticket.title,
            broker=preview.broker,
            account=preview.account,
            mode=preview.mode,
            state=OrderState.CONFIRMED,
            confirmed_at=now,
            changed_at=now,
        )

    async def _sending(self, orders: tuple[Order, ...]) -> tuple[Order, ...]:
        """The same orders, on disk as being sent: from here on they may be at the broker."""
        now = self._wall.now()
        sending = tuple(moved(order, OrderState.SENDING, now) for order in orders)
        facts = tuple(order_fact(one, now, "desk", wire=canonical(one)) for one in sending)
        try:
            await self._keeper.store.save(sending, facts)
        except StorageError as error:
            for order in orders:
                self._keeper.move(order.ref, OrderState.REJECTED, f"Nothing was sent: {error}")
            raise
        self._take(sending)
        return sending

    def _take(self, orders: tuple[Order, ...]) -> None:
        """Into memory: they are on disk already."""
        for order in orders:
            self._keeper.book.put(order)
            self._bus.tell(OrderChanged(order))

    async def _hand_over(self, order: Order) -> bool:
        """Give one order to the broker, once; False where the next must not follow it."""
        ref = order.ref
        self._follower.watch(ref)
        try:
            async with asyncio.timeout(ANSWER_S):
                order_id = await self._broker.place(order)
        except TimeoutError:
            self._settle(ref, OrderState.UNKNOWN, TIMED_OUT)
            return False
        except BrokerError as error:
            if error.sent:
                self._settle(ref, OrderState.UNKNOWN, str(error))
            else:
                self._settle(ref, OrderState.REJECTED, f"Nothing left the desk: {error}")
            return False
        finally:
            self._keeper.flying.discard(ref)
        now = self._keeper.book.get(ref) or order
        self._keeper.change(replace(now, order_id=order_id or now.order_id), "desk")
        return True

    def _settle(self, ref: str, state: OrderState, said: str) -> None:
        """What is known of an order without an answer, unless the broker has answered already.

        An order that may be there is looked for before anything else is sent.
        """
        order = self._keeper.book.get(ref)
        if order is None or order.state is not OrderState.SENDING:
            return
        self._keeper.move(ref, state, said)
        if state is OrderState.UNKNOWN:
            self._follower.want()

    async def cancel(self, ref: str) -> None:
        """Ask the broker to cancel one order.

        Raises:
            OrderRefused: it is no order that can be cancelled now.
            BrokerError: it was not asked.
        """
        order = self._keeper.book.get(ref)
        if order is None or order.state.over:
            raise OrderRefused("The order is over already.")
        if order.state not in CANCELLABLE or order.broker != self._broker.name:
            raise OrderRefused(
                "The broker has not shown this order yet: wait until it was looked for there, or "
                "cancel it in the broker's own program."
            )
        before = order.state
        asked = moved(order, OrderState.CANCEL_REQUESTED, self._wall.now())
        self._keeper.change(asked, "user", kind=FactKind.CANCEL)
        try:
            await self._broker.cancel(asked)
        except BrokerError as error:
            self._not_cancelled(ref, before, error)
            raise
        self._follower.watch(ref)

    def _not_cancelled(self, ref: str, before: OrderState, error: BrokerError) -> None:
        now = self._keeper.book.get(ref)
        if error.sent or now is None or now.state is not OrderState.CANCEL_REQUESTED:
            return
        back = OrderState.PARTIAL if now.filled else before
        self._keeper.move(ref, back, f"The broker was not asked to cancel it: {error}")
