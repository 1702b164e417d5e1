"""The table of hedges compared: Enter puts a hedge on the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal

from vaultdesk.ui.compare.table import COLUMNS, GROUNDS, Row
from vaultdesk.ui.tables.keyed_table import KeyedTable
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from collections.abc import Sequence


class CompareList(KeyedTable[Row]):
    """Tells which hedge is selected, and which one is to be put on the desk."""

    chosen = Signal(str)
    """The name of the hedge that is selected now."""
    opened = Signal(object)
    """The Row to be put on the desk."""

    def __init__(self) -> None:
        super().__init__(
            "compare.table",
            tr("Hedges side by side; Enter puts one on the desk"),
            COLUMNS,
            lambda row: row.line.name,
            GROUNDS,
        )
        self.setAccessibleName(tr("Hedges compared"))
        self.setSelectionMode(self.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.add(tr("Put on the &desk"), self.open, Qt.Key.Key_Return, Qt.Key.Key_Enter)
        self.doubleClicked.connect(lambda _index: self.open())
        self.selectionModel().currentRowChanged.connect(lambda _now, _before: self._told())

    def show_lines(self, rows: Sequence[Row]) -> None:
        """Show these; the selected hedge stays selected, else the first one is."""
        self.show_keyed(rows)
        if rows and not self.selected():
            self.selectRow(0)

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
            self.chosen.emit(self.current.line.name)
