"""Above the log: what is shown of it, whether it is whole, and where it may go."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from vaultdesk.core.audit import FactKind
from vaultdesk.ui.audit.log import Wish
from vaultdesk.ui.panel import named
from vaultdesk.ui.readout import sentence
from vaultdesk.ui.strategy.fields import Choice, Line
from vaultdesk.ui.translation import tr

ALL = tr("All kinds")


KINDS = {
    FactKind.PREVIEW: tr("Preview"),
    FactKind.CONFIRMED: tr("Confirmed"),
    FactKind.SENT: tr("Sent"),
    FactKind.ORDER: tr("Order"),
    FactKind.EXECUTION: tr("Execution"),
    FactKind.NOTE: tr("Note"),
    FactKind.CANCEL: tr("Cancel"),
    FactKind.RESOLVED: tr("Resolved"),
    FactKind.MODE: tr("Mode"),
    FactKind.BROKER: tr("Broker"),
    FactKind.ALERT: tr("Alert"),
    FactKind.SETTING: tr("Setting"),
    FactKind.POSITION: tr("Position"),
    FactKind.REPORT: tr("Report"),
    FactKind.KEPT: tr("Kept"),
}


class AuditBar(QWidget):
    """Kind and words to show, and two things to do."""

    changed = Signal()
    """Other entries are wanted."""
    verify_asked = Signal()
    export_asked = Signal()

    def __init__(self, kept: str) -> None:
        super().__init__()
        self.kind = Choice("audit.kind", tr("The kind of entry that is shown"))
        self.kind.setAccessibleName(tr("Kind"))
        self.kind.setMinimumContentsLength(9)
        known = {str(kind) for kind in FactKind}
        self.kind.fill(
            [(ALL, ""), *((KINDS.get(kind, kind.capitalize()), str(kind)) for kind in FactKind)],
            kept if kept in known else "",
        )
        self.text = Line(
            "audit.filter", tr("Words of an entry: what happened, subject, who or wire")
        )
        self.text.setAccessibleName(tr("Filter"))
        self.text.setPlaceholderText(tr("Filter"))
        self.text.setClearButtonEnabled(True)
        self.text.setMinimumWidth(70)
        self.verify = _button(
            tr("&Verify now"),
            "audit.verify",
            tr("Look whether any record was altered since it was kept"),
        )
        self.export = _button(tr("E&xport…"), "audit.export", tr("Write all entries to a CSV file"))
        self.status = sentence("audit.status", tr("How much of the log is shown"))
        self.answer = sentence(
            "audit.answer", tr("Whether the log is whole, or what was done last")
        )
        self._arrange()
        self.kind.activated.connect(lambda _at: self.changed.emit())
        self.text.textChanged.connect(lambda _text: self.changed.emit())
        self.verify.clicked.connect(lambda _checked: self.verify_asked.emit())
        self.export.clicked.connect(lambda _checked: self.export_asked.emit())

    def wish(self) -> Wish:
        """What is to be shown."""
        kind = str(self.kind.currentData() or "")
        return Wish(FactKind(kind) if kind else None, self.text.text().strip())

    def _arrange(self) -> None:
        top, below = QHBoxLayout(), QHBoxLayout()
        for row in (top, below):
            row.setSpacing(6)
        top.addWidget(self.kind)
        top.addWidget(self.text, 1)
        below.addWidget(self.status, 1)
        below.addWidget(self.verify)
        below.addWidget(self.export)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 6, 8, 5)
        column.setSpacing(5)
        column.addLayout(top)
        column.addLayout(below)
        column.addWidget(self.answer)


def _button(text: str, identifier: str, meaning: str) -> QPushButton:
    made = named(QPushButton(text), identifier, meaning)
    made.setToolTip(meaning)
    return made
