"""A small desk for the window's tests: stand-in panels, a store in memory, one loan, one quote."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from PySide6.QtWidgets import QPushButton, QVBoxLayout

from vaultdesk.core.loan.terms import single_pledge
from vaultdesk.core.market import Quality, Quote
from vaultdesk.events import Bus, QuoteChanged
from vaultdesk.ports import StorageError
from vaultdesk.ui.commands import Command
from vaultdesk.ui.panel import Panel, named
from vaultdesk.ui.tables.model import Column, TableModel
from vaultdesk.ui.tables.view import Table
from vaultdesk.ui.window import DeskWindow

NOW = datetime(2026, 11, 20, 15, 32, 7, tzinfo=UTC)
KEYS = ("loan", "quote", "chain", "greeks", "history")

TERMS = single_pledge(
    "GLD", Decimal(10_000), Decimal(2_100_000), "USD", Decimal("0.75"), Decimal("0.85"), NOW
)
"""60 % at 350.00, called at 280.00, closed out at 247.06."""


def quote(price: str = "350.00", quality: Quality = Quality.LIVE, symbol: str = "GLD") -> Quote:
    """A quote 8 s old."""
    at = NOW - timedelta(seconds=8)
    return Quote(symbol, None, None, Decimal(price), at, NOW, "test", quality)


class MemoryStore:
    """A WorkspaceStore; with `broken` every call fails as a full disk would."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}
        self.broken = False

    def load(self, name: str) -> bytes | None:
        self._check()
        return self.kept.get(name)

    def save(self, name: str, data: bytes) -> None:
        self._check()
        self.kept[name] = data

    def names(self) -> tuple[str, ...]:
        self._check()
        return tuple(self.kept)

    def delete(self, name: str) -> None:
        self._check()
        self.kept.pop(name, None)

    def _check(self) -> None:
        if self.broken:
            raise StorageError("The disk is full: free some space.")


class StandIn(Panel):
    """A panel with two buttons and a table."""

    def __init__(self, bus: Bus, key: str) -> None:
        self.key, self.title = key, key.title()
        super().__init__(bus)
        self.hear(QuoteChanged, lambda _event: None)
        column = QVBoxLayout(self)
        self.first = named(QPushButton("First"), f"{key}.first", "The first control")
        columns: list[Column[str]] = [
            Column(name, name, "", str, sample="0") for name in ("One", "Two", "Three")
        ]
        self.table = named(Table(TableModel(columns)), f"{key}.table", "A table")
        column.addWidget(self.first)
        column.addWidget(self.table)
        self.seen = False

    def looked_at(self, *, seen: bool) -> None:
        """Note it."""
        super().looked_at(seen=seen)
        self.seen = seen


def desk(
    bus: Bus | None = None,
    store: MemoryStore | None = None,
    *,
    commands: Iterable[Command] = (),
    keys: tuple[str, ...] = KEYS,
    mark: str = "",
    tray: bool = False,
) -> DeskWindow:
    """A window of stand-ins, not yet shown."""
    bus = bus or Bus()
    return DeskWindow(
        bus,
        [StandIn(bus, key) for key in keys],
        commands,
        store or MemoryStore(),
        now=lambda: NOW,
        mark=mark,
        tray_holds=lambda: tray,
        zone=UTC,
    )
