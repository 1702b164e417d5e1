"""The cost of a hedge and what it protects, in whole contracts and before rounding to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from vaultdesk.core.money import rounded
from vaultdesk.ui import theme
from vaultdesk.ui.format import MISSING, dated, number, percent, signed_percent, units
from vaultdesk.ui.readout import SEMIBOLD, label, say
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from decimal import Decimal
    from typing import Any

    from vaultdesk.core.hedge.building import Sheet
    from vaultdesk.core.hedge.views import Cost, Protection

RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class Fact(NamedTuple):
    """A row: the end of its identifier, its caption, its meaning, how it is written."""

    name: str
    caption: str
    meaning: str
    text: Callable[[Any], str]


def _cash(pick: Callable[[Any], Decimal | None]) -> Callable[[Any], str]:
    return lambda view: number(pick(view))


def _share(pick: Callable[[Any], Decimal | float | None]) -> Callable[[Any], str]:
    return lambda view: percent(pick(view), 2)


def _worst_at(view: Protection) -> str:
    when = tr("after {worst_day} d").format(worst_day=view.worst_day) if view.worst_day else "now"
    return f"{signed_percent(view.worst_move, 0)} {when}"


def _kept(view: Protection) -> str:
    if view.buffer_kept is None:
        return MISSING
    return tr("✓ yes") if view.buffer_kept else tr("✕ no")


COST = (
    Fact("premium", tr("Natural price"), tr("Premium: the ask to buy, the bid to sell"),
         _cash(lambda c: c.premium)),
    Fact("at_mid", tr("At mid"), tr("Premium if every leg traded half-way between bid and ask"),
         _cash(lambda c: c.at_mid)),
    Fact("saving", tr("Saved at mid"), tr("Natural price less mid: what patience may save"),
         _cash(lambda c: c.spread_cost)),
    Fact("at_ask", tr("At ask"), tr("Premium if every leg traded at its ask"),
         _cash(lambda c: c.at_ask)),
    Fact("commission", tr("Commission"), tr("On opening all legs"), _cash(lambda c: c.commission)),
    Fact("total", tr("Total"), tr("Natural price and commission; negative is received"),
         _cash(lambda c: c.total)),
    Fact("per_share", tr("Per share"),
         tr("Premium for each share protected, in the options' currency"),
         lambda c: number(c.per_share)),
    Fact("annualised", tr("A year"), tr("Total by its days, times 365"),
         _cash(lambda c: c.annualised)),
    Fact("of_portfolio", tr("Of the pledge"), tr("Total by the market value of what is pledged"),
         _share(lambda c: c.of_portfolio)),
    Fact("financing", tr("Financing"),
         tr("Interest on the total at the loan's rate until protection ends"),
         _cash(lambda c: c.financing)),
    Fact("break_even", tr("Break-even"), tr("Rise of gold that earns the total back"),
         lambda c: signed_percent(c.break_even)),
    Fact("pays_below", tr("Pays below"),
         tr("At expiry the options pay more than they cost below this"),
         lambda c: number(c.pays_below)),
)  # fmt: skip

PROTECTION = (
    Fact("threshold", tr("Call price"), tr("The price at which the lender calls without a hedge"),
         lambda p: number(p.threshold_price)),
    Fact("payoff", tr("Payoff then"), tr("Of all legs at expiry"),
         _cash(lambda p: p.payoff_at_threshold)),
    Fact("hedged", tr("Hedged LTV"), tr("The bank's LTV at that price"),
         _share(lambda p: p.hedged_ltv)),
    Fact("economic", tr("Economic LTV"), tr("Loan by gold and options there, whoever holds them"),
         _share(lambda p: p.economic_ltv)),
    Fact("kept", tr("Buffer kept"), tr("Whether the hedged LTV is below the call level there"),
         _kept),
    Fact("floor", tr("Floor"), tr("The least that gold and options are worth at expiry"),
         _cash(lambda p: p.floor_value)),
    Fact("until", tr("Lasts until"), tr("The last day on which all of the protection is there"),
         lambda p: dated(p.guaranteed_until)),
    Fact("protected", tr("Protected"), tr("Shares that the puts bought cover"),
         lambda p: _few(p.protected_units)),
    Fact("unprotected", tr("Unprotected"), tr("The rest, which no whole contract covers"),
         lambda p: _few(p.unprotected_units)),
    Fact("worst", tr("Worst LTV"),
         tr("Highest hedged LTV at any fall looked at, on any day till the end"),
         _share(lambda p: p.worst_ltv)),
    Fact("worst_at", tr("It is at"), tr("The move and the day of the worst LTV"), _worst_at),
    Fact("worst_unhedged", tr("Without hedge"), tr("The same without it"),
         _share(lambda p: p.worst_unhedged)),
)  # fmt: skip


def _few(value: Decimal) -> str:
    return tr("{rounded} sh").format(rounded=units(rounded(value, 2)))


class FactTable(QWidget):
    """A heading, and rows of a caption, the value of whole contracts and the one before."""

    def __init__(self, area: str, title: str, facts: Sequence[Fact]) -> None:
        super().__init__()
        self._facts = facts
        self.whole: dict[str, QLabel] = {}
        self.exact: dict[str, QLabel] = {}
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(3)
        grid.setColumnStretch(1, 1)
        self._exact_head = _small(tr("unrounded"))
        grid.addWidget(_small(tr("whole")), 0, 1, RIGHT)
        grid.addWidget(self._exact_head, 0, 2, RIGHT)
        for row, fact in enumerate(facts, start=1):
            self._add(grid, row, area, fact)
        self._title = title
        self._heading = label(role="section")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._heading)
        column.addLayout(grid)

    def show_views(self, whole: Cost | Protection, exact: Cost | Protection, currency: str) -> None:
        """Write them; what rounding does not change stands once."""
        say(self._heading, f"{self._title}, {currency}")
        different = False
        for fact in self._facts:
            text, before = fact.text(whole), fact.text(exact)
            say(self.whole[fact.name], text)
            say(self.exact[fact.name], before if before != text else "")
            different |= before != text
        self._show_exact(different)

    def show_nothing(self) -> None:
        """There is no hedge."""
        say(self._heading, self._title)
        for fact in self._facts:
            say(self.whole[fact.name], MISSING)
        self._show_exact(False)

    def _show_exact(self, shown: bool) -> None:
        for one in (self._exact_head, *self.exact.values()):
            one.setVisible(shown)

    def _add(self, grid: QGridLayout, row: int, area: str, fact: Fact) -> None:
        caption = label(role="muted")
        caption.setText(fact.caption)
        caption.setToolTip(fact.meaning)
        value = label(f"{area}.{fact.name}", fact.meaning)
        value.setToolTip(fact.meaning)
        value.setFont(theme.ui_font(theme.UI_POINTS, SEMIBOLD))
        exact = label(
            f"{area}.{fact.name}.exact",
            tr("{meaning}, before rounding").format(meaning=fact.meaning),
            "muted",
        )
        for place, widget in enumerate((caption, value, exact)):
            widget.setAlignment(RIGHT if place else Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(widget, row, place)
        self.whole[fact.name], self.exact[fact.name] = value, exact


class FactSheet(QWidget):
    """Both blocks."""

    def __init__(self) -> None:
        super().__init__()
        self.cost = FactTable("strategy.cost", tr("Cost"), COST)
        self.protection = FactTable("strategy.protection", tr("Protection"), PROTECTION)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.cost)
        column.addWidget(self.protection)

    def show_sheet(self, sheet: Sheet | None, currency: str) -> None:
        """Show the views of a hedge; None for none."""
        if sheet is None:
            self.cost.show_nothing()
            self.protection.show_nothing()
            return
        self.cost.show_views(sheet.cost, sheet.exact_cost, currency)
        self.protection.show_views(sheet.protection, sheet.exact_protection, currency)


def _small(text: str) -> QLabel:
    made = label(role="muted")
    made.setText(text)
    made.setFont(theme.ui_font(8.5))
    return made
