"""The desk's price of one symbol: polled, streamed, judged, remembered and told."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from vaultdesk.core.calendar import Hours, Sessions
from vaultdesk.core.loan.gold import ounces_per_share, premium
from vaultdesk.core.market import (
    FeedState,
    FeedStatus,
    Quality,
    Quote,
    consensus,
    judged,
)
from vaultdesk.events import (
    Bus,
    FeedStatusChanged,
    HoursChanged,
    ProblemCleared,
    ProblemRaised,
    QuoteChanged,
)
from vaultdesk.ports import Clock, FeedError, FeedFault, MarketFeed, MarketStore, StorageError

Sleep = Callable[[float], Awaitable[object]]

KEEP_EVERY = timedelta(seconds=5)
"""How often the newest quote is written down while prices stream in."""

GOLD_EVERY = timedelta(seconds=60)

STREAM_RETRY_S = 30.0


class MarketService:
    """Watches one symbol at one feed. `quote` is the newest judged quote, None before the first.

    Polls on a fixed grid of `poll_interval_s` from its start, so a sleep of the machine neither
    shifts the grid nor is made up for by a burst; streams beside it where the feed can.
    """

    def __init__(
        self,
        feed: MarketFeed,
        bus: Bus,
        symbol: str,
        *,
        poll_interval_s: float = 30,
        fresh_for_s: float = 60,
        gold_symbol: str = "",
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self.symbol = symbol
        self.quote: Quote | None = None
        self.gold: Quote | None = None
        self.sessions: Sessions | None = None
        self.hours: Hours | None = None
        self.status = FeedStatus(feed.name, FeedState.CONNECTING, "Connecting…")
        self._feed = feed
        self._bus = bus
        self._interval = poll_interval_s
        self._fresh_for = timedelta(seconds=fresh_for_s)
        self._gold_symbol = gold_symbol
        self._gold_asked = datetime.min.replace(tzinfo=UTC)
        self._sleep = sleep
        self._store: MarketStore | None = None
        self._standing: Quote | None = None  # as the feed gave it: judged anew as time passes
        self._newest: dict[str, Quote] = {}
        self._kept_at: datetime | None = None
        self._failing = False

    @property
    def clock(self) -> Clock:
        """The feed's clock, which is the desk's."""
        return self._feed.clock

    @property
    def ounces_per_unit(self) -> Decimal | None:
        """Modelled ounces of gold behind one unit; None for anything but GLD."""
        return ounces_per_share(self.symbol, self.clock.now())

    @property
    def premium(self) -> Decimal | None:
        """The unit's price over the gold behind it, as a fraction; None without a gold price."""
        ounces = self.ounces_per_unit
        if ounces is None or not (self.quote and self.quote.price and self.gold):
            return None
        return self.gold.price and premium(self.quote.price, ounces, self.gold.price)

    def watch(self, symbol: str) -> None:
        """Watch another symbol from the next `run` on; nothing of the one before is left."""
        self.symbol = symbol
        self.quote = self._standing = self._kept_at = None
        self._newest.clear()

    async def use(self, store: MarketStore) -> None:
        """Keep quotes in this store, and bring back an earlier run's last one, stale as it is.

        Raises:
            StorageError: It cannot be read.
        """
        self._store = store
        kept = await store.last_quote(self.symbol)
        if kept is None or self.quote is not None:
            return
        if kept.quality is not Quality.SIMULATED:
            kept = replace(kept, quality=Quality.STALE)
        self._tell(kept)

    async def run(self) -> None:
        """Watch until cancelled; then write down the newest quote."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._poll())
                tasks.create_task(self._stream())
                tasks.create_task(self._age())
        finally:
            await self.keep()

    def use_sessions(self, sessions: Sessions) -> None:
        """Judge by these trading sessions from now on."""
        self.sessions = sessions
        self._look_at_the_clock()

    async def refresh(self) -> None:
        """Ask the feed for a quote now; a failure is told as a problem, not raised."""
        try:
            quote = await self._feed.quote(self.symbol)
        except FeedError as error:
            self._failed(error)
        else:
            self.accept(quote)
        self._tell_status()

    async def refresh_gold(self) -> None:
        """Ask for the price of an ounce, at most once in `GOLD_EVERY`, and no more than that.

        Without it the premium is unknown, which is no problem worth telling.
        """
        now = self.clock.now()
        if not self._gold_symbol or abs(now - self._gold_asked) < GOLD_EVERY:
            return
        self._gold_asked = now
        try:
            self.gold = await self._feed.quote(self._gold_symbol)
        except FeedError:
            self.gold = None

    def accept(self, quote: Quote) -> None:
        """Take a quote the feed gave: judge it, weigh it against other sources', tell it."""
        if quote.symbol != self.symbol:
            return
        if quote.price is None:
            self._failed(
                FeedError(
                    FeedFault.NO_DATA,
                    f"{quote.source} gave no price of {quote.symbol}: the last one stands.",
                )
            )
            return
        if self._failing:
            self._failing = False
            self._bus.tell(ProblemCleared("feed"))
        self._newest[quote.source] = quote
        self._tell(self._weighed(quote))

    def _weighed(self, quote: Quote) -> Quote:
        """The quote to value by, given what other sources said within the last minute."""
        now = self.clock.now()
        others = [
            other
            for source, other in self._newest.items()
            if source != quote.source and now - other.received <= self._fresh_for
        ]
        if not others:
            return quote
        chosen, disagreement = consensus(max(others, key=lambda q: q.received), quote)
        if disagreement:
            self._bus.tell(ProblemRaised("sources", disagreement))
        else:
            self._bus.tell(ProblemCleared("sources"))
        return chosen

    def _tell(self, quote: Quote) -> None:
        """Let this quote stand, with the quality it deserves now."""
        self._standing = quote
        self.quote = self._judged(quote)
        self._bus.tell(QuoteChanged(self.quote))

    def _judged(self, quote: Quote) -> Quote:
        now = self.clock.now()
        last_traded = self.hours.last_traded(now) if self.hours else now
        return judged(quote, last_traded, self._fresh_for)

    def _failed(self, error: FeedError) -> None:
        self._failing = True
        self._bus.tell(ProblemRaised("feed", str(error)))
        standing = self._standing
        if standing is not None and standing.quality in (Quality.LIVE, Quality.DELAYED):
            self._tell(replace(standing, quality=Quality.CACHED))

    async def _poll(self) -> None:
        loop = asyncio.get_running_loop()
        start, tick = loop.time(), 0
        while True:
            await self.refresh()
            await self.refresh_gold()
            tick = max(tick + 1, int((loop.time() - start) / self._interval) + 1)
            await self._sleep(start + tick * self._interval - loop.time())

    async def _stream(self) -> None:
        while True:
            try:
                async for quote in self._feed.stream(self.symbol):
                    self.accept(quote)
                    await self.keep(force=False)
                    self._tell_status()
            except FeedError as error:
                if error.fault in (FeedFault.NO_DATA, FeedFault.UNKNOWN_SYMBOL, FeedFault.ENDED):
                    self._tell_status()
                    return
                self._failed(error)
            else:
                return
            await self._sleep(STREAM_RETRY_S)

    async def _age(self) -> None:
        """Judge the standing quote again each second, as it grows older and sessions end."""
        while True:
            await self._sleep(1)
            self._look_at_the_clock()
            self._tell_status()
            await self.keep(force=False)

    def _look_at_the_clock(self) -> None:
        now = self.clock.now()
        hours = self.sessions.hours(now) if self.sessions else None
        if hours is not None and hours != self.hours:
            self.hours = hours
            self._bus.tell(HoursChanged(hours))
        if self._standing is not None and self._judged(self._standing) != self.quote:
            self._tell(self._standing)

    def _tell_status(self) -> None:
        status = self._feed.status()
        if status != self.status:
            self.status = status
            self._bus.tell(FeedStatusChanged(status))

    async def keep(self, *, force: bool = True) -> None:
        """Write the newest good quote down, at most every `KEEP_EVERY` unless forced."""
        quote, now = self.quote, self.clock.now()
        if self._store is None or quote is None or quote.quality is Quality.STALE:
            return
        if not force and self._kept_at is not None and abs(now - self._kept_at) < KEEP_EVERY:
            return
        self._kept_at = now
        try:
            await self._store.keep_quote(quote)
        except StorageError as error:
            self._bus.tell(ProblemRaised("storage", str(error)))
        else:
            self._bus.tell(ProblemCleared("storage"))
