"""What every docked panel is: a widget that hears events until it is retired."""

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from vaultdesk.events import Bus

E = TypeVar("E")
W = TypeVar("W", bound=QWidget)


def named(widget: W, identifier: str, meaning: str = "") -> W:
    """Give a control its accessible identifier ("area.thing") and say what it is for.

    A label keeps its text as its accessible name; the meaning goes into the description.
    """
    widget.setObjectName(identifier)
    widget.setAccessibleIdentifier(identifier)
    if meaning:
        widget.setAccessibleDescription(meaning)
        if isinstance(widget, QTabWidget):  # the keyboard goes to its bar
            widget.tabBar().setAccessibleDescription(meaning)
    return widget


class Panel(QWidget):
    """A widget for one dock. `key` names the dock in saved workspaces, `title` stands above it."""

    key = ""
    title = ""

    def __init__(self, bus: Bus) -> None:
        super().__init__()
        self._bus = bus
        self._undo: list[Callable[[], None]] = []
        self._front, self._seen = True, False

    def in_front(self, front: bool) -> None:
        """Whether it is the one on top of its tabs: Qt calls those behind it visible as well."""
        self._front = front
        self._look()

    def looked_at(self, *, seen: bool) -> None:
        """It came into sight, or went out of it."""

    def hear(self, kind: type[E], handler: Callable[[E], None]) -> None:
        """Call `handler` for each event of this kind until `retire`."""
        self._undo.append(self._bus.subscribe(kind, handler))

    def retire(self) -> None:
        """Hear nothing any more; the window calls it before it goes."""
        while self._undo:
            self._undo.pop()()
        self.in_front(False)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Maybe it can be seen now."""
        super().showEvent(event)
        self._look()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        """It cannot be seen any more."""
        super().hideEvent(event)
        self._look()

    def _look(self) -> None:
        seen = self._front and self.isVisible()
        if seen != self._seen:
            self._seen = seen
            self.looked_at(seen=seen)


class Later(Panel):
    """Keeps a panel's place until it is built, after the first paint, and holds it from then on."""

    def __init__(self, bus: Bus, key: str, title: str, build: Callable[[], Panel]) -> None:
        super().__init__(bus)
        self.key, self.title = key, title
        self._build = build
        self._panel: Panel | None = None
        self._place = QVBoxLayout(self)
        self._place.setContentsMargins(0, 0, 0, 0)

    def fill(self) -> None:
        """Build the panel and show it in this place, unless it is there."""
        if self._panel is not None:
            return
        self._panel = self._build()
        self._panel.in_front(self._front)
        self._place.addWidget(self._panel)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # it may have had the keyboard meanwhile

    def in_front(self, front: bool) -> None:
        """It is, or will be, the panel's."""
        super().in_front(front)
        if self._panel is not None:
            self._panel.in_front(front)

    def retire(self) -> None:
        """Retire the panel too."""
        super().retire()
        if self._panel is not None:
            self._panel.retire()
