"""Quotes and option chains as the desk knows them, and how far each may be trusted."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Literal

Right = Literal["C", "P"]

EXERCISE_STYLES = ("american", "european")
"""When a holder may exercise: at any time, as with options on GLD, or at expiry only."""

NEAR_THE_MONEY = Decimal("0.10")
"""How far from spot, as a fraction, a strike may lie to count in a chain's verdict."""

DELAYED_BY = timedelta(minutes=20)
"""How late a source that says it is delayed may be before its quote is stale (15 min + slack)."""

DISAGREEMENT = Decimal("0.005")
"""Two sources that differ by more than this fraction of the lower price disagree."""


class Quality(StrEnum):
    """How far a number may be trusted; ordered from the best to the most doubtful."""

    LIVE = "LIVE"
    DELAYED = "DELAYED"
    CACHED = "CACHED"
    STALE = "STALE"
    SIMULATED = "SIMULATED"
    HYPOTHETICAL = "HYPOTHETICAL"


_DOUBT = {quality: rank for rank, quality in enumerate(Quality)}


def worst(*qualities: Quality) -> Quality:
    """The quality of a number computed from inputs of these qualities: doubt is contagious."""
    return max(qualities, key=_DOUBT.__getitem__)


def exercise_style(name: str) -> str:
    """The name itself, if it is one of `EXERCISE_STYLES`.

    Raises:
        ValueError: It is not.
    """
    if name not in EXERCISE_STYLES:
        known = " or ".join(map(repr, EXERCISE_STYLES))
        raise ValueError(f"Exercise is {known}, not {name!r}.")
    return name


@dataclass(frozen=True, slots=True)
class Quote:
    """One price of one symbol, with everything needed to judge it.

    Prices are per unit in `currency`; a price the source did not give, or gave as zero or
    nonsense, is None. `at` is the exchange's time, `received` ours; both are aware UTC. A price
    that is not `confirmed` jumped too far to be believed at once (see outliers.py): it is shown,
    but nothing is decided by it.
    """

    symbol: str
    bid: Decimal | None
    ask: Decimal | None
    last: Decimal | None
    at: datetime
    received: datetime
    source: str
    quality: Quality
    previous_close: Decimal | None = None
    volume: int | None = None
    currency: str = "USD"
    confirmed: bool = True

    @property
    def price(self) -> Decimal | None:
        """The price that values collateral: the last trade, else the mid of an honest market."""
        return self.last if self.last is not None else mid(self.bid, self.ask)

    @property
    def day_change(self) -> Decimal | None:
        """Price less the previous session's close, in `currency`."""
        if self.price is None or self.previous_close is None:
            return None
        return self.price - self.previous_close

    def age(self, now: datetime) -> timedelta:
        """Time since the exchange made this price; never negative, clocks differ a little."""
        return max(now - self.at, timedelta(0))


@dataclass(frozen=True, slots=True)
class DailyClose:
    """The last price of one trading day, in the symbol's currency.

    Not adjusted for dividends. Prices before a split are per share of today, as sources tell them.
    """

    day: date
    close: Decimal


def mid(bid: Decimal | None, ask: Decimal | None) -> Decimal | None:
    """Half-way between bid and ask; None unless both are positive and not crossed."""
    if bid is None or ask is None or bid <= 0 or ask < bid:
        return None
    return (bid + ask) / 2


def judged(quote: Quote, last_traded: datetime, fresh_for: timedelta) -> Quote:
    """The quote with the quality it deserves.

    A live, delayed or cached price is stale once it is older than `fresh_for` (`DELAYED_BY` more
    for a delayed source), counted back from `last_traded`: now while the exchange trades, its last
    close otherwise. Simulated and hypothetical prices stay what they are.
    """
    if quote.quality not in (Quality.LIVE, Quality.DELAYED, Quality.CACHED):
        return quote
    allowance = fresh_for + (DELAYED_BY if quote.quality is Quality.DELAYED else timedelta(0))
    if last_traded - quote.at > allowance:
        return replace(quote, quality=Quality.STALE)
    return quote


def aged(quality: Quality, age: timedelta, fresh_for: timedelta, good_for: timedelta) -> Quality:
    """What is left of a chain's quality when it is this old: kept for a while, then stale."""
    if quality not in (Quality.LIVE, Quality.DELAYED, Quality.CACHED):
        return quality
    if age > good_for:
        return Quality.STALE
    return Quality.CACHED if age > fresh_for else quality


def consensus(first: Quote, second: Quote) -> tuple[Quote, str | None]:
    """Which of two sources' quotes of one symbol to value by, and a sentence if they disagree.

    The later by exchange time, while they agree to `DISAGREEMENT`. When they do not, the lower
    price: a borrower is hurt by the fall that was not believed.
    """
    a, b = first.price, second.price
    if a is None or b is None:
        return (second if a is None else first), None
    if abs(a - b) <= DISAGREEMENT * min(a, b):
        return (first if first.at >= second.at else second), None
    chosen, other = (first, second) if a <= b else (second, first)
    return chosen, (
        f"{chosen.source} says {chosen.price} and {other.source} says {other.price} "
        f"for {chosen.symbol}; the loan is valued at the lower until they agree."
    )


class Flag(StrEnum):
    """What is wrong with one contract's quote; anything but OK prices nothing."""

    OK = "OK"
    NO_QUOTE = "NO-QUOTE"
    ONE_SIDED = "ONE-SIDED"
    ZERO_BID = "ZERO-BID"
    CROSSED = "CROSSED"
    BELOW_INTRINSIC = "BELOW-INTRINSIC"
    STALE = "STALE"


@dataclass(frozen=True, slots=True)
class VendorGreeks:
    """What the source said of a contract: shown beside our own numbers, never an input to them.

    Volatility as a fraction per year; the Greeks in whatever unit the vendor uses.
    """

    iv: float | None = None
    delta: float | None = None
    gamma: float | None = None
    theta: float | None = None
    vega: float | None = None
    rho: float | None = None


@dataclass(frozen=True, slots=True)
class OptionQuote:
    """One listed contract's market; prices per share, None where the source gave nothing.

    Sizes are contracts at the bid and at the ask.
    """

    contract: str
    right: Right
    strike: Decimal
    bid: Decimal | None = None
    ask: Decimal | None = None
    last: Decimal | None = None
    volume: int | None = None
    open_interest: int | None = None
    last_trade: datetime | None = None
    vendor: VendorGreeks = VendorGreeks()
    bid_size: int | None = None
    ask_size: int | None = None


@dataclass(frozen=True, slots=True)
class Chain:
    """All contracts of one symbol and expiry as one source gave them at one time.

    `spot` is the underlying's price the source gave with the chain, if any. `problems` names the
    rows that could not be read, a sentence each. `multiplier` is shares per contract.
    """

    symbol: str
    expiry: date
    rows: tuple[OptionQuote, ...]
    at: datetime
    received: datetime
    source: str
    quality: Quality
    spot: Decimal | None = None
    multiplier: int = 100
    problems: tuple[str, ...] = ()


def flag(row: OptionQuote, spot: Decimal | None, quality: Quality) -> Flag:
    """The gravest fault of one contract's quote; `spot` None skips the intrinsic test."""
    if not row.bid and not row.ask:
        return Flag.NO_QUOTE
    if row.bid is None or not row.ask:
        return Flag.ONE_SIDED
    if row.bid <= 0:
        return Flag.ZERO_BID
    if row.ask < row.bid:
        return Flag.CROSSED
    if spot is not None and row.ask < intrinsic(row, spot):
        return Flag.BELOW_INTRINSIC
    return Flag.STALE if quality is Quality.STALE else Flag.OK


def intrinsic(row: OptionQuote, spot: Decimal) -> Decimal:
    """What exercising now would bring per share; never negative."""
    value = spot - row.strike if row.right == "C" else row.strike - spot
    return max(value, Decimal(0))


def degenerate(chain: Chain, spot: Decimal | None) -> str | None:
    """Why a chain as a whole may price nothing, or None when it may.

    Out of hours a source may send zeros for most contracts and a few honest-looking leftovers;
    a chain with fewer than half of its near-the-money contracts two-sided is refused whole.
    """
    if not chain.rows:
        return "The source lists no contracts for this expiry."
    near = [
        row for row in chain.rows if spot is None or abs(row.strike - spot) <= NEAR_THE_MONEY * spot
    ] or list(chain.rows)
    honest = sum(mid(row.bid, row.ask) is not None for row in near)
    if 2 * honest >= len(near):
        return None
    return (
        f"Only {honest} of {len(near)} contracts near the money have a bid and an ask: "
        "the market is closed or the source is ill, so nothing is priced from this chain."
    )


def nearest_expiry(expirations: tuple[date, ...], today: date, days: int) -> date | None:
    """The coming expiry closest to `days` from `today`, the later on a tie; None if none is."""
    coming = [expiry for expiry in expirations if expiry > today]
    return min(coming, key=lambda e: (abs((e - today).days - days), -e.toordinal()), default=None)


class FeedState(StrEnum):
    """What a feed is doing, as the status bar says it."""

    CONNECTING = "connecting"
    STREAMING = "streaming"
    POLLING = "polling"
    BACKING_OFF = "backing off"
    OFFLINE = "offline"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class FeedStatus:
    """A feed's state, a sentence for a human and, where it has them, its quota and retry time."""

    source: str
    state: FeedState
    sentence: str = ""
    retry_at: datetime | None = None
    requests_left: int | None = None
