"""The positions panel on real services: a loan, chains, a store on SQLite, and a broker's word."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import TYPE_CHECKING

from tests.core.hedge import boards
from tests.fakes.broker import Exchange, ScriptedBroker, ScriptedMarket
from tests.ui.panels.hedged import hedged
from vaultdesk.core.orders.broker import BrokerState, Held, HoldingsTold
from vaultdesk.core.orders.instrument import Instrument
from vaultdesk.core.orders.limits import Limits
from vaultdesk.events import BrokerStatusChanged
from vaultdesk.ports import StorageError
from vaultdesk.services.orders import OrderService
from vaultdesk.services.positions import PositionService
from vaultdesk.storage.audit_store import SqlAuditStore
from vaultdesk.storage.order_store import SqlOrderStore
from vaultdesk.ui.panels.positions import PositionsPanel

if TYPE_CHECKING:
    from datetime import date

    from pytestqt.qtbot import QtBot

    from tests.ui.panels.rig import Rig
    from vaultdesk.core.audit import Fact
    from vaultdesk.storage.database import Database

ACCOUNT, BROKER = "DU1234567", "test broker"
AUGUST, SEPTEMBER, DECEMBER, JUNE, FAR = boards.EXPIRIES


def put(strike: str, contracts: str, expiry: date = AUGUST, cost: str | None = "4.00") -> Held:
    """Puts on GLD that the broker holds, sold where negative."""
    return held("P", strike, contracts, expiry, cost)


def call(strike: str, contracts: str, expiry: date = AUGUST, cost: str | None = "4.00") -> Held:
    """Calls likewise."""
    return held("C", strike, contracts, expiry, cost)


def held(kind: str, strike: str, contracts: str, expiry: date, cost: str | None) -> Held:
    """So many of an option."""
    option = Instrument("GLD", expiry, Decimal(strike), "C" if kind == "C" else "P", 100)
    return Held(ACCOUNT, option, Decimal(contracts), None if cost is None else Decimal(cost))


class Store(SqlOrderStore):
    """The real one, on a disk that a test can fill up."""

    full = False

    async def set_manual(self, positions: tuple[Held, ...], facts: tuple[Fact, ...]) -> None:
        if self.full:
            raise StorageError("The disk is full: free some space.")
        await super().set_manual(positions, facts)


class PositionDesk:
    """A panel over the services; `begin` brings up loan, chains and store."""

    def __init__(self, desk: Rig, database: Database, qtbot: QtBot, kept: str = "") -> None:
        self.desk, self.store, self.audit = desk, Store(database), SqlAuditStore(database)
        self.broker = ScriptedBroker(Exchange(clock=desk.clock, accounts=(ACCOUNT,)), name=BROKER)
        self.service = PositionService(
            desk.bus, desk.hedge, desk.loan, desk.clock, wall=desk.clock, broker=BROKER
        )
        self.orders = OrderService(
            self.broker, ScriptedMarket(), desk.bus, desk.clock, desk.clock, desk.hedge, desk.loan,
            lambda: self.service.counted, limits=Limits(), profile="test",
            sleep=_never,
        )  # fmt: skip
        self.panel = PositionsPanel(desk.bus, self.service, self.orders, desk.clock, kept)
        self.panel.resize(1500, 1000)
        qtbot.addWidget(self.panel, before_close_func=lambda panel: panel.retire())
        self.panel.show()

    async def begin(self, *, chains: bool = True) -> None:
        """The loan is valued, chains are there, and the store is open."""
        if chains:
            await hedged(self.desk)
        await self.service.use(self.store)
        await self.survey()

    async def hold(self, *positions: Held) -> None:
        """The broker tells these, and they are shown."""
        self.service.hear_holdings(HoldingsTold((), positions, self.desk.clock.now()))
        await self.survey()

    async def survey(self) -> None:
        """All is looked at anew and shown."""
        await self.service.refresh()
        self.panel.show_survey()

    async def settled(self) -> None:
        """What was asked for came to its end, and is shown."""
        await self.panel.settled()
        await self.survey()

    def connection(self, state: BrokerState) -> None:
        """The connection is in another state."""
        self.broker.state = state
        self.desk.bus.tell(BrokerStatusChanged(self.broker.status))
        self.panel.show_survey()

    async def close(self) -> None:
        """Nothing goes on afterwards."""
        await self.panel.settled()
        self.service.close()
        await self.orders.close()

    def cells(self, field: str) -> list[str]:
        """What stands in a column of the list."""
        return self._of(field, "text")

    def hints(self, field: str) -> list[str]:
        """The tooltips of a column."""
        return self._of(field, "hint")

    def _of(self, field: str, what: str) -> list[str]:
        table = self.panel.body.list.table
        column = next(one for one in table.keyed.columns if one.field == field)
        return [getattr(column, what)(row) for row in table.rows]

    def pick(self, contract: str) -> None:
        """Select the row of a contract."""
        table = self.panel.body.list.table
        table.setCurrentIndex(table.keyed.index(self.cells("contract").index(contract), 0))


async def _never(_seconds: float) -> None:
    await asyncio.Event().wait()
