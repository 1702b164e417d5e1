"""The payoff of all hedges over prices: at expiry, today or on a day, with volatility shifted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from vaultdesk.ui.charts.lazy_chart import Axis, Limit
from vaultdesk.ui.charts.line_chart import Dash, LineChart, LinePlot, Mark, Trace
from vaultdesk.ui.compare.view import DAY, EXPIRY, MEASURED, MEASURES, TODAY, WHENS, View
from vaultdesk.ui.format import number, percent, shift, ungrouped
from vaultdesk.ui.panel import named
from vaultdesk.ui.slider_row import SliderRow
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vaultdesk.core.hedge.config import StrategyConfig
    from vaultdesk.core.hedge.pictures.fan import Fan
    from vaultdesk.core.loan.series import Floats

KINDS, THICK = 8, 2.5
DASHES: tuple[Dash, ...] = ("solid", "dash-dot")
LTV = "LTV"
HIGHEST_LTV = 1.5
"""An LTV is not drawn above this, where nothing can be read off any more."""


class PayoffTab(QWidget):
    """Asks for curves and shows them; the chosen hedge is thick, the others are thin."""

    asked = Signal()
    """Another day or volatility: the curves have to be computed."""
    viewed = Signal()
    """Another measure or day was chosen: to be remembered."""

    def __init__(self, view: View) -> None:
        super().__init__()
        self._shown: tuple[Fan, StrategyConfig, Mapping[str, str], str] | None = None
        self.measure = _choice(
            "compare.measure", tr("What the chart measures"), MEASURED, view.measure
        )
        self.when = _choice("compare.when", tr("For which day it is drawn"), WHENS, view.when)
        self.days = SliderRow(
            "compare.days", tr("Days"), 0, 730, 1, 30,
            lambda days: f"{ungrouped(days)} d",
            meaning=tr("Calendar days from now the curves are for"),
        )  # fmt: skip
        self.volatility = SliderRow(
            "compare.vol", tr("IV shift"), -20, 60, 1, 0,
            lambda points: tr("{points} pts").format(points=shift(points)),
            meaning=tr("Points added to every volatility"),
        )  # fmt: skip
        self.chart = LineChart(
            "compare.payoff", tr("Left and right read the curves out at a price")
        )
        self.chart.setAccessibleName(tr("Payoff of all hedges"))
        self.chart.setMinimumHeight(200)
        self._arrange()
        self.measure.currentIndexChanged.connect(lambda _place: self._measured())
        self.when.currentIndexChanged.connect(lambda _place: self._timed())
        self.days.changed.connect(lambda _days: self.asked.emit())
        self.volatility.changed.connect(lambda _points: self.asked.emit())
        self._allow()

    def day(self) -> int | None:
        """Calendar days from now; None is each hedge's own last day of protection."""
        when = self.when.currentData()
        return None if when == EXPIRY else 0 if when == TODAY else int(self.days.value())

    def vol_pts(self) -> float:
        """Points of volatility added; at expiry there is none left to shift."""
        return 0.0 if self.day() is None else float(self.volatility.value())

    def show_fan(
        self, fan: Fan, config: StrategyConfig, titles: Mapping[str, str], chosen: str
    ) -> None:
        """Draw these curves.

        Args:
            fan: by name of hedge.
            config: what they were computed from.
            titles: of each name.
            chosen: the name that stands out; "" for none.
        """
        self._shown = fan, config, titles, chosen
        self._draw()

    def choose(self, name: str) -> None:
        """Let another hedge stand out."""
        if self._shown is not None and self._shown[3] != name:
            self._shown = (*self._shown[:3], name)
            self._draw()

    def _draw(self) -> None:
        if self._shown is None:
            return
        fan, config, titles, chosen = self._shown
        word = self.measure.currentData()
        self.chart.show_plot(_plot(fan, config, titles, chosen, word))

    def _measured(self) -> None:
        self._draw()
        self.viewed.emit()

    def _timed(self) -> None:
        self._allow()
        self.viewed.emit()
        self.asked.emit()

    def _allow(self) -> None:
        """Only what has a say can be moved."""
        when = self.when.currentData()
        self.days.setVisible(when == DAY)
        self.volatility.setVisible(when != EXPIRY)

    def _arrange(self) -> None:
        choices = QHBoxLayout()
        choices.setSpacing(6)
        choices.addWidget(self.measure)
        choices.addWidget(self.when)
        choices.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 6, 10, 6)
        column.setSpacing(4)
        column.addLayout(choices)
        for part in (self.days, self.volatility):
            column.addWidget(part)
        column.addWidget(self.chart, 1)


def _choice(identifier: str, meaning: str, words: Mapping[str, str], chosen: str) -> QComboBox:
    box = named(QComboBox(), identifier, meaning)
    named(box.view(), f"{identifier}.list", meaning)
    box.setAccessibleName(meaning)
    box.setToolTip(meaning)
    for key, word in words.items():
        box.addItem(word, key)
    box.setCurrentIndex(box.findData(chosen))
    return box


def _plot(
    fan: Fan, config: StrategyConfig, titles: Mapping[str, str], chosen: str, word: str
) -> LinePlot:
    from vaultdesk.core.hedge.pictures.payoff import Measure  # noqa: PLC0415 (NumPy)

    measure = Measure(MEASURES[word])
    traces = []
    for place, name in enumerate(fan.curves):
        y = _bounded(fan.hedged(name, measure), word)
        if name == chosen:
            traces.append(Trace(titles[name], "accent", fan.spots, y, width=THICK))
        else:
            tone, dash = f"kind {place % KINDS + 1}", DASHES[place // KINDS % len(DASHES)]
            traces.append(Trace(titles[name], tone, fan.spots, y, dash))
    first = chosen if chosen in fan.curves else next(iter(fan.curves), "")
    if first:
        y = _bounded(fan.unhedged(first, measure), word)
        traces.append(Trace(tr("unhedged"), "text", fan.spots, y, "dash"))
    traces.sort(key=lambda trace: trace.width)
    currency = config.portfolio.terms.currency
    y_axis = (
        Axis(LTV, percent)
        if word == LTV
        else Axis(f"{MEASURED[word]}, {currency}", lambda y: number(y, 0))
    )
    x_axis = Axis(f"{config.board.symbol}, {config.portfolio.quote.currency}", number)
    return LinePlot(tuple(traces), x_axis, y_axis, _limits(config, word), _marks(config))


def _bounded(values: Floats, word: str) -> Floats:
    import numpy as np  # noqa: PLC0415

    return np.where(values > HIGHEST_LTV, np.nan, values) if word == LTV else values


def _limits(config: StrategyConfig, word: str) -> tuple[Limit, ...]:
    if word != LTV:
        return (Limit("", 0.0, "muted"),)
    terms = config.portfolio.terms
    return (
        Limit(
            tr("margin call {call_ltv}").format(call_ltv=percent(terms.call_ltv)),
            float(terms.call_ltv),
            "warning",
        ),
        Limit(
            tr("close-out {closeout_ltv}").format(closeout_ltv=percent(terms.closeout_ltv)),
            float(terms.closeout_ltv),
            "down",
        ),
    )


def _marks(config: StrategyConfig) -> tuple[Mark, ...]:
    call = config.portfolio.call_price
    spot = Mark(tr("now"), float(config.spot_price))
    return (spot, Mark(tr("call price"), float(call), "down")) if call is not None else (spot,)
