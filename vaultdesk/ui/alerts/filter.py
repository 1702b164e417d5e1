"""The line that narrows the list of alerts."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QPushButton, QWidget

from vaultdesk.core.alerts import HistoryQuery, Severity
from vaultdesk.ui import theme
from vaultdesk.ui.panel import named
from vaultdesk.ui.translation import tr

SHOWN = 500
"""How many alerts the list holds; the export holds all."""

LEAST = {
    tr("All"): Severity.INFO,
    tr("▲ Warning and graver"): Severity.WARNING,
    tr("◆ Critical and graver"): Severity.CRITICAL,
    tr("■ Close-out"): Severity.CLOSEOUT,
}


class AlertFilter(QWidget):
    """Text, least severity, and whether only what is open is shown."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.text = named(QLineEdit(), "alerts.filter", tr("Words of a rule or of what happened"))
        self.text.setAccessibleName(tr("Filter"))
        self.text.setPlaceholderText(tr("Filter"))
        self.text.setClearButtonEnabled(True)
        self.text.setMinimumWidth(70)
        self.text.textChanged.connect(lambda _text: self.changed.emit())
        self.severity = named(QComboBox(), "alerts.severity", tr("The least severity shown"))
        self.severity.setAccessibleName(tr("Severity"))
        self.severity.addItems(list(LEAST))
        self.severity.setMinimumContentsLength(6)
        self.severity.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        choices = named(
            self.severity.view(), "alerts.severity.list", tr("The severities to choose")
        )
        choices.setMinimumWidth(190)
        self.severity.currentIndexChanged.connect(lambda _index: self.changed.emit())
        self.only_open = named(
            QPushButton(tr("Open only")), "alerts.open", tr("Show only what nobody took note of")
        )
        self.only_open.setCheckable(True)
        theme.role(self.only_open, "chip")
        self.only_open.toggled.connect(lambda _on: self.changed.emit())
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self.text, 1)
        row.addWidget(self.severity)
        row.addWidget(self.only_open)

    def query(self, limit: int | None = SHOWN) -> HistoryQuery:
        """What of the history is wanted."""
        return HistoryQuery(
            severity=LEAST[self.severity.currentText()],
            text=self.text.text().strip(),
            unacknowledged=self.only_open.isChecked(),
            limit=limit,
        )

    def narrows(self) -> bool:
        """Whether anything is left out."""
        return self.query() != HistoryQuery(limit=SHOWN)
