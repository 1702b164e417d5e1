"""The Greeks panel: one call and one put in full, and what the pledge itself is exposed to."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QLabel, QVBoxLayout

from vaultdesk.core.loan.sensitivity import ltv_delta
from vaultdesk.events import Bus, ChainChanged, GreeksChanged, LoanChanged, LoanValued
from vaultdesk.ui import theme
from vaultdesk.ui.format import MISSING, number, percent, price, signed, units
from vaultdesk.ui.greek_units import GREEKS, Greek
from vaultdesk.ui.live import LivePanel
from vaultdesk.ui.panel import named
from vaultdesk.ui.readout import (
    SEMIBOLD,
    Chip,
    label,
    quality_colour,
    say,
    sentence,
)
from vaultdesk.ui.table import Column, TableModel
from vaultdesk.ui.table_view import Table

if TYPE_CHECKING:
    from datetime import date

    from PySide6.QtGui import QResizeEvent

    from vaultdesk.core.options.chain import Rung, ValuedChain
    from vaultdesk.services.chain import ChainService
    from vaultdesk.services.loan import LoanService

ACROSS, DOWN = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
BOOK_WIDTH = 220
MIDDLE = Qt.AlignmentFlag.AlignVCenter
WIDE = 600
"""From this width on, in pixels, the book stands beside the table and not below it."""


@dataclass(frozen=True, slots=True)
class _Line:
    """One Greek of the selected rung."""

    greek: Greek
    view: ValuedChain
    rung: Rung

    def text(self, row: int | None) -> str:
        """The figure of the contract in this row of the chain."""
        if row is None or self.view.refusals[row]:
            return MISSING
        return number(self.greek.read(self.view, row), self.greek.places)

    def why(self, row: int | None) -> str:
        """Why there is no figure, or what it means."""
        if row is None:
            return f"Not listed at {units(self.rung.strike)}."
        if self.view.refusals[row]:
            return self.view.refusals[row]
        if not math.isfinite(self.greek.read(self.view, row)):
            return "The formula has no finite answer here."
        return self.greek.meaning


_LEFT = Qt.AlignmentFlag.AlignLeft
COLUMNS: tuple[Column[_Line], ...] = (
    Column("greek", "Greek", "", lambda line: line.greek.name, "", "Volatility", _LEFT),
    Column(
        "call",
        "Call",
        "",
        lambda line: line.text(line.rung.call),
        sample="-0,000.00",
        hint=lambda line: line.why(line.rung.call),
    ),
    Column(
        "put",
        "Put",
        "",
        lambda line: line.text(line.rung.put),
        sample="-0,000.00",
        hint=lambda line: line.why(line.rung.put),
    ),
    Column(
        "unit",
        "Unit",
        "",
        lambda line: line.greek.unit,
        align=_LEFT,
        sample="vega per vol pt/contract",
        tone=lambda _line: "muted",
    ),
)


class GreeksPanel(LivePanel):
    """Follows the selected rung of the chain at each tick, and the loan."""

    key = "greeks"
    title = "Greeks"

    def __init__(self, bus: Bus, chain: ChainService, loan: LoanService) -> None:
        super().__init__(bus)
        self._chain, self._loan = chain, loan
        self._expiry: date | None = None
        self._strike: Rung | None = None
        self._model = TableModel[_Line](COLUMNS)
        self.table = named(
            Table(self._model, air=(0, 8)),
            "greeks.table",
            "The Greeks of the selected call and put",
        )
        self.table.setAccessibleName("Greeks")
        self._contract = label("greeks.contract", "The strike and expiry shown")
        self._contract.setFont(theme.ui_font(theme.UI_POINTS, SEMIBOLD))
        self._quality = Chip("greeks.quality", "How far these figures may be trusted")
        self._source = sentence("greeks.source", "What these figures are computed from")
        self._book = _Book()
        self._arrange()
        self.hear(ChainChanged, lambda _event: self.refresh())
        self.hear(GreeksChanged, lambda _event: self.refresh())
        self.hear(LoanChanged, lambda _event: self._show_book())
        self.hear(LoanValued, lambda _event: self._show_book())
        self.refresh()
        self._show_book()

    def select(self, position: int) -> None:
        """Show this rung of the chain service's view."""
        view = self._chain.view
        if view is not None and 0 <= position < len(view.ladder):
            self._expiry, self._strike = view.chain.expiry, view.ladder[position]
            self.refresh()

    def refresh(self) -> None:
        """Show the selected rung of the view there is now; of a new chain, the one at the money."""
        view = self._chain.view
        if view is None or not view.ladder:
            self._show_nothing(view)
            return
        rung = self._rung(view)
        self._expiry, self._strike = view.chain.expiry, rung
        self._model.change_rows([_Line(greek, view, rung) for greek in GREEKS])
        say(
            self._contract,
            f"{view.chain.expiry} · strike {units(rung.strike)}",
        )
        self._quality.tell(view.quality.value, quality_colour(view.quality))
        say(
            self._source,
            f"at {view.chain.symbol} {number(view.spot)} {view.chain.source}",
            hint=f"r {percent(view.rate, 2)} {view.rate_source}, {view.years:.3f} years to expiry",
        )

    def recolour(self) -> None:
        """The table paints itself; the chip carries a colour of its own."""
        self.table.recolour()
        self.refresh()

    def retire(self) -> None:
        """Hear nothing and repaint nothing any more."""
        super().retire()
        self.table.retire()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Beside or below, as there is room."""
        super().resizeEvent(event)
        wide = self.width() >= WIDE
        self._halves.setDirection(ACROSS if wide else DOWN)
        self._book.stand(DOWN if wide else ACROSS)

    def _arrange(self) -> None:
        top = QHBoxLayout()
        top.setContentsMargins(10, 5, 10, 4)
        top.setSpacing(10)
        top.addWidget(self._contract, alignment=MIDDLE)
        top.addWidget(self._source, 1)
        top.addWidget(self._quality, alignment=MIDDLE)
        left = QVBoxLayout()
        left.setSpacing(0)
        left.addLayout(top)
        left.addWidget(self.table, 1)
        self._halves = QBoxLayout(DOWN, self)
        self._halves.setContentsMargins(0, 0, 0, 0)
        self._halves.setSpacing(0)
        self._halves.addLayout(left, 1)
        self._halves.addWidget(self._book)

    def _rung(self, view: ValuedChain) -> Rung:
        """The strike that was selected, where this chain is the one it was selected in."""
        if self._strike is not None and view.chain.expiry == self._expiry:
            for rung in view.ladder:
                if rung.strike == self._strike.strike:
                    return rung
        return view.ladder[view.at_the_money]

    def _show_nothing(self, view: ValuedChain | None) -> None:
        self._model.show_rows(())
        say(self._contract, "No chain yet" if view is None else "The chain lists no contracts")
        say(self._source, "The Greeks appear with the first option chain.", hint="")
        self._quality.tell("", theme.current().muted)

    def _show_book(self) -> None:
        self._book.show_loan(self._loan)


class _Book(QFrame):
    """What the pledged shares answer to; with options in the book there will be more of it."""

    def __init__(self) -> None:
        super().__init__()
        self._note = sentence("greeks.book.source", "What these figures are computed from")
        self._note.setFont(theme.ui_font(9))
        self._cells = QBoxLayout(ACROSS)
        self._cells.setSpacing(8)
        self._delta = self._cell(
            "Delta of the pledge",
            "delta",
            "Units the pledge gains or loses with, dollar for dollar",
        )
        self._ltv_delta = self._cell(
            "LTV-delta", "ltv_delta", "Points of LTV when gold rises by 1 %"
        )
        self._ltv_vega = self._cell("LTV-vega", "ltv_vega", "Points of LTV per point of volatility")
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 3, 10, 5)
        column.setSpacing(1)
        column.addWidget(self._note)
        column.addLayout(self._cells)
        column.addStretch(1)

    def stand(self, direction: QBoxLayout.Direction) -> None:
        """The figures beside each other, or one below the other in a column of their own."""
        self._cells.setDirection(direction)
        self.setMaximumWidth(BOOK_WIDTH if direction is DOWN else 16_777_215)

    def _cell(self, caption: str, name: str, meaning: str) -> QLabel:
        above, figure = label(role="muted"), label(f"greeks.book.{name}", meaning)
        above.setText(caption)
        above.setBuddy(figure)
        figure.setFont(theme.ui_font(theme.UI_POINTS, SEMIBOLD))
        cell = QVBoxLayout()
        cell.setSpacing(0)
        cell.addWidget(above)
        cell.addWidget(figure)
        self._cells.addLayout(cell)
        return figure

    def show_loan(self, loan: LoanService) -> None:
        """The pledge of this loan, at its newest valuation."""
        terms, state = loan.terms, loan.state
        if terms is None:
            for figure in (self._delta, self._ltv_delta, self._ltv_vega):
                say(figure, MISSING, hint="No loan is set up.")
            say(self._note, "Your book: no loan is set up.")
            return
        say(self._delta, f"{units(terms.units)} {terms.symbol}", hint="")
        say(self._ltv_vega, "0 · no options held", hint="Shares do not answer to volatility")
        if state is None:
            say(self._ltv_delta, MISSING, hint=loan.problem)
            say(self._note, f"Your book: {loan.problem}")
            return
        say(self._ltv_delta, f"{signed(ltv_delta(state), 3)} pt per +1 %", hint="")
        quote = state.quote
        say(
            self._note,
            f"Your book, from {quote.symbol} {price(state.price)} {quote.source} · {quote.quality}",
        )
