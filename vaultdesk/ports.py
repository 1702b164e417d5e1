"""What the services need from outside, and the errors the outside may raise.

KnownError                  the environment's fault, told in one sentence that says what to do
├── InputError              what the user gave cannot be used
├── StorageError            the database or a file cannot be read or written
├── FeedError               a market source did not answer with data (see FeedFault)
├── DeliveryError           a notice did not reach its channel; says whether to try again
└── SecretError             the keyring gave or took no secret (see SecretFault)
"""

from collections.abc import AsyncIterator
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from vaultdesk.core.alerts import Alert
from vaultdesk.core.loan.terms import LoanTerms
from vaultdesk.core.loan.valuation import Snapshot
from vaultdesk.core.market import Chain, FeedStatus, Quote


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
    """A channel did not take a notice; `permanent` when trying again cannot help."""

    def __init__(self, sentence: str, *, permanent: bool = False) -> None:
        super().__init__(sentence)
        self.permanent = permanent


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
        """The newest quote."""

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

    async def current(self) -> LoanTerms | None:
        """The newest version, or None before the first and after the loan was removed."""

    async def save(self, terms: LoanTerms) -> None:
        """Add a version."""

    async def versions(self) -> tuple[LoanTerms, ...]:
        """Every version, oldest first."""

    async def undo(self) -> LoanTerms | None:
        """Add a version that repeats the one before the newest, and give it."""


class SnapshotStore(Protocol):
    """Keeps the LTV history."""

    async def add(self, snapshot: Snapshot) -> bool:
        """Keep a snapshot; False when its hour (or its moment, for a change of zone) was kept."""

    async def since(self, start: datetime) -> tuple[Snapshot, ...]:
        """The snapshots from `start` on, oldest first."""

    async def replace_all(self, snapshots: tuple[Snapshot, ...]) -> None:
        """Put these in the place of all; only a demonstration's history is ever replaced."""


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
