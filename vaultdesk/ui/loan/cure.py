"""What would bring the LTV back: repaying, pledging more or selling, to a level one chooses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from vaultdesk.ui import reading, theme
from vaultdesk.ui.format import MISSING, money, percent, whole_units
from vaultdesk.ui.loan.fields import level
from vaultdesk.ui.panel import named
from vaultdesk.ui.readout import Figures, label, say
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from decimal import Decimal

    from vaultdesk.core.loan.cure import Cure
    from vaultdesk.core.loan.state import LoanState

MEANING = tr("The LTV a cure aims at; empty for ten points below the call")
REFUSED = tr("Type an LTV between 0 % and 100 %, such as 65 %, or leave it empty.")
HOPELESS = tr("More is owed than everything pledged is worth: selling it all would not do.")


class LoanCure(QWidget):
    """The field with the target, and three rows: each way alone brings the LTV there."""

    aimed = Signal(object)
    """The LTV to aim at as a Decimal, or None for the usual one."""

    def __init__(self) -> None:
        super().__init__()
        self._aim = ""
        self.target = named(QLineEdit(), "loan.cure_target", MEANING)
        self.target.setFixedWidth(70)
        self.target.setToolTip(MEANING)
        self.target.editingFinished.connect(self._typed)
        caption = label()
        caption.setText(tr("&Cure to an LTV of"))
        caption.setBuddy(self.target)
        top = QHBoxLayout()
        top.addWidget(caption)
        top.addStretch(1)
        top.addWidget(self.target)
        rows = Figures()
        _, self._repay = rows.row(
            tr("repay"), "loan.cure_repay", tr("Cash that brings the LTV to the target")
        )
        self._or_pledge, self._pledge = rows.row(
            tr("or pledge"),
            "loan.cure_pledge",
            tr("Value of more of the same that does it instead"),
        )
        self._or_sell, self._sell = rows.row(
            tr("or sell"), "loan.cure_sell", tr("What is sold and repaid with the proceeds instead")
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(top)
        column.addLayout(rows)

    def show_state(self, state: LoanState, *, chosen: bool) -> None:
        """The cure at one moment; `chosen` says whether the target is the user's own."""
        cure, terms = state.cure, state.terms
        self._show_target(cure.target, chosen=chosen)
        say(self._or_pledge, _captioned(tr("or pledge"), cure, cure.pledge_units, terms.symbol))
        say(self._or_sell, _captioned(tr("or sell"), cure, cure.sell_units, terms.symbol))
        ways = (self._repay, cure.repay), (self._pledge, cure.pledge), (self._sell, cure.sell)
        for figure, amount in ways:
            if not cure.repay and not cure.pledge:
                hint = tr("The LTV is at or below {target}.").format(target=percent(cure.target))
                say(figure, tr("not needed"), hint=hint)
            else:
                say(figure, money(amount, terms.currency), hint="" if amount else HOPELESS)

    def show_problem(self, why: str) -> None:
        """No price: nothing can be said."""
        say(self._or_pledge, tr("or pledge"))
        say(self._or_sell, tr("or sell"))
        for figure in (self._repay, self._pledge, self._sell):
            say(figure, MISSING, hint=why)

    def _show_target(self, target: Decimal, *, chosen: bool) -> None:
        self.target.setPlaceholderText(level(target))
        if not self.target.isModified():
            self._aim = level(target) if chosen else ""
            if self.target.text() != self._aim:
                self.target.setText(self._aim)

    def _typed(self) -> None:
        if not self.target.isModified():
            return
        try:
            wanted = reading.level(self.target.text()) if self.target.text().strip() else None
        except reading.Unreadable as fault:
            self._refuse(str(fault))
            return
        if wanted is not None and not 0 < wanted < 1:
            self._refuse(REFUSED)
            return
        self.target.setModified(False)
        self._refuse("")
        self.aimed.emit(wanted)

    def _refuse(self, why: str) -> None:
        theme.role(self.target, "wrong" if why else "")
        self.target.setToolTip(why or MEANING)
        self.target.setAccessibleDescription(why or MEANING)


def _captioned(words: str, cure: Cure, units: Decimal | None, symbol: str) -> str:
    if not units or not (cure.repay or cure.pledge):
        return words
    return f"{words} {whole_units(units)} {symbol}"
