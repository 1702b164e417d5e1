"""What happens to the paper account, as it is kept: one line of JSON each, only ever added."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

import msgspec

from vaultdesk.core.orders.draft import OrderDraft
from vaultdesk.core.orders.instrument import Instrument
from vaultdesk.ports import StorageError


class Deposited(msgspec.Struct, frozen=True, tag="deposited"):
    """Money was put in."""

    at: datetime
    amount: Decimal


class Received(msgspec.Struct, frozen=True, tag="received"):
    """An order came in, under the desk's name for it."""

    at: datetime
    ref: str
    draft: OrderDraft


class Accepted(msgspec.Struct, frozen=True, tag="accepted"):
    """The account can carry the order, by the quotes of that moment."""

    at: datetime
    ref: str


class Rejected(msgspec.Struct, frozen=True, tag="rejected"):
    """An order was not taken; `text` says why."""

    at: datetime
    ref: str
    text: str


class Cancelled(msgspec.Struct, frozen=True, tag="cancelled"):
    """What was left of an order was ended; `text` says by what."""

    at: datetime
    ref: str
    text: str


class Traded(msgspec.Struct, frozen=True):
    """One leg's part of a fill: price per share, commission in money.

    `quoted` is when the quote was made.
    """

    price: Decimal
    commission: Decimal
    quoted: datetime


class Filled(msgspec.Struct, frozen=True, tag="filled"):
    """Units of an order were traded, every leg of it."""

    at: datetime
    ref: str
    units: int
    legs: tuple[Traded, ...]


class Settled(msgspec.Struct, frozen=True, tag="settled"):
    """An option that was held has expired, by the underlying's close of its last day.

    `quantity` is what was held, negative when short; with `exercised` shares went for the strike.
    """

    at: datetime
    option: Instrument
    quantity: int
    close: Decimal
    exercised: bool


Event = Deposited | Received | Accepted | Rejected | Cancelled | Filled | Settled


def written(event: Event) -> str:
    """The event as it is kept."""
    return msgspec.json.encode(event).decode()


def read(lines: Iterable[str]) -> tuple[Event, ...]:
    """The events as they were given to `written`.

    Raises:
        StorageError: one of them is none.
    """
    decoder = msgspec.json.Decoder(Event)
    events: list[Event] = []
    for number, line in enumerate(lines, 1):
        try:
            events.append(decoder.decode(line))
        except msgspec.MsgspecError as error:
            raise StorageError(
                f"Entry {number} of the desk paper's book cannot be read ({error}): "
                "restore the profile's database from a backup."
            ) from error
    return tuple(events)
