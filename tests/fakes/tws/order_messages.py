"""What TWS says of orders and executions, field by field, for server version 176."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from tests.fakes.tws.faults import Fault
from tests.fakes.tws.messages import UNSET, UNSET_LOWER, Message, contract_fields
from tests.fakes.tws.records import BrokerOrder, Execution

NEW_YORK = ZoneInfo("America/New_York")
UNSET_INT = 2147483647


@dataclass(frozen=True, slots=True)
class State:
    """The broker's figures in an open order: nine of margin, then commissions and a warning.

    Margins are initial, maintenance and equity: before, change, after.
    """

    margins: tuple[str, ...] = (UNSET,) * 9
    commissions: tuple[str, str, str] = ("", "", "")
    currency: str = ""
    warning: str = ""


def what_if_state(contracts: Decimal, legs: int, faults: set[Fault]) -> State:
    """Margin of 500 USD and 0.65 USD of commission a contract and leg, or the fault's figures."""
    if Fault.WHAT_IF_BLANK in faults:
        return State(("",) * 9)
    if Fault.WHAT_IF_UNSET_LOWER in faults:
        return State((UNSET_LOWER,) * 9, (UNSET_LOWER,) * 3)
    if Fault.WHAT_IF_UNSET in faults:
        return State((UNSET,) * 9, (UNSET,) * 3)
    change, pieces = 500 * contracts, contracts * max(1, legs)
    before, after = Decimal(10_000), Decimal(10_000) + change
    margins = (before, before, 1_000_000, change, change, 0, after, after, 1_000_000)
    fee = f"{pieces * Decimal('0.65'):f}"
    unknown = Fault.WHAT_IF_NO_COMMISSION in faults
    commissions = (UNSET, UNSET, UNSET) if unknown else (fee, "", "")
    return State(tuple(str(margin) for margin in margins), commissions, "USD")


def open_order(order: BrokerOrder, state: State | None = None) -> Message:
    """The order as it stands; with a state it is the answer to a what-if."""
    return (
        *(5, order.order_id, *_contract(order)),
        *(order.action, order.quantity, order.order_type, order.limit or Decimal(0), "0.0"),
        *(order.tif, "", order.account, "", 0, order.order_ref, order.client_id, order.perm_id),
        *(0, 0, 0, "", f"{order.perm_id}.0/{order.account}/100"),
        *("", "", "", ""),  # financial advisor
        *("", "", "", "", ""),  # model, good till, rule 80A, offset, settling
        *(0, "", -1, 0),  # short sale, auction
        *("", "", "", "", ""),  # prices of the stock
        *(UNSET_INT, 0, 0, 0, "", 3, 0, 0, "", 0, 0),  # display to trigger
        *("", 0, "None", "", 0, "", "", "", "?", 0, 0, ""),  # volatility, delta neutral
        *(0, 0, "", "", "", "", ""),  # trail, basis points, description of the legs
        *_combination(order),
        *(UNSET_INT, UNSET_INT, "", ""),  # scale, hedge
        *(0, "", "IB", 0, 0, "", 0),  # clearing, delta neutral, algorithm, solicited
        *_state(order, state),
        *(0, 0, 0),  # randomised size and price, conditions
        *("None", UNSET, order.limit or UNSET, UNSET, UNSET, UNSET, UNSET, 0),  # adjusted
        *("", "", "", 0, 1, 0, 0, 0),  # soft dollars to price management
        *("", "", 0),  # duration, post to ATS, parent
        *("", "", "", "", ""),  # peg
    )


def _contract(order: BrokerOrder) -> Message:
    """An open order says "?" for the right of what is no option."""
    fields = list(contract_fields(order.contract))
    fields[5] = fields[5] or "?"
    return tuple(fields)


def _combination(order: BrokerOrder) -> Message:
    """The legs, no prices for them, and the routing of a combination."""
    legs = (
        field
        for leg in order.legs
        for field in (leg.con_id, leg.ratio, leg.action, leg.exchange, 0, 0, "", -1)
    )
    routing = (1, "NonGuaranteed", "0") if order.legs else (0,)
    return len(order.legs), *legs, 0, *routing


def _state(order: BrokerOrder, state: State | None) -> Message:
    """Whether it asks what if, the status, and the broker's figures."""
    said = state or State()
    figures = (*said.margins, *said.commissions, said.currency, said.warning)
    return state is not None, order.status, *figures


def completed_order(order: BrokerOrder, zone: bool) -> Message:
    """An order that is done; it carries neither order id nor client."""
    ended = "" if order.done_at is None else local_time(order.done_at, zone=zone)
    return (
        *(101, *contract_fields(order.contract)),
        *(order.action, order.quantity, order.order_type, order.limit or Decimal(0), "0.0"),
        *(order.tif, "", order.account, "", 0, order.order_ref, order.perm_id),
        *(0, 0, 0, "", "", "", "", "", "", "", "", "", ""),  # financial advisor to settling
        *(0, "", -1, "", "", "", "", ""),  # short sale, prices of the stock
        *(UNSET_INT, 0, 0, "", 3, 0),  # display to trigger
        *("", 0, "None", "", 0, 0, 0, ""),  # volatility, delta neutral
        *(0, 0, "", "", ""),  # trail, description of the legs
        *_combination(order),
        *(UNSET_INT, UNSET_INT, "", ""),  # scale, hedge
        *("", "IB", 0, 0, "", 0),  # clearing, delta neutral, algorithm, solicited
        *(order.status, 0, 0, 0),  # randomised size and price, conditions
        *(order.limit or UNSET, UNSET, 0, 1, 0, "", order.filled, UNSET_INT, 0),
        *("Not an insider or substantial shareholder", 0, 0, 9223372036854775807),
        *(ended, "Cancelled by Trader" if order.status == "Cancelled" else order.status),
        *("", "", "", "", ""),  # peg
    )


def order_status(order: BrokerOrder) -> Message:
    return (
        *(3, order.order_id, order.status, order.filled, order.remaining, order.average),
        *(order.perm_id, 0, order.last_price, order.client_id, "", 0),
    )


def execution(req_id: int, made: Execution, *, zone: bool = True) -> Message:
    """One row of a fill; `req_id` is -1 when nobody asked for it."""
    return (
        *(11, req_id, made.order_id, *contract_fields(made.contract)),
        *(made.exec_id, local_time(made.at, zone=zone), made.account, made.contract.exchange),
        *(made.side, made.shares, made.price, made.perm_id, made.client_id, 0),
        *(made.cumulated, made.average, made.order_ref, "", "", "", 2),
    )


def commission(made: Execution, *, unset: bool = False) -> Message:
    """The commission in USD; profit and yield are not given."""
    fee = UNSET if unset else made.commission
    return 59, 1, made.exec_id, fee, "USD", UNSET, UNSET, ""


def local_time(at: datetime, *, zone: bool) -> str:
    """New York's time, with its name or without it, as older hosts write it."""
    local = at.astimezone(NEW_YORK)
    return f"{local:%Y%m%d %H:%M:%S} America/New_York" if zone else f"{local:%Y%m%d  %H:%M:%S}"
