"""One look at everything TWS has, through the real library."""

import asyncio
import os
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from tests.fakes.feed import START, ManualClock
from tests.fakes.ibkr import (
    ACCOUNT,
    collar,
    connected,
    desk_at,
    failure,
    placed,
)
from tests.fakes.ibkr_speed import reconciled
from tests.fakes.tws import FakeTws, Fault, Policy, gld_market
from vaultdesk.core.orders.broker import BrokerState, HoldingsTold, Standing
from vaultdesk.ports import BrokerError, BrokerFault


async def test_money_and_positions_per_share() -> None:
    async with connected() as (tws, desk):
        listed = tws.market.option("20260417", "300", "P")
        tws.manual_position(listed.con_id, -3, "425.50")
        tws.manual_position(tws.market.stock.con_id, 120, "301.2345")
        found = await desk.broker.snapshot()
        [account] = found.accounts
        assert (account.name, account.currency, account.source) == (ACCOUNT, "USD", "IBKR")
        assert account.cash == Decimal(1_000_000)
        assert account.equity == account.excess_liquidity == Decimal(1_000_000)
        assert account.buying_power == Decimal(4_000_000)
        assert account.initial_margin == account.maintenance_margin == Decimal(0)
        short, shares = found.positions
        assert short.instrument.key == "GLD 2026-04-17 300 P"
        assert (short.quantity, short.average_cost) == (Decimal(-3), Decimal("4.255"))
        assert (shares.instrument.key, shares.quantity) == ("GLD", Decimal(120))
        assert shares.average_cost == Decimal("301.2345")
        assert (found.at, found.problems, found.final) == (START, (), False)


async def test_an_adjusted_series_keeps_its_name_and_what_is_no_option_is_said() -> None:
    market = gld_market()
    adjusted = replace(market.options[0], con_id=77, trading_class="GLD1", multiplier="10")
    future = replace(market.stock, con_id=78, sec_type="FUT", symbol="GC", local_symbol="GCM6")
    market = replace(market, options=(*market.options, adjusted, future))
    async with FakeTws(accounts=(ACCOUNT,), market=market) as tws, desk_at(tws.port) as desk:
        await desk.state(BrokerState.READY)
        tws.manual_position(77, 1, "42.00")
        tws.manual_position(78, 1, "42.00")
        found = await desk.broker.snapshot()
        [held] = found.positions
        assert (held.instrument.trading_class, held.instrument.multiplier) == ("GLD1", 10)
        assert held.average_cost == Decimal("4.2")
        assert found.problems == (
            "A position in GCM6 is not shown: FUT GC is neither a share nor an option.",
        )


async def test_changes_of_holdings_are_told() -> None:
    async with connected() as (tws, desk):
        assert desk.of(HoldingsTold)[-1].positions == ()
        tws.manual_position(tws.market.stock.con_id, 10, 300)
        await desk.until(lambda desk: desk.of(HoldingsTold)[-1].positions)
        [held] = desk.of(HoldingsTold)[-1].positions
        assert held.quantity == 10
        tws.manual_position(tws.market.stock.con_id, -10, 300)
        await desk.until(lambda desk: not desk.of(HoldingsTold)[-1].positions)
        assert desk.of(HoldingsTold)[-1].accounts[0].cash == Decimal(1_000_000)


async def test_orders_are_told_as_they_stand_open_or_over() -> None:
    async with connected() as (tws, desk):
        for ref in ("VD-open", "VD-part", "VD-done", "VD-gone", "VD-refused"):
            await placed(desk, ref)
        tws.fill("VD-part", 1)
        tws.fill("VD-done")
        tws.cancel("VD-gone")
        tws.reject("VD-refused")
        await desk.until(lambda desk: desk.orders("VD-refused")[-1].standing is Standing.REJECTED)
        found = {there.ref: there for there in (await desk.broker.snapshot()).orders}
        assert {ref: (there.standing, there.filled) for ref, there in found.items()} == {
            "VD-open": (Standing.WORKING, Decimal(0)),
            "VD-part": (Standing.WORKING, Decimal(1)),
            "VD-done": (Standing.FILLED, Decimal(2)),
            "VD-gone": (Standing.CANCELLED, Decimal(0)),
            "VD-refused": (Standing.REJECTED, Decimal(0)),
        }
        assert all(there.perm_id and there.account == ACCOUNT for there in found.values())
        assert found["VD-open"].order_id
        assert not found["VD-done"].order_id


async def test_orders_of_other_clients_are_there_under_their_own_names() -> None:
    async with connected() as (tws, desk), desk_at(tws.port, client_id=18) as other:
        await other.state(BrokerState.READY)
        await placed(other, "VD-other")
        [there] = (await desk.broker.snapshot()).orders
        assert (there.ref, there.client_id) == ("VD-other", 18)


async def test_what_every_client_asks_at_its_start_is_enough() -> None:
    """No request is needed that a server might not know: neither READY nor a snapshot waits."""
    async with FakeTws(accounts=(ACCOUNT,)) as tws, desk_at(tws.port) as desk:
        tws.faults.add(Fault.NOTHING_UNUSUAL)
        await desk.state(BrokerState.READY)
        await placed(desk, "VD-own")
        found = await desk.broker.snapshot()
        assert [one.ref for one in found.orders] == ["VD-own"]
        assert found.accounts[0].cash is not None


async def test_after_a_restart_of_tws_everything_is_found_by_reference() -> None:
    async with connected() as (tws, desk):
        await placed(desk, "VD-1", collar())
        tws.fill("VD-1")
        await desk.until(lambda desk: len(desk.trades("VD-1")) == 2)
        told = sorted(desk.trades("VD-1"), key=lambda trade: trade.exec_id)
        await tws.restart(next_id=1)
        await desk.state(BrokerState.OFFLINE)
        async with desk_at(tws.port, client_id=18) as other:
            await other.state(BrokerState.READY)
            found = await other.broker.snapshot()
            assert found.problems == ()
            [there] = found.orders
            assert (there.ref, there.standing, there.order_id) == ("VD-1", Standing.FILLED, 0)
            trades = sorted(found.executions, key=lambda trade: trade.exec_id)
            assert [replace(trade, commission=None) for trade in trades] == told
            assert [trade.commission for trade in trades] == [Decimal("1.3")] * 2


async def test_a_corrected_trade_is_in_the_snapshot_once() -> None:
    async with connected(policy=Policy.FILL_AT_ONCE) as (tws, desk):
        await placed(desk, "VD-1")
        [made] = tws.executions
        tws.correct(made.exec_id, contracts=1)
        await desk.until(lambda desk: len(desk.trades("VD-1")) == 2)
        [trade] = (await desk.broker.snapshot()).executions
        assert len(desk.trades("VD-1")) == 2  # what a snapshot shows is not told as news
        assert (trade.revision, trade.quantity) == (2, Decimal(1))


@pytest.fixture(params=["America/New_York", "UTC", "Asia/Tokyo"])
def host_zone(request: pytest.FixtureRequest) -> Iterator[str]:
    """The zone of the machine the desk runs on."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = request.param
    time.tzset()
    yield request.param
    if before is None:
        del os.environ["TZ"]
    else:
        os.environ["TZ"] = before
    time.tzset()


@pytest.mark.usefixtures("host_zone")
@pytest.mark.parametrize("faults", [(), (Fault.TIMES_WITHOUT_ZONE,)])
async def test_times_are_right_with_and_without_a_zone_on_any_host(faults: tuple[Fault]) -> None:
    async with connected(*faults, policy=Policy.FILL_AT_ONCE) as (_, desk):
        await placed(desk, "VD-1")
        [trade] = await desk.until(lambda desk: desk.trades("VD-1"))
        assert trade.at == START
        assert trade.at_text.startswith("20260710 ")
        assert ("America/New_York" in trade.at_text) is (not faults)
        [kept] = (await desk.broker.snapshot()).executions
        assert (kept.at, kept.at_text) == (trade.at, trade.at_text)


async def test_the_zone_of_tws_stays_what_it_was_when_it_greeted() -> None:
    clock = ManualClock()
    async with connected(Fault.TIMES_WITHOUT_ZONE, now=clock.now) as (tws, desk):
        clock.advance(5 * 3600)
        tws.connectivity(1102)
        await desk.until(lambda desk: desk.states().count(BrokerState.READY) == 2)
        await placed(desk, "VD-1")
        tws.fill("VD-1")
        [trade] = await desk.until(lambda desk: desk.trades("VD-1"))
        assert trade.at == clock.now()


async def test_an_answer_that_does_not_come_is_an_error_and_no_empty_list() -> None:
    async with connected() as (tws, desk):
        await placed(desk, "VD-1")
        asked = len(tws.journal.of("positions"))
        tws.faults.add(Fault.MUTE)
        looking = asyncio.ensure_future(failure(desk.broker.snapshot()))
        await tws.until(lambda tws: len(tws.journal.of("positions")) > asked)
        tws.drop()
        lost = await looking
        assert isinstance(lost, BrokerError)
        assert lost.fault is BrokerFault.LOST
        await desk.state(BrokerState.OFFLINE)


async def test_five_hundred_orders_are_all_found_after_a_reconnection() -> None:
    _, found = await reconciled(500)
    assert {there.ref for there in found.orders} == {f"VD-{number}" for number in range(500)}
    assert len(found.executions) == 250
    assert found.problems == ()


def test_the_fixture_moves_the_hosts_zone(host_zone: str) -> None:
    local = datetime.fromtimestamp(START.timestamp())  # noqa: DTZ006 - the host's, on purpose
    offset = local - START.replace(tzinfo=None)
    wanted = {"America/New_York": -4, "UTC": 0, "Asia/Tokyo": 9}[host_zone]
    assert offset == timedelta(hours=wanted)
    assert START.tzinfo is UTC
