"""A desk without a window and without a broker: it watches, keeps, warns, and answers programs."""

from __future__ import annotations

import asyncio
import json
import signal
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec

from vaultdesk.adapters.web import access
from vaultdesk.app import parts
from vaultdesk.app.alerting import Alerting
from vaultdesk.app.answers.facade import Facade
from vaultdesk.app.audited import note_rule, note_settings
from vaultdesk.app.changes import Changes
from vaultdesk.app.credentials import SESSION, Credentials
from vaultdesk.app.defence import Defence
from vaultdesk.app.demonstration import prepare_demonstration
from vaultdesk.app.health.gathering import broker_health
from vaultdesk.app.hedge_rules import parsed
from vaultdesk.app.plugins import strategies
from vaultdesk.app.reports.service import Lent, report_service
from vaultdesk.app.serving.serving import Door, Serving, make_token, token_of
from vaultdesk.core.alerts import Market
from vaultdesk.core.market import EXERCISE_STYLES
from vaultdesk.events import Bus, ProblemRaised
from vaultdesk.ports import InputError, StorageError
from vaultdesk.services.audit import AuditService
from vaultdesk.services.errands import Errands
from vaultdesk.services.home_lock import HomeLock
from vaultdesk.services.positions import PositionService
from vaultdesk.storage.window_files import WindowFiles

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping

    from vaultdesk.adapters.web.shapes.health import BrokerHealth
    from vaultdesk.ports import Clock
    from vaultdesk.settings import Settings

    Say = Callable[[str], None]

WHO = "serve"
"""Who holds the home, as others read it."""
RULES, STYLE = "hedge_rules", "exercise_style"
"""Choices of the window by which this desk goes too."""
BROKERS = {"paper": "desk paper", "ibkr": "IBKR"}
"""Under which name the desk's own trades are kept."""
PATIENCE_S = 1.0
"""How long the end waits for what is still running."""


def serve(profile: parts.Profile, flags: Mapping[str, Any], *, as_json: bool, say: Say) -> None:
    """Watch and answer until Ctrl+C or SIGTERM; `say` hears what goes wrong meanwhile.

    `flags` are those settings that the command line gave.

    Raises:
        KnownError: another desk has the profile, or nothing can be listened to.
    """
    lock = HomeLock(profile.home, WHO)
    profile.home.mkdir(parents=True, exist_ok=True)
    if not lock.acquire():
        raise InputError(
            f"Another VaultDesk has this profile ({lock.holder or 'it is starting'}): switch on "
            "serve in its settings, or close it first."
        )
    defence = Defence(profile.home, profile.settings.log_level, qt=False)
    defence.install()
    defence.show = say
    try:
        asyncio.run(_serve(profile, flags, defence, as_json=as_json, say=say))
    finally:
        defence.stand_down()
        lock.release()


async def _serve(
    profile: parts.Profile,
    flags: Mapping[str, Any],
    defence: Defence,
    *,
    as_json: bool,
    say: Say,
) -> None:
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    loop.set_exception_handler(defence.on_loop)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: loop.call_soon_threadsafe(ended.set))
    stores = await asyncio.to_thread(parts.open_stores, profile)
    desk = Headless(profile, flags, defence, say)
    try:
        await desk.open(stores)
        await desk.serving.use(profile.settings, on=True)
        print(await _greeting(desk, as_json=as_json), flush=True)  # noqa: T201
        await ended.wait()
    finally:
        await desk.close()
        await asyncio.to_thread(stores.close)


async def _greeting(desk: Headless, *, as_json: bool) -> str:
    """Where it listens, and the token where nobody could learn it otherwise."""
    told = {"listening": desk.serving.at}
    if desk.profile.settings.secrets_in == SESSION:
        told["token"] = await desk.credentials.get(access.TOKEN)
    if as_json:
        return json.dumps(told)
    token = f"; the token of this session is {told['token']}" if "token" in told else ""
    return f"Listening at {told['listening']}{token}. Ctrl+C ends it."


async def token(profile: parts.Profile, *, new: bool) -> str:
    """The token that programs send, made anew if wanted or if there is none.

    Raises:
        KnownError: it cannot be read or kept.
    """
    chosen = profile.settings
    if chosen.secrets_in == SESSION:
        raise InputError(
            "Passwords are kept for one session only, so there is no token to show: keep them in "
            "the keyring, or take the one that 'vaultdesk serve' prints."
        )
    credentials = credentials_of(profile)
    try:
        if new:
            return await make_token(credentials)
        return await token_of(
            credentials, Door.of(msgspec.structs.replace(chosen, serve_host="127.0.0.1"))
        )
    finally:
        await credentials.close()


def credentials_of(profile: parts.Profile) -> Credentials:
    """Where the profile's passwords are."""
    place = profile.settings.secrets_in
    return Credentials(profile.home, place, "demo" if profile.demo else "")


class Headless:
    """Every part of it; `open` sets them going on the loop, `close` takes them down again."""

    def __init__(
        self, profile: parts.Profile, flags: Mapping[str, Any], defence: Defence, say: Say
    ) -> None:
        self.profile, self._defence = profile, defence
        self.bus = Bus(defence.guard)
        self.bus.subscribe(ProblemRaised, lambda event: say(event.sentence))
        self.feed = parts.build_feed(profile)
        symbol = parts.symbol_of(self.feed, profile.settings.symbol)
        self.services = parts.build_services(profile, self.feed, self.bus, symbol)
        self.errands = Errands(say)
        self.credentials = credentials_of(profile)
        wall = parts.WallClock()
        self.alerting = self._alerting(wall)
        self.audit = AuditService(self.bus, wall)
        self.positions = self._positions(wall)
        self._settings = profile.settings
        changed = partial(note_rule, self.audit)
        self.changes = Changes(flags, self.alerting.alerts, self._follow, changed)
        lent = Lent(
            self.bus,
            self.services.loan,
            self.credentials,
            lambda: self._settings,
            lambda: self.positions.counted,
        )
        self.reports = report_service(lent)
        self.facade = Facade(
            profile,
            self.services,
            self.alerting.alerts,
            self.credentials,
            self.changes,
            self.reports,
            wall,
            broker=_no_broker,
        )
        self.serving = Serving(self.facade, self.credentials, self.bus, wall, report=defence.report)

    def _alerting(self, wall: Clock) -> Alerting:
        """Alerts and their ways out; there is no window that a notice could open."""
        return Alerting(
            self.profile.settings,
            self.credentials,
            self.bus,
            self.feed.clock,
            wall,
            spawn=self.errands.begin,
            open_window=lambda: None,
            market=Market(self.profile.mark.lower() or "real"),
        )

    def _positions(self, wall: Clock) -> PositionService:
        """What is held as far as it is written down; no broker is asked."""
        return PositionService(
            self.bus,
            self.services.hedge,
            self.services.loan,
            self.feed.clock,
            wall=wall,
            broker=BROKERS[self.profile.settings.broker],
            sessions=lambda: self.services.market.sessions,
        )

    async def open(self, stores: parts.Stores) -> None:
        """Take up what was kept and watch.

        Raises:
            StorageError: the disk gives or takes nothing: alerts that are not kept may be doubled.
        """
        if stores.problem:
            raise StorageError(stores.problem)
        services, files = self.services, WindowFiles(self.profile.home / "window")
        self._choose(files)
        services.chains.use(stores.market)
        services.history.use(stores.snapshots)
        await services.loan.use(stores.loan)
        self._watch_the_loans_symbol()
        await services.market.use(stores.market)
        if self.profile.demo:
            await prepare_demonstration(services, self.feed)
        self.reports.use(stores)
        await self.audit.use(stores.audit)
        await self.alerting.start(stores.alerts, self._defence.keep_alive)
        await self.positions.use(stores.orders)
        self.errands.begin(self._judge_by_sessions())
        running = (services.market, services.loan, services.call_risk, services.hedge)
        for part in (*running, self.positions):
            self.errands.begin(self._defence.keep_alive(part.run))
        services.chain.open()

    async def close(self) -> None:
        """Take down in the reverse order; nothing may hold it up for long."""
        await self._within(self.serving.close())
        self.errands.cancel()
        await self._within(self.errands.settled())
        services = self.services
        services.loan.close()
        services.call_risk.close()
        services.hedge.close()
        services.market.close()
        self.positions.close()
        closing = (
            services.chain.close(),
            services.history.close(),
            self.feed.close(),
            self.errands.told(self.alerting.close()),
            self.errands.told(self.audit.close()),
        )
        await asyncio.wait([asyncio.ensure_future(part) for part in closing], timeout=PATIENCE_S)

    async def _within(self, work: Coroutine[object, object, None]) -> None:
        await asyncio.wait([asyncio.ensure_future(work)], timeout=PATIENCE_S)

    def _choose(self, files: WindowFiles) -> None:
        """Go by what was chosen in the window, where the settings leave that open."""
        services = self.services
        style = self._settings.exercise_style or files.choice(STYLE)
        services.chain.use_style(style if style in EXERCISE_STYLES else EXERCISE_STYLES[0])
        services.hedge.extra = strategies
        services.hedge.use_rules(parsed(files.choice(RULES), services.hedge.rules.fees))

    def _watch_the_loans_symbol(self) -> None:
        terms = self.services.loan.terms
        if terms is None:
            return
        symbol = parts.symbol_of(self.feed, terms.symbol)
        self.services.market.watch(symbol)
        self.services.chain.watch(symbol)

    async def _judge_by_sessions(self) -> None:
        sessions = await asyncio.to_thread(parts.trading_sessions, self.feed)
        self.services.market.use_sessions(sessions)

    def _follow(self, before: Settings, chosen: Settings) -> None:
        self._settings = chosen
        self.alerting.follow(chosen)
        note_settings(self.audit, before, chosen)


def _no_broker() -> BrokerHealth:
    return broker_health(None, None)
