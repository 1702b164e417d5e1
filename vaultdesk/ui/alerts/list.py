"""The table of alerts, with keys of its own."""

from PySide6.QtCore import Qt, Signal

from vaultdesk.core.alerts import AlertRecord
from vaultdesk.ui.alerts.table import GROUNDS, columns
from vaultdesk.ui.tables.keyed_table import KeyedTable
from vaultdesk.ui.translation import tr


class AlertList(KeyedTable[AlertRecord]):
    """Enter opens a row, A takes note of what is selected, S silences it."""

    opened = Signal(object)
    """The AlertRecord to be shown in full."""

    acknowledged = Signal()
    snoozed = Signal()

    def __init__(self) -> None:
        super().__init__(
            "alerts.table", tr("Alerts, newest first"), columns(), lambda one: one.alert.id, GROUNDS
        )
        self.setAccessibleName(tr("Alerts"))
        self.add(tr("&Details"), self._open, Qt.Key.Key_Return, Qt.Key.Key_Enter)
        self.add(tr("&Acknowledge"), self.acknowledged.emit, Qt.Key.Key_A)
        self.add(tr("&Snooze…"), self.snoozed.emit, Qt.Key.Key_S)
        self.doubleClicked.connect(lambda _index: self._open())

    def _open(self) -> None:
        if self.current is not None:
            self.opened.emit(self.current)
