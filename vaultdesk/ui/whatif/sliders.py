"""The controls of a stress: a slider for each assumption, the smile rule, back, and all back."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from vaultdesk.core.hedge.stress import inputs as limits
from vaultdesk.core.hedge.stress.inputs import Stress
from vaultdesk.core.hedge.vocabulary import SmileRule
from vaultdesk.ui.format import in_percent, signed, ungrouped
from vaultdesk.ui.panel import named
from vaultdesk.ui.readout import label
from vaultdesk.ui.slider_row import TITLE_WIDTH, SliderRow, typed_number
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from vaultdesk.ui.slider_row import Written

HUNDRED = 100
REMEMBERED = 50
"""Moves that can be taken back."""
SMILES = {
    SmileRule.STRIKE: tr("Sticky strike"),
    SmileRule.MONEYNESS: tr("Sticky moneyness"),
    SmileRule.DELTA: tr("Sticky delta"),
}
RULES = {
    SmileRule.STRIKE: tr("Each contract keeps its volatility when gold moves."),
    SmileRule.MONEYNESS: tr(
        "The smile moves with the price: a contract takes the volatility of its "
        "strike relative to the forward."
    ),
    SmileRule.DELTA: tr(
        "The smile moves with the price and narrows as time passes: an option of "
        "the same delta keeps its volatility."
    ),
}


def moved(value: Decimal) -> str:
    """A move in per cent."""
    return f"{signed(value, 0)} %"


def points(value: Decimal) -> str:
    """Points of volatility."""
    return tr("{signed} pts").format(signed=signed(value, 0))


def days(value: Decimal) -> str:
    """Calendar days from now."""
    return f"{ungrouped(value)} d"


def level(value: Decimal) -> str:
    """A level in per cent."""
    return in_percent(value, 0)


class WhatIfSliders(QWidget):
    """Gives a `Stress`; what one control does until another is touched counts as one move.

    The smile rule is the one hedges are decided by until another is chosen here.
    """

    changed = Signal(object)
    """The new Stress."""

    def __init__(self, smile: SmileRule) -> None:
        super().__init__()
        self._neutral = self._now = Stress(smile=smile)
        self._past: list[Stress] = []
        self._last: QWidget | None = None
        self._quiet = False
        self.gold = self._row("gold", tr("Gold"), limits.LEAST_GOLD, limits.MOST_GOLD, moved)
        self.days = self._row("days", tr("Days"), 0, limits.YEAR_AHEAD, days)
        self.vol = self._row("vol", tr("Volatility"), limits.LEAST_VOL, limits.MOST_VOL, points)
        self.fx = self._row("fx", tr("Currency"), limits.LEAST_FX, limits.MOST_FX, moved)
        ends = limits.LEAST_ADVANCE, limits.MOST_ADVANCE
        self.advance = self._row("advance", tr("Advance rate"), *ends, level)
        self.smile = named(QComboBox(), "whatif.smile", tr("How volatilities move with the price"))
        self.smile.setAccessibleName(tr("Smile rule"))
        for rule, meaning in RULES.items():
            self.smile.addItem(SMILES[rule], rule)
            self.smile.setItemData(self.smile.count() - 1, meaning, Qt.ItemDataRole.ToolTipRole)
        self.undo = named(
            QPushButton(tr("U&ndo")), "whatif.undo", tr("Take back the last move (Ctrl+Z)")
        )
        self.reset = named(
            QPushButton(tr("&Reset")), "whatif.reset", tr("Put everything back to today")
        )
        self._arrange()
        self._show(self._now)
        self.smile.currentIndexChanged.connect(lambda _index: self._touched(self.smile))
        self.undo.clicked.connect(lambda _checked: self.take_back())
        self.reset.clicked.connect(lambda _checked: self.clear())

    def stress(self) -> Stress:
        """What is assumed now."""
        return self._now

    def clear(self) -> None:
        """Assume today; can be taken back."""
        if self._now != self._neutral:
            self._remember()
            self._take(self._neutral)

    def take_back(self) -> None:
        """Undo the last move."""
        if self._past:
            self._take(self._past.pop())

    def assume(self, stress: Stress) -> None:
        """Go to another stress, as near as the controls can stand; can be taken back."""
        self._show(replace(stress, fx=Decimal(0)) if self.fx.isHidden() else stress)
        near = self._read()
        if near != self._now:
            self._remember()
            self._take(near)

    def fit(self, last_day: int, currency: str, advance: Decimal) -> None:
        """Look ahead so many days; move this currency, if any; the terms advance so many per cent.

        What was assumed stays, as far as it still can be.
        """
        if self.days.slider.maximum() != last_day:
            self._look_ahead(last_day)
        self.fx.setVisible(bool(currency))
        self.fx.setToolTip(tr("Move of {currency}").format(currency=currency))
        if advance != self.advance.default:
            self.advance.default = advance
            self._show(self._now)
        fitted = replace(self._now, days=min(self._now.days, last_day))
        fitted = fitted if currency else replace(fitted, fx=Decimal(0))
        if fitted != self._now:
            self._take(fitted)

    def _look_ahead(self, last_day: int) -> None:
        """The row for days has another range."""
        old = self.days
        self.days = self._row("days", tr("Days"), 0, last_day, days)
        self.days.set_value(min(Decimal(self._now.days), Decimal(last_day)))
        self._column.replaceWidget(old, self.days)
        QWidget.setTabOrder(self.gold.field, self.days.slider)
        QWidget.setTabOrder(self.days.slider, self.days.field)
        QWidget.setTabOrder(self.days.field, self.vol.slider)
        old.setParent(None)  # or two sliders would have one name until it is gone
        old.deleteLater()

    def _row(self, name: str, title: str, low: int, high: int, text: Written) -> SliderRow:
        row = SliderRow(
            f"whatif.{name}",
            title,
            Decimal(low),
            Decimal(high),
            Decimal(1),
            Decimal(0),
            text,
            meaning=MEANINGS[name],
            read=typed_number,
        )
        row.changed.connect(lambda _value: self._touched(row))
        row.slider.sliderReleased.connect(self._let_go)
        return row

    def _arrange(self) -> None:
        caption = label(role="muted")
        caption.setText(tr("Smile rule"))
        caption.setBuddy(self.smile)
        caption.setMinimumWidth(TITLE_WIDTH)
        foot = QHBoxLayout()
        foot.setSpacing(10)
        foot.addWidget(caption)
        foot.addWidget(self.smile, 1)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.undo)
        buttons.addWidget(self.reset)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        for row in (self.gold, self.days, self.vol, self.fx, self.advance):
            self._column.addWidget(row)
        self._column.addLayout(foot)
        self._column.addLayout(buttons)

    def _touched(self, control: QWidget) -> None:
        if self._quiet:
            return
        if control is not self._last:
            self._remember()
            self._last = control
        self._now = self._read()
        self._offer()
        self.changed.emit(self._now)

    def _let_go(self) -> None:
        """The next move is another one, of the same slider too."""
        self._last = None

    def _remember(self) -> None:
        self._past = [*self._past[1 - REMEMBERED :], self._now]

    def _take(self, stress: Stress) -> None:
        self._now, self._last = stress, None
        self._show(stress)
        self.changed.emit(stress)

    def _read(self) -> Stress:
        lent = self.advance.value()
        return Stress(
            gold=self.gold.value() / HUNDRED,
            days=int(self.days.value()),
            vol_pts=self.vol.value(),
            fx=self.fx.value() / HUNDRED,
            advance=None if lent == self.advance.default else lent / HUNDRED,
            smile=SmileRule(self.smile.currentData()),
        )

    def _show(self, stress: Stress) -> None:
        self._quiet = True
        self.gold.set_value(HUNDRED * stress.gold)
        self.days.set_value(Decimal(stress.days))
        self.vol.set_value(stress.vol_pts)
        self.fx.set_value(HUNDRED * stress.fx)
        lent = stress.advance
        self.advance.set_value(self.advance.default if lent is None else HUNDRED * lent)
        self.smile.setCurrentIndex(list(RULES).index(stress.smile))
        self._quiet = False
        self._offer()

    def _offer(self) -> None:
        self.undo.setEnabled(bool(self._past))
        self.reset.setEnabled(self._now != self._neutral)


MEANINGS = {
    "gold": tr("How much gold moves from its price now"),
    "days": tr("How many days from now it is looked at"),
    "vol": tr("Points added to the volatility of every option"),
    "fx": tr("How much the foreign currency moves against the facility's"),
    "advance": tr("What the bank lends on gold, per cent of its value; it moves the utilisation"),
}
"""What each slider is for."""
