"""Trades told by a fake TWS, twice, corrected or late: each is in the ledger exactly once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from tests.fakes.feed import START
from tests.fakes.tws import Fault, Policy
from tests.services.tws_rig import CALL, PUT, at_work, credit_collar, puts, trading
from vaultdesk.core.orders.life import OrderState

if TYPE_CHECKING:
    from pathlib import Path

    from tests.services.tws_rig import TwsDesk


@pytest.fixture
def disk(tmp_path: Path) -> Path:
    return tmp_path / "desk.db"


async def filled(desk: TwsDesk, ref: str) -> None:
    """The order is filled, and the commission of its trades known."""
    await desk.until(lambda: desk.now(ref).state is OrderState.FILLED)
    await desk.until(lambda: all(one.commission for one in desk.orders.executions(ref)))


async def test_trades_told_twice_count_once(disk: Path) -> None:
    async with at_work(disk, policy=Policy.FILL_AT_ONCE) as (tws, desk):
        tws.faults.add(Fault.DUPLICATE_EXECUTIONS)
        order = await desk.placed(ticket=puts())
        await filled(desk, order.ref)
        (trade,) = tws.executions
        tws.repeat(trade.exec_id)
        await desk.orders.reconcile()
        now = desk.now(order.ref)
        assert (now.filled, now.commission) == (Decimal(5), Decimal("3.25"))
        await desk.orders.settled()
        assert [len(told) for told in desk.executions] == [1]


async def test_a_corrected_price_takes_the_place_of_the_first(disk: Path) -> None:
    async with at_work(disk, policy=Policy.FILL_AT_ONCE) as (tws, desk):
        order = await desk.placed(ticket=puts())
        await filled(desk, order.ref)
        tws.correct(tws.executions[0].exec_id, price="8.40")
        await desk.until(lambda: desk.now(order.ref).average == Decimal("8.40"))
        assert desk.now(order.ref).filled == 5
        tws.repeat(tws.executions[0].exec_id)
        await desk.orders.reconcile()
        assert desk.now(order.ref).average == Decimal("8.40")


async def test_a_corrected_quantity_is_what_was_traded(disk: Path) -> None:
    async with at_work(disk) as (tws, desk):
        order = await desk.placed(ticket=puts())
        await tws.placed(order.ref)
        (trade,) = tws.fill(order.ref, 3)
        await desk.until(lambda: desk.now(order.ref).filled == 3)
        tws.correct(trade.exec_id, contracts="2")
        await desk.until(lambda: desk.now(order.ref).filled == 2)
        assert desk.now(order.ref).state is OrderState.PARTIAL
        tws.fill(order.ref)
        await filled(desk, order.ref)
        assert desk.now(order.ref).filled == 5


async def test_a_trade_corrected_while_the_desk_was_away_is_learnt(disk: Path) -> None:
    async with at_work(disk, policy=Policy.FILL_AT_ONCE) as (tws, desk):
        order = await desk.placed(ticket=puts())
        await filled(desk, order.ref)
        tws.drop()
        await desk.lost()
        tws.correct(tws.executions[0].exec_id, contracts="4", price="8.45")
        await desk.reconnected()
        now = desk.now(order.ref)
        assert (now.state, now.filled, now.average) == (
            OrderState.FILLED,
            Decimal(4),
            Decimal("8.45"),
        )


async def test_a_status_that_comes_before_its_trade_loses_nothing(disk: Path) -> None:
    async with at_work(disk, policy=Policy.FILL_AT_ONCE) as (tws, desk):
        tws.faults.add(Fault.STATUS_FIRST)
        order = await desk.placed(ticket=puts())
        await filled(desk, order.ref)
        assert desk.now(order.ref).average == Decimal("8.50")


@pytest.mark.parametrize("fault", [Fault.NO_COMMISSION, Fault.COMMISSION_UNSET])
async def test_a_commission_that_is_not_given_is_none(disk: Path, fault: Fault) -> None:
    async with at_work(disk, policy=Policy.FILL_AT_ONCE) as (tws, desk):
        tws.faults.add(fault)
        order = await desk.placed(ticket=puts())
        await desk.until(lambda: desk.now(order.ref).state is OrderState.FILLED)
        await desk.orders.reconcile()
        assert desk.now(order.ref).commission is None
        texts = [fact.text for fact in await desk.facts(order.ref)]
        assert any("commission not given" in text for text in texts)


async def test_a_credit_collar_is_one_order_and_two_trades(disk: Path) -> None:
    async with at_work(disk) as (tws, desk):
        order = await desk.placed(ticket=credit_collar())
        await desk.until(lambda: desk.now(order.ref).state is OrderState.WORKING)
        (there,) = tws.orders_with(order.ref)
        assert (there.contract.sec_type, there.action, there.limit) == (
            "BAG", "BUY", Decimal("-0.45"),
        )  # fmt: skip
        assert len(tws.fill(order.ref)) == 3
        await filled(desk, order.ref)
        legs = {one.instrument: one.quantity for one in desk.orders.executions(order.ref)}
        assert legs == {PUT: 3, CALL: -3}
        now = desk.now(order.ref)
        assert (now.filled, now.average) == (Decimal(3), Decimal("-0.45"))
        assert now.commission == Decimal("3.90")
        held = {one.instrument: one.quantity for one in desk.holdings[-1].positions}
        assert held == {PUT: 3, CALL: -3}


async def test_a_collar_filled_in_part_is_partial_by_whole_units(disk: Path) -> None:
    async with at_work(disk) as (tws, desk):
        order = await desk.placed(ticket=credit_collar())
        await desk.until(lambda: desk.now(order.ref).state is OrderState.WORKING)
        tws.fill(order.ref, 1)
        await desk.until(lambda: desk.now(order.ref).state is OrderState.PARTIAL)
        assert desk.now(order.ref).filled == 1
        await desk.orders.reconcile()
        now = desk.now(order.ref)
        assert (now.state, now.filled) == (OrderState.PARTIAL, Decimal(1))
        await desk.orders.cancel(order.ref)
        await desk.until(lambda: desk.now(order.ref).state is OrderState.CANCELLED)
        assert {one.quantity for one in desk.orders.executions(order.ref)} == {1, -1}


async def test_a_leg_corrected_is_counted_in_the_collar_s_price(disk: Path) -> None:
    async with at_work(disk) as (tws, desk):
        order = await desk.placed(ticket=credit_collar())
        await tws.placed(order.ref)
        rows = tws.fill(order.ref)
        await filled(desk, order.ref)
        call = next(one for one in rows if one.contract.right == "C")
        tws.correct(call.exec_id, price=call.price - 1)
        await desk.until(lambda: desk.now(order.ref).average == Decimal("0.55"))
        assert desk.now(order.ref).state is OrderState.FILLED


async def test_a_collar_cut_off_and_filled_meanwhile_is_found_whole(disk: Path) -> None:
    async with at_work(disk, policy=Policy.FILL_AT_ONCE) as (tws, desk):
        tws.faults.update({Fault.CUT_AFTER_ORDER, Fault.DUPLICATE_EXECUTIONS})
        order = await desk.placed(ticket=credit_collar())
        await desk.reconnected()
        now = desk.now(order.ref)
        assert (now.state, now.filled, now.commission) == (
            OrderState.FILLED,
            Decimal(3),
            Decimal("3.90"),
        )


async def test_a_desk_that_starts_later_learns_all_trades_once(disk: Path) -> None:
    async with at_work(disk) as (tws, desk):
        order = await desk.placed(ticket=puts())
        await desk.until(lambda: desk.now(order.ref).state is OrderState.WORKING)
        tws.fill(order.ref, 2)
        await desk.until(lambda: desk.now(order.ref).filled == 2)
        tws.drop()
        await desk.lost()
        tws.fill(order.ref)
        async with trading(tws, disk.with_name("copy.db"), on=False, alone=False) as blank:
            await blank.until(lambda: blank.compared)
            assert blank.orders.orders() == ()
        await desk.reconnected()
        assert desk.now(order.ref).state is OrderState.FILLED


IN_A_ZONE = """
import asyncio, json, sys
from pathlib import Path
from tests.services.test_orders_at_tws_trades import when
print(json.dumps(asyncio.run(when(Path(sys.argv[1])))))
"""


async def when(path: Path) -> dict[str, list[str]]:
    """The times of trades told without a zone: as they are told, and as they are found later."""
    async with at_work(path, policy=Policy.FILL_AT_ONCE) as (tws, desk):
        tws.faults.add(Fault.TIMES_WITHOUT_ZONE)
        told = await desk.placed(ticket=puts(2))
        await filled(desk, told.ref)
        tws.faults.add(Fault.CUT_AFTER_ORDER)
        found = await desk.placed(ticket=puts(3))
        await desk.reconnected()
        await filled(desk, found.ref)
        trades = [desk.orders.executions(ref)[0] for ref in (told.ref, found.ref)]
        return {
            "at": [one.at.isoformat() for one in trades],
            "text": [one.at_text for one in trades],
        }


@pytest.mark.parametrize("zone", ["America/New_York", "UTC", "Asia/Tokyo"])
def test_a_time_without_a_zone_is_tws_s_own_wherever_the_desk_runs(disk: Path, zone: str) -> None:
    ran = subprocess.run(  # noqa: S603
        [sys.executable, "-c", IN_A_ZONE, str(disk)],
        env={**os.environ, "TZ": zone},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ran.returncode == 0, ran.stderr
    seen = json.loads(ran.stdout)
    assert seen["at"] == [START.isoformat()] * 2
    assert all(text.endswith("11:00:00") for text in seen["text"])  # New York's, as on the wire
