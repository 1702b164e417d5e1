"""The mouse over a widget, as Qt tells of it."""

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget


def move(widget: QWidget, at: QPoint) -> None:
    """Tell the widget that the mouse is there, with the buttons that are held down.

    `QTest.mouseMove` moves the screen's cursor instead: whatever window of an earlier test still
    lies there hears of it first.
    """
    place, buttons = QPointF(at), QApplication.mouseButtons()
    event = QMouseEvent(
        QEvent.Type.MouseMove,
        place,
        QPointF(widget.mapToGlobal(at)),
        Qt.MouseButton.NoButton,
        buttons,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(widget, event)
