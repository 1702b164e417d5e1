"""The form of a policy to roll through history: a row of choices that becomes a wish."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, QSize, Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFileDialog,
    QGridLayout,
    QLabel,
    QLayout,
    QSpinBox,
    QWidget,
)

from vaultdesk.core.hedge.rolling.policy import LONGEST, RollPolicy, Rung
from vaultdesk.services.hedge_history import RollWish
from vaultdesk.ui.compare.use import LEAST_CHARACTERS, UseChoice
from vaultdesk.ui.panel import named
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from vaultdesk.services.hedge_history import HedgeHistoryService

DESK, PUT, LADDER, SPREAD, COLLAR, BOTH = (
    tr("Hedge on the desk"),
    tr("Put"),
    tr("Ladder of two puts"),
    tr("Put spread"),
    tr("Collar"),
    tr("Put-spread collar"),
)
KINDS = (PUT, LADDER, SPREAD, COLLAR, BOTH, DESK)
LOWER_USED, CALL_USED = (LADDER, SPREAD, BOTH), (COLLAR, BOTH)
EVERY = {
    tr("every month"): 1,
    tr("every 3 months"): 3,
    tr("every 6 months"): 6,
    tr("every year"): 12,
}
FEED, FILE = tr("Feed's closes"), tr("CSV file…")
FIELD_WIDTH, NARROW = 225, 112
"""Pixels that a label and its field take, and the least that a field does."""


class RollForm(QWidget):
    """Fields, and the wish that they amount to."""

    def __init__(self, history: HedgeHistoryService) -> None:
        super().__init__()
        self._history = history
        self._file: Path | None = None
        self.kind = _choice("whatif.roll_kind", tr("What is bought"), KINDS)
        self.put = _percent("whatif.roll_put", tr("Strike of the put, in per cent of spot"), 95)
        self.second = _percent(
            "whatif.roll_second", tr("Strike of the second put, or of that sold"), 85
        )
        self.call = _percent("whatif.roll_call", tr("Strike of the call that is sold"), 110)
        self.days = _number("whatif.roll_days", tr("Days to expiry when bought"), (7, LONGEST), 90)
        self.left = _number(
            "whatif.roll_left", tr("Days before expiry at which it is rolled"), (0, 365), 0
        )
        self.use = UseChoice("whatif.roll_use")
        self.drawn = named(
            QCheckBox(tr("Premium &drawn")),
            "whatif.roll_drawn",
            tr("The premium is drawn on the loan, instead of paid by money from elsewhere"),
        )
        self.drawn.setToolTip(self.drawn.accessibleDescription())
        self.months = _number("whatif.roll_months", tr("How long each window is"), (1, 120), 12)
        self.every = _choice("whatif.roll_every", tr("How often a window begins"), tuple(EVERY))
        self.ltv = _number("whatif.roll_ltv", tr("LTV at which each window begins"), (0, 95), 0)
        self.ltv.setSpecialValueText(tr("today's"))
        self.premium = named(
            QDoubleSpinBox(), "whatif.roll_premium", tr("Volatility by realised one")
        )
        self.prices = _choice(
            "whatif.roll_prices", tr("Which daily closes are gone by"), (FEED, FILE)
        )
        self.premium.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._dress()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        self._columns = 0
        self._rows = self._labelled()
        self.kind.currentTextChanged.connect(lambda _text: self._allow())
        self.prices.activated.connect(lambda _index: self._ask_file())
        self._allow()

    def wish(self) -> RollWish:
        """What the fields ask for.

        Raises:
            PolicyError: they contradict each other.
            InputError: the hedge on the desk cannot be rolled.
        """
        ltv = self.ltv.value()
        return RollWish(
            policy=self._policy(),
            model=replace(self._history.model, premium=self.premium.value()),
            months=self.months.value(),
            every=EVERY[self.every.currentText()],
            start_ltv=Decimal(ltv) / 100 if ltv else None,
            file=self._file,
        )

    def use_file(self, path: Path | None) -> None:
        """Go by the closes of this file; None goes by the feed's."""
        self._file = path
        with QSignalBlocker(self.prices):
            self.prices.clear()
            self.prices.addItems([FEED, *([path.name] if path else []), FILE])
            self.prices.setCurrentIndex(1 if path else 0)
        self.prices.setToolTip(
            str(path) if path else tr("Daily closes of the symbol from the feed")
        )

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """As narrow as one column: the fields stand in as many as there is room for."""
        return QSize(FIELD_WIDTH, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Another width may have room for another number of columns."""
        super().resizeEvent(event)
        self._arrange(max(self.width() // FIELD_WIDTH, 1))

    def _policy(self) -> RollPolicy:
        kind = self.kind.currentText()
        second = Decimal(self.second.value()) / 100
        puts = (Rung(Decimal(self.put.value()) / 100), *((Rung(second),) if kind == LADDER else ()))
        policy = RollPolicy(
            puts=puts,
            lower=second if kind in (SPREAD, BOTH) else None,
            call=Decimal(self.call.value()) / 100 if kind in CALL_USED else None,
            days=self.days.value(),
            roll_at=self.left.value(),
            use=self.use.use(),
            drawn=self.drawn.isChecked(),
        )
        return self._history.desk_policy(policy) if kind == DESK else policy

    def _allow(self) -> None:
        """Let only those fields be used that say something."""
        kind = self.kind.currentText()
        for field in (self.put, self.days):
            field.setEnabled(kind != DESK)
        self.second.setEnabled(kind in LOWER_USED)
        self.call.setEnabled(kind in CALL_USED)

    def _ask_file(self) -> None:
        text = self.prices.currentText()
        if text == FEED:
            self.use_file(None)
        if text != FILE:
            return
        self.use_file(self._file)  # until another one is chosen
        dialog = named(QFileDialog(self, tr("Daily closes")), "whatif.roll_prices.dialog")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([tr("CSV (*.csv *.txt)"), tr("All files (*)")])
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda name: self.use_file(Path(name)))
        dialog.open()

    def _dress(self) -> None:
        self.days.setSuffix(tr(" days"))
        self.left.setSuffix(tr(" days"))
        self.left.setSpecialValueText(tr("at expiry"))
        self.months.setSuffix(tr(" months"))
        self.ltv.setSuffix(" %")
        self.premium.setRange(0.5, 3.0)
        self.premium.setSingleStep(0.05)
        self.premium.setValue(self._history.model.premium)
        self.premium.setSuffix(tr(" times realised"))

    def _labelled(self) -> list[tuple[QLabel | None, QWidget]]:
        rows: list[tuple[str, QWidget]] = [
            (tr("Policy"), self.kind),
            (tr("Put"), self.put),
            (tr("Second put"), self.second),
            (tr("Call sold"), self.call),
            (tr("To expiry"), self.days),
            (tr("Rolled before"), self.left),
            (tr("Payoff"), self.use),
            ("", self.drawn),
            (tr("Window"), self.months),
            (tr("Begins"), self.every),
            (tr("From LTV"), self.ltv),
            (tr("Volatility"), self.premium),
            (tr("Prices"), self.prices),
        ]
        found: list[tuple[QLabel | None, QWidget]] = []
        for text, field in rows:
            field.setMinimumWidth(NARROW)
            label = QLabel(text) if text else None
            if label is not None:
                label.setBuddy(field)
                field.setAccessibleName(text)
            found.append((label, field))
        return found

    def _arrange(self, columns: int) -> None:
        if columns == self._columns:
            return
        self._columns = columns
        for place, (label, field) in enumerate(self._rows):
            row, column = divmod(place, columns)
            if label is not None:
                self._grid.addWidget(label, row, 2 * column)
            self._grid.addWidget(field, row, 2 * column + 1)
        for column in range(2 * len(self._rows)):
            self._grid.setColumnStretch(column, column % 2 if column < 2 * columns else 0)
        self.updateGeometry()


def _choice(identifier: str, meaning: str, words: tuple[str, ...]) -> QComboBox:
    made = named(QComboBox(), identifier, meaning)
    named(made.view(), f"{identifier}.list", meaning)
    made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    made.setMinimumContentsLength(LEAST_CHARACTERS)
    made.addItems(list(words))
    made.setToolTip(meaning)
    return made


def _number(identifier: str, meaning: str, limits: tuple[int, int], value: int) -> QSpinBox:
    made = named(QSpinBox(), identifier, meaning)
    made.setAlignment(Qt.AlignmentFlag.AlignRight)
    made.setRange(*limits)
    made.setValue(value)
    made.setToolTip(meaning)
    return made


def _percent(identifier: str, meaning: str, value: int) -> QSpinBox:
    made = _number(identifier, meaning, (1, 300), value)
    made.setSuffix(" %")
    return made
