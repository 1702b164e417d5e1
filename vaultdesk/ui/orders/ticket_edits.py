"""Edits of the ticket on the desk, to go back and forth in."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from vaultdesk.ui.strategy.edits import Edits

if TYPE_CHECKING:
    from collections.abc import Callable

    from vaultdesk.core.orders.draft import OrderDraft, Ticket
    from vaultdesk.services.orders import OrderService


class TicketEdits:
    """Puts what was edited on the desk; another ticket there has no edits to take back."""

    def __init__(self, orders: OrderService) -> None:
        self._orders = orders
        self._edits: Edits[Ticket | None] = Edits(orders.ticket)

    @property
    def can_undo(self) -> bool:
        """Whether there is something to go back to."""
        return self._edits.can_undo

    @property
    def can_redo(self) -> bool:
        """Whether there is something to come forward to."""
        return self._edits.can_redo

    def change(self, place: int, edit: Callable[[OrderDraft], OrderDraft]) -> None:
        """Edit the order at `place` of the ticket: its preview is void then."""
        ticket = self._orders.ticket
        if ticket is None or place >= len(ticket.orders):
            return
        edited = edit(ticket.orders[place])
        orders = (*ticket.orders[:place], edited, *ticket.orders[place + 1 :])
        self._edits.make(replace(ticket, orders=orders))
        self._put()

    def undo(self) -> None:
        """Take the last edit back."""
        self._edits.undo()
        self._put()

    def redo(self) -> None:
        """Make it again."""
        self._edits.redo()
        self._put()

    def follow(self, ticket: Ticket | None) -> bool:
        """Begin anew where this is not the ticket that was edited, and say so."""
        other = ticket != self._edits.now
        if other:
            self._edits = Edits(ticket)
        return other

    def _put(self) -> None:
        if self._edits.now != self._orders.ticket:
            self._orders.put(self._edits.now)


def same_legs(one: Ticket | None, other: Ticket) -> bool:
    """Whether both trade the same contracts, at whatever prices and quantities."""
    if one is None:
        return False
    return [draft.legs for draft in one.orders] == [draft.legs for draft in other.orders]
