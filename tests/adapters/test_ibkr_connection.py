"""The connection to TWS: made, watched, lost in every way, and made again."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from tests.fakes.feed import START, ManualClock
from tests.fakes.ibkr import HASTY, LONG, SHORT, Pauses, connected, desk_at, failure, order
from tests.fakes.tws import FakeTws, Fault
from vaultdesk.adapters.ibkr.broker import IbkrBroker
from vaultdesk.adapters.ibkr.connection import BACKOFF_S, JITTER, Connection
from vaultdesk.adapters.ibkr.waiting import end
from vaultdesk.core.orders.broker import BrokerState
from vaultdesk.ports import BrokerError, BrokerFault

Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def test_it_comes_up_step_by_step() -> None:
    async with FakeTws(accounts=("DU1", "DU2")) as tws, desk_at(tws.port) as desk:
        status = await desk.state(BrokerState.READY)
        assert desk.states() == [BrokerState.CONNECTING, BrokerState.SYNCING, BrokerState.READY]
        assert (status.name, status.accounts) == ("IBKR", ("DU1", "DU2"))
        assert tws.clients == {17}


async def test_where_nothing_listens_the_sentence_says_what_to_start() -> None:
    async with FakeTws() as tws:
        port = tws.port
    async with desk_at(port) as desk:
        status = await desk.state(BrokerState.OFFLINE)
        assert status.sentence.startswith(f"Nothing listens at 127.0.0.1:{port}: start TWS")
        assert status.retry_at is not None
        assert 1.0 <= (status.retry_at - START).total_seconds() <= 1.0 + JITTER


async def test_a_host_that_is_not_known_is_named() -> None:
    async with desk_at(7497, host="nobody.invalid") as desk:
        status = await desk.state(BrokerState.OFFLINE)
        assert status.sentence.startswith("The machine nobody.invalid is not known")


async def test_it_waits_ever_longer_between_its_tries() -> None:
    async with FakeTws() as tws:
        port = tws.port
    async with desk_at(port) as desk:
        for tries in range(1, 8):
            await desk.until(lambda desk: len(desk.pauses.asked) == tries)  # noqa: B023
            desk.broker.hurry()
        waits = desk.pauses.asked[:7]
        for wait, base in zip(waits, (*BACKOFF_S, 30.0, 30.0), strict=True):
            assert base <= wait <= base * (1 + JITTER)


async def test_after_a_success_it_begins_with_the_shortest_wait() -> None:
    async with connected() as (tws, desk):
        for _ in range(3):
            tws.drop()
            status = await desk.state(BrokerState.OFFLINE)
            assert status.retry_at is not None
            assert (status.retry_at - START).total_seconds() <= 1.0 + JITTER
            desk.broker.hurry()
            await desk.state(BrokerState.READY)


@asynccontextmanager
async def stranger(answer: Answer) -> AsyncIterator[int]:
    """A server that is not TWS."""
    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await server.wait_closed()


@pytest.mark.parametrize(
    "words", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"SSH-2.0-x\r\n", b"\0\0\0\2a\0"]
)
async def test_what_is_not_tws_is_recognised(words: bytes) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(4)
        writer.write(words)
        await reader.read()
        writer.close()

    async with stranger(answer) as port, desk_at(port, timeouts=SHORT) as desk:
        status = await desk.state(BrokerState.OFFLINE)
        assert status.sentence == (
            f"What answers at 127.0.0.1:{port} is not TWS: check the port in the settings."
        )


async def test_a_server_that_hangs_up_at_once_is_told() -> None:
    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    async with stranger(answer) as port, desk_at(port) as desk:
        status = await desk.state(BrokerState.OFFLINE)
        assert "hung up while connecting" in status.sentence


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (Fault.SILENT_HANDSHAKE, "says nothing: look whether it is still starting"),
        (Fault.DEAF, "says nothing: look whether it is still starting"),
        (Fault.SILENT_START, "TWS did not answer within 0.3 s"),
        (Fault.CLIENT_ID_IN_USE, "Client id 17 is in use at TWS: close the other program"),
    ],
)
async def test_a_start_that_fails_says_why_and_is_tried_again(fault: Fault, said: str) -> None:
    async with FakeTws() as tws:
        tws.faults.add(fault)
        async with desk_at(tws.port, timeouts=SHORT) as desk:
            status = await desk.state(BrokerState.OFFLINE)
            assert said in status.sentence
            refused = await failure(desk.broker.place(order("VD-1")))
            assert isinstance(refused, BrokerError)
            assert not refused.sent
            tws.faults.clear()
            desk.broker.hurry()
            await desk.state(BrokerState.READY)


async def test_a_second_desk_with_the_same_client_id_is_told_so_at_once() -> None:
    async with connected() as (tws, desk):
        async with desk_at(tws.port, timeouts=LONG) as second:
            status = await second.state(BrokerState.OFFLINE)
            assert "in use" in status.sentence
        assert desk.broker.status.state is BrokerState.READY


@pytest.mark.parametrize("fault", [Fault.DEAF, Fault.MUTE])
async def test_a_half_open_socket_is_noticed_and_dropped(fault: Fault) -> None:
    async with connected(fault, timeouts=SHORT) as (tws, desk):
        former = desk.connection.ib
        await desk.pauses.heartbeat()
        status = await desk.state(BrokerState.OFFLINE)
        assert BrokerState.DEGRADED in desk.states()
        assert status.sentence.startswith("TWS did not answer within 0.2 s")
        await tws.until(lambda tws: not tws.clients)
        tws.faults.clear()
        desk.broker.hurry()
        await desk.state(BrokerState.READY)
        assert desk.connection.ib is not former


async def test_a_heartbeat_that_is_late_once_is_forgiven() -> None:
    async with connected(Fault.MUTE, timeouts=SHORT) as (tws, desk):
        epoch = desk.connection.epoch
        await desk.pauses.heartbeat()
        await desk.state(BrokerState.DEGRADED)
        tws.faults.clear()
        await desk.state(BrokerState.READY)
        assert desk.connection.epoch == epoch


async def test_heartbeats_go_on_while_all_is_well() -> None:
    async with connected() as (tws, desk):
        for _ in range(3):
            before = len(tws.journal.of("current_time"))
            await desk.pauses.heartbeat()
            await tws.until(lambda tws: len(tws.journal.of("current_time")) > before)  # noqa: B023
        assert desk.broker.status.state is BrokerState.READY


async def test_the_daily_restart_is_survived() -> None:
    async with connected() as (tws, desk):
        epoch = desk.connection.epoch
        await tws.stop()
        await desk.state(BrokerState.OFFLINE)
        desk.broker.hurry()
        await desk.until(lambda desk: "Nothing listens" in desk.broker.status.sentence)
        await tws.start()
        desk.broker.hurry()
        await desk.state(BrokerState.READY)
        assert desk.connection.epoch == epoch + 1


@pytest.mark.parametrize("code", [1101, 1102])
async def test_lost_servers_degrade_and_their_return_synchronises_again(code: int) -> None:
    async with connected() as (tws, desk):
        epoch, asked = desk.connection.epoch, len(tws.journal.of("positions"))
        tws.connectivity(1100)
        await desk.state(BrokerState.DEGRADED)
        assert desk.connection.epoch == epoch
        tws.connectivity(code)
        await desk.state(BrokerState.READY)
        assert desk.connection.epoch == epoch + 1
        assert len(tws.journal.of("positions")) == asked + 1
        assert desk.states()[-2:] == [BrokerState.SYNCING, BrokerState.READY]


async def test_a_positions_request_without_an_answer_ends_the_connection() -> None:
    async with connected(Fault.SILENT_START, timeouts=SHORT) as (_, desk):
        lost = await failure(desk.broker.snapshot())
        assert isinstance(lost, BrokerError)
        assert lost.fault is BrokerFault.TIMEOUT
        await desk.state(BrokerState.OFFLINE)


async def test_two_snapshots_at_once_are_both_answered() -> None:
    async with connected() as (_, desk):
        first, second = await asyncio.gather(desk.broker.snapshot(), desk.broker.snapshot())
        assert first == second


async def test_a_snapshot_that_is_given_up_does_not_spoil_the_next() -> None:
    async with connected() as (tws, desk):
        tws.manual_position(tws.market.stock.con_id, 10, 300)
        asked = len(tws.journal.of("positions"))
        first = asyncio.create_task(desk.broker.snapshot())
        await tws.until(lambda tws: len(tws.journal.of("positions")) > asked)
        first.cancel()
        found = await desk.broker.snapshot()
        assert first.cancelled()
        assert [held.quantity for held in found.positions] == [10]
        assert desk.broker.status.state is BrokerState.READY


async def test_a_request_that_was_given_up_is_answered_before_the_next_is_sent() -> None:
    async with connected(Fault.MUTE) as (tws, desk):
        asked = len(tws.journal.of("positions"))
        first = asyncio.create_task(desk.broker.snapshot())
        await tws.until(lambda tws: len(tws.journal.of("positions")) == asked + 1)
        first.cancel()
        await asyncio.wait({first})
        second = asyncio.create_task(desk.broker.snapshot())
        for _ in range(5):
            await asyncio.sleep(0)
        times = len(tws.journal.of("current_time"))
        desk.connection.ib.client.reqCurrentTime()  # read after all that was sent before
        await tws.until(lambda tws: len(tws.journal.of("current_time")) > times)
        assert len(tws.journal.of("positions")) == asked + 1
        second.cancel()
        await asyncio.wait({second})


async def test_the_library_starts_nothing_by_itself_when_the_servers_are_back() -> None:
    async with connected() as (tws, desk):
        tws.connectivity(1102)
        await desk.until(lambda desk: desk.states().count(BrokerState.READY) == 2)
        assert not tws.journal.of("account_summary")


async def test_what_swallows_a_cancellation_is_cancelled_again() -> None:
    async def stubborn() -> None:
        for _ in range(2):
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                continue
        await asyncio.Event().wait()

    task = asyncio.create_task(stubborn())
    await asyncio.sleep(0)
    await end(task)
    assert task.cancelled()


async def test_waiting_for_it_has_an_end() -> None:
    connection = Connection("127.0.0.1", 1, 17, ManualClock())
    late = await failure(connection.ready(0.01))
    assert isinstance(late, BrokerError)
    assert late.fault is BrokerFault.NOT_READY
    assert str(late) == "TWS is not connected. TWS was not called yet."


@pytest.mark.parametrize("steps", range(1, 40, 3))
async def test_it_can_be_cancelled_anywhere_and_leaves_nothing(steps: int) -> None:
    async with FakeTws() as tws:
        before = asyncio.all_tasks()
        pauses = Pauses()
        connection = Connection(
            tws.host,
            tws.port,
            17,
            ManualClock(),
            sleep=pauses.sleep,
        )
        broker = IbkrBroker(connection, ManualClock(), patience=HASTY)
        running = asyncio.create_task(broker.run())
        for _ in range(steps):
            await asyncio.sleep(0)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        assert broker.status.state is BrokerState.OFFLINE
        await tws.until(lambda tws: not tws.world.sessions)
        mine = {task for task in asyncio.all_tasks() - before if "FakeTws" not in repr(task)}
        assert not {task for task in mine if "session" not in repr(task)}
