"""The desk's price of one symbol: polled, streamed, judged, remembered and told."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from vaultdesk.core.loan.gold import ounces_per_share, premium
from vaultdesk.core.market import FeedState, FeedStatus, Quality, Quote
from vaultdesk.events import (
    AssetQuoted,
    Bus,
    FeedStatusChanged,
    HoursChanged,
    QuoteChanged,
    VolatilityChanged,
)
from vaultdesk.ports import Clock, FeedError, FeedFault, MarketFeed
from vaultdesk.services.side_quotes import SideQuotes
from vaultdesk.services.standing import Standing

if TYPE_CHECKING:
    from vaultdesk.core.calendar import Hours, Sessions
    from vaultdesk.stores import MarketStore

Sleep = Callable[[float], Awaitable[object]]

STREAM_RETRY_S = 30.0

OUNCE = "XAUUSD"
"""What the desk calls an ounce of gold in dollars, whatever a source calls it."""


class MarketService:
    """Watches one symbol at one feed. `quote` is the newest judged quote, None before the first.

    Polls on a fixed grid of `poll_interval_s` from its start, so a sleep of the machine neither
    shifts the grid nor is made up for by a burst; streams beside it where the feed can. `assets`
    are the quotes of the symbols the loan needs besides, `gold` a good one of an ounce, if any.
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
        self.gold: Quote | None = None
        self.sessions: Sessions | None = None
        self.hours: Hours | None = None
        self.status = FeedStatus(feed.name, FeedState.CONNECTING, "Connecting…")
        self._feed = feed
        self._bus = bus
        self._interval = poll_interval_s
        self._fresh_for = timedelta(seconds=fresh_for_s)
        self._gold_symbol = gold_symbol
        self._also: frozenset[str] = frozenset()
        self._sleep = sleep
        self._store: MarketStore | None = None
        self._standing = self._made()
        self._sides = SideQuotes(
            feed,
            bus,
            fresh_for=self._fresh_for,
            tell=self._tell_asset,
            exchange=lambda: self.hours,
        )
        self._want()
        self._undo = bus.subscribe(VolatilityChanged, self._hear_volatility)

    @property
    def clock(self) -> Clock:
        """The feed's clock, which is the desk's."""
        return self._feed.clock

    @property
    def quote(self) -> Quote | None:
        """The newest quote of the watched symbol, with the quality it deserves now."""
        return self._standing.quote

    @property
    def assets(self) -> dict[str, Quote]:
        """The newest quote of each other symbol that was asked for and ever came."""
        return self._sides.assets

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
        self._standing.close()
        self._standing = self._made()
        self._want()

    def also(self, symbols: frozenset[str]) -> None:
        """Ask for these symbols too from now on, for no others; each is told as `AssetQuoted`."""
        self._also = symbols
        self._want()

    async def use(self, store: MarketStore) -> None:
        """Keep quotes in this store, and bring back an earlier run's last ones, stale as they are.

        Raises:
            StorageError: It cannot be read.
        """
        self._store = store
        self._sides.use(store)
        await self._standing.restore(store)

    async def run(self) -> None:
        """Watch until cancelled; then write down the newest quote."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._poll())
                tasks.create_task(self._stream())
                tasks.create_task(self._age())
                tasks.create_task(self._sides.run())
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
            self._standing.failed(error)
        else:
            self.accept(quote)
        self._tell_status()

    async def refresh_assets(self) -> None:
        """Ask for the other symbols, each at most once a minute; failures are told."""
        await self._sides.refresh()

    def accept(self, quote: Quote) -> None:
        """Take a quote the feed gave: judge it, weigh it against other sources', tell it."""
        if quote.symbol == self.symbol:
            self._standing.accept(quote)

    async def keep(self, *, force: bool = True) -> None:
        """Write the newest good quote down, at most every few seconds unless forced."""
        await self._standing.keep(self._store, force=force)

    def close(self) -> None:
        """Hear nothing more."""
        self._undo()

    def _made(self) -> Standing:
        return Standing(
            self.symbol,
            self._bus,
            self._feed.clock,
            fresh_for=self._fresh_for,
            tell=lambda quote: self._bus.tell(QuoteChanged(quote)),
            exchange=lambda: self.hours,
        )

    def _want(self) -> None:
        """Gold's own symbol is asked for where the loan does not need an ounce anyway."""
        wanted = self._also - {self.symbol}
        gold = frozenset({self._gold_symbol}) - {"", self.symbol}
        self._sides.want(wanted, frozenset() if OUNCE in wanted else gold)

    def _tell_asset(self, quote: Quote) -> None:
        if quote.symbol in (OUNCE, self._gold_symbol):
            self.gold = quote if quote.quality not in (Quality.CACHED, Quality.STALE) else None
        self._bus.tell(AssetQuoted(quote))

    def _hear_volatility(self, event: VolatilityChanged) -> None:
        """Learn how far the price may move; nothing from what was priced at one in quarantine."""
        doubted = self.quote is not None and not self.quote.confirmed
        if event.symbol == self.symbol and event.annual is not None and not doubted:
            self._standing.volatility = Decimal(repr(event.annual))  # from float64, for sigma alone

    async def _poll(self) -> None:
        loop = asyncio.get_running_loop()
        start, tick = loop.time(), 0
        while True:
            await self.refresh()
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
                self._standing.failed(error)
            else:
                return
            await self._sleep(STREAM_RETRY_S)

    async def _age(self) -> None:
        """Judge the quotes again each second, as they grow older and sessions end."""
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
        self._standing.look_again()
        self._sides.look_again()

    def _tell_status(self) -> None:
        status = self._feed.status()
        if status != self.status:
            self.status = status
            self._bus.tell(FeedStatusChanged(status))
