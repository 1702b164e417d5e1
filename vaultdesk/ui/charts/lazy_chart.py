"""What every chart is: drawn when it is first seen, again in other colours, and read out in words.

pyqtgraph brings NumPy and takes longer to import than the window takes to paint, so nothing here
and in the charts' own modules imports it: a chart's `_make` does, when there is something to draw.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QVBoxLayout, QWidget

from vaultdesk.ui import theme
from vaultdesk.ui.format import number
from vaultdesk.ui.manner import current
from vaultdesk.ui.panel import named

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent, QShowEvent

Words = Callable[[float], str]
"""Writes a value as the reader is to see it, with its unit."""


def short_number(value: float) -> str:
    """A number with no more decimals than it needs, four at most."""
    text, point = number(value, 4), current().point
    return text.rstrip("0").rstrip(point) if point in text else text


@dataclass(frozen=True, slots=True)
class Axis:
    """What an axis measures, and how its values are written.

    `ticks` are the values marked, each with its text; without any, round values are, by `text`.
    """

    title: str = ""
    text: Words = short_number
    ticks: tuple[tuple[float, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Limit:
    """A value not to be passed, drawn across the chart with its name, in a tone of `charts.ink`."""

    name: str
    at: float
    tone: str = "down"


class Drawn(Protocol):
    """The part of a chart that knows pyqtgraph."""

    widget: Any


D = TypeVar("D", bound=Drawn)


class SpokenChart(QWidget):
    """On the panel's ground, with an edge while the keyboard goes to it.

    `said` is the readout in words; screen readers get it as the description.
    """

    def __init__(self, identifier: str = "", meaning: str = "") -> None:
        super().__init__()
        self.said = ""
        self._meaning = meaning
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        if identifier:
            named(self, identifier, meaning)
        theme.notifier().changed.connect(self._theme_changed)

    def recolour(self) -> None:
        """Paint anew in the colours of the current theme."""
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """The ground, what is on it, and an edge where the keyboard goes; Qt asks as it moves."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.colour(theme.current().panel))
        painter.save()
        self._paint(painter)
        painter.restore()
        if self.hasFocus():
            painter.setPen(theme.colour(theme.current().accent))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()

    def _paint(self, painter: QPainter) -> None:
        """Paint on the ground; nothing where other widgets lie on it."""

    def _say(self, text: str) -> None:
        """Tell the readout; "" for what the chart is for."""
        if text != self.said:
            self.said = text
            self.setAccessibleDescription(text or self._meaning)

    def _theme_changed(self, _theme: object) -> None:
        self.recolour()


class LazyChart(SpokenChart, Generic[D]):
    """Keeps what is to be shown until it is seen; a subclass says how to make and draw it."""

    def __init__(self, identifier: str = "", meaning: str = "") -> None:
        super().__init__(identifier, meaning)
        self._drawing: D | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(1, 1, 1, 1)  # the edge that shows the focus

    @property
    def is_drawn(self) -> bool:
        """Whether pyqtgraph has drawn anything yet."""
        return self._drawing is not None

    def canvas(self) -> Any:  # noqa: ANN401
        """The pyqtgraph widget; there is one once `is_drawn`."""
        return self._drawing.widget if self._drawing else None

    def recolour(self) -> None:
        """Draw anew in the colours of the current theme."""
        if self._drawing is not None:
            self._redraw()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Draw what was asked for while nobody looked."""
        super().showEvent(event)
        self._redraw()

    def _make(self) -> D:
        """The drawing; imports pyqtgraph."""
        raise NotImplementedError

    def _redraw(self) -> None:
        """Draw what is to be shown, if anything."""
        raise NotImplementedError

    def _canvas(self) -> D:
        """The drawing, made at the first call."""
        if self._drawing is None:
            self._drawing = self._make()
            self._column.addWidget(self._drawing.widget)
        return self._drawing
