"""What the loan panel tells to who asks for more: ounces, interest, currencies, each lot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from vaultdesk.core.loan.vocabulary import GOLD
from vaultdesk.ui import theme
from vaultdesk.ui.format import MISSING, money, number, percent
from vaultdesk.ui.loan.words import Told, basis, fx, lot_name
from vaultdesk.ui.panel import named
from vaultdesk.ui.readout import Figures, say
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from decimal import Decimal

    from vaultdesk.core.loan.state import LoanState, Pledged

HEADINGS = (tr("Pledged"), tr("Value"), tr("Advance"))
NO_OUNCES = tr("How much gold a share of {symbol} holds is not known.")
NO_FALL = tr("No fall of {symbol} alone reaches it.")


class LoanMore(QWidget):
    """Rows of figures, the lots, and the two questions one may ask."""

    def __init__(self) -> None:
        super().__init__()
        rows = Figures()
        _, self._lending = rows.row(
            tr("Lending value"),
            "loan.lending_value",
            tr("Each asset's value times its advance rate"),
        )
        _, self._interest = rows.row(
            tr("Interest accrued"), "loan.interest", tr("Interest in the loan that was not paid")
        )
        _, self._drift = rows.row(
            tr("LTV in 180 days"), "loan.drift", tr("The LTV half a year on with prices unchanged")
        )
        _, self._call_ounce = rows.row(
            tr("Call, per ounce"), "loan.call_ounce", tr("Price of gold at which the lender calls")
        )
        _, self._closeout_ounce = rows.row(
            tr("Close-out, per ounce"),
            "loan.closeout_ounce",
            tr("Price of gold at which it may sell"),
        )
        self._fx_caption, self._fx = rows.row(
            tr("Currencies"),
            "loan.fx_delta",
            tr("What a currency's gain of one per cent does to the LTV"),
        )
        self._basis_caption, self._basis = rows.row(
            tr("Bars valued"),
            "loan.basis",
            tr("Which price values bars and coins, and the other one"),
        )
        self.lots = _table()
        self.advance = _button(
            "loan.advance", tr("Advance rate…"), tr("What if the lender changes it?")
        )
        self.fx_map = _button(
            "loan.fx_map", tr("Gold and FX…"), tr("The LTV over gold and a currency")
        )
        buttons = QHBoxLayout()
        buttons.setSpacing(6)
        buttons.addWidget(self.advance)
        buttons.addWidget(self.fx_map)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 2, 0, 0)
        column.setSpacing(6)
        column.addLayout(rows)
        column.addWidget(self.lots)
        column.addLayout(buttons)

    def show_state(self, state: LoanState, drift: Told) -> None:
        """Everything at one moment."""
        terms = state.terms
        say(self._lending, money(state.lending_value, terms.currency), hint="")
        say(self._interest, money(state.interest, terms.currency), hint="")
        say(self._drift, drift[0], hint=drift[1])
        for figure, ounce, share in (
            (self._call_ounce, state.call_ounce, state.call_price),
            (self._closeout_ounce, state.closeout_ounce, state.closeout_price),
        ):
            _say_ounce(figure, state, ounce, share)
        say(self._fx, fx(state))
        _show(self._fx_caption, self._fx, shown=bool(state.rates))
        text, hint = basis(state)
        say(self._basis, text, hint=hint)
        barred = any(one.lot.symbol == GOLD for one in state.pledged)
        _show(self._basis_caption, self._basis, shown=barred)
        self.fx_map.setVisible(bool(state.rates))
        self.advance.setEnabled(True)
        self._show_lots(state.pledged)

    def show_problem(self, why: str) -> None:
        """No figure without prices."""
        for figure in (self._lending, self._interest, self._drift, self._call_ounce,
                       self._closeout_ounce, self._fx, self._basis):  # fmt: skip
            say(figure, MISSING, hint=why)
        self.lots.hide()
        self.fx_map.hide()
        self.advance.setEnabled(False)

    def _show_lots(self, pledged: tuple[Pledged, ...]) -> None:
        """One lot is told above; several are listed."""
        self.lots.setVisible(len(pledged) > 1)
        self.lots.setRowCount(len(pledged))
        for row, one in enumerate(pledged):
            texts = (lot_name(one.lot), number(one.value, 0), percent(one.lot.advance_rate))
            for column, text in enumerate(texts):
                item = self.lots.item(row, column) or QTableWidgetItem()
                if item.text() != text:
                    item.setText(text)
                    side = Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft
                    item.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
                if self.lots.item(row, column) is None:
                    self.lots.setItem(row, column, item)
        height = self.lots.horizontalHeader().sizeHint().height() + 2
        self.lots.setFixedHeight(height + sum(map(self.lots.rowHeight, range(len(pledged)))))


def _say_ounce(
    figure: QLabel, state: LoanState, ounce: Decimal | None, share: Decimal | None
) -> None:
    reason = NO_FALL if share is None else NO_OUNCES
    hint = reason.format(symbol=state.terms.symbol) if ounce is None else ""
    say(figure, money(ounce, state.quote.currency), hint=hint)


def _show(caption: QLabel, figure: QLabel, *, shown: bool) -> None:
    caption.setVisible(shown)
    figure.setVisible(shown)


def _button(identifier: str, text: str, meaning: str) -> QPushButton:
    made = named(QPushButton(text), identifier, meaning)
    made.setToolTip(meaning)
    return made


def _table() -> QTableWidget:
    table = named(QTableWidget(0, len(HEADINGS)), "loan.lots", tr("Each lot that is pledged today"))
    table.setHorizontalHeaderLabels(HEADINGS)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
    table.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    table.setTabKeyNavigation(False)
    table.setShowGrid(False)
    table.setFont(theme.ui_font(9))
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(24)
    header = table.horizontalHeader()
    header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    return table
