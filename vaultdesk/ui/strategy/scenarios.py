"""What a hedge does for the loan at some moves of gold, a row each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from vaultdesk.core.calendar import trading_date
from vaultdesk.ui.format import MISSING, number, percent, signed_percent
from vaultdesk.ui.panel import named
from vaultdesk.ui.readout import label, say, sentence
from vaultdesk.ui.table import Column, TableModel
from vaultdesk.ui.table_view import Table

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal

    from vaultdesk.core.hedge.draft import Draft
    from vaultdesk.core.hedge.views import Scenario

LEFT = Qt.AlignmentFlag.AlignLeft


@dataclass(frozen=True, slots=True)
class Row:
    """One scenario."""

    scenario: Scenario


def _verdict(row: Row) -> str:
    one = row.scenario
    if one.call_avoided:
        return "✓ avoided"
    return "✕ call" if one.call_triggered else "no call"


def _verdict_tone(row: Row) -> str:
    one = row.scenario
    return "up" if one.call_avoided else "down" if one.call_triggered else "text"


def _money(pick: Callable[[Scenario], Decimal]) -> Callable[[Row], str]:
    return lambda row: number(pick(row.scenario), 0)


def _ltv(pick: Callable[[Scenario], Decimal | None]) -> Callable[[Row], str]:
    return lambda row: percent(pick(row.scenario))


COLUMNS: tuple[Column[Row], ...] = (
    Column("change", "Gold", "", lambda r: signed_percent(r.scenario.change, 0), sample="-40 %",
           meaning="Relative move from now",
           ground=lambda r: "" if r.scenario.change else "now"),
    Column("spot", "Price", "$", lambda r: number(r.scenario.spot), sample="000.00", rank=1,
           meaning="Of a share then"),
    Column("unhedged", "LTV without", "", _ltv(lambda s: s.unhedged_ltv), sample="000.0 %",
           tone=lambda r: "down" if r.scenario.call_triggered else "text",
           meaning="The bank's without the hedge"),
    Column("hedged", "LTV with", "", _ltv(lambda s: s.hedged_ltv), sample="000.0 %",
           tone=_verdict_tone, meaning="The bank's with the hedge, its payoff used as chosen"),
    Column("call", "Margin call", "", _verdict, sample="✓ avoided", align=LEFT,
           tone=_verdict_tone, meaning="Whether the lender calls, and whether the hedge avoids it"),
    Column("economic", "LTV economic", "", _ltv(lambda s: s.economic_ltv), sample="000.0 %", rank=5,
           meaning="Loan by gold and options, whoever holds them"),
    Column("utilisation", "Utilisation", "", _ltv(lambda s: s.utilisation), sample="000.0 %",
           rank=8, meaning="The hedged loan by the lending value"),
    Column("payoff", "Payoff", "", _money(lambda s: s.payoff), sample="-0,000,000", rank=1,
           meaning="What the options are worth then"),
    Column("intrinsic", "Intrinsic", "", _money(lambda s: s.intrinsic), sample="-0,000,000", rank=6,
           meaning="Of it what exercising would bring"),
    Column("after_spread", "After spread", "", _money(lambda s: s.after_spread),
           sample="-0,000,000", rank=7,
           meaning="What selling the options brings if spreads stay as they are"),
    Column("cost", "Cost", "", _money(lambda s: s.cost), sample="-000,000", rank=4,
           meaning="At natural price with commission"),
    Column("net", "Net value", "", _money(lambda s: s.net_value), sample="-0,000,000", rank=3,
           meaning="Gold and payoff less cost"),
    Column("equity", "Equity", "", _money(lambda s: s.equity), sample="-0,000,000", rank=2,
           meaning="The same less the loan"),
    Column("cure", "Cure", "", _money(lambda s: s.cure), sample="0,000,000", rank=2,
           meaning="Cash that brings the hedged LTV back to its target"),
)  # fmt: skip
GROUNDS = {"now": ("accent", 0.18)}


class ScenarioTable(QWidget):
    """Headed by the day that the rows are for."""

    def __init__(self) -> None:
        super().__init__()
        self._model = TableModel[Row](COLUMNS)
        self.table = named(
            Table(self._model, GROUNDS), "strategy.scenarios", "The loan at some moves of gold"
        )
        self.table.setAccessibleName("Scenarios")
        self.table.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        title = label(role="section")
        title.setText("Scenarios")
        self.when = sentence("strategy.scenarios.when", "Which day and volatility they are for")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for widget in (title, self.when, self.table):
            column.addWidget(widget)

    def show_draft(self, draft: Draft | None) -> None:
        """Show its scenarios; without any, none."""
        rows = () if draft is None else draft.scenarios
        self._model.change_rows([Row(one) for one in rows])
        self._fit()
        if draft is None or draft.sheet is None:
            say(self.when, MISSING)
            return
        ends = draft.day >= draft.sheet.cost.days
        when = "When the protection ends" if ends else "Today" if not draft.day else "On the way"
        on = trading_date(draft.config.at) + timedelta(draft.day)
        parts = [f"{when}, {on} after {draft.day} d", draft.config.rules.smile.value]
        parts += [f"volatilities {draft.vol_pts:+.0f} pts"] * bool(draft.vol_pts)
        parts.append(f"amounts in {draft.config.portfolio.terms.currency}")
        say(self.when, " · ".join(parts))

    def recolour(self) -> None:
        """Take the colours of the current theme."""
        self.table.recolour()
        self._fit()

    def retire(self) -> None:
        """Repaint nothing more."""
        self.table.retire()

    def _fit(self) -> None:
        self.table.fit()
        self.table.setFixedHeight(self.table.height_of(max(len(self._model.rows), 1)))
