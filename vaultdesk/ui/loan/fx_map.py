"""The LTV over moves of gold and of a currency, as a map with the lender's levels drawn on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QComboBox, QDialog, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from vaultdesk.core.loan.fx_grid import exposure, ltv_grid
from vaultdesk.ui import theme
from vaultdesk.ui.charts.heat_chart import Band, Bands, Contour, HeatChart, HeatPlot, Spot
from vaultdesk.ui.charts.lazy_chart import Axis
from vaultdesk.ui.format import percent, signed
from vaultdesk.ui.loan.head import levels
from vaultdesk.ui.panel import named
from vaultdesk.ui.readout import label, say
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from vaultdesk.core.loan.state import LoanState
    from vaultdesk.core.loan.terms import Facility

SIZE = QSize(760, 560)
HUNDRED = 100
GOLD = np.linspace(-0.40, 0.20, 121)
CURRENCY = np.linspace(-0.20, 0.20, 81)
TICK = 10
"""Per cent between two ticks."""
ZONES = (
    Band("safe", "up", 0.30),
    Band("warning", "warning", 0.42),
    Band(tr("margin call"), "down", 0.45),
    Band("close-out", "down", 0.72),
)
HELP = tr("Point at the map, or move with the arrow keys.")


def zones(terms: Facility) -> Bands:
    """The zones between the levels; one that is reached exactly counts as reached."""
    return Bands(ZONES, tuple(level.at for level in levels(terms)))


def fx_plot(state: LoanState, currency: str) -> HeatPlot:
    """The map of one moment, over moves in per cent."""
    marks = tuple(
        Contour(f"{level.word} {percent(level.at, 0)}", level.at, level.tone)
        for level in levels(state.terms)
    )
    return HeatPlot(
        x_values=HUNDRED * GOLD,
        y_values=HUNDRED * CURRENCY,
        values=ltv_grid(exposure(state, currency), GOLD, CURRENCY),
        x=_axis(tr("gold, %"), "gold", GOLD),
        y=_axis(
            tr("{currency} in {home}, %").format(currency=currency, home=state.terms.currency),
            currency,
            CURRENCY,
        ),
        colours=zones(state.terms),
        text=lambda ltv: f"LTV {percent(ltv)}",
        contours=marks,
        spot=Spot(tr("now"), 0.0, 0.0),
    )


def _axis(title: str, word: str, moves: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Axis:
    low, high = (round(HUNDRED * float(end)) for end in (moves[0], moves[-1]))
    ticks = tuple((float(at), f"{at}") for at in range(low, high + 1, TICK))
    return Axis(title, lambda move: f"{word} {signed(move, 1)} %", ticks)


class FxMap(QDialog):
    """Shows one moment of a loan; call `open()`."""

    def __init__(self, state: LoanState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "loan.fx_map.dialog", tr("The LTV over moves of gold and of a currency"))
        self.setWindowTitle(tr("LTV over gold and currency"))
        self._state = state
        self.currency = named(QComboBox(), "loan.fx_map.currency", tr("The currency that moves"))
        self.currency.addItems(sorted(state.rates))
        self.currency.currentTextChanged.connect(lambda _text: self._draw())
        self.readout = label("loan.fx_map.readout", tr("The LTV where the cursor is"))
        self.readout.setFont(theme.ui_font(12))
        meaning = tr("The map; the arrow keys move the cursor")
        self.chart = HeatChart("loan.fx_map.plot", meaning, box=False)
        self.chart.pointed.connect(lambda *_cell: self._read())
        self._arrange()
        self._draw()
        self.resize(SIZE)
        self.chart.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """The arrow keys step through the cells from wherever the keyboard is."""
        self.chart.keyPressEvent(event)
        if not event.isAccepted():
            super().keyPressEvent(event)

    def _arrange(self) -> None:
        chosen = QLabel(tr("C&urrency"))
        chosen.setBuddy(self.currency)
        tell = label(role="muted")
        tell.setText(HELP)
        top = QHBoxLayout()
        for part in (chosen, self.currency, tell):
            top.addWidget(part)
        top.addStretch(1)
        top.addWidget(self.readout)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(8)
        column.addLayout(top)
        column.addWidget(self.chart, 1)

    def _draw(self) -> None:
        self.chart.show_plot(fx_plot(self._state, self.currency.currentText()))
        self._read()

    def _read(self) -> None:
        """Say the cell under the cursor; without one, where things are now."""
        say(self.readout, self.chart.words_at(self.chart.cell_or_home()))
