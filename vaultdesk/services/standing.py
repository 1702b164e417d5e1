"""The price of one symbol that stands: weighed, judged, told, and kept for the next run."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from vaultdesk.core.calendar import Hours, currency_hours, gold_hours
from vaultdesk.core.currencies import currency_pair, is_metal_pair
from vaultdesk.core.market import Quality, Quote, consensus, judged
from vaultdesk.core.outliers import (
    DEFAULT_VOLATILITY,
    ROUND_THE_CLOCK,
    SESSION,
    Outlier,
    Verdict,
    doubt,
)
from vaultdesk.events import Bus, PriceQuarantined, ProblemCleared, ProblemRaised
from vaultdesk.ports import Clock, FeedError, FeedFault, StorageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from vaultdesk.stores import MarketStore

KEEP_EVERY = timedelta(seconds=5)
"""How often the newest quote is written down while prices stream in."""


def own_hours(symbol: str, now: datetime) -> Hours | None:
    """The hours of what trades round the clock; None for what a stock exchange lists.

    Sources write futures as GC=F and pairs also as EURUSD=X.
    """
    if is_metal_pair(symbol) or symbol.endswith("=F"):
        return gold_hours(now)
    is_currency = currency_pair(symbol) or symbol.endswith("=X")
    return currency_hours(now) if is_currency else None


class Standing:
    """Holds the newest judged quote of a symbol as `quote`, None before the first.

    Every quote that stands is given to `tell`. Problems are named "feed", "sources" and "outlier",
    with `suffix` behind; those of a `quiet` symbol that does not come are not told. `exchange` is
    when the stock exchange trades, None while that is not known. `volatility` is a fraction a year.
    """

    def __init__(
        self,
        symbol: str,
        bus: Bus,
        clock: Clock,
        *,
        fresh_for: timedelta,
        tell: Callable[[Quote], None],
        exchange: Callable[[], Hours | None],
        suffix: str = "",
        quiet: bool = False,
    ) -> None:
        self.symbol = symbol
        self.quote: Quote | None = None
        self.volatility = DEFAULT_VOLATILITY
        self.quiet = quiet
        self._bus = bus
        self._clock = clock
        self._fresh_for = fresh_for
        self._tell = tell
        self._exchange = exchange
        self._suffix = suffix
        self._day = ROUND_THE_CLOCK if own_hours(symbol, clock.now()) else SESSION
        self._as_given: Quote | None = None  # by the feed: judged anew as time passes
        self._newest: dict[str, Quote] = {}
        self._outlier = Outlier()
        self._problems: set[str] = set()
        self._kept_at: datetime | None = None

    async def restore(self, store: MarketStore) -> None:
        """Bring back an earlier run's last quote, stale as it is, unless one came already.

        Raises:
            StorageError: It cannot be read.
        """
        kept = await store.last_quote(self.symbol)
        if kept is None or self.quote is not None:
            return
        if kept.quality is not Quality.SIMULATED:  # another run's simulation is another market
            kept = replace(kept, quality=Quality.STALE)
            self._outlier = Outlier(kept)
        self._let_stand(kept)

    def accept(self, quote: Quote) -> None:
        """Take a quote the feed gave: weigh it against the last and other sources', tell it."""
        if quote.price is None or quote.price <= 0:
            sentence = f"{quote.source} gave no price of {quote.symbol}: the last one stands."
            self.failed(FeedError(FeedFault.NO_DATA, sentence))
            return
        self._clear("feed")
        self._outlier, verdict = self._outlier.weigh(quote, self.volatility, self._day)
        quote = replace(quote, confirmed=verdict.believed)
        self._heed(verdict, quote)
        self._newest[quote.source] = quote
        self._let_stand(self._weighed(quote))

    def failed(self, error: FeedError) -> None:
        """The feed gave nothing: the last price stands, no longer as a live one."""
        if not self.quiet:
            self._raise("feed", str(error))
        standing = self._as_given
        if standing is not None and standing.quality in (Quality.LIVE, Quality.DELAYED):
            self._let_stand(replace(standing, quality=Quality.CACHED))

    def look_again(self) -> None:
        """Judge the quote anew, now that time has passed or the hours are known."""
        if self._as_given is not None and self._judged(self._as_given) != self.quote:
            self._let_stand(self._as_given)

    async def keep(self, store: MarketStore | None, *, force: bool = True) -> None:
        """Write the newest good quote down, at most every `KEEP_EVERY` unless forced."""
        quote, now = self.quote, self._clock.now()
        if store is None or quote is None or quote.quality is Quality.STALE or not quote.confirmed:
            return
        if not force and self._kept_at is not None and abs(now - self._kept_at) < KEEP_EVERY:
            return
        self._kept_at = now
        try:
            await store.keep_quote(quote)
        except StorageError as error:
            self._bus.tell(ProblemRaised("storage", str(error)))
        else:
            self._bus.tell(ProblemCleared("storage"))

    def close(self) -> None:
        """Take back what was told as a problem: nobody asks for this price any more."""
        for name in tuple(self._problems):
            self._clear(name)

    def _heed(self, verdict: Verdict, quote: Quote) -> None:
        """Tell of a quarantine and of its end, and forget what it refuted."""
        if verdict is Verdict.QUARANTINED:
            sentence = doubt(self._outlier)
            self._bus.tell(PriceQuarantined(quote, sentence))
            self._raise("outlier", sentence)
        elif verdict is Verdict.CONFIRMED:
            self._newest.clear()  # other sources' prices were made before the jump
            self._clear("outlier")
        elif verdict is Verdict.DISCARDED:
            self._newest = {name: q for name, q in self._newest.items() if q.confirmed}
            self._clear("outlier")

    def _weighed(self, quote: Quote) -> Quote:
        """The quote to value by, given what other sources said just before."""
        now = self._clock.now()
        others = [
            other
            for source, other in self._newest.items()
            if source != quote.source and now - other.received <= self._fresh_for
        ]
        chosen, disagreement = quote, None
        if others:
            chosen, disagreement = consensus(max(others, key=lambda q: q.received), quote)
        if disagreement:
            self._raise("sources", disagreement)
        else:
            self._clear("sources")
        return chosen

    def _let_stand(self, quote: Quote) -> None:
        """Let this quote stand, with the quality it deserves now."""
        self._as_given = quote
        self.quote = self._judged(quote)
        self._tell(self.quote)

    def _judged(self, quote: Quote) -> Quote:
        now = self._clock.now()
        hours = own_hours(self.symbol, now) or self._exchange()
        return judged(quote, hours.last_traded(now) if hours else now, self._fresh_for)

    def _raise(self, name: str, sentence: str) -> None:
        self._problems.add(name)
        self._bus.tell(ProblemRaised(name + self._suffix, sentence))

    def _clear(self, name: str) -> None:
        if name in self._problems:
            self._problems.remove(name)
            self._bus.tell(ProblemCleared(name + self._suffix))
