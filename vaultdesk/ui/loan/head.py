"""The top of the loan panel: the LTV with its zone, the gauge, and the two ratios beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QFont
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from vaultdesk.core.loan.cure import WARNING_BAND, Zone
from vaultdesk.ui import theme
from vaultdesk.ui.format import MISSING, percent
from vaultdesk.ui.loan.gauge import Level, LtvGauge
from vaultdesk.ui.panel import named
from vaultdesk.ui.readout import SEMIBOLD, Chip, Elided, label, quality_colour, say
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from vaultdesk.core.loan.state import LoanState
    from vaultdesk.core.loan.terms import Facility

ZONES = {
    Zone.SAFE: (tr("SAFE"), "up"),
    Zone.WARNING: ("WARNING", "warning"),
    Zone.CALL: (tr("MARGIN CALL"), "down"),
    Zone.CLOSEOUT: ("CLOSE-OUT", "down"),
}
"""The word and the colour of each zone."""
UNCONFIRMED = tr("A price in these figures is a jump seen only once: wait for the next one.")
NO_LENDING_VALUE = tr("Nothing that is pledged has a lending value.")


class Ratio(QFrame):
    """A ratio on a tile: its name, its value, and what it divides."""

    def __init__(self, name: str, divides: str, identifier: str, meaning: str) -> None:
        super().__init__()
        self.setProperty("role", "tile")
        caption, self.figure, foot = Elided(), label(identifier, meaning), Elided()
        theme.role(foot, "muted")
        caption.setText(name)
        self.figure.setFont(theme.ui_font(14, SEMIBOLD))
        foot.setText(divides)
        foot.setFont(theme.ui_font(7.5))
        foot.setToolTip(divides)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 5, 4, 6)
        column.setSpacing(0)
        for part in (caption, self.figure, foot):
            column.addWidget(part)


class LoanHead(QWidget):
    """Three ratios, each labelled with what it divides, and where the first one stands."""

    def __init__(self) -> None:
        super().__init__()
        self._ltv = label("loan.ltv", tr("Loan divided by the market value of what is pledged"))
        self._ltv.setFont(theme.ui_font(32, QFont.Weight.Bold))
        self._zone = Chip("loan.zone", tr("Where the LTV stands between the lender's levels"))
        self._zone.setFont(theme.ui_font(10.5, QFont.Weight.Bold))
        self._quality = Chip("loan.quality", tr("How far these figures may be trusted"))
        self._unconfirmed = Chip("loan.unconfirmed", tr("That a price is a jump seen only once"))
        self._unconfirmed.setToolTip(UNCONFIRMED)
        self.gauge = named(LtvGauge(), "loan.gauge")
        self._utilisation = Ratio(
            tr("Utilisation"),
            tr("loan ÷ lending value"),
            "loan.utilisation",
            tr("Loan divided by the lending value: each asset times its advance rate"),
        )
        self._cash = Ratio(
            tr("Cash-timed LTV"),
            tr("(loan - cash) ÷ value"),
            "loan.cash_ltv",
            tr("The LTV once the money has come that can before a call must be cured"),
        )
        self._arrange()

    def show_state(self, state: LoanState) -> None:
        """The ratios at one moment."""
        word, tone = ZONES[state.zone]
        say(self._ltv, percent(state.ltv), role=tone, hint=percent(state.ltv, 4))
        self._zone.tell(word, str(getattr(theme.current(), tone)))
        self._quality.tell(state.quality.value, quality_colour(state.quality))
        self._unconfirmed.tell(tr("UNCONFIRMED"), theme.current().warning)
        self._unconfirmed.setVisible(not state.confirmed)
        self.gauge.show_ltv(float(state.ltv), levels(state.terms))
        used = state.utilisation
        over = "down" if used is not None and used > 1 else ""
        hint = NO_LENDING_VALUE if used is None else percent(used, 4)
        say(self._utilisation.figure, percent(used), role=over, hint=hint)
        say(self._cash.figure, percent(state.cash_ltv), hint=percent(state.cash_ltv, 4))

    def show_problem(self, terms: Facility, why: str) -> None:
        """No figure that would need a price."""
        for figure in (self._ltv, self._utilisation.figure, self._cash.figure):
            say(figure, MISSING, role="", hint=why)
        self.gauge.show_ltv(None, levels(terms))
        self._zone.tell("UNKNOWN", theme.current().muted)
        self._quality.tell(tr("NO PRICE"), theme.current().down)
        self._unconfirmed.hide()

    def _arrange(self) -> None:
        caption = label(role="muted")
        caption.setText(tr("LTV: loan ÷ market value"))
        number = QVBoxLayout()
        number.setSpacing(0)
        number.addWidget(caption)
        number.addWidget(self._ltv)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addStretch(1)
        for chip in (self._zone, self._quality, self._unconfirmed):
            words.addWidget(chip)
        top = QHBoxLayout()
        top.addLayout(number)
        top.addStretch(1)
        top.addLayout(words)
        tiles = QHBoxLayout()
        tiles.setSpacing(6)
        tiles.addWidget(self._utilisation, 1)
        tiles.addWidget(self._cash, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        column.addLayout(top)
        column.addWidget(self.gauge)
        column.addSpacing(3)
        column.addLayout(tiles)


def levels(terms: Facility) -> tuple[Level, ...]:
    """The lender's levels on the gauge, and where the warning begins."""
    return (
        Level("warning", float(terms.call_ltv - WARNING_BAND), "warning"),
        Level("call", float(terms.call_ltv), "down"),
        Level("close-out", float(terms.closeout_ltv), "down"),
    )
