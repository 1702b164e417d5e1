"""A chart as vectors: axes, curves, the levels between them and what each is called."""

from __future__ import annotations

from itertools import cycle
from typing import TYPE_CHECKING

from reportlab.platypus import Flowable

from vaultdesk.adapters.documents.look import BLUE, GOLD, GREY, INK, MEASURE, PLAIN, RED, RULE
from vaultdesk.core.reports.document import Stroke

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reportlab.lib.colors import Color

    from vaultdesk.core.reports.document import Chart, Curve, Lane

LEFT, RIGHT, BELOW, ABOVE = 42.0, 14.0, 40.0, 34.0
HEIGHT, SIZE = 250.0, 6.6
STROKES: dict[Stroke, tuple[Color, float, Sequence[float]]] = {
    Stroke.MAIN: (BLUE, 1.9, ()),
    Stroke.DASHED: (BLUE, 0.9, (3, 2)),
    Stroke.FAINT: (GREY, 1.1, ()),
    Stroke.PATH: (BLUE, 1.0, ()),
    Stroke.GAP: (GREY, 0.5, (1, 1.5)),
    Stroke.CALL: (GOLD, 1.0, (5, 2)),
    Stroke.CLOSEOUT: (RED, 1.0, (1.5, 1.5)),
}
"""Told apart by weight and dashes as well as by colour: it may be printed in black."""
LEVELS = (GOLD, RED)
LANES = (RED, INK)
LANE = 9.0
"""Points between two rows of marks."""
BUTT, ROUND = 0, 1
"""How a line ends, by PDF's numbers."""


class Drawn(Flowable):
    """The chart over the whole measure."""

    def __init__(self, chart: Chart) -> None:
        super().__init__()
        self.chart = chart

    def wrap(self, *_: float) -> tuple[float, float]:
        """What it takes."""
        return MEASURE, HEIGHT

    def draw(self) -> None:
        """Paint it, the curves last and cut off at the axes."""
        self._axes()
        self._legend()
        self._levels()
        canvas = self.canv
        canvas.saveState()
        frame = canvas.beginPath()
        frame.rect(LEFT, BELOW, MEASURE - LEFT - RIGHT, HEIGHT - BELOW - ABOVE)
        canvas.clipPath(frame, stroke=0, fill=0)
        for curve in self.chart.curves:
            self._curve(curve)
        canvas.restoreState()
        for place, lane in enumerate(self.chart.lanes):
            self._lane(place, lane)

    def _curve(self, curve: Curve) -> None:
        """A point that no line leads to or from is a dot."""
        self._stroke(curve.stroke)
        self.canv.setLineCap(ROUND if curve.cuts else BUTT)
        path, last = self.canv.beginPath(), len(curve.points) - 1
        for number, (x, y) in enumerate(curve.points):
            begins = not number or number in curve.cuts
            (path.moveTo if begins else path.lineTo)(self._x(x), self._y(y))
            if begins and (number == last or number + 1 in curve.cuts):
                path.lineTo(self._x(x), self._y(y))
        self.canv.drawPath(path, stroke=1, fill=0)
        self.canv.setLineCap(BUTT)

    def _lane(self, place: int, lane: Lane) -> None:
        up = BELOW + LANE * (place + 0.7)
        for x in lane.at:
            self._shape(place, self._x(x), up)

    def _shape(self, place: int, x: float, y: float) -> None:
        """A triangle on the first lane, a square on the others."""
        canvas, half = self.canv, 2.4
        canvas.setFillColor(LANES[place % len(LANES)])
        path = canvas.beginPath()
        path.moveTo(x - half, y - half)
        path.lineTo(x + half, y - half)
        if place:
            path.lineTo(x + half, y + half)
            path.lineTo(x - half, y + half)
        else:
            path.lineTo(x, y + 1.2 * half)
        path.close()
        canvas.drawPath(path, stroke=0, fill=1)

    def _x(self, value: float) -> float:
        low, high = self.chart.x[0].at, self.chart.x[-1].at
        return LEFT + (MEASURE - LEFT - RIGHT) * (value - low) / (high - low)

    def _y(self, value: float) -> float:
        low, high = self.chart.y[0].at, self.chart.y[-1].at
        return BELOW + (HEIGHT - BELOW - ABOVE) * (value - low) / (high - low)

    def _stroke(self, stroke: Stroke) -> None:
        colour, width, dashes = STROKES[stroke]
        self.canv.setStrokeColor(colour)
        self.canv.setLineWidth(width)
        self.canv.setDash(list(dashes), 0)

    def _axes(self) -> None:
        canvas, chart = self.canv, self.chart
        canvas.setFont(PLAIN, SIZE)
        canvas.setFillColor(INK)
        canvas.setStrokeColor(RULE)
        canvas.setLineWidth(0.4)
        for tick in chart.x:
            at = self._x(tick.at)
            canvas.line(at, BELOW, at, HEIGHT - ABOVE)
            for number, line in enumerate(tick.text.split("\n")):
                canvas.drawCentredString(at, BELOW - 10 - 8.5 * number, line)
        for tick in chart.y:
            at = self._y(tick.at)
            canvas.line(LEFT, at, MEASURE - RIGHT, at)
            canvas.drawRightString(LEFT - 5, at - 2.3, tick.text)
        canvas.setFillColor(GREY)
        canvas.drawCentredString((LEFT + MEASURE - RIGHT) / 2, 6, chart.x_title)
        canvas.drawString(0, HEIGHT - ABOVE + 7, chart.y_title)

    def _legend(self) -> None:
        canvas = self.canv
        canvas.setFont(PLAIN, SIZE)
        canvas.setFillColor(INK)
        canvas.drawString(0, HEIGHT - 8, self.chart.title)
        left, top = LEFT, HEIGHT - ABOVE + 9
        for curve in self.chart.curves:
            self._stroke(curve.stroke)
            canvas.line(left, top, left + 20, top)
            canvas.drawString(left + 25, top - 2.3, curve.name)
            left += 40 + canvas.stringWidth(curve.name, PLAIN, SIZE)
        left = LEFT
        for place, lane in enumerate(self.chart.lanes):
            self._shape(place, left + 3, 8)
            canvas.setFillColor(INK)
            canvas.drawString(left + 9, 6, lane.name)
            left += 24 + canvas.stringWidth(lane.name, PLAIN, SIZE)

    def _levels(self) -> None:
        canvas = self.canv
        canvas.setLineWidth(0.9)
        canvas.setDash([5, 2], 0)
        for level, colour in zip(self.chart.levels, cycle(LEVELS), strict=False):
            at = self._y(level.at)
            canvas.setStrokeColor(colour)
            canvas.setFillColor(colour)
            canvas.line(LEFT, at, MEASURE - RIGHT, at)
            canvas.drawRightString(MEASURE - RIGHT - 3, at + 3, level.text)
        canvas.setDash([1, 2], 0)
        canvas.setStrokeColor(INK)
        canvas.setFillColor(INK)
        for mark in self.chart.marks:
            at = self._x(mark.at)
            canvas.line(at, BELOW, at, HEIGHT - ABOVE)
            canvas.drawString(at + 3, BELOW + 4, mark.text)
        canvas.setDash([], 0)
