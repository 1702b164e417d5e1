"""The server of a desk: switched on and off as the settings have it, and told what happens."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vaultdesk.adapters.web import access
from vaultdesk.adapters.web.shapes.messages import (
    AlertMessage,
    ChainMessage,
    LoanMessage,
    OrderMessage,
)
from vaultdesk.app.answers.alerts import alert_answer
from vaultdesk.app.answers.orders import order_answer
from vaultdesk.app.credentials import SESSION
from vaultdesk.events import (
    AlertRaised,
    ChainChanged,
    LoanValued,
    OrderChanged,
    ProblemCleared,
    ProblemRaised,
)
from vaultdesk.ports import InputError, KnownError, SecretError, SecretFault

if TYPE_CHECKING:
    from collections.abc import Callable

    from vaultdesk.adapters.web.hub import Hub
    from vaultdesk.adapters.web.server import Server
    from vaultdesk.app.answers.facade import Facade
    from vaultdesk.events import Bus
    from vaultdesk.ports import Clock, SecretStore
    from vaultdesk.settings import Settings

PROBLEM = "serve"
GOODBYE_S = 0.5
"""How long listeners may take to hear that the desk closes."""
SHORTEST = 20
"""Characters of a token that somebody typed; those that are made have 43."""

log = logging.getLogger("vaultdesk.web")


@dataclass(frozen=True, slots=True)
class Door:
    """Where the server listens and who may pass."""

    host: str
    port: int
    origins: frozenset[str]
    secrets_in: str

    @classmethod
    def of(cls, chosen: Settings) -> Door:
        """As the settings have it."""
        origins = access.origins_of(chosen.serve_origins)
        return cls(chosen.serve_host, chosen.serve_port, origins, chosen.secrets_in)


async def token_of(secrets: SecretStore, door: Door) -> str:
    """The token to be sent; made when there is none, for this machine only.

    Raises:
        InputError: others than this machine would be served without a token that lasts.
        SecretError: the keyring cannot be read or written.
    """
    local = access.is_loopback(door.host)
    if not local and door.secrets_in == SESSION:
        raise InputError(
            f"The desk does not listen at {door.host} with a token kept for one session: keep "
            "passwords in the keyring first, in Settings, Credentials.",
            "serve_host",
        )
    try:
        token = await secrets.get(access.TOKEN)
    except SecretError as error:
        if error.fault is not SecretFault.MISSING:
            raise
        if not local:
            raise InputError(
                f"The desk does not listen at {door.host} without a token: make one with "
                "'vaultdesk serve --new-token' first.",
                "serve_host",
            ) from None
        return await make_token(secrets)
    if len(token) < SHORTEST:
        raise InputError(
            f"The server's token is shorter than {SHORTEST} characters: make another with "
            "'vaultdesk serve --new-token'.",
            access.TOKEN,
        )
    return token


async def make_token(secrets: SecretStore) -> str:
    """A new token in place of what there was.

    Raises:
        SecretError: it was not kept.
    """
    token = access.new_token()
    await secrets.set(access.TOKEN, token)
    return token


class Serving:
    """One server at most; `at` is its address, empty while there is none.

    `said` hears the address whenever it begins to listen, `report` bugs.
    """

    def __init__(
        self,
        facade: Facade,
        secrets: SecretStore,
        bus: Bus,
        wall: Clock,
        *,
        report: Callable[[BaseException], object],
        said: Callable[[str], object] = lambda _address: None,
    ) -> None:
        self.at = ""
        self._facade, self._secrets, self._bus, self._wall = facade, secrets, bus, wall
        self._report, self._said = report, said
        self._interval_s = 5.0
        self._door: Door | None = None
        self._server: Server | None = None
        self._hub: Hub | None = None
        self._publishing: asyncio.Task[None] | None = None
        self._changing = asyncio.Lock()
        self._undo: list[Callable[[], None]] = []

    async def follow(self, chosen: Settings, *, on: bool) -> None:
        """Listen as these settings have it, or not; what is wrong is told as a problem."""
        try:
            await self.use(chosen, on=on)
        except KnownError as error:
            self._bus.tell(ProblemRaised(PROBLEM, str(error)))
        else:
            self._bus.tell(ProblemCleared(PROBLEM))

    async def use(self, chosen: Settings, *, on: bool) -> None:
        """The same for who wants to know.

        Raises:
            KnownError: it cannot listen there, or may not.
        """
        async with self._changing:
            self._interval_s = chosen.websocket_interval_seconds
            door = Door.of(chosen) if on else None
            if door == self._door and (door is None or self.at):
                return
            await self._shut()
            if door is not None:
                await self._open(door)

    async def renew(self) -> None:
        """Go by the token that is kept now; who came with another has to come again.

        Raises:
            KnownError: there is none that may be used.
        """
        async with self._changing:
            door = self._door
            if door is not None:
                await self._shut()
                await self._open(door)

    async def close(self) -> None:
        """Answer nobody any more."""
        async with self._changing:
            await self._shut()

    async def _open(self, door: Door) -> None:
        token = await token_of(self._secrets, door)
        hub_of, server_of = await asyncio.to_thread(_loaded)
        hub = hub_of(self._facade.portfolio, self._wall.now, lambda: self._interval_s)
        server = server_of(self._facade, hub, token, report=self._report, origins=door.origins)
        await server.open(door.host, door.port)
        self._server, self._hub, self._door = server, hub, door
        host = f"[{door.host}]" if ":" in door.host else door.host
        self.at = f"http://{host}:{server.port}"
        self._publishing = asyncio.get_running_loop().create_task(hub.publish())
        self._hear()
        log.info("Listening at %s", self.at)
        self._said(self.at)

    async def _shut(self) -> None:
        while self._undo:
            self._undo.pop()()
        if self._publishing is not None:
            self._publishing.cancel()
            await asyncio.wait([self._publishing])
        if self._hub is not None:
            await self._hub.close(GOODBYE_S)
        if self._server is not None:
            await self._server.close()
            log.info("No longer listening at %s", self.at)
        self._server = self._hub = self._publishing = self._door = None
        self.at = ""

    def _hear(self) -> None:
        bus = self._bus
        self._undo = [
            bus.subscribe(AlertRaised, self._on_alert),
            bus.subscribe(OrderChanged, self._on_order),
            bus.subscribe(ChainChanged, self._on_chain),
            bus.subscribe(LoanValued, self._on_loan),
        ]

    def _on_alert(self, event: AlertRaised) -> None:
        self._tell(AlertMessage, lambda: alert_answer(event.alert))

    def _on_order(self, event: OrderChanged) -> None:
        self._tell(OrderMessage, lambda: order_answer(event.order, self._wall.now()))

    def _on_chain(self, _event: ChainChanged) -> None:
        self._tell(ChainMessage, self._facade.shown_chain, "chain")

    def _on_loan(self, _event: LoanValued) -> None:
        self._tell(LoanMessage, self._facade.loan, "loan")

    def _tell(self, kind: type, make: Callable[[], object], replaces: str = "") -> None:
        """Made only where somebody listens."""
        if self._hub is not None and self._hub.count:
            self._hub.tell(kind, make(), replaces)


def _loaded() -> tuple[type[Hub], type[Server]]:
    """The library takes some tenths of a second to load, which is a thread's to wait for."""
    from vaultdesk.adapters.web.hub import Hub  # noqa: PLC0415
    from vaultdesk.adapters.web.server import Server  # noqa: PLC0415

    return Hub, Server
