"""TWS's rows as the broker port's values: what is believed of an order, a trade and a what-if."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vaultdesk.adapters.ibkr.contracts import instrument_of
from vaultdesk.adapters.ibkr.failing import one_line
from vaultdesk.adapters.ibkr.figures import amount, given, moment
from vaultdesk.core.orders.broker import Execution, Standing, WhatIf

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo
    from decimal import Decimal

    from vaultdesk.adapters.ibkr.wire import ErrorRow, ExecutionRow, Figures, OpenRow

BAG = "BAG"
INACTIVE = "Inactive"

REJECTED = 201
"""The exchange or IBKR refuses the order, at once or later."""

REFUSED_AT_ONCE = {103, 104, 105, 109, 110, 200, 203, 320, 321, 382, 383, 387, 388, 391, 392}
"""TWS has not taken the order; told of one that it has, they are about something else."""

_STANDINGS = {
    "ApiPending": Standing.WORKING,
    "PendingSubmit": Standing.WORKING,
    "PreSubmitted": Standing.WORKING,
    "Submitted": Standing.WORKING,
    "PendingCancel": Standing.WORKING,
    "Filled": Standing.FILLED,
    "Cancelled": Standing.CANCELLED,
    "ApiCancelled": Standing.CANCELLED,
}


def standing_of(status: str, *, over: bool) -> Standing | None:
    """What a status means; None for one nobody knows.

    "Inactive" is an order that was refused, or one that is held and may live again: it counts as
    rejected only where something else says that it is over.
    """
    if status == INACTIVE:
        return Standing.REJECTED if over else Standing.WORKING
    return _STANDINGS.get(status)


def split(exec_id: str) -> tuple[str, int]:
    """An execution's lasting name and its revision: a correction counts the last group up."""
    root, _, last = exec_id.rpartition(".")
    if root and last.isascii() and last.isdigit():
        return root, int(last)
    return exec_id, 0


def execution_of(row: ExecutionRow, ref: str, zone: tzinfo) -> Execution:
    """The trade of one leg.

    Raises:
        ValueError: its contract or its time cannot be read.
    """
    root, revision = split(row.exec_id)
    return Execution(
        exec_id=root,
        revision=revision,
        ref=ref,
        perm_id=row.perm_id,
        account=row.account,
        instrument=instrument_of(row.contract),
        quantity=row.shares if row.side == "BOT" else -row.shares,
        price=row.price,
        at=moment(row.time, zone),
        at_text=row.time,
        currency=row.contract.currency,
    )


def is_complete(figures: Figures) -> bool:
    """Whether TWS gave everything it gives, so that waiting on makes no sense."""
    texts = (*figures.initial, *figures.maintenance, *figures.equity)
    return all(given(text) is not None for text in texts) and _fee(figures) is not None


def what_if_of(row: OpenRow | None, notes: Sequence[ErrorRow], why: str = "") -> WhatIf:
    """What TWS answered; `notes` are what it said meanwhile, `why` what was found out else."""
    figures = row.figures if row else None
    said = [why] if why else []
    said += [f"TWS says: {one_line(note.text)} ({note.code})." for note in notes]
    if figures is None:
        return WhatIf(why=" ".join(said))
    if figures.warning:
        said.append(f"TWS says: {one_line(figures.warning)}.")
    missing = _missing(figures)
    if missing:
        said.append(f"TWS does not give {missing}.")
    return WhatIf(
        initial_before=amount(figures.initial[0]),
        initial_after=amount(figures.initial[1]),
        maintenance_before=amount(figures.maintenance[0]),
        maintenance_after=amount(figures.maintenance[1]),
        equity_before=amount(figures.equity[0]),
        equity_after=amount(figures.equity[1]),
        commission=_fee(figures),
        currency=figures.currency,
        why=" ".join(said),
    )


def _fee(figures: Figures) -> Decimal | None:
    """The commission; the most it can be where TWS names a range."""
    exact = given(figures.commission)
    return exact if exact is not None else given(figures.most_commission)


def _missing(figures: Figures) -> str:
    margins = (*figures.initial, *figures.maintenance)
    parts = []
    if any(amount(text) is None for text in margins):
        parts.append("the margin")
    if any(amount(text) is None for text in figures.equity):
        parts.append("the equity")
    if _fee(figures) is None:
        parts.append("the commission")
    return " or ".join(parts)
