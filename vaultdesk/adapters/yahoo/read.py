"""From Yahoo's fields to the desk's values: pure functions over what the client took apart.

Yahoo's numbers are binary floats, NaN where a field is missing, integers turned float beside a
missing one; the stream's are 32 bits wide.
"""

import re
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Protocol

from vaultdesk.adapters.yahoo.faults import malformed, no_data
from vaultdesk.core.currencies import currency_pair
from vaultdesk.core.market import OptionQuote, Quality, Quote, Right, VendorGreeks
from vaultdesk.core.money import from_float

Fields = Mapping[str, Any]


class Pricing(Protocol):
    """The fields of the stream's PricingData that are used; `time` in milliseconds."""

    id: str
    price: float
    time: int
    currency: str
    day_volume: int
    previous_close: float
    bid: float
    ask: float


META = (
    "symbol",
    "regularMarketPrice",
    "regularMarketTime",
    "regularMarketVolume",
    "previousClose",
    "chartPreviousClose",
    "currency",
)
"""The fields of a chart's metadata that make a quote."""

_BEYOND_ALL = 1e15

_CONTRACT = re.compile(r"(?P<root>[A-Z0-9]+?)(?P<day>\d{6})(?P<right>[CP])(?P<strike>\d{8})")
"""A contract's symbol as the Options Clearing Corporation writes it, without its blanks."""


@dataclass(frozen=True, slots=True)
class Market:
    """The bid and ask one answer gave beside the price, if it gave them."""

    bid: Decimal | None = None
    ask: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a symbol from earlier answers and no single answer repeats.

    `stands_in` names what Yahoo quotes in the symbol's place; it is said in every source.
    """

    currency: str = ""
    previous_close: Decimal | None = None
    delayed: bool = False
    stands_in: str = ""

    def source(self, name: str) -> str:
        """The source to show: "yahoo GC=F" for gold, which is a future's price."""
        return f"{name} {self.stands_in}".rstrip()

    @property
    def quality(self) -> Quality:
        """LIVE unless the source said that it is delayed."""
        return Quality.DELAYED if self.delayed else Quality.LIVE


def number(value: object) -> float | None:
    """A number, else None; booleans and texts are none, nor is what no price or volume reaches."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) < _BEYOND_ALL else None


def price(value: object) -> Decimal | None:
    """A positive price; zero is how Yahoo says that there is none."""
    found = from_float(number(value))
    return found if found is not None and found > 0 else None


def offer(value: object) -> Decimal | None:
    """A bid or ask of an option, where zero says that nobody bids; None if negative or missing."""
    found = from_float(number(value))
    return found if found is not None and found >= 0 else None


def count(value: object) -> int | None:
    """A volume or open interest; a float where a neighbour was missing."""
    found = number(value)
    return int(found) if found is not None and found >= 0 else None


def moment(value: object) -> datetime | None:
    """An aware UTC time from an epoch in seconds or a pandas Timestamp; None for NaT and NaN."""
    if isinstance(value, datetime):
        return datetime.fromtimestamp(value.timestamp(), UTC) if value == value else None  # noqa: PLR0124
    seconds = number(value)
    if seconds is None or not 0 < seconds < 4e9:  # noqa: PLR2004 - the year 2096
        return None
    return datetime.fromtimestamp(seconds, UTC)


def from_float32(value: float) -> float:
    """The shortest decimal that a 32-bit float stands for: 377.010009765625 is 377.01."""
    for digits in range(1, 10):
        short = float(f"{value:.{digits}g}")
        if struct.pack("f", short) == struct.pack("f", value):
            return short
    return value


def quote(symbol: str, meta: Fields, market: Market, facts: Facts, received: datetime) -> Quote:
    """The quote in a chart's metadata, with the bid and ask known from elsewhere.

    Raises:
        FeedError: MALFORMED without a time, NO_DATA without any price.
    """
    last, at = price(meta.get("regularMarketPrice")), moment(meta.get("regularMarketTime"))
    if not any(meta.values()):
        raise malformed(symbol)
    if last is None and (market.bid is None or market.ask is None):
        raise no_data(f"Yahoo has no price for {symbol} now; the desk asks again.")
    if at is None:
        raise malformed(symbol, "does not say when its price was made")
    pair = currency_pair(symbol)
    if pair and facts.currency != pair[1]:
        raise malformed(symbol, f"is in {facts.currency}")
    return Quote(
        symbol=symbol,
        bid=market.bid,
        ask=market.ask,
        last=last,
        at=at,
        received=received,
        source=facts.source("yahoo"),
        quality=facts.quality,
        previous_close=facts.previous_close,
        volume=count(meta.get("regularMarketVolume")),
        currency=facts.currency,
    )


def first_facts(symbol: str, stands_in: str = "") -> Facts:
    """What the symbol alone tells.

    Without a suffix Yahoo means a US listing, priced in dollars. Futures (=F) come ten minutes
    late, which only an option answer would say.
    """
    pair = currency_pair(symbol)
    listed_here = "USD" if re.fullmatch(r"[A-Z]{1,5}", symbol) else ""
    return Facts(
        currency=pair[1] if pair else listed_here,
        delayed=(stands_in or symbol).endswith("=F"),
        stands_in=stands_in,
    )


def learned(facts: Facts, meta: Fields) -> Facts:
    """The facts with a chart's; over one day both of its fields name the last session's close."""
    close = price(meta.get("previousClose")) or price(meta.get("chartPreviousClose"))
    currency = meta.get("currency")
    return replace(
        facts,
        previous_close=close or facts.previous_close,
        currency=currency if isinstance(currency, str) and currency else facts.currency,
    )


def is_delayed(underlying: Fields) -> bool:
    """Whether an option answer's quote of the underlying says that it is late."""
    late = number(underlying.get("exchangeDataDelayedBy"))
    return bool(late and late > 0) or "Delay" in str(underlying.get("quoteSourceName", ""))


def tick(
    symbol: str, message: Pricing, market: Market, facts: Facts, received: datetime
) -> Quote | None:
    """The quote in a stream's PricingData; None without a time or any price.

    Bid and ask are the message's own, else those known from elsewhere. In protobuf an absent
    number is zero. Ticks before and after hours come too, with their own time.
    """
    at = moment(message.time / 1000)
    last = price(from_float32(message.price))
    bid = price(from_float32(message.bid)) or market.bid
    ask = price(from_float32(message.ask)) or market.ask
    if at is None or (last is None and (bid is None or ask is None)):
        return None
    return Quote(
        symbol=symbol,
        bid=bid,
        ask=ask,
        last=last,
        at=at,
        received=received,
        source=facts.source("yahoo stream"),
        quality=facts.quality,
        previous_close=facts.previous_close or price(from_float32(message.previous_close)),
        volume=count(message.day_volume) or None,
        currency=message.currency or facts.currency,
    )


def chain_rows(
    symbol: str, expiry: date, rows: Iterable[tuple[Right, Fields]]
) -> tuple[tuple[OptionQuote, ...], tuple[str, ...]]:
    """The contracts that can be read, and a sentence for each that cannot."""
    good: dict[str, OptionQuote] = {}
    problems: list[str] = []
    for right, row in rows:
        problem = _fault(symbol, expiry, right, row)
        name = str(row.get("contractSymbol"))
        if problem is None and name in good:
            problem = f"{name} is listed twice; the first row is used."
        if problem is None:
            good[name] = _option(name, right, row)
        else:
            problems.append(problem)
    return tuple(good.values()), tuple(problems)


def _fault(symbol: str, expiry: date, right: Right, row: Fields) -> str | None:
    """Why a row is left out, in a sentence; None for a good one."""
    name, strike = row.get("contractSymbol"), price(row.get("strike"))
    parts = _CONTRACT.fullmatch(name) if isinstance(name, str) else None
    if not isinstance(name, str):
        return f"A row with strike {strike or 'unknown'} names no contract and is left out."
    if parts is None:
        return f"{name} is not a listed contract's symbol and is left out."
    if strike is None:
        return f"{name} has no strike and is left out."
    if not _standard(symbol, parts["root"], row.get("contractSize")):
        return f"{name} delivers something else than 100 shares of {symbol} and is left out."
    told = (parts["day"], parts["right"], int(parts["strike"]))
    if told != (f"{expiry:%y%m%d}", right, int(strike * 1000)):
        return f"{name} stands under another expiry, side or strike than its own and is left out."
    return None


def _standard(symbol: str, root: str, size: object) -> bool:
    """Whether a contract is for 100 shares; an adjusted one has a digit after its root (GLD1).

    Letters may follow: the weekly options of ^SPX are SPXW.
    """
    plain = re.sub(r"[^A-Z0-9]", "", symbol)
    if isinstance(size, str) and size != "REGULAR":
        return False
    return root.startswith(plain) and not any(sign.isdigit() for sign in root[len(plain) :])


def _option(name: str, right: Right, row: Fields) -> OptionQuote:
    return OptionQuote(
        contract=name,
        right=right,
        strike=price(row["strike"]) or Decimal(0),
        bid=offer(row.get("bid")),
        ask=offer(row.get("ask")),
        last=price(row.get("lastPrice")),
        volume=count(row.get("volume")),
        open_interest=count(row.get("openInterest")),
        last_trade=moment(row.get("lastTradeDate")),
        vendor=VendorGreeks(iv=number(row.get("impliedVolatility"))),
    )
