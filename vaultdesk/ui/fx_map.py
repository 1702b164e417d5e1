"""The LTV over moves of gold and of a currency, as a map with the lender's levels drawn on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtWidgets import QComboBox, QDialog, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from vaultdesk.core.loan.cure import WARNING_BAND
from vaultdesk.core.loan.fx_grid import Exposure, exposure, gold_at, ltv_grid
from vaultdesk.ui import theme
from vaultdesk.ui.format import percent, signed
from vaultdesk.ui.loan_head import levels
from vaultdesk.ui.panel import named
from vaultdesk.ui.readout import label, say

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from vaultdesk.core.loan.fx_grid import Floats
    from vaultdesk.core.loan.state import LoanState

SIZE = QSize(760, 560)
GOLD = np.linspace(-0.40, 0.20, 121)
CURRENCY = np.linspace(-0.20, 0.20, 81)
STRENGTHS = (0.30, 0.42, 0.45, 0.72)
"""How strongly each zone is tinted: safe, warning, call, close-out."""
HUNDRED = 100
STEPS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Down: (0, -1),
    Qt.Key.Key_Up: (0, 1),
}
HELP = "Point at the map, or move with the arrow keys."
WORDS = ("safe", "warning", "margin call", "close-out")


def zones(grid: Floats, bounds: tuple[float, ...]) -> np.ndarray[Any, Any]:
    """Which zone each LTV lies in, 0 to 3; a level that is reached exactly counts as reached."""
    return np.searchsorted(np.asarray(bounds), grid, side="right")


def picture(zone: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The zones in the current theme's colours: rows, columns, red, green, blue, opacity."""
    now = theme.current()
    tones = (now.up, now.warning, now.down, now.down)
    colours = [theme.colour(tone, part) for tone, part in zip(tones, STRENGTHS, strict=True)]
    palette = [(one.red(), one.green(), one.blue(), one.alpha()) for one in colours]
    drawn: np.ndarray[Any, Any] = np.asarray(palette, dtype=np.ubyte)[zone]
    return drawn


class FxMap(QDialog):
    """Shows one moment of a loan; call `open()`."""

    def __init__(self, state: LoanState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "loan.fx_map.dialog", "The LTV over moves of gold and of a currency")
        self.setWindowTitle("LTV over gold and currency")
        self._state = state
        terms = state.terms
        self._bounds = (
            float(terms.call_ltv - WARNING_BAND), float(terms.call_ltv), float(terms.closeout_ltv)
        )  # fmt: skip
        self._cell = (int(np.abs(GOLD).argmin()), int(np.abs(CURRENCY).argmin()))
        self.currency = named(QComboBox(), "loan.fx_map.currency", "The currency that moves")
        self.currency.addItems(sorted(state.rates))
        self.currency.currentTextChanged.connect(lambda _text: self._draw())
        self.readout = label("loan.fx_map.readout", "The LTV where the cursor is")
        self.readout.setFont(theme.ui_font(12))
        self._plot = pg.PlotWidget()
        named(self._plot, "loan.fx_map.plot", "The map; the arrow keys move the cursor")
        self._prepare()
        self._arrange()
        self._draw()
        self.resize(SIZE)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFocus()

    def point(self, column: int, row: int) -> None:
        """Move the cursor to a cell: its column is the move of gold, its row the currency's."""
        self._cell = min(max(column, 0), GOLD.size - 1), min(max(row, 0), CURRENCY.size - 1)
        gold, moved = float(GOLD[self._cell[0]]), float(CURRENCY[self._cell[1]])
        ltv = float(self._grid[self._cell[1], self._cell[0]])
        word = WORDS[int(zones(np.asarray(ltv), self._bounds))]
        name = f"gold {signed(HUNDRED * gold, 1)} %, {self.currency.currentText()} "
        say(self.readout, f"{name}{signed(HUNDRED * moved, 1)} %: LTV {percent(ltv)}, {word}")
        self._across.setValue(HUNDRED * moved)
        self._down.setValue(HUNDRED * gold)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """The arrow keys step through the cells."""
        step = STEPS.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self.point(self._cell[0] + step[0], self._cell[1] + step[1])

    def _prepare(self) -> None:
        plot = self._plot
        plot.setMenuEnabled(False)
        plot.hideButtons()
        plot.setMouseEnabled(x=False, y=False)
        plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        plot.setBackground(theme.current().panel)
        plot.setFrameShape(plot.Shape.NoFrame)
        plot.scene().sigMouseMoved.connect(self._moved)
        for side in ("left", "bottom"):
            axis = plot.getPlotItem().getAxis(side)
            axis.setPen(theme.current().line)
            axis.setTextPen(theme.current().muted)
            axis.setTickFont(theme.ui_font(8))
        self._image = pg.ImageItem(axisOrder="row-major")
        pen = pg.mkPen(theme.current().text, width=1, style=Qt.PenStyle.DotLine)
        self._across = pg.InfiniteLine(angle=0, pen=pen)
        self._down = pg.InfiniteLine(angle=90, pen=pen)

    def _arrange(self) -> None:
        chosen = QLabel("C&urrency")
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
        column.addWidget(self._plot, 1)

    def _draw(self) -> None:
        currency = self.currency.currentText()
        parts = exposure(self._state, currency)
        self._grid = ltv_grid(parts, GOLD, CURRENCY)
        item = self._plot.getPlotItem()
        item.clear()
        item.setLabel("bottom", "gold, %")
        item.setLabel("left", f"{currency} in {self._state.terms.currency}, %")
        self._image.setImage(picture(zones(self._grid, self._bounds)), autoLevels=False)
        self._image.setRect(_frame(margin=0.5))
        item.addItem(self._image)
        for level in levels(self._state.terms):
            self._contour(item, parts, level.at, f"{level.word} {percent(level.at, 0)}", level.tone)
        for line in (self._across, self._down):
            item.addItem(line)
        item.setRange(_frame(), padding=0)
        self.point(*self._cell)

    def _contour(self, item: Any, parts: Exposure, at: float, word: str, tone: str) -> None:  # noqa: ANN401
        colour = getattr(theme.current(), tone)
        moves = gold_at(parts, at, CURRENCY)
        item.plot(HUNDRED * moves, HUNDRED * CURRENCY, pen=pg.mkPen(colour, width=2))
        seen = np.flatnonzero((moves >= GOLD[0]) & (moves <= GOLD[-1]))
        if seen.size:
            place = seen[seen.size * 3 // 4]
            text = pg.TextItem(word, color=theme.current().text, anchor=(0, 0.5))
            text.setFont(theme.ui_font(9))
            text.setPos(HUNDRED * moves[place], HUNDRED * CURRENCY[place])
            item.addItem(text)

    def _moved(self, position: Any) -> None:  # noqa: ANN401
        at = self._plot.getPlotItem().vb.mapSceneToView(position)
        self.point(_nearest(GOLD, at.x() / HUNDRED), _nearest(CURRENCY, at.y() / HUNDRED))


def _frame(margin: float = 0.0) -> QRectF:
    """What the axes span in per cent, and so many cells more on each side."""
    cell = HUNDRED * float(GOLD[1] - GOLD[0]) * margin
    left, right = HUNDRED * float(GOLD[0]) - cell, HUNDRED * float(GOLD[-1]) + cell
    bottom, top = HUNDRED * float(CURRENCY[0]) - cell, HUNDRED * float(CURRENCY[-1]) + cell
    return QRectF(left, bottom, right - left, top - bottom)


def _nearest(values: Floats, wanted: float) -> int:
    return int(np.abs(values - wanted).argmin())
