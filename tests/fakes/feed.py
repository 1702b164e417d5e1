"""A market feed whose answers a test writes down, and the clock and time it runs on."""

import asyncio
import selectors
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from vaultdesk.core.market import (
    Chain,
    DailyClose,
    FeedState,
    FeedStatus,
    OptionQuote,
    Quality,
    Quote,
)
from vaultdesk.ports import FeedError, FeedFault

START = datetime(2026, 7, 10, 15, 0, tzinfo=UTC)  # 11:00 in New York, in session


class ManualClock:
    """A clock that stands until it is moved."""

    def __init__(self, now: datetime = START) -> None:
        self.time = now

    def now(self) -> datetime:
        return self.time

    def advance(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


def quote(
    price: str,
    at: datetime = START,
    quality: Quality = Quality.LIVE,
    source: str = "test",
    symbol: str = "GLD",
) -> Quote:
    return Quote(symbol, None, None, Decimal(price), at, at, source, quality)


def chain(expiry: date, at: datetime = START, spot: str = "350") -> Chain:
    """Two-sided quotes at seven strikes around 350, American, priced at a flat 22 % and 4 %."""
    import numpy as np  # noqa: PLC0415

    from vaultdesk.core.calendar import years_to_expiry  # noqa: PLC0415
    from vaultdesk.core.options.american import american  # noqa: PLC0415

    rows = []
    years = years_to_expiry(expiry, at)
    for right, kind in (("C", 1), ("P", -1)):
        for strike in range(335, 370, 5):
            value = float(
                np.asarray(american(kind, float(spot), strike, years, 0.04, 0, 0.22).price)
            )
            middle = Decimal(str(round(value, 2)))
            rows.append(
                OptionQuote(
                    contract=f"GLD{expiry:%y%m%d}{right}{strike:05d}000",
                    right=right,  # type: ignore[arg-type]
                    strike=Decimal(strike),
                    bid=middle - Decimal("0.01"),
                    ask=middle + Decimal("0.01"),
                )
            )
    return Chain("GLD", expiry, tuple(rows), at, at, "test", Quality.LIVE, Decimal(spot))


@dataclass
class ScriptedFeed:
    """Answers from what the test put in; an exception in the place of an answer is raised."""

    clock: ManualClock = field(default_factory=ManualClock)
    name: str = "test"
    quotes: list[Quote | FeedError] = field(default_factory=list)
    others: dict[str, list[Quote | FeedError]] = field(default_factory=dict)
    held: dict[str, asyncio.Event] = field(default_factory=dict)
    daily: tuple[DailyClose, ...] | FeedError = ()
    streamed: "asyncio.Queue[Quote | FeedError] | None" = None
    expiries: tuple[date, ...] = ()
    chains: dict[date, Chain | FeedError] = field(default_factory=dict)
    gates: dict[date, asyncio.Event] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)
    waiting: asyncio.Event = field(default_factory=asyncio.Event)
    closed: bool = False

    async def quote(self, symbol: str) -> Quote:
        self.asked.append(f"quote {symbol}")
        if symbol in self.held:
            self.waiting.set()
            await self.held[symbol].wait()
        quotes = self.quotes if symbol == "GLD" else self.others.get(symbol, [])
        if not quotes:
            raise FeedError(FeedFault.NO_DATA, f"The test feed has no {symbol}.")
        answer = quotes.pop(0) if len(quotes) > 1 else quotes[0]
        if isinstance(answer, FeedError):
            raise answer
        return answer

    async def closes(self, symbol: str, start: date) -> tuple[DailyClose, ...]:
        self.asked.append(f"closes {symbol}")
        if isinstance(self.daily, FeedError):
            raise self.daily
        return tuple(close for close in self.daily if close.day >= start)

    async def stream(self, symbol: str) -> AsyncIterator[Quote]:
        if self.streamed is None:
            raise FeedError(FeedFault.NO_DATA, f"The test feed does not stream {symbol}.")
        while True:
            item = await self.streamed.get()
            if isinstance(item, FeedError):
                raise item
            yield item

    async def expirations(self, symbol: str) -> tuple[date, ...]:
        self.asked.append(f"expirations {symbol}")
        return self.expiries

    async def chain(self, symbol: str, expiry: date) -> Chain:
        del symbol
        self.asked.append(f"chain {expiry}")
        try:
            if expiry in self.gates:
                self.waiting.set()
                await self.gates[expiry].wait()
        except asyncio.CancelledError:
            self.cancelled.append(f"chain {expiry}")
            raise
        answer = self.chains[expiry]
        if isinstance(answer, FeedError):
            raise answer
        return answer

    def status(self) -> FeedStatus:
        return FeedStatus(self.name, FeedState.POLLING)

    async def close(self) -> None:
        self.closed = True


class _JumpingSelector(selectors.DefaultSelector):
    """Instead of waiting for a timer, moves the loop's time to it."""

    skipped = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout:
            self.skipped += timeout
            timeout = 0
        return super().select(timeout)


class JumpingLoop(asyncio.SelectorEventLoop):
    """An event loop on which an hour of sleeping passes at once; for work without threads."""

    def __init__(self) -> None:
        self._jumping = _JumpingSelector()
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.skipped

    def suspend(self, seconds: float) -> None:
        """The machine slept: time passed and nothing ran."""
        self._jumping.skipped += seconds
