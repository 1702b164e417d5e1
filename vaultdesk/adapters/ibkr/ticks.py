"""What TWS tells of one contract's market, tick by tick, and the quote that comes of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from vaultdesk.adapters.ibkr.figures import given, whole
from vaultdesk.core.market import Quality, Quote, VendorGreeks
from vaultdesk.core.money import plain, rounded

PRICE, SIZE, COMPUTATION, TEXT, DATA_TYPE = 1, 2, 21, 46, 58
"""The messages that carry a market, by their numbers."""

QUALITIES = {1: Quality.LIVE, 2: Quality.CACHED, 3: Quality.DELAYED, 4: Quality.CACHED}
"""By TWS's types of data: live, frozen at the close, delayed, delayed and frozen."""

DELAYED_TYPES = (3, 4)

LATE = timedelta(minutes=15)
"""How old a delayed price is that comes without its time."""

PLACES = 6
"""Decimal places of a price: currencies have five, and beyond are the noise of binary fractions."""

BEYOND_PRICES = Decimal("1e12")

_PRICES = {1: "bid", 2: "ask", 4: "last", 9: "close", 66: "bid", 67: "ask", 68: "last", 75: "close"}
_SIZES = {0: "bid_size", 3: "ask_size", 8: "volume", 69: "bid_size", 70: "ask_size", 74: "volume"}
_SIZE_OF = {"bid": "bid_size", "ask": "ask_size"}
_TRADED_AT = (45, 88)
_MODEL = (13, 83)
_ABSENT_GREEK = Decimal(-2)

_READABLE_TIMES = range(1, 253_402_300_800)
"""Seconds since 1970 that are a year Python knows."""


@dataclass(slots=True)
class Ticks:
    """The market as far as it was told; prices per share, None where there is none.

    `told_at` is when the newest price came, `traded_at` the exchange's time of the last trade.
    `problem` says what could not be read, if anything.
    """

    bid: Decimal | None = None
    ask: Decimal | None = None
    last: Decimal | None = None
    close: Decimal | None = None
    bid_size: int | None = None
    ask_size: int | None = None
    volume: int | None = None
    greeks: VendorGreeks = field(default_factory=VendorGreeks)
    underlying: Decimal | None = None
    data_type: int = 1
    told_at: datetime | None = None
    traded_at: datetime | None = None
    problem: str = ""

    @property
    def quality(self) -> Quality:
        """By the type of data; a type nobody knows is not believed to be live."""
        return QUALITIES.get(self.data_type, Quality.CACHED)

    @property
    def has_price(self) -> bool:
        """Whether there is anything to value by."""
        return self.bid is not None or self.ask is not None or self.last is not None

    def take(self, fields: list[str], now: datetime) -> bool:
        """Take one message in; whether it told a price. One that cannot be read is a problem."""
        try:
            return _READERS[whole(fields[0])](self, fields, now)
        except (ValueError, IndexError) as error:
            self.problem = f"TWS sent a tick that cannot be read: {error}."
            return False


def price(text: str) -> Decimal | None:
    """A price above zero, None for anything else; noise of binary fractions is rounded away."""
    value = given(text)
    if value is None or not 0 < value < BEYOND_PRICES:
        return None
    return plain(rounded(value, PLACES)) or None


def quote(symbol: str, currency: str, ticks: Ticks, received: datetime, source: str) -> Quote:
    """The quote of these ticks, which have a price.

    Its time is the last trade's where that is what values; a market of bids and asks alone is as
    new as its newest tick. A delayed price without a time is `LATE`.
    """
    at = ticks.traded_at if ticks.last is not None else None
    if at is None:
        at = ticks.told_at or received
        at -= LATE if ticks.data_type in DELAYED_TYPES else timedelta(0)
    return Quote(
        symbol=symbol,
        bid=ticks.bid,
        ask=ticks.ask,
        last=ticks.last,
        at=min(at, received),
        received=received,
        source=source,
        quality=ticks.quality,
        previous_close=ticks.close,
        volume=ticks.volume,
        currency=currency,
    )


def _price(ticks: Ticks, fields: list[str], now: datetime) -> bool:
    """[1, version, id, type, price, size, mask]: -1 says that there is none, 0 says nothing."""
    name = _PRICES.get(whole(fields[3]))
    if name is None or given(fields[4]) == 0:
        return False
    value = price(fields[4])
    setattr(ticks, name, value)
    if size := _SIZE_OF.get(name):
        setattr(ticks, size, _count(fields[5]) if value is not None else None)
    if name != "close":
        ticks.told_at = now
    return True


def _size(ticks: Ticks, fields: list[str], _: datetime) -> bool:
    """[2, version, id, type, size]; a size without its price is none."""
    name = _SIZES.get(whole(fields[3]))
    if name is not None:
        absent = name != "volume" and getattr(ticks, name.removesuffix("_size")) is None
        setattr(ticks, name, None if absent else _count(fields[4]))
    return False


def _computation(ticks: Ticks, fields: list[str], _: datetime) -> bool:
    """[21, id, type, attribute, iv, delta, price, dividends, gamma, vega, theta, underlying].

    Only the model's own is kept: those of the bid, the ask and the last trade are of other prices.
    """
    if whole(fields[2]) not in _MODEL:
        return False
    iv = given(fields[4])
    ticks.greeks = VendorGreeks(
        iv=float(iv) if iv is not None and iv > 0 else None,
        delta=_greek(fields[5]),
        gamma=_greek(fields[8]),
        theta=_greek(fields[10]),
        vega=_greek(fields[9]),
    )
    ticks.underlying = price(fields[11])
    return False


def _text(ticks: Ticks, fields: list[str], _: datetime) -> bool:
    """[46, version, id, type, text]: of interest is the last trade's time, seconds since 1970."""
    if whole(fields[3]) in _TRADED_AT and whole(fields[4]) in _READABLE_TIMES:
        ticks.traded_at = datetime.fromtimestamp(whole(fields[4]), UTC)
    return False


def _data_type(ticks: Ticks, fields: list[str], _: datetime) -> bool:
    """[58, version, id, type]."""
    ticks.data_type = whole(fields[3])
    return False


_READERS = {
    PRICE: _price,
    SIZE: _size,
    COMPUTATION: _computation,
    TEXT: _text,
    DATA_TYPE: _data_type,
}


def _count(text: str) -> int | None:
    value = given(text)
    return int(value) if value is not None and value >= 0 else None


def _greek(text: str) -> float | None:
    value = given(text)
    return None if value is None or value == _ABSENT_GREEK else float(value)
