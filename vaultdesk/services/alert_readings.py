"""What the rules read: the loan's ratios, prices, and how long there was no honest price."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from vaultdesk.core.alerts import Book, Latch, Market, Metric, Reading
from vaultdesk.core.alerts.hedges import Hedges
from vaultdesk.core.alerts.sentences import price_text
from vaultdesk.core.calendar import Hours, currency_hours, gold_hours
from vaultdesk.core.currencies import currency_pair, is_metal_pair
from vaultdesk.core.loan.state import LoanState
from vaultdesk.core.market import Quote
from vaultdesk.core.money import from_float

LOAN_METRICS = frozenset({Metric.LTV, Metric.UTILISATION, Metric.SIGMA})

_MICROSECOND = timedelta(microseconds=1)


def of_loan(state: LoanState, now: datetime) -> tuple[Reading, ...]:
    """The loan's ratios, those that it has."""
    values = {
        Metric.LTV: state.ltv,
        Metric.UTILISATION: state.utilisation,
        Metric.SIGMA: from_float(state.distance_sigma),
    }
    levels = {"margin call": state.call_price, "close-out": state.closeout_price}
    note = ", ".join(f"{name} at {_cents(at)}" for name, at in levels.items() if at is not None)
    return tuple(
        _by_valuation(metric, value, state, now, note)
        for metric, value in values.items()
        if value is not None
    )


def of_quote(quote: Quote, now: datetime) -> tuple[Reading, ...]:
    """The price, of a currency pair as FX; nothing where the quote has none."""
    price = quote.price
    if price is None:
        return ()
    metric = Metric.PRICE
    if currency_pair(quote.symbol) and not is_metal_pair(quote.symbol):
        metric = Metric.FX
    return (
        Reading(
            metric=metric,
            subject=quote.symbol,
            value=price,
            at=now,
            quality=quote.quality,
            source=quote.source,
            price=price,
            price_at=quote.at,
            confirmed=quote.confirmed,
            symbol=quote.symbol,
        ),
    )


def of_hedges(
    held: Hedges, state: LoanState | None, now: datetime, market: Market
) -> tuple[Reading, ...]:
    """Days to each expiry held, and how much of the gold puts protect soon.

    The days need no price; the protection is worth what the loan's valuation is.
    """
    ends = tuple(
        Reading(
            metric=Metric.EXPIRY,
            subject=ending.subject,
            value=Decimal(ending.days(now)),
            at=now,
            quality=market.own,
            note=ending.words,
        )
        for ending in held.endings
    )
    if held.protected is None or state is None:
        return ends
    call = state.call_price
    notes = (f"margin call at {_cents(call)}" if call else "", f"on {held.on}")
    note = ", ".join(note for note in notes if note)
    return (*ends, _by_valuation(Metric.COVERAGE, held.protected, state, now, note))


def _by_valuation(
    metric: Metric, value: Decimal, state: LoanState, now: datetime, note: str
) -> Reading:
    """A value that is as good as the loan's valuation."""
    return Reading(
        metric=metric,
        subject="",
        value=value,
        at=now,
        quality=state.quality,
        source=state.quote.source,
        price=state.price,
        price_at=state.quote.at,
        confirmed=state.confirmed,
        symbol=state.quote.symbol,
        note=note,
    )


def in_session(symbol: str, hours: Hours | None, now: datetime) -> bool:
    """Whether the symbol trades: `hours` are the stock exchange's, None while not known."""
    if is_metal_pair(symbol):
        return gold_hours(now).in_session
    if currency_pair(symbol):
        return currency_hours(now).in_session
    return hours is not None and hours.in_session


class Silence:
    """Seconds in session since each symbol's last honest price.

    `needed` are the symbols the loan is valued by, `watched` the one on the desk, `hours` the stock
    exchange's. A loss of data that was told before watching began lasts until a price comes:
    `latched` holds, by subject, how long it must have been.
    """

    def __init__(self, market: Market) -> None:
        self.needed: frozenset[str] = frozenset()
        self.watched = ""
        self.hours: Hours | None = None
        self._believed, self._own = market.believed, market.own
        self.begin({})

    def begin(self, latched: Mapping[str, Decimal]) -> None:
        """Nothing was heard until now."""
        self._latched = latched
        self._at: datetime | None = None
        self._seconds: dict[str, Decimal] = {}
        self._newest: dict[str, Quote] = {}

    def hear(self, quote: Quote) -> None:
        """An honest price ends the silence."""
        if quote.quality in self._believed and quote.confirmed and quote.price is not None:
            self._seconds[quote.symbol] = Decimal(0)
            self._newest[quote.symbol] = quote

    def readings(self, book: Book, now: datetime) -> tuple[Reading, ...]:
        """What the rules on the loss of data read, after the time since the last call."""
        subjects = [subject for metric, subject in book.series if metric is Metric.DATA]
        everything = {*self._symbols(""), *(subject for subject in subjects if subject)}
        since, self._at = self._at or now, now
        seconds = Decimal(max(now - since, timedelta(0)) // _MICROSECOND) / 1_000_000
        for symbol in everything:
            if in_session(symbol, self.hours, now):
                self._seconds[symbol] = self._seconds.get(symbol, Decimal(0)) + seconds
        found = (self._reading(subject, now) for subject in subjects)
        return tuple(reading for reading in found if reading is not None)

    def _symbols(self, subject: str) -> frozenset[str]:
        return frozenset({subject or self.watched}) if subject or not self.needed else self.needed

    def _reading(self, subject: str, now: datetime) -> Reading | None:
        """The longest silence; None where nothing was heard and nothing is in session."""
        known = [symbol for symbol in sorted(self._symbols(subject)) if symbol in self._seconds]
        if not known:
            return None
        symbol = max(known, key=self._seconds.__getitem__)
        quote, seconds = self._newest.get(symbol), self._seconds[symbol]
        if quote is None:
            seconds = max(seconds, self._latched.get(subject, seconds))
        return Reading(
            metric=Metric.DATA,
            subject=subject,
            value=seconds,
            at=now,
            quality=self._own,  # of our own clock, whatever the last price is worth
            source=quote.source if quote else "",
            price=quote.price if quote else None,
            price_at=quote.at if quote else None,
            symbol=symbol,
        )


def latched_silences(book: Book, latches: Mapping[str, Latch]) -> dict[str, Decimal]:
    """By subject, the longest loss of data that was told and is not over."""
    longest: dict[str, Decimal] = {}
    for rule in book.rules.values():
        latch = latches.get(rule.id)
        if rule.metric is Metric.DATA and latch is not None and latch.beyond:
            longest[rule.subject] = max(rule.threshold, longest.get(rule.subject, rule.threshold))
    return longest


def _cents(price: Decimal) -> str:
    return price_text(round(price, 2))
