"""The price stream's connections: through proxies, without a network, and closed for good."""

import asyncio
import gc
import os
import socket
import threading
import time
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import pytest

from tests.fakes.yahoo import FakeYahoo, Fault
from tests.fakes.yahoo_asking import QUICK, STREAMER, next_of, polling, read_on, streaming
from vaultdesk.ports import FeedError, FeedFault

pytest_plugins = ["tests.fakes.yahoo_fixtures"]


async def test_without_a_network_the_stream_waits_for_one(
    fake_yahoo: FakeYahoo, yahoo_folder: Path
) -> None:
    async with streaming(yahoo_folder) as feed:
        await feed.quote("GLD")
        with patch.dict(os.environ, {"WSS_PROXY": "http://nowhere.invalid:80"}):
            reading = asyncio.ensure_future(next_of(feed.stream("GLD")))
            await polling(feed, "cannot be reached")
        await reading
        assert fake_yahoo.subscriptions == [["GLD"]]


async def test_a_name_server_that_hangs_holds_up_nobody(
    fake_yahoo: FakeYahoo, yahoo_folder: Path
) -> None:
    asked, let_go = threading.Event(), threading.Event()

    def hang(*_: object) -> None:
        asked.set()
        let_go.wait(20)
        raise OSError("no answer")

    async with streaming(yahoo_folder) as feed:
        await feed.quote("GLD")
        proxy = {"WSS_PROXY": "http://a.proxy:80"}
        with patch("socket.getaddrinfo", hang), patch.dict(os.environ, proxy):
            reading = asyncio.ensure_future(next_of(feed.stream("GLD")))
            await asyncio.to_thread(asked.wait, 20)
            start = time.monotonic()
            await feed.close()
            await asyncio.gather(reading, return_exceptions=True)
            assert time.monotonic() - start < 1
        assert fake_yahoo.paths[STREAMER] == 0
        hung = [t for t in threading.enumerate() if t.name == "yahoo stream names"]
        assert [thread.daemon for thread in hung] == [True]
        let_go.set()
        await asyncio.to_thread(hung[0].join, 20)


async def test_https_proxy_serves_where_wss_proxy_is_not_set(
    fake_yahoo: FakeYahoo, yahoo_folder: Path
) -> None:
    assert fake_yahoo.proxy
    with patch.dict(os.environ):
        del os.environ["WSS_PROXY"]
        async with streaming(yahoo_folder) as feed:
            await next_of(feed.stream("GLD"))


async def test_a_proxy_that_cannot_carry_the_stream_is_told_at_once(yahoo_folder: Path) -> None:
    with patch.dict(os.environ, {"WSS_PROXY": "socks5://127.0.0.1:1080"}):
        async with streaming(yahoo_folder) as feed:
            with pytest.raises(FeedError, match="cannot pass the proxy") as caught:
                await next_of(feed.stream("GLD"))
    assert caught.value.fault is FeedFault.NO_DATA


async def test_an_ended_stream_leaves_no_socket_open(
    fake_yahoo: FakeYahoo, yahoo_folder: Path
) -> None:
    def open_sockets() -> list[socket.socket]:
        found = [one for one in gc.get_objects() if isinstance(one, socket.socket)]
        port = int(fake_yahoo.proxy.rpartition(":")[2])
        return [one for one in found if one.fileno() != -1 and leads_to(one, port)]

    for fault in (None, Fault.STREAM_CLOSED, Fault.STREAM_ABORTED, Fault.STREAM_REFUSED):
        fake_yahoo.faults = {fault} if fault else set()
        fake_yahoo.paths.clear()
        async with streaming(yahoo_folder, replace(QUICK, shortest_wait=60)) as feed:
            reading = asyncio.ensure_future(anext(feed.stream("GLD")))
            await asyncio.to_thread(fake_yahoo.wait, lambda: fake_yahoo.paths[STREAMER] >= 1)
            reading.cancel()
        assert not open_sockets()


def leads_to(one: socket.socket, port: int) -> bool:
    try:
        return one.family is socket.AF_INET and one.getpeername()[1] == port
    except OSError:
        return False


async def test_closing_the_feed_ends_the_stream_at_once(
    fake_yahoo: FakeYahoo, yahoo_folder: Path
) -> None:
    async with streaming(yahoo_folder) as feed:
        stream = feed.stream("GLD")
        await next_of(stream)
        waiting = asyncio.ensure_future(anext(stream, None))
        await asyncio.sleep(0)
        start = time.monotonic()
        await feed.close()
        assert await waiting is None
        assert time.monotonic() - start < 1
        await asyncio.to_thread(fake_yahoo.wait, lambda: not fake_yahoo.streams)


async def test_a_reader_that_leaves_or_is_cancelled_closes_its_connection(
    fake_yahoo: FakeYahoo, yahoo_folder: Path
) -> None:
    async with streaming(yahoo_folder) as feed:
        async with aclosing(feed.stream("GLD")) as stream:
            async for _ in stream:
                break
        await asyncio.to_thread(fake_yahoo.wait, lambda: not fake_yahoo.streams)
        reader = asyncio.ensure_future(read_on(feed))
        await asyncio.to_thread(fake_yahoo.wait, lambda: bool(fake_yahoo.streams))
        reader.cancel()
        await asyncio.gather(reader, return_exceptions=True)
        await asyncio.to_thread(fake_yahoo.wait, lambda: not fake_yahoo.streams)
