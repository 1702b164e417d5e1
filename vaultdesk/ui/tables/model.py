"""A table as a list of columns, fast enough for thousands of changed cells a second.

Cells are formatted when they are first seen. The model only notes what was touched; fifteen times
a second the view asks it which of the visible cells read differently now and repaints those.
What is out of sight is forgotten, and formatted anew when it is scrolled to.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    Signal,
)

R = TypeVar("R")
Cell = tuple[str, str, str]
"""Text, the Theme colour it is written in, and the name of the ground it stands on."""

NEAR = 3
"""Changed cells of a row this close together are told as one."""
Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


@dataclass(frozen=True, slots=True)
class Column(Generic[R]):
    """One column of rows of type R.

    Columns of one `field` in several groups are shown and hidden together. `rank` 0 is always
    shown, 1 is the first to appear where there is more room, and so on. `sample` is as wide a
    text as is to be expected; `meaning` explains the heading. `hint` is a cell's tooltip: where
    the text is a dash, why there is no number. A `prose` column takes what room is left, and ends
    in an ellipsis where that is too little. `side` tells columns of one field apart, as `group`
    does, in what is remembered.
    """

    field: str
    heading: str
    unit: str
    text: Callable[[R], str]
    group: str = ""
    sample: str = "000.00"
    align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignRight
    rank: int = 0
    tone: Callable[[R], str] | None = None
    ground: Callable[[R], str] | None = None
    hint: Callable[[R], str] | None = None
    meaning: str = ""
    prose: bool = False
    side: str = ""

    @property
    def key(self) -> str:
        """What a workspace remembers it by, in every language."""
        return f"{self.field} {self.side}".strip()

    @property
    def title(self) -> str:
        """Group, heading and unit in one line, for menus, copies and screen readers."""
        unit = f"({self.unit})" if self.unit else ""
        return " ".join(part for part in (self.group, self.heading, unit) if part)

    def cell(self, row: R) -> Cell:
        """What stands in this column for a row."""
        return (
            self.text(row),
            self.tone(row) if self.tone else "text",
            self.ground(row) if self.ground else "",
        )


class TableModel(QAbstractTableModel, Generic[R]):
    """Rows seen through columns."""

    touched = Signal()
    """Something may read differently: whoever shows the model calls `flush` before long."""

    def __init__(self, columns: Sequence[Column[R]]) -> None:
        super().__init__()
        self.columns = tuple(columns)
        self.rows: Sequence[R] = ()
        self._cells: dict[int, dict[int, Cell]] = {}
        self._dirty: dict[int, set[int]] = {}

    def show_rows(self, rows: Sequence[R]) -> None:
        """Put other rows in the place of all."""
        self.beginResetModel()
        self.rows = rows
        self._cells.clear()
        self._dirty.clear()
        self.endResetModel()

    def change_rows(self, rows: Sequence[R]) -> None:
        """The same rows with other values; another number of rows is another table."""
        if len(rows) != len(self.rows):
            self.show_rows(rows)
            return
        self.rows = rows
        self._dirty = {row: set(cells) for row, cells in self._cells.items()}
        if self._dirty:
            self.touched.emit()

    def touch(self, row: int, column: int) -> None:
        """The value behind one cell changed."""
        if not self._dirty:
            self.touched.emit()
        self._dirty.setdefault(row, set()).add(column)

    @property
    def is_dirty(self) -> bool:
        """Whether anything was touched since the flushes."""
        return bool(self._dirty)

    def cells(self, row: int) -> dict[int, Cell]:
        """What was formatted of a row so far, by column."""
        return self._cells.setdefault(row, {})

    def cell(self, row: int, column: int) -> Cell:
        """The cell as it was last formatted, or formatted now."""
        cells = self._cells.setdefault(row, {})
        found = cells.get(column)
        if found is None:
            found = cells[column] = self.columns[column].cell(self.rows[row])
        return found

    def forget_outside(self, rows: range) -> None:
        """Forget what was touched in other rows: it is formatted anew when it is seen again."""
        for row in [row for row in self._dirty if row not in rows]:
            del self._dirty[row]
            self._cells.pop(row, None)

    def flush(self, rows: range, columns: Sequence[int]) -> int:
        """Tell which cells of these rows read differently since they were last formatted.

        Gives their number. `columns` are those in sight; the others are forgotten.
        """
        count, seen = 0, set(columns)
        for row in rows:
            touched = self._dirty.pop(row, None)
            if touched is None:
                continue
            cells = self._cells.setdefault(row, {})
            for column in touched - seen:
                cells.pop(column, None)
            changed = []
            for column in touched & seen:
                cell = self.columns[column].cell(self.rows[row])
                if cells.get(column) != cell:
                    cells[column] = cell
                    changed.append(column)
            count += len(changed)
            for first, last in _runs(changed):
                self.dataChanged.emit(self.createIndex(row, first), self.createIndex(row, last))
        return count

    def rowCount(self, parent: Index = _NOWHERE) -> int:  # noqa: N802
        """A table has no rows within its rows."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = _NOWHERE) -> int:  # noqa: N802
        """The same for every row."""
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401
        """The text, its alignment, and the tooltip that explains it."""
        if not index.isValid():
            return None
        column = self.columns[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self.cell(index.row(), index.column())[0]
        if role == Qt.ItemDataRole.ToolTipRole:
            return (column.hint(self.rows[index.row()]) if column.hint else "") or None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return column.align | Qt.AlignmentFlag.AlignVCenter
        return None

    def headerData(  # noqa: N802
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:  # noqa: ANN401
        """The heading; its full title for a screen reader, its meaning as the tooltip."""
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        column = self.columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.heading
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return column.title
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{column.title}\n{column.meaning}".strip()
        return None


def _runs(columns: list[int]) -> list[tuple[int, int]]:
    """The first and last of each run of neighbours: repainting a few between is cheaper."""
    runs: list[tuple[int, int]] = []
    for column in sorted(columns):
        if runs and column - runs[-1][1] <= NEAR:
            runs[-1] = (runs[-1][0], column)
        else:
            runs.append((column, column))
    return runs
