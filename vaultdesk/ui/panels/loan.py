"""The loan panel: the LTV, how far gold is from the margin call, and what would cure it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QStackedLayout, QVBoxLayout, QWidget

from vaultdesk.events import (
    Bus,
    CallProbabilityChanged,
    LoanChanged,
    LoanValued,
    ProblemRaised,
)
from vaultdesk.services.errands import Errands
from vaultdesk.ui import theme
from vaultdesk.ui.format import age, short_day
from vaultdesk.ui.live import LivePanel
from vaultdesk.ui.loan import words
from vaultdesk.ui.loan.body import LoanBody
from vaultdesk.ui.panel import named
from vaultdesk.ui.readout import sentence
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Sequence
    from datetime import date, datetime

    from vaultdesk.core.loan.snapshots import Snapshot
    from vaultdesk.core.loan.state import LoanState
    from vaultdesk.ports import Clock
    from vaultdesk.services.loan import LoanService

    Holidays = Callable[[str], Awaitable[Collection[date]]]
    Past = Callable[[], Awaitable[Sequence[Snapshot]]]


class LoanPanel(LivePanel):
    """Shows the loan at the newest price, or how to begin where there is no loan.

    `holidays` gives those of a calendar by its name, such as XSWX, from today for some months; it
    raises ValueError if there is no such calendar. `wall` dates new terms, as `clock` may be a
    recording's. `past` gives the newest rows of the LTV's history. `more` opens what is folded
    away.
    """

    key = "loan"
    title = tr("Loan")

    more_changed = Signal(bool)
    """The user unfolded the rest, or folded it away."""

    def __init__(
        self,
        bus: Bus,
        loan: LoanService,
        clock: Clock,
        on_edit: Callable[[], object],
        on_demo: Callable[[], object],
        *,
        wall: Clock | None = None,
        holidays: Holidays | None = None,
        past: Past | None = None,
        more: bool = False,
    ) -> None:
        super().__init__(bus)
        self._loan, self._clock, self._wall = loan, clock, wall or clock
        self._ask_holidays, self._ask_past = holidays, past
        self._holidays: Collection[date] | None = None
        self._calendar = ""
        self._called: datetime | None = None
        self._probability: CallProbabilityChanged | None = None
        self.errands = Errands(lambda told: bus.tell(ProblemRaised("loan", told)))
        self._pages = QStackedLayout(self)
        self._pages.addWidget(_Beginning(on_edit, on_demo))
        self._body = LoanBody(on_edit)
        self._pages.addWidget(self._body)
        self._body.cure.aimed.connect(loan.aim)
        self._body.expander.setChecked(more)
        self._body.expander.toggled.connect(self.more_changed)
        self._body.more.advance.clicked.connect(lambda _checked: self._change_advance())
        self._body.more.fx_map.clicked.connect(lambda _checked: self._map_currencies())
        self.hear(LoanChanged, lambda _event: self.refresh())
        self.hear(LoanValued, lambda _event: self.refresh())
        self.hear(CallProbabilityChanged, self._on_probability)
        self.refresh()

    def refresh(self) -> None:
        """Show what the loan service has now."""
        terms, state, now = self._loan.terms, self._loan.state, self._clock.now()
        self._pages.setCurrentIndex(0 if terms is None else 1)
        if terms is None:
            return
        if state is None:
            self._body.show_problem(terms, self._loan.problem, now)
        else:
            drift = words.drift(terms, now, self._loan.valued)
            self._body.show_state(state, drift, chosen=self._loan.cure_to is not None)
            self._note_call(state)
        self._body.show_coming(words.coming(terms, self._loan.coming, self._loan.valued))
        self._show_probability()
        self._want_holidays(terms.cure.calendar)
        self.tick()

    def tick(self) -> None:
        """The price's age, and the time that is left to cure a call."""
        terms, state, now = self._loan.terms, self._loan.state, self._clock.now()
        if terms is None:
            return
        if state is not None:
            self._body.show_source(state, age(state.quote.age(now)))
        told = words.deadline(terms, self._called, now, self._holidays)
        self._body.show_deadline(told, called=self._called is not None)

    def recolour(self) -> None:
        """The chips and the gauge carry colours of their own."""
        self.refresh()
        self._body.head.gauge.update()

    def retire(self) -> None:
        """Leave nothing under way."""
        super().retire()
        self.errands.cancel()

    def _on_probability(self, event: CallProbabilityChanged) -> None:
        self._probability = event
        self._show_probability()

    def _show_probability(self) -> None:
        event = self._probability
        until = short_day(event.until) if event else ""
        self._body.show_probability(until, words.probability(event))

    def _note_call(self, state: LoanState) -> None:
        """Remember since when the LTV stands at the call; it may have before the desk began."""
        if not state.confirmed:
            return
        if not words.is_called(state):
            self._called = None
        elif self._called is None:
            self._called = state.at
            if self._ask_past is not None:
                self.errands.begin(self._recall(self._ask_past))

    async def _recall(self, ask: Past) -> None:
        began = words.call_began(await ask())
        if began is not None and self._called is not None:
            self._called = min(self._called, began)
            self.tick()

    def _want_holidays(self, calendar: str) -> None:
        if calendar != self._calendar and self._ask_holidays is not None:
            self._calendar, self._holidays = calendar, None
            self.errands.begin(self._learn_holidays(self._ask_holidays, calendar))

    async def _learn_holidays(self, ask: Holidays, calendar: str) -> None:
        try:
            known = await ask(calendar)
        except ValueError as problem:
            self._bus.tell(ProblemRaised("loan", str(problem)))
            return
        if calendar == self._calendar:
            self._holidays = known
            self.tick()

    def _change_advance(self) -> None:
        from vaultdesk.ui.loan.advance_dialog import AdvanceDialog  # noqa: PLC0415 (when asked for)

        terms = self._loan.terms
        if terms is None:
            return
        dialog = AdvanceDialog(terms, self._loan.valued, self._wall.now, self)
        dialog.saved.connect(lambda changed: self.errands.begin(self._loan.save(changed)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _map_currencies(self) -> None:
        from vaultdesk.ui.loan.fx_map import FxMap  # noqa: PLC0415 (it brings NumPy and pyqtgraph)

        if self._loan.state is None:
            return
        dialog = FxMap(self._loan.state, self)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()


class _Beginning(QWidget):
    """No loan yet: the two ways to begin."""

    def __init__(self, on_edit: Callable[[], object], on_demo: Callable[[], object]) -> None:
        super().__init__()
        lead = sentence(role="section")
        lead.setText(tr("No loan is set up yet"))
        tell = sentence("loan.empty", tr("Why this panel shows no figures"))
        tell.setText(
            tr(
                "Enter what you pledged and what you owe: the desk then shows the "
                "loan-to-value on live prices and how far gold may fall before the bank "
                "calls."
            )
        )
        begin = named(
            QPushButton(tr("&Set up my loan")), "loan.setup", tr("Enter the terms of your loan")
        )
        theme.role(begin, "primary")
        explore = named(
            QPushButton(tr("Explore the &demonstration")),
            "loan.demo",
            tr("Open a sample loan on a simulated market"),
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
