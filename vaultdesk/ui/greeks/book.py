"""What the pledge answers to, alone as the bank counts it and with the options held beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel

from vaultdesk.core.loan.sensitivity import Options, ltv_delta, ltv_vega
from vaultdesk.ui import theme
from vaultdesk.ui.format import number, price, signed
from vaultdesk.ui.panel import named
from vaultdesk.ui.pricing import ESTIMATE
from vaultdesk.ui.readout import SEMIBOLD, Elided, label, say
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from decimal import Decimal

    from vaultdesk.core.market import Quote
    from vaultdesk.services.loan import LoanService

HEADS = (
    (tr("Delta"), tr("shares")),
    (tr("LTV-delta"), tr("pt/+1 %")),
    (tr("LTV-vega"), tr("pt/vol pt")),
)
ROWS = {
    "pledge": (tr("Pledge: the bank's LTV"), "greeks.book"),
    "position": (tr("Position"), "greeks.position"),
    "together": (tr("Both: economic LTV"), "greeks.economic"),
}
FIGURES = {
    "delta": tr("Shares that gain and lose the same"),
    "ltv_delta": tr("Points of LTV when gold rises by 1 %"),
    "ltv_vega": tr("Points of LTV per point of volatility"),
}
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
ECONOMIC = tr(
    "The loan by the pledge and the options together, at the model's prices. "
    "The bank does not count options that are held elsewhere."
)
ALONE = {
    "ltv_delta": tr("The LTV the bank counts: the loan by the pledge alone."),
    "ltv_vega": tr("Shares do not answer to volatility."),
}


class Book(QFrame):
    """Three rows of figures: the pledge, the options, and both together."""

    def __init__(self) -> None:
        super().__init__()
        self._note = named(
            _caption(), "greeks.book.source", tr("What these figures are computed from")
        )
        self._cells: dict[tuple[str, str], QLabel] = {}
        self._mark = ""
        grid = QGridLayout(self)
        grid.setContentsMargins(10, 3, 10, 6)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(1)
        grid.setColumnStretch(0, 1)
        grid.addWidget(self._note, 0, 0)
        self._heads = [label(role="muted") for _ in HEADS]
        for place, head in enumerate(self._heads, start=1):
            head.setFont(theme.ui_font(9))
            head.setAlignment(RIGHT)
            grid.addWidget(head, 0, place, RIGHT)
        self.stand(narrow=False)
        for line, row in enumerate(ROWS, start=1):
            self._add_row(grid, line, row)
        grid.setRowStretch(len(ROWS) + 1, 1)

    def stand(self, *, narrow: bool) -> None:
        """The units below the headings where there is little width, else beside them."""
        for head, words in zip(self._heads, HEADS, strict=True):
            say(head, ("\n" if narrow else ", ").join(words))

    def show_book(self, loan: LoanService, held: Options | None, why: str, symbol: str) -> None:
        """The loan at its newest valuation and the options held on `symbol`.

        `why` says why there are no options, or by what estimate there are; they count together
        with a pledge of the same symbol.
        """
        self._mark = ESTIMATE if held and why else ""
        terms, state = loan.terms, loan.state
        problem = loan.problem or ("" if terms else tr("No loan is set up."))
        units = state.falling / (state.price * state.into(state.quote.currency)) if state else None
        self._say("pledge", "delta", units, 0, problem)
        self._say("position", "delta", held.delta if held else None, 2, why)
        if terms is not None and terms.symbol != symbol:
            held, why = (
                None,
                tr("The options are on {options}, the pledge is {pledge}.").format(
                    options=symbol, pledge=terms.symbol
                ),
            )
        both = units + held.delta if units is not None and held else None
        self._say("together", "delta", both, 2, problem or why or ECONOMIC)
        for name, sensitivity in (("ltv_delta", ltv_delta), ("ltv_vega", ltv_vega)):
            alone = sensitivity(state) if state else None
            self._say("pledge", name, alone, 3, problem or ALONE[name])
            value = sensitivity(state, held) if state and held else None
            self._say("together", name, value, 3, problem or why or ECONOMIC)
        self._say_whence(problem, state.quote if state else None)

    def _say_whence(self, problem: str, quote: Quote | None) -> None:
        note = hint = problem
        if quote is not None:
            note = tr("At {symbol} {price} · {quality}").format(
                symbol=quote.symbol, price=price(quote.price), quality=quote.quality
            )
            hint = tr("{note}, from {source}").format(note=note, source=quote.source)
        say(self._note, note, hint=hint)

    def _add_row(self, grid: QGridLayout, line: int, row: str) -> None:
        caption, prefix = ROWS[row]
        grid.addWidget(_caption(caption), line, 0)
        for place, (name, meaning) in enumerate(FIGURES.items(), start=1):
            if row != "position" or name == "delta":  # the position alone has no LTV
                cell = label(f"{prefix}.{name}", f"{caption}. {meaning}")
                cell.setFont(theme.ui_font(9, SEMIBOLD))
                self._cells[row, name] = cell
                grid.addWidget(cell, line, place, RIGHT)

    def _say(self, row: str, name: str, value: Decimal | None, places: int, hint: str) -> None:
        """A quantity of shares held stands without its sign, what moves with it."""
        held = name == "delta" and row != "position"
        text = number(value, places) if held else signed(value, places)
        mark = self._mark if row != "pledge" and value else ""
        say(self._cells[row, name], "0" if value == 0 else mark + text, hint=hint)


def _caption(text: str = "") -> Elided:
    made = Elided()
    theme.role(made, "muted")
    made.setFont(theme.ui_font(9))
    made.setText(text)
    return made
