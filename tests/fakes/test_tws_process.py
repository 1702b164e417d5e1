"""The fake TWS in a thread and as a process: what tests without a loop of its own see of it."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.fakes.tws import FakeTws, Fault, Policy, gld_market, in_thread, read_journal
from tests.fakes.tws.client import client, contract, limit, settled

ROOT = Path(__file__).parents[2]


async def place(port: int, order_ref: str, status: str) -> float:
    """Connect, buy one put, wait until it stands so; gives what is filled."""
    ib = client()
    await ib.connectAsync("127.0.0.1", port, clientId=7, timeout=5)
    try:
        market = gld_market()
        put = contract(market.option(market.expiries[0], "300", "P"))
        trade = ib.placeOrder(put, limit("BUY", 1, 3.2, order_ref))
        await settled(ib, lambda: trade.orderStatus.status == status)
        return float(trade.orderStatus.filled)
    finally:
        ib.disconnect()
        await ib.client.conn.disconnected


async def test_a_thread_serves_and_does_what_it_is_told() -> None:
    with in_thread(lambda: FakeTws(policy=Policy.WORK)) as served:
        assert await place(served.port, "a", "Submitted") == 0
        assert served.do(lambda tws: [order.status for order in tws.orders_with("a")]) == [
            "Submitted"
        ]
        served.do(lambda tws: tws.fill("a"))
        await asyncio.to_thread(served.wait, lambda tws: not tws.clients)
        assert served.do(lambda tws: tws.positions[0].contracts) == 1


async def test_what_is_done_on_the_thread_fails_in_the_test() -> None:
    with in_thread() as served, pytest.raises(KeyError):
        served.do(lambda tws: tws.fill("unknown"))


async def test_a_thread_restarts_its_server_on_the_same_port() -> None:
    with in_thread() as served:
        port = served.port
        await asyncio.to_thread(served.restart, 1)
        assert served.port == port
        assert await place(port, "a", "Submitted") == 0


def test_the_journal_can_be_read_by_another_process(tmp_path: Path) -> None:
    assert read_journal(tmp_path / "none").entries == []


@contextmanager
def program(*arguments: str) -> Iterator[int]:
    """The fake as a process; gives its port, and ends it politely."""
    command = [sys.executable, "-m", "tests.fakes.tws", "--today", "2026-03-20", *arguments]
    with subprocess.Popen(  # noqa: S603 - our own interpreter
        command, cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline().rpartition(":")[2])
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(10) == 0


async def test_a_process_serves_and_keeps_its_journal_in_a_file(tmp_path: Path) -> None:
    state = tmp_path / "journal.jsonl"
    with program("--state", str(state), "--policy", "fill_at_once", "--account", "DU7") as port:
        assert await place(port, "a", "Filled") == 1
        journal = read_journal(state)
        assert len(journal.orders("a")) == 1
        assert journal.orders("a")[0].accepted
        assert [entry.client_id for entry in journal.of("start_api")] == [7]
        assert journal.orders("b") == []


async def test_a_process_starts_with_the_faults_it_is_told(tmp_path: Path) -> None:
    state = tmp_path / "journal.jsonl"
    with program("--state", str(state), "--fault", Fault.REJECT_ORDERS.name.lower()) as port:
        assert await place(port, "a", "Inactive") == 0
