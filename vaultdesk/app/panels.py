"""The desk's panels, each built on its services; the heavy ones after the first paint."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from vaultdesk.app.parts import WallClock
from vaultdesk.core.calendar import bank_holidays
from vaultdesk.ui.panel import Later
from vaultdesk.ui.panels.quote import QuotePanel
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from vaultdesk.app.actions import Actions
    from vaultdesk.app.hedging import Hedging
    from vaultdesk.app.parts import Services
    from vaultdesk.services.alerts import AlertService
    from vaultdesk.storage.window_files import WindowFiles
    from vaultdesk.ui.panel import Panel
    from vaultdesk.ui.panels.chain import ChainPanel

BEHIND, AHEAD = timedelta(days=45), timedelta(days=120)
"""Around today the lender's holidays are looked up: no call may stand for longer."""
LOOKED_BACK = 30
"""Days of history in which the beginning of a call that stands is looked for."""
UNFOLDED = "unfolded"


class Panels:
    """Builds them; `keep` remembers a choice made in one, by its name.

    `alerts` is not called before the first paint.
    """

    def __init__(
        self,
        services: Services,
        alerts: Callable[[], AlertService],
        actions: Actions,
        hedging: Hedging,
        files: WindowFiles,
        keep: Callable[[str, str], None],
        fresh_for_s: float,
    ) -> None:
        self._services, self._alerts, self._actions = services, alerts, actions
        self._hedging = hedging
        self._files, self._keep, self._fresh_for_s = files, keep, fresh_for_s
        self._chain: ChainPanel | None = None

    def all(self) -> list[Panel]:
        """In the order of Ctrl+1 and on."""
        services = self._services
        bus = services.bus
        return [
            Later(bus, "loan", tr("Loan"), self._loan_panel),
            QuotePanel(bus, services.market, timedelta(seconds=self._fresh_for_s)),
            Later(bus, "chain", tr("Option chain"), self._chain_panel),
            Later(bus, "greeks", tr("Greeks"), self._greeks_panel),
            Later(bus, "history", tr("LTV history"), self._history_panel),
            Later(bus, "alerts", tr("Alerts"), self._alerts_panel),
            *self._hedging.panels(),
        ]

    def _loan_panel(self) -> Panel:
        from vaultdesk.ui.panels.loan import LoanPanel  # noqa: PLC0415

        services, actions = self._services, self._actions
        panel = LoanPanel(
            services.bus,
            services.loan,
            services.feed.clock,
            actions.edit_loan,
            actions.explore,
            wall=WallClock(),
            holidays=self._holidays,
            past=lambda: services.history.points(LOOKED_BACK),
            more=self._files.choice("loan_more") == UNFOLDED,
        )
        panel.more_changed.connect(lambda more: self._keep("loan_more", UNFOLDED if more else "-"))
        return panel

    async def _holidays(self, calendar: str) -> frozenset[date]:
        today = WallClock().now().date()
        return await asyncio.to_thread(bank_holidays, calendar, today - BEHIND, today + AHEAD)

    def _chain_panel(self) -> Panel:
        from vaultdesk.ui.panels.chain import ChainPanel  # noqa: PLC0415

        self._chain = ChainPanel(self._services.bus, self._services.chain)
        return self._chain

    def _greeks_panel(self) -> Panel:
        from vaultdesk.ui.greeks.position import parsed, written  # noqa: PLC0415
        from vaultdesk.ui.panels.greeks import GreeksPanel  # noqa: PLC0415

        services, kept = self._services, parsed(self._files.choice("position"))
        panel = GreeksPanel(services.bus, services.chain, services.loan, kept)
        panel.position_changed.connect(lambda position: self._keep("position", written(position)))
        if self._chain is not None:
            self._chain.selected.connect(panel.select)
        return panel

    def _history_panel(self) -> Panel:
        from vaultdesk.ui.panels.history import HistoryPanel  # noqa: PLC0415

        services, kept = self._services, self._files.choice("history")
        panel = HistoryPanel(services.bus, services.history, services.feed.clock, kept)
        panel.view_changed.connect(lambda view: self._keep("history", view))
        return panel

    def _alerts_panel(self) -> Panel:
        from vaultdesk.ui.panels.alerts import AlertsPanel  # noqa: PLC0415

        services, alerts = self._services, self._alerts()
        clock = services.feed.clock
        return AlertsPanel(services.bus, alerts, clock, WallClock(), self._actions.edit_rules)
