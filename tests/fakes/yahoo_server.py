"""The fake Yahoo's server: cookie and crumb, v8 chart, v7 options and the stream."""

import asyncio
import json
import os
import threading
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from unittest.mock import patch

from aiohttp import WSMsgType, web

from tests.fakes import yahoo_market
from tests.fakes.yahoo_faults import Fault, spoil_chart, spoil_options
from tests.fakes.yahoo_market import Market, Row
from tests.fakes.yahoo_tls import Tunnel, authority

PATIENCE = 20.0
"""Seconds to wait for what must happen."""

_STATUS = {"Not Found": 404, "Unauthorized": 401}


@dataclass
class FakeYahoo:
    """The server's state: changed by the test's thread, read by the server's.

    `paths` counts the requests: those for data and crumb by path, those to other hosts by host.
    """

    markets: dict[str, Market] = field(default_factory=dict)
    faults: set[Fault] = field(default_factory=set)
    delay: float = 60.0
    crumb: str = "a.crumb/1"
    cookie: str = "d=fake"
    canned: dict[str, str] = field(default_factory=dict)
    paths: Counter[str] = field(default_factory=Counter)
    subscriptions: list[list[str]] = field(default_factory=list)
    streams: set[web.WebSocketResponse] = field(default_factory=set)
    proxy: str = ""
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def data_requests(self) -> int:
        """How many requests for data came, cookie and crumb not counted."""
        return sum(n for path, n in self.paths.items() if path.startswith(("/v7/", "/v8/")))

    def wait(self, happened: Callable[[], bool]) -> None:
        """Block until it happened; fails when it does not."""
        with self.changed:
            if not self.changed.wait_for(happened, PATIENCE):
                raise AssertionError("The fake Yahoo waited in vain.")

    def tick(self, symbol: str, **fields: float | str) -> None:
        """Stream one message to every subscriber."""
        text = yahoo_market.pricing(id=symbol, **fields)
        asyncio.run_coroutine_threadsafe(self._send(text), self.loop).result(PATIENCE)

    def flood(self, symbol: str, ticks: int) -> None:
        """Stream so many messages at once; each one's number is its price and its bid."""

        async def send() -> None:
            for number in range(1, ticks + 1):
                fields = {"price": number, "bid": number, "ask": number, "time": 1783713598000}
                await self._send(yahoo_market.pricing(id=symbol, **fields))

        asyncio.run_coroutine_threadsafe(send(), self.loop).result(PATIENCE)

    def release(self) -> None:
        """Let every held request go, and hold none from now on."""
        self.faults -= {Fault.SLOW, Fault.SLOW_HANDSHAKE}
        self.loop.call_soon_threadsafe(self.gate.set)

    def variables(self) -> dict[str, str]:
        """The environment that leads an unmodified client here."""
        names = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")
        proxies = dict.fromkeys(("HTTPS_PROXY", "WSS_PROXY"), self.proxy)
        return proxies | dict.fromkeys(names, str(authority()[0]))

    def reset(self, *markets: Market) -> None:
        """In good order again, with these markets, nothing counted."""
        self.release()
        self.faults.clear()
        self.canned.clear()
        self.paths.clear()
        self.subscriptions.clear()
        self.markets = {market.symbol: market for market in markets}

    @contextmanager
    def environment(self) -> Iterator[None]:
        """This process's environment, leading here until the end."""
        with patch.dict(os.environ, self.variables()):
            for name in ("https_proxy", "wss_proxy", "NO_PROXY", "no_proxy"):
                os.environ.pop(name, None)
            yield

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """One request to any of Yahoo's hosts."""
        host = request.host.partition(":")[0]
        self.paths[request.path if host.startswith("query") else host] += 1
        self._changed()
        if host.startswith("streamer."):
            return await self._stream(request)
        if not host.startswith("query"):
            return await self._consent(host, request.path)
        if request.path == "/v1/test/getcrumb":
            return await self._crumb(request)
        if request.path.startswith(("/v7/finance/options/", "/v8/finance/chart/")):
            return await self._data(request)
        return _refusal("Not Found")

    async def _consent(self, host: str, path: str) -> web.Response:
        await self._hold(Fault.SLOW_HANDSHAKE)
        if (host, path) == ("guce.yahoo.com", "/consent"):
            fields = '<input name="csrfToken" value="t"><input name="sessionId" value="s">'
            return web.Response(text=f"<form>{fields}</form>", content_type="text/html")
        response = web.Response(status=404 if host == "fc.yahoo.com" else 200, text="")
        response.set_cookie("A3", self.cookie, domain=".yahoo.com", max_age=31536000, secure=True)
        return response

    async def _crumb(self, request: web.Request) -> web.Response:
        await self._hold(Fault.SLOW_HANDSHAKE)
        if self.faults & {Fault.CRUMB_LIMITED, Fault.CRUMB_LIMITED_POLITELY}:
            status = 429 if Fault.CRUMB_LIMITED in self.faults else 200
            return web.Response(status=status, text="Edge: Too Many Requests")
        if request.cookies.get("A3") != self.cookie:
            return _refusal("Unauthorized", "Invalid Cookie")
        return web.Response(text=self.crumb)

    async def _data(self, request: web.Request) -> web.StreamResponse:
        await self._hold(Fault.SLOW)
        symbol = request.path.rsplit("/", 1)[1]
        fault = self._at_the_door(request)
        if fault is not None:
            return fault
        if symbol in self.canned:
            return web.Response(text=self.canned[symbol], content_type="application/json")
        if request.path.startswith("/v8/"):
            return await self._chart(request, self.markets.get(symbol))
        return await self._options(request, self.markets.get(symbol))

    def _at_the_door(self, request: web.Request) -> web.Response | None:
        if Fault.DROPPED in self.faults:
            _abort(request)
        if Fault.RATE_LIMITED in self.faults:
            return web.Response(status=429, text="Edge: Too Many Requests")
        if self.faults & {Fault.ERROR, Fault.ERROR_ONCE}:
            self.faults.discard(Fault.ERROR_ONCE)
            return web.Response(status=500, text="<html>Internal error</html>")
        if Fault.REFUSED in self.faults:
            return _refusal("Unauthorized")
        if Fault.WEB_PAGE in self.faults:
            return web.Response(text="<html>Please sign in.</html>", content_type="text/html")
        return web.json_response(["moved"]) if Fault.OTHER_SHAPE in self.faults else None

    async def _chart(self, request: web.Request, market: Market | None) -> web.StreamResponse:
        if market is None:
            reason = {"code": "Not Found", "description": "No data found, symbol may be delisted"}
            return web.json_response({"chart": {"result": None, "error": reason}}, status=404)
        if "period1" in request.query:  # the client asks for a time zone by days without one
            period = int(request.query["period1"]), int(request.query["period2"])
            body = yahoo_market.daily_body(market, *period)
        else:
            body = yahoo_market.chart_body(market)
        spoil_chart(body, self.faults)
        return await self._written(request, body)

    async def _options(self, request: web.Request, market: Market | None) -> web.StreamResponse:
        session = request.query.get("crumb"), request.cookies.get("A3")
        if session != (self.crumb, self.cookie) or Fault.BAD_CRUMB in self.faults:
            return _refusal("Unauthorized", "Invalid Crumb")
        if market is None:
            return web.json_response({"optionChain": {"result": [], "error": None}})
        wanted = request.query.get("date")
        expiry = None if wanted is None else datetime.fromtimestamp(int(wanted), UTC).date()
        body = yahoo_market.options_body(market, expiry)
        spoil_options(body, self.faults)
        return await self._written(request, body)

    async def _written(self, request: web.Request, body: Row) -> web.StreamResponse:
        whole = json.dumps(body).encode()
        half = whole[: len(whole) // 2]
        if Fault.CUT_OFF not in self.faults:
            text = half if Fault.TRUNCATED in self.faults else whole
            return web.Response(body=text, content_type="application/json")
        response = web.StreamResponse(headers={"Content-Length": str(len(whole))})
        await response.prepare(request)
        await response.write(half)
        _abort(request)
        return response

    async def _hold(self, fault: Fault) -> None:
        if fault in self.faults:
            self.gate.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self.gate.wait(), self.delay)

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        if Fault.STREAM_REFUSED in self.faults:
            return web.Response(status=503)
        stream = web.WebSocketResponse()
        await stream.prepare(request)
        try:
            async for message in stream:
                if message.type is WSMsgType.TEXT:
                    await self._subscribe(request, stream, json.loads(message.data)["subscribe"])
        except ConnectionError:
            pass  # the client left while it was written to
        finally:
            self.streams.discard(stream)
            self._changed()
        return stream

    async def _subscribe(
        self, request: web.Request, stream: web.WebSocketResponse, symbols: list[str]
    ) -> None:
        self.streams.add(stream)
        self.subscriptions.append(symbols)
        if Fault.STREAM_GARBLED in self.faults:
            await stream.send_str('{"type": "pricing", "message": "!!!"}')
            await stream.send_str("no JSON")
        if Fault.STREAM_SILENT not in self.faults:
            for market in (self.markets[symbol] for symbol in symbols if symbol in self.markets):
                await stream.send_str(yahoo_market.first_tick(market))
        if Fault.STREAM_CLOSED in self.faults:
            await stream.close()
        if Fault.STREAM_ABORTED in self.faults:
            _abort(request)
        self._changed()

    async def _send(self, text: str) -> None:
        for stream in tuple(self.streams):
            with suppress(ConnectionError):
                await stream.send_str(text)

    def _changed(self) -> None:
        with self.changed:
            self.changed.notify_all()


def _refusal(code: str, why: str = "") -> web.Response:
    error = {"code": code, "description": why or code}
    body = {"finance": {"result": None, "error": error}}
    return web.json_response(body, status=_STATUS[code])


def _abort(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()


async def start(yahoo: FakeYahoo) -> Callable[[], Coroutine[None, None, None]]:
    """Serve on a free port behind a proxy on another; gives what stops both."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", yahoo.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=authority()[1]).start()
    tunnel = Tunnel(runner.addresses[0][1])
    server = await asyncio.start_server(tunnel.serve, "127.0.0.1", 0)
    yahoo.proxy = "http://{}:{}".format(*server.sockets[0].getsockname())

    async def stop() -> None:
        server.close()
        await tunnel.close()
        await runner.cleanup()

    return stop
