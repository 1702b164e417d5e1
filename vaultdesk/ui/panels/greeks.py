"""The Greeks panel: one call and one put in full, a position in them, and the book beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout

from vaultdesk.events import Bus, ChainChanged, GreeksChanged, LoanChanged, LoanValued
from vaultdesk.ui import pricing, theme
from vaultdesk.ui.format import dated, number, units
from vaultdesk.ui.greeks.book import Book
from vaultdesk.ui.greeks.position import NOTHING, Position, PositionEntry
from vaultdesk.ui.greeks.table import COLUMNS, NO_POSITION, UNDEFINED, Held, Line
from vaultdesk.ui.greeks.units import GREEKS, options
from vaultdesk.ui.live import LivePanel
from vaultdesk.ui.panel import named
from vaultdesk.ui.readout import (
    SEMIBOLD,
    Chip,
    Elided,
    label,
    quality_colour,
    say,
)
from vaultdesk.ui.tables.model import TableModel
from vaultdesk.ui.tables.view import Table
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from datetime import date

    from PySide6.QtGui import QResizeEvent

    from vaultdesk.core.loan.sensitivity import Options
    from vaultdesk.core.options.valued import Rung, ValuedChain
    from vaultdesk.services.chain import ChainService
    from vaultdesk.services.loan import LoanService

ACROSS, DOWN = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
MIDDLE = Qt.AlignmentFlag.AlignVCenter
NARROW, WIDE = 500, 900
"""Widths in pixels: from `WIDE` on the book stands beside the table and not below it, below
`NARROW` its headings take two lines."""


class GreeksPanel(LivePanel):
    """Follows the selected rung of the chain at each tick, and the loan.

    The position is one in whatever rung is selected: contracts typed for one strike are those of
    the next one too, so that strikes can be compared.
    """

    key = "greeks"
    title = tr("Greeks")

    position_changed = Signal(object)
    """The Position that was typed."""

    def __init__(
        self, bus: Bus, chain: ChainService, loan: LoanService, position: Position = NOTHING
    ) -> None:
        super().__init__(bus)
        self._chain, self._loan = chain, loan
        self._expiry: date | None = None
        self._strike: Rung | None = None
        self._model = TableModel[Line](COLUMNS)
        self.table = named(
            Table(self._model, air=(0, 8)),
            "greeks.table",
            tr("The Greeks of the selected call and put"),
        )
        self.table.setAccessibleName(tr("Greeks"))
        self._contract = named(
            Elided(Qt.TextElideMode.ElideLeft), "greeks.contract", tr("The strike and expiry shown")
        )
        self._contract.setFont(theme.ui_font(theme.UI_POINTS, SEMIBOLD))
        self._quality = Chip("greeks.quality", tr("How far these figures may be trusted"))
        self._source = named(Elided(), "greeks.source", tr("What these figures are computed from"))
        theme.role(self._source, "muted")
        self._pricing = label("greeks.model", tr("What the options are priced by"), "muted")
        for small in (self._source, self._pricing):
            small.setFont(theme.ui_font(9))
        self._entry = PositionEntry(position)
        self._entry.changed.connect(self._position_typed)
        self._options: Options | None = None
        self._why = ""
        self._book = Book()
        self._arrange()
        self.hear(ChainChanged, lambda _event: self.refresh())
        self.hear(GreeksChanged, lambda _event: self.refresh())
        self.hear(LoanChanged, lambda _event: self._show_book())
        self.hear(LoanValued, lambda _event: self._show_book())
        self.refresh()

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
        held = Held(view, rung, self._entry.position())
        self._model.change_rows([Line(greek, held) for greek in GREEKS])
        contract = tr("{expiry} · strike {strike}").format(
            expiry=dated(view.chain.expiry), strike=units(rung.strike)
        )
        say(
            self._contract,
            contract,
            hint=tr("{contract}, {multiplier} shares a contract").format(
                contract=contract, multiplier=view.chain.multiplier
            ),
        )
        self._quality.tell(view.quality.value, quality_colour(view.quality))
        source = tr("at {symbol} {spot} {source}").format(
            symbol=view.chain.symbol, spot=number(view.spot), source=view.chain.source
        )
        say(self._source, source, hint=source)
        hint = pricing.details(view, pricing.term(view.years))
        say(self._pricing, pricing.pricing(view), pricing.role(view), hint)
        self._hold(held)

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
        self._book.stand(narrow=wide or self.width() < NARROW)

    def _arrange(self) -> None:
        top, below = QHBoxLayout(), QHBoxLayout()
        top.setContentsMargins(10, 5, 10, 2)
        below.setContentsMargins(10, 0, 10, 4)
        for row in (top, below):
            row.setSpacing(10)
        top.addWidget(self._contract, 1)
        top.addWidget(self._entry, alignment=MIDDLE)
        below.addWidget(self._pricing)
        below.addWidget(self._source, 1)
        below.addWidget(self._quality, alignment=MIDDLE)
        left = QVBoxLayout()
        left.setSpacing(0)
        left.addLayout(top)
        left.addLayout(below)
        left.addWidget(self.table, 1)
        self._halves = QBoxLayout(DOWN, self)
        self._halves.setContentsMargins(0, 0, 0, 0)
        self._halves.setSpacing(0)
        self._halves.addLayout(left, 1)
        self._halves.addWidget(self._book)

    def _position_typed(self, position: Position) -> None:
        self.refresh()
        self.position_changed.emit(position)

    def _hold(self, held: Held | None) -> None:
        """Show the position in the book, or why it has no place there."""
        self._options, self._why = None, NO_POSITION
        if held is not None:
            self._why = held.refusal("call", "put")
            if not self._why:
                self._options = options(held.view, held.legs("call", "put"))
                notes = held.estimates(*held.held_sides("call", "put"))
                self._why = "\n".join(notes) if self._options else UNDEFINED
        self._show_book()

    def _rung(self, view: ValuedChain) -> Rung:
        """The strike that was selected, where this chain is the one it was selected in."""
        if self._strike is not None and view.chain.expiry == self._expiry:
            for rung in view.ladder:
                if rung.strike == self._strike.strike:
                    return rung
        return view.ladder[view.at_the_money]

    def _show_nothing(self, view: ValuedChain | None) -> None:
        self._model.show_rows(())
        say(
            self._contract,
            tr("No chain yet") if view is None else tr("The chain lists no contracts"),
        )
        say(self._source, tr("The Greeks appear with the first option chain."), hint="")
        say(self._pricing, "", hint="")
        self._quality.tell("", theme.current().muted)
        self._hold(None)

    def _show_book(self) -> None:
        view = self._chain.view
        symbol = view.chain.symbol if view else ""
        self._book.show_book(self._loan, self._options, self._why, symbol)
