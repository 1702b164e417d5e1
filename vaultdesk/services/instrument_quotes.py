"""What single instruments are quoted at, taken from the desk's own chains and quotes."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from vaultdesk.core.market import Quality, worst
from vaultdesk.core.orders.instrument import InstrumentQuote
from vaultdesk.ports import FeedError, FeedFault, StorageError

if TYPE_CHECKING:
    from datetime import date, datetime
    from decimal import Decimal

    from vaultdesk.core.market import Chain, OptionQuote, Quote, Right
    from vaultdesk.core.orders.instrument import Instrument
    from vaultdesk.services.chains import Chains
    from vaultdesk.services.market import MarketService

    Expiry = tuple[str, date]

REST = timedelta(seconds=10)
"""A source that has failed is left alone for so long, unless it said when to ask again."""


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A chain whose contracts can be found."""

    chain: Chain
    rows: dict[tuple[Right, Decimal], OptionQuote]

    @classmethod
    def of(cls, chain: Chain) -> _Sheet:
        return cls(chain, {(row.right, row.strike): row for row in chain.rows})


class InstrumentQuotes:
    """A `ports.InstrumentMarket` over the desk's chains and the market service's quotes.

    However many ask, each expiry is fetched once at a time, and again only once its chain is older
    than `fresh_for_s`; while the exchange is closed chains do not age. What is quoted in another
    currency or with another multiplier than was asked for is not the same contract: None.
    """

    def __init__(self, chains: Chains, market: MarketService, *, fresh_for_s: float = 60) -> None:
        self._chains, self._market = chains, market
        self._fresh_for = timedelta(seconds=fresh_for_s)
        self._sheets: dict[Expiry, _Sheet] = {}
        self._absent: dict[Expiry, datetime] = {}
        self._fetches: dict[Expiry, asyncio.Task[_Sheet | None]] = {}
        self._failed: dict[Expiry, tuple[datetime, FeedError]] = {}

    async def quote(self, instrument: Instrument) -> InstrumentQuote | None:
        """The newest market of it; None where the source does not list it.

        Raises:
            FeedError: it cannot be had.
        """
        if instrument.expiry is None or instrument.right is None or instrument.strike is None:
            return self._share(instrument)
        if instrument.trading_class not in ("", instrument.symbol):
            return None  # adjusted contracts are in no chain
        sheet = await self._sheet((instrument.symbol, instrument.expiry))
        row = sheet and sheet.rows.get((instrument.right, instrument.strike))
        if not sheet or not row or not self._same(instrument, sheet.chain):
            return None
        chain = sheet.chain
        return InstrumentQuote(
            instrument,
            bid=row.bid,
            ask=row.ask,
            at=chain.at,
            source=chain.source,
            quality=self._chains.quality_left(chain, self._market.hours),
            bid_size=row.bid_size,
            ask_size=row.ask_size,
        )

    async def close(self) -> None:
        """Stop fetching."""
        for task in tuple(self._fetches.values()):
            task.cancel()
        await asyncio.gather(*self._fetches.values(), return_exceptions=True)

    def _quote_of(self, symbol: str) -> Quote | None:
        return (
            self._market.quote if symbol == self._market.symbol else self._market.assets.get(symbol)
        )

    def _same(self, instrument: Instrument, chain: Chain) -> bool:
        """Whether the chain's contracts are for as many shares and in this currency.

        A chain names no currency: options are priced in that of what they are on, which counts as
        the US dollar while it is not known.
        """
        share = self._quote_of(chain.symbol)
        currency = share.currency if share else "USD"
        return (instrument.multiplier, instrument.currency) == (chain.multiplier, currency)

    def _share(self, instrument: Instrument) -> InstrumentQuote | None:
        """The desk's own quote of it; a price in quarantine is not one to trade on."""
        quote = self._quote_of(instrument.symbol)
        if quote is None or instrument.multiplier != 1 or quote.currency != instrument.currency:
            return None
        return InstrumentQuote(
            instrument,
            bid=quote.bid,
            ask=quote.ask,
            at=quote.at,
            source=quote.source,
            quality=quote.quality if quote.confirmed else worst(quote.quality, Quality.STALE),
            last=quote.last,
        )

    async def _sheet(self, key: Expiry) -> _Sheet | None:
        sheet = self._sheets.get(key)
        if sheet is not None and self._fresh(sheet.chain):
            return sheet
        if key in self._absent and self._now() < self._absent[key]:
            return None
        until, error = self._failed.get(key, (None, None))
        if error is not None and until is not None and self._now() < until:
            raise FeedError(error.fault, str(error), error.retry_at)
        task = self._fetches.get(key)
        if task is None:
            task = asyncio.create_task(self._fetch(key))
            self._fetches[key] = task
            task.add_done_callback(lambda done: self._fetched(key, done))
        return await asyncio.shield(task)

    def _fetched(self, key: Expiry, task: asyncio.Task[_Sheet | None]) -> None:
        del self._fetches[key]
        if task.cancelled():
            return
        error = task.exception()
        self._failed.pop(key, None)
        if isinstance(error, FeedError):
            self._failed[key] = (error.retry_at or self._now() + REST, error)

    async def _fetch(self, key: Expiry) -> _Sheet | None:
        try:
            chain = await self._chain(*key)
        except StorageError as error:
            raise FeedError(FeedFault.UNAVAILABLE, str(error)) from error
        except FeedError as error:
            if error.fault is not FeedFault.UNKNOWN_SYMBOL:
                raise
            chain = None
        if chain is None:
            self._absent[key] = self._now() + self._fresh_for
            return None
        self._sheets[key] = sheet = _Sheet.of(chain)
        return sheet

    async def _chain(self, symbol: str, expiry: date) -> Chain | None:
        kept = await self._chains.kept(symbol, expiry)
        if kept is not None and self._fresh(kept):
            return kept
        if expiry not in await self._chains.expirations(symbol):
            return None
        return await self._chains.fetch(symbol, expiry)

    def _fresh(self, chain: Chain) -> bool:
        now, hours = self._now(), self._market.hours
        last = hours.last_traded(now) if hours else now
        return last - chain.received <= self._fresh_for and chain.received <= now

    def _now(self) -> datetime:
        return self._chains.clock.now()
