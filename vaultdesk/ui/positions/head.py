"""Above the positions: how true they are, and what gold, time and volatility do to all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from vaultdesk.ui import theme
from vaultdesk.ui.format import number, signed
from vaultdesk.ui.greeks.table import LARGE
from vaultdesk.ui.greeks.units import DELTA, GAMMA, PRICE, RHO, THETA, VEGA, Greek
from vaultdesk.ui.orders.words import NOT_GIVEN
from vaultdesk.ui.positions.said import tell
from vaultdesk.ui.positions.words import some
from vaultdesk.ui.readout import SEMIBOLD, Chip, Elided, label, quality_colour, say, sentence
from vaultdesk.ui.translation import tr
from vaultdesk.ui.whatif.words import USES

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal

    from PySide6.QtGui import QResizeEvent

    from vaultdesk.core.market import Quality
    from vaultdesk.core.positions.exposure import Exposure

TILE = 146
"""Pixels of width that a figure has at least."""
ACROSS = 8, 4, 3, 2
"""How many stand side by side."""
PER_PERCENT = tr("LTV points per 1 % gold")
POINTS = 3
"""Decimals of points of LTV."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: the end of its identifier, its caption, its unit, its meaning, its text."""

    name: str
    caption: str
    unit: Callable[[Exposure | None], str]
    meaning: str
    text: Callable[[Exposure], str]


def _points(value: Decimal | None) -> str:
    return NOT_GIVEN if value is None else signed(value, POINTS)


def _net(greek: Greek, name: str, caption: str) -> Figure:
    def text(exposure: Exposure) -> str:
        if exposure.net is None:
            return NOT_GIVEN
        value = getattr(exposure.net, name)
        return number(value, 0 if abs(value) >= LARGE else greek.places)

    return Figure(
        name,
        caption,
        lambda _exposure: greek.unit,
        tr("{meaning}; of all positions together").format(meaning=greek.meaning),
        text,
    )


def _becomes(exposure: Exposure | None) -> str:
    """What becomes of the payoff."""
    return tr("with what is held") if exposure is None else USES[exposure.use]


FIGURES = (
    Figure("ltv_unhedged", PER_PERCENT, lambda _exposure: tr("as the bank counts"),
           tr("Change of the LTV as the bank counts it when gold rises by one per cent"),
           lambda e: _points(e.ltv_per_pct)),
    Figure("ltv_hedged", PER_PERCENT, _becomes,
           tr("Likewise with the payoff of what is held, by what becomes of it"),
           lambda e: _points(e.ltv_per_pct_hedged)),
    _net(PRICE, "value", tr("Value")),
    _net(DELTA, "delta", tr("Delta")),
    _net(GAMMA, "gamma", tr("Gamma")),
    _net(THETA, "theta", tr("Theta")),
    _net(VEGA, "vega", tr("Vega")),
    _net(RHO, "rho", tr("Rho")),
)  # fmt: skip


class _Tile(QWidget):
    """A caption, a figure and its unit, one below the other."""

    def __init__(self, figure: Figure) -> None:
        super().__init__()
        self._figure = figure
        caption, self._unit = Elided(), Elided()
        caption.setText(figure.caption)
        self.value = label(f"positions.{figure.name}", figure.meaning)
        self.value.setToolTip(figure.meaning)
        self.value.setFont(theme.ui_font(12, SEMIBOLD))
        for small in (caption, self._unit):
            small.setFont(theme.ui_font(8))
            theme.role(small, "muted")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.setMinimumWidth(1)  # else a row of them could never become narrower again
        for part in (caption, self.value, self._unit):
            column.addWidget(part)

    def show_exposure(self, exposure: Exposure | None) -> None:
        """Its figure; None is not given."""
        text = NOT_GIVEN if exposure is None else self._figure.text(exposure)
        say(self.value, text, "muted" if text == NOT_GIVEN else "")
        say(self._unit, self._figure.unit(exposure))


class NetFigures(QWidget):
    """All figures side by side, in as many rows as they need."""

    def __init__(self) -> None:
        super().__init__()
        self._tiles = [_Tile(figure) for figure in FIGURES]
        self._across = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(10)
        self._grid.setVerticalSpacing(6)
        self._place(ACROSS[-1])

    def show_exposure(self, exposure: Exposure | None) -> None:
        """The figures of all that is held."""
        for tile in self._tiles:
            tile.show_exposure(exposure)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """More room, more side by side."""
        super().resizeEvent(event)
        fitting = event.size().width() // TILE
        self._place(next((across for across in ACROSS if across <= fitting), ACROSS[-1]))

    def _place(self, across: int) -> None:
        if across == self._across:
            return
        for column in range(max(self._across, across)):
            self._grid.setColumnStretch(column, int(column < across))
        self._across = across
        for number_of_tile, tile in enumerate(self._tiles):
            self._grid.removeWidget(tile)
            self._grid.addWidget(tile, number_of_tile // across, number_of_tile % across)


class PositionsHead(QWidget):
    """Truth and quality in one line, figures below."""

    def __init__(self) -> None:
        super().__init__()
        self.truth = sentence("positions.truth", tr("Where the positions come from and how old"))
        self.quality = Chip("positions.quality", tr("How far marks and Greeks may be trusted"))
        self.net = NetFigures()
        self.remark = sentence("positions.remark", tr("What the figures leave out"))
        self._quality: Quality | None = None
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.truth, 1)
        row.addWidget(self.quality, alignment=Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 8, 10, 6)
        column.setSpacing(6)
        column.addLayout(row)
        column.addWidget(self.net)
        column.addWidget(self.remark)

    def show_exposure(self, exposure: Exposure | None, why: str) -> None:
        """Figures, how far to trust them, and what is left out; `why` there are none."""
        self.net.show_exposure(exposure)
        self._quality = exposure.quality if exposure else None
        self.recolour()
        tell(self.remark, why if exposure is None else remark(exposure))

    def recolour(self) -> None:
        """The chip carries a colour of its own."""
        self.quality.setVisible(self._quality is not None)
        if self._quality is not None:
            self.quality.tell(str(self._quality), quality_colour(self._quality))


def remark(exposure: Exposure) -> str:
    """What is missing from the net figures; may be empty."""
    parts = []
    if exposure.missing:
        parts.append(
            tr("Net figures are not given: {missing}.").format(missing=some(exposure.missing))
        )
    if exposure.others:
        parts.append(tr("Not in the figures: {others}.").format(others=some(exposure.others)))
    return " ".join(parts)
