"""The legs of a hedge as a table, and the fields of the one that is chosen below it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from vaultdesk.core.hedge.templates import MOST_CONTRACTS, Anchor, How, OwnLeg
from vaultdesk.ui.format import dated, number, percent, signed, units
from vaultdesk.ui.panel import named
from vaultdesk.ui.strategy.fields import Choice, Whole
from vaultdesk.ui.strategy.words import SIDES
from vaultdesk.ui.tables.model import Column, TableModel
from vaultdesk.ui.tables.view import Table
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from PySide6.QtGui import QResizeEvent

    from vaultdesk.core.hedge.views import LegCost

LEFT = Qt.AlignmentFlag.AlignLeft
EMPTY_ROWS, EDITOR_ONE_ROW = 1, 560
"""Rows that an empty table has room for; pixels from which the fields stand in one row."""


@dataclass(frozen=True, slots=True)
class Row:
    """One leg, what it costs, its contract's delta, and the currency of amounts."""

    cost: LegCost
    delta: float
    currency: str

    @property
    def sold(self) -> bool:
        """Whether it is sold."""
        return self.cost.leg.contracts < 0


def _contract(row: Row) -> str:
    listed = row.cost.leg.listed
    return f"{units(listed.strike)} {SIDES[listed.right]} {dated(listed.expiry)}"


def _quote(pick: Callable[[Row], Decimal | None]) -> Callable[[Row], str]:
    return lambda row: number(pick(row))


COLUMNS: tuple[Column[Row], ...] = (
    Column("side", tr("Side"), "", lambda r: tr("▼ sell") if r.sold else tr("▲ buy"),
           sample="▼ sell",
           align=LEFT, tone=lambda r: "down" if r.sold else "up", meaning=tr("Bought or sold")),
    Column("contracts", tr("Ctr"), "", lambda r: units(abs(r.cost.leg.contracts)),
           sample="000", meaning=tr("Whole contracts; plus and minus change the chosen leg"),
           hint=lambda r:
               tr("{ideal} before rounding to whole contracts").format(
                   ideal=units(r.cost.leg.ideal))),
    Column("contract", tr("Contract"), "", _contract, sample="350 put 2026-12-18", align=LEFT,
           hint=lambda r: r.cost.leg.wanted, meaning=tr("Strike, side and last day")),
    Column("bid", tr("Bid"), "$", _quote(lambda r: r.cost.leg.listed.quote.bid), rank=2,
           meaning=tr("Highest bid per share")),
    Column("ask", tr("Ask"), "$", _quote(lambda r: r.cost.leg.listed.quote.ask), rank=2,
           meaning=tr("Lowest ask per share")),
    Column("mid", tr("Mid"), "$", _quote(lambda r: r.cost.leg.listed.mid), rank=4,
           meaning=tr("Half-way between bid and ask, per share")),
    Column("natural", tr("Natural"), "$", _quote(lambda r: r.cost.price), rank=2,
           meaning=tr("The price one can have now: the ask to buy, the bid to sell")),
    Column("premium", tr("Premium"), "", lambda r: number(r.cost.premium, 0), sample="-000,000",
           rank=1,
           hint=lambda r:
               tr("{premium} {currency} and {commission} {currency} commission").format(
                   premium=number(r.cost.premium), currency=r.currency,
                   commission=number(r.cost.commission)),
           meaning=tr("Of all contracts at natural price; negative is received")),
    Column("delta", tr("Delta"), tr("per share"), lambda r: signed(r.delta), sample="-0.00", rank=3,
           hint=lambda r:
               tr("{delta} shares in all").format(delta=signed(r.delta * float(r.cost.leg.shares),
                                                               0)),
           meaning=tr("Of the contract; negative of a put")),
    Column("weight", tr("Weight"), "", lambda r: percent(r.cost.weight, 0), sample="100 %", rank=5,
           meaning=tr("Contracts by those of all puts bought")),
    Column("wanted", tr("How chosen"), "", lambda r: r.cost.leg.wanted, sample="95 % of 350 is",
           align=LEFT, rank=6, tone=lambda _r: "muted", prose=True,
           hint=lambda r: r.cost.leg.wanted,
           meaning=tr("What was wished for, and the listed strike that was taken")),
)  # fmt: skip


class LegsTable(QWidget):
    """Tells edits of a leg as an `OwnLeg`, None to take it away; a strike by itself."""

    struck = Signal(int, object)
    """A leg's number and the strike chosen in its list."""
    edited = Signal(int, object)
    """A leg's number, and what it is now; None where it was removed."""
    asked = Signal()
    """Another leg is wanted."""

    def __init__(self) -> None:
        super().__init__()
        self._model = TableModel[Row](COLUMNS)
        self.table = named(
            Table(self._model), "strategy.table", tr("The legs; plus, minus and Delete change one")
        )
        self.table.setAccessibleName(tr("Legs"))
        self.table.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.side = Choice(
            "strategy.leg.side", tr("Buy or sell the chosen leg"), (tr("Buy"), tr("Sell"))
        )
        self.contracts = Whole(
            "strategy.leg.contracts", tr("Contracts of the chosen leg"), 1, MOST_CONTRACTS
        )
        self.strike = Choice("strategy.leg.strike", tr("Strike of the chosen leg"))
        self.right = Choice("strategy.leg.right", tr("Put or call"), (tr("Put"), tr("Call")))
        self.expiry = Choice("strategy.leg.expiry", tr("Last day of the chosen leg"))
        self.add = named(QPushButton(tr("&Add leg")), "strategy.leg.add", tr("Add another leg"))
        self.remove = named(
            QPushButton(tr("Remove")), "strategy.leg.remove", tr("Take the leg away (Del)")
        )
        for widget, name in (
            (self.side, tr("Side")),
            (self.contracts, tr("Contracts")),
            (self.strike, tr("Strike")),
            (self.right, tr("Right")),
            (self.expiry, tr("Expiry")),
        ):
            widget.setAccessibleName(name)
        self._arrange()
        self._connect()
        self.show_legs((), {}, ())

    def show_legs(
        self,
        rows: Sequence[Row],
        strikes: dict[int, tuple[Decimal, ...]],
        expiries: Sequence[date],
    ) -> None:
        """Show these legs; `strikes` are those each can have, by its number."""
        chosen = max(self.chosen(), 0)
        self._strikes, self._expiries = strikes, tuple(expiries)
        if len(rows) == len(self._model.rows):
            self._model.change_rows(list(rows))
        else:
            self._model.show_rows(list(rows))
        if rows:
            self.table.selectRow(min(chosen, len(rows) - 1))
        self._fit()
        self._show_chosen()

    def chosen(self) -> int:
        """The number of the chosen leg; -1 for none."""
        row = self.table.currentIndex().row()
        return row if row < len(self._model.rows) else -1

    def retire(self) -> None:
        """Repaint nothing more."""
        self.table.retire()

    def recolour(self) -> None:
        """Take the colours of the current theme."""
        self.table.recolour()
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """The fields in one row where there is room, else in two."""
        super().resizeEvent(event)
        across, down = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self._editor.setDirection(across if self.width() >= EDITOR_ONE_ROW else down)

    def _arrange(self) -> None:
        what, which, buttons = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        for row in (what, which, buttons):
            row.setSpacing(5)
        for row, fields in (
            (what, (self.side, self.contracts, self.right)),
            (which, (self.strike, self.expiry)),
        ):
            for widget in fields:
                row.addWidget(widget, 1)
        buttons.addStretch(1)
        buttons.addWidget(self.add)
        buttons.addWidget(self.remove)
        self._editor = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._editor.setSpacing(5)
        self._editor.addLayout(what, 3)
        self._editor.addLayout(which, 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.table)
        column.addLayout(self._editor)
        column.addLayout(buttons)

    def _connect(self) -> None:
        self.table.selectionModel().currentRowChanged.connect(lambda *_rows: self._show_chosen())
        self.side.activated.connect(lambda _index: self._tell())
        self.right.activated.connect(lambda _index: self._tell())
        self.expiry.activated.connect(lambda _index: self._tell())
        self.contracts.valueChanged.connect(lambda _value: self._tell())
        self.strike.activated.connect(self._strike_chosen)
        self.add.clicked.connect(lambda _checked: self.asked.emit())
        self.remove.clicked.connect(lambda _checked: self._remove())
        for keys, act in (
            (tr("Del"), self._remove),
            (tr("Backspace"), self._remove),
            ("+", lambda: self.contracts.stepBy(1)),
            ("-", lambda: self.contracts.stepBy(-1)),
        ):
            shortcut = QShortcut(QKeySequence(keys), self.table)
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(act)

    def _fit(self) -> None:
        """As high as its rows: the panel scrolls, not the table."""
        self.table.fit()
        rows = max(len(self._model.rows), EMPTY_ROWS)
        self.table.setFixedHeight(self.table.height_of(rows))

    def _show_chosen(self) -> None:
        at = self.chosen()
        for widget in (self.side, self.contracts, self.strike, self.right, self.expiry):
            widget.setEnabled(at >= 0)
        self.remove.setEnabled(at >= 0)
        if at < 0:
            return
        leg = self._model.rows[at].cost.leg
        listed = leg.listed
        with QSignalBlocker(self.contracts):
            self.contracts.setValue(int(abs(leg.contracts)))
        self.side.setCurrentIndex(1 if leg.contracts < 0 else 0)
        self.right.setCurrentIndex(1 if listed.kind > 0 else 0)
        self.strike.fill([(units(one), one) for one in self._strikes.get(at, ())], listed.strike)
        self.expiry.fill([(dated(one), one) for one in self._expiries], listed.expiry)

    def _strike_chosen(self, _index: int) -> None:
        at = self.chosen()
        if at >= 0:
            self.struck.emit(at, self.strike.currentData())

    def _tell(self) -> None:
        at = self.chosen()
        if at < 0:
            return
        leg = self._model.rows[at].cost.leg
        sign = -1 if self.side.currentIndex() else 1
        self.edited.emit(
            at,
            OwnLeg(
                "C" if self.right.currentIndex() else "P",
                Anchor(How.STRIKE, leg.listed.strike),
                Decimal(sign * self.contracts.value()),
                self.expiry.currentData() or leg.listed.expiry,
            ),
        )

    def _remove(self) -> None:
        if self.chosen() >= 0:
            self.edited.emit(self.chosen(), None)
