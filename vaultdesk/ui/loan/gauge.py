"""The LTV as a bar from nothing to everything, with the levels that matter marked on it."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from vaultdesk.ui import theme
from vaultdesk.ui.format import percent
from vaultdesk.ui.translation import tr

BAR_TOP, BAR_HEIGHT, LEADER, POINTER = 9.0, 14.0, 9.0, 5.0
STRENGTHS = (0.20, 0.38, 0.42, 0.62)
"""How strongly each zone is tinted where the bar is not filled."""
GAP = 8.0
"""Least distance between two labels, in pixels."""


@dataclass(frozen=True, slots=True)
class Level:
    """A level of LTV (a fraction) from which a zone begins; `tone` names a colour of Theme."""

    word: str
    at: float
    tone: str


@dataclass(frozen=True, slots=True)
class Span:
    """A label's wanted centre and its width, in pixels."""

    centre: float
    width: float


def spread(spans: Sequence[Span], left: float, right: float, gap: float) -> list[float] | None:
    """Left edges that keep `gap` between spans given in order and all of them in the room.

    Each stands as near to its wanted centre as its neighbours let it; None if they cannot fit.
    """
    if sum(span.width for span in spans) + gap * (len(spans) - 1) > right - left:
        return None
    edges: list[float] = []
    edge = left
    for span in spans:
        edges.append(max(span.centre - span.width / 2, edge))
        edge = edges[-1] + span.width + gap
    edge = right
    for index in reversed(range(len(spans))):
        edges[index] = min(edges[index], edge - spans[index].width)
        edge = edges[index] - gap
    return edges


def full_scale(ltv: float | None, levels: Sequence[Level]) -> float:
    """Where the bar ends: at 100 %, or beyond an LTV or level that lies above it."""
    return max([1.0, 1.05 * ltv if ltv and ltv > 1 else 1.0, *(level.at for level in levels)])


class LtvGauge(QWidget):
    """A bar filled to the LTV; the zones behind it tinted, their levels labelled below."""

    def __init__(self) -> None:
        super().__init__()
        self._ltv: float | None = None
        self._levels: tuple[Level, ...] = ()
        self._font = theme.ui_font(8.5)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_ltv(self, ltv: float | None, levels: tuple[Level, ...]) -> None:
        """Show an LTV (a fraction, None for unknown) against ascending levels."""
        if (ltv, levels) == (self._ltv, self._levels):
            return
        self._ltv, self._levels = ltv, levels
        marks = ", ".join(f"{level.word} {percent(level.at)}" for level in levels)
        self.setAccessibleName(tr("LTV {ltv}; {marks}").format(ltv=percent(ltv), marks=marks))
        self.setToolTip(self.accessibleName())
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        """Bar, leaders and one line of labels."""
        text = QFontMetricsF(self._font).height()
        return QSize(240, int(BAR_TOP + BAR_HEIGHT + LEADER + text + 2))

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Narrow is possible: the words go, the figures stay."""
        return QSize(120, self.sizeHint().height())

    def labels(self) -> list[tuple[str, float]]:
        """What is written below the bar, and where each text begins, in pixels."""
        metrics = QFontMetricsF(self._font)
        for words in (True, False):
            texts = [
                f"{level.word} {percent(level.at, 0)}" if words else percent(level.at, 0)
                for level in self._levels
            ]
            spans = [
                Span(self._x(level.at), metrics.horizontalAdvance(text))
                for level, text in zip(self._levels, texts, strict=True)
            ]
            edges = spread(spans, 0.0, float(self.width()), GAP)
            if edges is not None:
                return list(zip(texts, edges, strict=True))
        return []

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Zones, filling, levels, pointer, labels."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_bar(painter)
        self._paint_levels(painter)
        if self._ltv is not None:
            self._paint_pointer(painter)
        painter.end()

    def _x(self, at: float) -> float:
        return self.width() * min(max(at / full_scale(self._ltv, self._levels), 0.0), 1.0)

    def _tone(self, at: float) -> str:
        tones = [level.tone for level in self._levels if at >= level.at]
        return str(getattr(theme.current(), tones[-1] if tones else "up"))

    def _paint_bar(self, painter: QPainter) -> None:
        bar = QRectF(0, BAR_TOP, self.width(), BAR_HEIGHT)
        path = QPainterPath()
        path.addRoundedRect(bar, 4, 4)
        painter.save()
        painter.setClipPath(path)
        painter.fillRect(bar, QColor(theme.current().raised))
        starts = [0.0, *(level.at for level in self._levels)]
        ends = [*starts[1:], full_scale(self._ltv, self._levels)]
        for index, (start, end) in enumerate(zip(starts, ends, strict=True)):
            left, right = self._x(start), self._x(end)
            strength = STRENGTHS[min(index, len(STRENGTHS) - 1)]
            painter.fillRect(
                QRectF(left, BAR_TOP, right - left, BAR_HEIGHT),
                theme.colour(self._tone(start), strength),
            )
        if self._ltv is not None:
            painter.fillRect(
                QRectF(0, BAR_TOP, self._x(self._ltv), BAR_HEIGHT),
                QColor(self._tone(self._ltv)),
            )
        painter.restore()

    def _paint_levels(self, painter: QPainter) -> None:
        painter.setFont(self._font)
        metrics = QFontMetricsF(self._font)
        bottom = BAR_TOP + BAR_HEIGHT
        for level, (text, left) in zip(self._levels, self.labels(), strict=False):
            x = min(self._x(level.at), self.width() - 1.0)
            width = metrics.horizontalAdvance(text)
            colour = QColor(getattr(theme.current(), level.tone))
            filled = self._ltv is not None and level.at < self._ltv
            painter.setPen(QPen(QColor(theme.current().panel) if filled else colour, 1))
            painter.drawLine(QPointF(x, BAR_TOP - 2), QPointF(x, bottom + 2))
            painter.setPen(QPen(colour, 1))
            foot = min(max(x, left + 4), left + width - 4)
            painter.drawLine(QPointF(x, bottom + 2), QPointF(foot, bottom + LEADER - 1))
            painter.drawText(QPointF(left, bottom + LEADER + metrics.ascent()), text)

    def _paint_pointer(self, painter: QPainter) -> None:
        x = min(max(self._x(self._ltv or 0.0), POINTER), self.width() - POINTER)
        tip = QPolygonF([QPointF(x - POINTER, 1), QPointF(x + POINTER, 1), QPointF(x, BAR_TOP - 1)])
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.current().text))
        painter.drawPolygon(tip)
        painter.fillRect(QRectF(x - 1, BAR_TOP - 1, 2, BAR_HEIGHT + 2), painter.brush())
