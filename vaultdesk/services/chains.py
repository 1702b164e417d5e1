"""Expiries and option chains from the feed, kept for a while: nobody asks for the same twice."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from vaultdesk.core.market import aged
from vaultdesk.events import Bus, ProblemRaised
from vaultdesk.ports import Clock, MarketFeed, StorageError

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from datetime import date, datetime

    from vaultdesk.core.calendar import Hours
    from vaultdesk.core.market import Chain, Quality
    from vaultdesk.stores import MarketStore


class Chains:
    """What the feed lists; `ttl_s` is how old an answer may be to be given again.

    A chain older than `fresh_for_s` counts as cached, one older than `ttl_s` as stale.
    """

    def __init__(
        self, feed: MarketFeed, bus: Bus, *, ttl_s: float, fresh_for_s: float = 60
    ) -> None:
        self.ttl_s = ttl_s
        self._fresh_for = timedelta(seconds=fresh_for_s)
        self._feed, self._bus = feed, bus
        self._store: MarketStore | None = None

    @property
    def clock(self) -> Clock:
        """The feed's clock."""
        return self._feed.clock

    @property
    def source(self) -> str:
        """The feed's name."""
        return self._feed.name

    def use(self, store: MarketStore) -> None:
        """Keep answers in this store."""
        self._store = store

    async def expirations(self, symbol: str) -> tuple[date, ...]:
        """The listed expiries of a symbol.

        Raises:
            FeedError: the feed does not give them.
            StorageError: what was kept cannot be read.
        """
        now = self.clock.now()
        kept = await self._store.expirations(symbol) if self._store else None
        if kept is not None and self._fresh(kept[0]):
            return kept[1]
        dates = await self._feed.expirations(symbol)
        if self._store:
            await self._remember(self._store.keep_expirations(symbol, now, dates))
        return dates

    async def kept(self, symbol: str, expiry: date) -> Chain | None:
        """The chain kept, if it is not too old.

        Raises:
            StorageError: it cannot be read.
        """
        chain = await self._store.chain(symbol, expiry) if self._store else None
        return chain if chain is not None and self._fresh(chain.received) else None

    async def fetch(self, symbol: str, expiry: date) -> Chain:
        """The chain as the feed has it now.

        Raises:
            FeedError: the feed does not give it.
        """
        chain = await self._feed.chain(symbol, expiry)
        if self._store:
            await self._remember(self._store.keep_chain(chain))
        return chain

    def quality_left(self, chain: Chain, hours: Hours | None) -> Quality:
        """The quality a chain's age has left it; while the exchange is closed it does not age.

        `hours` are the exchange's now; None counts as open.
        """
        now = self.clock.now()
        age = (hours.last_traded(now) if hours else now) - chain.received
        return aged(chain.quality, age, self._fresh_for, timedelta(seconds=self.ttl_s))

    def _fresh(self, received: datetime) -> bool:
        return 0 <= (self.clock.now() - received).total_seconds() <= self.ttl_s

    async def _remember(self, keeping: Coroutine[object, object, None]) -> None:
        try:
            await keeping
        except StorageError as error:
            self._bus.tell(ProblemRaised("storage", str(error)))
