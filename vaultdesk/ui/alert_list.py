"""The table of alerts: keeps what is selected when rows come, and has keys of its own."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QItemSelectionModel, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence

from vaultdesk.core.alerts import AlertRecord
from vaultdesk.ui.alert_table import GROUNDS, columns
from vaultdesk.ui.panel import named
from vaultdesk.ui.table import TableModel
from vaultdesk.ui.table_view import Table

KEEP = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows


class AlertList(Table):
    """Enter opens a row, A takes note of what is selected, S silences it."""

    opened = Signal(object)
    """The AlertRecord to be shown in full."""

    acknowledged = Signal()
    snoozed = Signal()

    def __init__(self) -> None:
        self._alerts = TableModel[AlertRecord](columns())
        super().__init__(self._alerts, GROUNDS)
        named(self, "alerts.table", "Alerts, newest first")
        self.setAccessibleName("Alerts")
        self._add("&Details", self._open, Qt.Key.Key_Return, Qt.Key.Key_Enter)
        self._add("&Acknowledge", self.acknowledged.emit, Qt.Key.Key_A)
        self._add("&Snooze…", self.snoozed.emit, Qt.Key.Key_S)
        self.doubleClicked.connect(lambda _index: self._open())

    @property
    def records(self) -> Sequence[AlertRecord]:
        """What is shown, newest first."""
        return self._alerts.rows

    def show_records(self, records: Sequence[AlertRecord]) -> None:
        """Show these; only where other alerts came are the rows put in anew."""
        if [one.alert.id for one in records] == [one.alert.id for one in self.records]:
            self._alerts.change_rows(records)
            return
        chosen = {record.alert.id for record in self.selected()}
        current = self.currentIndex().row()
        held = self.records[current].alert.id if 0 <= current < len(self.records) else ""
        self._alerts.show_rows(records)
        for row, record in enumerate(records):
            index = self._alerts.index(row, 0)
            if record.alert.id == held:
                flag = QItemSelectionModel.SelectionFlag.NoUpdate
                self.selectionModel().setCurrentIndex(index, flag)
            if record.alert.id in chosen:
                self.selectionModel().select(index, KEEP)

    def selected(self) -> list[AlertRecord]:
        """The records of the selected rows, in their order."""
        rows = sorted(index.row() for index in self.selectionModel().selectedRows())
        return [self.records[row] for row in rows]

    def _open(self) -> None:
        row = self.currentIndex().row()
        if 0 <= row < len(self.records):
            self.opened.emit(self.records[row])

    def _add(self, text: str, run: Callable[[], object], *keys: Qt.Key) -> None:
        action = QAction(text, self)
        action.setShortcuts([QKeySequence(key) for key in keys])
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.triggered.connect(partial(_run, run))
        self.addAction(action)


def _run(run: Callable[[], object], _checked: bool = False) -> None:
    run()
