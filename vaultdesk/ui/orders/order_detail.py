"""One order in full, with the trades that were made of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from vaultdesk.core.orders.broker import Execution
from vaultdesk.ui import theme
from vaultdesk.ui.format import (
    MISSING,
    local,
    local_time,
    money,
    price,
    signed,
    time_of_day,
    units,
)
from vaultdesk.ui.orders.order_table import LEFT, average, said
from vaultdesk.ui.orders.words import (
    NOT_GIVEN,
    STATES,
    account,
    contract,
    contracts,
    filled,
    net,
    side,
)
from vaultdesk.ui.panel import named
from vaultdesk.ui.readout import Chip, label, say, sentence
from vaultdesk.ui.scrolled import Scrolled
from vaultdesk.ui.tables.model import Column, TableModel
from vaultdesk.ui.tables.view import Table
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from vaultdesk.core.orders.life import Order

HASH_SHOWN = 16
"""Letters of the preview's hash; the audit log has all of it."""

LINES: tuple[tuple[str, str, Callable[[Order], str]], ...] = (
    ("said", tr("Said"), said),
    ("contract", tr("Trades"), lambda o: f"{side(o.draft).text} {contracts(o.draft)}"),
    ("for", tr("For"), lambda o: o.title),
    ("filled", tr("Filled"),
     lambda o: tr("{filled}, average {price}").format(filled=filled(o), price=average(o))),
    ("limit", tr("Limit"),
     lambda o: tr("{limit}, works for {tif}").format(limit=net(o.draft.limit),
                                                       tif=o.draft.tif.value)),
    ("commission", tr("Commission"), lambda o: NOT_GIVEN if o.commission is None else
     money(o.commission, o.draft.legs[0].instrument.currency)),
    ("account", tr("Account"),
     lambda o: tr("{account} at {broker}").format(account=account(o.account, o.mode),
                                                  broker=o.broker)),
    ("ref", tr("Reference"), lambda o: o.ref),
    ("numbers", tr("Broker's numbers"),
     lambda o: tr("order {order}, permanent {lasting}").format(order=o.order_id or MISSING,
                                                               lasting=o.perm_id or MISSING)),
    ("sent", tr("Sent"),
     lambda o: tr("{local}, in UTC {time}").format(local=local(o.confirmed_at),
                                                          time=time_of_day(o.confirmed_at))),
    ("changed", tr("Changed"), lambda o: local(o.changed_at)),
    ("preview", tr("Preview"), lambda o: f"{o.ticket[:HASH_SHOWN]}…"),
)  # fmt: skip
"""Name, caption and text of each line."""

TRADES: tuple[Column[Execution], ...] = (
    Column("at", tr("Time"), "", lambda t: local_time(t.at), sample="00:00:00", align=LEFT,
           hint=lambda t: tr("{at}, as told: {value}").format(at=local(t.at),
                                                              value=t.at_text or MISSING),
           meaning=tr("When it was traded, on this machine's clock")),
    Column("contract", tr("Contract"), "", lambda t: contract(t.instrument), align=LEFT, prose=True,
           sample="GLD 350 put 2026-12", meaning=tr("What was traded")),
    Column("quantity", tr("Ctr"), "", lambda t: signed(t.quantity, 0), sample="-000",
           meaning=tr("Contracts, negative when sold")),
    Column("price", tr("Price"), "", lambda t: price(t.price), sample="00.00",
           meaning=tr("Per share")),
    Column("commission", tr("Commission"), "", lambda t: NOT_GIVEN if t.commission is None
           else units(t.commission), sample=NOT_GIVEN, rank=1, meaning=tr("As the broker told it")),
    Column("id", tr("Trade"), "", lambda t: t.exec_id, sample="0000e0d5.00000000.01", rank=2,
           align=LEFT, meaning=tr("The broker's own number; a correction bears the same")),
)  # fmt: skip


class OrderDetail(QWidget):
    """Shows one; Escape or the button goes back to the list."""

    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.order: Order | None = None
        self.back = named(
            QPushButton(tr("← &List")), "orders.detail.back", tr("Go back to the list")
        )
        self.back.clicked.connect(lambda _checked: self.left.emit())
        escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), self)
        escape.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        escape.activated.connect(self.left)
        self.state = Chip("orders.detail.state", tr("Where the order is"))
        self.lines = {
            name: sentence(f"orders.detail.{name}", caption, role="") for name, caption, _ in LINES
        }
        self._trades = TableModel[Execution](TRADES)
        self.table = named(Table(self._trades), "orders.trades", tr("The trades made of the order"))
        self.table.setAccessibleName(tr("Trades"))
        self.none = sentence("orders.trades.none", tr("That nothing was traded"))
        say(self.none, tr("Nothing of it was traded yet."))
        self._arrange()

    def show_order(self, order: Order, trades: Sequence[Execution]) -> None:
        """Show this one."""
        self.order = order
        sign = STATES[order.state]
        self.state.tell(sign.text, getattr(theme.current(), sign.tone))
        for name, _caption, text in LINES:
            say(self.lines[name], text(order) or MISSING)
        self._trades.change_rows(tuple(trades))
        self._fit()

    def recolour(self) -> None:
        """The table paints itself."""
        self.table.recolour()
        self._fit()

    def retire(self) -> None:
        """Repaint nothing more."""
        self.table.retire()

    def _fit(self) -> None:
        """As high as its rows: the page scrolls, not the table."""
        self.table.fit()
        count = len(self._trades.rows)
        self.table.setFixedHeight(self.table.height_of(count))
        self.table.setVisible(bool(count))
        self.none.setVisible(not count)

    def _arrange(self) -> None:
        self.table.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inside = QWidget()
        grid = QGridLayout(inside)
        grid.setContentsMargins(10, 4, 10, 8)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(5)
        grid.setColumnStretch(1, 1)
        for row, (name, caption, _text) in enumerate(LINES):
            left = label(role="muted")
            left.setText(caption)
            grid.addWidget(left, row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(self.lines[name], row, 1)
            self.lines[name].setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        grid.addWidget(self.none, len(LINES), 0, 1, 2)
        grid.addWidget(self.table, len(LINES) + 1, 0, 1, 2)
        grid.setRowStretch(len(LINES) + 2, 1)
        top = QHBoxLayout()
        top.setContentsMargins(10, 4, 10, 4)
        top.addWidget(self.back)
        top.addStretch(1)
        top.addWidget(self.state)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(Scrolled(inside), 1)
