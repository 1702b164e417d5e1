"""How fast the desk is at TWS, measured through the real library and the fake TWS on one loop."""

import time
from dataclasses import replace
from decimal import Decimal

from tests.fakes.feed import START
from tests.fakes.ibkr import ACCOUNT, collar, connected, order, placed
from tests.fakes.tws import FakeTws
from vaultdesk.core.orders.broker import BrokerState, Snapshot


async def reconciled(orders: int) -> tuple[float, Snapshot]:
    """Seconds from the try to connect again to the snapshot of so many orders, half of them over.

    `tests/bench`: 500 must take less than 3 s.
    """
    async with connected() as (tws, desk):
        await placed(desk, "VD-0")
        _multiply(tws, orders)
        tws.drop()
        await desk.state(BrokerState.OFFLINE)
        began = time.perf_counter()
        desk.broker.hurry()
        await desk.state(BrokerState.READY)
        found = await desk.broker.snapshot()
        return time.perf_counter() - began, found


def _multiply(tws: FakeTws, orders: int) -> None:
    book = tws.world.book
    [first] = book.orders
    for number in range(1, orders):
        ref, perm_id = f"VD-{number}", first.perm_id + number
        order_id = first.order_id + number
        book.orders.append(replace(first, order_ref=ref, perm_id=perm_id, order_id=order_id))
    for number in range(0, orders, 2):
        book.fill(book.orders[number], Decimal(2), Decimal("3.20"), START)


async def clicked(orders: int) -> list[float]:
    """Milliseconds from handing over a previewed collar until the fake TWS has read it, each.

    `tests/bench`: the 99th percentile must be at most 20.
    """
    async with connected() as (tws, desk):
        await desk.broker.what_if(collar(), ACCOUNT)
        took = []
        for number in range(orders):
            sent = order(f"VD-{number}", collar())
            began = time.perf_counter()
            await desk.broker.place(sent)
            await tws.placed(sent.ref)
            took.append(1000 * (time.perf_counter() - began))
        return took
