"""What a preview says: prices and why, cost, margin, the loan afterwards, and what to beware of."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from vaultdesk.core.orders.totals import totals
from vaultdesk.ui import theme
from vaultdesk.ui.format import MISSING, dated, local_time, money, number, percent, price
from vaultdesk.ui.orders.words import NOT_GIVEN, given, net
from vaultdesk.ui.panel import named
from vaultdesk.ui.readout import (
    SEMIBOLD,
    Banner,
    Chip,
    Elided,
    Figures,
    label,
    quality_colour,
    say,
    sentence,
)
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from decimal import Decimal

    from vaultdesk.core.orders.preview import Estimate, LoanEffect, Preview, Warned

COSTS = (
    ("expected.price", tr("Expected price"), tr("Where it will probably be filled, per share")),
    ("cost", tr("Cost"), tr("At the expected price, never beyond the limit; without commission")),
    ("commission", tr("Commission"), tr("By the desk's fee schedule; the broker's own beside it")),
    ("margin", tr("Initial margin"), tr("The account's before and after, as the broker says")),
    ("maintenance", tr("Maintenance"), tr("The account's before and after, as the broker says")),
    ("natural.price", tr("Natural price"), tr("Every leg at the ask or the bid, per share")),
    ("mid.price", tr("Mid price"), tr("Every leg half-way, per share")),
    ("slippage", tr("Expected less mid"), tr("What the spread will probably cost, in money")),
)
EFFECTS = (
    ("ltv", "LTV", tr("The loan's market LTV before and after the premium is paid")),
    ("hedged", tr("Hedged LTV at call"), tr("At the margin-call price, before and after")),
    ("covered", tr("Ounces covered"), tr("By puts, of all the gold that is pledged")),
)
NOT_YET = tr("Preview it (Ctrl+Return) to see what it will probably cost and do to the loan.")


class PreviewView(QWidget):
    """Shows one; of several orders the prices of the one that is chosen, and the sum of all."""

    def __init__(self) -> None:
        super().__init__()
        self.quality = Chip("orders.quality", tr("How far the quotes may be trusted"))
        self.status = named(Elided(), "orders.quotes", tr("Where the quotes came from, and when"))
        theme.role(self.status, "muted")
        self.refusals = Banner("orders.refusals", tr("Why it cannot be sent"))
        self.warnings = Banner("orders.warnings", tr("What to read before it is sent"))
        self.empty = sentence("orders.not_previewed", tr("That there is no preview"))
        say(self.empty, NOT_YET)
        self.reasons = sentence("orders.reasons", tr("Why it is expected there"))
        self.told = sentence("orders.what_if", tr("What the broker says about margin"))
        for small in (self.reasons, self.told, self.status):
            small.setFont(theme.ui_font(9))
        self.problem = sentence("orders.loan.problem", tr("Why the effect is not known"), "warning")
        self.figures: dict[str, QLabel] = {}
        self._costs, self._effects = self._grid(COSTS), self._grid(EFFECTS)
        self._body = QWidget()
        self._arrange()
        self.show_preview(None, 0)

    def show_preview(self, preview: Preview | None, place: int) -> None:
        """Show it, None for none; `place` is the chosen order's."""
        self._body.setVisible(preview is not None)
        self.empty.setVisible(preview is None)
        warned = preview.warnings if preview is not None else ()
        self._show_warnings(warned)
        if preview is None or not preview.estimates:
            return
        estimate = preview.estimates[min(place, len(preview.estimates) - 1)]
        self.quality.tell(preview.quality.value, quality_colour(preview.quality))
        parts = [preview.broker, tr("at {time}").format(time=local_time(preview.at))]
        if preview.spot is not None:
            parts.insert(0, f"{estimate.draft.legs[0].instrument.symbol} {price(preview.spot)}")
        say(self.status, " · ".join(parts), hint=" · ".join(parts))
        self._show_prices(estimate)
        self._show_costs(preview)
        self._show_margin(estimate)
        self._show_effect(preview.loan)

    def recolour(self) -> None:
        """Nothing keeps colours: what is shown next is coloured anew."""

    def _show_prices(self, estimate: Estimate) -> None:
        self._say("natural.price", net_or_missing(estimate.natural))
        self._say("mid.price", net_or_missing(estimate.mid))
        self._say("expected.price", net_or_missing(estimate.expected))
        say(self.reasons, "\n".join(estimate.reasons))
        self.reasons.setVisible(bool(estimate.reasons))

    def _show_costs(self, preview: Preview) -> None:
        """Of all orders of the ticket, for they are sent with one click."""
        sums = totals(preview.estimates)
        currency = preview.estimates[0].draft.legs[0].instrument.currency
        self._say("cost", money(sums.cost, currency))
        self._say("slippage", money(sums.slippage, currency))
        told = [one.what_if.commission for one in preview.estimates]
        own = money(sums.commission, currency)
        theirs = ", ".join(NOT_GIVEN if one is None else number(one) for one in told)
        self._say("commission", tr("{own} · broker: {theirs}").format(own=own, theirs=theirs))

    def _show_margin(self, estimate: Estimate) -> None:
        what = estimate.what_if
        self._say("margin", _margin(what.initial_before, what.initial_after, what.currency))
        after = _margin(what.maintenance_before, what.maintenance_after, what.currency)
        self._say("maintenance", after)
        say(self.told, what.why, role="down" if what.rejected else "muted")
        self.told.setVisible(bool(what.why))

    def _show_effect(self, loan: LoanEffect) -> None:
        self._say("ltv", _became(percent(loan.ltv_before, 2), percent(loan.ltv_after, 2)))
        at_call = _became(percent(loan.at_call_before, 2), percent(loan.at_call_after, 2))
        self._say("hedged", at_call)
        covered = _became(number(loan.covered_before, 1), number(loan.covered_after, 1))
        of_all = (
            ""
            if loan.ounces is None
            else tr(" of {ounces} oz").format(ounces=number(loan.ounces, 1))
        )
        until = (
            tr(" until {until}").format(until=dated(date.fromisoformat(loan.until)))
            if loan.until
            else ""
        )
        self._say("covered", f"{covered}{of_all}{until}")
        say(self.problem, loan.problem)
        self.problem.setVisible(bool(loan.problem))

    def _show_warnings(self, warned: tuple[Warned, ...]) -> None:
        """What refuses in red and first, the rest in amber below."""
        refusing = "\n".join(f"✕ {one.sentence}" for one in warned if one.refuses)
        others = "\n".join(f"⚠ {one.sentence}" for one in warned if not one.refuses)
        self.refusals.tell(refusing, theme.current().down)
        self.warnings.tell(others, theme.current().warning)

    def _say(self, name: str, text: str) -> None:
        say(self.figures[name], text, hint=text)

    def _grid(self, lines: tuple[tuple[str, str, str], ...]) -> Figures:
        grid = Figures()
        for name, caption, meaning in lines:
            left, self.figures[name] = grid.row(caption, f"orders.{name}", meaning)
            left.setToolTip(meaning)
            self.figures[name].setWordWrap(True)
        return grid

    def _arrange(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(6)
        top.addWidget(self.quality, 0, Qt.AlignmentFlag.AlignLeft)
        top.addWidget(self.status, 1)
        body = QVBoxLayout(self._body)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(6)
        body.addLayout(top)
        body.addWidget(_section(tr("The loan")))
        body.addLayout(self._effects)
        body.addWidget(self.problem)
        body.addWidget(_section(tr("Price and cost")))
        body.addLayout(self._costs)
        body.addWidget(self.reasons)
        body.addWidget(self.told)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        for widget in (self.refusals, self.warnings, self.empty, self._body):
            column.addWidget(widget)
        column.addStretch(1)


def net_or_missing(value: Decimal | None) -> str:
    """A net price in words; a dash where a leg has no quote."""
    return MISSING if value is None else net(value)


def _became(before: str, after: str) -> str:
    """As "60.00 % → 60.15 %"; one figure where both are the same."""
    return after if before == after else f"{before} → {after}"


def _margin(before: Decimal | None, after: Decimal | None, currency: str) -> str:
    if before is None and after is None:
        return NOT_GIVEN
    return _became(given(before, currency), given(after, currency))


def _section(text: str) -> QLabel:
    made = label()
    made.setFont(theme.ui_font(theme.UI_POINTS, SEMIBOLD))
    made.setText(text)
    return made
