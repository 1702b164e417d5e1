"""The table of hedges compared: keeps what is selected, Enter puts a hedge on the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeySequence

from vaultdesk.ui.compare.table import COLUMNS, GROUNDS, Row
from vaultdesk.ui.panel import named
from vaultdesk.ui.table import TableModel
from vaultdesk.ui.table_view import Table

if TYPE_CHECKING:
    from collections.abc import Sequence


class CompareList(Table):
    """Tells which hedge is selected, and which one is to be put on the desk."""

    picked = Signal(str)
    """The name of the hedge that is selected now."""
    opened = Signal(object)
    """The Row to be put on the desk."""

    def __init__(self) -> None:
        self._compared = TableModel[Row](COLUMNS)
        super().__init__(self._compared, GROUNDS)
        named(self, "compare.table", "Hedges side by side; Enter puts one on the desk")
        self.setAccessibleName("Hedges compared")
        self.setSelectionMode(Table.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        action = QAction("Put on the &desk", self)
        action.setShortcuts([QKeySequence(Qt.Key.Key_Return), QKeySequence(Qt.Key.Key_Enter)])
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.triggered.connect(lambda _on: self.open())
        self.addAction(action)
        self.doubleClicked.connect(lambda _index: self.open())
        self.selectionModel().currentRowChanged.connect(lambda _now, _before: self._told())

    @property
    def rows(self) -> Sequence[Row]:
        """What is shown."""
        return self._compared.rows

    @property
    def current(self) -> Row | None:
        """The selected hedge."""
        place = self.currentIndex().row()
        return self.rows[place] if 0 <= place < len(self.rows) else None

    def show_lines(self, rows: Sequence[Row]) -> None:
        """Show these; the selected hedge stays selected, else the first one is."""
        names = [row.line.name for row in rows]
        if names == [row.line.name for row in self.rows]:
            self._compared.change_rows(rows)
            return
        held = self.current.line.name if self.current else ""
        self._compared.show_rows(rows)
        if rows:
            self.selectRow(names.index(held) if held in names else 0)

    def pick_name(self, name: str) -> None:
        """Select the hedge of this name, if it is shown."""
        names = [row.line.name for row in self.rows]
        if name in names and (self.current is None or self.current.line.name != name):
            self.selectRow(names.index(name))

    def open(self) -> None:
        """Ask for the selected hedge to be put on the desk."""
        if self.current is not None:
            self.opened.emit(self.current)

    def _told(self) -> None:
        if self.current is not None:
            self.picked.emit(self.current.line.name)
