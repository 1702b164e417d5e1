"""An order's life: its states, and what each thing that is told makes of it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from vaultdesk.core.orders.draft import OrderDraft


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
