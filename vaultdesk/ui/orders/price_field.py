"""The field of a limit: a price without a sign that is stepped by ticks."""

from __future__ import annotations

from decimal import Decimal

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtGui import QValidator

from vaultdesk.ui import reading
from vaultdesk.ui.format import price
from vaultdesk.ui.strategy.fields import Whole

PARTS = 10_000
"""Of one unit of price: Qt's field counts whole numbers, and no tick is finer."""
MARKET = -1
"""Stands for no limit at all."""
MOST = 200_000 * PARTS


class PriceField(Whole):
    """Tells `valueChanged` as a spin box does; `price()` is what it stands at.

    An emptied field is a market order where those are allowed, and goes back to what it was where
    they are not.
    """

    step_asked = Signal(int)
    """So many ticks up, negative down: which price that is depends on the contract."""

    def __init__(self, identifier: str, meaning: str) -> None:
        super().__init__(identifier, meaning, 0, MOST)
        self._market = False

    def allow_market(self, allowed: bool) -> None:
        """Whether it may be empty."""
        self._market = allowed

    def price(self) -> Decimal | None:
        """The price shown; None for a market order."""
        return None if self.value() == MARKET else Decimal(self.value()) / PARTS

    def show_price(self, shown: Decimal | None) -> None:
        """Show a price without telling it; None for a market order."""
        least = MARKET if self._market or shown is None else 0
        with QSignalBlocker(self):
            self.setMinimum(least)
            self.setValue(MARKET if shown is None else int(abs(shown) * PARTS))

    def stepBy(self, steps: int) -> None:  # noqa: N802
        """What was typed counts first; the next price one may trade at is the order's to say."""
        self.interpretText()
        self.step_asked.emit(steps)

    def textFromValue(self, value: int) -> str:  # noqa: N802
        """As every price on the desk is printed."""
        return "" if value == MARKET else price(Decimal(value) / PARTS)

    def valueFromText(self, text: str) -> int:  # noqa: N802
        """What was typed, in parts."""
        return self.value() if (read := self._read(text)) is None else read

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """Whatever is no price yet may become one; Qt brings the old one back otherwise."""
        states = QValidator.State
        fine = self._read(text) is not None
        return (states.Acceptable if fine else states.Intermediate, text, position)

    def fixup(self, _text: str) -> str:
        """What cannot be read leaves the price as it was."""
        return self.textFromValue(self.value())

    def _read(self, text: str) -> int | None:
        if not text.strip():
            return MARKET if self._market else None
        try:
            read = int(reading.amount(text) * PARTS)
        except reading.Unreadable:
            return None
        return read if 0 <= read <= MOST else None
