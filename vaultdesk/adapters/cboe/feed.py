"""A quote table as a feed with a stopped clock."""

from collections.abc import AsyncIterator
from datetime import date, datetime
from pathlib import Path

from vaultdesk.adapters.cboe.table import read_quote_table
from vaultdesk.core.calendar import NEW_YORK
from vaultdesk.core.market import Chain, DailyClose, FeedState, FeedStatus, Quote
from vaultdesk.ports import Clock, FeedError, FeedFault


class StoppedClock:
    """A clock that stands at one moment."""

    def __init__(self, moment: datetime) -> None:
        self._moment = moment

    def now(self) -> datetime:
        """That moment."""
        return self._moment


class CboeFeed:
    """A quote table as a feed: everything is known, nothing moves."""

    def __init__(self, path: Path) -> None:
        self._quote, chains, self.problems = read_quote_table(path)
        self._chains = {chain.expiry: chain for chain in chains}
        self.name = "recorded"
        self.clock: Clock = StoppedClock(self._quote.at)

    @property
    def symbols(self) -> tuple[str, ...]:
        """The one symbol of the table."""
        return (self._quote.symbol,)

    async def quote(self, symbol: str) -> Quote:
        """The underlying's quote."""
        self._check(symbol)
        return self._quote

    async def closes(self, symbol: str, start: date) -> tuple[DailyClose, ...]:
        """Refused: a table holds one day."""
        self._check(symbol)
        raise FeedError(
            FeedFault.NO_DATA,
            f"A quote table holds one day and no closes of {symbol} since {start.isoformat()}.",
        )

    def stream(self, symbol: str) -> AsyncIterator[Quote]:
        """Refused: nothing moves in a table."""
        self._check(symbol)
        raise FeedError(FeedFault.NO_DATA, "A quote table holds one moment and cannot stream.")

    async def expirations(self, symbol: str) -> tuple[date, ...]:
        """The expiries in the table."""
        self._check(symbol)
        return tuple(self._chains)

    async def chain(self, symbol: str, expiry: date) -> Chain:
        """The chain of an expiry."""
        self._check(symbol)
        if expiry in self._chains:
            return self._chains[expiry]
        sentence = f"The quote table has no chain of {expiry.isoformat()} for {symbol}."
        raise FeedError(FeedFault.NO_DATA, sentence)

    def status(self) -> FeedStatus:
        """Ended: the table's moment stays."""
        when = self._quote.at.astimezone(NEW_YORK).strftime("%Y-%m-%d %H:%M %Z")
        return FeedStatus(self.name, FeedState.ENDED, f"A quote table of {when}; nothing moves.")

    async def close(self) -> None:
        """Nothing to stop."""

    def _check(self, symbol: str) -> None:
        if symbol != self._quote.symbol:
            raise FeedError(
                FeedFault.UNKNOWN_SYMBOL,
                f"The quote table has no {symbol}; it has {self._quote.symbol}.",
            )
