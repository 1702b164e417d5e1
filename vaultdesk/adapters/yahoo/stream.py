"""Yahoo's price stream: one WebSocket per symbol, renewed for ever, on the event loop.

Loaded in the feed's thread, because aiohttp and the protobuf message take a while to import.
yfinance's own listener spins on a normal close and never comes back after an abort.
"""

import asyncio
import base64
import json
import os
import random
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import cast
from urllib.request import getproxies, proxy_bypass

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from curl_cffi.curl import DEFAULT_CACERT
from google.protobuf.message import DecodeError
from yarl import URL
from yfinance.pricing_pb2 import PricingData

from vaultdesk.adapters.yahoo import faults
from vaultdesk.adapters.yahoo.pulse import Pulse
from vaultdesk.adapters.yahoo.read import Pricing
from vaultdesk.services.worker import Worker

ADDRESS = URL("wss://streamer.finance.yahoo.com/?version=2")

_CARRIES = (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY)
_ABNORMAL = 1006
"""The close code of a connection that was cut (RFC 6455, 7.1.5)."""

_LOST = (aiohttp.ClientError, TimeoutError, OSError)
"""How a connection fails."""


class _Resolver(AbstractResolver):
    """Looks names up in a daemon thread: a name server that hangs must not delay the exit."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        worker = Worker("yahoo stream names")
        look_up = partial(socket.getaddrinfo, host, port, family, socket.SOCK_STREAM)
        try:
            found = await worker.run(look_up)
        finally:
            worker.retire()
        return [
            ResolveResult(
                hostname=host,
                host=str(address[0]),
                port=int(address[1]),
                family=kind,
                proto=protocol,
                flags=socket.AI_NUMERICHOST,
            )
            for kind, _, protocol, _, address in found
        ]

    async def close(self) -> None:
        """Nothing is kept."""


@asynccontextmanager
async def _session(tls: ssl.SSLContext) -> AsyncIterator[aiohttp.ClientSession]:
    """A session that leaves no socket behind: closed TLS would wait 30 s for the other side."""
    opened: list[socket.socket] = []

    def open_socket(address: aiohttp.AddrInfoType) -> socket.socket:
        opened.append(socket.socket(*address[:3]))
        return opened[-1]

    connector = aiohttp.TCPConnector(resolver=_Resolver(), ssl=tls, socket_factory=open_socket)
    try:
        async with aiohttp.ClientSession(connector=connector) as session:
            yield session
    finally:
        for one in opened:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        with suppress(TimeoutError):
            async with asyncio.timeout(0.5):
                while any(one.fileno() != -1 for one in opened):  # noqa: ASYNC110
                    await asyncio.sleep(0.001)


def certificates() -> ssl.SSLContext:
    """Trusts what the yfinance client trusts: the environment's files beside the system's."""
    context = ssl.create_default_context()
    named = (os.environ.get(name, "") for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"))
    for file in {DEFAULT_CACERT, *named}:
        with suppress(OSError):
            context.load_verify_locations(file)
    return context


def proxy() -> URL | None:
    """The proxy the environment names for the stream, like any HTTPS connection's; None without.

    aiohttp's `trust_env` knows WSS_PROXY alone, which few set.

    Raises:
        FeedError: NO_DATA: it is a proxy of a kind the stream cannot use.
    """
    if ADDRESS.host is not None and proxy_bypass(ADDRESS.host):
        return None
    named = getproxies()
    found = named.get("wss") or named.get("https") or named.get("all")
    if found and not found.startswith(("http://", "https://")):
        raise faults.no_data(
            "Yahoo's stream cannot pass the proxy, which is none for HTTP; "
            "prices are asked for at intervals."
        )
    return URL(found) if found else None


class Stream:
    """One symbol's stream: connects, subscribes, listens, and does it all again when it ends."""

    def __init__(self, symbol: str, pulse: Pulse, rng: random.Random) -> None:
        self._symbol, self._pulse, self._rng = symbol, pulse, rng
        self._tls = certificates()

    async def run(self, heard: Callable[[Pricing], None], lost: Callable[[str], None]) -> None:
        """Tell each message, and each time why none come now; ends only by cancellation.

        Raises:
            FeedError: NO_DATA: the proxy is of a kind the stream cannot use.
        """
        failures = 0

        def hear(message: Pricing) -> None:
            nonlocal failures
            failures = 0
            heard(message)

        while True:
            try:
                lost(await self._connection(hear))
            except _LOST:
                lost("Yahoo's stream cannot be reached")
            await asyncio.sleep(self._pulse.wait(failures, self._rng))
            failures += 1

    async def _connection(self, hear: Callable[[Pricing], None]) -> str:
        """Listen on one connection until it ends or falls silent, and say which.

        Raises:
            ClientError, OSError, TimeoutError: The connection could not be made.
        """
        through = proxy()
        login = through and through.user and aiohttp.BasicAuth(through.user, through.password or "")
        async with _session(self._tls) as session:
            async with asyncio.timeout(self._pulse.connect):
                socket_ = await session.ws_connect(
                    ADDRESS,
                    proxy=through and through.with_user(None),
                    proxy_auth=login or None,
                    heartbeat=self._pulse.heartbeat,
                    timeout=aiohttp.ClientWSTimeout(ws_close=0.5),
                )
            async with socket_:
                renewal = asyncio.create_task(self._subscribe(socket_))
                try:
                    return await self._listen(socket_, hear)
                finally:
                    renewal.cancel()
                    await asyncio.gather(renewal, return_exceptions=True)

    async def _subscribe(self, socket_: aiohttp.ClientWebSocketResponse) -> None:
        while True:
            await socket_.send_json({"subscribe": [self._symbol]})
            await asyncio.sleep(self._pulse.resubscribe)

    async def _listen(
        self, socket_: aiohttp.ClientWebSocketResponse, hear: Callable[[Pricing], None]
    ) -> str:
        clock = asyncio.get_running_loop().time
        with suppress(TimeoutError):
            async with asyncio.timeout(self._pulse.silent_after) as watchdog:
                while (frame := await socket_.receive()).type in _CARRIES:
                    message = decoded(frame.data)
                    if message is not None and message.id == self._symbol:
                        watchdog.reschedule(clock() + self._pulse.silent_after)
                        hear(message)
                    await asyncio.sleep(0)  # frames that wait already come without a pause
            broken = frame.type is aiohttp.WSMsgType.ERROR or socket_.close_code == _ABNORMAL
            return "Yahoo's stream broke off" if broken else "Yahoo's stream was closed"
        return "Yahoo's stream is silent"


def decoded(frame: str | bytes) -> Pricing | None:
    """The message in a frame: protobuf, in base64, in JSON; None when it holds no such thing."""
    message = PricingData()
    try:
        message.ParseFromString(base64.b64decode(json.loads(frame)["message"], validate=True))
    except (ValueError, LookupError, TypeError, DecodeError):
        return None
    return cast("Pricing", message)
