"""The option chain on screen: expiries first, then one chain, and its Greeks at every tick."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from vaultdesk.core.calendar import trading_date
from vaultdesk.core.market import Chain, Quality, Quote, nearest_expiry
from vaultdesk.events import (
    Bus,
    ChainChanged,
    ChainFailed,
    ChainLoading,
    ExerciseStyleChanged,
    ExpirationsChanged,
    GreeksChanged,
    HoursChanged,
    PricingChanged,
    QuoteChanged,
    VolatilityChanged,
)
from vaultdesk.ports import Clock, FeedError, StorageError

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from datetime import date, datetime
    from decimal import Decimal

    from vaultdesk.core.calendar import Sessions
    from vaultdesk.core.options.valued import ValuedChain
    from vaultdesk.services.chains import Chains
    from vaultdesk.services.market import MarketService


FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=60), timedelta(minutes=15)
"""How long a chain that failed is left alone; the pause doubles while it goes on failing."""


class ChainService:
    """Shows one chain of one symbol at a time; asking for another cancels the fetch under way.

    `view` is the chain with the desk's volatilities and Greeks, None before the first came.
    `style` is how its options may be exercised. `hits` and `misses` count the cache's answers and
    the feed's.
    """

    def __init__(
        self,
        chains: Chains,
        bus: Bus,
        market: MarketService,
        *,
        default_days: int = 60,
        risk_free_rate: float = 0.04,
    ) -> None:
        self.symbol = market.symbol
        self.style = "american"
        self.expirations: tuple[date, ...] = ()
        self.view: ValuedChain | None = None
        self.expiry: date | None = None
        self.loading = False
        self.fetched_at: datetime | None = None
        self.from_cache = False
        self.hits = self.misses = 0
        self._chains = chains
        self._bus = bus
        self._market = market
        self._default_days = default_days
        self._default_rate = risk_free_rate
        self._sessions: Sessions | None = None
        self._task: asyncio.Task[None] | None = None
        self._failed_at: datetime | None = None
        self._pause = FIRST_PAUSE
        self._undo = [
            bus.subscribe(QuoteChanged, self._on_quote),
            bus.subscribe(HoursChanged, lambda _event: self._catch_up()),
        ]

    @property
    def clock(self) -> Clock:
        """The feed's clock."""
        return self._chains.clock

    def watch(self, symbol: str) -> None:
        """Show chains of another symbol from the next `open` on."""
        self.symbol = symbol
        self.expirations, self.expiry, self.view = (), None, None
        self._failed_at, self._pause = None, FIRST_PAUSE

    def use_style(self, style: str) -> None:
        """Value options by this style of `EXERCISE_STYLES`; a chain on screen is valued anew."""
        if style == self.style:
            return
        self.style = style
        self._bus.tell(ExerciseStyleChanged(style))
        self._catch_up()

    def open(self) -> None:
        """Fetch the expiries and then the one chain nearest to the default days."""
        self._start(self._open())

    def request(self, expiry: date) -> None:
        """Show another expiry."""
        self._start(self._show(expiry, use_cache=True))

    def refresh(self) -> None:
        """Fetch the shown expiry anew, or everything when there is none yet."""
        if self.expiry is None:
            self.open()
        else:
            self._start(self._show(self.expiry, use_cache=False))

    async def settled(self) -> None:
        """Return when nothing is being fetched or valued."""
        while self._task is not None and not self._task.done():
            await asyncio.wait([self._task])

    async def close(self) -> None:
        """Cancel what is under way and hear nothing more."""
        for undo in self._undo:
            undo()
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    def _start(self, work: Coroutine[object, object, None]) -> None:
        if self._task is not None:
            self._task.cancel()
        self._task = asyncio.get_running_loop().create_task(work)
        self._task.add_done_callback(_surface)

    async def _open(self) -> None:
        self.loading = True
        self._bus.tell(ChainLoading(self.symbol, None))
        try:
            expirations = await self._chains.expirations(self.symbol)
        except (FeedError, StorageError) as error:
            self._fail(None, str(error))
            return
        self.expirations = expirations
        self._bus.tell(ExpirationsChanged(self.symbol, expirations))
        today = trading_date(self.clock.now())
        expiry = nearest_expiry(expirations, today, self._default_days)
        if expiry is None:
            self._fail(None, f"{self._chains.source} lists no coming expiries of {self.symbol}.")
            return
        await self._show(expiry, use_cache=True)

    async def _show(self, expiry: date, *, use_cache: bool) -> None:
        self.expiry = expiry
        self.loading = True
        self._bus.tell(ChainLoading(self.symbol, expiry))
        try:
            chain = await self._chains.kept(self.symbol, expiry) if use_cache else None
            self.from_cache = chain is not None
            if chain is None:
                self.misses += 1
                chain = await self._chains.fetch(self.symbol, expiry)
            else:
                self.hits += 1
        except (FeedError, StorageError) as error:
            self._fail(expiry, str(error))
            self._catch_up()
            return
        view = await self._valued(chain)
        if view is not None:
            self._failed_at, self._pause = None, FIRST_PAUSE
            self._show_valued(view)

    def _catch_up(self) -> None:
        """Value the chain on screen anew if it was by another style, or with every close at 16:00.

        So it was before the sessions came. One that is being fetched comes out right by itself.
        """
        view = self.view
        if view is None or self.loading:
            return
        if view.style != self.style or self._sessions is not self._market.sessions:
            self._start(self._value_anew(view.chain))

    async def _value_anew(self, chain: Chain) -> None:
        view = await self._valued(chain)
        if view is not None:
            self._show_valued(view)

    async def valued(self, chain: Chain) -> ValuedChain | None:
        """A chain by the prices and rules of the one on screen; None where there is no price.

        The volatilities are solved off the loop.
        """
        found = await self._by_sessions(chain)
        return None if found is None else found[0]

    async def _valued(self, chain: Chain) -> ValuedChain | None:
        """The chain to be shown; without a price that is told."""
        found = await self._by_sessions(chain)
        if found is None:
            self._fail(chain.expiry, f"There is no price of {self.symbol} to value its chain with.")
            return None
        view, self._sessions = found
        return view

    async def _by_sessions(self, chain: Chain) -> tuple[ValuedChain, Sessions | None] | None:
        """The valued chain, and the sessions it was valued by."""
        quote = self._market.quote
        spot = (quote.price if quote else None) or chain.spot
        if spot is None:
            return None
        while True:
            sessions, style = self._market.sessions, self.style
            view = await asyncio.to_thread(
                _value, chain, spot, self.clock.now(), self._default_rate, sessions, style
            )
            if sessions is self._market.sessions and style == self.style:
                return view, sessions

    def _show_valued(self, view: ValuedChain) -> None:
        symbol, expiry = self.symbol, view.chain.expiry
        self.view, self.loading = view, False
        self.fetched_at = view.chain.received
        self._bus.tell(ChainChanged(symbol, expiry))
        if self._market.quote is not None:
            self._on_quote(QuoteChanged(self._market.quote))
        source = f"own at-the-money volatility of {expiry}"
        volatility = view.at_the_money_volatility
        self._bus.tell(VolatilityChanged(symbol, volatility, source, view.quality))
        rate = view.rate, view.rate_source, view.rate_error
        self._bus.tell(PricingChanged(symbol, expiry, view.style, view.dividend_yield, *rate))

    def _fail(self, expiry: date | None, sentence: str) -> None:
        self.loading = False
        if self._failed_at is not None:
            self._pause = min(2 * self._pause, LONGEST_PAUSE)
        self._failed_at = self.clock.now()
        self._bus.tell(ChainFailed(self.symbol, expiry, sentence))

    def _ask_again(self, quote: Quote) -> None:
        """A price that comes fresh from the feed means that a chain which failed may come too."""
        fresh = quote.quality in (Quality.LIVE, Quality.DELAYED)
        if self._failed_at is None or self.loading or not fresh:
            return
        if abs(self.clock.now() - self._failed_at) >= self._pause:
            self.refresh()

    def _on_quote(self, event: QuoteChanged) -> None:
        """Move the Greeks with the underlying: about a millisecond for a whole chain."""
        self._ask_again(event.quote)
        quote, price = event.quote, event.quote.price
        if self.view is None or quote.symbol != self.symbol or price is None:
            return
        from vaultdesk.core.options.chain import revalued  # noqa: PLC0415 (NumPy, after the paint)

        now, sessions = self.clock.now(), self._market.sessions
        left = self._chains.quality_left(self.view.chain, self._market.hours)
        self.view = revalued(self.view, price, now, quote.quality, sessions, left)
        self._bus.tell(GreeksChanged(self.symbol, self.view.chain.expiry))


def _value(
    chain: Chain,
    spot: Decimal,
    now: datetime,
    default_rate: float,
    sessions: Sessions | None,
    style: str,
) -> ValuedChain:
    from vaultdesk.core.options.chain import value_chain  # noqa: PLC0415 (NumPy, after the paint)

    return value_chain(chain, spot, now, default_rate, sessions, style=style)


def _surface(task: asyncio.Task[None]) -> None:
    """Hand a bug in a fetch to the loop's handler instead of losing it with the task."""
    if not task.cancelled() and (error := task.exception()) is not None:
        context = {"message": "The chain could not be shown", "exception": error, "task": task}
        task.get_loop().call_exception_handler(context)
