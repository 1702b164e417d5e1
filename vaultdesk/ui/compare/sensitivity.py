"""Which hedge comes first at other prices and volatilities: computed on demand, as a map."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from vaultdesk.ui.charts.heat_chart import HeatChart, HeatPlot, Kinds, Spot
from vaultdesk.ui.charts.lazy_chart import Axis
from vaultdesk.ui.compare.view import PROFILES
from vaultdesk.ui.format import local_time, shift, signed_percent
from vaultdesk.ui.panel import named
from vaultdesk.ui.readout import say, sentence
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vaultdesk.core.hedge.config import StrategyConfig
    from vaultdesk.core.hedge.sensitivity import Sensitivity

IDLE = tr("Find out at which prices and volatilities another hedge would come first.")


class SensitivityTab(QWidget):
    """A button that becomes Cancel while it computes, the map, and how stable the winner is."""

    asked = Signal()
    cancelled = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._busy = False
        self.run = named(
            QPushButton(tr("Compute")),
            "compare.sensitivity_run",
            tr("Compute the map, or cancel it"),
        )
        self.run.clicked.connect(lambda _on: (self.cancelled if self._busy else self.asked).emit())
        self.progress = named(
            QProgressBar(), "compare.sensitivity_progress", tr("How much of the map is computed")
        )
        self.progress.setTextVisible(False)
        self.progress.setFixedHeight(6)
        self.told = sentence("compare.sensitivity", tr("How stable the recommendation is"))
        self.chart = HeatChart("compare.heat", tr("Arrow keys read the map out cell by cell"))
        self.chart.setAccessibleName(tr("Winner by volatility and price"))
        self.chart.setMinimumHeight(200)
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.told, 1)
        top.addWidget(self.run)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 6, 10, 6)
        column.setSpacing(4)
        column.addLayout(top)
        column.addWidget(self.progress)
        column.addWidget(self.chart, 1)
        self.rest(IDLE)

    def begin(self) -> None:
        """It is being computed."""
        self._busy = True
        self.run.setText(tr("Cancel"))
        self.progress.setRange(0, 0)
        self.progress.setVisible(True)
        say(
            self.told, tr("Computing the recommendation at other prices and volatilities…"), "muted"
        )

    def advance(self, done: int, total: int) -> None:
        """So many cells of so many are done."""
        self.progress.setRange(0, total)
        self.progress.setValue(done)

    def rest(self, text: str, role: str = "muted") -> None:
        """Nothing is being computed; a sentence on what there is."""
        self._busy = False
        self.run.setText(tr("Compute"))
        self.progress.setVisible(False)
        say(self.told, text, role)
        self.chart.setVisible(self.chart.plot is not None)

    def show_map(
        self, found: Sensitivity, config: StrategyConfig, titles: Mapping[str, str]
    ) -> None:
        """Show an answer and what it was computed from."""
        names = tuple(titles.get(name, name) for name in found.names)
        self.chart.show_plot(_plot(found, names))
        word, _meaning = PROFILES[found.profile]
        made = tr("{word}, as of {time}, {quality} prices").format(
            word=word, time=local_time(config.at), quality=found.quality
        )
        self.rest(
            tr("{sentence} ({made}; the other cells are hypothetical.)").format(
                sentence=found.sentence, made=made
            ),
            "",
        )


def _plot(found: Sensitivity, names: tuple[str, ...]) -> HeatPlot:
    import numpy as np  # noqa: PLC0415

    winners = found.winners.astype(np.float64)
    return HeatPlot(
        x_values=np.array([float(move) for move in found.moves]),
        y_values=np.array([float(points) for points in found.vol_pts]),
        values=np.where(winners < 0, np.nan, winners),
        x=Axis(tr("move of the price"), lambda move: signed_percent(move, 0)),
        y=Axis(tr("volatility, points"), lambda points: shift(round(points))),
        colours=Kinds(names),
        spot=Spot(tr("now"), 0.0, 0.0),
    )
