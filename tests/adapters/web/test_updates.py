"""The WebSocket: order, pace, who is too slow, who is dead, and a thousand at once."""

import asyncio
import contextlib
import resource
import socket
from typing import Any

import aiohttp
import msgspec
import pytest

from tests.fakes.web_answers import TOKEN, Served, served, told
from vaultdesk.adapters.web.hub import HELD, Listener
from vaultdesk.adapters.web.shapes.alerts import AlertAnswer
from vaultdesk.adapters.web.shapes.messages import (
    AlertMessage,
    LoanMessage,
    Message,
    PortfolioUpdate,
)

PATIENCE_S = 20


def alert(number: int, sentence: str = "") -> AlertAnswer:
    return AlertAnswer(
        id=f"ltv-70#{number}",
        rule="ltv-70",
        event="crossed",
        severity="warning",
        at="2026-07-10T15:00:00+00:00",
        metric="ltv",
        subject="",
        value="0.71",
        threshold="0.70",
        sentence=sentence,
        price=None,
        source="test",
        quality="LIVE",
        age_s=None,
    )


async def next_of(listener: aiohttp.ClientWebSocketResponse) -> dict[str, Any]:
    return told(await listener.receive(PATIENCE_S))


async def test_the_portfolio_comes_at_once_and_then_regularly() -> None:
    async with served(interval_s=0.05) as desk, await desk.listen() as listener:
        messages = [await next_of(listener) for _ in range(4)]
    assert [one["type"] for one in messages] == ["portfolio_update"] * 4
    numbers = [one["sequence"] for one in messages]
    assert numbers == sorted(set(numbers))
    assert [one["data"]["problem"] for one in messages] == ["1", "2", "3", "4"]


async def test_every_message_is_of_the_shape_that_is_documented() -> None:
    async with served() as desk, await desk.listen() as listener:
        await next_of(listener)
        desk.hub.tell(AlertMessage, alert(1))
        text = await listener.receive_str(timeout=PATIENCE_S)
    message = msgspec.json.decode(text, type=Message)
    assert isinstance(message, AlertMessage)
    assert message.data == alert(1)


async def test_alerts_come_in_their_order_and_none_is_lost() -> None:
    async with served() as desk, await desk.listen() as listener:
        await next_of(listener)
        for number in range(HELD):
            desk.hub.tell(AlertMessage, alert(number))
        got = [(await next_of(listener))["data"]["id"] for _ in range(HELD)]
    assert got == [f"ltv-70#{number}" for number in range(HELD)]


async def test_what_is_newer_replaces_what_waits_and_alerts_go_first() -> None:
    async with served() as desk, await desk.listen() as listener:
        await next_of(listener)
        for _ in range(5):
            desk.hub.tell(LoanMessage, None, "loan")
        desk.hub.tell(AlertMessage, alert(1))
        first, second = await next_of(listener), await next_of(listener)
        desk.hub.tell(AlertMessage, alert(2))
        third = await next_of(listener)
    assert [one["type"] for one in (first, second, third)] == ["alert", "loan", "alert"]
    assert second["sequence"] == first["sequence"] - 1  # the last of the five


async def count_is(desk: Served, count: int) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while desk.hub.count != count:  # noqa: ASYNC110 - the hub tells nobody who came or went
            await asyncio.sleep(0)


async def slow_one(desk: Served) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A listener whose socket takes next to nothing, and that reads nothing of it."""
    narrow = socket.socket()
    narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    narrow.setblocking(False)
    await asyncio.get_running_loop().sock_connect(narrow, ("127.0.0.1", desk.server.port))
    reader, writer = await asyncio.open_connection(sock=narrow, limit=2**24)
    writer.write(
        b"GET /ws/updates HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\n"
        b"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        b"Sec-WebSocket-Protocol: bearer, " + TOKEN.encode() + b"\r\n\r\n"
    )
    assert b"101" in await reader.readline()
    await count_is(desk, 1)
    return reader, writer


async def test_a_slow_listener_is_closed_with_a_reason_and_the_others_hear_everything() -> None:
    async with served() as desk:
        reader, writer = await slow_one(desk)
        transport = writer.transport
        assert isinstance(transport, asyncio.Transport)
        transport.pause_reading()
        async with await desk.listen() as quick:
            await next_of(quick)
            sent = 0
            while desk.hub.count == 2:
                desk.hub.tell(AlertMessage, alert(sent, "x" * 4000))
                sent += 1
                assert (await next_of(quick))["data"]["id"] == f"ltv-70#{sent - 1}"
            assert HELD < sent < 5000
            transport.resume_reading()
            left = await asyncio.wait_for(reader.read(), PATIENCE_S)
            assert left.endswith(
                b"\x03\xf5" + b"Too slow: messages were piling up. Connect again and read faster."
            )  # 1013
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


async def test_portfolio_updates_never_pile_up_for_who_does_not_read() -> None:
    async with served() as desk:
        _reader, writer = await slow_one(desk)
        desk.answers.filling = "x" * 4000
        (slow,) = desk.hub._listeners
        for _ in range(2000):
            desk.hub.tell(PortfolioUpdate, await desk.answers.portfolio(), "portfolio_update")
            await asyncio.sleep(0)
        assert desk.hub.count == 1
        assert len(slow._waiting) + len(slow._latest) <= 1
        writer.transport.abort()


async def test_who_answers_no_ping_is_dropped() -> None:
    async with served(heartbeat_s=1) as desk:
        reader, writer = await slow_one(desk)
        try:
            async with await desk.listen() as alive:
                await count_is(desk, 2)
                await next_of(alive)
                heard = asyncio.create_task(next_of(alive))  # who waits for more answers pings
                await asyncio.wait_for(reader.read(), PATIENCE_S)  # until the server hangs up
                await count_is(desk, 1)
                desk.hub.tell(AlertMessage, alert(1))
                assert (await heard)["data"] == msgspec.to_builtins(alert(1))
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()


async def test_who_comes_again_hears_the_newest_at_once() -> None:
    async with served() as desk:
        async with await desk.listen() as listener:
            first = await next_of(listener)
        async with await desk.listen() as listener:
            second = await next_of(listener)
    assert second["type"] == "portfolio_update"
    assert second["sequence"] > first["sequence"]


async def test_who_leaves_is_forgotten() -> None:
    async with served() as desk:
        for _ in range(3):
            async with await desk.listen() as listener:
                await next_of(listener)
        await count_is(desk, 0)
        assert not desk.hub._listeners


async def test_a_browser_sends_the_token_as_a_protocol() -> None:
    async with served() as desk, aiohttp.ClientSession() as browser:
        url = f"{desk.url}/ws/updates"
        async with browser.ws_connect(url, protocols=("bearer", TOKEN)) as listener:
            assert listener.protocol == "bearer"
            assert (await next_of(listener))["type"] == "portfolio_update"
        for wrong in (("bearer", "x" + TOKEN), (TOKEN,), ("bearer",)):
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await browser.ws_connect(url, protocols=wrong)
            assert refused.value.status == 401


async def test_a_page_that_is_not_listed_may_not_listen() -> None:
    async with served(origins=frozenset({"https://desk.example.com"})) as desk:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await desk.listen(origin="https://evil.example")
        assert refused.value.status == 403
        async with await desk.listen(origin="https://desk.example.com") as listener:
            await next_of(listener)


async def test_the_address_is_for_sockets() -> None:
    async with served() as desk, desk.client.get(desk.url + "/ws/updates") as answer:
        assert answer.status == 426
        assert answer.headers["Upgrade"] == "websocket"


@pytest.mark.parametrize("compress", [0, 15, 12])
async def test_messages_are_deflated_where_the_client_offers_it(compress: int) -> None:
    async with served() as desk, await desk.listen(compress=compress) as listener:
        assert bool(listener.compress) is bool(compress)
        await next_of(listener)
        for number in range(3):
            desk.hub.tell(AlertMessage, alert(number, "the same words " * 50))
            assert (await next_of(listener))["data"]["id"] == f"ltv-70#{number}"


async def test_closing_says_goodbye() -> None:
    async with served() as desk:
        listener = await desk.listen()
        await next_of(listener)
        await asyncio.gather(desk.hub.close(PATIENCE_S), listener.receive(PATIENCE_S))
        assert listener.close_code == aiohttp.WSCloseCode.GOING_AWAY
        await listener.close()


async def test_a_thousand_listeners_hear_every_alert() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 8192), hard))
    try:
        async with served() as desk:
            connector = aiohttp.TCPConnector(limit=0)
            headers = {"Authorization": f"Bearer {TOKEN}"}
            async with aiohttp.ClientSession(connector=connector, headers=headers) as client:
                url = f"{desk.url}/ws/updates"
                listeners = [await client.ws_connect(url) for _ in range(1000)]
                assert desk.hub.count == 1000
                await asyncio.gather(*map(next_of, listeners))
                for number in range(3):
                    desk.hub.tell(AlertMessage, alert(number))
                    got = await asyncio.gather(*map(next_of, listeners))
                    assert {one["data"]["id"] for one in got} == {f"ltv-70#{number}"}
                for listener in listeners:
                    await listener.close()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_listener_takes_so_much_and_no_more() -> None:
    listener = Listener(aiohttp.web.WebSocketResponse())
    assert all(listener.put("x", "") for _ in range(HELD))
    assert not listener.put("x", "")
    assert all(listener.put("x", "portfolio_update") for _ in range(10 * HELD))
