"""The quote panel: the price, what it did today, and exactly how old and how good it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout

from vaultdesk.core.market import Quality, Quote
from vaultdesk.events import Bus, FeedStatusChanged, HoursChanged, LoanValued, QuoteChanged
from vaultdesk.ui import theme
from vaultdesk.ui.format import (
    MISSING,
    age,
    local,
    new_york,
    number,
    percent,
    price,
    signed,
    signed_percent,
)
from vaultdesk.ui.live import LivePanel
from vaultdesk.ui.readout import (
    SEMIBOLD,
    Banner,
    Chip,
    Figures,
    Rule,
    label,
    quality_colour,
    say,
)
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from datetime import timedelta
    from decimal import Decimal

    from vaultdesk.services.market import MarketService


class QuotePanel(LivePanel):
    """Shows the market service's quote; the age moves on each second."""

    key = "quote"
    title = tr("Quote")

    def __init__(self, bus: Bus, market: MarketService, fresh_for: timedelta) -> None:
        super().__init__(bus)
        self._market, self._fresh_for = market, fresh_for
        self._feed = ""
        self._symbol = label("quote.symbol", tr("The symbol shown"), "section")
        self._quality = Chip("quote.quality", tr("How far this price may be trusted"))
        self._last = label("quote.last", tr("Last traded price per unit"))
        self._last.setFont(theme.ui_font(32, QFont.Weight.Bold))
        self._change = label("quote.change", tr("Change since the previous session's close"))
        self._change.setFont(theme.ui_font(11, SEMIBOLD))
        self._change.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._source = label("quote.source", tr("Who gave this price"), "muted")
        self._bid = label("quote.bid", tr("Highest price bid"))
        self._ask = label("quote.ask", tr("Lowest price asked"))
        self._problem = Banner("quote.problem", tr("Why there is no price"))
        self._arrange()
        self.hear(QuoteChanged, lambda _event: self.refresh())
        self.hear(HoursChanged, lambda _event: self.refresh())
        self.hear(FeedStatusChanged, self._feed_said)
        self.hear(LoanValued, self._loan_said)
        self._loan_said(LoanValued(None, tr("No loan is set up.")))
        self.refresh()

    def _arrange(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self._symbol)
        top.addStretch(1)
        top.addWidget(self._source)
        top.addWidget(self._quality)
        head = QHBoxLayout()
        head.addWidget(self._last)
        head.addStretch(1)
        head.addWidget(self._change)
        sides = QHBoxLayout()
        sides.setSpacing(6)
        sides.addWidget(_tile(tr("Bid"), self._bid))
        sides.addWidget(_tile(tr("Ask"), self._ask))
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 10)
        column.setSpacing(3)
        column.addLayout(top)
        column.addWidget(self._problem)
        column.addLayout(head)
        column.addLayout(sides)
        column.addWidget(Rule())
        column.addLayout(self._figures())
        column.addStretch(1)

    def _figures(self) -> Figures:
        rows = Figures()
        _, self._age = rows.row(
            tr("Age"), "quote.age", tr("Time since the exchange made this price")
        )
        _, self._time = rows.row(
            tr("Exchange time"), "quote.time", tr("When the exchange made this price")
        )
        _, self._received = rows.row(
            tr("Received"), "quote.received", tr("When this desk received it")
        )
        _, self._ltv = rows.row(
            "LTV", "quote.ltv", tr("Loan by the value of the pledge at this price")
        )
        _, self._ounces = rows.row(
            tr("Gold per share"),
            "quote.ounces",
            tr("Modelled troy ounces of gold behind one share"),
        )
        _, self._premium = rows.row(
            tr("Premium to gold"), "quote.premium", tr("Price of a share over the gold behind it")
        )
        return rows

    def refresh(self) -> None:
        """Show what the market service has now."""
        quote = self._market.quote
        say(self._symbol, self._market.symbol)
        if quote is None:
            self._show_nothing()
            return
        self._problem.tell("")
        self._show_quality(quote)
        none = tr("{source} gave none with this quote.").format(source=quote.source)
        _side(self._last, quote.last, tr("No last trade: {none}").format(none=none))
        _side(self._bid, quote.bid, tr("No bid: {none}").format(none=none))
        _side(self._ask, quote.ask, tr("No ask: {none}").format(none=none))
        self._show_change(quote)
        say(self._time, new_york(quote.at), hint=tr("Here: {at}").format(at=local(quote.at)))
        say(self._received, local(quote.received), hint=new_york(quote.received))
        say(self._source, quote.source)
        self._show_gold()
        self.tick()

    def tick(self) -> None:
        """How old the price is, with a word for it."""
        quote = self._market.quote
        if quote is None:
            return
        old = quote.age(self._market.clock.now())
        word, role = self._freshness(quote, old)
        say(self._age, f"{age(old)} · {word}", role=role)

    def recolour(self) -> None:
        """The chips carry colours of their own."""
        self.refresh()

    def _show_quality(self, quote: Quote) -> None:
        if quote.confirmed:
            self._quality.tell(quote.quality.value, quality_colour(quote.quality))
        else:
            self._quality.tell(tr("UNCONFIRMED"), theme.current().warning)

    def _loan_said(self, event: LoanValued) -> None:
        state = event.state
        say(
            self._ltv,
            percent(state.ltv) if state else MISSING,
            hint=percent(state.ltv, 4) if state else event.problem,
        )

    def _freshness(self, quote: Quote, old: timedelta) -> tuple[str, str]:
        hours = self._market.hours
        if quote.quality is Quality.STALE:
            return "stale", "down"
        if hours is not None and not hours.in_session:
            return tr("market closed"), "muted"
        if quote.quality is Quality.DELAYED:
            return "delayed", "warning"
        return (tr("fresh"), "up") if old < self._fresh_for else (tr("stale"), "down")

    def _show_change(self, quote: Quote) -> None:
        change, before = quote.day_change, quote.previous_close
        if change is None or not before:
            say(
                self._change,
                tr("change {missing}").format(missing=MISSING),
                role="muted",
                hint=tr("{source} gave no previous close.").format(source=quote.source),
            )
            return
        arrow, role = ("▲", "up") if change > 0 else ("▼", "down") if change < 0 else ("■", "muted")
        say(
            self._change,
            f"{arrow} {signed(change)}\n{signed_percent(change / before)}",
            role=role,
            hint=tr("Since the previous close, {before}").format(before=price(before)),
        )

    def _show_gold(self) -> None:
        ounces, premium, gold = (
            self._market.ounces_per_unit,
            self._market.premium,
            self._market.gold,
        )
        if ounces is None:
            say(
                self._ounces,
                MISSING,
                hint=tr("Known for GLD only, not for {symbol}.").format(symbol=self._market.symbol),
            )
        else:
            say(
                self._ounces,
                tr("{ounces} oz").format(ounces=number(ounces, 6)),
                hint=tr("From the fund's last annual report, less its fee since"),
            )
        if premium is None or gold is None:
            say(self._premium, MISSING, hint=tr("The feed gives no price of gold to compare with."))
        else:
            say(
                self._premium,
                signed_percent(premium),
                hint=tr("Against {symbol} {price} {source} · {quality}").format(
                    symbol=gold.symbol,
                    price=price(gold.price),
                    source=gold.source,
                    quality=gold.quality,
                ),
            )

    def _show_nothing(self) -> None:
        why = self._feed or tr("Waiting for the first price of {symbol}.").format(
            symbol=self._market.symbol
        )
        said = tr("No price yet; why stands above.") if self._feed else why
        self._problem.tell(said, theme.current().warning)
        self._quality.tell(tr("NO PRICE"), theme.current().down)
        say(self._change, tr("change {missing}").format(missing=MISSING), role="muted", hint=why)
        for figure in (
            *(self._last, self._bid, self._ask, self._time, self._received),
            *(self._source, self._ounces, self._premium),
        ):
            say(figure, MISSING, hint=why)
        say(self._age, MISSING, role="", hint=why)

    def _feed_said(self, event: FeedStatusChanged) -> None:
        self._feed = event.status.sentence
        if self._market.quote is None:
            self._show_nothing()


def _side(target: QLabel, value: Decimal | None, why: str) -> None:
    say(target, price(value), hint=why if value is None else "")


def _tile(caption: str, figure: QLabel) -> QFrame:
    tile = QFrame()
    theme.role(tile, "tile")
    above = label(role="muted")
    above.setText(caption)
    above.setBuddy(figure)
    figure.setFont(theme.ui_font(14, SEMIBOLD))
    row = QHBoxLayout(tile)
    row.setContentsMargins(10, 4, 10, 4)
    row.addWidget(above)
    row.addWidget(figure, 1, Qt.AlignmentFlag.AlignRight)
    return tile
