"""Prices too far from the last one to be believed at once: quarantined until a second confirms.

A crash and a mistyped trade look alike at their first tick; what tells them apart is the second.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum

from vaultdesk.core.market import Quote

OUTLIER_SIGMAS = Decimal(5)
"""A move by more than this many standard deviations is an outlier."""

DEFAULT_VOLATILITY = Decimal("0.18")
"""A year's standard deviation of log returns where the market's own is not known: gold's usual."""

LEAST_VOLATILITY = Decimal("0.05")
"""A volatility below this is taken for this: a chain that says less is itself in doubt."""

MOST_VOLATILITY = Decimal(1)
"""A volatility above this is taken for this: nothing would be out of reach otherwise."""

LEAST_ELAPSED = timedelta(minutes=1)
"""Prices closer in time count as this far apart: ticks come in bursts, and clocks differ."""

SAME_TRADE = timedelta(seconds=1)
"""Two times of one vendor closer than this are one trade: a poll and a stream round differently."""

SESSION = timedelta(hours=6, minutes=30)
"""How long a stock exchange trades in a day."""

ROUND_THE_CLOCK = timedelta(hours=24)
"""How long currencies and gold trade in a day."""

_DAYS_A_YEAR = 252
_DAY = timedelta(days=1)
_MICROSECOND = timedelta(microseconds=1)
_NEAREST, _FARTHEST = Decimal("0.5"), Decimal(2)


class Verdict(StrEnum):
    """What a tick means for the level that a symbol's price is believed to be at."""

    ACCEPTED = "accepted"
    """Within reach of the last accepted price."""
    QUARANTINED = "quarantined"
    """Out of reach, and the first to be: shown, but nothing is decided by it."""
    REPEATED = "repeated"
    """The quarantined trade again; it confirms nothing."""
    CONFIRMED = "confirmed"
    """A second trade, or another source, agrees with the quarantined one: the level is real."""
    DISCARDED = "discarded"
    """Back within reach of the last accepted price: the quarantined one was none."""
    OVERTAKEN = "overtaken"
    """Within reach, but made before the quarantined trade: it says nothing about that."""

    @property
    def believed(self) -> bool:
        """Whether the tick may be acted upon."""
        return self not in (Verdict.QUARANTINED, Verdict.REPEATED)


@dataclass(frozen=True, slots=True)
class Outlier:
    """The newest price believed, and the one in quarantine; both None before the first price."""

    accepted: Quote | None = None
    suspect: Quote | None = None

    def weigh(
        self, tick: Quote, volatility: Decimal = DEFAULT_VOLATILITY, day: timedelta = SESSION
    ) -> "tuple[Outlier, Verdict]":
        """What is known after `tick`, and what it means.

        `volatility` is a fraction per year and `day` how long the symbol trades in a day. The first
        price of all is accepted. While one is in quarantine, a tick agrees with it that lies on its
        side of the accepted price, at between half and twice its distance (of logarithms).

        Raises:
            ValueError: The quote has no positive price.
        """
        if self.accepted is None:
            _price(tick)
            return Outlier(tick), Verdict.ACCEPTED
        in_reach = self._in_reach(tick, volatility, day)
        if self.suspect is None:
            if in_reach:
                return Outlier(tick), Verdict.ACCEPTED
            return replace(self, suspect=tick), Verdict.QUARANTINED
        return self._second(self.suspect, tick, in_reach=in_reach)

    def _second(self, suspect: Quote, tick: Quote, *, in_reach: bool) -> "tuple[Outlier, Verdict]":
        """What a tick means while another is in quarantine."""
        later = tick.at - suspect.at >= SAME_TRADE
        if self._agree(suspect, tick):
            if later or vendor(tick.source) != vendor(suspect.source):
                return Outlier(tick), Verdict.CONFIRMED
            return self, Verdict.REPEATED
        if not in_reach:
            return replace(self, suspect=tick if later else suspect), Verdict.QUARANTINED
        if tick.at < suspect.at:
            return self, Verdict.OVERTAKEN
        return Outlier(tick), Verdict.DISCARDED

    def _agree(self, suspect: Quote, tick: Quote) -> bool:
        share = self._move(tick) / self._move(suspect)
        return _NEAREST <= share <= _FARTHEST

    def _in_reach(self, tick: Quote, volatility: Decimal, day: timedelta) -> bool:
        elapsed = abs(tick.at - self._accepted.at)
        return abs(self._move(tick)) <= OUTLIER_SIGMAS * sigma(elapsed, volatility, day)

    def _move(self, tick: Quote) -> Decimal:
        """The logarithm of the tick's price over the accepted one."""
        return (_price(tick) / _price(self._accepted)).ln()

    @property
    def _accepted(self) -> Quote:
        assert self.accepted is not None  # noqa: S101 - a move is from somewhere
        return self.accepted


def sigma(elapsed: timedelta, volatility: Decimal, day: timedelta = SESSION) -> Decimal:
    """The standard deviation of the log return over `elapsed`, for `volatility` a year.

    Grows with the square root of trading days, 252 to a year. Time up to one trading `day` is taken
    to lie within one; anything longer spans a close, and counts as one day at least and by the
    calendar beyond, weekends included.
    """
    elapsed = max(elapsed, LEAST_ELAPSED)
    days = _ratio(elapsed, day) if elapsed <= day else max(_ratio(elapsed, _DAY), Decimal(1))
    annual = min(max(volatility, LEAST_VOLATILITY), MOST_VOLATILITY)
    return annual * (days / _DAYS_A_YEAR).sqrt()


def vendor(source: str) -> str:
    """Whose price it is: what "yahoo" polls and "yahoo stream" pushes is one vendor's word."""
    return source.partition(" ")[0]


def doubt(known: Outlier) -> str:
    """What to tell of the price in quarantine, in one sentence; empty if there is none."""
    if known.accepted is None or known.suspect is None:
        return ""
    before, now = _price(known.accepted), _price(known.suspect)
    way = "below" if now < before else "above"
    return (
        f"{known.suspect.source} says {now} for {known.suspect.symbol}, "
        f"{abs(now / before - 1) * 100:.1f} % {way} {before}: check another source, alerts wait "
        "until a second trade confirms it."
    )


def _price(quote: Quote) -> Decimal:
    if quote.price is None or quote.price <= 0:
        raise ValueError(f"A quote of {quote.symbol} without a price cannot be weighed.")
    return quote.price


def _ratio(part: timedelta, whole: timedelta) -> Decimal:
    return Decimal(part // _MICROSECOND) / Decimal(whole // _MICROSECOND)
