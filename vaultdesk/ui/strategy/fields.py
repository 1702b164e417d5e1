"""Fields that a wheel only passes by, and lines of text whose undoing is the panel's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSignalBlocker, Qt
from PySide6.QtWidgets import QComboBox, QLineEdit, QSpinBox

from vaultdesk.ui.own_undo import redoes, undoes
from vaultdesk.ui.panel import named

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QWheelEvent


class Choice(QComboBox):
    """A list to choose from."""

    def __init__(self, identifier: str, meaning: str, items: Sequence[str] = ()) -> None:
        super().__init__()
        named(self, identifier, meaning)
        named(self.view(), f"{identifier}.list", meaning)
        self.setToolTip(meaning)
        self.addItems(list(items))
        self.setSizeAdjustPolicy(self.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(4)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def fill(self, items: Sequence[tuple[str, object]], chosen: object) -> None:
        """Offer these and mark the chosen one, without telling it as a choice."""
        with QSignalBlocker(self):
            if [self.itemText(i) for i in range(self.count())] != [text for text, _ in items]:
                self.clear()
                for text, data in items:
                    self.addItem(text, data)
            found = (i for i, (_, data) in enumerate(items) if data == chosen)
            self.setCurrentIndex(next(found, -1))

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        """A hedge is not to be changed by accident."""
        event.ignore()


class Whole(QSpinBox):
    """A whole number."""

    def __init__(self, identifier: str, meaning: str, least: int, most: int) -> None:
        super().__init__()
        named(self, identifier, meaning)
        self.setToolTip(meaning)
        self.setRange(least, most)
        self.setAccelerated(True)
        self.setKeyboardTracking(False)
        self.setGroupSeparatorShown(True)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumWidth(64)

    def put(self, value: int) -> None:
        """Show a value without telling it."""
        with QSignalBlocker(self):
            self.setValue(value)

    def event(self, event: QEvent) -> bool:
        """Let shortcuts of the panel pass: the line within would take them."""
        return _passes(self.lineEdit(), event) or super().event(event)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        """A hedge is not to be changed by accident."""
        event.ignore()


class Line(QLineEdit):
    """A line of text; while nothing was typed into it, undo and redo are those of its panel."""

    def __init__(self, identifier: str = "", meaning: str = "") -> None:
        super().__init__()
        if identifier:
            named(self, identifier, meaning)
            self.setToolTip(meaning)

    def put(self, text: str) -> None:
        """Show a text that is not being typed."""
        if self.text() != text:
            self.setText(text)
        self.setModified(False)

    def event(self, event: QEvent) -> bool:
        """Let shortcuts pass that would otherwise be the line's own."""
        return _passes(self, event) or super().event(event)


def _passes(line: QLineEdit, event: QEvent) -> bool:
    """Whether this asks to undo or redo where nothing was typed: then it is left to the panel."""
    if line.isModified() or not (undoes(event) or redoes(event)):
        return False
    event.ignore()
    return True
