"""Ctrl+Z of a panel beside that of the window's menu: two shortcuts for the same keys are none."""

from PySide6.QtCore import QEvent
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QWidget


def undoes(event: QEvent) -> bool:
    """Whether these are the keys that take something back."""
    return isinstance(event, QKeyEvent) and event.matches(QKeySequence.StandardKey.Undo)


def redoes(event: QEvent) -> bool:
    """Whether these are the keys that do it after all: Ctrl+Shift+Z on every platform."""
    both = QKeySequence("Ctrl+Shift+Z")
    return isinstance(event, QKeyEvent) and QKeySequence(event.keyCombination()) == both


class OwnUndo(QWidget):
    """Keeps the keys that undo and redo from the window; they come to its `keyPressEvent`."""

    def event(self, event: QEvent) -> bool:
        """Claim the keys by accepting their ShortcutOverride."""
        override = event.type() == QEvent.Type.ShortcutOverride
        if override and (undoes(event) or redoes(event)):
            event.accept()
            return True
        return super().event(event)
