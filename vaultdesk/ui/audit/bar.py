"""Above the log: what is shown of it, whether it is whole, and where it may go."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from vaultdesk.core.audit import FactKind
from vaultdesk.ui.audit.log import Wish
from vaultdesk.ui.panel import named
from vaultdesk.ui.readout import sentence
from vaultdesk.ui.strategy.fields import Choice, Line

ALL = "All kinds"


class AuditBar(QWidget):
    """Kind and words to show, and two things to do."""

    changed = Signal()
    """Other entries are wanted."""
    verify_asked = Signal()
    export_asked = Signal()

    def __init__(self, kept: str) -> None:
        super().__init__()
        self.kind = Choice("audit.kind", "The kind of entry that is shown")
        self.kind.setAccessibleName("Kind")
        self.kind.setMinimumContentsLength(9)
        known = {str(kind) for kind in FactKind}
        self.kind.fill(
            [(ALL, ""), *((kind.capitalize(), str(kind)) for kind in FactKind)],
            kept if kept in known else "",
        )
        self.text = Line("audit.filter", "Words of an entry: what happened, subject, who or wire")
        self.text.setAccessibleName("Filter")
        self.text.setPlaceholderText("Filter")
        self.text.setClearButtonEnabled(True)
        self.text.setMinimumWidth(70)
        self.verify = _button(
            "&Verify now", "audit.verify", "Look whether any record was altered since it was kept"
        )
        self.export = _button("E&xport…", "audit.export", "Write all entries to a CSV file")
        self.status = sentence("audit.status", "How much of the log is shown")
        self.answer = sentence("audit.answer", "Whether the log is whole, or what was done last")
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
