"""The ticket on the desk: what it trades, how many, at which limit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from vaultdesk.core.orders.draft import Tif
from vaultdesk.core.orders.ticks import stepped, to_tick
from vaultdesk.ui import theme
from vaultdesk.ui.format import price
from vaultdesk.ui.orders.legs_table import COLUMNS, LegRow, rows
from vaultdesk.ui.orders.price_field import PriceField
from vaultdesk.ui.orders.words import ORIGINS, one_sided, side
from vaultdesk.ui.panel import named
from vaultdesk.ui.readout import SEMIBOLD, Elided, label, say
from vaultdesk.ui.strategy.fields import Choice, Whole
from vaultdesk.ui.tables.model import TableModel
from vaultdesk.ui.tables.view import Table
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from decimal import Decimal

    from vaultdesk.core.orders.draft import OrderDraft, Ticket
    from vaultdesk.core.orders.preview import Estimate, Preview

MOST_UNITS = 1_000_000
PAY, RECEIVE = tr("Pay"), tr("Receive")
TIFS = {Tif.DAY: tr("Day"), Tif.GTC: tr("Until cancelled")}
AT = ("natural", "mid", "expected")
MEANT = {
    "natural": tr("Every leg bought at the ask and sold at the bid"),
    "mid": tr("Every leg half-way between bid and ask"),
    "expected": tr("Where it will probably be filled"),
}
PRICES = {"natural": tr("Natural"), "mid": tr("Mid"), "expected": tr("Expected")}
"""What the prices are called that a limit may be taken from."""


class TicketView(QWidget):
    """Shows a ticket and tells edits of the order that is chosen in its table."""

    quantity_edited = Signal(int, int)
    """An order's place in the ticket, and its units."""
    limit_edited = Signal(int, object)
    """An order's place, and its net limit, signed; None for a market order."""
    tif_edited = Signal(int, object)
    """An order's place and its Tif."""
    chosen = Signal()
    """Another order is looked at."""
    discarded = Signal()
    undone = Signal()
    redone = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._ticket: Ticket | None = None
        self._estimates: tuple[Estimate, ...] = ()
        self.title = named(Elided(), "orders.title", tr("What the ticket is for"))
        self.title.setFont(theme.ui_font(12, SEMIBOLD))
        self.origin = label("orders.origin", tr("Where the ticket came from"), "muted")
        self.undo = _tool("↶", "orders.undo", tr("Undo the last edit (Ctrl+Z)"))
        self.redo = _tool("↷", "orders.redo", tr("Redo it (Ctrl+Shift+Z)"))
        self.discard = _tool("✕", "orders.discard", tr("Take the ticket off the desk"))
        self._model = TableModel[LegRow](COLUMNS)
        self.table = named(Table(self._model), "orders.legs", tr("The legs; the chosen is edited"))
        self.table.setAccessibleName(tr("Legs"))
        self._fields()
        self._arrange()
        self._connect()

    def place(self) -> int:
        """Which of the ticket's orders is chosen."""
        at = self.table.currentIndex().row()
        return self._model.rows[at].place if 0 <= at < len(self._model.rows) else 0

    def commit(self) -> None:
        """Tell what was typed and not finished: the keyboard may still be in a field."""
        self.quantity.interpretText()
        self.limit.interpretText()

    def show_ticket(self, ticket: Ticket | None, last: Preview | None) -> None:
        """Show this one with the quotes and prices of the last preview of the same legs."""
        self._ticket = ticket
        self._estimates = last.estimates if last is not None else ()
        if ticket is None:
            self._model.show_rows(())
            return
        several = len(ticket.orders)
        say(self.title, ticket.title)
        count = tr("{several} orders, ").format(several=several) if several > 1 else ""
        say(self.origin, f"{count}{ORIGINS[ticket.origin]}")
        self._show_rows(rows(ticket, last))
        self._show_chosen()

    def allow(self, *, undo: bool, redo: bool, market: bool) -> None:
        """Whether edits can be taken back, and whether a limit may be left empty."""
        self.undo.setEnabled(undo)
        self.redo.setEnabled(redo)
        self.limit.allow_market(market)

    def recolour(self) -> None:
        """The table paints itself."""
        self.table.recolour()
        self._fit()

    def retire(self) -> None:
        """Repaint nothing more."""
        self.table.retire()

    def _fields(self) -> None:
        self.quantity = Whole("orders.quantity", tr("Units of the legs"), 1, MOST_UNITS)
        self.quantity.setAccessibleName(tr("Quantity"))
        self.side = Choice("orders.side", tr("Whether the net price is paid or received"))
        self.side.fill([(PAY, 1), (RECEIVE, -1)], 1)
        self.side.setAccessibleName(tr("Paid or received"))
        self.limit = PriceField("orders.limit", tr("Net price of one unit, per share"))
        self.limit.setAccessibleName(tr("Limit"))
        self.tif = Choice("orders.tif", tr("How long the order works"))
        self.tif.fill([(word, one) for one, word in TIFS.items()], Tif.DAY)
        self.tif.setAccessibleName(tr("Time in force"))
        self.prices = {name: _price_button(name) for name in AT}

    def _arrange(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(6)
        top.addWidget(self.title, 1)
        for tool in (self.undo, self.redo, self.discard):
            top.addWidget(tool)
        fields = QHBoxLayout()
        fields.setSpacing(6)
        for text, share, widgets in (
            (tr("&Quantity"), 3, (self.quantity,)),
            (tr("&Limit"), 4, (self.limit, self.side)),
            (tr("&Works for"), 3, (self.tif,)),
        ):
            fields.addLayout(_captioned(text, *widgets), share)
        prices = QHBoxLayout()
        prices.setSpacing(6)
        for name in AT:
            prices.addWidget(self.prices[name], 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(top)
        column.addWidget(self.origin)
        column.addWidget(self.table)
        column.addLayout(fields)
        column.addLayout(prices)
        column.addStretch(1)

    def _connect(self) -> None:
        self.table.setVerticalScrollBarPolicy(
            self.table.verticalScrollBarPolicy().ScrollBarAlwaysOff
        )
        self.table.selectionModel().currentRowChanged.connect(lambda *_rows: self._row_chosen())
        self.quantity.valueChanged.connect(
            lambda value: self.quantity_edited.emit(self.place(), value)
        )
        self.limit.step_asked.connect(self._step)
        self.limit.valueChanged.connect(lambda _value: self._limit_changed())
        self.side.activated.connect(lambda _at: self._limit_changed())
        self.tif.activated.connect(
            lambda _at: self.tif_edited.emit(self.place(), self.tif.currentData())
        )
        for name, button in self.prices.items():
            button.clicked.connect(lambda _checked, at=name: self._take(at))
        self.discard.clicked.connect(lambda _checked: self.discarded.emit())
        self.undo.clicked.connect(lambda _checked: self.undone.emit())
        self.redo.clicked.connect(lambda _checked: self.redone.emit())

    def _show_rows(self, shown: tuple[LegRow, ...]) -> None:
        chosen = max(self.table.currentIndex().row(), 0)
        self._model.change_rows(shown)
        if shown and self.table.currentIndex().row() < 0:
            self.table.selectRow(min(chosen, len(shown) - 1))
        self._fit()

    def _fit(self) -> None:
        """As high as its rows: the panel scrolls, not the table."""
        self.table.fit()
        self.table.setFixedHeight(self.table.height_of(max(len(self._model.rows), 1)))

    def _row_chosen(self) -> None:
        self._show_chosen()
        self.chosen.emit()

    def _draft(self) -> OrderDraft | None:
        if self._ticket is None:
            return None
        place = self.place()
        return self._ticket.orders[place] if place < len(self._ticket.orders) else None

    def _estimate(self) -> Estimate | None:
        place = self.place()
        return self._estimates[place] if place < len(self._estimates) else None

    def _show_chosen(self) -> None:
        """Put the chosen order into the fields, without telling it as an edit."""
        draft, estimate = self._draft(), self._estimate()
        if draft is None:
            return
        self.quantity.put(draft.quantity)
        self.limit.show_price(draft.limit)
        self.side.fill([(PAY, 1), (RECEIVE, -1)], _sign(draft, self._signed()))
        self.side.setVisible(not one_sided(draft))
        self.side.setEnabled(draft.limit is not None)
        self.tif.fill([(word, one) for one, word in TIFS.items()], draft.tif)
        for name, button in self.prices.items():
            at: Decimal | None = getattr(estimate, name) if estimate is not None else None
            button.setEnabled(at is not None)
            button.setText(PRICES[name] if at is None else f"{PRICES[name]} {price(abs(at))}")

    def _signed(self) -> int:
        return int(self.side.currentData() or 1)

    def _limit_changed(self) -> None:
        shown = self.limit.price()
        self.limit_edited.emit(self.place(), None if shown is None else shown * self._signed())

    def _take(self, name: str) -> None:
        """Make one of the preview's prices the limit."""
        estimate = self._estimate()
        at: Decimal | None = getattr(estimate, name) if estimate is not None else None
        draft = self._draft()
        if at is not None and draft is not None:
            self.limit_edited.emit(self.place(), to_tick(draft, at))

    def _step(self, steps: int) -> None:
        """To the next legal price in the direction of the arrow; through zero the side turns."""
        draft = self._draft()
        if draft is None or draft.limit is None:
            return
        sign = self._signed()
        at = stepped(draft, draft.limit, steps * sign)
        if at * sign > 0 or not one_sided(draft):
            self.limit_edited.emit(self.place(), at)


def _sign(draft: OrderDraft, shown: int) -> int:
    """1 where the limit is paid; at zero and for market orders as it was, or as the side says."""
    if draft.limit:
        return 1 if draft.limit > 0 else -1
    if one_sided(draft):
        return -1 if side(draft).word == "sell" else 1
    return shown


def _tool(text: str, identifier: str, meaning: str) -> QToolButton:
    made = named(QToolButton(), identifier, meaning)
    made.setText(text)
    made.setAccessibleName(meaning.partition(" (")[0])
    made.setToolTip(meaning)
    return made


def _captioned(text: str, *fields: QWidget) -> QVBoxLayout:
    """Fields side by side under a caption, which names the first."""
    caption = label(role="muted")
    caption.setText(text)
    caption.setBuddy(fields[0])
    row = QHBoxLayout()
    row.setSpacing(4)
    for field in fields:
        row.addWidget(field, 1)
    column = QVBoxLayout()
    column.setSpacing(3)
    column.addWidget(caption)
    column.addLayout(row)
    column.addStretch(1)
    return column


def _price_button(name: str) -> QPushButton:
    made = named(QPushButton(PRICES[name]), f"orders.{name}", MEANT[name])
    made.setToolTip(tr("{meant}: take it as the limit").format(meant=MEANT[name]))
    return made
