"""Figures of the fake TWS that are doubled, corrected, unset or never given."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from tests.fakes.tws import FakeTws, Fault, Policy
from tests.fakes.tws.client import (
    Foreign,
    joined,
    limit,
    option,
    settled,
)
from tests.fakes.tws.frame import GREETING, Frames


def bought(ib: Foreign, tws: FakeTws, order_ref: str = "a", contracts: int = 2) -> Foreign:
    return ib.placeOrder(option(tws, "300", "P"), limit("BUY", contracts, 3.2, order_ref))


async def test_ib_insync_drops_an_execution_that_comes_twice() -> None:
    async with FakeTws() as tws, joined(tws) as ib:
        heard = raw_executions(ib)
        tws.faults.add(Fault.DUPLICATE_EXECUTIONS)
        trade = bought(ib, tws)
        await tws.placed("a")
        tws.repeat(tws.fill("a")[0].exec_id)
        await settled(ib, lambda: len(heard) == 4)
        assert len(set(heard)) == 1
        assert trade.filled() == 2
        assert [held.contracts for held in tws.positions] == [2]


async def test_a_correction_doubles_what_ib_insync_counts() -> None:
    async with FakeTws() as tws, joined(tws) as ib:
        trade = bought(ib, tws)
        await tws.placed("a")
        [first] = tws.fill("a")
        corrected = tws.correct(first.exec_id, contracts=1, price="3.10")
        await settled(ib, lambda: len(trade.fills) == 2)
        assert corrected.exec_id == first.exec_id.removesuffix(".01") + ".02"
        assert trade.filled() == 3, "the library adds the correction up"
        assert [held.contracts for held in tws.positions] == [1]
        assert tws.orders_with("a")[0].filled == 1
        assert tws.world.book.cash == Decimal(1_000_000) - 310


async def test_commissions_may_be_unset_or_never_come() -> None:
    async with FakeTws() as tws, joined(tws) as ib:
        trade = bought(ib, tws)
        await tws.placed("a")
        tws.faults.add(Fault.COMMISSION_UNSET)
        tws.fill("a", 1)
        await settled(ib, lambda: trade.fills and trade.fills[0].commissionReport.execId)
        assert trade.fills[0].commissionReport.commission > 1e308
        tws.faults.add(Fault.NO_COMMISSION)
        tws.fill("a", 1)
        await settled(ib, trade.isDone)
        await ib.reqCurrentTimeAsync()
        assert trade.fills[1].commissionReport.execId == ""


def fixed() -> datetime:
    return datetime(2026, 3, 20, 14, 30, tzinfo=UTC)


async def test_a_time_without_zone_is_taken_for_the_hosts_own() -> None:
    async with FakeTws(clock=fixed, policy=Policy.FILL_AT_ONCE) as tws, joined(tws) as ib:
        tws.faults.add(Fault.TIMES_WITHOUT_ZONE)
        trade = bought(ib, tws)
        await settled(ib, lambda: trade.fills)
        taken = datetime(2026, 3, 20, 10, 30).astimezone(UTC)
        assert trade.fills[0].execution.time == taken


@pytest.mark.parametrize("zone", [True, False])
async def test_execution_times_name_new_york_or_nothing(zone: bool) -> None:
    async with FakeTws(clock=fixed, policy=Policy.FILL_AT_ONCE) as tws, joined(tws) as ib:
        if not zone:
            tws.faults.add(Fault.TIMES_WITHOUT_ZONE)
            ib.TimezoneTWS = "America/New_York"  # without it, this host's zone would be taken
        trade = bought(ib, tws)
        await settled(ib, lambda: trade.fills)
        assert trade.fills[0].execution.time == fixed()


@pytest.mark.parametrize(
    ("fault", "margin", "commission"),
    [
        (Fault.WHAT_IF_UNSET, "1.7976931348623157E308", 1.7976931348623157e308),
        (Fault.WHAT_IF_BLANK, "", 1.7976931348623157e308),
        (Fault.WHAT_IF_NO_COMMISSION, "1000", 1.7976931348623157e308),
    ],
)
async def test_what_the_broker_does_not_give_is_unset_or_blank(
    fault: Fault, margin: str, commission: float
) -> None:
    async with FakeTws() as tws, joined(tws) as ib:
        tws.faults.add(fault)
        put = option(tws, "300", "P")
        state = await ib.whatIfOrderAsync(put, limit("BUY", 2, 3.2, "w"))
        assert (state.initMarginChange, state.commission) == (margin, commission)


@pytest.mark.parametrize("fault", [Fault.WHAT_IF_SILENT, Fault.WHAT_IF_UNSET_LOWER])
async def test_some_what_ifs_are_never_answered(fault: Fault) -> None:
    """The library itself waits on when the margin is unset in the spelling e+308."""
    async with FakeTws() as tws, joined(tws) as ib:
        tws.faults.add(fault)
        put = option(tws, "300", "P")
        answer = ib.whatIfOrderAsync(put, limit("BUY", 2, 3.2, "w"))
        await ib.reqCurrentTimeAsync()
        assert not answer.done()
        answer.cancel()


async def test_a_rejected_what_if_is_an_error_of_its_request() -> None:
    from ib_insync.wrapper import RequestError  # noqa: PLC0415 - it wants an event loop first

    async with FakeTws() as tws, joined(tws) as ib:
        ib.RaiseRequestErrors = True
        tws.faults.add(Fault.WHAT_IF_REJECTED)
        with pytest.raises(RequestError) as caught:
            await ib.whatIfOrderAsync(option(tws, "300", "P"), limit("BUY", 2, 3.2, "w"))
        assert caught.value.code == 201


async def test_a_rejected_what_if_is_an_empty_list_without_raise_request_errors() -> None:
    async with FakeTws() as tws, joined(tws) as ib:
        tws.faults.add(Fault.WHAT_IF_REJECTED)
        put = option(tws, "300", "P")
        assert await ib.whatIfOrderAsync(put, limit("BUY", 2, 3.2, "w")) == []


def raw_executions(ib: Foreign) -> list[str]:
    """The execution ids as they come over the wire, before the library drops the double ones."""
    heard: list[str] = []
    frames = Frames()
    assert list(frames.feed(GREETING)) == []

    def watch(data: bytes) -> None:
        heard.extend(fields[14] for fields in frames.feed(data) if fields[0] == "11")

    ib.client.conn.hasData += watch
    return heard
