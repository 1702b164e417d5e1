"""An order's life: its states, and what each thing that is told makes of it."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from vaultdesk.core.money import plain
from vaultdesk.core.orders.broker import BrokerOrder, Execution, NoteTold, Standing
from vaultdesk.core.orders.draft import OrderDraft
from vaultdesk.core.orders.trades import average_price, commission_of, units_traded

REF = "VD-"
"""What the ref of every order begins with that a VaultDesk sends."""

CANNOT_CANCEL = frozenset({10147, 10148})
"""What IBKR says when a cancellation came too late or its order id means nothing (any more): the
order may be filled, cancelled or working, so only looking there can tell."""


class OrderState(StrEnum):
    """Where an order is; the desk's own view, which outlives the broker's."""

    DRAFT = "draft"
    PREVIEWED = "previewed"
    CONFIRMED = "confirmed"
    """Clicked and on disk; nothing was sent."""
    SENDING = "sending"
    """Handed to the connection; the broker has not answered."""
    WORKING = "working"
    PARTIAL = "partial"
    CANCEL_REQUESTED = "cancel requested"
    UNKNOWN = "unknown"
    """It may or may not be at the broker: only looking there, or the user, ends this."""
    FILLED = "filled"
    CANCELLED = "cancelled"
    REJECTED = "rejected"

    @property
    def over(self) -> bool:
        """Whether nothing but late news can come of it; such a state is never left."""
        return self in (OrderState.FILLED, OrderState.CANCELLED, OrderState.REJECTED)


class Mode(StrEnum):
    """Whether orders are sent, and to which accounts."""

    READ_ONLY = "read-only"
    PAPER = "paper"
    LIVE = "live"


@dataclass(frozen=True, slots=True)
class Order:
    """One order that was confirmed; `ref` is its name at the broker and unique for ever.

    Attributes:
        ref: what the broker keeps as orderRef.
        ticket: hash of the preview it was confirmed from.
        place: which of the ticket's orders it is, from 0.
        draft: what was sent.
        title: of the ticket.
        broker: the adapter's name.
        account: whose.
        mode: in which it was sent, never READ_ONLY.
        state: where it is.
        confirmed_at: when it was clicked, by the machine's clock.
        changed_at: when its state changed last.
        filled: units of the legs that were traded.
        average: net price per share of what was traded, signed as a draft's limit.
        commission: of all its trades that told one.
        order_id: 0 until it was handed over.
        perm_id: 0 until the broker gave it.
        said: the last thing worth reading, a sentence.
    """

    ref: str
    ticket: str
    place: int
    draft: OrderDraft
    title: str
    broker: str
    account: str
    mode: Mode
    state: OrderState
    confirmed_at: datetime
    changed_at: datetime
    filled: Decimal = Decimal(0)
    average: Decimal | None = None
    commission: Decimal | None = None
    order_id: int = 0
    perm_id: int = 0
    said: str = ""


ENDS = {
    Standing.FILLED: OrderState.FILLED,
    Standing.CANCELLED: OrderState.CANCELLED,
    Standing.REJECTED: OrderState.REJECTED,
}


def moved(order: Order, state: OrderState, at: datetime, said: str = "") -> Order:
    """The order in another state; one that is over stays as it is."""
    if order.state.over:
        return order
    if state is order.state:
        return replace(order, said=said or order.said)
    stale = order.state is OrderState.UNKNOWN or state.over  # what was said does not hold any more
    return replace(order, state=state, changed_at=at, said=said or ("" if stale else order.said))


def told(
    order: Order, there: BrokerOrder, at: datetime, trades: Collection[Execution] = ()
) -> Order:
    """What the order is once the broker has said how it stands there; `trades` are its own.

    Telling the same again changes nothing, and a state that is over is never left: what
    contradicts it is said.
    """
    order = replace(
        order,
        order_id=there.order_id or order.order_id,
        perm_id=there.perm_id or order.perm_id,
        filled=max(order.filled, there.filled),
    )
    if order.state.over:
        return executed(_contradicted(order, there.standing), trades, at)
    end = ENDS.get(there.standing)
    if end is None:
        return executed(moved(order, _working(order), at, there.text), trades, at)
    return executed(moved(order, end, at, there.text), trades, at)


def executed(order: Order, trades: Collection[Execution], at: datetime) -> Order:
    """The order with all its trades counted, in whatever order and however often they came.

    Without any it stays as it is. Trades after it was cancelled or rejected are counted and said.
    """
    if not trades:
        return order
    filled = units_traded(order.draft, trades)
    order = replace(
        order,
        filled=filled,
        average=average_price(order.draft, trades),
        commission=commission_of(trades),
    )
    if order.state in (OrderState.CANCELLED, OrderState.REJECTED):
        late = f"It was {order.state.value}, and {plain(filled):f} of it were traded all the same."
        return replace(order, said=late) if filled else order
    if filled >= order.draft.quantity:
        return moved(order, OrderState.FILLED, at)
    if order.state in (OrderState.CONFIRMED, OrderState.SENDING, OrderState.WORKING):
        return moved(order, OrderState.PARTIAL, at)
    return order


def noted(order: Order, note: NoteTold) -> Order:
    """The order after a remark: it is kept, and a cancellation that failed leaves it unknown."""
    if order.state.over:
        return order
    if note.code in CANNOT_CANCEL:
        return moved(order, OrderState.UNKNOWN, note.at, note.text)
    return replace(order, said=note.text or order.said)


def belongs(order: Order, trade: Execution) -> bool:
    """Whether the trade is one of the order's: by its ref, else by the broker's lasting number."""
    if trade.ref:
        return trade.ref == order.ref
    return bool(trade.perm_id) and trade.perm_id == order.perm_id


def same_order(order: Order, there: BrokerOrder) -> bool:
    """Whether the broker speaks of this one; never by its order id, which rolls back."""
    if there.ref:
        return there.ref == order.ref
    return bool(there.perm_id) and there.perm_id == order.perm_id


def _working(order: Order) -> OrderState:
    """What "it works" means for an order that is not over."""
    if order.state is OrderState.CANCEL_REQUESTED:
        return order.state
    return OrderState.PARTIAL if order.filled else OrderState.WORKING


def _contradicted(order: Order, standing: Standing) -> Order:
    """An order that is over, with a sentence where the broker has it otherwise."""
    if ENDS.get(standing) is order.state:
        return order
    if standing is Standing.WORKING and order.state is not OrderState.FILLED:
        return replace(
            order,
            said=f"The broker shows it working although it was {order.state.value}: look there "
            "and cancel it by hand.",
        )
    return order
