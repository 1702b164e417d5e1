"""The market the fake Yahoo serves, in the shape of Yahoo's v7 and v8 answers and its stream."""

import base64
import functools
import gzip
import json
import math
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

SHARED = Path(__file__).parents[3] / "shared" / "data"
"""Recorded market data beside the project; tests that need it skip where it is absent."""

RECORDED_GLD = SHARED / "options" / "GLD-2026-07-10.market.jsonl.gz"
NEW_YORK = ZoneInfo("America/New_York")

Row = dict[str, Any]


@dataclass
class Market:
    """One symbol's market; `at` None is the moment of the question.

    `daily` are the daily bars, each with the time Yahoo gives it: the open of its session.
    """

    symbol: str = "GLD"
    price: float = 377.01
    previous_close: float = 374.2
    bid: float = 376.98
    ask: float = 377.04
    currency: str = "USD"
    at: datetime | None = None
    delayed_by: int = 0
    source_name: str = "Nasdaq Real Time Price"
    chains: Mapping[date, Sequence[Row]] = field(default_factory=dict)
    daily: Sequence[tuple[datetime, float | None]] = ()
    zone: str = "America/New_York"

    def epoch(self) -> int:
        """The market's time in whole seconds."""
        return int((self.at or datetime.now(UTC)).timestamp())


def midnight(day: date) -> int:
    """How Yahoo names an expiry: the epoch of its midnight in UTC."""
    return int(datetime.combine(day, time(), UTC).timestamp())


@functools.cache
def recorded_gld() -> Market:
    """GLD at the close of 2026-07-10 with its 25 recorded expiries."""
    chains: dict[date, list[Row]] = {}
    price = 0.0
    with gzip.open(RECORDED_GLD, "rt", encoding="utf-8") as lines:
        for line in lines:
            event = json.loads(line)
            if "quote" in event:
                price = float(event["quote"]["last"])
            if "chain" in event:
                expiry = date.fromisoformat(event["chain"]["expiry"])
                chains[expiry] = [_from_recording(row) for row in event["chain"]["rows"]]
    at = datetime(2026, 7, 10, 20, tzinfo=UTC)
    return Market(price=price, bid=376.98, ask=377.04, at=at, chains=chains)


def _from_recording(row: Row) -> Row:
    numbers = {key: None if row[key] is None else float(row[key]) for key in ("bid", "ask", "last")}
    return contract(
        row["contract"],
        strike=float(row["strike"]),
        bid=numbers["bid"],
        ask=numbers["ask"],
        lastPrice=numbers["last"],
        volume=row["volume"],
        openInterest=row["open_interest"],
        impliedVolatility=row["vendor"]["iv"],
    )


def contract(symbol: str, **fields: object) -> Row:
    """One row of a v7 chain; a field given as None is left out, as Yahoo leaves it out."""
    row = {
        "contractSymbol": symbol,
        "currency": "USD",
        "change": 0,
        "percentChange": 0,
        "contractSize": "REGULAR",
        "lastTradeDate": 1783713000,
        "inTheMoney": False,
        **fields,
    }
    return {key: value for key, value in row.items() if value is not None}


def generated_gld(today: date) -> Market:
    """A small chain at GLD's level: six Fridays, strikes 320 to 430, a crude time value."""
    friday = today + timedelta(days=(4 - today.weekday()) % 7 + 7)
    days = [friday + timedelta(weeks=weeks) for weeks in (0, 1, 3, 8, 16, 60)]
    return Market(chains={day: _generated(day, (day - today).days, 377.01) for day in days})


def _generated(expiry: date, days: int, spot: float) -> list[Row]:
    rows = []
    for right in "CP":
        for strike in range(320, 431, 5):
            intrinsic = max(spot - strike if right == "C" else strike - spot, 0)
            width = spot * 0.23 * math.sqrt(days / 365)
            value = intrinsic + 0.4 * width * math.exp(-(((strike - spot) / width) ** 2) / 2)
            rows.append(
                contract(
                    f"GLD{expiry:%y%m%d}{right}{strike * 1000:08d}",
                    strike=strike,
                    bid=round(value * 0.98, 2),
                    ask=round(value * 1.02 + 0.01, 2),
                    lastPrice=round(value, 2),
                    volume=None if strike % 10 else strike,
                    openInterest=strike * 3,
                    impliedVolatility=0.23,
                )
            )
    return rows


def chart_body(market: Market) -> Row:
    """What /v8/finance/chart answers for one day in minutes."""
    now = market.epoch()
    zone = datetime.fromtimestamp(now, NEW_YORK)
    offset = int((zone.utcoffset() or timedelta()).total_seconds())
    day = zone.date()
    hours = {"pre": (4, 0, 9, 30), "regular": (9, 30, 16, 0), "post": (16, 0, 20, 0)}
    periods = {
        name: {
            "timezone": zone.tzname(),
            "start": _at(day, h1, m1),
            "end": _at(day, h2, m2),
            "gmtoffset": offset,
        }
        for name, (h1, m1, h2, m2) in hours.items()
    }
    minutes = [now - now % 60 - 60 * ago for ago in (3, 2, 1)]
    meta = {
        "currency": market.currency,
        "symbol": market.symbol,
        "exchangeName": "PCX",
        "fullExchangeName": "NYSEArca",
        "instrumentType": "ETF",
        "firstTradeDate": 1100788200,
        "regularMarketTime": now,
        "hasPrePostMarketData": True,
        "gmtoffset": offset,
        "timezone": zone.tzname(),
        "exchangeTimezoneName": "America/New_York",
        "regularMarketPrice": market.price,
        "fiftyTwoWeekHigh": 509.7,
        "fiftyTwoWeekLow": 296.1,
        "regularMarketDayHigh": market.price + 2,
        "regularMarketDayLow": market.price - 2,
        "regularMarketVolume": 9123456,
        "longName": "SPDR Gold Shares",
        "shortName": "SPDR Gold Trust",
        "chartPreviousClose": market.previous_close,
        "previousClose": market.previous_close,
        "scale": 3,
        "priceHint": 2,
        "currentTradingPeriod": periods,
        "tradingPeriods": [[periods["regular"]]],
        "dataGranularity": "1m",
        "range": "1d",
        "validRanges": ["1d", "5d", "1mo", "3mo", "6mo", "1y", "2y", "5y", "10y", "ytd", "max"],
    }
    prices = [market.price] * len(minutes)
    bars = dict.fromkeys(("open", "high", "low", "close"), prices) | {"volume": [1000] * 3}
    result = {"meta": meta, "timestamp": minutes, "indicators": {"quote": [bars]}}
    return {"chart": {"result": [result], "error": None}}


def daily_body(market: Market, since: int, until: int) -> Row:
    """What /v8/finance/chart answers in days: bars that began in the period, raw and adjusted."""
    body = chart_body(market)
    (result,) = body["chart"]["result"]
    del result["meta"]["tradingPeriods"], result["timestamp"]
    result["meta"].update(dataGranularity="1d", range="", exchangeTimezoneName=market.zone)
    bars = [(int(at.timestamp()), close) for at, close in market.daily]
    bars = [(at, close) for at, close in bars if since <= at < until]
    if not bars:
        result["indicators"] = {"quote": [{}], "adjclose": [{}]}
        return body
    closes = [close for _, close in bars]
    result["timestamp"] = [at for at, _ in bars]
    volumes = [close and 1000 for close in closes]  # a day without a price is null throughout
    quote = dict.fromkeys(("open", "high", "low", "close"), closes) | {"volume": volumes}
    adjusted = [close and close * 0.9 for close in closes]
    result["indicators"] = {"quote": [quote], "adjclose": [{"adjclose": adjusted}]}
    return body


def _at(day: date, hour: int, minute: int) -> int:
    return int(datetime.combine(day, time(hour, minute), NEW_YORK).timestamp())


def options_body(market: Market, expiry: date | None) -> Row:
    """What /v7/finance/options answers; without an expiry, with the nearest one's chain."""
    days = sorted(market.chains)
    chosen = expiry or (days[0] if days else None)
    rows = list(market.chains.get(chosen, [])) if chosen else []
    quote = {
        "language": "en-US",
        "region": "US",
        "quoteType": "ETF",
        "quoteSourceName": market.source_name,
        "currency": market.currency,
        "regularMarketPrice": market.price,
        "regularMarketTime": market.epoch(),
        "regularMarketPreviousClose": market.previous_close,
        "regularMarketVolume": 9123456,
        "bid": market.bid,
        "ask": market.ask,
        "bidSize": 1,
        "askSize": 1,
        "exchange": "PCX",
        "exchangeTimezoneName": "America/New_York",
        "marketState": "REGULAR",
        "sourceInterval": 15,
        "exchangeDataDelayedBy": market.delayed_by,
        "symbol": market.symbol,
    }
    sides = {
        name: [{**row, "expiration": midnight(chosen)} for row in rows if _right(row) == right]
        for name, right in (("calls", "C"), ("puts", "P"))
        if chosen
    }
    result = {
        "underlyingSymbol": market.symbol,
        "expirationDates": [midnight(day) for day in days],
        "strikes": sorted({row["strike"] for row in rows}),
        "hasMiniOptions": False,
        "quote": quote,
        "options": [{"expirationDate": midnight(chosen), "hasMiniOptions": False, **sides}]
        if chosen
        else [],
    }
    return {"optionChain": {"result": [result], "error": None}}


def _right(row: Row) -> str:
    return str(row["contractSymbol"])[-9]


def first_tick(market: Market) -> str:
    """What the stream sends a new subscriber."""
    return pricing(id=market.symbol, price=market.price, time=market.epoch() * 1000, price_hint=2)


def for_a_program(*, generated: bool) -> tuple[Market, ...]:
    """GLD as recorded where the recording is there, timed now, and gold's future without options.

    Expiries that have passed are left out; without any left the chain is a generated one.
    """
    today = datetime.now(UTC).date()
    gld = generated_gld(today)
    if not generated and RECORDED_GLD.exists():
        coming = {day: rows for day, rows in recorded_gld().chains.items() if day >= today}
        gld = replace(recorded_gld(), chains=coming, at=None) if coming else gld
    return gld, Market(symbol="GC=F", price=4102.3, bid=4102.1, ask=4102.5, delayed_by=10)


_FIELDS = {
    "id": (1, "text"), "price": (2, "float"), "time": (3, "zigzag"), "currency": (4, "text"),
    "exchange": (5, "text"), "quote_type": (6, "int"), "market_hours": (7, "int"),
    "change_percent": (8, "float"), "day_volume": (9, "zigzag"), "change": (12, "float"),
    "previous_close": (16, "float"), "bid": (23, "float"), "ask": (25, "float"),
    "price_hint": (27, "zigzag"),
}  # fmt: skip


def pricing(**fields: str | float) -> str:
    """A PricingData message as the stream sends it: protobuf, base64, inside JSON.

    Encoded by hand from the wire format, so that the client's decoder meets another's encoder.
    """
    message = b""
    for name, value in fields.items():
        number, kind = _FIELDS[name]
        if kind == "text":
            text = str(value).encode()
            message += _varint(number << 3 | 2) + _varint(len(text)) + text
        elif kind == "float":
            message += _varint(number << 3 | 5) + struct.pack("<f", value)
        else:
            whole = int(value)
            message += _varint(number << 3)
            message += _varint((whole << 1) ^ (whole >> 63) if kind == "zigzag" else whole)
    return json.dumps({"type": "pricing", "message": base64.b64encode(message).decode()})


def _varint(value: int) -> bytes:
    out = b""
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])
