"""What the services keep, and what they ask of whatever keeps it.

Every method may raise `ports.StorageError`; then nothing was changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeAlias, TypeVar

if TYPE_CHECKING:  # named only, as these Protocols are themselves
    from datetime import date, datetime

    from vaultdesk.core.alerts import Alert, AlertRecord, Batch, Delivery, HistoryQuery, Kept
    from vaultdesk.core.audit import Entry, Fact
    from vaultdesk.core.hedge.scenes import NamedScene
    from vaultdesk.core.hedge.templates import Template
    from vaultdesk.core.loan.series import LtvSeries
    from vaultdesk.core.loan.snapshots import Snapshot
    from vaultdesk.core.loan.terms import Facility
    from vaultdesk.core.market import Chain, Quote
    from vaultdesk.core.orders.broker import CommissionTold, Execution, Held
    from vaultdesk.core.orders.life import Order
    from vaultdesk.core.reports.kept import KeptReport, ReportRow

Named = TypeVar("Named")


class MarketStore(Protocol):
    """Keeps the last good quotes and the chains of the last minutes."""

    async def last_quote(self, symbol: str) -> Quote | None:
        """The newest quote kept, as it was received."""

    async def keep_quote(self, quote: Quote) -> None:
        """Keep this quote as the symbol's newest."""

    async def chain(self, symbol: str, expiry: date) -> Chain | None:
        """The chain kept for this expiry, whatever its age."""

    async def keep_chain(self, chain: Chain) -> None:
        """Keep this chain in place of the expiry's last."""

    async def expirations(self, symbol: str) -> tuple[datetime, tuple[date, ...]] | None:
        """When the expiries were fetched, and what they were."""

    async def keep_expirations(self, symbol: str, at: datetime, dates: tuple[date, ...]) -> None:
        """Keep the expiries fetched at `at`."""


class LoanStore(Protocol):
    """Keeps every version of the loan's terms; nothing is overwritten."""

    async def save(self, terms: Facility) -> None:
        """Add a version."""

    async def versions(self) -> tuple[Facility, ...]:
        """Every version, in the order they were written."""

    async def undo(self) -> Facility | None:
        """Add a version that repeats the one before the newest, and give it."""


class SnapshotStore(Protocol):
    """Keeps the LTV history."""

    async def add(self, snapshot: Snapshot) -> bool:
        """Keep a snapshot; False when one of its symbol, moment and reason was kept."""

    async def since(self, start: datetime) -> tuple[Snapshot, ...]:
        """The snapshots from `start` on, oldest first."""

    async def series(self, start: datetime) -> LtvSeries:
        """The snapshots from the hour of `start` on, as arrays; of very many the telling ones."""

    async def get(self, number: int) -> Snapshot | None:
        """The snapshot of an id in `LtvSeries`; None when it was replaced meanwhile."""

    async def replace_all(self, snapshots: tuple[Snapshot, ...]) -> None:
        """Put these in the place of all; only a demonstration's history is ever replaced."""


class NamedStore(Protocol[Named]):
    """Keeps things by their names."""

    async def load(self) -> tuple[tuple[Named, ...], tuple[str, ...]]:
        """Those that can be read by name, and a sentence on each other, which stays kept."""

    async def change(self, keep: tuple[Named, ...], forget: tuple[str, ...]) -> None:
        """Keep some, in place of those of the same names, and forget others, all at once."""


TemplateStore: TypeAlias = "NamedStore[Template]"
SceneStore: TypeAlias = "NamedStore[NamedScene]"


class AlertStore(Protocol):
    """Keeps the rules, what they remember, what was told and what became of it."""

    async def load(self) -> Kept:
        """What there is; the first call gives the desk its lasting UUID."""

    async def commit(self, batch: Batch) -> None:
        """Keep all of it in one transaction; alerts and deliveries that are kept already stay."""

    async def history(self, query: HistoryQuery) -> tuple[AlertRecord, ...]:
        """The alerts with their deliveries and who took note, newest first."""

    async def open_deliveries(self) -> tuple[tuple[Delivery, Alert], ...]:
        """What is still to be delivered, the alert that came first first."""

    async def update(self, delivery: Delivery) -> None:
        """Keep what became of a delivery."""


class PaperStore(Protocol):
    """Keeps the embedded paper broker's book, as events that are only ever added."""

    async def events(self) -> tuple[str, ...]:
        """All of them, in order, as they were given."""

    async def add(self, events: tuple[str, ...]) -> None:
        """Keep these after the others: on disk, through the system's cache, once it returns."""


class OrderStore(Protocol):
    """Keeps orders, the trades of them, and positions held elsewhere; writes through to the disk.

    Facts given along go into the audit log in the same transaction.
    """

    async def confirm(self, orders: tuple[Order, ...], facts: tuple[Fact, ...]) -> None:
        """Keep new orders, all or none.

        Raises:
            OrderRefused: one of these refs, or this place of the same ticket, is kept already.
        """

    async def save(self, orders: tuple[Order, ...], facts: tuple[Fact, ...]) -> None:
        """Keep what became of orders."""

    async def orders(self, *, open_only: bool = False, limit: int = 10_000) -> tuple[Order, ...]:
        """The newest, the last confirmed first."""

    async def record(
        self, broker: str, executions: tuple[Execution, ...], facts: tuple[Fact, ...]
    ) -> tuple[Execution, ...]:
        """Keep trades: each once, a correction in place of what it corrects; give what changed."""

    async def commission(self, broker: str, told: CommissionTold, facts: tuple[Fact, ...]) -> bool:
        """Keep what a trade's commission is; False where there is no such trade or it is known."""

    async def executions(self, broker: str, ref: str = "") -> tuple[Execution, ...]:
        """The trades at a broker, of one order or of all, the oldest first."""

    async def manual(self) -> tuple[Held, ...]:
        """Positions held elsewhere, as they were entered; `account` is where."""

    async def set_manual(self, held: tuple[Held, ...], facts: tuple[Fact, ...]) -> None:
        """Keep these in place of all."""


class AuditStore(Protocol):
    """Keeps the audit log; nothing in it is ever changed."""

    async def append(self, facts: tuple[Fact, ...]) -> None:
        """Seal these after the others."""

    async def entries(
        self,
        *,
        newest: int | None = None,
        since: datetime | None = None,
        before: int | None = None,
    ) -> tuple[Entry, ...]:
        """In their order, where given: from `since` on, before a number, the last `newest`."""

    async def count(self) -> int:
        """How many entries there are."""

    async def broken(self) -> str:
        """What is wrong first, a sentence that names the record; empty where all is as written."""


class ReportStore(Protocol):
    """Keeps what reports were made from; nothing in it is ever changed."""

    async def keep(self, report: KeptReport, facts: tuple[Fact, ...]) -> None:
        """Keep it, and these facts in the audit log with it; one that is kept already stays."""

    async def get(self, number: str) -> KeptReport | None:
        """The report of an id."""

    async def rows(self) -> tuple[ReportRow, ...]:
        """All of them without what they were made from, the newest first."""
