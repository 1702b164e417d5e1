"""The columns of the list of orders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from vaultdesk.core.orders.life import OrderState
from vaultdesk.ui.format import MISSING, local, units
from vaultdesk.ui.orders.words import STATES, account, contracts, filled, net, side
from vaultdesk.ui.table import Column

if TYPE_CHECKING:
    from collections.abc import Callable

    from vaultdesk.core.orders.life import Order
    from vaultdesk.ui.table_view import Grounds

LEFT, RIGHT = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
GROUNDS: Grounds = {"unknown": ("down", 0.14), "open": ("accent", 0.08)}
"""What nobody knows about, and what still works."""

WHY_UNKNOWN = (
    "Nobody knows whether this order is at the broker. It is looked for whenever the broker is "
    "ready; look there yourself for the reference {ref}, and decide below if it is not found."
)


def _ground(order: Order) -> str:
    if order.state is OrderState.UNKNOWN:
        return "unknown"
    return "" if order.state.over else "open"


def said(order: Order) -> str:
    """The last thing worth reading; an unknown order always says what to do."""
    if order.state is OrderState.UNKNOWN:
        return f"{order.said} {WHY_UNKNOWN.format(ref=order.ref)}".strip()
    return order.said


def average(order: Order) -> str:
    """What was paid or received on average, a dash before the first trade."""
    return MISSING if order.average is None else net(order.average)


def _of(
    field: str, heading: str, text: Callable[[Order], str], sample: str, rank: int, meaning: str,
    align: Qt.AlignmentFlag = LEFT, hint: Callable[[Order], str] | None = None,
) -> Column[Order]:  # fmt: skip
    return Column(
        field, heading, "", text, sample=sample, rank=rank, meaning=meaning, align=align,
        ground=_ground, hint=hint,
    )  # fmt: skip


def columns() -> tuple[Column[Order], ...]:
    """State and contract first; then the rest, as there is room."""
    return (
        Column("state", "State", "", lambda o: STATES[o.state].text, sample="▶ Partly filled",
               align=LEFT, tone=lambda o: STATES[o.state].tone, ground=_ground, hint=said,
               meaning="Where the order is: by its sign, its word and its colour"),
        Column("side", "Side", "", lambda o: side(o.draft).text, sample="◆ combo", align=LEFT,
               rank=2, tone=lambda o: side(o.draft).tone, ground=_ground,
               meaning="Bought, sold, or both"),
        Column("contract", "Contract", "", lambda o: contracts(o.draft),
               sample="GLD 350 put", align=LEFT, prose=True, ground=_ground,
               hint=lambda o: f"{o.title}: {contracts(o.draft)}", meaning="What it trades"),
        _of("filled", "Filled", filled, "0 of 000", 1, "Units that were traded, of all", RIGHT),
        _of("limit", "Limit", lambda o: net(o.draft.limit), "receive 00.00", 2,
            "Net price of one unit, per share"),
        _of("average", "Average", average, "receive 00.00", 3,
            "Net price per share of what was traded"),
        _of("account", "Account", lambda o: account(o.account, o.mode), "DU0000000 · paper", 5,
            "Whose it is, and which money", hint=lambda o: f"{o.broker}: {o.account}"),
        _of("time", "Time", lambda o: f"{o.confirmed_at.astimezone():%m-%d %H:%M:%S}",
            "00-00 00:00:00", 4, "When it was sent, on this machine's clock",
            hint=lambda o: f"Sent {local(o.confirmed_at)}, changed {local(o.changed_at)}"),
        _of("title", "For", lambda o: o.title, "Protective put", 7, "What its ticket was for"),
        _of("commission", "Commission",
            lambda o: MISSING if o.commission is None else units(o.commission), "000.00", 6,
            "Of all its trades that told one", RIGHT),
        _of("ref", "Reference", lambda o: o.ref, "VD-00000000-000000000000", 9,
            "Its name at the broker"),
        Column("said", "Said", "", said, sample="Filled at the", align=LEFT, rank=8, prose=True,
               tone=lambda o: "down" if o.state is OrderState.UNKNOWN else "muted",
               ground=_ground, hint=said, meaning="The last thing worth reading"),
    )  # fmt: skip
