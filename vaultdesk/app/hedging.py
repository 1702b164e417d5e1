"""The hedge panels and what they are given: kept hedges, scenes and choices, and history.

Nothing of it is loaded before the first paint.
"""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from vaultdesk.events import HedgeRulesChanged
from vaultdesk.ui.panel import Later
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from collections.abc import Callable

    from vaultdesk.app.actions import Actions
    from vaultdesk.app.parts import Profile, Services, Stores
    from vaultdesk.core.hedge.config import StrategyConfig
    from vaultdesk.core.hedge.position import Position
    from vaultdesk.core.hedge.strategy import Strategy
    from vaultdesk.core.market import DailyClose
    from vaultdesk.ports import Workers
    from vaultdesk.services.hedge_history import HedgeHistoryService
    from vaultdesk.services.scenes import SceneService
    from vaultdesk.services.templates import TemplateService
    from vaultdesk.storage.window_files import WindowFiles
    from vaultdesk.ui.panel import Panel
    from vaultdesk.ui.whatif.roll_view import RollView

RULES = "hedge_rules"
FIRST_CRASH = date(2008, 1, 1)
"""From before the first of the crashes that can be replayed."""


class Hedging:
    """Builds the panels; `keep` remembers a choice made in one, by its name.

    `order` puts a hedge, under its title, on the order desk.
    """

    def __init__(
        self,
        profile: Profile,
        services: Services,
        actions: Actions,
        files: WindowFiles,
        keep: Callable[[str, str], None],
        order: Callable[[Position, str], None],
    ) -> None:
        self._order = order
        self._profile, self._services, self._actions = profile, services, actions
        self._files, self._keep = files, keep
        self._history: HedgeHistoryService | None = None

    @cached_property
    def templates(self) -> TemplateService:
        """Named hedges."""
        from vaultdesk.services.templates import TemplateService  # noqa: PLC0415

        return TemplateService(self._services.bus)

    @cached_property
    def scenes(self) -> SceneService:
        """Named what-if scenes."""
        from vaultdesk.services.scenes import SceneService  # noqa: PLC0415

        return SceneService(self._services.bus)

    def panels(self) -> list[Panel]:
        """Places for them, filled after the first paint."""
        bus = self._services.bus
        return [
            Later(bus, "strategy", tr("Strategy"), self._strategy),
            Later(bus, "compare", tr("Compare"), self._compare),
            Later(bus, "finder", tr("Finder"), self._finder),
            Later(bus, "whatif", tr("What-if"), self._whatif),
        ]

    async def use(self, stores: Stores) -> None:
        """Take up what was kept: rules, plug-ins, templates and scenes.

        Raises:
            StorageError: the templates or the scenes cannot be read.
        """
        from vaultdesk.app.hedge_rules import parsed, written  # noqa: PLC0415

        hedge = self._services.hedge
        hedge.extra = _plugins
        hedge.use_rules(parsed(self._files.choice(RULES), hedge.rules.fees))
        self._services.bus.subscribe(
            HedgeRulesChanged, lambda event: self._keep(RULES, written(event.rules))
        )
        await self.templates.use(stores.templates)
        await self.scenes.use(stores.scenes)

    async def close(self) -> None:
        """Stop the processes that compute."""
        if self._history is not None:
            await self._history.close()

    def _strategy(self) -> Panel:
        from vaultdesk.ui.panels.strategy import StrategyPanel  # noqa: PLC0415

        services, kept = self._services, self._files.choice("strategy")
        panel = StrategyPanel(
            services.bus,
            services.hedge,
            self.templates,
            services.feed.clock,
            kept,
            order=self._order,
        )
        panel.view_changed.connect(lambda view: self._keep("strategy", view))
        return panel

    def _compare(self) -> Panel:
        from vaultdesk.ui.panels.compare import ComparePanel  # noqa: PLC0415

        services, kept = self._services, self._files.choice("compare")
        panel = ComparePanel(services.bus, services.hedge, self._actions.save_hedge, kept)
        panel.view_changed.connect(lambda view: self._keep("compare", view))
        return panel

    def _finder(self) -> Panel:
        from vaultdesk.ui.panels.finder import FinderPanel  # noqa: PLC0415

        services, kept = self._services, self._files.choice("finder")
        panel = FinderPanel(services.bus, services.hedge, self._actions.save_hedge, kept)
        panel.view_changed.connect(lambda view: self._keep("finder", view))
        return panel

    def _whatif(self) -> Panel:
        from vaultdesk.ui.panels.whatif import WhatIfPanel  # noqa: PLC0415

        services, kept = self._services, self._files.choice("whatif")
        panel = WhatIfPanel(
            services.bus,
            services.hedge,
            self.scenes,
            services.feed.clock,
            kept,
            closes=self._closes,
            history=self._roll_view,
        )
        panel.view_changed.connect(lambda view: self._keep("whatif", view))
        return panel

    async def _closes(self) -> tuple[DailyClose, ...]:
        from vaultdesk.core.hedge.stress.episodes import SYMBOL  # noqa: PLC0415

        return await self._services.feed.closes(SYMBOL, FIRST_CRASH)

    def _roll_view(self) -> RollView:
        from vaultdesk.ui.whatif.roll_view import RollView  # noqa: PLC0415

        return RollView(self._past())

    def _past(self) -> HedgeHistoryService:
        from vaultdesk.services.hedge_history import HedgeHistoryService  # noqa: PLC0415

        services, chosen = self._services, self._profile.settings
        self._history = HedgeHistoryService(
            services.feed,
            services.loan,
            services.hedge,
            _workers(chosen.cluster_address),
            rate=chosen.risk_free_rate,
        )
        return self._history


def _plugins() -> tuple[Callable[[StrategyConfig], Strategy], ...]:
    """Called in a worker thread: it reads the disk and brings NumPy."""
    from vaultdesk.app.plugins import strategies  # noqa: PLC0415

    return strategies()


def _workers(address: str) -> Workers:
    """The processors of this machine, or those behind a scheduler's address."""
    if address:
        from vaultdesk.adapters.workers.cluster import ClusterWorkers  # noqa: PLC0415

        return ClusterWorkers(address)
    from vaultdesk.adapters.workers.pool import PoolWorkers  # noqa: PLC0415

    return PoolWorkers()
