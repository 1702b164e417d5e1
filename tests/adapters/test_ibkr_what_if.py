"""What-if answers through the real library: a figure that is not given is never a number."""

import asyncio
from decimal import Decimal

import pytest

from tests.fakes.ibkr import ACCOUNT, collar, connected, failure, put
from tests.fakes.tws import Fault
from vaultdesk.core.orders.broker import BrokerState, OrderTold, WhatIf
from vaultdesk.core.orders.draft import OrderDraft
from vaultdesk.ports import BrokerError, BrokerFault


@pytest.mark.parametrize(
    ("draft", "commission"), [(put(), "1.3"), (put("-3.20", ratio=-1), "1.3"), (collar(), "2.6")]
)
async def test_margin_and_commission_before_and_after(draft: OrderDraft, commission: str) -> None:
    async with connected() as (tws, desk):
        answer = await desk.broker.what_if(draft, ACCOUNT)
        assert answer == WhatIf(
            initial_before=Decimal(10_000),
            initial_after=Decimal(11_000),
            maintenance_before=Decimal(10_000),
            maintenance_after=Decimal(11_000),
            equity_before=Decimal(1_000_000),
            equity_after=Decimal(1_000_000),
            commission=Decimal(commission),
            currency="USD",
        )
        assert tws.orders_received() == 0
        assert not tws.orders
        assert not desk.of(OrderTold)


@pytest.mark.parametrize(
    "fault", [Fault.WHAT_IF_UNSET, Fault.WHAT_IF_UNSET_LOWER, Fault.WHAT_IF_BLANK]
)
async def test_figures_that_are_not_given_are_none_and_said(fault: Fault) -> None:
    async with connected(fault) as (_, desk):
        answer = await desk.broker.what_if(put(), ACCOUNT)
        assert answer == WhatIf(why="TWS does not give the margin or the equity or the commission.")


async def test_an_unknown_commission_leaves_the_margin() -> None:
    async with connected(Fault.WHAT_IF_NO_COMMISSION) as (_, desk):
        answer = await desk.broker.what_if(put(), ACCOUNT)
        assert (answer.commission, answer.initial_after) == (None, Decimal(11_000))
        assert answer.why == "TWS does not give the commission."


async def test_a_silent_broker_is_not_waited_for_longer_than_it_was_given() -> None:
    async with connected(Fault.WHAT_IF_SILENT) as (_, desk):
        answer = await desk.broker.what_if(put(), ACCOUNT)
        assert answer == WhatIf(why="TWS did not say within 0.3 s what it would do.")


async def test_a_rejected_what_if_says_why() -> None:
    async with connected(Fault.WHAT_IF_REJECTED) as (_, desk):
        answer = await desk.broker.what_if(put(), ACCOUNT)
        assert answer.rejected
        assert answer.commission is None
        assert "Available funds are insufficient (201)" in answer.why


async def test_a_connection_lost_meanwhile_is_an_error() -> None:
    async with connected(Fault.WHAT_IF_SILENT) as (tws, desk):
        await desk.broker.contracts.find(put().legs[0].instrument)
        asked = len(tws.journal.of("place_order"))
        asking = asyncio.ensure_future(failure(desk.broker.what_if(put(), ACCOUNT)))
        await tws.until(lambda tws: len(tws.journal.of("place_order")) > asked)
        tws.drop()
        lost = await asking
        assert isinstance(lost, BrokerError)
        assert (lost.fault, lost.sent) == (BrokerFault.LOST, False)
        await desk.state(BrokerState.OFFLINE)


async def test_contracts_of_an_expiry_are_asked_once() -> None:
    async with connected() as (tws, desk):
        await desk.broker.what_if(collar(), ACCOUNT)
        await desk.broker.what_if(put(), ACCOUNT)
        await desk.broker.what_if(collar("-0.50"), ACCOUNT)
        assert len(tws.journal.of("contract_details")) == 1
