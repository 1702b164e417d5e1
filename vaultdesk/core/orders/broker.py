"""What a broker tells, as plain values: its state, accounts, positions, orders and executions."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from vaultdesk.core.orders.instrument import Instrument


class BrokerState(StrEnum):
    """How far the connection has come; orders are sent when READY only."""

    OFFLINE = "offline"
    CONNECTING = "connecting"
    SYNCING = "syncing"
    READY = "ready"
    DEGRADED = "degraded"
    """Connected, but the broker has lost its servers, or its heartbeat does not answer."""
    READ_ONLY = "read-only"
    """Everything is seen, and the broker's own settings refuse orders."""


@dataclass(frozen=True, slots=True)
class BrokerStatus:
    """The broker's state, a sentence for a human, its accounts, and when it is tried again."""

    name: str
    state: BrokerState
    sentence: str = ""
    accounts: tuple[str, ...] = ()
    retry_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """One account's money, in `currency`; None where the broker did not give a figure."""

    name: str
    currency: str
    at: datetime
    source: str
    cash: Decimal | None = None
    equity: Decimal | None = None
    buying_power: Decimal | None = None
    initial_margin: Decimal | None = None
    maintenance_margin: Decimal | None = None
    excess_liquidity: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """Contracts or shares that an account holds, negative when short.

    `average_cost` is per share, before commissions where the broker says so.
    """

    account: str
    instrument: Instrument
    quantity: Decimal
    average_cost: Decimal | None = None


class Standing(StrEnum):
    """What the broker says of an order, as far as it can be believed."""

    WORKING = "working"
    FILLED = "filled"
    CANCELLED = "cancelled"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class BrokerOrder:
    """An order as the broker knows it; its own numbers are 0 where it gave none.

    Attributes:
        ref: the desk's name for it, empty for one that others have sent.
        standing: what has become of it.
        filled: units of the legs.
        order_id: unique only within one client and until ids roll back.
        perm_id: the broker's lasting number.
        client_id: who sent it.
        account: for whom.
        text: the broker's own words.
    """

    ref: str
    standing: Standing
    filled: Decimal
    order_id: int = 0
    perm_id: int = 0
    client_id: int = 0
    account: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Execution:
    """A trade the broker reports, of one leg.

    Attributes:
        exec_id: the same for a trade and its corrections.
        revision: the highest counts; a report again of the same one changes nothing.
        ref: the desk's name of the order, empty where the broker gave none.
        perm_id: the broker's number of the order.
        account: whose.
        instrument: what was traded.
        quantity: contracts, negative when sold.
        price: per share.
        at: aware UTC.
        at_text: the wire's own text of the time.
        commission: None while not given.
    """

    exec_id: str
    revision: int
    ref: str
    perm_id: int
    account: str
    instrument: Instrument
    quantity: Decimal
    price: Decimal
    at: datetime
    at_text: str = ""
    commission: Decimal | None = None
    currency: str = "USD"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything the broker has at one moment.

    `final` when it would show every order that ever reached it: what is missing then never
    arrived. `lists_orders` is False when it does not say which orders there are: then nothing
    follows from one that is missing. `problems` are sentences on rows that could not be read.
    """

    at: datetime
    accounts: tuple[Account, ...]
    positions: tuple[Held, ...]
    orders: tuple[BrokerOrder, ...]
    executions: tuple[Execution, ...]
    final: bool = False
    lists_orders: bool = True
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What the broker says an order would do to an account; None is not given, never zero.

    `why` says in a sentence what is missing and why, or what the broker warns of.
    """

    initial_before: Decimal | None = None
    initial_after: Decimal | None = None
    maintenance_before: Decimal | None = None
    maintenance_after: Decimal | None = None
    equity_before: Decimal | None = None
    equity_after: Decimal | None = None
    commission: Decimal | None = None
    currency: str = ""
    rejected: bool = False
    why: str = ""


@dataclass(frozen=True, slots=True)
class StatusTold:
    """The connection is in another state."""

    status: BrokerStatus


@dataclass(frozen=True, slots=True)
class OrderTold:
    """Something became known of an order; `wire` is the message as it came."""

    order: BrokerOrder
    at: datetime
    wire: str = ""


@dataclass(frozen=True, slots=True)
class ExecutionTold:
    """A trade was made, repeated or corrected."""

    execution: Execution
    wire: str = ""


@dataclass(frozen=True, slots=True)
class CommissionTold:
    """What a trade's commission is."""

    exec_id: str
    commission: Decimal
    currency: str
    wire: str = ""


@dataclass(frozen=True, slots=True)
class NoteTold:
    """The broker said something that changes no order; `ref` is empty where it is about none."""

    ref: str
    code: int
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class HoldingsTold:
    """Accounts or positions changed: all there are now."""

    accounts: tuple[Account, ...]
    positions: tuple[Held, ...]
    at: datetime


Told = StatusTold | OrderTold | ExecutionTold | CommissionTold | NoteTold | HoldingsTold
