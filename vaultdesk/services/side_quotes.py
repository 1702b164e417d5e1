"""The prices beside the watched one that the loan needs: exchange rates, gold, other funds."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from vaultdesk.events import Bus, ProblemRaised
from vaultdesk.ports import FeedError, MarketFeed, StorageError
from vaultdesk.services.standing import Standing

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from vaultdesk.core.calendar import Hours
    from vaultdesk.core.market import Quote
    from vaultdesk.stores import MarketStore

ASK_EVERY = timedelta(seconds=60)
"""How often each is asked for at most: a source that is asked for too much refuses everything."""

_GRID_SLACK = timedelta(seconds=1)
"""By how much a round may come early, measured by the clock, without being skipped."""


class SideQuotes:
    """Asks a feed for some symbols in turn, and keeps the price of each that stands.

    A symbol's price stays good for `ASK_EVERY` longer than the watched one's. `assets` has the
    newest judged quote of each that ever came; each is given to `tell`.
    """

    def __init__(
        self,
        feed: MarketFeed,
        bus: Bus,
        *,
        fresh_for: timedelta,
        tell: Callable[[Quote], None],
        exchange: Callable[[], Hours | None],
    ) -> None:
        self.assets: dict[str, Quote] = {}
        self._feed = feed
        self._bus = bus
        self._fresh_for = fresh_for + ASK_EVERY
        self._tell = tell
        self._exchange = exchange
        self._standing: dict[str, Standing] = {}
        self._asked: dict[str, datetime] = {}
        self._restored: set[str] = set()
        self._store: MarketStore | None = None
        self._changed = asyncio.Event()

    def want(self, symbols: frozenset[str], quiet: frozenset[str] = frozenset()) -> None:
        """Ask for these from now on; that one of the `quiet` does not come is no problem."""
        for gone in self._standing.keys() - symbols - quiet:
            self._standing.pop(gone).close()
            self.assets.pop(gone, None)
            self._restored.discard(gone)
        for symbol in sorted(symbols | quiet):
            if symbol not in self._standing:
                self._standing[symbol] = self._made(symbol)
                self._changed.set()
            self._standing[symbol].quiet = symbol not in symbols

    def use(self, store: MarketStore) -> None:
        """Keep quotes in this store, and bring back what earlier runs kept, before asking."""
        self._store = store
        self._changed.set()

    async def run(self) -> None:
        """Ask in rounds until cancelled; at once when something new is wanted."""
        while True:
            self._changed.clear()
            await self.refresh()
            with suppress(TimeoutError):
                async with asyncio.timeout(ASK_EVERY.total_seconds()):
                    await self._changed.wait()

    async def refresh(self) -> None:
        """Ask for each that was not asked for within `ASK_EVERY`; failures are told, not raised."""
        began = self._feed.clock.now()
        for symbol, standing in tuple(self._standing.items()):
            await self._restore(standing)
            asked = self._asked.get(symbol)
            if asked is not None and abs(began - asked) < ASK_EVERY - _GRID_SLACK:
                continue
            self._asked[symbol] = began
            await self._ask(standing)

    async def _ask(self, standing: Standing) -> None:
        answer: Quote | FeedError
        try:
            answer = await self._feed.quote(standing.symbol)
        except FeedError as error:
            answer = error
        if self._standing.get(standing.symbol) is not standing:
            return  # nobody wants it any more
        if isinstance(answer, FeedError):
            standing.failed(answer)
        else:
            standing.accept(answer)
        await standing.keep(self._store)

    def look_again(self) -> None:
        """Judge every quote anew, now that time has passed."""
        for standing in self._standing.values():
            standing.look_again()

    def _made(self, symbol: str) -> Standing:
        return Standing(
            symbol,
            self._bus,
            self._feed.clock,
            fresh_for=self._fresh_for,
            tell=self._stands,
            exchange=self._exchange,
            suffix=f".{symbol}",
        )

    def _stands(self, quote: Quote) -> None:
        self.assets[quote.symbol] = quote
        self._tell(quote)

    async def _restore(self, standing: Standing) -> None:
        if self._store is None or standing.symbol in self._restored:
            return
        self._restored.add(standing.symbol)
        try:
            await standing.restore(self._store)
        except StorageError as error:
            self._bus.tell(ProblemRaised("storage", str(error)))
