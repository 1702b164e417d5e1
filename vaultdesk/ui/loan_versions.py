"""The versions a loan's terms went through, newest first, and the way back to the one before."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from vaultdesk.core.loan.terms import LoanTerms
from vaultdesk.ui.format import units
from vaultdesk.ui.loan_form import level
from vaultdesk.ui.panel import named

HEADINGS = ("Since", "Units", "Amount", "Call", "Close-out", "By")


def row(terms: LoanTerms) -> tuple[str, ...]:
    """One version as the table shows it, the time in the machine's zone."""
    return (
        f"{terms.since.astimezone():%Y-%m-%d %H:%M}",
        f"{units(terms.units)} {terms.symbol}",
        f"{units(terms.amount)} {terms.currency}",
        level(terms.call_ltv),
        level(terms.closeout_ltv),
        terms.who,
    )


class LoanVersions(QWidget):
    """A read-only list; `versions` come oldest first. `undo` is the caller's to connect."""

    def __init__(self, versions: tuple[LoanTerms, ...]) -> None:
        super().__init__()
        self.table = named(
            QTableWidget(len(versions), len(HEADINGS)), "loan.dialog.versions", "Earlier terms"
        )
        self.table.setHorizontalHeaderLabels(HEADINGS)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setTabKeyNavigation(False)
        self.table.setShowGrid(False)
        self.table.verticalHeader().hide()
        for place, terms in enumerate(reversed(versions)):
            for column, text in enumerate(row(terms)):
                item = QTableWidgetItem(text)
                item.setTextAlignment(Qt.AlignmentFlag.AlignCenter)
                self.table.setItem(place, column, item)
        self.table.resizeColumnsToContents()
        self.table.horizontalHeader().setStretchLastSection(True)
        self.table.setFixedHeight(132)
        self.undo = named(
            QPushButton("&Undo the last change"),
            "loan.dialog.undo",
            "Go back to the version before the newest; nothing is lost, it becomes a new version",
        )
        self.undo.setEnabled(len(versions) > 1)
        self.undo.setAutoDefault(False)
        heading = QLabel("Versions")
        heading.setProperty("role", "section")
        top = QHBoxLayout()
        top.addWidget(heading, 1)
        top.addWidget(self.undo)
        column_layout = QVBoxLayout(self)
        column_layout.setContentsMargins(0, 6, 0, 0)
        column_layout.addLayout(top)
        column_layout.addWidget(self.table)
