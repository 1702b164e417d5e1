"""Ctrl+K: every command of the desk, found by typing a few of its letters."""

from collections.abc import Callable, Iterable, Sequence

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
    QHeaderView,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from vaultdesk.ui.commands import Entry
from vaultdesk.ui.panel import named
from vaultdesk.ui.translation import tr

WORD_START, IN_A_ROW, GAP = 8, 5, 1
"""What a matched letter earns at the start of a word and next to the last one; what a gap costs."""
AS_TYPED = 1000
"""What words earn that begin as they were typed: more than any letters here and there."""

_FORWARDED = (
    Qt.Key.Key_Up,
    Qt.Key.Key_Down,
    Qt.Key.Key_PageUp,
    Qt.Key.Key_PageDown,
)


def score(typed: str, text: str) -> int | None:
    """How well `text` answers what was typed, the more the better; None if letters are missing.

    The typed letters must stand in the text in their order; case and spaces do not matter.
    """
    lower, wanted = text.lower(), typed.lower().strip()
    best = {-1: AS_TYPED if f" {wanted}" in f" {lower}" else 0}
    for letter in wanted.replace(" ", ""):
        best = {
            spot: max(
                earned + _worth(lower, spot, last) for last, earned in best.items() if last < spot
            )
            for spot in range(min(best) + 1, len(lower))
            if lower[spot] == letter
        }
        if not best:
            return None
    return max(best.values())


def ranked(typed: str, texts: Sequence[str]) -> list[int]:
    """The positions of the texts that match, the best first, ties as they stood."""
    scores = {place: score(typed, text) for place, text in enumerate(texts)}
    found = [(earned, place) for place, earned in scores.items() if earned is not None]
    return [place for earned, place in sorted(found, key=lambda pair: (-pair[0], pair[1]))]


def _worth(text: str, spot: int, last: int) -> int:
    if spot == 0 or text[spot - 1] == " ":
        return WORD_START
    return IN_A_ROW if spot == last + 1 else -GAP


class Palette(QDialog):
    """A list of commands over the window; `entries` is asked anew each time it opens."""

    def __init__(self, parent: QWidget, entries: Callable[[], Iterable[Entry]]) -> None:
        super().__init__(parent, Qt.WindowType.FramelessWindowHint)
        self.setProperty("role", "palette")
        named(self, "palette", tr("Find any command by name"))
        self.setWindowTitle(tr("Commands"))
        self._ask = entries
        self._entries: list[Entry] = []
        self.search = named(QLineEdit(), "palette.search", tr("Type a few letters of a command"))
        self.search.setPlaceholderText(tr("Type a command, Enter runs it, Esc closes"))
        self.search.setClearButtonEnabled(True)
        self.list = named(QTreeWidget(), "palette.list", tr("The commands that match"))
        self.list.setColumnCount(3)
        self.list.setHeaderHidden(True)
        self.list.setRootIsDecorated(False)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._size_columns(self.list.header())
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.addWidget(self.search)
        column.addWidget(self.list)
        self.search.textChanged.connect(self._filter)
        self.search.returnPressed.connect(self.run)
        self.search.installEventFilter(self)
        self.list.itemClicked.connect(self.run)
        self.list.currentItemChanged.connect(self._announce)

    def open_over(self, window: QWidget) -> None:
        """Show the palette over the upper middle of the window, empty and focused."""
        self._entries = [entry for entry in self._ask() if entry.action.isEnabled()]
        self.search.clear()
        self._filter("")
        self.resize(min(560, window.width() - 40), min(420, window.height() - 80))
        corner = window.mapToGlobal(window.rect().topLeft())
        self.move(corner.x() + (window.width() - self.width()) // 2, corner.y() + 64)
        self.show()
        self.activateWindow()
        self.search.setFocus()

    def run(self) -> None:
        """Close, then do what is selected."""
        item = self.list.currentItem()
        if item is None:
            return
        entry: Entry = item.data(0, Qt.ItemDataRole.UserRole)
        self.hide()
        entry.action.trigger()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Let the arrow keys move in the list while the typing stays in the field."""
        pressed = event.type() == QEvent.Type.KeyPress
        if pressed and isinstance(event, QKeyEvent) and event.key() in _FORWARDED:
            self.list.event(event)
            return True
        return super().eventFilter(watched, event)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Close when another window is chosen."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and not self.isActiveWindow():
            self.hide()

    def _filter(self, typed: str) -> None:
        self.list.clear()
        for place in ranked(typed, [f"{entry.text} {entry.path}" for entry in self._entries]):
            entry = self._entries[place]
            item = QTreeWidgetItem([entry.shown, entry.path, entry.keys])
            item.setData(0, Qt.ItemDataRole.UserRole, entry)
            item.setToolTip(0, entry.action.statusTip())
            item.setForeground(1, self.palette().placeholderText())
            self.list.addTopLevelItem(item)
        first = self.list.topLevelItem(0)
        if first is not None:
            self.list.setCurrentItem(first)
        self._announce(first)

    def _announce(self, item: QTreeWidgetItem | None) -> None:
        """Tell a screen reader, whose focus stays in the field, what Enter would run."""
        chosen = (
            tr("Enter runs: {text}").format(text=item.text(0))
            if item is not None
            else tr("Nothing matches")
        )
        self.search.setAccessibleDescription(chosen)

    @staticmethod
    def _size_columns(header: QHeaderView) -> None:
        header.setStretchLastSection(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
