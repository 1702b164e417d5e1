"""Pages that scroll down where they are too tall, and columns that can be filled anew."""

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtWidgets import QBoxLayout, QFrame, QScrollArea, QWidget

LOWEST = 120
"""Height in pixels that is left of a page in the lowest window."""


class Scrolled(QScrollArea):
    """Scrolls down what is too tall; never narrower than what it holds."""

    def __init__(self, inside: QWidget) -> None:
        super().__init__()
        self._inside = inside
        self.setWidget(inside)
        inside.setAutoFillBackground(False)  # Qt has just let it paint the window's ground
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setStyleSheet("QScrollArea, #qt_scrollarea_viewport { background: transparent; }")
        inside.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """What is inside may have become wider, which Qt keeps from the layouts outside."""
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """The width of what is inside and of the bar; as low as may be."""
        bar = self.verticalScrollBar().sizeHint().width()
        return QSize(self._inside.minimumSizeHint().width() + bar, LOWEST)

    def sizeHint(self) -> QSize:  # noqa: N802
        """All of it, where there is room."""
        return self._inside.sizeHint()


def empty(column: QBoxLayout) -> None:
    """Take everything out of a layout; the widgets stay with their parent.

    A widget is removed by name: the item that `takeAt` gives lives on with Python, and while it
    does Qt goes on believing the height it once had at some width.
    """
    for place in reversed(range(column.count())):
        item = column.itemAt(place)
        widget = item.widget() if item is not None else None
        if widget is None:
            column.takeAt(place)
        else:
            column.removeWidget(widget)
