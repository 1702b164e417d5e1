"""Orders, positions and the audit log: the broker, the services on it, and their panels.

Nothing of it is loaded before the first paint.
"""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING

from vaultdesk.app.audited import note_rule, note_settings
from vaultdesk.app.parts import WallClock, tws_connection
from vaultdesk.core.money import exact
from vaultdesk.events import LegPicked
from vaultdesk.ui.commands import Command
from vaultdesk.ui.panel import Later
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine

    from vaultdesk.adapters.ibkr.broker import IbkrBroker
    from vaultdesk.adapters.paper import PaperBroker
    from vaultdesk.app.actions import Actions
    from vaultdesk.app.parts import Profile, Services, Stores
    from vaultdesk.app.preferences import Preferences
    from vaultdesk.core.alerts import Market
    from vaultdesk.core.hedge.position import Position
    from vaultdesk.core.orders.draft import Ticket
    from vaultdesk.core.orders.limits import Limits
    from vaultdesk.ports import MarketFeed
    from vaultdesk.services.audit import AuditService
    from vaultdesk.services.instrument_quotes import InstrumentQuotes
    from vaultdesk.services.orders import OrderService
    from vaultdesk.services.positions import PositionService
    from vaultdesk.settings import Settings
    from vaultdesk.storage.window_files import WindowFiles
    from vaultdesk.ui.live_frame import LiveFrame
    from vaultdesk.ui.panel import Panel
    from vaultdesk.ui.window import DeskWindow

    KeepAlive = Callable[[Callable[[], Awaitable[None]]], Coroutine[object, object, None]]

MENU = "&Orders"
SIMULATED_FRESH_S = 1.0
"""The simulated market answers at once and costs no requests: paper orders see it as it is."""


def limits_of(chosen: Settings) -> Limits:
    """The limits of orders that the settings name."""
    from vaultdesk.core.orders.limits import Limits  # noqa: PLC0415

    return Limits(
        max_contracts=chosen.order_max_contracts,
        max_notional=exact(str(chosen.order_max_notional)),
        max_from_mid=exact(str(chosen.order_max_from_mid)),
        close_only=chosen.order_close_only,
        market_orders=chosen.order_market,
    )


class Trading:
    """Builds the order desk; `keep` remembers a choice made in a panel, by its name.

    `source` is where the market comes from: if that is TWS, the broker shares its connection.
    """

    def __init__(
        self,
        profile: Profile,
        services: Services,
        actions: Actions,
        files: WindowFiles,
        keep: Callable[[str, str], None],
        source: MarketFeed,
    ) -> None:
        self._profile, self._services, self._actions = profile, services, actions
        self._files, self._keep, self._source = files, keep, source

    @cached_property
    def broker(self) -> PaperBroker | IbkrBroker:
        """The one the settings name; the demonstration trades nowhere but on its own paper."""
        chosen, services = self._profile.settings, self._services
        if chosen.broker == "ibkr" and not self._profile.demo:
            from vaultdesk.adapters.ibkr.broker import IbkrBroker  # noqa: PLC0415

            connection = getattr(self._source, "connection", None)
            return IbkrBroker(connection or tws_connection(chosen), WallClock())
        from vaultdesk.adapters.paper import PaperBroker  # noqa: PLC0415

        return PaperBroker(
            self.market,
            services.feed.clock,
            fees=services.hedge.rules.fees,
            cash=exact(str(chosen.paper_cash)),
            seed=chosen.paper_seed,
            sessions=lambda: services.market.sessions,
            closes=services.feed.closes,
            real_market=self._profile.mark != "SIMULATED",
        )

    @property
    def _market(self) -> Market:
        """Whose prices these are."""
        from vaultdesk.core.alerts import Market  # noqa: PLC0415

        return Market(self._profile.mark.lower() or "real")

    @cached_property
    def market(self) -> InstrumentQuotes:
        """What single contracts are quoted at."""
        from vaultdesk.services.instrument_quotes import InstrumentQuotes  # noqa: PLC0415

        services, chosen = self._services, self._profile.settings
        fresh_for_s = SIMULATED_FRESH_S if chosen.feed == "simulated" else chosen.fresh_for_s
        return InstrumentQuotes(services.chains, services.market, fresh_for_s=fresh_for_s)

    @cached_property
    def audit(self) -> AuditService:
        """The log of everything that can be asked about later."""
        from vaultdesk.services.audit import AuditService  # noqa: PLC0415

        return AuditService(self._services.bus, WallClock())

    @cached_property
    def positions(self) -> PositionService:
        """What is held, here and elsewhere."""
        from vaultdesk.services.positions import PositionService  # noqa: PLC0415

        services = self._services
        return PositionService(
            services.bus,
            services.hedge,
            services.loan,
            services.feed.clock,
            wall=WallClock(),
            broker=self.broker.name,
            sessions=lambda: services.market.sessions,
        )

    @cached_property
    def orders(self) -> OrderService:
        """What is ordered."""
        from vaultdesk.services.orders import OrderService  # noqa: PLC0415

        services, chosen = self._services, self._profile.settings
        made = OrderService(
            self.broker,
            self.market,
            services.bus,
            services.feed.clock,
            WallClock(),
            services.hedge,
            services.loan,
            lambda: self.positions.counted,
            limits=limits_of(chosen),
            live_allowed=chosen.live_orders,
            prices=self._market,
            profile="demo" if self._profile.demo else "desk",
        )
        made.on_holdings = self.positions.hear_holdings
        made.on_executions = self.positions.hear_executions
        return made

    def frame(self, window: DeskWindow) -> LiveFrame:
        """What shows around the window while orders are live; it has to be retired."""
        from vaultdesk.ui.live_frame import LiveFrame  # noqa: PLC0415

        return LiveFrame(window, self._services.bus)

    def panels(self) -> list[Panel]:
        """Places for them, filled after the first paint."""
        bus = self._services.bus
        return [
            Later(bus, "orders", tr("Orders"), self._orders_panel),
            Later(bus, "positions", tr("Positions"), self._positions_panel),
            Later(bus, "audit", tr("Audit"), self._audit_panel),
        ]

    def commands(self) -> list[Command]:
        """The entries of the menu Orders."""
        return [
            Command(
                "trade.cancel_all", MENU, tr("&Cancel own orders"),
                lambda: self._actions.spawn(self.orders.cancel_all()), "Ctrl+Shift+Backspace",
                tr("Ask the broker to cancel every open order of this desk, and no other"),
            ),
            Command(
                "trade.stop", MENU, tr("&Switch orders off"),
                lambda: self._actions.spawn(self.orders.switch_off()),
                meaning=tr("Send nothing more; orders at the broker go on"),
            ),
            Command(
                "trade.verify", MENU, tr("&Verify the audit log"),
                lambda: self._actions.spawn(self._verify()), group="audit",
                meaning=tr("Look whether any record was altered"),
            ),
        ]  # fmt: skip

    async def use(self, stores: Stores, keep_alive: KeepAlive) -> None:
        """Take up what was kept and go to the broker.

        Raises:
            StorageError: what was kept cannot be read; then nothing is sent.
        """
        from vaultdesk.adapters.paper import PaperBroker  # noqa: PLC0415

        self._services.bus.subscribe(LegPicked, self._picked)
        await self.audit.use(stores.audit)
        if isinstance(self.broker, PaperBroker):
            await self.broker.use(stores.paper)
        await self.positions.use(stores.orders)
        await self.orders.use(stores.orders)
        for part in (self.positions.run, self.orders.run):
            self._actions.spawn(keep_alive(part))

    def follow(self, before: Settings, chosen: Settings) -> None:
        """Go by these settings from now on, and write down which were changed."""
        self.orders.use_limits(limits_of(chosen))
        note_settings(self.audit, before, chosen)

    def audit_settings(self, preferences: Preferences) -> None:
        """Have what is changed there followed and written down."""
        preferences.kept.connect(self.follow)
        preferences.rule_changed.connect(
            lambda name, old, new: note_rule(self.audit, name, old, new)
        )
        preferences.secret_changed.connect(
            lambda name, kept: self.audit.secret_changed(name, kept=kept)
        )

    def order_hedge(self, position: Position, title: str) -> None:
        """Put a hedge on the order desk, at the prices it was decided by, and show it there."""
        from vaultdesk.core.hedge.position import At  # noqa: PLC0415 (NumPy)
        from vaultdesk.core.orders.drafting import tickets_of  # noqa: PLC0415

        terms, quote = self._services.loan.terms, self._services.market.quote
        if terms is None or quote is None:
            return
        self._put(tickets_of(position, title, terms.symbol, currency=quote.currency, at=At.NATURAL))

    async def close(self) -> None:
        """Hang up and write down the rest."""
        await self._actions.told(self.orders.close())
        self.positions.close()
        await self.market.close()
        await self._actions.told(self.audit.close())

    def _picked(self, event: LegPicked) -> None:
        """One contract of the shown chain, from a click on its price."""
        from vaultdesk.core.hedge.board import board  # noqa: PLC0415 (NumPy)
        from vaultdesk.core.hedge.position import At  # noqa: PLC0415
        from vaultdesk.core.orders.drafting import single  # noqa: PLC0415

        view, quote = self._services.chain.view, self._services.market.quote
        if not event.order or view is None or quote is None or quote.price is None:
            return
        wanted = (event.expiry, event.right, event.strike)
        listed = board((view,), quote.price, quote.at, quote.quality).listed
        for one in listed:
            if (one.expiry, one.right, one.strike) != wanted:
                continue
            if one.mid is None:
                self._actions.tell(
                    tr("The {words} has no honest bid and ask to order it at.").format(
                        words=one.words
                    )
                )
                return
            contracts = -1 if event.sell else 1
            self._put(single(one, contracts, quote.symbol, currency=quote.currency, at=At.NATURAL))

    def _put(self, ticket: Ticket) -> None:
        self.orders.put(ticket)
        self._actions.show_panel("orders")

    async def _verify(self) -> None:
        broken = await self.audit.broken()
        self._actions.say(
            broken
            or tr("All {value} records are as written.").format(value=await self.audit.count())
        )

    def _orders_panel(self) -> Panel:
        from vaultdesk.ui.panels.orders import OrdersPanel  # noqa: PLC0415

        services, kept = self._services, self._files.choice("orders")
        panel = OrdersPanel(services.bus, self.orders, WallClock(), kept)
        panel.view_changed.connect(partial(self._keep, "orders"))
        return panel

    def _positions_panel(self) -> Panel:
        from vaultdesk.ui.panels.positions import PositionsPanel  # noqa: PLC0415

        services, kept = self._services, self._files.choice("positions")
        panel = PositionsPanel(services.bus, self.positions, self.orders, services.feed.clock, kept)
        panel.view_changed.connect(partial(self._keep, "positions"))
        panel.ticket_put.connect(lambda: self._actions.show_panel("orders"))
        return panel

    def _audit_panel(self) -> Panel:
        from vaultdesk.ui.panels.audit import AuditPanel  # noqa: PLC0415

        panel = AuditPanel(self._services.bus, self.audit, self._files.choice("audit"))
        panel.view_changed.connect(partial(self._keep, "audit"))
        return panel
