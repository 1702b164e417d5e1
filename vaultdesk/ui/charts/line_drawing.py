"""The pyqtgraph side of a LineChart: its curves below, and lines, names and cursor on a sheet.

Brings pyqtgraph, so it is imported when the first chart is drawn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from vaultdesk.core.loan.series import line
from vaultdesk.ui import theme
from vaultdesk.ui.charts.canvas import (
    PAD,
    TextCanvas,
    box,
    dashed,
    limits,
    metrics,
    range_of,
    text_size,
    write,
)
from vaultdesk.ui.charts.curve import Curve
from vaultdesk.ui.charts.line_chart import Handle, LinePlot, Mark, Trace, extent, value_at
from vaultdesk.ui.charts.time_chart import ink
from vaultdesk.ui.format import MISSING
from vaultdesk.ui.loan.gauge import Span, spread

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vaultdesk.core.loan.series import Line

DASHES: dict[str, tuple[float, ...]] = {
    "solid": (),
    "dash": (7, 4),
    "dot": (1.5, 3),
    "dash-dot": (9, 3, 1.5, 3),
}
REACH = 8.0
"""Pixels from a handle within which the mouse grabs it."""
NAMES_SHARE, NAMES_MOST, NAMES_FROM = 0.3, 170, 300
"""The names at the curves' ends: share of the width, most pixels; a narrower chart has none."""
SAMPLE = 18.0
"""Pixels of a curve's line drawn beside its name."""
GRIP = 11.0
"""Pixels across the grip of a handle."""
DOT = 3.5


class Moved(Protocol):
    """Who is told what the mouse does, in values of x."""

    def point_at(self, x: float | None) -> None: ...  # noqa: D102
    def take(self, number: int) -> None: ...  # noqa: D102
    def drag(self, x: float) -> None: ...  # noqa: D102
    def let_go(self) -> None: ...  # noqa: D102


def line_of(trace: Trace) -> Line:
    """The points that are known, cut where some are not."""
    known = np.isfinite(trace.y)
    if known.all():
        return line(trace.x, trace.y)
    places = np.flatnonzero(known)
    return line(trace.x[places], trace.y[places], np.flatnonzero(np.diff(places) > 1) + 1)


class LineDrawing(TextCanvas):
    """Draws a LinePlot into `widget`; what changes from frame to frame is reused."""

    def __init__(self, told: Moved) -> None:
        super().__init__()
        self.plot: LinePlot | None = None
        self.cursor: float | None = None
        self.picked = -1
        self.curves: list[Curve] = []
        self._told = told
        self.widget.pressed.connect(self._pressed)
        self.widget.dragged.connect(lambda place: told.drag(self._sheet.values(place).x()))
        self.widget.released.connect(lambda _place: told.let_go())
        self.widget.left.connect(lambda: told.point_at(None))

    def draw(self, plot: LinePlot) -> None:
        """Show this in place of what was shown."""
        self.plot = plot
        lines = [line_of(trace) for trace in plot.traces]
        heights = plot.y_range or _heights(plot, lines)
        self._show_axes(plot.x, plot.y, extent(plot), heights)
        self._draw_curves(plot, lines)
        self._item.layout.setColumnFixedWidth(2, self._names_width(plot))
        self._sheet.update()

    def point(self, cursor: float | None, picked: int) -> None:
        """Put the cursor at a value of x, and mark the handle that the keyboard moves."""
        self.cursor, self.picked = cursor, picked
        self._sheet.update()

    def handle_at(self, scene: QPointF) -> int:
        """The number of the handle under a place of the scene, or -1."""
        place = self._sheet.mapFromScene(scene)
        if self.plot is None or not self._sheet.room.adjusted(0, 0, 0, GRIP).contains(place):
            return -1
        away = [abs(self._sheet.x(handle.at) - place.x()) for handle in self.plot.handles]
        return away.index(min(away)) if away and min(away) <= REACH else -1

    def _draw_curves(self, plot: LinePlot, lines: Sequence[Line]) -> None:
        while len(self.curves) > len(plot.traces):
            self._item.removeItem(self.curves.pop())
        for number, (trace, drawn) in enumerate(zip(plot.traces, lines, strict=True)):
            pen = dashed(ink(trace.tone), DASHES[trace.dash], trace.width)
            pen.setCosmetic(True)  # in pixels, not in values
            if number < len(self.curves):
                self.curves[number].set_line(drawn, pen)
            else:
                self.curves.append(Curve(drawn, pen))
                self._item.addItem(self.curves[-1], ignoreBounds=True)

    def _names_width(self, plot: LinePlot) -> float:
        width = float(self.widget.width())
        if width < NAMES_FROM or not plot.traces:
            return PAD
        widest = max(text_size(trace.name)[0] for trace in plot.traces) + SAMPLE + 2 * PAD
        return min(widest, NAMES_SHARE * width, NAMES_MOST)

    def _moved(self, place: QPointF) -> None:
        inside = self._sheet.room.contains(self._sheet.mapFromScene(place))
        over = self.handle_at(place) >= 0
        self.widget.setCursor(Qt.CursorShape.SizeHorCursor if over else Qt.CursorShape.ArrowCursor)
        self._told.point_at(self._sheet.values(place).x() if inside else None)

    def _pressed(self, place: QPointF) -> None:
        number = self.handle_at(place)
        if number >= 0:
            self._told.take(number)

    def _paint(self, painter: QPainter) -> None:
        if self.plot is None:
            return
        limits(painter, self._sheet, self.plot.limits)
        self._paint_uprights(painter, self.plot.marks, top=True)
        self._paint_uprights(painter, self.plot.handles, top=False)
        self._paint_names(painter, self.plot)
        if self.cursor is not None:
            self._paint_cursor(painter, self.plot, self.cursor)

    def _paint_uprights(
        self, painter: QPainter, marks: Sequence[Mark | Handle], *, top: bool
    ) -> None:
        """Marks with their names above, or handles with theirs below."""
        room = self._sheet.room
        placed = sorted(enumerate(marks), key=lambda pair: pair[1].at)
        placed = [
            (n, one) for n, one in placed if room.left() <= self._sheet.x(one.at) <= room.right()
        ]
        sizes = [text_size(one.name) for _, one in placed]
        spans = [
            Span(self._sheet.x(one.at), size[0])
            for (_, one), size in zip(placed, sizes, strict=True)
        ]
        lefts = spread(spans, room.left(), room.right(), 2) if placed else []
        for number, one in placed:
            x = self._sheet.x(one.at)
            painter.setPen(dashed(ink(one.tone), DASHES["dot" if top else "solid"]))
            painter.drawLine(QPointF(x, room.top()), QPointF(x, room.bottom()))
            if isinstance(one, Handle):
                self._paint_grip(painter, x, one, picked=number == self.picked)
        height = metrics().height()
        y = room.top() + 1 if top else room.bottom() - GRIP - height - 2
        for (_, one), left in zip(placed, lefts or [], strict=False):
            write(painter, left, y, one.name, ink(one.tone))

    def _paint_grip(self, painter: QPainter, x: float, handle: Handle, *, picked: bool) -> None:
        now = theme.current()
        grip = QRectF(x - GRIP / 2, self._sheet.room.bottom() - GRIP, GRIP, GRIP)
        painter.setPen(dashed(now.text if picked else ink(handle.tone), width=2 if picked else 1))
        painter.setBrush(QColor(ink(handle.tone)))
        painter.drawRoundedRect(grip, 3, 3)
        painter.setPen(dashed(now.panel))
        for away in (-1.5, 1.5):
            painter.drawLine(
                QPointF(x + away, grip.top() + 3), QPointF(x + away, grip.bottom() - 3)
            )

    def _paint_names(self, painter: QPainter, plot: LinePlot) -> None:
        """Each curve's name beside its end, with a sample of its line."""
        room, width = self._sheet.room, self._item.layout.columnMinimumWidth(2)
        ends = [(trace, self._end(trace)) for trace in plot.traces]
        seen = sorted(
            ((trace, end) for trace, end in ends if end is not None), key=lambda pair: pair[1]
        )
        height = metrics().height()
        tops = spread([Span(end, height) for _, end in seen], room.top(), room.bottom(), 0)
        if width <= PAD + SAMPLE or tops is None:
            return
        for (trace, end), top in zip(seen, tops, strict=True):
            middle, left = top + height / 2, room.right() + PAD
            painter.setPen(dashed(ink(trace.tone), DASHES[trace.dash]))
            painter.drawLine(QPointF(room.right(), end), QPointF(left + PAD, middle))
            painter.drawLine(QPointF(left + PAD, middle), QPointF(left + SAMPLE, middle))
            space = width - SAMPLE - 2 * PAD
            text = metrics().elidedText(trace.name, Qt.TextElideMode.ElideRight, space)
            painter.setPen(QColor(ink(trace.tone)))
            painter.drawText(QPointF(left + SAMPLE + PAD, top + metrics().ascent()), text)

    def _end(self, trace: Trace) -> float | None:
        """The height of the last point that is known and seen."""
        (_, stop), _ = self._item.vb.viewRange()
        seen = trace.y[: int(trace.x.searchsorted(stop, side="right"))]
        known = np.flatnonzero(np.isfinite(seen))
        if not len(known):
            return None
        room = self._sheet.room
        return min(max(self._sheet.y(float(seen[known[-1]])), room.top()), room.bottom())

    def _paint_cursor(self, painter: QPainter, plot: LinePlot, at: float) -> None:
        room, x = self._sheet.room, self._sheet.x(at)
        painter.setPen(dashed(theme.current().muted))
        painter.drawLine(QPointF(x, room.top()), QPointF(x, room.bottom()))
        rows = []
        for trace in plot.traces:
            value = value_at(trace, at)
            known = bool(np.isfinite(value))
            if known and room.top() <= self._sheet.y(value) <= room.bottom():
                painter.setPen(dashed(theme.current().panel))
                painter.setBrush(QColor(ink(trace.tone)))
                painter.drawEllipse(QPointF(x, self._sheet.y(value)), DOT, DOT)
            rows.append((trace, plot.y.text(value) if known else MISSING))
        self._paint_box(painter, plot.x.text(at), rows, x)

    def _paint_box(
        self, painter: QPainter, head: str, rows: Sequence[tuple[Trace, str]], x: float
    ) -> None:
        """The values at the cursor, on the side of it that has more room."""
        of, room = metrics(), self._sheet.room
        names = max((of.horizontalAdvance(trace.name) for trace, _ in rows), default=0.0)
        values = max((of.horizontalAdvance(text) for _, text in rows), default=0.0)
        width = max(SAMPLE + names + values + 8 * PAD, of.horizontalAdvance(head) + 4 * PAD)
        height = (len(rows) + 1) * of.height() + 4 * PAD
        left = x - width - 10 if x > room.center().x() else x + 10
        place = QRectF(max(left, room.left()), room.top() + of.height() + 6, width, height)
        box(painter, place)
        inner = place.adjusted(2 * PAD, 2 * PAD, -2 * PAD, -2 * PAD)
        painter.setPen(QColor(theme.current().text))
        painter.drawText(inner, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft, head)
        for number, (trace, text) in enumerate(rows, start=1):
            row = QRectF(
                inner.left(), inner.top() + number * of.height(), inner.width(), of.height()
            )
            middle = row.center().y()
            painter.setPen(dashed(ink(trace.tone), DASHES[trace.dash]))
            painter.drawLine(QPointF(row.left(), middle), QPointF(row.left() + SAMPLE, middle))
            painter.setPen(QColor(theme.current().text))
            painter.drawText(
                row.adjusted(SAMPLE + PAD, 0, 0, 0), Qt.AlignmentFlag.AlignLeft, trace.name
            )
            painter.drawText(row, Qt.AlignmentFlag.AlignRight, text)


def _heights(plot: LinePlot, lines: Sequence[Line]) -> tuple[float, float]:
    """A range that holds the curves and the limits."""
    ends = [
        float(end)
        for one in lines
        if len(one.values)
        for end in (one.values.min(), one.values.max())
    ]
    ends += [limit.at for limit in plot.limits]
    return range_of(min(ends, default=0.0), max(ends, default=1.0))
