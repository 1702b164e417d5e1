"""The simulated market as a feed: GLD with its options, and gold by the ounce."""

import asyncio
import math
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING

from vaultdesk.adapters.simulated import gold, listing
from vaultdesk.adapters.simulated.exchange import (
    Exchange,
    SessionsBetween,
    SimulatedClock,
    Timeline,
    default_start,
    dollars,
)
from vaultdesk.adapters.simulated.gold import SHARE
from vaultdesk.core.calendar import trading_date, weekday_sessions
from vaultdesk.core.market import Chain, DailyClose, FeedState, FeedStatus, Quality, Quote
from vaultdesk.ports import Clock, FeedError, FeedFault, InputError

if TYPE_CHECKING:
    from vaultdesk.adapters.simulated.currencies import Rates
    from vaultdesk.adapters.simulated.path import PricePath, Tick

GOLD = ("XAUUSD", "GC=F")
"""Gold by the ounce, under the two names a desk may ask for."""

FIRST_CENTS = 37_701
"""GLD's close of 2026-07-10, where the simulated market begins."""

MOST_BEHIND_S = 2.0
"""A stream that is later than this (the machine slept) goes on from the present."""

EARLIEST, LATEST = datetime(2005, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)

_MONTHLY_HELD, _OTHER_HELD = 2500.0, 500.0


def _wall() -> datetime:
    return datetime.now(UTC)


class SimulatedFeed:
    """A market drawn from a seed, marked SIMULATED throughout.

    The price depends on the seed, the start and the number of the tick alone. `start` pins the
    first moment (the next open, if nothing trades then); without one it is now while New York
    trades, else 10:00 in its latest session. `sessions` lists the exchange's sessions between two
    dates; `monotonic`, `sleep` and `wall` are the real ones except in tests.

    Raises:
        InputError: The start has no time zone or lies outside 2005 to 2100, or a pace is not
            positive.
    """

    def __init__(
        self,
        seed: int = 7,
        start: datetime | None = None,
        ticks_per_second: float = 1.0,
        speed: float = 1.0,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        wall: Callable[[], datetime] = _wall,
        sessions: SessionsBetween = weekday_sessions,
    ) -> None:
        _check(start, ticks_per_second, speed)
        self.name = "simulated"
        self.source = f"simulated (seed {seed})"
        self._seed = seed % 2**63
        self._rate = ticks_per_second
        self.sessions_between = sessions
        self._exchange = Exchange(sessions)
        self._timeline = Timeline(start or default_start(wall(), self._exchange), self._exchange)
        self._step_s = speed / ticks_per_second
        self._clock = SimulatedClock(self._timeline, speed, monotonic)
        self.clock: Clock = self._clock
        self._sleep = sleep
        self._naps: set[asyncio.Future[object]] = set()
        self._closed = False

    @cached_property
    def _path(self) -> "PricePath":
        """Drawn when the first price is asked for: NumPy must not delay the first paint."""
        from vaultdesk.adapters.simulated import path  # noqa: PLC0415

        return path.PricePath(self._seed, self._step_s, self._timeline, FIRST_CENTS, self._exchange)

    @cached_property
    def _rates(self) -> "Rates":
        from vaultdesk.adapters.simulated.currencies import Rates  # noqa: PLC0415 (NumPy, as above)

        return Rates(self._seed, self._step_s, self._timeline, self._exchange)

    async def _drawn(self) -> None:
        """Load NumPy off the loop before the first price; the same seed draws the same path."""
        if "_path" not in self.__dict__:
            await asyncio.to_thread(lambda: self._path)

    @property
    def symbols(self) -> tuple[str, ...]:
        """What the market lists, besides the pairs of a dozen currencies."""
        return (SHARE, *GOLD)

    async def quote(self, symbol: str) -> Quote:
        """The quote of the present tick."""
        self._check_symbol(symbol)
        await self._drawn()
        return self._quote(symbol, self._tick_now())

    async def closes(self, symbol: str, start: date) -> tuple[DailyClose, ...]:
        """The closes of the simulated sessions, and of as long a past as is asked for."""
        self._check_symbol(symbol)
        await self._drawn()
        number, first = self._tick_now(), max(start, EARLIEST.date())
        paths = self._rates.paths(symbol) if listing.is_pair(symbol) else (self._path,)
        past = await asyncio.to_thread(lambda: [path.past_closes(first) for path in paths])
        whole = [
            before + path.closes(number, first) for before, path in zip(past, paths, strict=True)
        ]
        return tuple(self._close(symbol, *legs) for legs in zip(*whole, strict=True))

    async def stream(self, symbol: str) -> AsyncIterator[Quote]:
        """The quote of the present tick, then one at each tick, until the feed is closed."""
        self._check_symbol(symbol)
        await self._drawn()
        number = self._tick_now()
        while not self._closed:
            yield self._quote(symbol, number)
            number += 1
            await self._reach(number)
            if self._tick_now() - number > MOST_BEHIND_S * self._rate + 1:
                number = self._tick_now()

    async def expirations(self, symbol: str) -> tuple[date, ...]:
        """The listed expiries, ascending."""
        self._check_options(symbol)
        return listing.expirations(trading_date(self.clock.now()), self._exchange.trades)

    async def chain(self, symbol: str, expiry: date) -> Chain:
        """The chain of a listed expiry at the present tick."""
        self._check_options(symbol)
        await self._drawn()
        tick = self._path.at(self._tick_now())
        today = trading_date(tick.at)
        session = self._exchange.session(expiry)
        if session is None or expiry not in listing.expirations(today, self._exchange.trades):
            raise FeedError(
                FeedFault.NO_DATA,
                f"The simulated market lists no options that expire on {expiry.isoformat()}.",
            )
        prices = (FIRST_CENTS / 100, tick.previous_close / 100)
        strikes = listing.strikes((expiry - today).days, min(prices), max(prices))
        monthly = listing.is_monthly(expiry, self._exchange.trades)
        held = _MONTHLY_HELD if monthly else _OTHER_HELD
        return await asyncio.to_thread(self._chain, tick, expiry, session[1], strikes, held)

    def status(self) -> FeedStatus:
        """Streaming, and from which seed."""
        if self._closed:
            return FeedStatus(self.name, FeedState.OFFLINE, "The simulated market was closed.")
        sentence = f"A simulated market from seed {self._seed}; no price is real."
        return FeedStatus(self.name, FeedState.STREAMING, sentence)

    async def close(self) -> None:
        """End every stream at once."""
        self._closed = True
        for nap in self._naps:
            nap.cancel()

    def past_closes(self, hours: int) -> tuple[tuple[datetime, Decimal], ...]:
        """GLD's price at each of the full hours (UTC) before the start, oldest first.

        The last is the price the simulation starts at; out of session the price stands still.
        Asking for more hours changes none of the later ones.
        """
        from vaultdesk.adapters.simulated.path import past_prices  # noqa: PLC0415

        start = self._timeline.start
        past = past_prices(self._seed, FIRST_CENTS, start, hours, self._exchange)
        return tuple((at, dollars(cents)) for at, cents in past)

    def _tick_now(self) -> int:
        # The small part keeps a tick that is exactly due from being rounded away.
        return int(self._clock.elapsed_s() * self._rate + 1e-6)

    async def _reach(self, number: int) -> None:
        """Wait until a tick is due or the feed is closed; always lets others run."""
        await asyncio.sleep(0)
        while not self._closed and self._tick_now() < number:
            left_s = max(number / self._rate - self._clock.elapsed_s(), 1e-4)
            nap = asyncio.ensure_future(self._sleep(left_s))
            self._naps.add(nap)
            try:
                await asyncio.wait((nap,))
            finally:
                nap.cancel()
                self._naps.discard(nap)

    def _quote(self, symbol: str, number: int) -> Quote:
        if listing.is_pair(symbol):
            return self._rates.quote(symbol, number, self.source)
        tick = self._path.at(number)
        if symbol in GOLD:
            return gold.quote(symbol, tick, self.source)
        return Quote(
            symbol=symbol,
            bid=dollars(tick.bid),
            ask=dollars(tick.ask),
            last=dollars(tick.last),
            at=tick.at,
            received=tick.at,
            source=self.source,
            quality=Quality.SIMULATED,
            previous_close=dollars(tick.previous_close),
            volume=tick.volume,
        )

    def _close(self, symbol: str, *legs: tuple[datetime, int]) -> DailyClose:
        """One session's close, from the paths that make the symbol's price."""
        closed, cents = legs[0]
        if listing.is_pair(symbol):
            from vaultdesk.adapters.simulated import currencies  # noqa: PLC0415 (NumPy, as above)

            price = currencies.close(symbol, cents, legs[1][1])
        else:
            price = gold.ounce(cents, closed) if symbol in GOLD else dollars(cents)
        return DailyClose(trading_date(closed), price)

    def _chain(
        self, tick: "Tick", expiry: date, closes: datetime, strikes: tuple[int, ...], held: float
    ) -> Chain:
        from vaultdesk.adapters.simulated.chains import Moment, build  # noqa: PLC0415

        moment = Moment(
            symbol=SHARE,
            at=tick.at,
            opened=tick.opened,
            spot=tick.last / 100,
            reference=tick.previous_close / 100,
            share=tick.share,
            seed=self._seed,
            source=self.source,
        )
        return build(moment, expiry, closes, strikes, held)

    def _check_symbol(self, symbol: str) -> None:
        if symbol not in self.symbols and not listing.is_pair(symbol):
            listed = ", ".join(self.symbols)
            raise FeedError(
                FeedFault.UNKNOWN_SYMBOL,
                f"The simulated market does not list {symbol}; it lists {listed} and pairs of "
                "currencies such as EURUSD.",
            )

    def _check_options(self, symbol: str) -> None:
        self._check_symbol(symbol)
        if symbol != SHARE:
            raise FeedError(
                FeedFault.NO_DATA, f"The simulated market lists options on {SHARE} only."
            )


def _check(start: datetime | None, ticks_per_second: float, speed: float) -> None:
    if start is not None and start.tzinfo is None:
        raise InputError("The simulated start needs its time zone.", "simulated_start")
    if start is not None and not EARLIEST <= start < LATEST:
        raise InputError("The simulated start must lie between 2005 and 2099.", "simulated_start")
    if not (math.isfinite(ticks_per_second) and ticks_per_second > 0):
        raise InputError(
            "The simulated ticks per second must be more than zero.", "simulated_ticks_per_s"
        )
    if not (math.isfinite(speed) and speed > 0):
        raise InputError("The simulation's speed must be more than zero.")
