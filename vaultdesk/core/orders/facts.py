"""What the audit log is told of orders: every text on an order begins with the state it is in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vaultdesk.core.audit import Fact, FactKind
from vaultdesk.core.money import plain
from vaultdesk.core.orders.canonical import canonical
from vaultdesk.core.orders.life import OrderState

if TYPE_CHECKING:
    from datetime import datetime

    from vaultdesk.core.orders.broker import Execution
    from vaultdesk.core.orders.draft import OrderDraft
    from vaultdesk.core.orders.life import Order
    from vaultdesk.core.orders.preview import Preview

KINDS = {OrderState.CONFIRMED: FactKind.CONFIRMED, OrderState.SENDING: FactKind.SENT}


def draft_words(draft: OrderDraft) -> str:
    """As people say it: "buy 63 GLD 332.5 put of 2026-12-18 at 8.4, DAY"."""
    legs = " and ".join(
        f"{'buy' if leg.ratio > 0 else 'sell'} {abs(leg.ratio) * draft.quantity} "
        f"{leg.instrument.words}"
        for leg in draft.legs
    )
    price = "at the market" if draft.limit is None else f"at {plain(draft.limit):f}"
    return f"{legs} {price}, {draft.tif.value}"


def order_fact(
    order: Order, at: datetime, who: str, *, kind: FactKind | None = None, wire: str = ""
) -> Fact:
    """That an order is now in its state; `who` brought it there."""
    words = order.said
    if order.state in KINDS:
        words = f"{draft_words(order.draft)}, {order.account}, {order.mode.value}"
    elif not words:
        words = f"{plain(order.filled):f} of {order.draft.quantity} traded"
    text = f"{order.state.value}: {words}"
    return Fact(kind or KINDS.get(order.state, FactKind.ORDER), at, order.ref, who, text, wire)


def trade_fact(trade: Execution, at: datetime, who: str, wire: str) -> Fact:
    """That a trade was reported, repeated differently or corrected."""
    commission = "not given" if trade.commission is None else f"{plain(trade.commission):f}"
    text = (
        f"{plain(trade.quantity):+f} {trade.instrument.words} at {plain(trade.price):f}, "
        f"commission {commission}, trade {trade.exec_id} revision {trade.revision}, "
        f"broker's time {trade.at_text or trade.at.isoformat()}"
    )
    return Fact(FactKind.EXECUTION, at, trade.ref or trade.exec_id, who, text, wire)


def preview_fact(preview: Preview, at: datetime) -> Fact:
    """What was shown before the click, all of it."""
    return Fact(
        FactKind.PREVIEW, at, preview.hash, "user", preview.ticket.title, canonical(preview)
    )
