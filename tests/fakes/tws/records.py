"""What the broker keeps: orders, executions and positions; money in USD, times aware."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from tests.fakes.tws.market import Listed
from tests.fakes.tws.requests import Leg

DONE = {"Filled", "Cancelled", "Inactive"}
BAG_ID = 28_812_380
"""TWS gives every combination in dollars the same contract id."""


@dataclass
class BrokerOrder:
    """An order that the broker has, live or done; `limit` and prices in USD a share."""

    client_id: int
    order_id: int
    perm_id: int
    order_ref: str
    account: str
    contract: Listed
    legs: tuple[Leg, ...]
    action: str
    quantity: Decimal
    order_type: str
    limit: Decimal | None
    tif: str
    status: str = "Submitted"
    filled: Decimal = Decimal(0)
    paid: Decimal = Decimal(0)
    last_price: Decimal = Decimal(0)
    done_at: datetime | None = None
    of_today: bool = True

    @property
    def alive(self) -> bool:
        return self.status not in DONE

    @property
    def remaining(self) -> Decimal:
        return max(Decimal(0), self.quantity - self.filled)

    @property
    def average(self) -> Decimal:
        """Mean price of what is filled, 0 when nothing is."""
        return self.paid / self.filled if self.filled else Decimal(0)


@dataclass(frozen=True, slots=True)
class Execution:
    """A trade of one contract; a combination has one row as a whole and one a leg."""

    exec_id: str
    order_ref: str
    order_id: int
    client_id: int
    perm_id: int
    account: str
    contract: Listed
    side: str
    shares: Decimal
    price: Decimal
    cumulated: Decimal
    average: Decimal
    at: datetime
    commission: Decimal | None
    """USD; None for the whole of a combination, whose legs carry it."""

    @property
    def signed(self) -> Decimal:
        return self.shares if self.side == "BOT" else -self.shares


@dataclass(frozen=True, slots=True)
class Position:
    """So many contracts (short: negative); `cost` is USD a contract, the multiplier within."""

    account: str
    contract: Listed
    contracts: Decimal
    cost: Decimal


class Refused(Exception):  # noqa: N818 - it is an answer, not a failure of the fake
    """The broker does not take the order; `code` is TWS's."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code
