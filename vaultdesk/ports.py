"""What the services need from outside, and the errors the outside may raise.

KnownError                  the environment's fault, told in one sentence that says what to do
├── InputError              what the user gave cannot be used
├── StorageError            the database or a file cannot be read or written
├── FeedError               a market source did not answer with data (see FeedFault)
├── DeliveryError           a notice did not reach its channel; says whether to try again
├── BrokerError             the broker did not do what it was asked (see BrokerFault)
├── OrderRefused            an order is not sent: the sentence says why and what to do
├── SecretError             the keyring gave or took no secret (see SecretFault)
└── WorkerError             no process could be had to compute in
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:  # named only: what they bring is not loaded before the first paint
    from collections.abc import AsyncIterator, Callable, Sequence
    from datetime import date, datetime

    from vaultdesk.core.alerts import (
        Alert,
    )
    from vaultdesk.core.market import Chain, DailyClose, FeedStatus, Quote
    from vaultdesk.core.orders.broker import (
        BrokerStatus,
        Told,
        WhatIf,
    )
    from vaultdesk.core.orders.broker import Snapshot as BrokerSnapshot
    from vaultdesk.core.orders.draft import OrderDraft
    from vaultdesk.core.orders.instrument import Instrument, InstrumentQuote
    from vaultdesk.core.orders.life import Order

Task = TypeVar("Task")
Answer = TypeVar("Answer")


class KnownError(Exception):
    """Something outside the program went wrong; `str()` is one sentence that says what to do."""


class InputError(KnownError):
    """The user's input cannot be used; `field` names the one at fault, if it is one."""

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


class StorageError(KnownError):
    """The database or a file cannot be read or written."""


class FeedFault(StrEnum):
    """Why a source gave no data; decides whether and when it is asked again."""

    OFFLINE = "offline"
    TIMEOUT = "timeout"
    RATE_LIMITED = "rate limited"
    AUTH_STALE = "authorisation stale"
    UNAVAILABLE = "unavailable"
    MALFORMED = "malformed answer"
    NO_DATA = "no data"
    UNKNOWN_SYMBOL = "unknown symbol"
    ENDED = "ended"


class FeedError(KnownError):
    """A market source failed; `retry_at` is when asking again makes sense, if the feed knows."""

    def __init__(self, fault: FeedFault, sentence: str, retry_at: datetime | None = None) -> None:
        super().__init__(sentence)
        self.fault = fault
        self.retry_at = retry_at


class DeliveryError(KnownError):
    """A channel did not take a notice.

    `permanent` when trying again cannot help; `retry_at` is when the receiver wants to be asked
    again, if it said so.
    """

    def __init__(
        self, sentence: str, *, permanent: bool = False, retry_at: datetime | None = None
    ) -> None:
        super().__init__(sentence)
        self.permanent = permanent
        self.retry_at = retry_at


class SecretFault(StrEnum):
    """Why there is no secret."""

    NO_BACKEND = "no keyring"
    LOCKED = "locked"
    DISMISSED = "dismissed"
    TIMEOUT = "timeout"
    MISSING = "missing"
    REFUSED = "refused"


class SecretError(KnownError):
    """A secret could not be read, kept or removed."""

    def __init__(self, fault: SecretFault, sentence: str) -> None:
        super().__init__(sentence)
        self.fault = fault


class BrokerFault(StrEnum):
    """Why a broker did not do what it was asked; decides what may be believed afterwards."""

    NOT_READY = "not ready"
    TIMEOUT = "timeout"
    LOST = "connection lost"
    REFUSED = "refused"
    NO_DATA = "no data"


class BrokerError(KnownError):
    """The broker failed.

    `sent` is False when nothing of an order can have left the desk, True when it may have.
    """

    def __init__(self, fault: BrokerFault, sentence: str, *, sent: bool = False) -> None:
        super().__init__(sentence)
        self.fault = fault
        self.sent = sent


class OrderRefused(KnownError):  # noqa: N818
    """An order is not sent; nothing left the desk."""


class WorkerError(KnownError):
    """The processes or machines that compute for the desk cannot be reached or do not last."""


class Clock(Protocol):
    """Where the desk reads the time: the wall, a recording or a simulation."""

    def now(self) -> datetime:
        """The time now, aware, in UTC."""


class MarketFeed(Protocol):
    """A source of quotes and option chains; every method but `status` may raise FeedError.

    Every call may be cancelled at any time. `stream` yields quotes until it fails or ends; a feed
    that cannot stream raises FeedError at once with `FeedFault.NO_DATA`. Polling goes on beside it.
    """

    @property
    def name(self) -> str:
        """What the feed is called in the status bar and in sentences."""

    @property
    def clock(self) -> Clock:
        """The clock its market runs on, which becomes the desk's."""

    async def quote(self, symbol: str) -> Quote:
        """The newest quote of a listed symbol or a currency pair such as EURUSD."""

    async def closes(self, symbol: str, start: date) -> tuple[DailyClose, ...]:
        """The close of each trading day that is over, from `start` on, ascending; none twice."""

    def stream(self, symbol: str) -> AsyncIterator[Quote]:
        """Each new quote as it comes."""

    async def expirations(self, symbol: str) -> tuple[date, ...]:
        """The listed expiries, ascending."""

    async def chain(self, symbol: str, expiry: date) -> Chain:
        """All contracts of one expiry."""

    def status(self) -> FeedStatus:
        """What the feed is doing right now."""

    async def close(self) -> None:
        """Stop at once, also with a request hanging; never raises."""


class InstrumentMarket(Protocol):
    """What single instruments are quoted at."""

    async def quote(self, instrument: Instrument) -> InstrumentQuote | None:
        """The newest market of it; None where the source does not list it.

        Raises:
            FeedError: it cannot be had.
        """


class Broker(Protocol):
    """Where orders go. Every method may be cancelled at any time.

    `run` connects and stays connected until it is cancelled; it never raises for what the broker
    does. Everything that becomes known by itself is told to those who `hear`, on the event loop.
    """

    @property
    def name(self) -> str:
        """As orders keep it and the window shows it: "desk paper" or "IBKR"."""

    @property
    def status(self) -> BrokerStatus:
        """How the connection is now."""

    def hear(self, handler: Callable[[Told], None]) -> Callable[[], None]:
        """Tell `handler` everything, until the returned function is called."""

    async def run(self) -> None:
        """Connect, and connect again after every loss."""

    def hurry(self) -> None:
        """Connect at once instead of waiting; connected already, look again how things stand."""

    async def snapshot(self) -> BrokerSnapshot:
        """Accounts, positions, orders and executions, as the broker has them now.

        Raises:
            BrokerError: it does not answer; nothing can be said then of what is missing.
        """

    async def what_if(self, draft: OrderDraft, account: str) -> WhatIf:
        """What the order would do to the account; a figure not given within 10 s is None.

        Raises:
            BrokerError: it cannot be asked.
        """

    async def place(self, order: Order) -> int:
        """Hand the order over under its ref and give the broker's order id; called once ever.

        Raises:
            BrokerError: `sent` says whether something may have left the desk.
        """

    async def cancel(self, order: Order) -> None:
        """Ask to cancel this one order; what comes of it is told.

        Raises:
            BrokerError: it was not asked.
        """

    async def close(self) -> None:
        """Hang up at once; never raises."""


class Channel(Protocol):
    """One way a notice leaves the desk; it may be cancelled at any time."""

    @property
    def name(self) -> str:
        """As rules name it: "desktop", "sound", "mail" or "webhook"."""

    async def deliver(self, alert: Alert, delivery_id: str) -> str:
        """Send the alert and give what the receiver said, for the history.

        `delivery_id` is the same at each attempt: a receiver can drop what it has already.

        Raises:
            DeliveryError: It was not taken.
        """


class SecretStore(Protocol):
    """Keeps passwords and keys by name, in the OS keyring or what stands in for it."""

    async def get(self, name: str) -> str:
        """The secret of this name.

        Raises:
            SecretError: There is none, or the store cannot be read.
        """

    async def set(self, name: str, secret: str) -> None:
        """Keep a secret under the name, in place of what was there.

        Raises:
            SecretError: It was not kept.
        """

    async def delete(self, name: str) -> None:
        """Forget the name; one that is not kept is no error.

        Raises:
            SecretError: The store cannot be written.
        """

    async def describe(self) -> str:
        """Where secrets are kept, or why nowhere, in one sentence for the settings."""


class Workers(Protocol):
    """Computes on other processors than the event loop's, in processes or on machines."""

    async def run(
        self,
        function: Callable[[Task], Answer],
        tasks: Sequence[Task],
        tell: Callable[[int], None],
    ) -> list[Answer]:
        """The answer to each task, in the tasks' order; `tell` hears how many there are so far.

        `function` is a module's own and depends on nothing but its argument: what a worker that
        died had begun is computed again by another. What has not begun when the call is cancelled
        never does.

        Raises:
            WorkerError: there are no workers, or they do not last.
        """

    async def close(self) -> None:
        """Stop them; the next run starts others."""
