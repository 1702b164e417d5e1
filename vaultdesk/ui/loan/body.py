"""The loan panel's figures: the ratios, the distance to the call, the cure, and more on request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from vaultdesk.core.loan.valuation import level_without_price, owed_without_prices
from vaultdesk.ui import theme
from vaultdesk.ui.format import MISSING, in_percent, money, new_york, percent, price
from vaultdesk.ui.loan.cure import LoanCure
from vaultdesk.ui.loan.head import LoanHead
from vaultdesk.ui.loan.more import LoanMore
from vaultdesk.ui.loan.words import lot_name, sigma
from vaultdesk.ui.panel import named
from vaultdesk.ui.readout import SEMIBOLD, Banner, Figures, Rule, Sentence, label, say, sentence
from vaultdesk.ui.scrolled import Scrolled
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from vaultdesk.core.loan.state import LoanState
    from vaultdesk.core.loan.terms import Facility
    from vaultdesk.ui.loan.words import Told

NO_BREAK = "\N{NO-BREAK SPACE}"
ROOM, BEYOND = tr("Gold may fall, before the call"), tr("Beyond the margin call")
NO_FALL = tr("no fall reaches it")
MORE, LESS = tr("▸ More"), tr("▾ Less")


class LoanBody(QWidget):
    """The figures of one loan. `more` is what is hidden until it is asked for."""

    def __init__(self, on_edit: Callable[[], object]) -> None:
        super().__init__()
        self.head, self.cure, self.more = LoanHead(), LoanCure(), LoanMore()
        self._problem = Banner("loan.problem", tr("Why the loan cannot be valued"))
        self._coming = Banner("loan.coming", tr("The terms that come into force next"))
        self._room = label(role="muted")
        self._distance = label("loan.distance", tr("How far gold may fall before the margin call"))
        self._distance.setFont(theme.ui_font(15, SEMIBOLD))
        self._sigma = sentence(
            "loan.sigma", tr("The same distance in standard deviations of one day")
        )
        self._rows = self._figures()
        self._deadline = self._line(
            "loan.cure_deadline", tr("Until when a call must be met before the lender may sell")
        )
        self._probability = self._line(
            "loan.call_probability", tr("How probable a margin call is before the date")
        )
        self.expander = named(QPushButton(MORE), "loan.more", tr("Show more figures, or fewer"))
        theme.role(self.expander, "chip")
        self.expander.setCheckable(True)
        self.expander.toggled.connect(self._expand)
        self._source = sentence("loan.source", tr("The price these figures are computed from"))
        self._edit = named(
            QPushButton(tr("&Edit…")), "loan.edit", tr("Change the terms of the loan")
        )
        self._edit.clicked.connect(lambda _checked: on_edit())
        self._expand(shown=False)
        self._arrange()

    def show_state(self, state: LoanState, drift: Told, *, chosen: bool) -> None:
        """Everything, at one moment; `chosen` says whether the cure's target is the user's."""
        terms, currency = state.terms, state.terms.currency
        self._problem.tell("")
        self.head.show_state(state)
        self._show_distance(state)
        names = ", ".join(lot_name(one.lot) for one in state.pledged)
        self._show_terms(
            terms,
            names
            if len(state.pledged) == 1
            else tr("{count} lots").format(count=len(state.pledged)),
        )
        hint = names if len(state.pledged) > 1 else ""
        say(self._value, money(state.value, currency), hint=hint)
        say(self._amount, money(state.loan, currency))
        say(self._headroom, money(state.headroom, currency), "down" if state.headroom < 0 else "")
        for figure, level in (
            (self._call_price, state.call_price),
            (self._closeout_price, state.closeout_price),
        ):
            say(figure, NO_FALL if level is None else money(level, state.quote.currency), hint="")
        self.cure.show_state(state, chosen=chosen)
        self.more.show_state(state, drift)

    def show_problem(self, terms: Facility, problem: str, at: datetime) -> None:
        """No honest price: the sentence, and no figure that would need one."""
        why = problem or tr("Waiting for the first price.")
        self._problem.tell(why, theme.current().warning)
        self.head.show_problem(terms, why)
        pledged = (
            lot_name(terms.lots[0])
            if len(terms.lots) == 1
            else tr("{count} lots").format(count=len(terms.lots))
        )
        self._show_terms(terms, pledged)
        for figure in (self._distance, self._value, self._headroom):
            say(figure, MISSING, role="", hint=why)
        owed = owed_without_prices(terms, at)
        say(self._amount, money(owed, terms.currency), hint=why if owed is None else "")
        for figure, level in (
            (self._call_price, terms.call_ltv),
            (self._closeout_price, terms.closeout_ltv),
        ):
            known = level_without_price(terms, level, at)
            say(figure, money(known, terms.currency), hint=why if known is None else "")
        say(self._room, ROOM)
        say(self._sigma, "")
        say(self._source, tr("no price of {symbol}").format(symbol=terms.symbol))
        self.cure.show_problem(why)
        self.more.show_problem(why)

    def show_source(self, state: LoanState, old: str) -> None:
        """Which price this is, and how old."""
        quote = state.quote
        text = tr("from {symbol} {price} {source} · {quality}").format(
            symbol=quote.symbol,
            price=price(state.price),
            source=quote.source,
            quality=quote.quality,
        )
        others = len(state.quotes) - 1
        also = "".join(f"\n{q.symbol} {price(q.price)} {q.source} · {q.quality}"
                       for q in state.quotes[1:])  # fmt: skip
        text += tr(" and {others} more").format(others=others) * bool(others)
        unbroken = tr("{old} ago").format(old=old).replace(" ", NO_BREAK)
        hint = tr("Exchange time {at}{also}").format(at=new_york(quote.at), also=also)
        say(self._source, f"{text} · {unbroken}", hint=hint)

    def show_coming(self, text: str) -> None:
        """Announce terms that are not in force yet; "" for none."""
        self._coming.tell(text, theme.current().accent)

    def show_deadline(self, told: Told, *, called: bool) -> None:
        """Until when a call must be met."""
        say(
            self._deadline_caption,
            tr("Called: to be cured") if called else tr("If called now, to be cured"),
        )
        say(self._deadline, told[0], role="down" if called else "", hint=told[1])

    def show_probability(self, until: str, told: Told) -> None:
        """How probable a call is until a day."""
        say(
            self._probability_caption,
            tr("Call by {until}").format(until=until) if until else tr("Chance of a call"),
        )
        say(self._probability, told[0], hint=told[1])

    def _show_distance(self, state: LoanState) -> None:
        away = state.distance
        over = away is not None and away < 0
        say(self._room, BEYOND if over else ROOM)
        text = NO_FALL
        if away is not None:
            text = f"{money(away, state.quote.currency)} · {in_percent(state.distance_pct)}"
        hint = tr("Price less the call price, per unit and in per cent of the price")
        say(self._distance, text, role="down" if over else "", hint=hint)
        say(self._sigma, sigma(state))

    def _show_terms(self, terms: Facility, pledged: str) -> None:
        say(self._pledged, tr("Pledged {pledged}").format(pledged=pledged))
        say(self._call, tr("Margin call at {call_ltv}").format(call_ltv=percent(terms.call_ltv)))
        say(
            self._closeout,
            tr("Close-out at {closeout_ltv}").format(closeout_ltv=percent(terms.closeout_ltv)),
        )

    def _figures(self) -> Figures:
        rows = Figures()
        self._pledged, self._value = rows.row(
            tr("Pledged"), "loan.value", tr("Market value of what is pledged")
        )
        _, self._amount = rows.row(
            tr("Loan"), "loan.amount", tr("What is owed: principal, accrued interest and fees")
        )
        _, self._headroom = rows.row(
            tr("Headroom"),
            "loan.headroom",
            tr("Lending value less loan: what could still be drawn"),
        )
        self._call, self._call_price = rows.row(
            tr("Margin call"), "loan.call_price", tr("Price per unit at which the lender calls")
        )
        self._closeout, self._closeout_price = rows.row(
            tr("Close-out"),
            "loan.closeout_price",
            tr("Price per unit at which the lender may sell"),
        )
        self._deadline_caption = label(role="muted")
        self._probability_caption = label(role="muted")
        return rows

    def _line(self, identifier: str, meaning: str) -> Sentence:
        return sentence(identifier, meaning, role="")

    def _expand(self, shown: bool) -> None:
        self.more.setVisible(shown)
        self.expander.setText(LESS if shown else MORE)

    def _arrange(self) -> None:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(12, 8, 10, 4)
        column.setSpacing(3)
        above: tuple[QWidget, ...] = (
            self.head, self._problem, self._coming, self._room, self._distance, self._sigma, Rule(),
        )  # fmt: skip
        below: tuple[QWidget, ...] = (
            Rule(), self.cure, Rule(), self._deadline_caption, self._deadline,
            self._probability_caption, self._probability,
        )  # fmt: skip
        for part in above:
            column.addWidget(part)
        column.addLayout(self._rows)
        for part in below:
            column.addWidget(part)
        column.addSpacing(4)
        column.addWidget(self.expander, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.more)
        column.addStretch(1)
        self._foot(Scrolled(inside))

    def _foot(self, scrolled: Scrolled) -> None:
        """Where the price is from and the way to the terms never scroll away."""
        foot = QHBoxLayout()
        foot.setContentsMargins(12, 4, 12, 8)
        foot.addWidget(self._source, 1)
        foot.addWidget(self._edit, alignment=Qt.AlignmentFlag.AlignVCenter)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(scrolled, 1)
        column.addLayout(foot)
