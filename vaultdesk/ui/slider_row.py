"""A slider and a field that show one exact value, and a way back to where it began."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QValidator
from PySide6.QtWidgets import QHBoxLayout, QSlider, QSpinBox, QStyle, QStyleOptionSlider, QWidget

from vaultdesk.core.money import plain
from vaultdesk.ui import theme
from vaultdesk.ui.panel import named
from vaultdesk.ui.reading import Unreadable, amount
from vaultdesk.ui.readout import label
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QMouseEvent, QPaintEvent, QWheelEvent

Written = Callable[[Decimal], str]
Read = Callable[[str], Decimal]

TITLE_WIDTH, FIELD_AIR, FIELD_WIDTH = 92, 44, 104
PAGES, MOST_TICKS = 10, 11
TICK, TICK_GAP, HANDLE = 4, 3, 6.5
_NUMBER = re.compile(r"[-\u2212]?\s*[0-9][0-9,.'\u2019_\s]*")


def typed_number(text: str) -> Decimal:
    """The number typed, whatever unit stands around it: "-20 %", "+ 5 pts", "30 days".

    Raises:
        Unreadable: There is no number, or one that could be read in two ways.
    """
    found = _NUMBER.search(text.replace("+", ""))
    if found is None:
        raise Unreadable(tr("Type a number."))
    return amount(re.sub(r"^([-\u2212])\s+", r"\1", found.group().strip()))


def decimals(*values: Decimal) -> int:
    """How many places after the point the longest of these needs."""
    exponents = (plain(value).as_tuple().exponent for value in values)
    return max(0, *(-place for place in exponents if isinstance(place, int)))


def round_ticks(low: Decimal, high: Decimal) -> list[Decimal]:
    """Multiples of 1, 2 or 5 times a power of ten between the ends, `MOST_TICKS` at most."""
    power = Decimal(10) ** ((high - low).adjusted() - 1)
    for times in (1, 2, 5, 10, 20, 50):
        apart = times * power
        first = int((low / apart).to_integral_value(ROUND_CEILING))
        last = int((high / apart).to_integral_value(ROUND_FLOOR))
        if last - first < MOST_TICKS:
            break
    return [number * apart for number in range(first, last + 1)]


class _Slider(QSlider):
    """Turns no value by a wheel that only passes by; `back` is asked for by the user."""

    back = Signal()

    def __init__(self) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.ticks: list[int] = []
        self.start = 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def sizeHint(self) -> QSize:  # noqa: N802
        """Room for ticks below."""
        hint = super().sizeHint()
        return QSize(hint.width(), hint.height() + 2 * (TICK + TICK_GAP))

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Likewise."""
        return QSize(super().minimumSizeHint().width(), self.sizeHint().height())

    def tick_x(self, value: int) -> float:
        """The pixel below which the handle stands at a value."""
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        handle = self.style().pixelMetric(QStyle.PixelMetric.PM_SliderLength, option, self)
        span = self.width() - handle
        low, high = self.minimum(), self.maximum()
        return handle / 2 + QStyle.sliderPositionFromValue(low, high, value, span)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """A groove filled from where the value began to where it is, the handle, and the ticks."""
        now, middle = theme.current(), (self.height() - TICK - TICK_GAP) / 2
        start, at = self.tick_x(self.start), self.tick_x(self.sliderPosition())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for left, right, colour in ((0.0, float(self.width()), now.line), (start, at, now.accent)):
            groove = QRectF(QPointF(left, middle - 2), QPointF(right, middle + 2)).normalized()
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colour))
            painter.drawRoundedRect(groove, 2, 2)
        self._paint_ticks(painter)
        painter.setPen(QPen(QColor(now.accent if self.hasFocus() else now.muted), 2))
        painter.setBrush(QColor(now.raised if self.isEnabled() else now.line))
        painter.drawEllipse(QPointF(at, middle), HANDLE, HANDLE)
        painter.end()

    def _paint_ticks(self, painter: QPainter) -> None:
        """Round values, and longer and in gold the one it goes back to."""
        for value in {*self.ticks, self.start}:
            own = value == self.start
            colour = theme.current().accent if own else theme.current().muted
            painter.setPen(QPen(QColor(colour), 2 if own else 1))
            top = self.height() - 1 - TICK - (2 if own else 0)
            x = round(self.tick_x(value)) + (0.0 if own else 0.5)
            painter.drawLine(QPointF(x, top), QPointF(x, self.height() - 1))

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        """Only with the keyboard on it."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Back."""
        self.back.emit()
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Delete: back."""
        if event.key() == Qt.Key.Key_Delete:
            self.back.emit()
        else:
            super().keyPressEvent(event)


class _Field(QSpinBox):
    """Shows whole numbers of the smallest unit as the values they stand for."""

    def __init__(self, scale: Decimal, text: Written, read: Read) -> None:
        super().__init__()
        self._scale, self._text, self._read = scale, text, read
        self.setKeyboardTracking(False)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def textFromValue(self, value: int) -> str:  # noqa: N802
        """As the value is written."""
        return self._text(value * self._scale)

    def valueFromText(self, text: str) -> int:  # noqa: N802
        """The nearest number within the range; the present one if the text is none."""
        try:
            wanted = self._read(text) / self._scale
        except Unreadable:
            return self.value()
        near = int(wanted.to_integral_value(ROUND_HALF_EVEN))
        return min(max(near, self.minimum()), self.maximum())

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """Anything may be typed; what is no number is not taken."""
        try:
            self._read(text)
        except Unreadable:
            return QValidator.State.Intermediate, text, position
        return QValidator.State.Acceptable, text, position

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        """Only with the keyboard on it."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class SliderRow(QWidget):
    """A value from `low` to `high` in steps; a double click or Delete goes back to the default.

    The slider counts in the smallest unit that the steps need. If they are whole numbers, its own
    value, which assistive technology reads and sets, is the value.
    """

    changed = Signal(object)
    """The new value, a Decimal; while the slider is dragged too."""

    def __init__(
        self,
        identifier: str,
        title: str,
        low: Decimal | int,
        high: Decimal | int,
        step: Decimal | int,
        value: Decimal | int,
        text: Written,
        *,
        meaning: str = "",
        read: Read = typed_number,
    ) -> None:
        super().__init__()
        low, high, step, value = (Decimal(one) for one in (low, high, step, value))
        self._scale = Decimal(1).scaleb(-decimals(low, high, step))
        self._low, self._high, self._step, self._text = low, high, step, text
        self._meaning = meaning or title
        self._default = self._value = self._snapped(value)
        self.slider = named(_Slider(), identifier)
        self.field = named(_Field(self._scale, text, read), f"{identifier}.field", self._meaning)
        self._prepare(title)
        self._arrange(title)
        self._show()

    @property
    def default(self) -> Decimal:
        """The value that `reset` goes back to; marked below the slider."""
        return self._default

    @default.setter
    def default(self, value: Decimal) -> None:
        self._default = self._snapped(value)
        self.slider.start = self._count(self._default)
        self.slider.update()

    def value(self) -> Decimal:
        """The value, exactly."""
        return self._value

    def set_value(self, value: Decimal) -> None:
        """Take the nearest step within the range; tells `changed` if that is another value."""
        value = self._snapped(value)
        moved = value != self._value
        self._value = value
        self._show()
        if moved:
            self.changed.emit(value)

    def reset(self) -> None:
        """Back to the default."""
        self.set_value(self._default)

    def _prepare(self, title: str) -> None:
        for control in (self.slider, self.field):
            control.setRange(self._count(self._low), self._count(self._high))
            control.setSingleStep(self._count(self._step))
            control.setAccessibleName(title)
            control.setToolTip(self._meaning)
            control.valueChanged.connect(self._count_changed)
        pages = max(int((self._high - self._low) / self._step) // PAGES, 1)
        self.slider.setPageStep(pages * self._count(self._step))
        ticks = [tick for tick in round_ticks(self._low, self._high) if not tick % self._scale]
        self.slider.ticks = [self._count(tick) for tick in ticks]
        self.slider.start = self._count(self._default)
        self.slider.back.connect(self.reset)

    def _arrange(self, title: str) -> None:
        caption = label(role="muted")
        caption.setText(title)
        caption.setBuddy(self.slider)
        caption.setMinimumWidth(TITLE_WIDTH)
        of = QFontMetricsF(self.field.font())
        ends = (self._text(end) for end in (self._low, self._high, self._value))
        widest = int(max(of.horizontalAdvance(end) for end in ends))
        self.field.setFixedWidth(max(widest + FIELD_AIR, FIELD_WIDTH))  # rows stand in columns
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(caption)
        row.addWidget(self.slider, 1)
        row.addWidget(self.field)

    def _count(self, value: Decimal) -> int:
        return int(value / self._scale)

    def _snapped(self, value: Decimal) -> Decimal:
        """The nearest step from the low end; the high end is one too."""
        steps = ((value - self._low) / self._step).to_integral_value(ROUND_HALF_EVEN)
        near = min(max(self._low + steps * self._step, self._low), self._high)
        return self._high if abs(self._high - value) < abs(near - value) else near

    def _count_changed(self, count: int) -> None:
        self.set_value(count * self._scale)

    def _show(self) -> None:
        count = self._count(self._value)
        for control in (self.slider, self.field):
            with QSignalBlocker(control):
                control.setValue(count)
        self.slider.setAccessibleDescription(f"{self._meaning}: {self._text(self._value)}")
