"""The coverage calendar, painted: what is protected below each price on each day, gaps hatched."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy

from vaultdesk.ui import theme
from vaultdesk.ui.charts.lazy_chart import SpokenChart
from vaultdesk.ui.format import dated, number
from vaultdesk.ui.positions.coverage_map import (
    Block,
    Frame,
    Map,
    blocks,
    calls,
    ends,
    gap_runs,
    map_of,
    round_prices,
)
from vaultdesk.ui.positions.words import at_price
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QKeyEvent, QMouseEvent

    from vaultdesk.core.positions.coverage import Coverage

POINTS = 8.5
PAD, TICK = 6.0, 4.0
EDGED = 4.0
"""Pixels of height from which on an area has an edge."""
ENOUGH, PART, GAP = 0.34, 0.30, 0.9
"""How strongly each is tinted."""
FAR = 10
"""Days that an arrow key goes with Ctrl."""
Place = tuple[int, Decimal]


class CoverageChart(SpokenChart):
    """Shows a Coverage; empty until the first.

    Left and Right go from day to day, with Ctrl in longer steps; Up and Down from price to price;
    Home goes to today and the margin call, Escape takes the cursor away.
    """

    pointed = Signal()
    """The cursor is elsewhere, or reads differently: `said` is what it reads."""

    def __init__(self) -> None:
        super().__init__("positions.coverage", tr("Ounces protected below each price on each day"))
        self.setAccessibleName(tr("Coverage calendar"))
        self.at: Place | None = None
        self._map: Map | None = None
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_coverage(self, coverage: Coverage | None) -> None:
        """Show this; the cursor stays on its day."""
        if self._map is not None and coverage == self._map.coverage:
            return
        self._map = None if coverage is None else map_of(coverage)
        if self._map is None or (self.at is not None and self.at[0] >= self._map.count):
            self.at = None
        self._tell()
        self.update()

    def point_at(self, place: Place | None) -> None:
        """Move the cursor to a day and a price; None takes it away."""
        if place != self.at:
            self.at = place
            self._tell()
            self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        """Some width."""
        return QSize(480, 260)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """What can still be read."""
        return QSize(220, 180)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Step through days and prices."""
        key = Qt.Key(event.key())
        across = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(key, 0)
        up = {Qt.Key.Key_Down: -1, Qt.Key.Key_Up: 1}.get(key, 0)
        if self._map is not None and (across or up):
            far = FAR if event.modifiers() & Qt.KeyboardModifier.ControlModifier else 1
            self.point_at(_stepped(self._map, self.at or _home(self._map), across * far, up))
        elif self._map is not None and key == Qt.Key.Key_Home:
            self.point_at(_home(self._map))
        elif key == Qt.Key.Key_Escape and self.at is not None:
            self.point_at(None)
        else:
            super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Read out what is under the mouse."""
        if self._map is not None:
            frame = self._frame(self._map)
            self.point_at(frame.place(event.position().x(), event.position().y()))

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        """Read out nothing."""
        super().leaveEvent(event)
        self.point_at(None)

    def _frame(self, made: Map) -> Frame:
        of = _metrics()
        left = of.horizontalAdvance(number(made.high)) + PAD + TICK
        bottom = of.height() + PAD + TICK
        return Frame(
            made,
            QRectF(left, PAD, self.width() - left - PAD, self.height() - PAD - bottom),
        )

    def _paint(self, painter: QPainter) -> None:
        """Areas, gaps over them, the call, axes, and the cursor on top."""
        if self._map is None:
            return
        frame = self._frame(self._map)
        painter.setFont(theme.ui_font(POINTS))
        painter.fillRect(frame.room, QColor(theme.current().raised))
        areas = [
            (block, frame.block(block.first, block.until, block.low, block.high))
            for block in blocks(self._map)
        ]
        for block, place in areas:
            _paint_block(painter, place, enough=block.enough)
        for first, until in gap_runs(self._map):
            _paint_gap(painter, frame, first, until)
        line = _metrics().height()
        for block, place in areas:
            if place.height() >= line:
                _write_inside(painter, _free_of_call(frame, block), _amount(self._map, block))
        _paint_calls(painter, frame)
        _paint_days(painter, frame)
        _paint_prices(painter, frame)
        if self.at is not None:
            _paint_cursor(painter, frame, self.at)

    def _tell(self) -> None:
        made = self._map
        self._say("" if made is None or self.at is None else at_price(made.coverage, *self.at))
        self.pointed.emit()


def _home(made: Map) -> Place:
    """Today, just below the margin call; below the highest price where there is none."""
    call = made.coverage.today.call_price
    return 0, made.steps(0)[-1] if call is None else _nearest(made.steps(0), call)


def _stepped(made: Map, at: Place, across: int, up: int) -> Place:
    """So many days on, or to the next price up or down at which something changes."""
    day, price = min(max(at[0] + across, 0), made.count - 1), at[1]
    steps = made.steps(day)
    if not up:
        return day, price
    beyond = [one for one in steps if (one - price) * up > 0]
    return day, (min if up > 0 else max)(beyond, default=price)


def _nearest(steps: list[Decimal], wanted: Decimal) -> Decimal:
    return min(steps, key=lambda one: abs(one - wanted))


def _paint_block(painter: QPainter, place: QRectF, *, enough: bool) -> None:
    """Its area, and an edge on top where it is high enough to have one."""
    now = theme.current()
    tone, strength = (now.up, ENOUGH) if enough else (now.warning, PART)
    painter.fillRect(place, theme.colour(tone, strength))
    if place.height() >= EDGED:
        painter.fillRect(
            QRectF(place.left(), place.top(), place.width(), 1), theme.colour(tone, 0.8)
        )


def _free_of_call(frame: Frame, block: Block) -> QRectF:
    """The area of a block, or the larger part of it above or below the line of the call."""
    call = frame.made.coverage.days[block.first].call_price
    if call is None or not block.low < call < block.high:
        return frame.block(block.first, block.until, block.low, block.high)
    if call - block.low > block.high - call:
        return frame.block(block.first, block.until, block.low, call)
    return frame.block(block.first, block.until, call, block.high)


def _amount(made: Map, block: Block) -> str:
    ounces = made.coverage.ounces(block.protected, made.day(block.first))
    if ounces is None:
        return tr("{protected} sh").format(protected=number(block.protected, 0))
    return tr("{ounces} oz").format(ounces=number(ounces, 0))


def _paint_gap(painter: QPainter, frame: Frame, first: int, until: int) -> None:
    """Hatched below the call, with the word where there is room."""
    now, made = theme.current(), frame.made
    call = made.coverage.days[first].call_price
    place = frame.block(first, until, made.low, made.high if call is None else call)
    if place.width() < 2:  # noqa: PLR2004 - pixels: a gap of a day in two years is seen too
        place.setWidth(2)
    painter.fillRect(place, theme.colour(now.down, 0.16))
    painter.fillRect(place, QBrush(theme.colour(now.down, GAP), Qt.BrushStyle.BDiagPattern))
    painter.setPen(QPen(QColor(now.down), 1))
    painter.drawRect(place)
    bottom = QRectF(place.left(), place.bottom() - 2 * _metrics().height(), place.width(), 0)
    bottom.setHeight(1.6 * _metrics().height())
    _write_inside(painter, bottom, tr("✕ gap"), now.down)


def _paint_calls(painter: QPainter, frame: Frame) -> None:
    now, runs = theme.current(), calls(frame.made)
    painter.setPen(QPen(QColor(now.text), 1.5, Qt.PenStyle.DashLine))
    for first, until, price in runs:
        y = frame.y(price)
        painter.drawLine(QPointF(frame.x(first), y), QPointF(frame.x(until), y))
    if runs:
        text = tr("margin call {runs}").format(runs=number(runs[0][2]))
        of = _metrics()
        top = frame.y(runs[0][2]) - of.height() - 3
        top = top if top > frame.room.top() else frame.y(runs[0][2]) + 3
        wide = of.horizontalAdvance(text) + 2 * PAD
        place = QRectF(frame.room.left() + 3, top, min(wide, frame.room.width() - 6), of.height())
        _write_inside(painter, place, text)


def _paint_days(painter: QPainter, frame: Frame) -> None:
    """Today, and the ends of puts where there is room for their dates."""
    now, made, of = theme.current(), frame.made, _metrics()
    marks = [(frame.room.left(), made.first)]
    marks += [(frame.x(made.number(day) + 1), day) for day in ends(made)]
    base, free = frame.room.bottom(), 0.0
    for x, day in marks:
        painter.setPen(QPen(QColor(now.line), 1))
        painter.drawLine(QPointF(x, frame.room.top()), QPointF(x, base + TICK))
        text = dated(day)
        width = of.horizontalAdvance(text)
        left = min(max(x - width / 2, PAD), frame.room.right() - width)
        if left >= free:
            painter.setPen(QColor(now.muted))
            painter.drawText(QPointF(left, base + TICK + of.ascent()), text)
            free = left + width + 2 * PAD


def _paint_prices(painter: QPainter, frame: Frame) -> None:
    of, top = _metrics(), frame.room.top()
    painter.setPen(QColor(theme.current().muted))
    for price in round_prices(frame.made):
        text = number(price, 0)
        at = max(frame.y(price) + of.ascent() / 2 - 1, top + of.ascent() - 1)
        left = frame.room.left() - PAD - of.horizontalAdvance(text)
        painter.drawText(QPointF(left, at), text)


def _paint_cursor(painter: QPainter, frame: Frame, at: Place) -> None:
    day, price = at
    painter.setPen(QPen(QColor(theme.current().accent), 1))
    painter.setBrush(theme.colour(theme.current().accent, 0.18))
    painter.drawRect(frame.block(day, day + 1, frame.made.low, min(price, frame.made.high)))
    y = frame.y(price)
    painter.drawLine(QPointF(frame.room.left(), y), QPointF(frame.room.right(), y))


def _write_inside(painter: QPainter, place: QRectF, text: str, colour: str = "") -> None:
    """In the middle, on a ground of its own, where there is room for all of it."""
    of = _metrics()
    ground = QRectF(0, 0, of.horizontalAdvance(text) + PAD, of.height())
    if ground.width() > place.width() + 1 or ground.height() > place.height() + 1:
        return
    ground.moveCenter(place.center())
    painter.fillRect(ground, theme.colour(theme.current().panel, 0.8))
    painter.setPen(QColor(colour or theme.current().text))
    painter.drawText(ground, Qt.AlignmentFlag.AlignCenter, text)


def _metrics() -> QFontMetricsF:
    return QFontMetricsF(theme.ui_font(POINTS))
