"""Brokers and feeds that never answer: on a loop whose time jumps."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from tests.fakes.broker import Exchange, Outcome, ScriptedBroker, ticket
from tests.fakes.feed import JumpingLoop
from tests.services.order_rig import desk
from vaultdesk.core.orders.life import OrderState
from vaultdesk.ports import FeedError

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from vaultdesk.core.orders.broker import WhatIf
    from vaultdesk.core.orders.draft import OrderDraft


def run(work: Coroutine[object, object, None]) -> None:
    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        runner.run(work)


class Mute(ScriptedBroker):
    """Never says what an order would do."""

    async def what_if(self, draft: OrderDraft, account: str) -> WhatIf:
        del draft, account
        await asyncio.Event().wait()
        raise AssertionError


def test_a_broker_that_takes_an_order_and_says_nothing_leaves_it_unknown() -> None:
    async def work() -> None:
        async with desk(None) as d:
            d.broker.outcomes.append(Outcome.SILENT)
            order = await d.placed()
            assert order.state is OrderState.UNKNOWN
            assert "more than 10 s" in order.said
            await d.until(lambda: not d.orders.ready)
            assert d.now(order.ref).state is OrderState.WORKING
            assert d.now(order.ref).said == ""
            assert d.exchange.journal == [order.ref]

    run(work())


def test_margin_that_does_not_come_within_ten_seconds_is_not_given() -> None:
    async def work() -> None:
        async with desk(None, broker=Mute(Exchange())) as d:
            made = await d.previewed()
            told = made.estimates[0].what_if
            assert told.initial_after is None
            assert told.commission is None
            assert told.why == "The broker has not given margin and commission within 10 s."
            assert made.refused == ()

    run(work())


def test_quotes_that_do_not_come_within_ten_seconds_give_no_preview() -> None:
    async def work() -> None:
        async with desk(None) as d:
            d.market.gate = asyncio.Event()
            d.orders.put(ticket())
            with pytest.raises(FeedError, match="within 10 s"):
                await d.orders.make_preview()
            assert "within 10 s" in d.orders.problem
            assert not d.orders.busy

    run(work())
