"""The panels' desk: real services on a scripted feed, a database in memory and a clock by hand."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import TypeVar

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from tests.fakes.feed import START, ManualClock, ScriptedFeed, chain
from vaultdesk.core.hedge.vocabulary import HedgeRules
from vaultdesk.core.loan.terms import Facility, single_pledge
from vaultdesk.core.market import Quality, Quote
from vaultdesk.events import Bus
from vaultdesk.services.chain import ChainService
from vaultdesk.services.chains import Chains
from vaultdesk.services.hedge import HedgeService
from vaultdesk.services.history import HistoryService
from vaultdesk.services.loan import LoanService
from vaultdesk.services.market import MarketService
from vaultdesk.storage.database import Database
from vaultdesk.storage.loan_store import SqlLoanStore
from vaultdesk.storage.snapshot_store import SqlSnapshotStore
from vaultdesk.ui.panel import Panel

NEAR, MIDDLE, QUARTER, FAR = (
    date(2026, 8, 7),
    date(2026, 9, 18),
    date(2026, 10, 9),
    date(2028, 1, 21),
)
P = TypeVar("P", bound=Panel)
W = TypeVar("W", bound=QWidget)

EXPIRIES = (NEAR, MIDDLE, QUARTER, FAR)

TERMS = single_pledge(
    "GLD", Decimal(10_000), Decimal(2_100_000), "USD", Decimal("0.75"), Decimal("0.85"), START
)
"""60 % at 350.00, called at 280.00, closed out at 247.06."""


def priced(price: str, quality: Quality = Quality.LIVE, **changes: object) -> Quote:
    """A complete quote, 4 s old by the exchange's clock at START."""
    last = Decimal(price)
    made = Quote(
        symbol="GLD",
        bid=last - Decimal("0.02"),
        ask=last + Decimal("0.01"),
        last=last,
        at=START - timedelta(seconds=4),
        received=START - timedelta(seconds=3),
        source="yahoo",
        quality=quality,
        previous_close=last - Decimal("1.84"),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


class Rig:
    """Everything the panels are given, and how to make things happen to it."""

    def __init__(self, database: Database) -> None:
        self.clock = ManualClock()
        self.bus = Bus()
        self.feed = ScriptedFeed(clock=self.clock, expiries=EXPIRIES)
        self.feed.chains.update({expiry: chain(expiry) for expiry in EXPIRIES})
        self.market = MarketService(self.feed, self.bus, "GLD")
        self.chains = Chains(self.feed, self.bus, ttl_s=300)
        self.chain = ChainService(self.chains, self.bus, self.market)
        self.loan = LoanService(self.bus, self.clock, self.clock)
        self.hedge = HedgeService(
            self.chains, self.bus, self.market, self.loan, self.chain, rules=HedgeRules(days=60)
        )
        self.history = HistoryService(self.bus, self.clock)
        self.loans = SqlLoanStore(database, self.clock)
        self.snapshots = SqlSnapshotStore(database)

    async def quote(self, quote: Quote) -> None:
        """The feed gives this quote."""
        self.feed.quotes = [quote]
        await self.market.refresh()

    async def pledge(self, terms: Facility = TERMS) -> None:
        """The loan has these terms."""
        await self.loan.use(self.loans)
        await self.loan.save(terms)

    async def open_chain(self) -> None:
        """Expiries, and the chain nearest to sixty days."""
        self.chain.open()
        await self.chain.settled()


@contextmanager
def rig() -> Iterator[Rig]:
    """A desk that goes with its database."""
    with Database(None) as database:
        yield Rig(database)


def shown(panel: P, qtbot: QtBot, width: int = 900, height: int = 900) -> P:
    """The panel on screen in this size; it is retired after the test."""
    panel.resize(width, height)
    qtbot.addWidget(panel, before_close_func=lambda _widget: panel.retire())
    panel.show()
    return panel


def child(panel: QWidget, kind: type[W], identifier: str) -> W:
    """The control of this accessible identifier."""
    found = panel.findChild(kind, identifier)
    assert isinstance(found, kind), identifier
    assert found.accessibleIdentifier() == identifier
    return found


def label(panel: QWidget, identifier: str) -> QLabel:
    """The label of this accessible identifier."""
    return child(panel, QLabel, identifier)


def text(panel: QWidget, identifier: str) -> str:
    """What the label of this identifier says."""
    return label(panel, identifier).text()


def running(widget: QWidget) -> list[QTimer]:
    """The timers of a widget, and of those in it, that are running."""
    return [timer for timer in widget.findChildren(QTimer) if timer.isActive()]
