"""Ctrl+Z of a panel, where the window's menu has one too: two shortcuts for the same keys are none.

A widget claims the keys by accepting their ShortcutOverride in `event`, and then gets them in
`keyPressEvent`.
"""

from PySide6.QtCore import QEvent
from PySide6.QtGui import QKeyEvent, QKeySequence


def undoes(event: QEvent) -> bool:
    """Whether these are the keys that take something back."""
    return isinstance(event, QKeyEvent) and event.matches(QKeySequence.StandardKey.Undo)


def redoes(event: QEvent) -> bool:
    """Whether these are the keys that do it after all: Ctrl+Shift+Z on every platform."""
    both = QKeySequence("Ctrl+Shift+Z")
    return isinstance(event, QKeyEvent) and QKeySequence(event.keyCombination()) == both


def claims(event: QEvent) -> bool:
    """Whether a widget that has both should keep them from the window."""
    override = event.type() == QEvent.Type.ShortcutOverride
    return override and (undoes(event) or redoes(event))
