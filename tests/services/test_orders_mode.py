"""Paper first: which accounts orders go to, and what has to be done before they do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.fakes.broker import PAPER, Exchange, market_of, option
from tests.services.order_rig import desk
from vaultdesk.core.alerts import Market
from vaultdesk.core.audit import FactKind
from vaultdesk.core.market import Quality
from vaultdesk.core.orders.broker import BrokerState
from vaultdesk.core.orders.life import Mode
from vaultdesk.core.orders.modes import DESK_ACCOUNT
from vaultdesk.events import ModeChanged
from vaultdesk.ports import OrderRefused, StorageError
from vaultdesk.storage.database import Database

if TYPE_CHECKING:
    from collections.abc import Iterator

LIVE = "U7654321"


@pytest.fixture
def database() -> Iterator[Database]:
    with Database(None) as made:
        yield made


async def test_nothing_is_sent_until_orders_are_switched_on(database: Database) -> None:
    async with desk(database, on=False) as d:
        await d.until(lambda: "compared" not in d.orders.ready)
        made = await d.previewed()
        with pytest.raises(OrderRefused, match="switched off"):
            await d.orders.place(made.hash)
        await d.orders.switch_on()
        assert d.orders.preview is None
        made = await d.previewed()
        await d.orders.place(made.hash)
        assert len(d.exchange.journal) == 1


async def test_the_mode_is_told_and_written_down(database: Database) -> None:
    async with desk(database) as d:
        await d.orders.switch_off()
        await d.orders.switch_off()
        modes = [(one.mode, one.account) for one in d.heard(ModeChanged)]
        assert modes == [(Mode.PAPER, PAPER), (Mode.READ_ONLY, PAPER)]
        facts = [one for one in await d.facts(PAPER) if one.kind is FactKind.MODE]
        assert [one.text.partition(":")[0] for one in facts] == ["paper", "read-only"]
        assert [one.who for one in facts] == ["user", "user"]


async def test_a_mode_that_cannot_be_written_down_is_not_switched_on(database: Database) -> None:
    async with desk(database, on=False) as d:
        d.store.refuses = {"save"}
        with pytest.raises(StorageError):
            await d.orders.switch_on()
        assert d.orders.mode is Mode.READ_ONLY


async def test_orders_are_switched_off_at_once_whatever_the_disk_says(database: Database) -> None:
    async with desk(database) as d:
        d.store.refuses = {"save"}
        await d.orders.switch_off()
        assert d.orders.mode is Mode.READ_ONLY
        d.store.refuses = set()
        d.naps.end(5)


@pytest.mark.parametrize("accounts", [(LIVE,), (PAPER, LIVE), (LIVE, PAPER), ("D1234567",)])
async def test_one_real_account_keeps_paper_orders_off(
    database: Database, accounts: tuple[str, ...]
) -> None:
    async with desk(database, Exchange(accounts=accounts), on=False) as d:
        with pytest.raises(OrderRefused, match="is not a paper account"):
            await d.orders.switch_on()
        assert d.orders.mode is Mode.READ_ONLY


async def test_a_connection_that_comes_back_with_a_real_account_switches_orders_off(
    database: Database,
) -> None:
    async with desk(database) as d:
        made = await d.previewed()
        d.broker.become(BrokerState.OFFLINE)
        assert d.orders.mode.value == "paper"
        d.exchange.accounts = (PAPER, LIVE)
        d.broker.become(BrokerState.READY)
        assert d.orders.mode is Mode.READ_ONLY
        with pytest.raises(OrderRefused):
            await d.orders.place(made.hash)
        facts = [one for one in await d.facts(PAPER) if one.kind is FactKind.MODE]
        assert facts[-1].who == "desk"


async def test_another_account_switches_orders_off(database: Database) -> None:
    async with desk(database, Exchange(accounts=(PAPER, "DU2"))) as d:
        await d.orders.use_account("DU2")
        assert (d.orders.account, d.orders.mode) == ("DU2", Mode.READ_ONLY)
        await d.orders.switch_on()
        order = await d.placed()
        assert order.account == "DU2"
        with pytest.raises(OrderRefused, match="does not have"):
            await d.orders.use_account("DU3")


async def test_live_needs_the_setting_and_the_account_typed_exactly(database: Database) -> None:
    exchange = Exchange(accounts=(LIVE,))
    async with desk(database, exchange, on=False) as d:
        with pytest.raises(OrderRefused, match="live_orders"):
            await d.orders.unlock_live(LIVE)
    async with desk(database, exchange, on=False, live_allowed=True) as d:
        for typed in ("", "u7654321", f"{LIVE} ", PAPER):
            with pytest.raises(OrderRefused, match="Type the account"):
                await d.orders.unlock_live(typed)
        assert d.orders.mode.value == "read-only"
        await d.orders.unlock_live(LIVE)
        assert d.orders.mode is Mode.LIVE
        order = await d.placed()
        assert (order.mode, order.account) == (Mode.LIVE, LIVE)
    async with desk(database, exchange, on=False, live_allowed=True) as d:
        assert d.orders.mode is Mode.READ_ONLY  # each session anew


async def test_live_is_locked_again_with_another_account(database: Database) -> None:
    exchange = Exchange(accounts=(LIVE, "U2"))
    async with desk(database, exchange, on=False, live_allowed=True) as d:
        await d.orders.unlock_live(LIVE)
        await d.orders.use_account("U2")
        assert d.orders.mode is Mode.READ_ONLY


async def test_a_paper_account_is_not_unlocked_as_live(database: Database) -> None:
    async with desk(database, on=False, live_allowed=True) as d:
        with pytest.raises(OrderRefused, match="is a paper account"):
            await d.orders.unlock_live(PAPER)


async def test_made_up_prices_trade_with_the_desks_own_paper_only(database: Database) -> None:
    async with desk(database, on=False, prices=Market.SIMULATED, live_allowed=True) as d:
        with pytest.raises(OrderRefused, match="made up"):
            await d.orders.switch_on()
    live = Exchange(accounts=(LIVE,))
    async with desk(database, live, on=False, prices=Market.SIMULATED, live_allowed=True) as d:
        with pytest.raises(OrderRefused, match="simulated"):
            await d.orders.unlock_live(LIVE)
    own = Exchange(accounts=(DESK_ACCOUNT,))
    async with desk(database, own, prices=Market.SIMULATED) as d:
        d.market.show(market_of(option(), quality=Quality.SIMULATED))
        order = await d.placed()
        assert own.journal == [order.ref]


async def test_a_recording_may_be_traded_on_paper_and_never_with_real_money(
    database: Database,
) -> None:
    options: dict[str, Any] = {"on": False, "prices": Market.RECORDED, "live_allowed": True}
    async with desk(database, **options) as d:
        await d.orders.switch_on()
        assert d.orders.mode is Mode.PAPER
    async with desk(database, Exchange(accounts=(LIVE,)), **options) as d:
        with pytest.raises(OrderRefused, match="recorded"):
            await d.orders.unlock_live(LIVE)
