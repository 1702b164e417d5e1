"""What is to be traded, before anything is sent."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from vaultdesk.core.orders.instrument import Instrument


class Tif(StrEnum):
    """How long an order works: until the session's close, or until it is cancelled."""

    DAY = "DAY"
    GTC = "GTC"


class Origin(StrEnum):
    """Where a ticket came from."""

    STRATEGY = "strategy"
    CHAIN = "chain"
    ROLL = "roll"
    CLOSE = "close"
    HAND = "hand"


@dataclass(frozen=True, slots=True)
class OrderLeg:
    """`ratio` contracts of an instrument for each unit of the order, negative when sold."""

    instrument: Instrument
    ratio: int


@dataclass(frozen=True, slots=True)
class OrderDraft:
    """One order: the legs are traded together or not at all.

    Attributes:
        legs: at least one, no instrument twice; ratios without a common divisor.
        quantity: units of the legs, at least 1.
        limit: net price of one unit per share, positive when paid and negative when received: a
            put bought at 3.20 is 3.20, one sold at 3.20 is -3.20; None is a market order.
        tif: how long it works.
    """

    legs: tuple[OrderLeg, ...]
    quantity: int
    limit: Decimal | None
    tif: Tif = Tif.DAY

    @property
    def combo(self) -> bool:
        """Whether it goes out as one order of several legs (a BAG)."""
        return len(self.legs) > 1

    @property
    def contracts(self) -> int:
        """Of all legs together, bought and sold counted alike."""
        return self.quantity * sum(abs(leg.ratio) for leg in self.legs)


@dataclass(frozen=True, slots=True)
class Ticket:
    """Orders that are previewed together and sent with one click, each of its own at the broker.

    `title` is what it is for, in a few words.
    """

    orders: tuple[OrderDraft, ...]
    title: str
    origin: Origin = Origin.HAND
