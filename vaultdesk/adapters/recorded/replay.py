"""A recording played back as a feed, its clock included."""

import asyncio
import contextlib
import math
import time
from bisect import bisect_right
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Literal, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from vaultdesk.adapters.recorded.tape import ChainLine, Listing, Tape, chain_of, read_tape
from vaultdesk.core.market import Chain, DailyClose, FeedState, FeedStatus, Quote
from vaultdesk.ports import Clock, FeedError, FeedFault, InputError

LONGEST_NAP_S = 3600.0
"""Timers of some event loops overflow after 24 days; a longer wait is taken in pieces."""

SHORTEST_NAP_S = 0.001
"""A timer may fire a rounding error early: the rest of the wait is not spun away."""

E = TypeVar("E", Listing, ChainLine)


class ReplayClock:
    """The recording's time: runs `speed` times as fast as `monotonic`, stops at the last event."""

    def __init__(
        self, start: datetime, end: datetime, speed: float, monotonic: Callable[[], float]
    ) -> None:
        self._start = start
        self._end = end
        self._speed = speed
        self._length_s = (end - start).total_seconds()
        self._monotonic = monotonic
        self._began = monotonic()

    def now(self) -> datetime:
        """The recording's time now, aware, in UTC."""
        passed_s = max(self._monotonic() - self._began, 0.0) * self._speed
        if passed_s >= self._length_s:
            return self._end
        return self._start + timedelta(seconds=passed_s)

    @property
    def ended(self) -> bool:
        """Whether the last event's time has come."""
        return self.now() >= self._end

    def wait_s(self, moment: datetime) -> float:
        """Real seconds until the recording reaches `moment`; negative once it has."""
        due = self._began + (moment - self._start).total_seconds() / self._speed
        return due - self._monotonic()


class RecordedFeed:
    """Replays a recording: what was recorded up to the clock's time is known, no more.

    `position="end"` puts the clock at the last event at once. `monotonic` and `sleep` are the
    real ones except in tests. A path is read here and now; pass a Tape to read it elsewhere.
    """

    def __init__(
        self,
        recording: Path | Tape,
        speed: float = 1.0,
        position: Literal["start", "end"] = "start",
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        if not (math.isfinite(speed) and speed > 0):
            raise InputError("The replay speed must be more than zero.", "replay_speed")
        self.tape = recording if isinstance(recording, Tape) else read_tape(recording)
        start = self.tape.end if position == "end" else self.tape.start
        self._clock = ReplayClock(start, self.tape.end, speed, monotonic)
        self._speed = speed
        self._sleep = sleep
        self._naps: set[asyncio.Future[object]] = set()
        self._closed = False
        self._quotes = {symbol: self._quotes_of(symbol) for symbol in self.tape.symbols}
        self.name = "recorded"
        self.clock: Clock = self._clock

    @property
    def symbols(self) -> tuple[str, ...]:
        """Every symbol on the tape, in alphabetical order."""
        return self.tape.symbols

    def at_end(self) -> bool:
        """Whether the clock has reached the last event."""
        return self._clock.ended

    async def quote(self, symbol: str) -> Quote:
        """The newest quote at the clock's time."""
        quotes = self._known(symbol)
        passed = _until(quotes, self._clock.now())
        if passed:
            return quotes[passed - 1]
        raise self._nothing_yet(symbol, "quote", quotes[0].received if quotes else None)

    async def closes(self, symbol: str, start: date) -> tuple[DailyClose, ...]:
        """Refused: the format has no daily closes."""
        self._known(symbol)
        raise FeedError(
            FeedFault.NO_DATA,
            f"A recording holds no daily closes, so there are none of {symbol} since "
            f"{start.isoformat()}.",
        )

    async def stream(self, symbol: str) -> AsyncIterator[Quote]:
        """The newest quote, then each later one when its time comes.

        Raises:
            FeedError: ENDED once the clock has reached the last event.
        """
        quotes = self._known(symbol)
        index = max(_until(quotes, self._clock.now()) - 1, 0)
        for quote in quotes[index:]:
            await self._reach(quote.received)
            if self._closed:
                return
            yield quote
        await self._reach(self.tape.end)
        if not self._closed:
            raise FeedError(FeedFault.ENDED, self._ending())

    async def expirations(self, symbol: str) -> tuple[date, ...]:
        """The expiries of the newest listing at the clock's time, ascending.

        On a tape without listings of this symbol: those of its chains up to that time.
        """
        self._known(symbol)
        listings = [listing for listing in self.tape.listings if listing.symbol == symbol]
        now = self._clock.now()
        if listings:
            passed = _until(listings, now)
            if passed:
                return listings[passed - 1].dates
            raise self._nothing_yet(symbol, "list of expiries", listings[0].at)
        chains = [line for line in self.tape.chains if line.symbol == symbol]
        passed = _until(chains, now)
        if passed:
            return tuple(sorted({line.expiry for line in chains[:passed]}))
        raise self._nothing_yet(symbol, "option chain", chains[0].at if chains else None)

    async def chain(self, symbol: str, expiry: date) -> Chain:
        """The newest chain of this expiry at the clock's time.

        Its spot is the one recorded with it, else the newest quote's at the chain's own time.
        """
        quotes = self._known(symbol)
        lines = [
            line for line in self.tape.chains if (line.symbol, line.expiry) == (symbol, expiry)
        ]
        passed = _until(lines, self._clock.now())
        if not passed:
            what = f"chain of {expiry.isoformat()}"
            raise self._nothing_yet(symbol, what, lines[0].at if lines else None)
        line = lines[passed - 1]
        before = _until(quotes, line.at)
        spot = quotes[before - 1].price if before else None
        return await asyncio.to_thread(chain_of, line, spot)

    def status(self) -> FeedStatus:
        """Replaying at which speed, or ended and when."""
        if self._closed:
            return FeedStatus(self.name, FeedState.OFFLINE, "The recording was closed.")
        if self._clock.ended:
            return FeedStatus(self.name, FeedState.ENDED, self._ending())
        sentence = f"Replaying {self.tape.name} at {self._speed:g} times its pace."
        return FeedStatus(self.name, FeedState.STREAMING, sentence)

    async def close(self) -> None:
        """End every stream at once."""
        self._closed = True
        for nap in self._naps:
            nap.cancel()

    async def _reach(self, moment: datetime) -> None:
        """Wait until the clock reaches `moment` or the feed is closed; always yields once."""
        await asyncio.sleep(0)
        while not self._closed and self._clock.now() < moment:
            left_s = min(max(self._clock.wait_s(moment), SHORTEST_NAP_S), LONGEST_NAP_S)
            nap = asyncio.ensure_future(self._sleep(left_s))
            self._naps.add(nap)
            try:
                await asyncio.wait((nap,))
            finally:
                nap.cancel()
                self._naps.discard(nap)

    def _quotes_of(self, symbol: str) -> tuple[Quote, ...]:
        return tuple(quote for quote in self.tape.quotes if quote.symbol == symbol)

    def _known(self, symbol: str) -> tuple[Quote, ...]:
        if symbol in self._quotes:
            return self._quotes[symbol]
        there = ", ".join(self.symbols)
        raise FeedError(
            FeedFault.UNKNOWN_SYMBOL,
            f"The recording {self.tape.name} has no {symbol}; it has {there}.",
        )

    def _nothing_yet(self, symbol: str, what: str, first: datetime | None) -> FeedError:
        if first is None:
            sentence = f"The recording {self.tape.name} has no {what} for {symbol}."
        else:
            when = _local(first, self.tape.timezone)
            sentence = f"The recording has no {what} for {symbol} yet; the first comes at {when}."
        return FeedError(FeedFault.NO_DATA, sentence)

    def _ending(self) -> str:
        return f"The recording ended at {_local(self.tape.end, self.tape.timezone)}."


def _until(events: Sequence[Quote] | Sequence[E], now: datetime) -> int:
    """How many of the events, in order of time, have come by `now`."""
    return bisect_right(events, now, key=_time_of)


def _time_of(event: Quote | Listing | ChainLine) -> datetime:
    return event.received if isinstance(event, Quote) else event.at


def _local(moment: datetime, timezone: str) -> str:
    """The time as the tape's place says it; in UTC where the place is unknown."""
    with contextlib.suppress(ZoneInfoNotFoundError, ValueError, OSError, OverflowError):
        moment = moment.astimezone(ZoneInfo(timezone))
    return moment.strftime("%Y-%m-%d %H:%M %Z")
