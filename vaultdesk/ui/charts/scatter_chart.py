"""Points with names on two axes where less is better, and the frontier of the best of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal

from vaultdesk.ui.charts.lazy_chart import Axis, LazyChart, Limit
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from vaultdesk.ui.charts.scatter_drawing import ScatterDrawing

STEPS = {
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Down: 1,
}
CHOOSE = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)


@dataclass(frozen=True, slots=True)
class Point:
    """A candidate; it is dominated if another is no worse on both axes and better on one."""

    key: str
    name: str
    x: float
    y: float
    dominated: bool = False


@dataclass(frozen=True, slots=True)
class ScatterPlot:
    """What a ScatterChart shows; `chosen` is the key of the point that is ringed."""

    points: tuple[Point, ...]
    x: Axis
    y: Axis
    limits: tuple[Limit, ...] = ()
    chosen: str = ""


def in_order(plot: ScatterPlot) -> list[Point]:
    """The points from left to right, those above each other from the lowest up."""
    return sorted(plot.points, key=lambda point: (point.x, point.y))


def frontier(plot: ScatterPlot) -> list[tuple[float, float]]:
    """The corners of the steps that lead from each point that is not dominated to the next.

    Right of a point and above it all is reached at no more than its cost: the step goes right
    first, then down.
    """
    corners: list[tuple[float, float]] = []
    for point in in_order(plot):
        if not point.dominated:
            corners += [(point.x, corners[-1][1])] if corners else []
            corners.append((point.x, point.y))
    return corners


class ScatterChart(LazyChart["ScatterDrawing"]):
    """Shows a ScatterPlot; empty until the first.

    A click, Enter or Space chooses; the arrow keys go from point to point, Escape leaves them.
    """

    chosen = Signal(str)
    """The key of the point chosen."""
    pointed = Signal(str)
    """The key of the point that the mouse or the keyboard is at; "" for none."""

    def __init__(self, identifier: str, meaning: str) -> None:
        super().__init__(identifier, meaning)
        self.plot: ScatterPlot | None = None
        self.pointed_at = ""

    def show_plot(self, plot: ScatterPlot) -> None:
        """Draw this, at once or when the chart is first seen."""
        self.plot = plot
        if self._point() is None:
            self.pointed_at = ""
        self._say(self._words())
        if self.isVisible():
            self._redraw()

    def point_at(self, key: str) -> None:
        """Read out a point; "" for none."""
        if key != self.pointed_at:
            self.pointed_at = key
            self._say(self._words())
            if self._drawing is not None:
                self._drawing.point(key)
            self.pointed.emit(key)

    def choose(self, key: str) -> None:
        """Ring a point and tell."""
        if self.plot is None or not key:
            return
        self.plot = replace(self.plot, chosen=key)
        self._say(self._words())
        self._redraw()
        self.chosen.emit(key)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Go from point to point, or choose."""
        key = Qt.Key(event.key())
        if self.plot is not None and self.plot.points and key in STEPS:
            self._step(self.plot, STEPS[key])
        elif key in CHOOSE and self.pointed_at:
            self.choose(self.pointed_at)
        elif key == Qt.Key.Key_Escape and self.pointed_at:
            self.point_at("")
        else:
            super().keyPressEvent(event)

    def _step(self, plot: ScatterPlot, way: int) -> None:
        keys = [point.key for point in in_order(plot)]
        start = self.pointed_at or plot.chosen
        if start in keys:
            at = keys.index(start) + (way if self.pointed_at else 0)
        else:
            at = 0 if way > 0 else len(keys) - 1
        self.point_at(keys[min(max(at, 0), len(keys) - 1)])

    def _point(self) -> Point | None:
        points = () if self.plot is None else self.plot.points
        return next((point for point in points if point.key == self.pointed_at), None)

    def _words(self) -> str:
        point = self._point()
        if self.plot is None or point is None:
            return ""
        axes = ((self.plot.x, point.x), (self.plot.y, point.y))
        values = ", ".join(f"{axis.title} {axis.text(value)}".strip() for axis, value in axes)
        states = "dominated" if point.dominated else tr("on the frontier")
        chosen = tr(", chosen") if point.key == self.plot.chosen else ""
        return f"{point.name}: {values}, {states}{chosen}"

    def _make(self) -> ScatterDrawing:
        from vaultdesk.ui.charts.scatter_drawing import ScatterDrawing  # noqa: PLC0415 (brings pyqtgraph)

        return ScatterDrawing(self.point_at, self.choose)

    def _redraw(self) -> None:
        if self.plot is not None and (self.isVisible() or self._drawing is not None):
            drawing = self._canvas()
            drawing.draw(self.plot)
            drawing.point(self.pointed_at)
