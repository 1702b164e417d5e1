"""Curves over any value, say a price: limits, marks, handles to drag, and a cursor that reads."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import Qt, Signal

from vaultdesk.ui.charts.lazy_chart import Axis, LazyChart, Limit
from vaultdesk.ui.format import MISSING
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from PySide6.QtGui import QFocusEvent, QKeyEvent, QResizeEvent

    from vaultdesk.core.loan.series import Floats
    from vaultdesk.ui.charts.line_drawing import LineDrawing

Dash = Literal["solid", "dash", "dot", "dash-dot"]
STEP, FAR = 0.01, 10
"""Share of the width that an arrow key moves by, and how many of these with Shift."""


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """A curve through points at ascending, finite `x`; NaN in `y` is a gap; `width` in pixels."""

    name: str
    tone: str
    x: Floats
    y: Floats
    dash: Dash = "solid"
    width: float = 1.0


@dataclass(frozen=True, slots=True)
class Mark:
    """A value of x that has a name, drawn upright."""

    name: str
    at: float
    tone: str = "muted"


@dataclass(frozen=True, slots=True)
class Handle:
    """A value of x that may be dragged; to one of the ascending `snaps` if there are any."""

    name: str
    at: float
    tone: str = "accent"
    snaps: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class LinePlot:
    """What a LineChart shows; without a range, all points and limits have room."""

    traces: tuple[Trace, ...]
    x: Axis
    y: Axis
    limits: tuple[Limit, ...] = ()
    marks: tuple[Mark, ...] = ()
    handles: tuple[Handle, ...] = ()
    x_range: tuple[float, float] | None = None
    y_range: tuple[float, float] | None = None


def value_at(trace: Trace, x: float) -> float:
    """The curve's value at `x`, on the straight line between two points; NaN beside the curve."""
    right = int(trace.x.searchsorted(x))
    if right == len(trace.x):
        return math.nan
    if trace.x[right] == x:
        return float(trace.y[right])
    if not right:
        return math.nan
    before, after = float(trace.x[right - 1]), float(trace.x[right])
    low, high = float(trace.y[right - 1]), float(trace.y[right])
    return low + (high - low) * (x - before) / (after - before)


def snapped(handle: Handle, x: float) -> float:
    """The value nearest to `x` that the handle may have."""
    return min(handle.snaps, key=lambda at: abs(at - x)) if handle.snaps else x


def stepped(handle: Handle, way: int, free: float) -> float:
    """The next value that the handle may have; without snaps it moves by `free`."""
    if not handle.snaps:
        return handle.at + way * free
    beyond = [at for at in handle.snaps if (at - handle.at) * way > 0]
    return (min if way > 0 else max)(beyond, default=handle.at)


def extent(plot: LinePlot) -> tuple[float, float]:
    """Where the chart begins and ends: as asked, else where the curves and handles do."""
    if plot.x_range is not None:
        return plot.x_range
    ends = [float(trace.x[end]) for trace in plot.traces if len(trace.x) for end in (0, -1)]
    ends += [handle.at for handle in plot.handles]
    low, high = min(ends, default=0.0), max(ends, default=1.0)
    return (low, high) if low < high else (low - 0.5, high + 0.5)


class LineChart(LazyChart["LineDrawing"]):
    """Shows a LinePlot; empty until the first.

    Left and Right move the cursor, with Shift in longer steps, Home and End to the ends, Escape
    takes it away. Tab picks a handle, Ctrl with Left or Right moves it.
    """

    moved = Signal(int, float)
    """A handle's number and where it is now; while it is dragged or stepped."""
    released = Signal(int, float)
    """A handle's number and where it was left."""
    pointed = Signal(float)
    """The value of x that the cursor is at; NaN when it left."""

    def __init__(self, identifier: str, meaning: str) -> None:
        super().__init__(identifier, meaning)
        self.plot: LinePlot | None = None
        self.at_x: float | None = None
        """Where the cursor is."""
        self.picked = -1
        """The handle that the keyboard moves."""
        self._held: int | None = None

    def show_plot(self, plot: LinePlot) -> None:
        """Draw this, at once or when the chart is first seen; a handle in hand stays in hand."""
        held = self._held
        if held is not None and self.plot is not None and held < len(plot.handles):
            at = self.plot.handles[held].at
            plot = replace(plot, handles=_with(plot.handles, held, at))
        self.plot = plot
        self.picked = min(self.picked, len(plot.handles) - 1)
        if self.isVisible():
            self._redraw()

    def values_at(self, x: float) -> tuple[float, ...]:
        """The value of each curve at `x`; NaN where it has none."""
        return () if self.plot is None else tuple(value_at(trace, x) for trace in self.plot.traces)

    def point_at(self, x: float | None) -> None:
        """Move the cursor; None takes it away."""
        if self.plot is not None and x is not None:
            low, high = extent(self.plot)
            x = min(max(x, low), high)
        if x != self.at_x:
            self.at_x = x
            self._point()
            self.pointed.emit(math.nan if x is None else x)

    def take(self, number: int) -> None:
        """Take a handle in hand: it follows `drag` until `let_go`."""
        self._held = self.picked = number
        self._point()

    def drag(self, x: float) -> None:
        """Move the handle in hand to where it may be that is nearest."""
        if self._held is not None and self.plot is not None:
            low, high = extent(self.plot)
            self._move(self._held, snapped(self.plot.handles[self._held], min(max(x, low), high)))

    def let_go(self) -> None:
        """Leave the handle where it is."""
        if self._held is not None and self.plot is not None:
            number, self._held = self._held, None
            self.released.emit(number, self.plot.handles[number].at)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Move the cursor or the handle picked."""
        key = Qt.Key(event.key())
        way = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(key, 0)
        moves = event.modifiers()
        if self.plot is None:
            super().keyPressEvent(event)
        elif way and moves & Qt.KeyboardModifier.ControlModifier:
            self._step_handle(way)
        elif way:
            self._step_cursor(way * (FAR if moves & Qt.KeyboardModifier.ShiftModifier else 1))
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self.point_at(extent(self.plot)[key == Qt.Key.Key_End])
        elif key == Qt.Key.Key_Escape and self.at_x is not None:
            self.point_at(None)
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """The names beside the curves take their share of the new width."""
        super().resizeEvent(event)
        if self._drawing is not None:
            self._redraw()

    def focusNextPrevChild(self, forward: bool) -> bool:  # noqa: N802
        """Tab goes through the handles before it leaves the chart."""
        picked = self.picked + (1 if forward else -1)
        if self.plot is None or not -1 <= picked < len(self.plot.handles):
            return super().focusNextPrevChild(forward)
        self.picked = picked
        self._point()
        return True

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """Coming back begins with the cursor."""
        super().focusOutEvent(event)
        self.picked = -1
        self._point()

    def _step_cursor(self, steps: int) -> None:
        if self.plot is not None:
            low, high = extent(self.plot)
            start = (low + high) / 2 if self.at_x is None else self.at_x
            self.point_at(start + steps * STEP * (high - low))

    def _step_handle(self, way: int) -> None:
        if self.plot is None or not self.plot.handles:
            return
        self.picked = max(self.picked, 0)
        low, high = extent(self.plot)
        at = stepped(self.plot.handles[self.picked], way, STEP * (high - low))
        self._move(self.picked, min(max(at, low), high))
        self.released.emit(self.picked, self.plot.handles[self.picked].at)

    def _move(self, number: int, at: float) -> None:
        if self.plot is None or at == self.plot.handles[number].at:
            return
        self.plot = replace(self.plot, handles=_with(self.plot.handles, number, at))
        if self._drawing is not None:
            self._drawing.plot = self.plot
        self._point()
        self.moved.emit(number, at)

    def _point(self) -> None:
        self._say(self._words())
        if self._drawing is not None:
            self._drawing.point(self.at_x, self.picked)

    def _words(self) -> str:
        if self.plot is None:
            return ""
        if self.picked >= 0:
            handle = self.plot.handles[self.picked]
            at = self.plot.x.text(handle.at)
            return tr("{name} at {at}; Ctrl with Left or Right moves it").format(
                name=handle.name, at=at
            )
        if self.at_x is None:
            return ""
        said = ", ".join(
            f"{trace.name} {self.plot.y.text(value) if math.isfinite(value) else MISSING}"
            for trace, value in zip(self.plot.traces, self.values_at(self.at_x), strict=True)
        )
        return tr("At {at_x}: {said}").format(at_x=self.plot.x.text(self.at_x), said=said)

    def _make(self) -> LineDrawing:
        from vaultdesk.ui.charts.line_drawing import LineDrawing  # noqa: PLC0415 (brings pyqtgraph)

        return LineDrawing(self)

    def _redraw(self) -> None:
        if self.plot is not None:
            self._canvas().draw(self.plot)
            self._point()


def _with(handles: tuple[Handle, ...], number: int, at: float) -> tuple[Handle, ...]:
    return tuple(
        replace(handle, at=at) if place == number else handle
        for place, handle in enumerate(handles)
    )
