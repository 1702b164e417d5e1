"""A map of values over two axes: bands of colour or categories, lines at levels, and a cursor."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal

from vaultdesk.ui.charts.lazy_chart import Axis, LazyChart, Words, short_number
from vaultdesk.ui.charts.legend import Legend
from vaultdesk.ui.format import MISSING

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from vaultdesk.core.loan.series import Floats
    from vaultdesk.ui.charts.heat_drawing import HeatDrawing

STEPS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Down: (0, -1),
    Qt.Key.Key_Up: (0, 1),
}
FAR = 10
"""Cells that an arrow key goes with Ctrl."""
NOWHERE = (-1, -1)


@dataclass(frozen=True, slots=True)
class Band:
    """A range of values that look alike: `tone` is for `charts.ink`, `strength` from 0 to 1."""

    name: str
    tone: str
    strength: float = 0.4


@dataclass(frozen=True, slots=True)
class Bands:
    """Bands from the lowest values up and the ascending values between them.

    A value that a break is reached by exactly belongs to the band above.
    """

    bands: tuple[Band, ...]
    breaks: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Kinds:
    """Categories, 16 at most; the values of the map are their numbers from 0."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Contour:
    """The line on which the values are `at`, with its name."""

    name: str
    at: float
    tone: str = "text"


@dataclass(frozen=True, slots=True)
class Spot:
    """A place on the map that has a name: where things are now."""

    name: str
    x: float
    y: float


@dataclass(frozen=True, slots=True, eq=False)
class HeatPlot:
    """What a HeatChart shows.

    Attributes:
        x_values: of the columns, ascending, of any spacing.
        y_values: of the rows, likewise.
        values: a row for each of `y_values`; NaN is left empty.
        x: what lies across.
        y: what lies upwards.
        colours: of the values.
        text: writes a value for the readout.
        contours: lines on the map.
        spot: marked on the map.
    """

    x_values: Floats
    y_values: Floats
    values: Floats
    x: Axis
    y: Axis
    colours: Bands | Kinds
    text: Words = short_number
    contours: tuple[Contour, ...] = ()
    spot: Spot | None = None


def letter(kind: int) -> str:
    """What stands for a category: A, B, C."""
    return chr(ord("A") + kind)


def meaning(plot: HeatPlot, value: float) -> str:
    """A value in words: "74.0 %, warning", or the name of its category."""
    if not math.isfinite(value):
        return MISSING
    if isinstance(plot.colours, Kinds):
        return plot.colours.names[int(value)]
    band = sum(value >= at for at in plot.colours.breaks)
    return f"{plot.text(value)}, {plot.colours.bands[band].name}"


def nearest(values: Floats, wanted: float) -> int:
    """The position of the value nearest to the wanted one, of ascending ones."""
    right = min(max(int(values.searchsorted(wanted)), 1), len(values) - 1)
    if len(values) == 1:
        return 0
    return right - 1 if wanted - values[right - 1] <= values[right] - wanted else right


class HeatChart(LazyChart["HeatDrawing"]):
    """Shows a HeatPlot; empty until the first.

    The arrow keys step through the cells, with Ctrl in longer steps; Home goes to the spot, Escape
    takes the cursor away. `box` says whether the cursor's cell is read out on the map.
    """

    pointed = Signal(int, int)
    """The column and row of the cell that the cursor is at; -1, -1 when it left."""

    def __init__(self, identifier: str, meaning: str, *, box: bool = True) -> None:
        super().__init__(identifier, meaning)
        self.plot: HeatPlot | None = None
        self.cell = NOWHERE
        self.legend = Legend()
        self._box = box

    def show_plot(self, plot: HeatPlot) -> None:
        """Draw this, at once or when the chart is first seen; the cursor stays at its cell."""
        self.plot = plot
        columns, rows = len(plot.x_values), len(plot.y_values)
        if self.cell[0] >= columns or self.cell[1] >= rows:
            self.cell = NOWHERE
        self._say(self.words_at(self.cell))
        if self.isVisible():
            self._redraw()

    def point(self, column: int, row: int) -> None:
        """Move the cursor to a cell, or the nearest to it; -1, -1 takes it away."""
        if self.plot is None:
            return
        cell = column, row
        if cell != NOWHERE:
            last = len(self.plot.x_values) - 1, len(self.plot.y_values) - 1
            cell = min(max(column, 0), last[0]), min(max(row, 0), last[1])
        if cell != self.cell:
            self.cell = cell
            self._say(self.words_at(self.cell))
            if self._drawing is not None:
                self._drawing.point(cell)
            self.pointed.emit(*cell)

    def mouse_at(self, x: float, y: float) -> None:
        """Move the cursor to the cell nearest to a place."""
        if self.plot is not None:
            self.point(nearest(self.plot.x_values, x), nearest(self.plot.y_values, y))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Step through the cells."""
        key = Qt.Key(event.key())
        step = STEPS.get(key)
        if self.plot is not None and step is not None:
            far = FAR if event.modifiers() & Qt.KeyboardModifier.ControlModifier else 1
            column, row = self.cell_or_home()
            self.point(column + far * step[0], row + far * step[1])
        elif self.plot is not None and key == Qt.Key.Key_Home:
            self.point(*self._home())
        elif key == Qt.Key.Key_Escape and self.cell != NOWHERE:
            self.point(*NOWHERE)
        else:
            super().keyPressEvent(event)

    def cell_or_home(self) -> tuple[int, int]:
        """The cursor's cell; without a cursor that of the spot, or the middle."""
        return self._home() if self.cell == NOWHERE else self.cell

    def _home(self) -> tuple[int, int]:
        if self.plot is None:
            return NOWHERE
        columns, rows, spot = self.plot.x_values, self.plot.y_values, self.plot.spot
        if spot is None:
            return len(columns) // 2, len(rows) // 2
        return nearest(columns, spot.x), nearest(rows, spot.y)

    def words_at(self, cell: tuple[int, int]) -> str:
        """What is read out at a cell; "" for none."""
        if self.plot is None or cell == NOWHERE:
            return ""
        column, row = cell
        x = self.plot.x.text(float(self.plot.x_values[column]))
        y = self.plot.y.text(float(self.plot.y_values[row]))
        return f"{x}, {y}: {meaning(self.plot, float(self.plot.values[row, column]))}"

    def _make(self) -> HeatDrawing:
        from vaultdesk.ui.charts.heat_drawing import HeatDrawing  # noqa: PLC0415 (brings pyqtgraph)

        return HeatDrawing(self.mouse_at, lambda: self.point(*NOWHERE), box=self._box)

    def _redraw(self) -> None:
        if self.plot is None:
            return
        drawing = self._canvas()
        drawing.draw(self.plot)
        drawing.point(self.cell)
        self.legend.show_entries(drawing.entries(self.plot))
        self._column.addWidget(self.legend)
