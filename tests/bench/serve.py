"""The server: a thousand listeners while quotes tick, and how many answers a second it gives."""

import asyncio
import resource
import time
from dataclasses import dataclass, field
from datetime import datetime
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory

import aiohttp
import msgspec
from aiohttp import web

from tests.bench.loop import LoopProbe, memory_mb
from vaultdesk import settings as layers
from vaultdesk.adapters.web import access
from vaultdesk.app import parts
from vaultdesk.app.defence import Defence
from vaultdesk.app.serving.headless import Headless
from vaultdesk.events import LoanValued

LISTENERS = 1000
SECONDS = 10
ASKED = 2000
AT_ONCE = 16
FILES = 8192


@dataclass
class Heard:
    """What the listeners' process measured; lateness in ms from telling to reading."""

    late_ms: list[float] = field(default_factory=list)
    messages: int = 0
    closed: int = 0


def run() -> None:
    """Measure both."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, FILES), hard))
    try:
        with TemporaryDirectory() as folder:
            asyncio.run(_measure(Path(folder)))
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


async def _measure(folder: Path) -> None:
    flags = {"secrets_in": "session", "websocket_interval_seconds": 1}
    chosen = msgspec.structs.replace(layers.load({"feed": "simulated"}), **flags)
    profile = parts.Profile(chosen, demo=True)
    desk = Headless(profile, {}, Defence(folder, "error", qt=False), print)
    stores = await asyncio.to_thread(parts.open_stores, profile)
    valued = asyncio.Event()

    def look(event: LoanValued) -> None:
        if event.state is not None:
            valued.set()

    desk.bus.subscribe(LoanValued, look)
    await desk.open(stores)
    await valued.wait()
    await desk.services.chain.settled()
    await desk.serving.use(chosen, on=True)
    token = await desk.credentials.get(access.TOKEN)
    try:
        await _listeners(desk, token)
        await _answers(desk, token)
    finally:
        await desk.close()
        await asyncio.to_thread(stores.close)


async def _listeners(desk: Headless, token: str) -> None:
    before = memory_mb()
    ours, theirs = get_context("spawn").Pipe()
    crowd = get_context("spawn").Process(
        target=_crowd, args=(theirs, desk.serving.at, token), daemon=True
    )
    crowd.start()
    await asyncio.to_thread(ours.recv)
    probe = LoopProbe()
    probe.start()
    heard: Heard = await asyncio.to_thread(ours.recv)
    probe.stop()
    each_kb = 1024 * (memory_mb() - before) / LISTENERS
    crowd.join()
    late = sorted(heard.late_ms)
    print(
        f"serve: {LISTENERS} listeners for {SECONDS} s, {heard.messages} messages, "
        f"{heard.closed} lost; told to read p50 {_at(late, 0.5):.0f} ms, "
        f"p99 {_at(late, 0.99):.0f} ms; loop late p99 {probe.quantile(0.99):.1f} ms, "
        f"worst {max(probe.samples):.1f} ms; {each_kb:.0f} KB a listener"
    )


def _crowd(told: Connection, url: str, token: str) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, FILES)), hard))
    asyncio.run(_listen(told, url, token))


async def _listen(told: Connection, url: str, token: str) -> None:
    heard = Heard()
    connector = aiohttp.TCPConnector(limit=0)
    headers = {"Authorization": f"Bearer {token}"}
    async with aiohttp.ClientSession(connector=connector, headers=headers) as client:
        sockets = [
            await client.ws_connect(f"{url}/ws/updates", compress=15) for _ in range(LISTENERS)
        ]
        readers = [asyncio.create_task(_read(one, heard)) for one in sockets]
        await asyncio.sleep(1)
        heard.late_ms.clear()
        heard.messages = 0
        told.send("ready")
        await asyncio.sleep(SECONDS)
        told.send(heard)
        for reader in readers:
            reader.cancel()


async def _read(socket: aiohttp.ClientWebSocketResponse, heard: Heard) -> None:
    async for message in socket:
        now = time.time()
        heard.messages += 1
        text = message.data
        start = text.index('"told":"') + 8
        stamp = text[start : text.index('"', start)]
        heard.late_ms.append(1000 * (now - _seconds(stamp)))
    heard.closed += 1


def _seconds(stamp: str) -> float:
    return datetime.fromisoformat(stamp).timestamp()


def _at(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("nan")


async def _answers(desk: Headless, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}", "Accept-Encoding": "identity"}
    async with aiohttp.ClientSession(headers=headers) as client:
        async with client.get(f"{desk.serving.at}/api/portfolio") as answer:
            body = await answer.read()
        ours = await _rate(client, f"{desk.serving.at}/api/portfolio")
        application = web.Application()

        async def bare(_request: web.Request) -> web.Response:
            return web.Response(body=body, content_type="application/json")

        application.add_routes([web.get("/", bare)])
        runner = web.AppRunner(application, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        peer = await _rate(client, f"http://127.0.0.1:{runner.addresses[0][1]}/")
        await runner.cleanup()
    print(
        f"serve: GET /api/portfolio ({len(body)} bytes) {ours:.0f}/s, "
        f"a bare aiohttp handler with the same bytes {peer:.0f}/s ({ours / peer:.0%})"
    )


async def _rate(client: aiohttp.ClientSession, url: str) -> float:
    """Answers a second to several who ask one after the other; the client is on the same core."""
    left = iter(range(ASKED))

    async def ask() -> None:
        for _ in left:
            async with client.get(url) as answer:
                await answer.read()

    began = time.perf_counter()
    await asyncio.gather(*(ask() for _ in range(AT_ONCE)))
    return ASKED / (time.perf_counter() - began)
