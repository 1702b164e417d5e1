"""Orders as plain values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vaultdesk.adapters.web.shapes.messages import OrderAnswer
from vaultdesk.app.answers.portfolio import text
from vaultdesk.core.market import Quality
from vaultdesk.core.orders.life import Mode

if TYPE_CHECKING:
    from datetime import datetime

    from vaultdesk.core.orders.life import Order


def order_answer(order: Order, now: datetime) -> OrderAnswer:
    """An order as the desk has it; on paper nothing of it is real."""
    draft = order.draft
    legs = ", ".join(
        f"{leg.ratio * draft.quantity:+d} {leg.instrument.words}" for leg in draft.legs
    )
    return OrderAnswer(
        ref=order.ref,
        title=order.title,
        words=legs if draft.limit is None else f"{legs} at {draft.limit:f}",
        state=order.state.value,
        mode=order.mode.value,
        account=order.account,
        quantity=str(draft.quantity),
        filled=format(order.filled, "f"),
        average=text(order.average),
        commission=text(order.commission),
        said=order.said,
        source=order.broker,
        at=order.changed_at.isoformat(),
        age_s=round(max((now - order.changed_at).total_seconds(), 0.0), 3),
        quality=Quality.LIVE.value if order.mode is Mode.LIVE else Quality.SIMULATED.value,
    )
