"""The payoff of a hedge over prices: what is drawn, on which day, and strikes to be dragged."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from vaultdesk.core.hedge.vocabulary import SmileRule
from vaultdesk.core.money import from_float
from vaultdesk.ui.charts.lazy_chart import Axis, Limit
from vaultdesk.ui.charts.line_chart import Handle, LineChart, LinePlot, Mark, Trace
from vaultdesk.ui.format import number, percent, shift, ungrouped
from vaultdesk.ui.panel import named
from vaultdesk.ui.readout import label
from vaultdesk.ui.slider_row import SliderRow
from vaultdesk.ui.strategy.fields import Choice
from vaultdesk.ui.strategy.words import SMILE_WORDS, SMILES, leg_words
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from vaultdesk.core.hedge.draft import Draft
    from vaultdesk.core.hedge.pictures.payoff import Measure
    from vaultdesk.core.loan.series import Floats

LTV, PROFIT = "LTV", "P&L"
MEASURES = (LTV, PROFIT, "equity", "cash to cure")
"""What the y-axis may measure: the values of `payoff.Measure`, the bank's own first."""
WORDS = {
    LTV: tr("LTV"),
    PROFIT: tr("P&L"),
    "equity": tr("equity"),
    "cash to cure": tr("cash to cure"),
}
"""How they are called."""
LONGEST = 730
WORST_SHOWN = 1.5
"""LTV: what is above is off the chart."""
HEIGHT = 240


@dataclass(frozen=True, slots=True)
class Look:
    """How the payoff is looked at.

    Attributes:
        measure: one of `MEASURES`.
        gold: whether the P&L is that of the gold too.
        day: calendar days from now; None for when the protection ends.
        vol_pts: points added to every volatility.
    """

    measure: str = MEASURES[0]
    gold: bool = False
    day: int | None = None
    vol_pts: int = 0


class PayoffView(QWidget):
    """The chart and what chooses its curves."""

    looked = Signal(object)
    """The Look chosen."""
    ruled = Signal(object)
    """The SmileRule chosen."""
    struck = Signal(int, object, bool)
    """A leg's number, the strike its handle is at, and whether it was let go there."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._draft: Draft | None = None
        self._end = 1
        self._legs: list[int] = []
        self.measure = Choice("strategy.measure", tr("What the chart measures"))
        self.measure.fill([(WORDS[one], one) for one in MEASURES], look.measure)
        self.gold = named(
            QCheckBox(tr("with the gold")),
            "strategy.gold",
            tr("Count what the gold itself gains or loses"),
        )
        self.smile = Choice("strategy.smile", tr("How volatilities move when the price does"))
        self.smile.fill([(SMILE_WORDS[r], r) for r in SmileRule], SmileRule.STRIKE)
        for place, rule in enumerate(SmileRule):
            self.smile.setItemData(place, SMILES[rule], 3)  # Qt.ToolTipRole
        self.day = self._day_row(self._end)
        self.volatility = SliderRow(
            "strategy.vol", tr("IV shift"), -20, 40, 1, look.vol_pts,
            lambda points: tr("{points} pts").format(points=shift(points)),
            meaning=tr("Points added to every volatility"),
        )  # fmt: skip
        self.volatility.default = Decimal(0)
        self.chart = LineChart(
            "strategy.payoff",
            tr("Left and right read the curves; Tab picks a strike, Ctrl moves it"),
        )
        self.chart.setAccessibleName(tr("Payoff"))
        self.chart.setMinimumHeight(HEIGHT)
        self._arrange()
        self._connect()
        self._allow()

    def show_draft(self, draft: Draft | None) -> None:
        """Draw it; of one that cannot be built, the loan without a hedge."""
        if draft is None or draft.curves is None:
            return
        self._draft = draft
        if draft.sheet is not None and max(draft.sheet.cost.days, 1) != self._end:
            self._new_day_row(max(draft.sheet.cost.days, 1))
        self.smile.setCurrentIndex(self.smile.findData(draft.config.rules.smile))
        self._draw()

    def recolour(self) -> None:
        """Take the colours of the current theme."""
        self.chart.recolour()

    def _connect(self) -> None:
        self.measure.activated.connect(lambda _index: self._chosen())
        self.gold.toggled.connect(lambda _on: self._chosen())
        self.volatility.changed.connect(lambda _points: self._chosen())
        self.day.changed.connect(lambda _day: self._chosen())
        self.smile.activated.connect(
            lambda _i: self.ruled.emit(SmileRule(self.smile.currentData()))
        )
        self.chart.moved.connect(lambda number, at: self._moved(number, at, left=False))
        self.chart.released.connect(lambda number, at: self._moved(number, at, left=True))

    def _chosen(self) -> None:
        day = int(self.day.value())
        look = Look(
            self.measure.currentData(),
            self.gold.isChecked(),
            None if day >= self._end else day,
            int(self.volatility.value()),
        )
        self._allow()
        if look != self._look:
            same = (look.day, look.vol_pts) == (self._look.day, self._look.vol_pts)
            self._look = look
            if same:
                self._draw()
            self.looked.emit(look)

    def _allow(self) -> None:
        self.gold.setVisible(self.measure.currentData() == PROFIT)

    def _moved(self, number: int, at: float, *, left: bool) -> None:
        strike = from_float(at)
        if strike is not None and number < len(self._legs):
            self.struck.emit(self._legs[number], strike, left)

    def _day_row(self, end: int) -> SliderRow:
        day = self._look.day
        row = SliderRow(
            "strategy.day", tr("Day"), Decimal(0), Decimal(end), Decimal(1),
            Decimal(end if day is None else min(day, end)), lambda days: f"{ungrouped(days)} d",
            meaning=tr("Calendar days from now, for the dotted curve and the scenarios"),
        )  # fmt: skip
        row.default = Decimal(end)
        return row

    def _new_day_row(self, end: int) -> None:
        """Another expiry, another range of days."""
        self._end = end
        old, self.day = self.day, self._day_row(end)
        self.day.changed.connect(lambda _day: self._chosen())
        self._column.replaceWidget(old, self.day)
        old.deleteLater()
        with QSignalBlocker(self.day):
            self.day.set_value(self.day.value())

    def _draw(self) -> None:
        from vaultdesk.core.hedge.pictures.payoff import Measure  # noqa: PLC0415 (NumPy)

        draft = self._draft
        if draft is None:
            return
        self._legs, handles = _handles(draft)
        measure = Measure(self._look.measure)
        self.chart.show_plot(
            LinePlot(
                traces=_traces(draft, self._look, measure),
                x=Axis(draft.config.board.symbol, lambda price: number(price, 0)),
                y=_axis(draft, measure),
                limits=_limits(draft, measure),
                marks=_marks(draft),
                handles=handles,
                x_range=_range(draft),
            )
        )

    def _arrange(self) -> None:
        title = label(role="section")
        title.setText(tr("Payoff"))
        top = QHBoxLayout()
        top.setSpacing(6)
        top.addWidget(title, 1)
        top.addWidget(self.gold)
        for choice, share, most in ((self.measure, 2, 150), (self.smile, 3, 200)):
            choice.setMaximumWidth(most)
            top.addWidget(choice, share)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(5)
        self._column.addLayout(top)
        self._column.addWidget(self.chart, 1)
        self._column.addWidget(self.day)
        self._column.addWidget(self.volatility)


def _traces(draft: Draft, look: Look, measure: Measure) -> tuple[Trace, ...]:
    from vaultdesk.core.hedge.draft import DAY, END, NOW  # noqa: PLC0415 (NumPy)

    drawn, sheet = draft.curves, draft.sheet
    assert drawn is not None  # noqa: S101 - asked while there are
    traces = []
    if look.gold or measure.value != PROFIT:
        without = drawn.unhedged(measure, END, gold=look.gold)
        traces.append(
            Trace(tr("no hedge"), "muted", drawn.spots, _capped(without, measure), "dash")
        )
    if sheet is None:
        return tuple(traces)
    ways = [(tr("at expiry"), "accent", END, "solid"), (tr("today"), "beside", NOW, "dash-dot")]
    if 0 < draft.day < sheet.cost.days or draft.vol_pts:
        ways.append((tr("after {day} d").format(day=draft.day), "kind 5", DAY, "dot"))
    for name, tone, number_, dash in ways:
        values = _capped(drawn.hedged(measure, number_, gold=look.gold), measure)
        traces.append(Trace(name, tone, drawn.spots, values, dash))  # type: ignore[arg-type]
    return tuple(traces)


def _capped(values: Floats, measure: Measure) -> Floats:
    """An LTV without what is far off the chart."""
    import numpy as np  # noqa: PLC0415

    return np.where(values > WORST_SHOWN, np.nan, values) if measure.value == LTV else values


def _handles(draft: Draft) -> tuple[list[int], tuple[Handle, ...]]:
    """The strikes that can be dragged, and the numbers of their legs."""
    from vaultdesk.core.hedge.draft import strikes_of  # noqa: PLC0415 (NumPy)

    low, high = _range(draft)
    numbers, handles = [], []
    for place, leg in enumerate(draft.sheet.position.legs if draft.sheet else ()):
        at = float(leg.listed.strike)
        if low <= at <= high:
            snaps = tuple(float(one) for one in strikes_of(draft.config, leg))
            inside = tuple(one for one in snaps if low <= one <= high)
            numbers.append(place)
            handles.append(Handle(leg_words(leg.listed, leg.contracts), at, "accent", inside))
    return numbers, tuple(handles)


def _axis(draft: Draft, measure: Measure) -> Axis:
    if measure.value == LTV:
        return Axis("LTV", lambda value: percent(value, 0))
    currency = draft.config.portfolio.terms.currency
    return Axis(f"{WORDS[measure.value]}, {currency}", lambda value: number(value, 0))


def _limits(draft: Draft, measure: Measure) -> tuple[Limit, ...]:
    if measure.value != LTV:
        return (Limit("0", 0.0, "muted"),)
    terms = draft.config.portfolio.terms
    return (
        Limit(
            tr("call {call_ltv}").format(call_ltv=percent(terms.call_ltv, 0)),
            float(terms.call_ltv),
            "warning",
        ),
        Limit(
            tr("close-out {closeout_ltv}").format(closeout_ltv=percent(terms.closeout_ltv, 0)),
            float(terms.closeout_ltv),
            "down",
        ),
    )


def _marks(draft: Draft) -> tuple[Mark, ...]:
    config = draft.config
    marks = [
        Mark(
            tr("now {spot_price}").format(spot_price=number(config.spot_price)),
            float(config.spot_price),
            "text",
        )
    ]
    call = config.portfolio.call_price
    if call is not None:
        marks.append(Mark(tr("call {call}").format(call=number(call)), float(call), "warning"))
    return tuple(marks)


def _range(draft: Draft) -> tuple[float, float]:
    assert draft.curves is not None  # noqa: S101 - asked while there are
    spots = draft.curves.spots
    return float(spots[0]), float(spots[-1])
