"""A desk that answers what a test wrote down, and the server in front of it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import aiohttp
import msgspec

from tests.fakes.feed import ManualClock
from vaultdesk.adapters.web.hub import Hub
from vaultdesk.adapters.web.server import Server
from vaultdesk.adapters.web.shapes.alerts import AlertConfiguration
from vaultdesk.adapters.web.shapes.health import (
    AlertsHealth,
    BrokerHealth,
    CacheHealth,
    DatabaseHealth,
    DiskHealth,
    Environment,
    FeedHealth,
    Health,
    KeyringHealth,
)
from vaultdesk.adapters.web.shapes.options import OptionChain, Options
from vaultdesk.adapters.web.shapes.portfolio import Portfolio, QuoteAnswer
from vaultdesk.adapters.web.shapes.reports import Reports
from vaultdesk.adapters.web.shapes.strategies import Strategies

TOKEN = "0123456789-the-token-of-the-tests"

HEALTHY = Health(
    status="ok",
    version="0",
    environment=Environment(profile="desk", demo=False, mark=""),
    feed=FeedHealth(
        name="test", state="polling", sentence="", at=None, age_s=1, quality="LIVE", fresh_for_s=60
    ),
    broker=BrokerHealth(name="none", state="", sentence="", account_mode="none"),
    database=DatabaseHealth(file="desk.db", schema=7, newest_schema=7, writable=True, sentence=""),
    cache=CacheHealth(enabled=True),
    alerts=AlertsHealth(last_evaluation=None, age_s=None),
    disk=DiskHealth(free_bytes=None),
    keyring=KeyringHealth(place="session", state=""),
    problems=[],
)


@dataclass
class WrittenDown:
    """Each answer as it is to be given; an exception in its place is raised."""

    healthy: Health = HEALTHY
    portfolios: int = 0
    filling: str = ""
    error: Exception | None = None
    configured: list[tuple[AlertConfiguration, str]] = field(default_factory=list)

    async def health(self) -> Health:
        return self.healthy

    async def portfolio(self, symbol: str = "") -> Portfolio:
        if self.error:
            raise self.error
        self.portfolios += 1
        quote = QuoteAnswer(symbol=symbol or "GLD", source="test")
        return Portfolio(quote=quote, loan=None, problem=f"{self.portfolios}{self.filling}")

    async def options(self, symbol: str) -> Options:
        raise NotImplementedError(symbol)

    async def chain(self, symbol: str, expiry: date | None) -> OptionChain:
        raise NotImplementedError(symbol, expiry)

    async def strategies(self, symbol: str) -> Strategies:
        raise NotImplementedError(symbol)

    async def alert_configuration(self) -> tuple[AlertConfiguration, str]:
        return AlertConfiguration(rules=[], quiet_from="", quiet_to=""), "v1"

    async def configure_alerts(
        self, wanted: AlertConfiguration, version: str
    ) -> tuple[AlertConfiguration, str]:
        self.configured.append((wanted, version))
        return wanted, "v2"

    async def reports(self) -> Reports:
        return Reports(reports=[])

    async def report_pdf(self, number: str) -> bytes:
        return b"%PDF " + number.encode()


@dataclass
class Served:
    """A server that runs, what is behind it, and a client that knows the token."""

    answers: WrittenDown
    hub: Hub
    server: Server
    client: aiohttp.ClientSession
    bugs: list[BaseException]
    publishing: asyncio.Task[None]
    interval_s: float = 3600

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.port}"

    async def listen(self, **more: Any) -> aiohttp.ClientWebSocketResponse:  # noqa: ANN401
        listener: aiohttp.ClientWebSocketResponse = await self.client.ws_connect(
            f"{self.url}/ws/updates", **more
        )
        return listener


@asynccontextmanager
async def served(
    *, origins: frozenset[str] = frozenset(), heartbeat_s: float = 20, interval_s: float = 3600
) -> AsyncIterator[Served]:
    answers, bugs = WrittenDown(), list[BaseException]()
    hub = Hub(answers.portfolio, ManualClock().now, lambda: interval_s)
    server = Server(
        answers, hub, TOKEN, report=bugs.append, origins=origins, heartbeat_s=heartbeat_s
    )
    await server.open("127.0.0.1", 0)
    publishing = asyncio.create_task(hub.publish())
    try:
        async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {TOKEN}"}) as client:
            yield Served(answers, hub, server, client, bugs, publishing)
    finally:
        publishing.cancel()
        await asyncio.wait([publishing])
        await hub.close(1)
        await server.close()


def told(message: aiohttp.WSMessage) -> dict[str, Any]:
    """A message of the socket as plain values."""
    assert message.type is aiohttp.WSMsgType.TEXT, message
    answer = msgspec.json.decode(message.data)
    assert isinstance(answer, dict)
    return answer
