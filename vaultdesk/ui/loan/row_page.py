"""The rows of a table as a list, and the fields of the one that is chosen beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QPushButton, QVBoxLayout, QWidget

from vaultdesk.ui.field_grid import FieldGrid
from vaultdesk.ui.loan.form import PARTS, Texts, adapted, new_row, summary
from vaultdesk.ui.panel import named
from vaultdesk.ui.readout import sentence
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from vaultdesk.core.loan.vocabulary import Asset

LIST_WIDTH, ROW_HEIGHT = 236, 28
WRONG = "! "
"""Stands before a row at which something is wrong."""
WORDS = {"lots": tr("lot"), "tranches": tr("loan"), "reserves": tr("reserve")}
"""What a row of a table is called."""
NAMES = {"lots": tr("Lots"), "tranches": tr("Loans"), "reserves": tr("Reserves")}
WEIGHED = ("bar", "coin")


class RowPage(QWidget):
    """Edits the rows of one part of a `Sheet`, in place. Insert adds a row, Ctrl+D copies it."""

    changed = Signal(str)
    """A row was edited, added, copied or removed; the field it was, such as "lots.0.quantity"."""

    def __init__(
        self, part: str, area: str, rows: list[Texts], currency: Callable[[], str]
    ) -> None:
        """`currency` is asked for the facility's."""
        super().__init__()
        word = WORDS[part]
        self._part, self._rows, self._currency = part, rows, currency
        self._removed: list[tuple[int, Texts]] = []
        self.list = named(
            QListWidget(),
            area,
            tr("Each {word}; Insert adds one, Ctrl+D copies it, Ctrl+Z brings one back").format(
                word=word
            ),
        )
        self.list.setAccessibleName(NAMES[part])
        self.list.setFixedWidth(LIST_WIDTH)
        self.grid = FieldGrid(area, PARTS[part].entries)
        self.grid.edited.connect(self._edited)
        self.add = self._button(
            f"{area}.add", tr("A&dd"), tr("Add a {word}").format(word=word), self._add, "Ins"
        )
        self.copy = self._button(
            f"{area}.copy",
            tr("C&opy"),
            tr("Add a {word} like this one").format(word=word),
            self._copy,
            "Ctrl+D",
        )
        self.remove = self._button(
            f"{area}.remove",
            tr("Re&move"),
            tr("Take this {word} away").format(word=word),
            self._remove,
            "Ctrl+Del",
        )
        back = QShortcut(QKeySequence(QKeySequence.StandardKey.Undo), self.list)
        back.setContext(Qt.ShortcutContext.WidgetShortcut)
        back.activated.connect(self._restore)
        self._empty = sentence(f"{area}.empty", tr("That there is none"))
        self._empty.setText(
            tr("There is no {word}: press Add where there is one.").format(word=word)
        )
        self._arrange()
        self.refresh()
        self.list.currentRowChanged.connect(lambda _row: self._show())

    def refresh(self) -> None:
        """Show the rows as they are typed now."""
        with QSignalBlocker(self.list):
            at = max(self.list.currentRow(), 0)
            self.list.clear()
            self.list.addItems([summary(self._part, row) for row in self._rows])
            for place in range(len(self._rows)):
                self.list.item(place).setSizeHint(QSize(0, ROW_HEIGHT))
            self.list.setCurrentRow(min(at, len(self._rows) - 1))
        self._show()

    def tell(self, wrong: Mapping[str, str]) -> None:
        """Say what is wrong, by fields such as "lots.0.quantity"."""
        for place, row in enumerate(self._rows):
            at_fault = any(field.startswith(f"{self._part}.{place}.") for field in wrong)
            text = WRONG * at_fault + summary(self._part, row)
            self.list.item(place).setText(text)
        prefix = f"{self._part}.{self.list.currentRow()}."
        here = {field: why for field, why in wrong.items() if field.startswith(prefix)}
        self.grid.tell({field.removeprefix(prefix): why for field, why in here.items()})

    def _edited(self, name: str, text: str) -> None:
        place = self.list.currentRow()
        row = self._rows[place]
        if row[name] == text:
            return
        row[name] = text
        if name == "asset":
            row.update(adapted(row, self._currency()))
        elif name == "symbol" and row["asset"] == "cash":
            row["unit"] = text.strip().upper()
        self._show()
        self.changed.emit(f"{self._part}.{place}.{name}")

    def _add(self) -> None:
        self._insert(len(self._rows), new_row(self._part, self._currency()))

    def _copy(self) -> None:
        at = self.list.currentRow()
        if at >= 0:
            self._insert(at + 1, dict(self._rows[at]))

    def _insert(self, at: int, row: Texts) -> None:
        self._rows.insert(at, row)
        self.refresh()
        self.list.setCurrentRow(at)
        next(iter(self.grid.fields.values())).setFocus()
        self.changed.emit(self._part)

    def _remove(self) -> None:
        at = self.list.currentRow()
        if at >= 0:
            self._removed.append((at, self._rows.pop(at)))
            self.refresh()
            self.changed.emit(self._part)

    def _restore(self) -> None:
        if self._removed:
            at, row = self._removed.pop()
            self._insert(min(at, len(self._rows)), row)

    def _show(self) -> None:
        at = self.list.currentRow()
        some = 0 <= at < len(self._rows)
        self.grid.setVisible(some)
        self._empty.setVisible(not some)
        self.copy.setEnabled(some)
        self.remove.setEnabled(some)
        if some:
            self.grid.show_texts(self._rows[at])
            if self._part == "lots":
                self._suit(self._rows[at]["asset"])

    def _suit(self, asset: str | Asset) -> None:
        """Gold in bars has a weight and no symbol to choose, cash its currency for a unit."""
        self.grid.allow("symbol", usable=asset not in WEIGHED)
        self.grid.allow("unit", usable=asset in WEIGHED)
        self.grid.allow("ounces_each", usable=asset in WEIGHED)

    def _button(
        self, identifier: str, text: str, meaning: str, act: Callable[[], None], key: str
    ) -> QPushButton:
        made = named(QPushButton(text), identifier, meaning)
        made.setAutoDefault(False)
        made.setToolTip(f"{meaning} ({key})")
        made.clicked.connect(lambda _checked: act())
        shortcut = QShortcut(QKeySequence(key), self)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(act)
        return made

    def _arrange(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(6)
        for button in (self.add, self.copy, self.remove):
            buttons.addWidget(button, 1)
        left = QVBoxLayout()
        left.addWidget(self.list, 1)
        left.addLayout(buttons)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 10, 0, 0)
        row.setSpacing(16)
        row.addLayout(left)
        row.addWidget(self.grid, 1)
        row.addWidget(self._empty, 1, Qt.AlignmentFlag.AlignTop)
