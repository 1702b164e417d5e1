"""The orders panel on the real service, a store on SQLite and a broker whose book can be seen."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtWidgets import QWidget

from tests.fakes.broker import Exchange, ScriptedBroker, ScriptedMarket, market_of, option
from vaultdesk.core.orders.limits import Limits
from vaultdesk.ports import StorageError
from vaultdesk.services.errands import Errands
from vaultdesk.services.orders import OrderService
from vaultdesk.storage.order_store import SqlOrderStore
from vaultdesk.ui.panels.orders import OrdersPanel

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from tests.ui.panels.rig import Rig
    from vaultdesk.core.audit import Fact
    from vaultdesk.core.orders.draft import Ticket
    from vaultdesk.core.orders.life import Order
    from vaultdesk.storage.database import Database

W = TypeVar("W", bound=QWidget)
PUT, CALL = option(), option("380", "C")


async def _never(_seconds: float) -> None:
    await asyncio.Event().wait()


class Store(SqlOrderStore):
    """The real one, on a disk that a test can fill up."""

    full = False

    async def confirm(self, orders: tuple[Order, ...], facts: tuple[Fact, ...]) -> None:
        if self.full:
            raise StorageError("The disk is full: free some space.")
        await super().confirm(orders, facts)


class OrderDesk:
    """A panel over a service over a broker; `open` brings the service up."""

    def __init__(self, desk: Rig, database: Database, qtbot: QtBot, **options: object) -> None:
        self.desk, self.store = desk, Store(database)
        self.exchange = Exchange(clock=desk.clock, accounts=("DU1234567",))
        self.exchange.accounts = options.pop("accounts", self.exchange.accounts)  # type: ignore[assignment]
        self.broker = ScriptedBroker(self.exchange)
        self.market = ScriptedMarket()
        self.market.show(market_of(PUT), market_of(CALL, "7.30", "7.50"))
        self.service = OrderService(
            self.broker, self.market, desk.bus, desk.clock, desk.clock, desk.hedge, desk.loan,
            lambda: (), limits=Limits(), profile="test", sleep=_never,
            **options,  # type: ignore[arg-type]
        )  # fmt: skip
        self.told: list[str] = []
        self._work = Errands(self.told.append)
        self.panel = OrdersPanel(desk.bus, self.service, desk.clock)
        self.panel.resize(900, 900)
        qtbot.addWidget(self.panel, before_close_func=lambda panel: panel.retire())
        self.panel.show()

    async def open(self, *, switched_on: bool = True) -> None:
        """The database is open, the broker is there, and orders may go to paper."""
        await self.service.use(self.store)
        self._work.begin(self.service.run())
        await asyncio.sleep(0)  # it has begun to listen
        await self.service.reconcile()
        if switched_on:
            await self.service.switch_on()

    async def close(self) -> None:
        """Nothing goes on afterwards."""
        self._work.cancel()
        await self._work.settled()
        await self.panel.settled()
        await self.service.close()

    async def settled(self) -> None:
        """What was asked for came to its end."""
        await self.panel.settled()

    async def previewed(self, ticket: Ticket) -> None:
        """Put on the desk and previewed by its button."""
        self.service.put(ticket)
        self.panel.half.bar.preview.click()
        await self.settled()


def child(panel: QWidget, kind: type[W], identifier: str) -> W:
    """The widget of this identifier."""
    found = panel.findChild(kind, identifier)
    assert isinstance(found, kind), identifier
    assert found.accessibleIdentifier() == identifier
    return found
