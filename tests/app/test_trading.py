"""What holds the order desk together: which broker, what is ordered, what is written down."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from tests.fakes.feed import ManualClock, ScriptedFeed, chain, quote
from vaultdesk.adapters.ibkr.broker import IbkrBroker
from vaultdesk.adapters.ibkr.feed import IbkrFeed
from vaultdesk.adapters.paper import PaperBroker
from vaultdesk.adapters.recorded.recorder import RecordingFeed
from vaultdesk.app import parts
from vaultdesk.app.actions import Actions
from vaultdesk.app.trading import Trading, limits_of
from vaultdesk.core.orders.draft import Origin
from vaultdesk.core.orders.ticks import to_tick
from vaultdesk.events import Bus, LegPicked, ProblemRaised
from vaultdesk.settings import Settings
from vaultdesk.storage.window_files import WindowFiles

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


def kept(_name: str, _chosen: str) -> None:
    """What a panel wants remembered; these tests open none."""


class Desk:
    """Trading over a feed that gives what a test lists."""

    def __init__(self, home: Path, chosen: Settings, *, demo: bool = False) -> None:
        self.bus, self.problems = Bus(), list[str]()
        self.bus.subscribe(ProblemRaised, lambda event: self.problems.append(event.sentence))
        self.profile = parts.Profile(chosen, demo=demo)
        self.source = source = ScriptedFeed(clock=ManualClock(), quotes=[quote("350")])
        expiry = (source.clock.now() + timedelta(days=60)).date()
        self.chain = chain(expiry)
        source.expiries, source.chains = (expiry,), {expiry: self.chain}
        self.feed = RecordingFeed(source)
        self.services = parts.build_services(self.profile, self.feed, self.bus, "GLD")
        self.actions = Actions(self.profile, self.services, self.feed)
        files = WindowFiles(home)
        self.trading = Trading(self.profile, self.services, self.actions, files, kept, self.feed)
        self.stores = parts.open_stores(parts.Profile(Settings(feed="simulated")))

    async def open(self) -> None:
        async def once(work: object) -> None:
            """What runs for ever is not begun: nothing here waits for it."""

        await self.trading.use(self.stores, once)

    async def show(self) -> None:
        """A price and a chain on the desk."""
        await self.services.market.refresh()
        self.services.chain.open()
        await self.services.chain.settled()

    async def close(self) -> None:
        await self.actions.close(1)
        await self.trading.close()
        await self.services.chain.close()
        self.stores.close()


@pytest.fixture
async def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    monkeypatch.setenv("VAULTDESK_HOME", str(tmp_path))
    made = Desk(tmp_path, Settings())
    await made.open()
    yield made
    await made.close()


async def test_paper_is_the_broker_unless_the_settings_name_another(tmp_path: Path) -> None:
    assert isinstance(Desk(tmp_path, Settings()).trading.broker, PaperBroker)
    assert isinstance(Desk(tmp_path, Settings(broker="ibkr")).trading.broker, IbkrBroker)


async def test_the_demonstration_trades_nowhere_but_on_its_own_paper(tmp_path: Path) -> None:
    made = Desk(tmp_path, Settings(broker="ibkr", feed="simulated"), demo=True)
    assert isinstance(made.trading.broker, PaperBroker)


async def test_feed_and_broker_at_tws_share_a_connection(tmp_path: Path) -> None:
    profile = parts.Profile(Settings(broker="ibkr", feed="ibkr"))
    source = parts.build_feed(profile)
    feed = RecordingFeed(source)
    services = parts.build_services(profile, feed, Bus(), "GLD")
    actions = Actions(profile, services, feed)
    trading = Trading(profile, services, actions, WindowFiles(tmp_path), kept, source)
    assert isinstance(source, IbkrFeed)
    assert isinstance(trading.broker, IbkrBroker)
    assert trading.broker._connection is source.connection


async def test_a_price_picked_to_order_is_a_ticket_at_that_price(desk: Desk) -> None:
    await desk.show()
    row = next(one for one in desk.chain.rows if one.right == "P" and one.strike == 350)
    for sell, price in ((False, row.ask), (True, row.bid)):
        desk.bus.tell(LegPicked(desk.chain.expiry, "P", row.strike, sell, order=True))
        ticket = desk.trading.orders.ticket
        assert ticket is not None
        (draft,) = ticket.orders
        assert price is not None
        assert draft.limit == to_tick(draft, -price if sell else price)
        assert (draft.quantity, draft.legs[0].ratio) == (1, -1 if sell else 1)
        assert ticket.origin is Origin.CHAIN


async def test_a_price_picked_for_the_builder_is_no_ticket(desk: Desk) -> None:
    await desk.show()
    desk.bus.tell(LegPicked(desk.chain.expiry, "P", Decimal(350), sell=False))
    assert desk.trading.orders.ticket is None


async def test_a_price_without_an_honest_prices_refused_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VAULTDESK_HOME", str(tmp_path))
    made = Desk(tmp_path, Settings())
    rows = tuple(replace(one, bid=None) for one in made.chain.rows)
    made.source.chains[made.chain.expiry] = replace(made.chain, rows=rows)
    await made.open()
    await made.show()
    made.bus.tell(LegPicked(made.chain.expiry, "P", Decimal(350), sell=False, order=True))
    assert made.trading.orders.ticket is None
    assert "no honest bid and ask" in made.problems[-1]
    await made.close()


async def test_changes_of_settings_and_secrets_are_in_the_audit_log(desk: Desk) -> None:
    trading = desk.trading
    before, after = Settings(), Settings(order_max_contracts=7, mail_to="me@example.com")
    trading.follow(before, after)
    assert trading.orders.limits == limits_of(after)
    trading.audit.secret_changed("Mail password", kept=True)
    await trading.audit.settled()
    said = [entry.fact.text for entry in await trading.audit.entries()]
    assert any("order_max_contracts: '500' became '7'" in one for one in said)
    assert any("mail_to" in one for one in said)
    assert any("Mail password was entered" in one for one in said)
    assert await trading.audit.broken() == ""
