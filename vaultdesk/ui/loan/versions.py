"""The versions a loan's terms went through, newest first, and the way back to the one before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from vaultdesk.ui.format import day_and_minute
from vaultdesk.ui.loan.changes import changes
from vaultdesk.ui.panel import named
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from datetime import datetime

    from vaultdesk.core.loan.terms import Facility

HEADINGS = (tr("Holds from"), tr("What changed"), tr("Written"), tr("By"))
CHANGED = HEADINGS.index(tr("What changed"))
COMING = tr("coming: ")
"""Stands before the time from which a version will hold."""


def row(terms: Facility, before: Facility | None, now: datetime) -> tuple[str, ...]:
    """One version as the table shows it, the times in the machine's zone."""
    coming = COMING * (terms.holds_from > now)
    return (
        f"{coming}{day_and_minute(terms.holds_from.astimezone())}",
        ", ".join(changes(before, terms)) or "nothing",
        day_and_minute(terms.since.astimezone()),
        terms.who,
    )


class LoanVersions(QWidget):
    """A read-only list; `versions` come oldest first. `undo` is the caller's to connect."""

    def __init__(self, versions: tuple[Facility, ...], now: datetime) -> None:
        super().__init__()
        self.table = named(
            QTableWidget(len(versions), len(HEADINGS)), "loan.dialog.versions", tr("Earlier terms")
        )
        self.table.setHorizontalHeaderLabels(HEADINGS)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setTabKeyNavigation(False)
        self.table.setShowGrid(False)
        self.table.verticalHeader().hide()
        before: tuple[Facility | None, ...] = (None, *versions)
        for place, pair in enumerate(reversed(list(zip(versions, before, strict=False)))):
            for column, text in enumerate(row(*pair, now)):
                item = QTableWidgetItem(text)
                item.setToolTip(text)
                self.table.setItem(place, column, item)
        self._fit()
        self.undo = named(
            QPushButton(tr("Undo the last chan&ge")),
            "loan.dialog.undo",
            tr(
                "Go back to the version before the newest; nothing is lost, it becomes a "
                "new version"
            ),
        )
        self.undo.setEnabled(len(versions) > 1)
        self.undo.setAutoDefault(False)
        self._arrange()

    def _fit(self) -> None:
        self.table.resizeColumnsToContents()
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(CHANGED, QHeaderView.ResizeMode.Stretch)
        self.table.setFixedHeight(128)

    def _arrange(self) -> None:
        heading = QLabel(tr("Versions"))
        heading.setProperty("role", "section")
        top = QHBoxLayout()
        top.addWidget(heading, 1)
        top.addWidget(self.undo)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.addLayout(top)
        column.addWidget(self.table)
