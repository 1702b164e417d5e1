"""A table whose rows have keys: what is selected stays selected when rows come, go or move."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Generic, TypeVar

from PySide6.QtCore import QItemSelectionModel, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence

from vaultdesk.ui.panel import named
from vaultdesk.ui.tables.model import Column, TableModel
from vaultdesk.ui.tables.view import Table

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

    from vaultdesk.ui.tables.view import Grounds

R = TypeVar("R")
KEEP = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
LEAVE = QItemSelectionModel.SelectionFlag.NoUpdate


class KeyedTable(Table, Generic[R]):
    """Shows rows of type R; `key` gives what none but the same row has."""

    picked = Signal()
    """Other rows are selected, or those selected read differently."""

    def __init__(
        self,
        identifier: str,
        meaning: str,
        columns: Sequence[Column[R]],
        key: Callable[[R], Hashable],
        grounds: Grounds | None = None,
    ) -> None:
        self.keyed = TableModel[R](columns)
        self._key = key
        super().__init__(self.keyed, grounds)
        named(self, identifier, meaning)
        self.selectionModel().selectionChanged.connect(lambda *_: self.picked.emit())

    @property
    def rows(self) -> Sequence[R]:
        """What is shown."""
        return self.keyed.rows

    @property
    def current(self) -> R | None:
        """The row that the keyboard is at."""
        place = self.currentIndex().row()
        return self.rows[place] if 0 <= place < len(self.rows) else None

    def selected(self) -> list[R]:
        """The selected rows, in their order."""
        places = sorted(index.row() for index in self.selectionModel().selectedRows())
        return [self.rows[place] for place in places if place < len(self.rows)]

    def show_keyed(self, rows: Sequence[R]) -> None:
        """Show these: in their places where they are the same, else all of them anew."""
        if len(rows) == len(self.rows) and all(map(self._same, rows, self.rows)):
            self.keyed.change_rows(rows)
        else:
            self._replace(rows)
        self.picked.emit()

    def renew(self) -> None:
        """Time has passed: cells may read differently."""
        self.keyed.change_rows(self.rows)

    def add(self, text: str, run: Callable[[], object], *keys: Qt.Key) -> QAction:
        """Something that can be done to the rows: in their menu, and by keys of the table's own."""
        action = QAction(text, self)
        action.setShortcuts([QKeySequence(key) for key in keys])
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.triggered.connect(partial(_run, run))
        self.addAction(action)
        return action

    def _same(self, one: R, other: R) -> bool:
        return one is other or self._key(one) == self._key(other)

    def _replace(self, rows: Sequence[R]) -> None:
        chosen = {self._key(row) for row in self.selected()}
        held = None if self.current is None else self._key(self.current)
        self.keyed.show_rows(rows)
        if held is None and not chosen:
            return
        chooser = self.selectionModel()
        for place, key in enumerate(map(self._key, rows)):
            if key == held:
                chooser.setCurrentIndex(self.keyed.index(place, 0), LEAVE)
            if key in chosen:
                chooser.select(self.keyed.index(place, 0), KEEP)


def _run(run: Callable[[], object], _checked: bool = False) -> None:
    run()
