"""What the user decides about an order of which nobody knows whether it arrived."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from vaultdesk.core.orders.life import OrderState
from vaultdesk.ui import theme
from vaultdesk.ui.orders.order_table import WHY_UNKNOWN
from vaultdesk.ui.orders.words import contracts
from vaultdesk.ui.panel import named
from vaultdesk.ui.readout import SEMIBOLD, Banner, say, sentence
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from vaultdesk.core.orders.life import Order

WIDTH = 460
DECISIONS = {
    OrderState.REJECTED: (tr("&Never arrived"), tr("it never arrived at the broker")),
    OrderState.CANCELLED: (tr("It was can&celled"), tr("it was cancelled at the broker")),
}
"""What the user can decide: the button, and the end of the sentence that asks."""


class ResolveStrip(QWidget):
    """Shows for an UNKNOWN order; tells it and what the user says of it."""

    decided = Signal(object, object)
    """The Order and the OrderState it is to be."""

    def __init__(self) -> None:
        super().__init__()
        self._order: Order | None = None
        self.why = Banner("orders.unknown", tr("Why nobody knows what became of the order"))
        names = {OrderState.REJECTED: "never_arrived", OrderState.CANCELLED: "was_cancelled"}
        self.buttons = {
            state: named(
                QPushButton(text),
                f"orders.{names[state]}",
                tr("You looked, and {meaning}").format(meaning=meaning),
            )
            for state, (text, meaning) in DECISIONS.items()
        }
        row = QHBoxLayout()
        row.setSpacing(6)
        for state, button in self.buttons.items():
            button.clicked.connect(lambda _checked, state=state: self._decide(state))
            row.addWidget(button)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 4, 8, 0)
        column.setSpacing(4)
        column.addWidget(self.why)
        column.addLayout(row)
        self.show_order(None)

    def show_order(self, order: Order | None) -> None:
        """The order that is looked at; the strip is there for unknown ones only."""
        unknown = order is not None and order.state is OrderState.UNKNOWN
        self._order = order if unknown else None
        if order is not None and unknown:
            self.why.tell(f"? {WHY_UNKNOWN.format(ref=order.ref)}", theme.current().down)
        self.setVisible(unknown)

    def _decide(self, state: OrderState) -> None:
        if self._order is not None:
            self.decided.emit(self._order, state)


class ResolveDialog(QDialog):
    """Asks once more: an order that is at the broker after all would be forgotten here."""

    def __init__(self, order: Order, state: OrderState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "orders.resolve.dialog", tr("Decide what became of an unknown order"))
        self.setWindowTitle(tr("Decide what became of the order"))
        button, meaning = DECISIONS[state]
        headline = sentence("orders.resolve.order", tr("Which order it is"), role="")
        headline.setFont(theme.ui_font(theme.UI_POINTS, SEMIBOLD))
        say(
            headline,
            tr("{draft}, reference {ref}").format(draft=contracts(order.draft), ref=order.ref),
        )
        told = sentence("orders.resolve.meaning", tr("What the decision means"), role="")
        say(
            told,
            tr(
                "You say that you looked at {broker} and that {meaning}. VaultDesk will "
                "not watch it any more; should it be there after all, it can be traded "
                "without being counted as open here. The decision is written to the "
                "audit log and cannot be changed."
            ).format(broker=order.broker, meaning=meaning),
        )
        self.decide = named(
            QPushButton(button.replace("&", "")), "orders.resolve.decide", tr("Decide so")
        )
        self.keep = named(
            QPushButton(tr("Keep it unknown")), "orders.resolve.cancel", tr("Decide nothing now")
        )
        self.keep.setDefault(True)
        self.decide.setAutoDefault(False)
        self.decide.clicked.connect(self.accept)
        self.keep.clicked.connect(self.reject)
        ending = QHBoxLayout()
        ending.addStretch(1)
        ending.addWidget(self.decide)
        ending.addWidget(self.keep)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(12)
        column.addWidget(headline)
        column.addWidget(told)
        column.addLayout(ending)
        self.setFixedWidth(WIDTH)
        self.finished.connect(self.deleteLater)
