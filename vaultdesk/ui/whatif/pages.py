"""The views of a stress besides its figures: curves, a map and a tornado."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from vaultdesk.ui.charts.bar_chart import TornadoChart
from vaultdesk.ui.charts.heat_chart import HeatChart
from vaultdesk.ui.charts.line_chart import LineChart
from vaultdesk.ui.panel import named
from vaultdesk.ui.readout import say, sentence
from vaultdesk.ui.translation import tr
from vaultdesk.ui.whatif import plots, words
from vaultdesk.ui.whatif.lane import Lane

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from vaultdesk.core.hedge.pictures.payoff import Curves
    from vaultdesk.core.hedge.stress.heat import Heat
    from vaultdesk.core.hedge.stress.tornado import Swings
    from vaultdesk.services.errands import Errands
    from vaultdesk.ui.whatif.look import Look

REST_S = 0.12
"""How long sliders must rest before what takes some frames is computed."""
LOWEST = 220
"""Height in pixels of a chart."""


class Page(QWidget):
    """A tab's page. `look` is called while it is the one that is seen."""

    chosen = Signal()
    """Something else is to be shown on it."""

    key = ""
    title = ""

    def look(self, look: Look) -> None:
        """Show this before long."""

    def settle(self) -> str:
        """What was chosen on it, a word for `recall`."""
        return ""

    def recall(self, said: Sequence[str]) -> None:
        """Choose what one of these words says."""


class CurvePage(Page):
    """Both LTVs over all prices; the panel computes them together with its figures."""

    key, title = "curves", tr("Curves")

    def __init__(self) -> None:
        super().__init__()
        self.chart = LineChart("whatif.chart", tr("The LTV over prices, unprotected and protected"))
        self.chart.setAccessibleName(tr("LTV over prices"))
        column_of(self, self.chart)

    def show_curves(self, look: Look, seen: Curves) -> None:
        """Draw them."""
        self.chart.show_plot(plots.curve_plot(look, seen))


class _Map(HeatChart):
    """A map that takes the height it is given."""

    def hasHeightForWidth(self) -> bool:  # noqa: N802
        """Its legend would have its say in the height of the whole page."""
        return False


class HeatPage(Page):
    """The LTV over price and date, of one side at a time."""

    key, title = "heat", tr("Heat map")

    def __init__(self, errands: Errands, tell: Callable[[str], None]) -> None:
        super().__init__()
        self.side = choice(
            "whatif.heat_side", tr("Whose LTV the map shows"), tr("Protected"), tr("Unprotected")
        )
        self.chart = _Map("whatif.heat", tr("The LTV over prices and dates"))
        self.chart.setAccessibleName(tr("LTV over price and date"))
        self._lane: Lane[tuple[Look, Heat]] = Lane(errands, self._show, tell)
        self._seen: tuple[Look, Heat] | None = None
        self.side.currentIndexChanged.connect(lambda _index: self._chosen())
        column_of(self, line_of("LTV", self.side), self.chart)

    def look(self, look: Look) -> None:
        """Another map only where volatilities or the currency moved; else it is the same place."""
        if self._seen is not None and self._seen[0].is_like(look):
            self._show((look, self._seen[1]))
        else:
            self._lane.ask(lambda _stop: (look, _heat(look)))

    def settle(self) -> str:
        """The side."""
        return "unprotected" * bool(self.side.currentIndex())

    def recall(self, said: Sequence[str]) -> None:
        """The side."""
        self.side.setCurrentIndex(int("unprotected" in said))

    def _chosen(self) -> None:
        if self._seen is not None:
            self._show(self._seen)
        self.chosen.emit()

    def _show(self, seen: tuple[Look, Heat]) -> None:
        self._seen = look, heat = seen
        self.side.setEnabled(look.hedged)
        hedged = look.hedged and self.side.currentIndex() == 0
        values = heat.hedged if hedged else heat.unhedged
        self.chart.show_plot(plots.heat_plot(look, heat, values))


class TornadoPage(Page):
    """What each input does alone, from where the sliders stand."""

    key, title = "tornado", tr("Tornado")

    def __init__(self, errands: Errands, tell: Callable[[str], None]) -> None:
        super().__init__()
        self.ratio = choice(
            "whatif.tornado_of", tr("The ratio the bars show"), "LTV", tr("Utilisation")
        )
        self.chart = TornadoChart("whatif.tornado", tr("The ratio with each input moved alone"))
        self.chart.setAccessibleName(tr("Tornado"))
        self._note = sentence("whatif.tornado_note", tr("What the bars start from"))
        self._lane: Lane[tuple[Look, Swings]] = Lane(errands, self._show, tell, rest_s=REST_S)
        self._seen: tuple[Look, Swings] | None = None
        self.ratio.currentIndexChanged.connect(lambda _index: self._chosen())
        column_of(self, line_of(tr("Ratio"), self.ratio), self._note, self.chart)

    def look(self, look: Look) -> None:
        """Move every input."""
        self._lane.ask(lambda _stop: (look, _swings(look)))

    def settle(self) -> str:
        """The ratio."""
        return "utilisation" * bool(self.ratio.currentIndex())

    def recall(self, said: Sequence[str]) -> None:
        """The ratio."""
        self.ratio.setCurrentIndex(int("utilisation" in said))

    def _chosen(self) -> None:
        if self._seen is not None:
            self._show(self._seen)
        self.chosen.emit()

    def _show(self, seen: tuple[Look, Swings]) -> None:
        self._seen = look, swings = seen
        from vaultdesk.core.hedge.stress.tornado import Ratio  # noqa: PLC0415 (NumPy)

        ratio = tuple(Ratio)[self.ratio.currentIndex()]
        terms = look.config.portfolio.terms
        self.chart.show_bars(plots.tornado_plot(swings, terms, ratio))
        say(self._note, words.tornado_note(swings, ratio, hedged=look.hedged))


def _heat(look: Look) -> Heat:
    from vaultdesk.core.hedge.stress.heat import heat_of  # noqa: PLC0415 (NumPy)

    return heat_of(look.config, look.position, look.stress)


def _swings(look: Look) -> Swings:
    from vaultdesk.core.hedge.stress.tornado import swings_of  # noqa: PLC0415 (NumPy)

    return swings_of(look.config, look.position, look.stress)


def choice(identifier: str, meaning: str, *texts: str) -> QComboBox:
    """One of a few texts, the first to begin with."""
    made = named(QComboBox(), identifier, meaning)
    made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    made.setMinimumContentsLength(12)
    made.addItems(texts)
    return made


def line_of(caption: str, control: QWidget) -> QHBoxLayout:
    """A control with its name before it."""
    name = QLabel(caption)
    name.setBuddy(control)
    control.setAccessibleName(caption)
    row = QHBoxLayout()
    row.setSpacing(8)
    row.addWidget(name)
    row.addWidget(control, 1)
    return row


def column_of(page: QWidget, *parts: QWidget | QHBoxLayout) -> None:
    """One below the other; charts take what height is left."""
    column = QVBoxLayout(page)
    column.setContentsMargins(0, 8, 0, 0)
    column.setSpacing(6)
    for part in parts:
        if isinstance(part, QHBoxLayout):
            column.addLayout(part)
        elif isinstance(part, LineChart | HeatChart | TornadoChart):
            part.setMinimumHeight(LOWEST)  # what it would like is more than what a page has
            part.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
            column.addWidget(part, 1)
        else:
            column.addWidget(part)
