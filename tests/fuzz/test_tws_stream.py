"""Bytes from TWS that no TWS sends: the desk says what is wrong, and has the connection again."""

import asyncio
import faulthandler
import struct
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fakes.ibkr import LONG, SHORT, connected, desk_at
from tests.fakes.tws import FakeTws
from tests.fuzz.targets import quiet, seeds
from tests.fuzz.test_targets import LIMIT_S, altered
from vaultdesk.core.orders.broker import BrokerState

FEW = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
LENGTH = st.integers(0, 2**32 - 1).map(lambda size: struct.pack(">I", size))
MESSAGE = altered(seeds("tws_messages")).map(lambda body: struct.pack(">I", len(body)) + body)
GREETING = b"\0\0\0\x1a176\x0020260710 11:00:00 EST\0"


@pytest.fixture(autouse=True)
def ended_from_outside() -> Iterator[None]:
    faulthandler.dump_traceback_later(LIMIT_S, exit=True)
    yield
    faulthandler.cancel_dump_traceback_later()


class Bugs:
    """What reached the loop's last line of defence."""

    def __init__(self) -> None:
        self.seen: list[object] = []
        asyncio.get_running_loop().set_exception_handler(
            lambda _loop, context: self.seen.append(context.get("exception") or context)
        )


@FEW
@given(st.lists(MESSAGE | st.binary(max_size=30) | LENGTH, min_size=1, max_size=6))
def test_a_desk_that_is_connected_hears_nonsense_and_is_ready_again(pieces: list[bytes]) -> None:
    async def heard() -> None:
        async with connected(timeouts=LONG) as (tws, desk):
            bugs = Bugs()
            (session,) = tws.world.sessions
            for piece in pieces:
                session._out.put_nowait(piece)
            session.close()  # the nonsense is read to its end, then TWS hangs up
            await desk.state(BrokerState.OFFLINE)
            assert desk.broker.status.sentence
            desk.broker.hurry()
            await desk.state(BrokerState.READY)
            assert bugs.seen == []

    with quiet():
        asyncio.run(heard())


async def test_a_message_that_never_ends_is_noticed_by_the_next_heartbeats() -> None:
    async with connected(timeouts=SHORT) as (tws, desk):
        (session,) = tws.world.sessions
        session._out.put_nowait(b"\xff\xff\xff\xf0")
        await desk.pauses.heartbeat()
        await desk.state(BrokerState.OFFLINE)
        assert BrokerState.DEGRADED in desk.states()
        desk.broker.hurry()
        await desk.state(BrokerState.READY)


@FEW
@given(st.lists(MESSAGE | st.binary(max_size=30) | LENGTH, max_size=5), st.booleans())
def test_whoever_answers_the_call_with_nonsense_is_named(pieces: list[bytes], greets: bool) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        writer.write((GREETING if greets else b"") + b"".join(pieces))
        writer.close()

    async def called() -> None:
        bugs = Bugs()
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        async with server, desk_at(port, timeouts=SHORT) as desk:
            status = await desk.state(BrokerState.OFFLINE)
            assert status.sentence.strip().endswith(".")
            server.close()
            tws = FakeTws(port=port)
            async with tws:
                desk.broker.hurry()
                await desk.state(BrokerState.READY)
        assert bugs.seen == []

    with quiet():
        asyncio.run(called())
