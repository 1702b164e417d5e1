"""Recordings made up for tests, a time that passes only when waited for, and a feed to record."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator, Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vaultdesk.core.market import (
    Chain,
    DailyClose,
    FeedState,
    FeedStatus,
    OptionQuote,
    Quality,
    Quote,
)

if TYPE_CHECKING:
    from vaultdesk.ports import Clock

NOON = datetime(2026, 3, 3, 17, 0, tzinfo=UTC)
"""Noon in New York on a Tuesday."""

EXPIRY = date(2026, 4, 17)
HEADER: dict[str, Any] = {
    "format": "vaultdesk-market",
    "version": 1,
    "timezone": "America/New_York",
    "note": "made up",
}


class FakeTime:
    """Monotonic seconds that move only when somebody sleeps, so that waits take no time."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def monotonic(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)
        self.seconds += seconds


class StandingClock:
    def __init__(self, moment: datetime = NOON) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment


class PlayedFeed:
    """A feed that gives what it was given, at the clock's time."""

    def __init__(self, quotes: Iterable[Quote] = (), chains: Iterable[Chain] = ()) -> None:
        self.name = "played"
        self.standing = StandingClock()
        self.clock: Clock = self.standing
        self.quotes = list(quotes)
        self.chains = {chain.expiry: chain for chain in chains}
        self.closed = False
        self.streams_open = 0

    async def quote(self, symbol: str) -> Quote:
        return next(quote for quote in self.quotes if quote.symbol == symbol)

    async def closes(self, symbol: str, start: date) -> tuple[DailyClose, ...]:
        assert symbol
        return (DailyClose(start, Decimal("350.10")),)

    async def stream(self, symbol: str) -> AsyncIterator[Quote]:
        self.streams_open += 1
        try:
            for quote in self.quotes:
                if quote.symbol == symbol:
                    yield quote
        finally:
            self.streams_open -= 1

    async def expirations(self, symbol: str) -> tuple[date, ...]:
        assert symbol
        return tuple(sorted(self.chains))

    async def chain(self, symbol: str, expiry: date) -> Chain:
        assert symbol
        return self.chains[expiry]

    def status(self) -> FeedStatus:
        return FeedStatus(self.name, FeedState.STREAMING)

    async def close(self) -> None:
        self.closed = True


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def quote(last: str = "350.10", seconds: float = 0, symbol: str = "GLD") -> Quote:
    return Quote(
        symbol=symbol,
        bid=Decimal(last) - Decimal("0.01"),
        ask=Decimal(last) + Decimal("0.01"),
        last=Decimal(last),
        at=at(seconds - 1),
        received=at(seconds),
        source="test market",
        quality=Quality.SIMULATED,
        previous_close=Decimal("349.50"),
        volume=1_000_000,
    )


def chain(seconds: float = 0, expiry: date = EXPIRY, strikes: Iterable[int] = (340, 350)) -> Chain:
    rows = tuple(
        OptionQuote(
            contract=f"GLD{expiry:%y%m%d}C{strike * 1000:08d}",
            right="C",
            strike=Decimal(strike),
            bid=Decimal("5.10"),
            ask=Decimal("5.30"),
            last=Decimal("5.20"),
            volume=3,
            open_interest=40,
            last_trade=at(seconds - 60),
        )
        for strike in strikes
    )
    return Chain(
        symbol="GLD",
        expiry=expiry,
        rows=rows,
        at=at(seconds - 1),
        received=at(seconds),
        source="test market",
        quality=Quality.SIMULATED,
        spot=Decimal("350.10"),
    )


def quote_line(seconds: float = 0, **fields: object) -> dict[str, Any]:
    given = {"symbol": "GLD", "bid": "350.09", "ask": "350.11", "last": "350.10", "source": "test"}
    return {"at": at(seconds).isoformat(), "quote": given | fields}


def expirations_line(seconds: float = 0, *dates: str, symbol: str = "GLD") -> dict[str, Any]:
    return {"at": at(seconds).isoformat(), "expirations": {"symbol": symbol, "dates": list(dates)}}


def row(**fields: object) -> dict[str, Any]:
    given = {
        "contract": "GLD260417C00350000",
        "right": "C",
        "strike": "350",
        "bid": "5.1",
        "ask": "5.3",
        "last": "5.2",
        "volume": 3,
        "open_interest": 40,
        "vendor": {"iv": 0.2, "delta": 0.5, "gamma": 0.01, "theta": -0.1, "vega": 0.4, "rho": 0.2},
    }
    return given | fields


def chain_line(
    seconds: float = 0,
    rows: Iterable[object] = (),
    expiry: str = EXPIRY.isoformat(),
    **fields: object,
) -> dict[str, Any]:
    given = {
        "symbol": "GLD",
        "expiry": expiry,
        "multiplier": 100,
        "source": "test",
        "rows": list(rows) or [row()],
    }
    return {"at": at(seconds).isoformat(), "chain": given | fields}


def tape_bytes(*events: object, header: object = HEADER) -> bytes:
    """A plain recording; an event may also be given as raw bytes or text."""
    lines = (
        event
        if isinstance(event, bytes)
        else event.encode()
        if isinstance(event, str)
        else json.dumps(event).encode()
        for event in (header, *events)
    )
    return b"".join(line + b"\n" for line in lines)


def write_tape(path: Path, *events: object, header: object = HEADER, packed: bool = True) -> Path:
    plain = tape_bytes(*events, header=header)
    path.write_bytes(gzip.compress(plain, mtime=0) if packed else plain)
    return path
