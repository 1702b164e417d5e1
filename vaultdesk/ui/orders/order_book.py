"""The lower half of the orders panel: all orders, one of them in full, and what is done to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QStackedLayout, QVBoxLayout, QWidget

from vaultdesk.core.orders.life import OrderState
from vaultdesk.services.orders.sender import CANCELLABLE
from vaultdesk.ui.format import how_many
from vaultdesk.ui.orders.order_detail import OrderDetail
from vaultdesk.ui.orders.order_list import SHOWN, OrderList, is_open
from vaultdesk.ui.orders.resolve import ResolveStrip
from vaultdesk.ui.panel import named
from vaultdesk.ui.readout import Banner, say, sentence
from vaultdesk.ui.strategy.fields import Choice
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from vaultdesk.core.orders.broker import Execution
    from vaultdesk.core.orders.life import Order

OPEN, ALL = "open", "all"
TABLE_HEIGHT = 70
NO_ORDERS = tr("No order was sent yet.")
NO_OPEN = tr("No order is open.")


class OrderBook(QWidget):
    """Tells what is asked for; `orders` gives all, `trades` those of an order by its ref."""

    cancel_asked = Signal(object)
    """The orders that are to be cancelled."""
    cancel_all_asked = Signal()
    reconcile_asked = Signal()
    filtered = Signal(str)
    """OPEN or ALL."""

    def __init__(
        self,
        orders: Callable[[], Sequence[Order]],
        trades: Callable[[str], Sequence[Execution]],
        kept: str = "",
    ) -> None:
        super().__init__()
        self._orders, self._trades = orders, trades
        self.problem = Banner("orders.problem", tr("What went wrong, and what to do about it"))
        self.filter = Choice("orders.filter", tr("Which orders are shown"))
        self.filter.setAccessibleName(tr("Shown"))
        self.filter.setMinimumContentsLength(10)
        self.filter.fill([(tr("All orders"), ALL), (tr("Open orders"), OPEN)], kept or ALL)
        self.status = sentence(
            "orders.status", tr("How many orders there are, and what was done last")
        )
        self.list = OrderList(orders)
        self.list.setMinimumHeight(TABLE_HEIGHT)
        self.empty = sentence("orders.empty", tr("Why the list is empty"))
        self.empty.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self.empty.setContentsMargins(12, 12, 12, 12)
        self.detail = OrderDetail()
        self.strip = ResolveStrip()
        self.cancel = _button(tr("&Cancel"), "orders.cancel", tr("Cancel the selected orders"))
        self.cancel_all = _button(
            tr("Cancel &all"),
            "orders.cancel_all",
            tr("Cancel the desk's own open orders, one by one"),
        )
        self.reconcile = _button(
            tr("As&k broker"),
            "orders.reconcile",
            tr("Compare all orders with the broker's own list"),
        )
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._arrange()
        self._connect()
        self.list.show_only_open(open_only=kept == OPEN)
        self.list.reload()

    def heard(self, order: Order) -> None:
        """An order changed."""
        self.list.heard(order)

    def reload(self) -> None:
        """Many did."""
        self.list.reload()

    def selected(self) -> list[Order]:
        """The order shown in full, else those selected in the list."""
        if self._pages.currentWidget() is self.detail and self.detail.order is not None:
            return [self.detail.order]
        return self.list.selected()

    def take_focus(self) -> None:
        """Have the keyboard where a key that is still held down does nothing."""
        (self.list if self.list.isVisible() else self).setFocus()

    def recolour(self) -> None:
        """Tables paint themselves."""
        self.list.recolour()
        self.detail.recolour()

    def retire(self) -> None:
        """Show nothing more by itself."""
        self.list.retire()
        self.detail.retire()

    def _arrange(self) -> None:
        self._rows = QStackedLayout()
        self._rows.addWidget(self.empty)
        self._rows.addWidget(self.list)
        top, buttons = QHBoxLayout(), QHBoxLayout()
        for row in (top, buttons):
            row.setContentsMargins(8, 4, 8, 4)
            row.setSpacing(6)
        top.addWidget(self.filter)
        top.addWidget(self.status, 1)
        self._page = QWidget()
        page = QVBoxLayout(self._page)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(0)
        page.addLayout(top)
        page.addLayout(self._rows, 1)
        self._pages = QStackedLayout()
        self._pages.addWidget(self._page)
        self._pages.addWidget(self.detail)
        for button in (self.cancel, self.cancel_all, self.reconcile):
            buttons.addWidget(button)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.problem)
        column.addLayout(self._pages, 1)
        column.addWidget(self.strip)
        column.addLayout(buttons)

    def _connect(self) -> None:
        self.filter.activated.connect(lambda _at: self._filter())
        self.list.opened.connect(self._open)
        self.list.changed.connect(self._show)
        self.list.picked.connect(self._show_picked)
        self.list.cancel_asked.connect(self._cancel)
        self.detail.left.connect(self._close)
        self.cancel.clicked.connect(lambda _checked: self._cancel())
        self.cancel_all.clicked.connect(lambda _checked: self.cancel_all_asked.emit())
        self.reconcile.clicked.connect(lambda _checked: self.reconcile_asked.emit())

    def _filter(self) -> None:
        shown = str(self.filter.currentData())
        self.list.show_only_open(open_only=shown == OPEN)
        self.filtered.emit(shown)

    def _cancel(self) -> None:
        pending = [order for order in self.selected() if cancellable(order)]
        if pending:
            self.cancel_asked.emit(pending)

    def _open(self, order: Order) -> None:
        self.detail.show_order(order, self._trades(order.ref))
        self._pages.setCurrentWidget(self.detail)
        self.detail.back.setFocus()
        self._show()

    def _close(self) -> None:
        self._pages.setCurrentWidget(self._page)
        self.list.setFocus()
        self._show()

    def _show(self) -> None:
        """What goes with the rows that are shown and selected."""
        rows, known = self.list.rows, self._orders()
        self._rows.setCurrentWidget(self.list if rows else self.empty)
        if not rows:
            say(self.empty, NO_OPEN if known else NO_ORDERS)
        self._follow(known)
        self._show_picked()
        self.cancel_all.setEnabled(any(is_open(order) and cancellable(order) for order in known))
        say(self.status, counted(known))

    def _show_picked(self) -> None:
        """What can be done to the orders that are selected."""
        picked = self.selected()
        self.strip.show_order(picked[0] if len(picked) == 1 else None)
        self.cancel.setEnabled(any(cancellable(order) for order in picked))

    def _follow(self, known: Sequence[Order]) -> None:
        """Keep the order shown in full up to date."""
        shown = self.detail.order
        if shown is None or self._pages.currentWidget() is not self.detail:
            return
        now = next((order for order in known if order.ref == shown.ref), shown)
        self.detail.show_order(now, self._trades(now.ref))


def cancellable(order: Order) -> bool:
    """Whether it makes sense to ask the broker to cancel it."""
    return order.state in CANCELLABLE


def counted(orders: Sequence[Order]) -> str:
    """How many there are, how many of them are open, and how many nobody knows about."""
    if not orders:
        return ""
    shown = (
        tr("the newest {shown} of {count}").format(shown=SHOWN, count=how_many(len(orders)))
        if len(orders) > SHOWN
        else f"{len(orders)}"
    )
    pending = sum(map(is_open, orders))
    unknown = sum(order.state is OrderState.UNKNOWN for order in orders)
    parts = [
        tr("{shown} orders", "{shown} order", len(orders)).format(shown=shown),
        tr("{pending} open").format(pending=pending),
    ]
    if unknown:
        parts.append(tr("{unknown} unknown").format(unknown=unknown))
    return ", ".join(parts)


def _button(text: str, identifier: str, meaning: str) -> QPushButton:
    made = named(QPushButton(text), identifier, meaning)
    made.setToolTip(meaning)
    return made
