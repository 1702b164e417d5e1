"""Orders at a fake TWS that fails on the way: none is lost, none is sent twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.fakes.tws import Fault, Policy
from tests.services.tws_rig import (
    CLIENT,
    PUT,
    SHORT,
    at_work,
    puts,
    trading,
    tws_of_the_day,
)
from vaultdesk.core.orders.broker import BrokerState
from vaultdesk.core.orders.life import OrderState
from vaultdesk.ports import OrderRefused

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def disk(tmp_path: Path) -> Path:
    return tmp_path / "desk.db"


async def test_a_click_is_one_order_and_its_fill_one_trade(disk: Path) -> None:
    async with at_work(disk) as (tws, desk):
        order = await desk.placed(ticket=puts())
        await desk.until(lambda: desk.now(order.ref).state is OrderState.WORKING)
        tws.fill(order.ref, 2)
        await desk.until(lambda: desk.now(order.ref).filled == 2)
        assert desk.now(order.ref).state is OrderState.PARTIAL
        tws.fill(order.ref)
        await desk.until(lambda: desk.now(order.ref).state is OrderState.FILLED)
        await desk.until(lambda: desk.now(order.ref).commission)
        assert [one.accepted for one in tws.journal.orders()] == [True]
        assert len(tws.executions) == 2
