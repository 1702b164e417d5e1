"""The status bar: what the feed does, how options are priced, and whether New York trades."""

from collections.abc import Callable
from datetime import datetime, tzinfo

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QPushButton, QStatusBar, QWidget

from vaultdesk.core.calendar import Hours
from vaultdesk.core.market import FeedState, FeedStatus, Quote
from vaultdesk.events import (
    Bus,
    ChainLoading,
    FeedStatusChanged,
    HoursChanged,
    PricingChanged,
    QuoteChanged,
)
from vaultdesk.ui import pricing, theme
from vaultdesk.ui.format import age, dated, day_and_minute, hour_minute, weekday
from vaultdesk.ui.panel import named
from vaultdesk.ui.readout import Elided
from vaultdesk.ui.translation import tr

DAYS_OF_WEEK = 7
ROOMY = 900
"""Pixels of width below which the options' model is left to their panels."""
TROUBLED = (FeedState.BACKING_OFF, FeedState.OFFLINE)


def feed_sentence(status: FeedStatus | None, quote: Quote | None, now: datetime) -> str:
    """What the feed does, when it tries again, what is left of its quota, the price's age."""
    if status is None:
        return tr("No feed yet")
    parts = [f"{status.source}: {status.state}"]
    if status.sentence:
        parts.append(status.sentence)
    if status.retry_at is not None and status.retry_at > now:
        parts.append(tr("next try in {age}").format(age=age(status.retry_at - now)))
    if status.requests_left is not None:
        left = status.requests_left
        parts.append(
            tr("{left} request left").format(left=left)
            if left == 1
            else tr("{left} requests left").format(left=left)
        )
    if quote is not None:
        parts.append(
            tr("{symbol} price {age} old").format(symbol=quote.symbol, age=age(quote.age(now)))
        )
    return " · ".join(parts)


def market_sentence(hours: Hours | None, now: datetime, zone: tzinfo | None = None) -> str:
    """Whether New York trades and when that changes, in local time."""
    if hours is None:
        return tr("New York: hours not known yet")
    state, change = ("open", "closes") if hours.in_session else ("closed", "opens")
    when = moment(hours.next_change, now, zone)
    return tr("New York {state} · {change} {when} (in {age})").format(
        state=state, change=change, when=when, age=age(hours.next_change - now)
    )


def moment(at: datetime, now: datetime, zone: tzinfo | None = None) -> str:
    """The local time, with its weekday unless today and its date beyond six days."""
    local, today = at.astimezone(zone), now.astimezone(zone).date()
    days = (local.date() - today).days
    if days == 0:
        return hour_minute(local)
    return (
        f"{weekday(local)} {hour_minute(local)}"
        if 0 < days < DAYS_OF_WEEK
        else day_and_minute(local)
    )


class StatusLine(QStatusBar):
    """Three sentences, two of them kept true each second; `now` is the desk's clock.

    Its button of the desk's health is shown once there is a command for it.
    """

    def __init__(
        self,
        bus: Bus,
        now: Callable[[], datetime],
        zone: tzinfo | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        named(self, "status.bar", tr("What the feed and the market do"))
        self._now, self._zone = now, zone
        self._status: FeedStatus | None = None
        self._quote: Quote | None = None
        self._hours: Hours | None = None
        self._priced: PricingChanged | None = None
        self.feed = named(Elided(), "status.feed", tr("What the price source does, and its quota"))
        self.market = named(QLabel(), "status.market", tr("Whether New York trades; local time"))
        self.model = named(Elided(), "status.model", tr("What the shown options are priced by"))
        self.note = named(QLabel(), "status.note", tr("What was just done; goes after a while"))
        self.health = named(
            QPushButton(tr("Health…")), "health.open", tr("Whether the desk still watches")
        )
        self.health.hide()
        self.messageChanged.connect(self.note.setText)
        for label, stretch in (
            *((self.feed, 1), (self.note, 0)),
            *((self.model, 0), (self.market, 0)),
        ):
            label.setTextFormat(Qt.TextFormat.PlainText)
            self.addPermanentWidget(label, stretch)  # a message hides those that are not
        self.addPermanentWidget(self.health)
        self._undo = [
            bus.subscribe(FeedStatusChanged, self._hear_status),
            bus.subscribe(QuoteChanged, self._hear_quote),
            bus.subscribe(HoursChanged, self._hear_hours),
            bus.subscribe(ChainLoading, self._hear_loading),
            bus.subscribe(PricingChanged, self._show_pricing),
        ]
        self.tick = QTimer(self, interval=1000)
        self.tick.timeout.connect(self.refresh)
        self.tick.start()
        self.refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Keep room for what the feed does."""
        super().resizeEvent(event)
        self.model.setVisible(self.width() >= ROOMY)

    def refresh(self) -> None:
        """Say it anew as of now."""
        now = self._now()
        sentence = feed_sentence(self._status, self._quote, now)
        self.feed.setText(sentence)
        self.feed.setToolTip(sentence)
        troubled = self._status is not None and self._status.state in TROUBLED
        theme.role(self.feed, "warning" if troubled else "muted")
        self.market.setText(market_sentence(self._hours, now, self._zone))

    def retire(self) -> None:
        """Hear and tick no more."""
        self.tick.stop()
        while self._undo:
            self._undo.pop()()

    def _hear_status(self, event: FeedStatusChanged) -> None:
        self._status = event.status
        self.refresh()

    def _hear_quote(self, event: QuoteChanged) -> None:
        self._quote = event.quote
        self.refresh()

    def _hear_loading(self, event: ChainLoading) -> None:
        shown = self._priced
        if shown is not None and (event.symbol, event.expiry) != (shown.symbol, shown.expiry):
            self._priced = None
            self.model.setText("")
            self.model.setToolTip("")

    def _show_pricing(self, event: PricingChanged) -> None:
        self._priced = event
        self.model.setText(pricing.pricing(event))
        self.model.setToolTip(pricing.details(event, f"{event.symbol} {dated(event.expiry)}"))
        theme.role(self.model, pricing.role(event))

    def _hear_hours(self, event: HoursChanged) -> None:
        self._hours = event.hours
        self.refresh()
