"""Fields in rows: a label, the field, and beside it what was read or what is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QLineEdit, QWidget

from vaultdesk.ui import theme
from vaultdesk.ui.loan.fields import Entry, echo
from vaultdesk.ui.panel import named
from vaultdesk.ui.readout import Sentence, sentence
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Field = QLineEdit | QComboBox
FIELD_WIDTH = 204


def text_of(field: Field) -> str:
    """What stands in a field."""
    return field.currentText() if isinstance(field, QComboBox) else field.text()


def put(field: Field, text: str) -> None:
    """Put a text into a field without calling it an edit; what stands there is left alone."""
    if text_of(field) == text:
        return
    if isinstance(field, QLineEdit):
        field.setText(text)
        return
    if field.findText(text) < 0:
        field.addItem(text)
    field.setCurrentText(text)


class FieldGrid(QWidget):
    """The fields of some entries; they never jump when a sentence appears beside one."""

    edited = Signal(str, str)
    """The name of an entry, and the text the user gave it."""

    def __init__(
        self, area: str, entries: Sequence[Entry], ids: Mapping[str, str] | None = None
    ) -> None:
        """`ids` are the last words of identifiers, by entry, where they are not its name."""
        super().__init__()
        self.entries = {entry.name: entry for entry in entries}
        self.fields: dict[str, Field] = {}
        self.remarks: dict[str, Sentence] = {}
        self._labels: dict[str, QLabel] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(2, 1)
        for row, entry in enumerate(entries):
            self._add(grid, row, entry, f"{area}.{(ids or {}).get(entry.name, entry.name)}")
        grid.setRowStretch(len(entries), 1)

    def show_texts(self, texts: Mapping[str, str]) -> None:
        """Show what is typed."""
        for name, field in self.fields.items():
            put(field, texts[name])

    def tell(self, wrong: Mapping[str, str]) -> None:
        """Say what is wrong at the fields at fault, and at the others what was read."""
        for name, entry in self.entries.items():
            why, field, remark = wrong.get(name, ""), self.fields[name], self.remarks[name]
            theme.role(field, "wrong" if why else "")
            field.setAccessibleDescription(why or entry.meaning)
            theme.role(remark, "down" if why else "muted")
            remark.setText(why or echo(entry, text_of(field)))

    def allow(self, name: str, *, usable: bool) -> None:
        """Let a field be used, or not where it says nothing."""
        self.fields[name].setEnabled(usable)
        self._labels[name].setEnabled(usable)

    def _add(self, grid: QGridLayout, row: int, entry: Entry, identifier: str) -> None:
        field = named(self._field(entry), identifier, entry.meaning)
        field.setToolTip(entry.meaning)
        field.setFixedWidth(FIELD_WIDTH)
        if isinstance(field, QComboBox):
            named(field.view(), f"{identifier}.list", entry.meaning)
        label = QLabel(entry.label)
        label.setBuddy(field)
        remark = sentence(f"{identifier}.remark", tr("The value as read, or what is wrong"))
        grid.setRowMinimumHeight(row, 2 * self.fontMetrics().lineSpacing() + 2)
        for place, widget in enumerate((label, field, remark)):
            grid.addWidget(widget, row, place)
        self.fields[entry.name], self.remarks[entry.name] = field, remark
        self._labels[entry.name] = label

    def _field(self, entry: Entry) -> Field:
        if entry.choices:
            box = QComboBox()
            box.addItems([word for word, _ in entry.choices])
            box.textActivated.connect(lambda text: self.edited.emit(entry.name, text))
            return box
        line = QLineEdit()
        line.setPlaceholderText(entry.example)
        line.textEdited.connect(lambda text: self.edited.emit(entry.name, text))
        line.editingFinished.connect(lambda: self.edited.emit(entry.name, line.text()))
        return line
