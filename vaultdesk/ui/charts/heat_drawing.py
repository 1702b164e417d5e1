"""The pyqtgraph side of a HeatChart: an image, its contours, letters, spot and cursor.

Brings pyqtgraph, so it is imported when the first chart is drawn.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from vaultdesk.ui import theme
from vaultdesk.ui.charts.canvas import PAD, TextCanvas, box, dashed, metrics, text_size, write
from vaultdesk.ui.charts.contour import borders, boundaries, contour, evened
from vaultdesk.ui.charts.heat_chart import NOWHERE, Bands, HeatPlot, Kinds, letter, meaning
from vaultdesk.ui.charts.legend import Entry
from vaultdesk.ui.charts.time_chart import KINDS, ink

if TYPE_CHECKING:
    from collections.abc import Callable

    from vaultdesk.core.loan.series import Floats, Places

APART = 46, 34
"""Pixels between the letters of a category, across and up."""
KIND_STRENGTHS = 0.34, 0.62
"""How strongly the first eight categories are tinted, and the others, which share their hues."""
LINE, HALO = 1.5, 3.5
"""Pixels across a contour, and across the edge that sets it off from the map."""
TRIED = (0.75, 0.5, 0.25, 0.9, 0.1)
"""Shares of the way along a contour at which there may be room for its name."""
RING = 5.0


def tints(colours: Bands | Kinds) -> list[QColor]:
    """The colour of each band or category in the current theme."""
    if isinstance(colours, Bands):
        return [theme.colour(ink(band.tone), band.strength) for band in colours.bands]
    hues = len(KINDS[theme.current().name])
    return [
        theme.colour(ink(f"kind {number % hues + 1}"), KIND_STRENGTHS[number // hues])
        for number in range(len(colours.names))
    ]


def places(colours: Bands | Kinds, values: Floats) -> Places:
    """The number of each value's band or category; one beyond the last for what is unknown."""
    known = np.isfinite(values)
    if isinstance(colours, Bands):
        found = np.searchsorted(np.asarray(colours.breaks), values, side="right")
        return np.where(known, found, len(colours.bands))
    return np.where(known, values, len(colours.names)).astype(np.int64)


def picture(colours: Bands | Kinds, values: Floats) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """The values in the current theme's colours: rows, columns, red, green, blue, opacity."""
    inks = [(one.red(), one.green(), one.blue(), one.alpha()) for one in tints(colours)]
    drawn: np.ndarray[Any, np.dtype[np.uint8]]
    drawn = np.asarray([*inks, (0, 0, 0, 0)], dtype=np.uint8)[places(colours, values)]
    return drawn


class HeatDrawing(TextCanvas):
    """Draws a HeatPlot into `widget`."""

    def __init__(
        self, hover: Callable[[float, float], None], leave: Callable[[], None], *, box: bool
    ) -> None:
        super().__init__()
        self._hover, self._leave, self._box = hover, leave, box
        self._plot: HeatPlot | None = None
        self._cell = NOWHERE
        self._lines: list[pg.PlotCurveItem] = []
        self._names: list[pg.TextItem] = []
        self._image = pg.ImageItem(axisOrder="row-major")
        self._item.addItem(self._image, ignoreBounds=True)
        self._item.vb.sigResized.connect(lambda _box: self._place_names())
        self.widget.left.connect(leave)

    def draw(self, plot: HeatPlot) -> None:
        """Show this in place of what was shown."""
        self._plot = plot
        left, low = borders(plot.x_values), borders(plot.y_values)
        rows, columns = evened(plot.y_values), evened(plot.x_values)
        self._image.setImage(
            picture(plot.colours, plot.values[np.ix_(rows, columns)]), autoLevels=False
        )
        self._image.setRect(QRectF(left[0], low[0], left[-1] - left[0], low[-1] - low[0]))
        self._show_axes(plot.x, plot.y, (left[0], left[-1]), (low[0], low[-1]))
        self._item.showGrid(x=False, y=False)
        lines = [
            (contour(plot.x_values, plot.y_values, plot.values, one.at), one.tone)
            for one in plot.contours
        ]
        if isinstance(plot.colours, Kinds):
            kinds = places(plot.colours, plot.values)
            lines.append((boundaries(plot.x_values, plot.y_values, kinds), "text"))
        self._draw_lines(lines)
        self._write_names(plot)
        self._place_names()
        self._sheet.update()

    def point(self, cell: tuple[int, int]) -> None:
        """Put the cursor on a cell."""
        self._cell = cell
        self._sheet.update()

    def entries(self, plot: HeatPlot) -> tuple[Entry, ...]:
        """The legend: each band, and of the categories those that are on the map."""
        colours = tints(plot.colours)
        if isinstance(plot.colours, Bands):
            return tuple(
                Entry(band.name, colour)
                for band, colour in zip(plot.colours.bands, colours, strict=True)
            )
        seen = np.unique(places(plot.colours, plot.values)).tolist()
        return tuple(
            Entry(name, colours[number], letter(number))
            for number, name in enumerate(plot.colours.names)
            if number in seen
        )

    def _moved(self, place: QPointF) -> None:
        if self._sheet.room.contains(self._sheet.mapFromScene(place)):
            values = self._sheet.values(place)
            self._hover(values.x(), values.y())
        else:
            self._leave()

    def _draw_lines(self, lines: list[tuple[Floats, str]]) -> None:
        self._fit(self._lines, len(lines), lambda: pg.PlotCurveItem(connect="pairs"))
        halo = pg.mkPen(theme.current().panel, width=HALO)
        for curve, (pieces, tone) in zip(self._lines, lines, strict=True):
            curve.setData(
                pieces[:, 0::2].ravel(),
                pieces[:, 1::2].ravel(),
                pen=pg.mkPen(ink(tone), width=LINE),
                shadowPen=halo,
                antialias=True,
            )

    def _fit(self, items: list[Any], count: int, make: Callable[[], Any]) -> None:
        """Have so many items of a kind on the plot."""
        while len(items) > count:
            self._item.removeItem(items.pop())
        while len(items) < count:
            items.append(make())
            self._item.addItem(items[-1], ignoreBounds=True)

    def _write_names(self, plot: HeatPlot) -> None:
        self._fit(self._names, len(plot.contours), lambda: pg.TextItem(anchor=(0.5, 0.5)))
        for name, one in zip(self._names, plot.contours, strict=True):
            name.setFont(theme.ui_font(9))
            name.setText(one.name, color=theme.current().text)
            name.fill = pg.mkBrush(theme.colour(theme.current().panel, 0.75))

    def _place_names(self) -> None:
        """Each name on its line, where no other is; nowhere if there is no room."""
        taken: list[QRectF] = []
        room = self._sheet.room
        for name, curve in zip(self._names, self._lines, strict=False):
            width, height = text_size(name.toPlainText())
            name.setVisible(False)
            along, up = curve.getData()
            order = np.argsort(up, kind="stable")
            for share in TRIED if len(up) else ():
                at = order[int(share * (len(up) - 1))]
                x, y = float(along[at]), float(up[at])
                wide = QRectF(0, 0, width + 2 * PAD, height + 2 * PAD)
                wide.moveCenter(QPointF(self._sheet.x(x), self._sheet.y(y)))
                if room.contains(wide) and not any(wide.intersects(other) for other in taken):
                    name.setPos(x, y)
                    name.setVisible(True)
                    taken.append(wide)
                    break

    def _paint(self, painter: QPainter) -> None:
        if self._plot is None:
            return
        if isinstance(self._plot.colours, Kinds):
            self._paint_letters(painter, self._plot)
        if self._plot.spot is not None:
            self._paint_spot(painter, self._plot)
        if self._cell != NOWHERE:
            self._paint_cursor(painter, self._plot)

    def _paint_letters(self, painter: QPainter, plot: HeatPlot) -> None:
        """The letter of its category in each cell, or in some where cells are small."""
        kinds = places(plot.colours, plot.values)
        room = self._sheet.room
        steps = [
            max(math.ceil(apart * count / max(size, 1.0)), 1)
            for apart, count, size in zip(
                APART, kinds.shape[::-1], (room.width(), room.height()), strict=True
            )
        ]
        rows = np.arange(steps[1] // 2, kinds.shape[0], steps[1])
        columns = np.arange(steps[0] // 2, kinds.shape[1], steps[0])
        cells = [(row, column) for row in rows for column in columns]
        unseen = set(np.unique(kinds).tolist()) - {int(kinds[cell]) for cell in cells}
        for kind in unseen:
            of_kind = np.argwhere(kinds == kind)
            cells.append(tuple(of_kind[len(of_kind) // 2]))
        painter.setPen(QColor(theme.current().text))
        for row, column in cells:
            if np.isfinite(plot.values[row, column]):
                x = self._sheet.x(float(plot.x_values[column]))
                y = self._sheet.y(float(plot.y_values[row]))
                field = QRectF(x - 10, y - 10, 20, 20)
                text = letter(int(kinds[row, column]))
                painter.drawText(field, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_spot(self, painter: QPainter, plot: HeatPlot) -> None:
        if plot.spot is None:
            return
        place, room = (
            QPointF(self._sheet.x(plot.spot.x), self._sheet.y(plot.spot.y)),
            self._sheet.room,
        )
        painter.setBrush(theme.colour(theme.current().panel, 0.8))
        painter.setPen(dashed(theme.current().text, width=2))
        painter.drawEllipse(place, RING, RING)
        width, height = text_size(plot.spot.name)
        right = place.x() + RING + 3
        left = right if right + width < room.right() else place.x() - RING - 3 - width
        top = min(max(place.y() - height / 2, room.top()), room.bottom() - height)
        write(painter, left, top, plot.spot.name, theme.current().text)

    def _paint_cursor(self, painter: QPainter, plot: HeatPlot) -> None:
        column, row = self._cell
        at = float(plot.x_values[column]), float(plot.y_values[row])
        x, y, room = self._sheet.x(at[0]), self._sheet.y(at[1]), self._sheet.room
        painter.setPen(dashed(theme.current().text, (1.5, 3)))
        painter.drawLine(QPointF(x, room.top()), QPointF(x, room.bottom()))
        painter.drawLine(QPointF(room.left(), y), QPointF(room.right(), y))
        if not self._box:
            return
        rows = (
            f"{plot.x.text(at[0])}, {plot.y.text(at[1])}",
            meaning(plot, float(plot.values[row, column])),
        )
        width = max(text_size(text)[0] for text in rows) + 2 * PAD
        height = len(rows) * metrics().height() + 4 * PAD
        left = x - width - 8 if x > room.center().x() else x + 8
        top = y + 8 if y < room.center().y() else y - height - 8
        place = QRectF(left, top, width, height)
        box(painter, place)
        painter.setPen(QColor(theme.current().text))
        inner = place.adjusted(2 * PAD, 2 * PAD, -2 * PAD, -2 * PAD)
        painter.drawText(inner, Qt.AlignmentFlag.AlignLeft, "\n".join(rows))
