"""The legend of a chart: coloured fields, lettered where there are letters, each with its name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter
from PySide6.QtWidgets import QSizePolicy, QWidget

from vaultdesk.ui import theme

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

FIELD, GAP, APART = 15.0, 5.0, 14.0
POINTS = 8.5


@dataclass(frozen=True, slots=True)
class Entry:
    """A colour with its letter, or "", and what it stands for."""

    name: str
    colour: QColor
    letter: str = ""


class Legend(QWidget):
    """Shows entries side by side, in as many rows as they need."""

    def __init__(self) -> None:
        super().__init__()
        self.entries: tuple[Entry, ...] = ()
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def show_entries(self, entries: tuple[Entry, ...]) -> None:
        """Show these."""
        if entries != self.entries:
            self.entries = entries
            self.setAccessibleName(", ".join(f"{one.letter} {one.name}".strip() for one in entries))
            self.setVisible(bool(entries))
            self.updateGeometry()
            self.update()

    def hasHeightForWidth(self) -> bool:  # noqa: N802
        """Narrower is higher."""
        return True

    def heightForWidth(self, width: int) -> int:  # noqa: N802
        """The height of its rows."""
        places = self._places(width)
        return int(places[-1].y() + self._row() + GAP) if places else 0

    def sizeHint(self) -> QSize:  # noqa: N802
        """As high as its width needs."""
        return QSize(240, self.heightForWidth(max(self.width(), 240)))

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Field, letter and name of each."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.ui_font(POINTS))
        text = QColor(theme.current().text)
        for entry, place in zip(self.entries, self._places(self.width()), strict=True):
            field = QRectF(place.x(), place.y() + (self._row() - FIELD) / 2, FIELD, FIELD)
            painter.setPen(QColor(theme.current().line))
            painter.setBrush(entry.colour)
            painter.drawRoundedRect(field, 2, 2)
            painter.setPen(text)
            painter.drawText(field, Qt.AlignmentFlag.AlignCenter, entry.letter)
            start = QPointF(field.right() + GAP, place.y() + QFontMetricsF(painter.font()).ascent())
            painter.drawText(start, entry.name)
        painter.end()

    def _row(self) -> float:
        return max(FIELD, QFontMetricsF(theme.ui_font(POINTS)).height())

    def _places(self, width: int) -> list[QPointF]:
        of = QFontMetricsF(theme.ui_font(POINTS))
        places: list[QPointF] = []
        x, y = GAP, GAP
        for entry in self.entries:
            wide = FIELD + GAP + of.horizontalAdvance(entry.name)
            if places and x + wide > width:
                x, y = GAP, y + self._row() + GAP
            places.append(QPointF(x, y))
            x += wide + APART
        return places
