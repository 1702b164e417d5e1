"""The order desk: a preview, one click, and every way in which it may go wrong before the wire."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from tests.fakes.broker import (
    PAPER,
    Outcome,
    buying,
    market_of,
    option,
    ticket,
)
from tests.services.order_rig import desk
from vaultdesk.core.audit import FactKind
from vaultdesk.core.calendar import Hours
from vaultdesk.core.market import Quality
from vaultdesk.core.orders.broker import BrokerState, WhatIf
from vaultdesk.core.orders.draft import OrderDraft
from vaultdesk.core.orders.life import Mode, OrderState
from vaultdesk.core.orders.limits import Limits
from vaultdesk.core.orders.preview import Caution
from vaultdesk.events import (
    HoursChanged,
    OrderChanged,
    PreviewMade,
    ProblemCleared,
    ProblemRaised,
    TicketChanged,
)
from vaultdesk.ports import (
    BrokerError,
    BrokerFault,
    FeedError,
    FeedFault,
    OrderRefused,
    StorageError,
)
from vaultdesk.storage.database import Database

if TYPE_CHECKING:
    from collections.abc import Iterator

PUT = option()


@pytest.fixture
def database() -> Iterator[Database]:
    with Database(None) as made:
        yield made


async def test_a_click_sends_what_was_previewed_and_the_broker_shows_it(database: Database) -> None:
    async with desk(database) as d:
        order = await d.placed()
        assert d.exchange.journal == [order.ref]
        assert d.exchange.rows[order.ref].order.draft == ticket().orders[0]
        assert order.state is OrderState.WORKING
        assert order.order_id == 1
        assert order.account == PAPER
        assert order.mode is Mode.PAPER
        assert order.ref.startswith("VD-01234567-")
        assert len(order.ref) <= 40
        assert await d.kept(order.ref) == order


async def test_the_intent_is_on_disk_as_being_sent_before_the_broker_hears_of_it(
    database: Database,
) -> None:
    async with desk(database) as d:
        await d.placed()
        assert d.log[:3] == ["kept confirmed", "kept sending", "placed sending"]


async def test_a_second_click_sends_nothing_while_the_first_is_under_way(
    database: Database,
) -> None:
    async with desk(database) as d:
        made = await d.previewed()
        clicks = [asyncio.create_task(d.orders.place(made.hash)) for _ in range(5)]
        answers = await asyncio.gather(*clicks, return_exceptions=True)
        assert len(d.exchange.journal) == 1
        refused = [str(one) for one in answers if isinstance(one, OrderRefused)]
        assert refused == ["The ticket is being sent already."] * 4


async def test_a_click_after_it_was_sent_finds_no_preview(database: Database) -> None:
    async with desk(database) as d:
        made = await d.previewed()
        await d.orders.place(made.hash)
        with pytest.raises(OrderRefused, match="preview it again"):
            await d.orders.place(made.hash)
        assert d.orders.ticket is None
        assert len(d.exchange.journal) == 1


async def test_two_windows_on_one_database_send_it_once(database: Database) -> None:
    async with desk(database) as one, desk(database, one.exchange) as other:
        made = await one.previewed()
        other.orders.put(one.orders.ticket)
        other.orders.preview = made
        answers = await asyncio.gather(
            one.orders.place(made.hash), other.orders.place(made.hash), return_exceptions=True
        )
        assert len(one.exchange.journal) == 1
        assert [type(answer) for answer in answers].count(OrderRefused) == 1


async def test_a_preview_of_another_hash_is_refused(database: Database) -> None:
    async with desk(database) as d:
        await d.previewed()
        with pytest.raises(OrderRefused, match="not as it was previewed"):
            await d.orders.place("0" * 64)
        assert d.exchange.journal == []
        assert "not as it was previewed" in d.orders.problem


@pytest.mark.parametrize(("seconds", "sent"), [(30.0, True), (30.001, False), (-1.0, False)])
async def test_a_preview_is_good_for_thirty_seconds_of_the_wall_clock(
    database: Database, seconds: float, sent: bool
) -> None:
    async with desk(database) as d:
        made = await d.previewed()
        d.wall.advance(seconds)
        if sent:
            await d.orders.place(made.hash)
        else:
            with pytest.raises(OrderRefused, match="30 s"):
                await d.orders.place(made.hash)
        assert len(d.exchange.journal) == sent


async def test_an_edited_ticket_has_no_preview(database: Database) -> None:
    async with desk(database) as d:
        made = await d.previewed()
        d.orders.put(ticket(buying(PUT, 6)))
        assert d.orders.preview is None
        with pytest.raises(OrderRefused, match="preview it again"):
            await d.orders.place(made.hash)
        assert d.exchange.journal == []


async def test_a_ticket_changed_while_it_is_previewed_gives_no_preview(database: Database) -> None:
    async with desk(database) as d:
        d.market.gate = asyncio.Event()
        d.orders.put(ticket())
        asking = asyncio.create_task(d.orders.make_preview())
        await d.until(lambda: d.market.asked)
        assert d.orders.busy
        d.orders.put(ticket(buying(PUT, 6)))
        d.market.gate.set()
        assert await asking is None
        assert d.orders.preview is None
        assert not d.orders.busy
        assert d.heard(PreviewMade) == []


@pytest.mark.parametrize(
    "state", [one for one in BrokerState if one is not BrokerState.READY], ids=lambda one: one.name
)
async def test_nothing_is_sent_unless_the_broker_is_ready(
    database: Database, state: BrokerState
) -> None:
    async with desk(database) as d:
        made = await d.previewed()
        d.broker.become(state)
        with pytest.raises(OrderRefused):
            await d.orders.place(made.hash)
        assert d.exchange.journal == []


async def test_nothing_is_sent_before_a_lost_connection_was_compared_again(
    database: Database,
) -> None:
    async with desk(database) as d:
        made = await d.previewed()
        d.broker.become(BrokerState.OFFLINE)
        d.broker.gate = asyncio.Event()
        d.broker.become(BrokerState.READY)
        with pytest.raises(OrderRefused, match="compared"):
            await d.orders.place(made.hash)
        d.broker.gate.set()
        await d.until(lambda: not d.orders.ready)
        await d.orders.place(made.hash)
        assert len(d.exchange.journal) == 1


async def test_a_change_of_limits_voids_the_preview(database: Database) -> None:
    async with desk(database) as d:
        made = await d.previewed()
        d.orders.use_limits(Limits(max_contracts=1))
        assert d.orders.preview is None
        with pytest.raises(OrderRefused):
            await d.orders.place(made.hash)
        made = await d.previewed()
        with pytest.raises(OrderRefused, match="5 contracts are more than the 1"):
            await d.orders.place(made.hash)


async def test_a_disk_that_refuses_the_intent_lets_nothing_out(database: Database) -> None:
    async with desk(database) as d:
        made = await d.previewed()
        d.store.refuses = {"confirm"}
        with pytest.raises(StorageError, match="disk is full"):
            await d.orders.place(made.hash)
        assert d.exchange.journal == []
        assert d.orders.orders() == ()
        assert "disk is full" in d.orders.problem
        d.store.refuses = set()
        await d.orders.place(made.hash)  # the ticket and its preview are still there
        assert len(d.exchange.journal) == 1


async def test_a_disk_that_refuses_the_sending_lets_nothing_out(database: Database) -> None:
    async with desk(database) as d:
        made = await d.previewed()
        await d.orders.settled()
        d.store.refuses = {"save"}
        with pytest.raises(StorageError):
            await d.orders.place(made.hash)
        assert d.exchange.journal == []
        (order,) = d.orders.orders()
        assert order.state is OrderState.REJECTED
        assert "Nothing was sent" in order.said
        assert (await d.store.orders())[0].state is OrderState.CONFIRMED
        d.store.refuses = set()
        d.naps.end(5)
        assert (await d.kept(order.ref)).state is OrderState.REJECTED


async def test_what_the_disk_refuses_afterwards_is_said_and_kept_later(database: Database) -> None:
    async with desk(database) as d:
        order = await d.placed()
        await d.orders.settled()
        d.store.refuses = {"record", "save"}
        d.broker.tell(*d.exchange.fill(order.ref, 5))
        assert d.now(order.ref).state is OrderState.FILLED
        with pytest.raises(StorageError):
            await d.orders.settled()
        assert d.heard(ProblemRaised)[-1].key == "orders.store"
        assert await d.store.executions("test broker") == ()
        d.store.refuses = {"save"}
        d.naps.end(5)
        with pytest.raises(StorageError):
            await d.orders.settled()
        d.store.refuses = set()
        d.naps.end(5)
        assert (await d.kept(order.ref)).state is OrderState.FILLED
        assert len(await d.store.executions("test broker")) == 1
        assert d.heard(ProblemCleared)[-1].key == "orders.store"
        assert [len(one) for one in d.executions] == [1]


async def test_whoever_asked_may_be_cancelled_and_it_is_sent_all_the_same(
    database: Database,
) -> None:
    async with desk(database) as d:
        made = await d.previewed()
        click = asyncio.create_task(d.orders.place(made.hash))
        await asyncio.sleep(0)
        click.cancel()
        await asyncio.gather(click, return_exceptions=True)
        await d.until(lambda: not d.orders.busy)
        assert len(d.exchange.journal) == 1
        assert d.orders.orders()[0].state is OrderState.WORKING


async def test_what_the_connection_refuses_never_left(database: Database) -> None:
    async with desk(database) as d:
        d.broker.outcomes.append(Outcome.UNSENT)
        order = await d.placed()
        assert order.state is OrderState.REJECTED
        assert order.said == "Nothing left the desk: The connection refused it."
        assert d.exchange.journal == []


@pytest.mark.parametrize("outcome", [Outcome.LOST_BEFORE, Outcome.LOST_AFTER])
async def test_what_may_have_left_is_unknown_and_nothing_is_sent_again(
    database: Database, outcome: Outcome
) -> None:
    async with desk(database) as d:
        d.broker.outcomes.append(outcome)
        order = await d.placed()
        assert order.state is OrderState.UNKNOWN
        assert (await d.kept(order.ref)).state is OrderState.UNKNOWN
        arrived = len(d.exchange.journal)
        d.broker.become(BrokerState.READY)
        await d.until(lambda: not d.orders.ready)
        assert len(d.exchange.journal) == arrived
        expected = OrderState.WORKING if arrived else OrderState.UNKNOWN
        assert d.now(order.ref).state is expected


@pytest.mark.parametrize(
    ("outcome", "state"),
    [(Outcome.LOST_AFTER, OrderState.UNKNOWN), (Outcome.UNSENT, OrderState.REJECTED)],
)
async def test_of_a_ladder_nothing_follows_an_order_that_was_not_taken(
    database: Database, outcome: Outcome, state: OrderState
) -> None:
    async with desk(database) as d:
        d.market.show(market_of(option("315")), market_of(option("300")))
        drafts = [buying(option(strike)) for strike in ("332.5", "315", "300")]
        d.broker.outcomes.extend([Outcome.TAKEN, outcome])
        made = await d.previewed(ticket=ticket(*drafts))
        assert Caution.LEGGING in {one.about for one in made.warnings}
        first, second, third = await d.orders.place(made.hash)
        assert [first.state, second.state, third.state] == [
            OrderState.WORKING,
            state,
            OrderState.REJECTED,
        ]
        assert "an order of the same ticket before it was not taken" in third.said
        assert third.ref not in d.exchange.journal
        assert {first.ticket, second.ticket, third.ticket} == {made.hash}
        assert [first.place, second.place, third.place] == [0, 1, 2]


async def test_the_same_contracts_are_not_sent_while_an_order_of_them_is_unknown(
    database: Database,
) -> None:
    async with desk(database) as d:
        d.broker.outcomes.append(Outcome.LOST_BEFORE)
        order = await d.placed()
        d.broker.become(BrokerState.READY)
        await d.until(lambda: not d.orders.ready)
        made = await d.previewed()
        assert made.refused[0].startswith("Protect the gold was sent before")
        with pytest.raises(OrderRefused, match="twice"):
            await d.orders.place(made.hash)
        await d.orders.resolve(order.ref, OrderState.REJECTED)
        made = await d.previewed()
        await d.orders.place(made.hash)
        assert len(d.exchange.journal) == 1


async def test_an_order_that_becomes_unknown_after_the_preview_holds_the_click_back(
    database: Database,
) -> None:
    async with desk(database) as d:
        d.broker.chatty = False
        order = await d.placed()
        made = await d.previewed()
        d.exchange.forgotten.add(order.ref)
        d.naps.end(10)
        await d.until(lambda: d.now(order.ref).state is OrderState.UNKNOWN and not d.orders.ready)
        with pytest.raises(OrderRefused, match="twice"):
            await d.orders.place(made.hash)


async def test_the_log_has_the_preview_the_click_and_the_sending_in_their_order(
    database: Database,
) -> None:
    async with desk(database) as d:
        made = await d.previewed()
        await d.orders.settled()
        (order,) = await d.orders.place(made.hash)
        facts = [one for one in await d.facts() if one.subject in (made.hash, order.ref)]
        kinds = [one.kind for one in facts if one.kind is not FactKind.KEPT]
        assert kinds == [
            FactKind.PREVIEW,
            FactKind.PREVIEW,
            FactKind.CONFIRMED,
            FactKind.SENT,
            FactKind.ORDER,
        ]
        seen = json.loads(facts[0].wire)
        assert seen["ticket"]["orders"][0]["limit"] == "8.5"
        assert seen["hash"] == made.hash
        assert facts[0].who == "user"
        assert await d.audit.broken() == ""


async def test_a_preview_shows_what_the_broker_says_and_what_it_does_not(
    database: Database,
) -> None:
    async with desk(database) as d:
        told = WhatIf(initial_before=Decimal(0), initial_after=Decimal(1200), why="Read the terms.")
        d.broker.what_ifs.append(told)
        made = await d.previewed()
        assert made.estimates[0].what_if == told
        d.broker.what_ifs.append(BrokerError(BrokerFault.NO_DATA, "No margin was given."))
        made = await d.previewed()
        assert made.estimates[0].what_if == WhatIf(why="No margin was given.")
        assert made.refused == ()


async def test_an_order_the_broker_would_reject_is_not_sent(database: Database) -> None:
    async with desk(database) as d:
        d.broker.what_ifs.append(WhatIf(rejected=True, why="Not enough money."))
        made = await d.previewed()
        with pytest.raises(OrderRefused, match="Not enough money"):
            await d.orders.place(made.hash)
        assert d.exchange.journal == []


async def test_quotes_that_cannot_be_had_give_no_preview_and_say_why(database: Database) -> None:
    async with desk(database) as d:
        d.market.quotes[PUT] = FeedError(FeedFault.OFFLINE, "The feed is offline: check it.")
        d.orders.put(ticket())
        with pytest.raises(FeedError):
            await d.orders.make_preview()
        assert d.orders.problem == "The feed is offline: check it."
        assert d.orders.preview is None


async def test_a_contract_that_is_not_listed_is_not_sent(database: Database) -> None:
    async with desk(database) as d:
        made = await d.previewed(ticket=ticket(buying(option("111"))))
        assert made.estimates[0].natural is None
        with pytest.raises(OrderRefused, match="no quote"):
            await d.orders.place(made.hash)


async def test_a_draft_that_trades_nothing_is_not_even_previewed(database: Database) -> None:
    async with desk(database) as d:
        d.orders.put(ticket(OrderDraft((), 1, Decimal(1))))
        with pytest.raises(OrderRefused, match="trades nothing"):
            await d.orders.make_preview()
        d.orders.put(None)
        with pytest.raises(OrderRefused, match="no ticket"):
            await d.orders.make_preview()


async def test_the_hours_of_the_exchange_are_said(database: Database) -> None:
    async with desk(database) as d:
        at = d.clock.now()
        opens = at.replace(hour=13, minute=30)
        d.bus.tell(HoursChanged(Hours(in_session=False, last_close=at, next_change=opens)))
        made = await d.previewed()
        about = {one.about: one.sentence for one in made.warnings}
        assert about[Caution.OUTSIDE_SESSION] == (
            "The exchange is closed until Friday 10 July 09:30 New York, and a day order waits "
            "for that session."
        )
        assert made.estimates[0].expected == made.estimates[0].natural


async def test_two_previews_of_the_same_differ_by_their_time_alone(database: Database) -> None:
    async with desk(database) as d:
        first, second = await d.previewed(), await d.previewed()
        assert first.hash != second.hash
        assert replace(second, hash=first.hash, at=first.at) == first


async def test_the_hedge_desk_follows_prices_while_a_ticket_lies_there(database: Database) -> None:
    async with desk(database) as d:
        assert d.hedge._attended == 0
        d.orders.put(ticket())
        d.orders.put(ticket(buying(PUT, 2)))
        assert d.hedge._attended == 1
        d.orders.put(None)
        assert d.hedge._attended == 0
        assert [one.ticket is None for one in d.heard(TicketChanged)][-3:] == [False, False, True]


async def test_each_change_of_an_order_is_told_once(database: Database) -> None:
    async with desk(database) as d:
        order = await d.placed()
        d.broker.tell(d.exchange.told(order.ref), d.exchange.told(order.ref))
        states = [one.order.state for one in d.heard(OrderChanged)]
        assert states == [OrderState.CONFIRMED, OrderState.SENDING, OrderState.WORKING]


async def test_simulated_quotes_never_feed_a_brokers_account(database: Database) -> None:
    async with desk(database) as d:
        d.market.show(market_of(PUT, quality=Quality.SIMULATED))
        made = await d.previewed()
        with pytest.raises(OrderRefused, match="made up"):
            await d.orders.place(made.hash)
        assert d.exchange.journal == []
