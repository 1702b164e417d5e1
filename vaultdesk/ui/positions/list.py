"""The positions line by line, what of them is shown, and what can be done to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from vaultdesk.ui.format import how_many
from vaultdesk.ui.panel import named
from vaultdesk.ui.positions.said import tell
from vaultdesk.ui.positions.table import GROUNDS, ROLL_DAYS, columns, difference_hint, key, place
from vaultdesk.ui.positions.words import NOTHING
from vaultdesk.ui.readout import say, sentence
from vaultdesk.ui.strategy.fields import Choice
from vaultdesk.ui.tables.keyed_table import KeyedTable
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from PySide6.QtGui import QResizeEvent

    from vaultdesk.core.positions.rows import Row


def _ends_soon(row: Row) -> bool:
    return row.countdown is not None and row.countdown.days <= ROLL_DAYS


ALL, APART, ENDING, ELSEWHERE = "all", "apart", "ending", "elsewhere"
FILTERS: tuple[tuple[str, str, Callable[[Row], bool]], ...] = (
    (ALL, tr("All positions"), lambda _row: True),
    (APART, tr("Differences"), lambda row: row.difference is not None),
    (ENDING, tr("Ending in {roll_days} days").format(roll_days=ROLL_DAYS), _ends_soon),
    (ELSEWHERE, tr("Held elsewhere"), lambda row: row.elsewhere),
)
"""The keys of what may be shown, their words, and what they let through."""
FEWEST, MOST = 4, 14
"""Rows that the table has room for at least, and at most before it scrolls."""
TABLE_SHARE = 1000
"""Of the spare room; without rows all of it lies below the buttons."""
WIDE = 560
"""Pixels from which on all buttons are in one row."""


class PositionList(QWidget):
    """Shows rows; the signals bear those that something is to be done to."""

    close_asked = Signal(object)
    """The Row that is to be closed."""
    add_asked = Signal()
    edit_asked = Signal(object)
    """The Row of a position elsewhere."""
    remove_asked = Signal(object)
    """A list of such Rows."""
    undo_asked = Signal()
    filtered = Signal(str)
    """The key of what is shown."""

    def __init__(self, now: Callable[[], datetime], kept: str) -> None:
        super().__init__()
        self._rows: Sequence[Row] = ()
        self._grows = True
        self.filter = Choice("positions.filter", tr("Which positions are shown"))
        self.filter.setAccessibleName(tr("Shown"))
        self.filter.setMinimumContentsLength(13)
        known = kept if kept in {name for name, *_ in FILTERS} else ALL
        self.filter.fill([(text, name) for name, text, _ in FILTERS], known)
        self.count = sentence("positions.status", tr("How many positions there are"))
        self.table: KeyedTable[Row] = KeyedTable(
            "positions.table", tr("What is held, here and elsewhere"), columns(now), key, GROUNDS
        )
        self.table.setAccessibleName(tr("Positions"))
        self.empty = sentence("positions.empty", tr("Why the list is empty"))
        self.detail = sentence("positions.detail", tr("The selected position in words"))
        self.close_button = _button(
            tr("&Close…"),
            "positions.close",
            tr("Put an order that closes the position on the order desk"),
        )
        self.add_button = _button(
            tr("&Add elsewhere…"), "positions.add", tr("Enter a position that is held elsewhere")
        )
        self.edit = _button(
            tr("&Edit…"), "positions.edit", tr("Change a position that was entered")
        )
        self.remove = _button(
            tr("Re&move"), "positions.remove", tr("Remove positions that were entered")
        )
        self.undo = _button(tr("&Undo"), "positions.undo", tr("Take back the last change (Ctrl+Z)"))
        self._buttons = (*(self.close_button, self.add_button, self.edit, self.remove, self.undo),)
        self._arrange()
        self._connect()
        self.show_rows((), undo=False)

    def show_rows(self, rows: Sequence[Row], *, undo: bool) -> None:
        """Show these, as far as the filter lets them through."""
        self._rows = rows
        self.undo.setEnabled(undo)
        self._show()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Buttons side by side, or below each other where there is no room."""
        super().resizeEvent(event)
        across = len(self._buttons) if event.size().width() >= WIDE else 3
        for number, button in enumerate(self._buttons):
            self._grid.removeWidget(button)
            self._grid.addWidget(button, number // across, number % across)

    def recolour(self) -> None:
        """The table paints itself."""
        self.table.recolour()
        self._fit()

    def _show(self) -> None:
        chosen = str(self.filter.currentData())
        lets = next(test for name, _, test in FILTERS if name == chosen)
        shown = [row for row in self._rows if lets(row)]
        self.table.show_keyed(shown)
        self.table.setVisible(bool(shown))
        tell(
            self.empty, "" if shown else NOTHING if not self._rows else tr("None of them is shown.")
        )
        say(self.count, _counted(self._rows, len(shown)))
        self._fit()

    def may_grow(self, *, grow: bool) -> None:
        """Whether the table takes what room there is, or is as high as its rows."""
        if grow != self._grows:
            self._grows = grow
            self._fit()

    def _fit(self) -> None:
        height = self.table.height_of(min(max(len(self.table.rows), FEWEST), MOST)) + 4
        self.table.setMinimumHeight(height)
        self.table.setMaximumHeight(self.maximumHeight() if self._grows else height)

    def _picked(self) -> None:
        picked = self.table.selected()
        own, entered = (
            [one for one in picked if one.elsewhere is is_it] for is_it in (False, True)
        )
        self.close_button.setEnabled(len(picked) == len(own) == 1 and own[0].quantity != 0)
        self.edit.setEnabled(len(picked) == len(entered) == 1)
        self.remove.setEnabled(bool(entered))
        tell(self.detail, _detail(picked[0]) if len(picked) == 1 else "")

    def _connect(self) -> None:
        self.filter.activated.connect(lambda _at: self._filter())
        self.table.picked.connect(self._picked)
        self.table.doubleClicked.connect(lambda _index: self._open())
        self.table.add(tr("&Open"), self._open, Qt.Key.Key_Return, Qt.Key.Key_Enter)
        self.table.add(tr("Re&move"), self._remove, Qt.Key.Key_Delete)
        self.close_button.clicked.connect(lambda _checked: self._open())
        self.edit.clicked.connect(lambda _checked: self._open())
        self.remove.clicked.connect(lambda _checked: self._remove())
        self.add_button.clicked.connect(lambda _checked: self.add_asked.emit())
        self.undo.clicked.connect(lambda _checked: self.undo_asked.emit())

    def _filter(self) -> None:
        self._show()
        self.filtered.emit(str(self.filter.currentData()))

    def _open(self) -> None:
        """Close what is the desk's, edit what is held elsewhere."""
        picked = self.table.selected()
        if self.close_button.isEnabled():
            self.close_asked.emit(picked[0])
        elif self.edit.isEnabled():
            self.edit_asked.emit(picked[0])

    def _remove(self) -> None:
        entered = [row for row in self.table.selected() if row.elsewhere]
        if entered:
            self.remove_asked.emit(entered)

    def _arrange(self) -> None:
        top = QHBoxLayout()
        top.setContentsMargins(8, 4, 8, 4)
        top.setSpacing(6)
        top.addWidget(self.filter)
        top.addWidget(self.count, 1)
        self._grid = QGridLayout()
        self._grid.setSpacing(6)
        below = QHBoxLayout()
        below.setContentsMargins(8, 4, 8, 4)
        below.addLayout(self._grid)
        below.addStretch(1)
        for text in (self.empty, self.detail):
            text.setContentsMargins(10, 6, 10, 2)
            text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(self.table, TABLE_SHARE)
        column.addWidget(self.empty)
        column.addWidget(self.detail)
        column.addLayout(below)
        column.addStretch(1)


def _counted(rows: Sequence[Row], shown: int) -> str:
    if not rows:
        return ""
    elsewhere = sum(row.elsewhere for row in rows)
    apart = sum(row.difference is not None for row in rows)
    parts = [tr("{n} positions", "{n} position", len(rows)).format(n=how_many(len(rows)))]
    if shown < len(rows):
        parts.insert(0, tr("{shown} shown").format(shown=how_many(shown)))
    if elsewhere:
        parts.append(tr("{elsewhere} elsewhere").format(elsewhere=how_many(elsewhere)))
    if apart:
        parts.append(tr("✕ {n} differences", "✕ {n} difference", apart).format(n=how_many(apart)))
    return " · ".join(parts)


def _detail(row: Row) -> str:
    """What the table has no room for."""
    said = tr("{contract} at {place}. {difference}").format(
        contract=row.instrument.words, place=place(row), difference=difference_hint(row)
    )
    why = row.line.why if row.line else ""
    return tr("{said} Not valued: {why}.").format(said=said, why=why) if why else said


def _button(text: str, identifier: str, meaning: str) -> QPushButton:
    made = named(QPushButton(text), identifier, meaning)
    made.setToolTip(meaning)
    return made
