"""A tornado: what each input does to a result at its low end and its high, the widest first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy

from vaultdesk.ui import theme
from vaultdesk.ui.charts.lazy_chart import Limit, SpokenChart
from vaultdesk.ui.charts.time_chart import ink
from vaultdesk.ui.loan.gauge import Span, spread
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QKeyEvent, QMouseEvent

ROW, BAR, HALF, HEAD, PAD = 30, 16, 13, 24, 6
NAMES_SHARE = 0.32
"""Share of the width that names may take."""
POINTS = 8.5
TONES = "kind 1", "kind 2"
"""Of the input's low end and of its high end; what stands at a bar's end says which it is."""


@dataclass(frozen=True, slots=True)
class Bar:
    """The result at the low and the high end of an input; the texts stand at the bar's ends."""

    name: str
    low: float
    high: float
    low_text: str
    high_text: str

    @property
    def width(self) -> float:
        """How much the result changes from one end to the other."""
        return abs(self.high - self.low)


@dataclass(frozen=True, slots=True)
class Tornado:
    """What a TornadoChart shows: `centre` is the result with every input as it is."""

    bars: tuple[Bar, ...]
    centre: float
    centre_text: str
    limits: tuple[Limit, ...] = ()


class TornadoChart(SpokenChart):
    """Shows a Tornado; Up and Down, or the mouse, read out a bar, Escape leaves it."""

    pointed = Signal(int)
    """The number of the bar read out, the widest being 0; -1 for none."""

    def __init__(self, identifier: str, meaning: str) -> None:
        super().__init__(identifier, meaning)
        self._tornado = Tornado((), 0.0, "")
        self.bars: tuple[Bar, ...] = ()
        self._at = -1
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.MinimumExpanding)

    def show_bars(self, tornado: Tornado) -> None:
        """Show these, the widest on top."""
        self._tornado = tornado
        self.bars = tuple(sorted(tornado.bars, key=lambda bar: -bar.width))
        self._at = min(self._at, len(self.bars) - 1)
        self._tell()
        self.updateGeometry()
        self.update()

    def point_at(self, number: int) -> None:
        """Read out a bar; -1 for none."""
        if number != self._at:
            self._at = number
            self._tell()
            self.update()
            self.pointed.emit(number)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Every bar is seen."""
        return QSize(220, int(HEAD + ROW * len(self.bars) + PAD))

    def sizeHint(self) -> QSize:  # noqa: N802
        """Every bar, and some width."""
        return QSize(480, self.minimumSizeHint().height())

    def pixel(self, value: float) -> float:
        """The pixel of a value; texts have room beyond the outermost bars."""
        values = [end for bar in self.bars for end in (bar.low, bar.high)]
        values += [self._tornado.centre, *(limit.at for limit in self._tornado.limits)]
        low, high = min(values), max(values)
        of = _metrics()
        texts = [text for bar in self.bars for text in (bar.low_text, bar.high_text)]
        widest = max((of.horizontalAdvance(text) for text in texts), default=0.0)
        left = self._names() + widest + 2 * PAD
        right = max(self.width() - widest - 2 * PAD, left + 1)
        return left + (right - left) * ((value - low) / (high - low) if high > low else 0.5)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Go from bar to bar."""
        way = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()), 0)
        if way and self.bars:
            self.point_at(min(max(self._at + way, 0), len(self.bars) - 1))
        elif event.key() == Qt.Key.Key_Escape and self._at >= 0:
            self.point_at(-1)
        else:
            super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Read out the bar under the mouse."""
        number = int((event.position().y() - HEAD) // ROW)
        self.point_at(number if 0 <= number < len(self.bars) else -1)

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        """Read out none."""
        super().leaveEvent(event)
        self.point_at(-1)

    def _paint(self, painter: QPainter) -> None:
        """Lines and their names, then a row for each bar."""
        if self.bars:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setFont(theme.ui_font(POINTS))
            self._paint_lines(painter)
            for number, bar in enumerate(self.bars):
                self._paint_bar(painter, HEAD + number * ROW, bar, picked=number == self._at)

    def _names(self) -> float:
        """The width of the names' column."""
        widest = max((_metrics().horizontalAdvance(bar.name) for bar in self.bars), default=0.0)
        return min(widest + 2 * PAD, NAMES_SHARE * self.width())

    def _paint_lines(self, painter: QPainter) -> None:
        now, bottom = theme.current(), HEAD + ROW * len(self.bars)
        lines = [(self._tornado.centre, self._tornado.centre_text, now.text, Qt.PenStyle.SolidLine)]
        lines += [
            (limit.at, limit.name, ink(limit.tone), Qt.PenStyle.DashLine)
            for limit in self._tornado.limits
        ]
        lines.sort(key=lambda line: line[0])
        spans = [Span(self.pixel(at), _metrics().horizontalAdvance(name)) for at, name, *_ in lines]
        lefts = spread(spans, PAD, self.width() - PAD, 2 * PAD) or []
        for at, _, colour, style in lines:
            painter.setPen(QPen(QColor(colour), 1, style))
            painter.drawLine(QPointF(self.pixel(at), HEAD), QPointF(self.pixel(at), bottom))
        for (at, name, colour, _), left in zip(lines, lefts, strict=False):
            painter.setPen(QColor(colour))
            painter.drawText(QPointF(left, PAD + _metrics().ascent()), name)
            foot = min(max(self.pixel(at), left), left + _metrics().horizontalAdvance(name))
            painter.drawLine(
                QPointF(foot, PAD + _metrics().height() - 1), QPointF(self.pixel(at), HEAD)
            )

    def _paint_bar(self, painter: QPainter, top: float, bar: Bar, *, picked: bool) -> None:
        now, of = theme.current(), _metrics()
        if picked:
            painter.fillRect(QRectF(1, top, self.width() - 2, ROW), theme.colour(now.selection))
            self._paint_centre(painter, top)
        name = of.elidedText(bar.name, Qt.TextElideMode.ElideRight, self._names() - 2 * PAD)
        painter.setPen(QColor(now.text))
        field = QRectF(PAD, top, self._names() - 2 * PAD, ROW)
        painter.drawText(field, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, name)
        for end in self._ends(top, bar):
            painter.fillRect(end.ground, QColor(ink(end.tone)))
            width, up = of.horizontalAdvance(end.text), of.ascent()
            behind = QRectF(end.text_at.x() - 2, end.text_at.y() - up, width + 4, of.height())
            colour = now.selection if picked else now.panel
            painter.fillRect(behind, theme.colour(colour, 0.85))  # lines do not cross letters
            painter.setPen(QColor(now.text))
            painter.drawText(end.text_at, end.text)

    def _paint_centre(self, painter: QPainter, top: float) -> None:
        x = self.pixel(self._tornado.centre)
        painter.setPen(QPen(QColor(theme.current().text), 1))
        painter.drawLine(QPointF(x, top), QPointF(x, top + ROW))

    def _ends(self, top: float, bar: Bar) -> list[_End]:
        """Both halves of a bar; one above the other if they go to the same side."""
        centre = self._tornado.centre
        same_side = (bar.low - centre) * (bar.high - centre) > 0
        height = HALF if same_side else BAR
        first = top + (ROW - (2 * height if same_side else height)) / 2
        ends = []
        for number, (value, text) in enumerate(
            ((bar.low, bar.low_text), (bar.high, bar.high_text))
        ):
            # An end that changes nothing stands opposite the other.
            other = bar.high if not number else bar.low
            leftwards = value < centre or (value == centre and other > centre)
            y = first + (height if same_side and number else 0)
            x, middle = self.pixel(value), self.pixel(centre)
            width = _metrics().horizontalAdvance(text)
            base = y + height / 2 + (_metrics().ascent() - _metrics().descent()) / 2
            text_at = QPointF(x - PAD - width if leftwards else x + PAD, base)
            inset = 0.5 if same_side else 0.0
            ground = QRectF(min(x, middle), y + inset, abs(x - middle), height - 2 * inset)
            ends.append(_End(ground, TONES[number], text, text_at))
        return ends

    def _tell(self) -> None:
        bar = self.bars[self._at] if self._at >= 0 else None
        self._say(
            tr("{name}: {low_text} to {high_text}").format(
                name=bar.name, low_text=bar.low_text, high_text=bar.high_text
            )
            if bar
            else ""
        )


@dataclass(frozen=True, slots=True)
class _End:
    """Half a bar and the text at its end."""

    ground: QRectF
    tone: str
    text: str
    text_at: QPointF


def _metrics() -> QFontMetricsF:
    return QFontMetricsF(theme.ui_font(POINTS))
