"""What the comparison panel consists of, arranged for narrow docks and wide screens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QSplitter,
    QStackedLayout,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from vaultdesk.ui import theme
from vaultdesk.ui.charts.scatter_chart import ScatterChart
from vaultdesk.ui.compare.bar import CompareBar
from vaultdesk.ui.compare.head import ResultHead
from vaultdesk.ui.compare.list import CompareList
from vaultdesk.ui.compare.payoff import PayoffTab
from vaultdesk.ui.compare.sensitivity import SensitivityTab
from vaultdesk.ui.compare.table import Row, in_full
from vaultdesk.ui.panel import named
from vaultdesk.ui.readout import SEMIBOLD, Banner, Skeleton, say, sentence
from vaultdesk.ui.scrolled import Scrolled
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from vaultdesk.ui.compare.view import View

WIDE = 1500
"""Pixels of width from which on the charts stand beside the table and not below it."""
TABLE_HEIGHT = 150


class CompareBody(QWidget):
    """The parts by name; a result's page, or what is awaited."""

    def __init__(self, view: View) -> None:
        super().__init__()
        self.bar = CompareBar(view)
        self.banner = Banner("compare.problem", tr("What keeps hedges from being compared"))
        self.reason = sentence("compare.reason", tr("Which hedge comes first, and why"), role="")
        self.reason.setFont(theme.ui_font(theme.UI_POINTS, SEMIBOLD))
        self.head = ResultHead("compare")
        self.table = CompareList()
        self.table.setMinimumHeight(TABLE_HEIGHT)
        self.detail = sentence(
            "compare.detail", tr("The selected hedge: its place and its contracts")
        )
        self.detail.setFont(theme.ui_font(9))
        self.payoff = PayoffTab(view)
        self.scatter = ScatterChart(
            "compare.frontier", tr("Left and right go from hedge to hedge, Enter selects it below")
        )
        self.scatter.setAccessibleName(tr("Annual cost against worst LTV"))
        self.scatter.setMinimumHeight(200)
        self.sensitivity = SensitivityTab()
        self.tabs = named(QTabWidget(), "compare.tabs", tr("Charts of the hedges compared"))
        self.skeleton = Skeleton("compare.loading")
        self._arrange()

    def show_waiting(self, text: str, *, busy: bool) -> None:
        """There is no result yet."""
        self.skeleton.tell(text, busy=busy)
        self._pages.setCurrentWidget(self.skeleton)

    def show_result(self) -> None:
        """There is a result."""
        self._pages.setCurrentWidget(self._result)

    def show_row(self, row: Row | None) -> None:
        """Say of the selected hedge what the table has no room for."""
        say(self.detail, "\n".join(_told(row)) if row is not None else "")
        position = row.line.position if row is not None and not row.line.on_desk else None
        self.bar.desk.setEnabled(position is not None)

    def recolour(self) -> None:
        """What paints itself takes the colours of the current theme."""
        self.table.recolour()
        self.head.recolour()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Beside or below, as there is room."""
        super().resizeEvent(event)
        wide = self.width() >= WIDE
        self._halves.setOrientation(Qt.Orientation.Horizontal if wide else Qt.Orientation.Vertical)

    def _arrange(self) -> None:
        top = QVBoxLayout()
        top.setContentsMargins(10, 8, 10, 6)
        top.setSpacing(6)
        for part in (self.bar, self.reason, self.head):
            top.addWidget(part)
        self._result = self._halves_of_it()
        self._pages = QStackedLayout()
        self._pages.addWidget(self.skeleton)
        self._pages.addWidget(self._result)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(self.banner)
        column.addLayout(self._pages, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(Scrolled(inside))

    def _halves_of_it(self) -> QWidget:
        below = QVBoxLayout()
        below.setContentsMargins(10, 4, 10, 6)
        below.addWidget(self.detail)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.table, 1)
        column.addLayout(below)
        for page, word in (
            (self.payoff, tr("Payoff")),
            (self.scatter, tr("Frontier")),
            (self.sensitivity, tr("Sensitivity")),
        ):
            self.tabs.addTab(page, word)
        self.tabs.setDocumentMode(True)
        named(self.tabs.tabBar(), "compare.tabs.bar", tr("Charts of the hedges compared"))
        self._halves = named(
            QSplitter(Qt.Orientation.Vertical), "compare.halves", tr("Table and charts")
        )
        self._halves.setChildrenCollapsible(False)
        self._halves.addWidget(left)
        self._halves.addWidget(self.tabs)
        for half, share in enumerate((2, 3)):
            self._halves.setStretchFactor(half, share)
        return self._halves


def _told(row: Row) -> list[str]:
    """The contracts, what to be warned of, and why it stands where it stands."""
    position = row.line.seen
    if position is None:
        return [f"{row.name}: {row.line.problem}"]
    winner = row.rank is not None and row.rank.place == 1  # the reason above says why
    return [
        f"{row.name}: {in_full(position)}.",
        *position.warnings,
        *([] if winner else [row.hint]),
    ]
