"""The coverage calendar with its sentences: how much, until when, and each gap with its dates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from vaultdesk.ui import theme
from vaultdesk.ui.charts.legend import Entry, Legend
from vaultdesk.ui.positions.coverage_chart import ENOUGH, GAP, PART, CoverageChart
from vaultdesk.ui.positions.said import tell
from vaultdesk.ui.positions.words import gaps, several, summary, uncounted
from vaultdesk.ui.readout import Chip, label, quality_colour, say, sentence
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from vaultdesk.core.positions.coverage import Coverage

UNKNOWN = tr("The coverage calendar shows once there is a loan and a price of its gold.")
HOW = tr("Arrow keys or the mouse read out a day and a price.")
HEIGHT = 230
CHART_SHARE = 1000
"""Of the spare room; without the chart all of it lies below the sentences."""


class CoverageView(QWidget):
    """Shows a Coverage."""

    def __init__(self) -> None:
        super().__init__()
        self._coverage: Coverage | None = None
        self.title = label("positions.coverage.title", tr("What the chart shows"), "section")
        self.quality = Chip(
            "positions.coverage.quality", tr("How far the loan's value may be trusted")
        )
        self.summary = sentence(
            "positions.covered", tr("What is protected today, and how long"), ""
        )
        self.chart = CoverageChart()
        self.chart.setMinimumHeight(HEIGHT)
        self.legend = Legend()
        self.readout = sentence("positions.coverage.readout", tr("The day and price at the cursor"))
        self.gaps = sentence("positions.gaps", tr("When less is protected than needed"), "down")
        self.remark = sentence("positions.uncounted", tr("Puts that protect nothing here"))
        for text in (self.summary, self.gaps, self.remark):
            text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        say(self.title, tr("Coverage calendar"))
        self._arrange()
        self.chart.pointed.connect(self._read_out)
        self.show_coverage(None)

    def show_coverage(self, coverage: Coverage | None) -> None:
        """Show this; None where the loan is not valued."""
        self._coverage = coverage
        self.chart.show_coverage(coverage)
        for part in (self.chart, self.legend, self.readout, self.quality):
            part.setVisible(coverage is not None)
        said = UNKNOWN if coverage is None else summary(coverage)
        say(self.summary, said, "muted" if coverage is None else "")
        self.chart.setAccessibleName(tr("Coverage calendar. {said}").format(said=said))
        tell(self.gaps, "" if coverage is None else several(gaps(coverage), tr("✕ Gap:")))
        tell(self.remark, "" if coverage is None else uncounted(coverage))
        self.recolour()

    def recolour(self) -> None:
        """Legend and chip carry colours of their own."""
        now = theme.current()
        self.legend.show_entries((
            Entry(tr("enough"), theme.colour(now.up, ENOUGH)),
            Entry(tr("a part"), theme.colour(now.warning, PART)),
            Entry(tr("gap"), theme.colour(now.down, GAP / 2), "✕"),
        ))  # fmt: skip
        if self._coverage is not None:
            self.quality.tell(str(self._coverage.quality), quality_colour(self._coverage.quality))

    def _read_out(self) -> None:
        say(self.readout, self.chart.said or HOW)

    def _arrange(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self.title, 1)
        top.addWidget(self.quality)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 6, 10, 6)
        column.setSpacing(5)
        column.addLayout(top)
        column.addWidget(self.summary)
        column.addWidget(self.gaps)
        column.addWidget(self.chart, CHART_SHARE)
        column.addWidget(self.legend)
        column.addWidget(self.readout)
        column.addWidget(self.remark)
        column.addStretch(1)
