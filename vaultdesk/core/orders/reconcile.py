"""What the broker has, laid beside what the desk believes: the only way out of UNKNOWN."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from vaultdesk.core.orders.broker import Standing
from vaultdesk.core.orders.life import REF, OrderState, executed, moved, same_order, told

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from vaultdesk.core.orders.broker import BrokerOrder, Execution, Snapshot
    from vaultdesk.core.orders.life import Order

NEVER_ARRIVED = "It never arrived at the broker: preview it again if you still want it."
NO_TRACE = (
    "The broker shows no trace of it: look in the broker's own program, then say here whether it "
    "never arrived or was cancelled. The desk does not send it again."
)

STILL_WORKS = (
    "The broker was asked to cancel it and still shows it working: ask again, or look in the "
    "broker's own program."
)
NOT_LISTED = (
    "The broker does not say now which orders it has: this is what was known of it last, so look "
    "in the broker's own program."
)


def reconciled(
    orders: Iterable[Order],
    there: Snapshot,
    trades_of: Callable[[Order], Collection[Execution]],
) -> tuple[Order, ...]:
    """What each order is by the broker's own account.

    Args:
        orders: the desk's; every one was handed over, if ever, before `there` was asked for.
        there: what the broker has.
        trades_of: all trades of an order that are known, those in `there` included.
    """
    by_ref = {one.ref: one for one in there.orders if one.ref}
    by_perm = {one.perm_id: one for one in there.orders if one.perm_id and not one.ref}
    return tuple(_reconciled(order, _found(order, by_ref, by_perm), there, trades_of)
                 for order in orders)  # fmt: skip


def unrecorded(there: Snapshot, known: Callable[[str], bool]) -> str:
    """A sentence on open orders that a VaultDesk sent and this journal lacks; empty without any.

    After a backup was restored these are the orders sent since it was made.
    """
    refs = [
        one.ref
        for one in there.orders
        if one.ref.startswith(REF) and one.standing is Standing.WORKING and not known(one.ref)
    ]
    if not refs:
        return ""
    which = refs[0] if len(refs) == 1 else f"{len(refs)} orders, {refs[0]} among them,"
    return (
        f"The broker works on {which} of which this desk has no record: another desk sent it, or "
        "this one before a backup was restored, so look in the broker's own program."
    )


def _found(
    order: Order, by_ref: dict[str, BrokerOrder], by_perm: dict[int, BrokerOrder]
) -> BrokerOrder | None:
    """By the ref first, then by the lasting number; order ids are used again by others."""
    found = by_ref.get(order.ref) or by_perm.get(order.perm_id)
    return found if found is not None and same_order(order, found) else None


def _reconciled(
    order: Order,
    found: BrokerOrder | None,
    there: Snapshot,
    trades_of: Callable[[Order], Collection[Execution]],
) -> Order:
    if found is not None:
        known = replace(order, perm_id=found.perm_id or order.perm_id)
        now = told(order, found, there.at, trades_of(known))
        asked = now.state is order.state is OrderState.CANCEL_REQUESTED
        return replace(now, said=STILL_WORKS) if asked else now
    order = executed(order, trades_of(order), there.at)
    if order.state.over:
        return order
    if not there.lists_orders:
        sent = order.state is not OrderState.SENDING
        return moved(order, order.state if sent else OrderState.UNKNOWN, there.at, NOT_LISTED)
    if there.final and not order.filled:
        return moved(order, OrderState.REJECTED, there.at, NEVER_ARRIVED)
    return moved(order, OrderState.UNKNOWN, there.at, NO_TRACE)
