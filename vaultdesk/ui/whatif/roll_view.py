"""A policy rolled through years of prices: what is asked, how far it is, and what it came to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from vaultdesk.core.hedge.rolling.policy import PolicyError
from vaultdesk.ports import KnownError
from vaultdesk.services.errands import Errands
from vaultdesk.ui import theme
from vaultdesk.ui.charts.line_chart import LineChart
from vaultdesk.ui.panel import named
from vaultdesk.ui.readout import Banner, say, sentence
from vaultdesk.ui.tables.model import TableModel
from vaultdesk.ui.tables.view import Table
from vaultdesk.ui.translation import tr
from vaultdesk.ui.whatif.roll_form import RollForm
from vaultdesk.ui.whatif.roll_table import COLUMNS, plot_of, summed_up

if TYPE_CHECKING:
    from vaultdesk.core.hedge.rolling.history import History, WindowResult
    from vaultdesk.services.hedge_history import HedgeHistoryService, RollWish

RULE = tr(
    "In each window the loan begins anew. A call is cured the same evening "
    "by money from elsewhere, and the loan goes on."
)
TABLE_HEIGHT, CHART_HEIGHT = 140, 180


class RollView(QWidget):
    """A tab of the What-if panel."""

    def __init__(self, history: HedgeHistoryService) -> None:
        super().__init__()
        self._history = history
        self.shown: History | None = None
        self.errands = Errands(self._tell)
        self.form = RollForm(history)
        self.run = named(
            QPushButton(tr("&Run")), "whatif.roll_run", tr("Rolls the policy through history")
        )
        theme.role(self.run, "primary")
        self.run.clicked.connect(lambda _on: self.begin())
        self.cancel = named(
            QPushButton(tr("&Cancel")), "whatif.roll_cancel", tr("Drops what is computed")
        )
        self.cancel.clicked.connect(lambda _on: self.errands.cancel())
        self.progress = named(
            QProgressBar(), "whatif.roll_progress", tr("Windows that are computed")
        )
        self.progress.setFormat(tr("%v of %m windows"))
        self._banner = Banner("whatif.roll_problem", tr("Why there is no answer"))
        self.summary = sentence("whatif.roll_summary", tr("All windows in a few figures"), role="")
        self.model_words = sentence("whatif.roll_model", tr("What the figures rest on"))
        self.rows: TableModel[WindowResult] = TableModel(COLUMNS)
        self.table = named(Table(self.rows), "whatif.roll_table", tr("Each window's cost and LTV"))
        self.table.selectionModel().currentRowChanged.connect(self._chosen)
        self.chart = LineChart("whatif.roll_chart", tr("The LTV in the chosen window"))
        say(self.model_words, f"{history.model.words} {RULE}")
        self._arrange()
        self._rest()

    def begin(self) -> None:
        """Run what the form asks for, or say why it cannot be."""
        try:
            wish = self.form.wish()
        except (PolicyError, KnownError) as error:
            self._tell(str(error))
            return
        self._banner.tell("")
        self.run.setEnabled(False)
        self.cancel.setEnabled(True)
        self.progress.setRange(0, 0)
        self.progress.show()
        self.errands.begin(self._run(wish))

    async def settled(self) -> None:
        """Return when nothing is under way any more."""
        await self.errands.settled()

    def retire(self) -> None:
        """Leave nothing under way."""
        self.errands.cancel()
        self.table.retire()

    async def _run(self, wish: RollWish) -> None:
        try:
            history = await self._history.run(wish, self._count)
        finally:
            self._rest()
        words = (wish.policy.title + ".", wish.policy.caution, wish.model.words, RULE)
        say(self.model_words, " ".join(part for part in words if part))
        self.show_history(history)

    def show_history(self, history: History) -> None:
        """Show what came of a run, and of its windows first the one that was worst alone."""
        self.shown = history
        say(self.summary, summed_up(history))
        self.rows.show_rows(history.results)
        worst = [float(one.unhedged.ltv.max()) for one in history.results]
        self.table.home_row = worst.index(max(worst))
        self.table.go_home()

    def _chosen(self, now: QModelIndex, _before: QModelIndex) -> None:
        if self.shown is not None and now.isValid():
            self.chart.show_plot(plot_of(self.shown, self.shown.results[now.row()]))

    def _count(self, done: int, total: int) -> None:
        self.progress.setRange(0, total)
        self.progress.setValue(done)

    def _rest(self) -> None:
        self.run.setEnabled(True)
        self.cancel.setEnabled(False)
        self.progress.hide()

    def _tell(self, problem: str) -> None:
        self._banner.tell(problem, theme.current().warning)

    def _arrange(self) -> None:
        buttons = QHBoxLayout()
        buttons.addWidget(self.run)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.progress, 1)
        buttons.addStretch()
        both = named(
            QSplitter(Qt.Orientation.Vertical), "whatif.roll_halves", tr("Windows and curves")
        )
        both.addWidget(self.table)
        both.addWidget(self.chart)
        both.setChildrenCollapsible(False)
        self.table.setMinimumHeight(TABLE_HEIGHT)
        self.chart.setMinimumHeight(CHART_HEIGHT)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 6, 10, 6)
        column.addWidget(self.form)
        column.addLayout(buttons)
        for widget in (self._banner, self.summary):
            column.addWidget(widget)
        column.addWidget(both, 1)
        column.addWidget(self.model_words)
