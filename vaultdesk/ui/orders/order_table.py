"""The columns of the list of orders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from vaultdesk.core.orders.life import OrderState
from vaultdesk.ui.format import MISSING, local, recent, units
from vaultdesk.ui.orders.words import STATES, account, contracts, filled, net, side
from vaultdesk.ui.tables.model import Column
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from collections.abc import Callable

    from vaultdesk.core.orders.life import Order
    from vaultdesk.ui.tables.view import Grounds

LEFT, RIGHT = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
GROUNDS: Grounds = {"unknown": ("down", 0.14), "open": ("accent", 0.08)}
"""What nobody knows about, and what still works."""

WHY_UNKNOWN = tr(
    "Nobody knows whether this order is at the broker. It is looked for "
    "whenever the broker is ready; look there yourself for the reference "
    "{ref}, and decide below if it is not found."
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
        Column("state", tr("State"), "", lambda o: STATES[o.state].text, sample="▶ Partly filled",
               align=LEFT, tone=lambda o: STATES[o.state].tone, ground=_ground, hint=said,
               meaning=tr("Where the order is: by its sign, its word and its colour")),
        Column("side", tr("Side"), "", lambda o: side(o.draft).text, sample="◆ combo", align=LEFT,
               rank=2, tone=lambda o: side(o.draft).tone, ground=_ground,
               meaning=tr("Bought, sold, or both")),
        Column("contract", tr("Contract"), "", lambda o: contracts(o.draft),
               sample="GLD 350 put", align=LEFT, prose=True, ground=_ground,
               hint=lambda o: f"{o.title}: {contracts(o.draft)}", meaning=tr("What it trades")),
        _of("filled", tr("Filled"), filled, tr("0 of 000"), 1, tr("Units that were traded, of all"),
            RIGHT),
        _of("limit", tr("Limit"), lambda o: net(o.draft.limit), "receive 00.00", 2,
            tr("Net price of one unit, per share")),
        _of("average", tr("Average"), average, "receive 00.00", 3,
            tr("Net price per share of what was traded")),
        _of("account", tr("Account"), lambda o: account(o.account, o.mode), tr("DU0000000 · paper"),
            5,
            tr("Whose it is, and which money"), hint=lambda o: f"{o.broker}: {o.account}"),
        _of("time", tr("Time"), lambda o: recent(o.confirmed_at),
            "00-00 00:00:00", 4, tr("When it was sent, on this machine's clock"),
            hint=lambda o:
                tr("Sent {confirmed_at}, changed {changed_at}").format(
                    confirmed_at=local(o.confirmed_at), changed_at=local(o.changed_at))),
        _of("title", tr("For"), lambda o: o.title, tr("Protective put"), 7,
            tr("What its ticket was for")),
        _of("commission", tr("Commission"),
            lambda o: MISSING if o.commission is None else units(o.commission), "000.00", 6,
            tr("Of all its trades that told one"), RIGHT),
        _of("ref", tr("Reference"), lambda o: o.ref, "VD-00000000-000000000000", 9,
            tr("Its name at the broker")),
        Column("said", tr("Said"), "", said, sample="Filled at the", align=LEFT, rank=8, prose=True,
               tone=lambda o: "down" if o.state is OrderState.UNKNOWN else "muted",
               ground=_ground, hint=said, meaning=tr("The last thing worth reading")),
    )  # fmt: skip
