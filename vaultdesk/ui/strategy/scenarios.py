"""What a hedge does for the loan at some moves of gold, a row each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from vaultdesk.core.calendar import trading_date
from vaultdesk.ui.format import MISSING, dated, number, percent, signed, signed_percent
from vaultdesk.ui.panel import named
from vaultdesk.ui.readout import label, say, sentence
from vaultdesk.ui.strategy.words import SMILE_WORDS
from vaultdesk.ui.tables.model import Column, TableModel
from vaultdesk.ui.tables.view import Table
from vaultdesk.ui.translation import tr

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
        return tr("✓ avoided")
    return tr("✕ call") if one.call_triggered else tr("no call")


def _verdict_tone(row: Row) -> str:
    one = row.scenario
    return "up" if one.call_avoided else "down" if one.call_triggered else "text"


def _money(pick: Callable[[Scenario], Decimal]) -> Callable[[Row], str]:
    return lambda row: number(pick(row.scenario), 0)


def _ltv(pick: Callable[[Scenario], Decimal | None]) -> Callable[[Row], str]:
    return lambda row: percent(pick(row.scenario))


COLUMNS: tuple[Column[Row], ...] = (
    Column("change", tr("Gold"), "", lambda r: signed_percent(r.scenario.change, 0), sample="-40 %",
           meaning=tr("Relative move from now"),
           ground=lambda r: "" if r.scenario.change else "now"),
    Column("spot", tr("Price"), "$", lambda r: number(r.scenario.spot), sample="000.00", rank=1,
           meaning=tr("Of a share then")),
    Column("unhedged", tr("LTV without"), "", _ltv(lambda s: s.unhedged_ltv), sample="000.0 %",
           tone=lambda r: "down" if r.scenario.call_triggered else "text",
           meaning=tr("The bank's without the hedge")),
    Column("hedged", tr("LTV with"), "", _ltv(lambda s: s.hedged_ltv), sample="000.0 %",
           tone=_verdict_tone, meaning=tr("The bank's with the hedge, its payoff used as chosen")),
    Column("call", tr("Margin call"), "", _verdict, sample="✓ avoided", align=LEFT,
           tone=_verdict_tone,
           meaning=tr("Whether the lender calls, and whether the hedge avoids it")),
    Column("economic", tr("LTV economic"), "", _ltv(lambda s: s.economic_ltv), sample="000.0 %",
           rank=5,
           meaning=tr("Loan by gold and options, whoever holds them")),
    Column("utilisation", tr("Utilisation"), "", _ltv(lambda s: s.utilisation), sample="000.0 %",
           rank=8, meaning=tr("The hedged loan by the lending value")),
    Column("payoff", tr("Payoff"), "", _money(lambda s: s.payoff), sample="-0,000,000", rank=1,
           meaning=tr("What the options are worth then")),
    Column("intrinsic", tr("Intrinsic"), "", _money(lambda s: s.intrinsic), sample="-0,000,000",
           rank=6,
           meaning=tr("Of it what exercising would bring")),
    Column("after_spread", tr("After spread"), "", _money(lambda s: s.after_spread),
           sample="-0,000,000", rank=7,
           meaning=tr("What selling the options brings if spreads stay as they are")),
    Column("cost", tr("Cost"), "", _money(lambda s: s.cost), sample="-000,000", rank=4,
           meaning=tr("At natural price with commission")),
    Column("net", tr("Net value"), "", _money(lambda s: s.net_value), sample="-0,000,000", rank=3,
           meaning=tr("Gold and payoff less cost")),
    Column("equity", tr("Equity"), "", _money(lambda s: s.equity), sample="-0,000,000", rank=2,
           meaning=tr("The same less the loan")),
    Column("cure", tr("Cure"), "", _money(lambda s: s.cure), sample="0,000,000", rank=2,
           meaning=tr("Cash that brings the hedged LTV back to its target")),
)  # fmt: skip
GROUNDS = {"now": ("accent", 0.18)}


class ScenarioTable(QWidget):
    """Headed by the day that the rows are for."""

    def __init__(self) -> None:
        super().__init__()
        self._model = TableModel[Row](COLUMNS)
        self.table = named(
            Table(self._model, GROUNDS), "strategy.scenarios", tr("The loan at some moves of gold")
        )
        self.table.setAccessibleName(tr("Scenarios"))
        self.table.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        title = label(role="section")
        title.setText(tr("Scenarios"))
        self.when = sentence("strategy.scenarios.when", tr("Which day and volatility they are for"))
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
        when = (
            tr("When the protection ends")
            if ends
            else tr("Today")
            if not draft.day
            else tr("On the way")
        )
        on = trading_date(draft.config.at) + timedelta(draft.day)
        parts = [
            tr("{when}, {on} after {day} d").format(when=when, on=dated(on), day=draft.day),
            SMILE_WORDS[draft.config.rules.smile],
        ]
        parts += [tr("volatilities {vol_pts} pts").format(vol_pts=signed(draft.vol_pts, 0))] * bool(
            draft.vol_pts
        )
        parts.append(
            tr("amounts in {currency}").format(currency=draft.config.portfolio.terms.currency)
        )
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
