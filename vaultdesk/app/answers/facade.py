"""One way to ask a desk anything, with a window or without: what the server answers by."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol

from vaultdesk.adapters.web.shapes.reports import ReportAnswer, Reports
from vaultdesk.app.answers.alerts import configuration, rules_of, version_of
from vaultdesk.app.answers.options import chain_answer, chain_told, options_answer
from vaultdesk.app.answers.portfolio import portfolio
from vaultdesk.app.answers.strategies import strategies_answer
from vaultdesk.app.changes import fixed
from vaultdesk.app.health.gathering import alerts_health, feed_health, health
from vaultdesk.ports import InputError, KnownError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from vaultdesk.adapters.web.shapes.alerts import AlertConfiguration
    from vaultdesk.adapters.web.shapes.health import BrokerHealth, Health
    from vaultdesk.adapters.web.shapes.messages import ChainAnswer
    from vaultdesk.adapters.web.shapes.options import OptionChain, Options
    from vaultdesk.adapters.web.shapes.portfolio import LoanAnswer, Portfolio
    from vaultdesk.adapters.web.shapes.strategies import Strategies
    from vaultdesk.app.changes import Changes
    from vaultdesk.app.credentials import Credentials
    from vaultdesk.app.parts import Profile, Services
    from vaultdesk.core.options.valued import ValuedChain
    from vaultdesk.core.reports.kept import ReportRow
    from vaultdesk.ports import Clock
    from vaultdesk.services.alerts import AlertService

HEDGES_REST_S = 10.0
"""How old a comparison of hedges may be to be told again: each takes a core for half a second."""
LOADING = "The option chain is being fetched: ask again in a moment."
NO_CHAIN = "No option chain could be fetched yet: ask /health why."


class ReportShelf(Protocol):
    """The reports that are kept; each call may raise StorageError."""

    async def rows(self) -> tuple[ReportRow, ...]:
        """All, the newest first."""

    async def pdf(self, number: str) -> bytes:
        """The file of one."""


class Facade:
    """Answers from the services of one desk; `wall` is the machine's clock.

    `broker` tells how the connection to it is.

    Attributes:
        problem: why memory stands in for the disk; empty where it does not.
    """

    def __init__(
        self,
        profile: Profile,
        services: Services,
        alerts: AlertService,
        credentials: Credentials,
        changes: Changes,
        reports: ReportShelf,
        wall: Clock,
        *,
        broker: Callable[[], BrokerHealth],
    ) -> None:
        self._profile, self._services, self._alerts = profile, services, alerts
        self._credentials, self._changes, self._reports = credentials, changes, reports
        self._wall, self._broker, self.problem = wall, broker, ""
        self._configuring, self._comparing = asyncio.Lock(), asyncio.Lock()
        self._compared: tuple[float, Strategies] | None = None

    async def health(self) -> Health:
        """How the desk is."""
        services, now = self._services, self._services.feed.clock.now()
        market, fresh_for_s = services.market, self._profile.settings.fresh_for_s
        return await health(
            self._profile,
            feed=feed_health(services.feed.name, market.status, market.quote, now, fresh_for_s),
            broker=self._broker(),
            alerts=alerts_health(self._alerts.last_evaluated, now),
            credentials=self._credentials,
            problem=self.problem,
        )

    async def portfolio(self, symbol: str = "") -> Portfolio:
        """The quote and the loan."""
        self._watched(symbol)
        services, now = self._services, self._services.feed.clock.now()
        return portfolio(
            services, now, self._wall.now(), services.call_risk.newest, services.loan.problem
        )

    def loan(self) -> LoanAnswer | None:
        """The loan as it stands."""
        services, now = self._services, self._services.feed.clock.now()
        risk, problem = services.call_risk.newest, services.loan.problem
        return portfolio(services, now, self._wall.now(), risk, problem).loan

    def shown_chain(self) -> ChainAnswer | None:
        """Which chain the desk shows; None before the first came."""
        view, now = self._services.chain.view, self._services.feed.clock.now()
        return None if view is None else chain_told(view, now)

    async def options(self, symbol: str) -> Options:
        """The listed expiries, and the shown one in short."""
        self._watched(symbol)
        chain = self._services.chain
        reason = "" if chain.view else (LOADING if chain.loading else NO_CHAIN)
        now = self._services.feed.clock.now()
        return options_answer(
            chain.symbol, chain.expirations, chain.expiry, chain.view, now, reason
        )

    async def chain(self, symbol: str, expiry: date | None) -> OptionChain:
        """One expiry in full: the shown one as it is shown, others valued the same way."""
        self._watched(symbol)
        shown = self._services.chain.view
        if shown is not None and expiry in (None, shown.chain.expiry):
            return chain_answer(shown, self._services.feed.clock.now())
        if expiry is None:
            raise KnownError(LOADING if self._services.chain.loading else NO_CHAIN)
        view = await self._other(expiry)
        return chain_answer(view, self._services.feed.clock.now())

    async def strategies(self, symbol: str) -> Strategies:
        """Hedges side by side; one comparison at a time, for all who ask within some seconds."""
        self._watched(symbol)
        loop = asyncio.get_running_loop()
        async with self._comparing:
            kept = self._compared
            if kept is None or loop.time() - kept[0] > HEDGES_REST_S:
                answer = await self._compare()
                kept = self._compared = (loop.time(), answer)
            return kept[1]

    async def alert_configuration(self) -> tuple[AlertConfiguration, str]:
        """The rules and quiet hours, and the version of that."""
        held = await self._changes.held()
        answer = configuration(self._alerts.rules, held.settings)
        return answer, version_of(answer)

    async def configure_alerts(
        self, wanted: AlertConfiguration, version: str
    ) -> tuple[AlertConfiguration, str]:
        """Go by these if nothing changed since `version`; "*" is any. Gives what holds then."""
        async with self._configuring:
            rules = rules_of(wanted)
            held = await self._changes.held()
            chosen = held.settings
            if version not in ("*", version_of(configuration(self._alerts.rules, chosen))):
                raise InputError(
                    "The rules were changed meanwhile: get them again and change those.", "version"
                )
            quiet = {
                name: getattr(wanted, name)
                for name in ("quiet_from", "quiet_to")
                if getattr(wanted, name) != getattr(chosen, name)
            }
            if quiet and (why := fixed(held)):
                raise InputError(why, next(iter(quiet)))
            names = {rule.id for rule in rules}
            before = {rule.id: rule for rule in self._alerts.rules}
            saved = tuple(rule for rule in rules if before.get(rule.id) != rule)
            removed = tuple(name for name in before if name not in names)
            await self._changes.keep_rules(saved, removed, quiet)
            return await self.alert_configuration()

    async def reports(self) -> Reports:
        """All that are kept."""
        rows = await self._reports.rows()
        return Reports(reports=[_report(row) for row in rows])

    async def report_pdf(self, number: str) -> bytes:
        """The file of a report."""
        if number not in {row.id for row in await self._reports.rows()}:
            raise InputError("There is no such report: /api/reports lists them.", "id")
        return await self._reports.pdf(number)

    def _watched(self, symbol: str) -> None:
        """Refuse to speak of anything but the watched symbol, of which alone much is known."""
        watched = self._services.market.symbol
        if symbol not in ("", watched):
            raise InputError(f"The desk watches {watched} and answers for no other.", "symbol")

    async def _other(self, expiry: date) -> ValuedChain:
        """Another expiry than the one shown, kept or fetched."""
        services = self._services
        chains, symbol = services.chains, services.chain.symbol
        if expiry not in await chains.expirations(symbol):
            raise InputError(f"No options on {symbol} end on {expiry}.", "expiry")
        chain = await chains.kept(symbol, expiry) or await chains.fetch(symbol, expiry)
        view = await services.chain.valued(chain)
        if view is None:
            raise KnownError(f"There is no price of {symbol} to value its options with.")
        return view

    async def _compare(self) -> Strategies:
        from vaultdesk.core.hedge.recommend import Profile as Minds  # noqa: PLC0415 (NumPy)

        hedge, clock = self._services.hedge, self._services.feed.clock
        await hedge.refresh(use_cache=True)
        if hedge.config is None:
            return strategies_answer(None, None, hedge.problem, clock.now())
        comparison = await hedge.compare()
        grid = await hedge.sensitivity(Minds.BALANCED)
        return strategies_answer(comparison, grid, comparison.problem, clock.now())


def _report(row: ReportRow) -> ReportAnswer:
    return ReportAnswer(
        id=row.id,
        kind=row.kind.value,
        title=row.title,
        made=row.made.isoformat(),
        pdf_sha256=row.pdf_sha256,
    )
