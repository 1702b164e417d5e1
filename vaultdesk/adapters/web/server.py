"""The server: routes, who may pass, and what a refusal looks like."""

from __future__ import annotations

import errno
import logging
import re
import socket as sockets
from datetime import date
from typing import TYPE_CHECKING, Any

import msgspec
from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from vaultdesk.adapters.web import access
from vaultdesk.adapters.web.openapi import IF_MATCH, QUERIES, document
from vaultdesk.adapters.web.shapes.alerts import AlertConfiguration
from vaultdesk.adapters.web.shapes.reports import Fault
from vaultdesk.ports import InputError, KnownError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from vaultdesk.adapters.web.answers import Answers
    from vaultdesk.adapters.web.hub import Hub

    Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

MOST_BYTES = 512 * 1024
"""Of a request's body."""
WORTH_PACKING = 1024
"""Bytes from which an answer is compressed, where the client takes that."""
HEARTBEAT_S = 20.0
"""A listener that answers no ping for half as long again is dropped."""
SEND_BUFFER = 64 * 1024
"""Of a listener's socket: what waits in the system cannot be replaced by something newer."""
MISSING = ("symbol", "expiry", "id")
"""Fields of an InputError that name what there is not."""

log = logging.getLogger("vaultdesk.web")


class _Discreet(logging.Filter):
    """A request that is no HTTP is noted without its text, which may hold the token."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info and isinstance(record.exc_info[1], HttpProcessingError):
            record.exc_info = None
        return True


log.addFilter(_Discreet())


class Server:
    """Answers at one address until closed; `report` is told bugs, without what was asked."""

    def __init__(
        self,
        answers: Answers,
        hub: Hub,
        token: str,
        *,
        report: Callable[[BaseException], object],
        origins: frozenset[str] = frozenset(),
        heartbeat_s: float = HEARTBEAT_S,
    ) -> None:
        self.port = 0
        self._answers, self._hub, self._report = answers, hub, report
        self._gate, self._origins = access.Gate(token), origins
        self._heartbeat_s = heartbeat_s
        self._local = True
        self._document = msgspec.json.encode(document())
        self._runner: web.AppRunner | None = None

    async def open(self, host: str, port: int) -> None:
        """Listen there; port 0 takes any that is free.

        Raises:
            KnownError: it cannot; the sentence says what to do.
        """
        self._local = access.is_loopback(host)
        application = web.Application(
            middlewares=[self._guarded], client_max_size=MOST_BYTES, logger=log
        )
        application.add_routes(self._routes())
        self._runner = web.AppRunner(
            application, access_log=None, logger=log, shutdown_timeout=0.2, handle_signals=False
        )
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, host, port, backlog=1024).start()
        except OSError as error:
            await self.close()
            raise KnownError(_why_not(host, port, error)) from error
        self.port = self._runner.addresses[0][1]

    async def close(self) -> None:
        """Answer nobody any more."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    def _routes(self) -> list[web.RouteDef]:
        return [
            web.get("/health", self._health),
            web.get("/openapi.json", self._openapi),
            web.get("/api/portfolio", self._portfolio),
            web.get("/api/options", self._options),
            web.get("/api/options/chain", self._chain),
            web.get("/api/strategies", self._strategies),
            web.get("/api/alerts/configure", self._alerts),
            web.put("/api/alerts/configure", self._configure),
            web.get("/api/reports", self._reports),
            web.get("/api/reports/{id}.pdf", self._report_pdf),
            web.get("/ws/updates", self._updates),
        ]

    @web.middleware
    async def _guarded(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Let through who may pass; whatever goes wrong is answered as JSON."""
        origin = request.headers.get("Origin", "")
        try:
            response = self._refused(request, origin) or _strange(request) or await handler(request)
        except web.HTTPException as error:
            response = _fault(error.status, _WORDS.get(error.status, error.reason))
            if "Allow" in error.headers:
                response.headers["Allow"] = error.headers["Allow"]
        except InputError as error:
            response = _fault(_status(error), str(error), error.field)
        except KnownError as error:
            response = _fault(503, str(error))
        except Exception as error:  # noqa: BLE001 - the last line of defence of a connection
            self._report(error)
            response = _fault(500, "The desk failed to answer: its log says why.")
        if not response.prepared:
            self._share(response, origin)
        return response

    def _refused(self, request: web.Request, origin: str) -> web.Response | None:
        """Why this request is not answered; None where it is."""
        if self._local and not access.names_this_machine(request.headers.get("Host", "")):
            return _fault(421, "Ask for 127.0.0.1 or localhost: the desk goes by no other name.")
        if request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers:
            return web.Response(status=204) if origin in self._origins else _fault(403, _NO_ORIGIN)
        given = access.token_given(
            request.headers.get("Authorization", ""),
            request.headers.get("Sec-WebSocket-Protocol", ""),
        )
        if not self._gate.admits(given):
            response = _fault(401, "Send the token: Authorization: Bearer, a space, the token.")
            response.headers["WWW-Authenticate"] = 'Bearer realm="VaultDesk"'
            return response
        return None

    def _share(self, response: web.StreamResponse, origin: str) -> None:
        """Tell a browser which pages may read this; nothing is kept by anybody between."""
        response.headers["Server"] = "VaultDesk"
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Vary"] = "Origin, Accept-Encoding"
        if origin in self._origins:
            response.headers["Access-Control-Allow-Origin"] = origin
            response.headers["Access-Control-Allow-Methods"] = "GET, PUT"
            response.headers["Access-Control-Allow-Headers"] = (
                "Authorization, Content-Type, If-Match"
            )
            response.headers["Access-Control-Expose-Headers"] = "ETag"

    async def _health(self, _request: web.Request) -> web.Response:
        health = await self._answers.health()
        return _json(health, 200 if health.status == "ok" else 503)

    async def _openapi(self, _request: web.Request) -> web.Response:
        return _packed(web.Response(body=self._document, content_type="application/json"))

    async def _portfolio(self, request: web.Request) -> web.Response:
        return _json(await self._answers.portfolio(_symbol(request)))

    async def _options(self, request: web.Request) -> web.Response:
        return _json(await self._answers.options(_symbol(request)))

    async def _chain(self, request: web.Request) -> web.Response:
        return _json(await self._answers.chain(_symbol(request), _expiry(request)))

    async def _strategies(self, request: web.Request) -> web.Response:
        return _json(await self._answers.strategies(_symbol(request)))

    async def _alerts(self, _request: web.Request) -> web.Response:
        configuration, version = await self._answers.alert_configuration()
        return _versioned(configuration, version)

    async def _configure(self, request: web.Request) -> web.Response:
        version = request.headers.get("If-Match", "").strip()
        if not version:
            return _fault(428, "Send If-Match with the ETag that a GET gave.")
        if not _VERSION.fullmatch(version):
            return _fault(400, "If-Match is the ETag that a GET gave, with its quotes, or *.")
        if request.content_type != "application/json":
            return _fault(415, "Send the configuration as application/json.")
        wanted = _decoded(await request.read())
        return _versioned(*await self._answers.configure_alerts(wanted, version.strip('"')))

    async def _reports(self, _request: web.Request) -> web.Response:
        return _json(await self._answers.reports())

    async def _report_pdf(self, request: web.Request) -> web.Response:
        body = await self._answers.report_pdf(request.match_info["id"])
        return web.Response(body=body, content_type="application/pdf")

    async def _updates(self, request: web.Request) -> web.StreamResponse:
        if request.headers.get("Upgrade", "").lower() != "websocket":
            response = _fault(426, "Ask for this address with a WebSocket.")
            response.headers["Upgrade"] = "websocket"
            return response
        origin = request.headers.get("Origin", "")
        if origin and origin not in self._origins:
            return _fault(403, _NO_ORIGIN)
        offered = request.headers.get("Sec-WebSocket-Protocol", access.PROTOCOL)
        if offered.split(",")[0].strip() != access.PROTOCOL:
            return _fault(400, "Offer no protocol, or 'bearer' and the token.")
        if self._hub.full:
            return _fault(503, "Too many programs listen already: close one of them.")
        socket = web.WebSocketResponse(
            protocols=(access.PROTOCOL,),
            heartbeat=self._heartbeat_s,
            max_msg_size=4096,
            writer_limit=8192,
            timeout=1.0,
        )
        await socket.prepare(request)
        _narrow(request)
        await self._hub.serve(socket)
        return socket


_VERSION = re.compile(IF_MATCH["schema"]["pattern"])
_NO_ORIGIN = "This page is not among serve_origins: add it in Settings, Server."
_WORDS = {
    400: "This request cannot be read.",
    404: "There is nothing at this address: /openapi.json lists what there is.",
    405: "This address does not take that method.",
    413: "That is too much: send less than 512 KB.",
}


def _status(error: InputError) -> int:
    if error.field in MISSING:
        return 404
    return 412 if error.field == "version" else 422


def _strange(request: web.Request) -> web.Response | None:
    """A refusal of what is asked for under another name than the document's, or twice."""
    resource = request.match_info.route.resource
    known = QUERIES.get(resource.canonical, frozenset()) if resource else None
    if known is None:
        return None
    for name in request.query:
        if name not in known:
            return _fault(400, f"There is no parameter '{name[:40]}' here: leave it out.")
        if len(request.query.getall(name)) > 1:
            return _fault(400, f"Give {name} once.")
    return None


def _symbol(request: web.Request) -> str:
    symbol = request.query.get("symbol")
    if symbol == "":
        raise InputError("Name a symbol, such as GLD, or leave the parameter out.", "symbol")
    return symbol or ""


def _expiry(request: web.Request) -> date | None:
    text = request.query.get("expiry")
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError(f"'{text[:20]}' is no date: send one such as 2026-12-18.", "day") from None


def _decoded(body: bytes) -> AlertConfiguration:
    """The configuration of a request's body.

    Raises:
        web.HTTPBadRequest: it is no JSON.
        InputError: it is not of the shape; the field is named.
    """
    try:
        return msgspec.json.decode(body, type=AlertConfiguration)
    except msgspec.ValidationError as error:
        sentence, _, where = str(error).partition(" - at ")
        field = where.strip("`").removeprefix("$.").removeprefix("$") or "body"
        raise InputError(f"{field}: {sentence}.", field) from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise web.HTTPBadRequest from None


def _json(answer: Any, status: int = 200) -> web.Response:  # noqa: ANN401
    body = msgspec.json.encode(answer)
    return _packed(web.Response(body=body, status=status, content_type="application/json"))


def _packed(response: web.Response) -> web.Response:
    """Compressed where the client takes that, and in a thread where it takes long."""
    if isinstance(response.body, bytes) and len(response.body) >= WORTH_PACKING:
        response.enable_compression()
    return response


def _versioned(configuration: AlertConfiguration, version: str) -> web.Response:
    response = _json(configuration)
    response.headers["ETag"] = f'"{version}"'
    return response


def _fault(status: int, sentence: str, field: str = "") -> web.Response:
    return _json(Fault(error=sentence, field=field), status)


def _narrow(request: web.Request) -> None:
    """Let little wait in the system for a listener that does not read."""
    transport = request.transport
    if transport is None:
        return
    transport.set_write_buffer_limits(high=SEND_BUFFER)
    socket = transport.get_extra_info("socket")
    if socket is not None:
        socket.setsockopt(sockets.SOL_SOCKET, sockets.SO_SNDBUF, SEND_BUFFER)


def _why_not(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {port} is in use, so no other program can ask the desk: choose another "
            "serve_port in Settings, Server."
        )
    if isinstance(error, sockets.gaierror) or error.errno == errno.EADDRNOTAVAIL:
        return f"This machine has no address {host}: change serve_host in Settings, Server."
    if error.errno == errno.EACCES:
        return f"Port {port} needs more rights: choose a serve_port of 1024 or more."
    return f"The desk cannot listen at {host}:{port} ({error.strerror}): change that in Settings."
