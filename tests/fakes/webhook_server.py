"""A receiver of webhooks on loopback: it keeps what is posted and answers as told."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web


@dataclass
class Receiver:
    """`status`, `body` and `headers` are the next answers; `drops` and `hangs` give none."""

    port: int = 0
    scheme: str = "http"
    status: int = 200
    body: str = "ok"
    headers: dict[str, str] = field(default_factory=dict)
    drops: bool = False
    hangs: bool = False
    posted: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    came: asyncio.Event = field(default_factory=asyncio.Event)

    def address(self, path: str = "/services/T0/B0/token") -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}{path}"

    async def take(self, request: web.Request) -> web.Response:
        self.posted.append((request.path, dict(request.headers), await request.read()))
        self.came.set()
        if self.drops:
            assert request.transport is not None
            request.transport.close()
        if self.hangs:
            await asyncio.Event().wait()
        return web.Response(status=self.status, text=self.body, headers=self.headers)


@asynccontextmanager
async def receiver(tls: ssl.SSLContext | None = None) -> AsyncIterator[Receiver]:
    made = Receiver(scheme="https" if tls else "http")
    application = web.Application()
    application.router.add_route("*", "/{tail:.*}", made.take)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls)
    await site.start()
    made.port = runner.addresses[0][1]
    try:
        yield made
    finally:
        await runner.cleanup()
