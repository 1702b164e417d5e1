"""The mouse, moved so that it is always heard of."""

from PySide6.QtCore import QPoint
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget


def move(widget: QWidget, at: QPoint) -> None:
    """Move to a place from another: a mouse that an earlier test left there tells nothing."""
    QTest.mouseMove(widget, at + QPoint(3, 5))
    QTest.mouseMove(widget, at)
