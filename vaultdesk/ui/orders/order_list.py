"""The table of orders: keeps what is selected, and repaints but a few times a second."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal

from vaultdesk.core.orders.life import Order, OrderState
from vaultdesk.ui.orders.order_table import GROUNDS, columns
from vaultdesk.ui.tables.keyed_table import KeyedTable
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

SETTLE_MS = 80
"""Orders that change within it are shown together: a burst of fills is one repaint."""
SHOWN = 300
"""The most rows; older orders are in the audit log."""


class OrderList(KeyedTable[Order]):
    """Enter opens an order, Delete asks to cancel what is selected.

    `orders` gives all of them, the newest first; `heard` says that one changed.
    """

    opened = Signal(object)
    """The Order to be shown in full."""
    cancel_asked = Signal()
    changed = Signal()
    """Other rows are shown, or the same read differently."""

    def __init__(self, orders: Callable[[], Sequence[Order]]) -> None:
        self._orders = orders
        self._places: dict[str, int] = {}
        self._heard: dict[str, Order] = {}
        self._open_only = False
        super().__init__(
            "orders.table", tr("Orders, the newest first"), columns(), lambda one: one.ref, GROUNDS
        )
        self.setAccessibleName(tr("Orders"))
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MS)
        self._settle.timeout.connect(self.take_in)
        self.add(tr("&Details"), self._open, Qt.Key.Key_Return, Qt.Key.Key_Enter)
        self.add(tr("&Cancel"), self.cancel_asked.emit, Qt.Key.Key_Delete)
        self.doubleClicked.connect(lambda _index: self._open())

    def heard(self, order: Order) -> None:
        """An order changed: shown before long."""
        self._heard[order.ref] = order
        if not self._retired and not self._settle.isActive():
            self._settle.start()

    def show_only_open(self, *, open_only: bool) -> None:
        """Leave out what is over, or not."""
        if open_only != self._open_only:
            self._open_only = open_only
            self.reload()

    def reload(self) -> None:
        """Read all of them anew."""
        self._heard.clear()
        found: Iterable[Order] = self._orders()
        if self._open_only:
            found = (order for order in found if is_open(order))
        self._show(list(islice(found, SHOWN)))

    def take_in(self) -> None:
        """Show what changed: in its place where it has one, else by reading all anew."""
        self._settle.stop()
        if any(self._elsewhere(order) for order in self._heard.values()):
            self.reload()
            return
        rows = list(self.rows)
        for ref, order in self._heard.items():
            if (place := self._places.get(ref)) is not None:
                rows[place] = order
        self._heard.clear()
        self._show(rows)

    def retire(self) -> None:
        """Show nothing more by itself."""
        super().retire()
        self._settle.stop()

    def _elsewhere(self, order: Order) -> bool:
        """Whether rows come or go with it."""
        hidden = self._open_only and not is_open(order)
        return (order.ref in self._places) is hidden

    def _show(self, rows: Sequence[Order]) -> None:
        self._places = {order.ref: place for place, order in enumerate(rows)}
        self.show_keyed(rows)
        self.changed.emit()

    def _open(self) -> None:
        if self.current is not None:
            self.opened.emit(self.current)


def is_open(order: Order) -> bool:
    """Whether something can still come of it; by identity, for tens of thousands at a time."""
    state = order.state
    return not (
        state is OrderState.FILLED or state is OrderState.CANCELLED or state is OrderState.REJECTED
    )
