"""Whose orders and whose money: other clients', orders made by hand, paper and real accounts."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from tests.fakes.tws import Policy
from tests.fakes.tws.client import contract, joined, limit
from tests.services.tws_rig import at_work, puts, trading, tws_of_the_day
from vaultdesk.core.audit import FactKind
from vaultdesk.core.orders.life import Mode, OrderState
from vaultdesk.ports import OrderRefused

if TYPE_CHECKING:
    from pathlib import Path

    from tests.fakes.tws import FakeTws


@pytest.fixture
def disk(tmp_path: Path) -> Path:
    return tmp_path / "desk.db"


def put_of(tws: FakeTws) -> int:
    """The put that the desk trades too, by its contract id."""
    return tws.market.option(tws.market.expiries[-1], "330", "P").con_id


async def test_orders_of_other_clients_are_not_the_desk_s_and_are_left_alone(disk: Path) -> None:
    async with at_work(disk) as (tws, desk):
        ours = await desk.placed(ticket=puts())
        await tws.placed(ours.ref)
        async with joined(tws, client_id=9) as ib:
            put = contract(tws.market.by_id(put_of(tws)))
            ib.placeOrder(put, limit("BUY", 2, 8.5, "theirs"))
            await tws.placed("theirs")
            tws.fill("theirs", 1)
            await desk.orders.reconcile()
            assert [one.ref for one in desk.orders.orders()] == [ours.ref]
            assert desk.now(ours.ref).filled == 0
            await desk.orders.cancel_all()
            await desk.until(lambda: desk.now(ours.ref).state is OrderState.CANCELLED)
            assert tws.orders_with("theirs")[0].alive
        assert {one.client_id for one in tws.journal.of("cancel_order")} == {7}
        assert await ledger_of(desk.store, ours.ref) == []


async def ledger_of(store: object, ref: str) -> list[Decimal]:
    trades = await store.executions("IBKR", ref)  # type: ignore[attr-defined]
    return [one.quantity for one in trades]


async def test_an_order_made_by_hand_with_the_desk_s_contract_is_not_the_desk_s(
    disk: Path,
) -> None:
    async with at_work(disk) as (tws, desk):
        ours = await desk.placed(ticket=puts())
        await desk.until(lambda: desk.now(ours.ref).state is OrderState.WORKING)
        tws.standing_order("", put_of(tws), 5, "8.50", client_id=0)
        tws.fill("", 5)
        await desk.orders.reconcile()
        now = desk.now(ours.ref)
        assert (now.state, now.filled) == (OrderState.WORKING, Decimal(0))
        assert len(desk.orders.orders()) == 1
        tws.fill(ours.ref)
        await desk.until(lambda: desk.now(ours.ref).state is OrderState.FILLED)
        assert desk.now(ours.ref).filled == 5


async def test_an_order_of_ours_sent_by_another_desk_is_not_taken_over(disk: Path) -> None:
    async with at_work(disk) as (tws, desk):
        tws.standing_order("VD-ffffffff-0123456789ab", put_of(tws), 5, "8.50")
        await desk.orders.reconcile()
        assert desk.orders.orders() == ()
        await desk.orders.cancel_all()
        assert tws.journal.of("cancel_order") == []


async def test_a_position_held_without_an_order_is_seen_and_is_no_trade(disk: Path) -> None:
    async with at_work(disk) as (tws, desk):
        tws.manual_position(put_of(tws), 4, "850")
        await desk.until(lambda: desk.holdings and desk.holdings[-1].positions)
        (held,) = desk.holdings[-1].positions
        assert (held.quantity, held.average_cost) == (Decimal(4), Decimal("8.5"))
        assert desk.executions == []


async def test_a_connection_that_reaches_a_real_account_too_is_not_paper(disk: Path) -> None:
    accounts = ("DU1234567", "U7654321")
    async with tws_of_the_day(*accounts) as tws, trading(tws, disk, on=False) as desk:
        await desk.until(lambda: desk.compared)
        with pytest.raises(OrderRefused, match="U7654321 is not a paper account"):
            await desk.orders.switch_on()
        assert desk.orders.mode is Mode.READ_ONLY
        made = await desk.previewed(ticket=puts())
        with pytest.raises(OrderRefused, match="switched off"):
            await desk.orders.place(made.hash)
        assert tws.orders_received() == 0


async def test_real_accounts_stay_locked_while_the_setting_is_off(disk: Path) -> None:
    async with tws_of_the_day("U7654321") as tws, trading(tws, disk, on=False) as desk:
        await desk.until(lambda: desk.compared)
        with pytest.raises(OrderRefused, match="live_orders"):
            await desk.orders.unlock_live("U7654321")
        assert desk.orders.mode is Mode.READ_ONLY


async def test_a_real_account_is_unlocked_by_its_whole_name_until_the_desk_is_closed(
    disk: Path,
) -> None:
    async with tws_of_the_day("U7654321", policy=Policy.FILL_AT_ONCE) as tws:
        async with trading(tws, disk, on=False, live_allowed=True) as desk:
            await desk.until(lambda: desk.compared)
            for typed in ("", "u7654321", "U765432", "DU7654321", " U7654321"):
                with pytest.raises(OrderRefused, match="exactly as it is written"):
                    await desk.orders.unlock_live(typed)
            with pytest.raises(OrderRefused, match="not a paper account"):
                await desk.orders.switch_on()
            await desk.orders.unlock_live("U7654321")
            order = await desk.placed(ticket=puts())
            assert (order.mode, order.account) == (Mode.LIVE, "U7654321")
            await desk.until(lambda: desk.now(order.ref).commission)
            facts = [one for one in await desk.facts() if one.kind is FactKind.MODE]
            assert [(one.subject, one.who) for one in facts] == [("U7654321", "user")]
        async with trading(tws, disk, on=False, live_allowed=True) as desk:
            await desk.until(lambda: desk.compared)
            assert desk.orders.mode is Mode.READ_ONLY


async def test_another_login_behind_the_same_port_switches_orders_off(disk: Path) -> None:
    async with tws_of_the_day() as tws, trading(tws, disk) as desk:
        made = await desk.previewed(ticket=puts())
        await tws.stop()
        tws.world.book.accounts = ("U7654321",)
        await tws.start()
        await desk.reconnected()
        assert (desk.orders.mode, desk.orders.account) == (Mode.READ_ONLY, "U7654321")
        with pytest.raises(OrderRefused):
            await desk.orders.place(made.hash)
        assert tws.orders_received() == 0


async def test_a_connection_that_gets_a_real_account_beside_the_paper_one_is_switched_off(
    disk: Path,
) -> None:
    async with tws_of_the_day() as tws, trading(tws, disk) as desk:
        await tws.stop()
        tws.world.book.accounts = ("DU1234567", "U7654321")
        await tws.start()
        await desk.reconnected()
        assert desk.orders.mode is Mode.READ_ONLY
