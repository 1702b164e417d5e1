"""Everything that can happen on the desk, and the bus that tells who asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:  # named only: what they bring is not loaded before the first paint
    from datetime import date, datetime
    from decimal import Decimal

    from vaultdesk.core.alerts import Alert
    from vaultdesk.core.alerts.hedges import Hedges
    from vaultdesk.core.calendar import Hours
    from vaultdesk.core.hedge.position import Position
    from vaultdesk.core.hedge.vocabulary import HedgeRules
    from vaultdesk.core.loan.first_passage import CallProbability
    from vaultdesk.core.loan.snapshots import Snapshot
    from vaultdesk.core.loan.state import LoanState
    from vaultdesk.core.loan.terms import Facility
    from vaultdesk.core.market import FeedStatus, Quality, Quote, Right
    from vaultdesk.core.orders.broker import BrokerStatus
    from vaultdesk.core.orders.draft import Ticket
    from vaultdesk.core.orders.life import Mode, Order
    from vaultdesk.core.orders.preview import Preview
    from vaultdesk.core.reports.kept import ReportRow


@dataclass(frozen=True, slots=True)
class QuoteChanged:
    """A quote was judged and accepted, or the one that stands changed its quality."""

    quote: Quote


@dataclass(frozen=True, slots=True)
class AssetQuoted:
    """A quote of another symbol than the watched one: a currency, an ounce, a pledged fund."""

    quote: Quote


@dataclass(frozen=True, slots=True)
class FeedStatusChanged:
    """The feed does something else than before."""

    status: FeedStatus


@dataclass(frozen=True, slots=True)
class HoursChanged:
    """The exchange opened or closed, or its hours became known."""

    hours: Hours


@dataclass(frozen=True, slots=True)
class ExpirationsChanged:
    """The listed expiries of the chain's symbol became known."""

    symbol: str
    expirations: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class ChainLoading:
    """A chain is being fetched; an earlier fetch, if any, was cancelled."""

    symbol: str
    expiry: date | None


@dataclass(frozen=True, slots=True)
class ChainFailed:
    """The chain could not be fetched; `sentence` says why and what to do."""

    symbol: str
    expiry: date | None
    sentence: str


@dataclass(frozen=True, slots=True)
class ChainChanged:
    """Another chain is shown, or the same one fetched anew; ask the chain service for it."""

    symbol: str
    expiry: date


@dataclass(frozen=True, slots=True)
class GreeksChanged:
    """The shown chain's Greeks were recomputed for a new price of the underlying."""

    symbol: str
    expiry: date


@dataclass(frozen=True, slots=True)
class ExerciseStyleChanged:
    """Options are valued by another style of `EXERCISE_STYLES` from now on."""

    style: str


@dataclass(frozen=True, slots=True)
class PricingChanged:
    """What the shown chain is now priced by: exercise, yield and rate, fractions per year.

    `rate_source` says whether the chain's own parity gave the rate or the settings did, and
    `rate_error` is its standard error, NaN if they did.
    """

    symbol: str
    expiry: date
    style: str
    dividend_yield: float
    rate: float
    rate_source: str
    rate_error: float


@dataclass(frozen=True, slots=True)
class VolatilityChanged:
    """The at-the-money volatility of the shown chain, a fraction per year; None if unpriced."""

    symbol: str
    annual: float | None
    source: str
    quality: Quality


@dataclass(frozen=True, slots=True)
class LoanChanged:
    """The loan's terms were set, changed or undone."""

    terms: Facility | None


@dataclass(frozen=True, slots=True)
class LoanValued:
    """The loan was valued; with `state` None, `problem` says why it could not be."""

    state: LoanState | None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class CallProbabilityChanged:
    """How probable a margin call is until a New York date, by options and by history."""

    until: date
    smile: CallProbability
    history: CallProbability


@dataclass(frozen=True, slots=True)
class PricesNeeded:
    """The loan is valued by the quotes of these symbols, the watched one among them."""

    symbols: frozenset[str]


@dataclass(frozen=True, slots=True)
class SnapshotTaken:
    """A row was added to the LTV history."""

    snapshot: Snapshot


@dataclass(frozen=True, slots=True)
class HistoryChanged:
    """The LTV history became readable or was replaced as a whole: read it anew."""


@dataclass(frozen=True, slots=True)
class ProblemRaised:
    """Something the user must know; `key` names it, so that it can be cleared or replaced."""

    key: str
    sentence: str


@dataclass(frozen=True, slots=True)
class ProblemCleared:
    """The problem of this key is over."""

    key: str


@dataclass(frozen=True, slots=True)
class PriceQuarantined:
    """A price moved too far to be believed before a second trade confirms it."""

    quote: Quote
    sentence: str


@dataclass(frozen=True, slots=True)
class HedgeLoading:
    """The chains for hedging are being fetched and valued."""


@dataclass(frozen=True, slots=True)
class HedgeChanged:
    """What hedges are decided by was made anew: ask the hedge service for it.

    `problem` says why nothing may be recommended by it, or why there is nothing.
    """

    problem: str


@dataclass(frozen=True, slots=True)
class HedgeRulesChanged:
    """The borrower decided otherwise about any hedge."""

    rules: HedgeRules


@dataclass(frozen=True, slots=True)
class HedgeChosen:
    """Another hedge is on the desk; None is none."""

    position: Position | None
    title: str


@dataclass(frozen=True, slots=True)
class TemplatesChanged:
    """Templates of hedges were read, kept or forgotten; ask their service for them."""


@dataclass(frozen=True, slots=True)
class LegPicked:
    """A bid or an ask in the chain was clicked: sell or buy a contract of it.

    `order` is for a ticket of its own, else it becomes a leg of the hedge that is being built.
    """

    expiry: date
    right: Right
    strike: Decimal
    sell: bool
    order: bool = False


@dataclass(frozen=True, slots=True)
class BrokerStatusChanged:
    """The connection to the broker is in another state."""

    status: BrokerStatus


@dataclass(frozen=True, slots=True)
class TicketChanged:
    """Another ticket is on the desk, or the same one edited; None is none. Its preview is gone."""

    ticket: Ticket | None


@dataclass(frozen=True, slots=True)
class PreviewMade:
    """The ticket on the desk was previewed."""

    preview: Preview


@dataclass(frozen=True, slots=True)
class OrderChanged:
    """An order was confirmed, or something became known of it."""

    order: Order


@dataclass(frozen=True, slots=True)
class OrdersLoaded:
    """Many orders changed at once: ask the order service for all."""


@dataclass(frozen=True, slots=True)
class ModeChanged:
    """Orders are sent otherwise than before: not at all, on paper, or with real money."""

    mode: Mode
    account: str


@dataclass(frozen=True, slots=True)
class PositionsChanged:
    """What is held, or what is known of it, changed: ask the position service for it."""


@dataclass(frozen=True, slots=True)
class HedgesHeld:
    """What is held in options, as alerts watch it, is another."""

    hedges: Hedges


@dataclass(frozen=True, slots=True)
class AuditChanged:
    """Entries were added to the audit log."""


@dataclass(frozen=True, slots=True)
class AlertRaised:
    """Something must be said; it is in the history unless the disk refused."""

    alert: Alert


@dataclass(frozen=True, slots=True)
class AlertsChanged:
    """Rules, history, acknowledgements or deliveries changed: read them anew."""


@dataclass(frozen=True, slots=True)
class AlertsEvaluated:
    """The rules were evaluated; told once a second at most."""

    at: datetime


@dataclass(frozen=True, slots=True)
class ReportMade:
    """A report was made and is kept."""

    row: ReportRow


@dataclass(frozen=True, slots=True)
class ScenesChanged:
    """The named what-if scenes are others now, in the order of their names."""

    names: tuple[str, ...]


E = TypeVar("E")
Guard = Callable[[Callable[[Any], None], Any], None]


def _unguarded(handler: Callable[[Any], None], event: object) -> None:
    handler(event)


class Bus:
    """Tells each event to those who asked for its class, in the order they asked, at once.

    `guard` calls a handler with an event; the application's keeps one handler's bug from the
    others, the default lets it through.
    """

    def __init__(self, guard: Guard = _unguarded) -> None:
        self._guard = guard
        self._handlers: dict[type[object], tuple[Callable[[Any], None], ...]] = {}

    def subscribe(self, kind: type[E], handler: Callable[[E], None]) -> Callable[[], None]:
        """Tell `handler` every event of class `kind`, until the returned function is called."""
        self._handlers[kind] = (*self._handlers.get(kind, ()), handler)

        def undo() -> None:
            left = list(self._handlers[kind])
            if handler in left:
                left.remove(handler)
            self._handlers[kind] = tuple(left)

        return undo

    def tell(self, event: object) -> None:
        """Call the handlers of the event's class."""
        for handler in self._handlers.get(type(event), ()):
            self._guard(handler, event)
