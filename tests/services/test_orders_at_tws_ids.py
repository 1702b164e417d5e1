"""Order ids that roll back and days TWS forgets: what works is never met or mistaken again."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from tests.services.tws_rig import (
    OTHER,
    at_work,
    ladder,
    puts,
    trading,
    tws_of_the_day,
)
from vaultdesk.core.orders.life import OrderState

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def disk(tmp_path: Path) -> Path:
    return tmp_path / "desk.db"


async def test_ids_that_rolled_back_change_no_order_that_still_works(disk: Path) -> None:
    async with at_work(disk) as (tws, desk):
        first = await desk.placed(ticket=puts(5, "8.50"))
        await desk.until(lambda: desk.now(first.ref).state is OrderState.WORKING)
        await tws.restart(next_id=1)
        await desk.reconnected()
        second = await desk.placed(ticket=puts(2, "8.40"))
        await desk.until(lambda: desk.now(second.ref).state is OrderState.WORKING)
        (old,), (new,) = tws.orders_with(first.ref), tws.orders_with(second.ref)
        assert (old.quantity, old.limit) == (Decimal(5), Decimal("8.5"))
        assert (new.quantity, new.limit) == (Decimal(2), Decimal("8.4"))
        assert new.order_id > old.order_id
        tws.fill(first.ref)
        await desk.until(lambda: desk.now(first.ref).state is OrderState.FILLED)
        assert desk.now(second.ref).filled == 0


async def test_a_desk_that_starts_anew_after_ids_rolled_back_spares_what_works(disk: Path) -> None:
    async with tws_of_the_day() as tws:
        async with trading(tws, disk) as desk:
            first = await desk.placed(ticket=puts(5, "8.50"))
            await desk.until(lambda: desk.now(first.ref).state is OrderState.WORKING)
        await tws.restart(next_id=1)
        async with trading(tws, disk) as desk:
            assert desk.now(first.ref).state is OrderState.WORKING
            second = await desk.placed(ticket=puts(2, "8.40"))
            await desk.until(lambda: desk.now(second.ref).state is OrderState.WORKING)
            await desk.orders.cancel(first.ref)
            await desk.until(lambda: desk.now(first.ref).state is OrderState.CANCELLED)
            (old,), (new,) = tws.orders_with(first.ref), tws.orders_with(second.ref)
            assert (old.quantity, old.status) == (Decimal(5), "Cancelled")
            assert (new.quantity, new.status) == (Decimal(2), "Submitted")


async def test_no_id_of_an_order_that_works_is_met_again_however_many_follow(disk: Path) -> None:
    async with tws_of_the_day() as tws:
        async with trading(tws, disk) as desk:
            for _ in range(5):  # each what-if takes an id as well
                await desk.previewed(ticket=puts())
            made = await desk.previewed(ticket=ladder())
            refs = [order.ref for order in await desk.orders.place(made.hash)]
            await desk.until(lambda: all(desk.now(ref).perm_id for ref in refs))
        old = {tws.orders_with(ref)[0].order_id for ref in refs}
        await tws.restart(next_id=1)
        async with trading(tws, disk) as desk:
            for _ in range(8):
                order = await desk.placed(ticket=puts(1, put=OTHER))
                await tws.placed(order.ref)
        ids = [one.order_id for one in tws.orders]
        assert len(set(ids)) == len(ids) == 10
        assert max(ids) > max(old)
        assert [tws.orders_with(ref)[0].quantity for ref in refs] == [5, 6]


async def test_an_order_that_ended_on_a_day_tws_has_forgotten_is_for_the_user_to_decide(
    disk: Path,
) -> None:
    async with at_work(disk) as (tws, desk):
        order = await desk.placed(ticket=puts())
        await desk.until(lambda: desk.now(order.ref).state is OrderState.WORKING)
        tws.drop()
        await desk.lost()
        tws.cancel(order.ref)
        tws.new_day()
        await desk.reconnected()
        assert desk.now(order.ref).state is OrderState.UNKNOWN
        assert "say here whether it never arrived or was cancelled" in desk.now(order.ref).said
        await desk.orders.resolve(order.ref, OrderState.CANCELLED)
        await desk.orders.reconcile()
        assert desk.now(order.ref).state is OrderState.CANCELLED


async def test_an_order_filled_while_tws_restarted_is_not_taken_for_a_later_one(
    disk: Path,
) -> None:
    async with at_work(disk) as (tws, desk):
        first = await desk.placed(ticket=puts(5))
        await desk.until(lambda: desk.now(first.ref).state is OrderState.WORKING)
        await tws.stop()
        tws.fill(first.ref, 5, "8.45")
        await tws.restart(next_id=1)
        await desk.reconnected()
        assert desk.now(first.ref).state is OrderState.FILLED
        second = await desk.placed(ticket=puts(2))
        await tws.placed(second.ref)
        tws.fill(second.ref, 1)
        await desk.until(lambda: desk.now(second.ref).filled == 1)
        assert desk.now(first.ref).filled == 5
