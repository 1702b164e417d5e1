"""The loan panel: the LTV, how far gold is from the margin call, and what would cure it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPushButton,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from vaultdesk.core.loan.valuation import WARNING_BAND, Cure, LoanState, Zone, level_price
from vaultdesk.events import Bus, LoanChanged, LoanValued
from vaultdesk.ui import theme
from vaultdesk.ui.format import (
    MISSING,
    SIGMA,
    age,
    in_percent,
    money,
    new_york,
    percent,
    price,
    units,
    whole_units,
)
from vaultdesk.ui.gauge import Level, LtvGauge
from vaultdesk.ui.live import LivePanel
from vaultdesk.ui.panel import named
from vaultdesk.ui.readout import (
    SEMIBOLD,
    Banner,
    Chip,
    Figures,
    Rule,
    label,
    quality_colour,
    say,
    sentence,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from vaultdesk.core.loan.terms import LoanTerms
    from vaultdesk.ports import Clock
    from vaultdesk.services.loan import LoanService

ZONES = {
    Zone.SAFE: ("SAFE", "up"),
    Zone.WARNING: ("WARNING", "warning"),
    Zone.CALL: ("MARGIN CALL", "down"),
    Zone.CLOSEOUT: ("CLOSE-OUT", "down"),
}
"""The word and the colour of each zone."""
NO_BREAK = "\N{NO-BREAK SPACE}"


class LoanPanel(LivePanel):
    """Shows the loan at the newest price, or how to begin where there is no loan."""

    key = "loan"
    title = "Loan"

    def __init__(
        self,
        bus: Bus,
        loan: LoanService,
        clock: Clock,
        on_edit: Callable[[], object],
        on_demo: Callable[[], object],
    ) -> None:
        super().__init__(bus)
        self._loan, self._clock = loan, clock
        self._pages = QStackedLayout(self)
        self._pages.addWidget(_Beginning(on_edit, on_demo))
        self._desk = _Desk(on_edit)
        self._pages.addWidget(self._desk)
        self.hear(LoanChanged, lambda _event: self.refresh())
        self.hear(LoanValued, lambda _event: self.refresh())
        self.refresh()

    def refresh(self) -> None:
        """Show what the loan service has now."""
        terms, state = self._loan.terms, self._loan.state
        self._pages.setCurrentIndex(0 if terms is None else 1)
        if terms is None:
            return
        if state is None:
            self._desk.show_problem(terms, self._loan.problem)
        else:
            self._desk.show_state(state)
        self.tick()

    def tick(self) -> None:
        """The price's age."""
        state = self._loan.state
        if state is not None:
            self._desk.show_source(state, age(state.quote.age(self._clock.now())))

    def recolour(self) -> None:
        """The chips and the gauge carry colours of their own."""
        self.refresh()
        self._desk.gauge.update()


class _Beginning(QWidget):
    """No loan yet: the two ways to begin."""

    def __init__(self, on_edit: Callable[[], object], on_demo: Callable[[], object]) -> None:
        super().__init__()
        lead = sentence(role="section")
        lead.setText("No loan is set up yet")
        tell = sentence("loan.empty", "Why this panel shows no figures")
        tell.setText(
            "Enter what you pledged and what you owe: the desk then shows the loan-to-value on "
            "live prices and how far gold may fall before the bank calls."
        )
        begin = named(QPushButton("&Set up my loan"), "loan.setup", "Enter the terms of your loan")
        theme.role(begin, "primary")
        explore = named(
            QPushButton("Explore the &demonstration"),
            "loan.demo",
            "Open a sample loan on a simulated market",
        )
        begin.clicked.connect(lambda _checked: on_edit())
        explore.clicked.connect(lambda _checked: on_demo())
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(10)
        column.addStretch(1)
        for part in (lead, tell, begin, explore):
            column.addWidget(part)
        column.addStretch(2)


class _Desk(QWidget):
    """The figures of one loan."""

    def __init__(self, on_edit: Callable[[], object]) -> None:
        super().__init__()
        self._ltv = label("loan.ltv", "Loan divided by the market value of what is pledged")
        self._ltv.setFont(theme.ui_font(32, QFont.Weight.Bold))
        self._zone = Chip("loan.zone", "Where the LTV stands between the lender's levels")
        self._zone.setFont(theme.ui_font(10.5, QFont.Weight.Bold))
        self._quality = Chip("loan.quality", "How far these figures may be trusted")
        self.gauge = named(LtvGauge(), "loan.gauge")
        self._room = label(role="muted")
        self._distance = label("loan.distance", "How far gold may fall before the margin call")
        self._distance.setFont(theme.ui_font(15, SEMIBOLD))
        self._sigma = sentence("loan.sigma", "The same distance in standard deviations of one day")
        self._problem = Banner("loan.problem", "Why the loan cannot be valued")
        self._source = sentence("loan.source", "The price these figures are computed from")
        self._edit = named(QPushButton("&Edit…"), "loan.edit", "Change the terms of the loan")
        self._edit.clicked.connect(lambda _checked: on_edit())
        figures = self._figures()
        self._arrange(figures)

    def _figures(self) -> Figures:
        rows = Figures()
        self._pledged, self._value = rows.row(
            "Pledged", "loan.value", "Market value of what is pledged"
        )
        _, self._amount = rows.row("Loan", "loan.amount", "What is owed")
        self._call, self._call_price = rows.row(
            "Margin call", "loan.call_price", "Price per unit at which the lender calls"
        )
        self._closeout, self._closeout_price = rows.row(
            "Close-out", "loan.closeout_price", "Price per unit at which the lender may sell"
        )
        self._cure, self._repay = rows.row(
            "Cure: repay", "loan.cure_repay", "Cash that brings the LTV to the target"
        )
        self._or, self._pledge = rows.row(
            "or pledge", "loan.cure_pledge", "Value of more of the same that does it instead"
        )
        return rows

    def _arrange(self, figures: Figures) -> None:
        caption = label(role="muted")
        caption.setText("Loan-to-value")
        number = QVBoxLayout()
        number.setSpacing(0)
        number.addWidget(caption)
        number.addWidget(self._ltv)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addStretch(1)
        words.addWidget(self._zone)
        words.addWidget(self._quality)
        head = QHBoxLayout()
        head.addLayout(number)
        head.addStretch(1)
        head.addLayout(words)
        foot = QHBoxLayout()
        foot.addWidget(self._source, 1)
        foot.addWidget(self._edit, alignment=Qt.AlignmentFlag.AlignVCenter)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 10)
        column.setSpacing(3)
        column.addLayout(head)
        column.addWidget(self.gauge)
        column.addWidget(self._problem)
        column.addSpacing(4)
        for part in (self._room, self._distance, self._sigma, Rule()):
            column.addWidget(part)
        column.addLayout(figures)
        column.addWidget(Rule())
        column.addLayout(foot)
        column.addStretch(1)

    def show_state(self, state: LoanState) -> None:
        """Everything, at one price."""
        word, tone = ZONES[state.zone]
        colour = str(getattr(theme.current(), tone))
        say(self._ltv, percent(state.ltv), role=tone, hint=percent(state.ltv, 4))
        self._zone.tell(word, colour)
        self._quality.tell(state.quality.value, quality_colour(state.quality))
        self._problem.tell("")
        self._show_terms(state.terms)
        self.gauge.show_ltv(float(state.ltv), _levels(state.terms))
        over = state.distance < 0
        say(self._room, "Beyond the margin call" if over else "Gold may fall, before the call")
        say(
            self._distance,
            f"{money(state.distance, state.terms.currency)} · {in_percent(state.distance_pct)}",
            role="down" if over else "",
            hint="Price less the margin-call price, per unit and in per cent of the price",
        )
        say(self._sigma, _sigma(state))
        say(self._value, money(state.value, state.terms.currency), hint="")
        say(self._call_price, money(state.call_price, state.terms.currency))
        say(self._closeout_price, money(state.closeout_price, state.terms.currency))
        self._show_cure(state.cure, state.terms)

    def show_problem(self, terms: LoanTerms, problem: str) -> None:
        """No honest price: the sentence, and no figure that would need one."""
        self._problem.tell(problem or "Waiting for the first price.", theme.current().warning)
        self._show_terms(terms)
        self.gauge.show_ltv(None, _levels(terms))
        why = problem or "No price yet."
        for figure in (self._ltv, self._distance, self._value):
            say(figure, MISSING, role="", hint=why)
        for figure in (self._repay, self._pledge):
            say(figure, MISSING, hint=why)
        say(self._call_price, money(level_price(terms, terms.call_ltv), terms.currency))
        say(self._closeout_price, money(level_price(terms, terms.closeout_ltv), terms.currency))
        self._zone.tell("UNKNOWN", theme.current().muted)
        self._quality.tell("NO PRICE", theme.current().down)
        say(self._room, "Gold may fall, before the call")
        say(self._sigma, "")
        say(self._cure, "Cure: repay")
        say(self._or, "or pledge")
        say(self._source, f"no price of {terms.symbol}")

    def show_source(self, state: LoanState, old: str) -> None:
        """Which price this is, and how old."""
        quote = state.quote
        text = f"from {quote.symbol} {price(state.price)} {quote.source} · {quote.quality}"
        unbroken = f"{old} ago".replace(" ", NO_BREAK)
        say(self._source, f"{text} · {unbroken}", hint=f"Exchange time {new_york(quote.at)}")

    def _show_terms(self, terms: LoanTerms) -> None:
        say(self._pledged, f"Pledged {units(terms.units)} {terms.symbol}")
        say(self._amount, money(terms.amount, terms.currency))
        say(self._call, f"Margin call at {percent(terms.call_ltv)}")
        say(self._closeout, f"Close-out at {percent(terms.closeout_ltv)}")

    def _show_cure(self, cure: Cure, terms: LoanTerms) -> None:
        target = percent(cure.target)
        say(self._cure, f"Cure to {target}: repay")
        if not cure.repay and not cure.pledge:
            why = f"The LTV is at or below {target}."
            say(self._or, "or pledge")
            for figure in (self._repay, self._pledge):
                say(figure, "not needed", hint=why)
            return
        say(self._or, f"or pledge {whole_units(cure.pledge_units)} {terms.symbol}")
        say(self._repay, money(cure.repay, terms.currency), hint="")
        say(self._pledge, money(cure.pledge, terms.currency), hint="")


def _levels(terms: LoanTerms) -> tuple[Level, ...]:
    return (
        Level("warning", float(terms.call_ltv - WARNING_BAND), "warning"),
        Level("call", float(terms.call_ltv), "down"),
        Level("close-out", float(terms.closeout_ltv), "down"),
    )


def _sigma(state: LoanState) -> str:
    if state.distance_sigma is None:
        return f"in days' {SIGMA}: not known yet, no volatility to measure it by"
    return f"{state.distance_sigma:.1f} days' {SIGMA} · {SIGMA} from {state.sigma_source}"
