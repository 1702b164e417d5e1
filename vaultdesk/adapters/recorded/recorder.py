"""A feed that writes what passes through it to a recording."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from vaultdesk.core.market import Chain, DailyClose, FeedStatus, Quote
from vaultdesk.ports import Clock, InputError, MarketFeed, StorageError

if TYPE_CHECKING:
    from vaultdesk.adapters.recorded.writer import Summary, TapeWriter


def tape_writer(path: Path) -> "TapeWriter":
    """A writer of the format, loaded when something is to be recorded."""
    from vaultdesk.adapters.recorded.writer import TapeWriter  # noqa: PLC0415

    return TapeWriter(path)


class RecordingFeed:
    """Another feed, passed through unchanged, and written to a recording while one is on.

    A recording opens with what the desk knew when it was switched on: the newest quote, expiries
    and chain of each symbol. When the file fails, recording stops, `tell` gets the sentence, and
    the market goes on.
    """

    def __init__(
        self,
        feed: MarketFeed,
        writer_factory: Callable[[Path], "TapeWriter"] = tape_writer,
        tell: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.name = feed.name
        self.clock: Clock = feed.clock
        self._feed = feed
        self._factory = writer_factory
        self._tell = tell
        self._writer: TapeWriter | None = None
        self._finished: Summary | None = None
        self._quotes: dict[str, Quote] = {}
        self._listings: dict[str, tuple[date, ...]] = {}
        self._chains: dict[str, Chain] = {}

    @property
    def recording(self) -> Path | None:
        """The file being written, or None."""
        return self._writer.path if self._writer else None

    def start(self, path: Path) -> None:
        """Begin to record, at the end of the file if it is a recording already.

        Raises:
            InputError: A recording is on, or the file is another thing or ends in the future.
            StorageError: The file cannot be written.
        """
        if self._writer:
            raise InputError(f"{self._writer.path.name} is being recorded; stop that first.")
        writer = self._factory(path)
        now = self.clock.now()
        if writer.last_at is not None and writer.last_at > now:
            writer.close()
            raise InputError(
                f"{path.name} holds events later than the feed's clock; choose another file."
            )
        self._writer, self._finished = writer, None
        self._record(lambda tape: self._write_known(tape, now))

    def stop(self) -> "Summary | None":
        """End the recording and say what it holds; None if none was ever started."""
        if self._writer:
            self._finished = self._writer.close()
            self._writer = None
        return self._finished

    async def quote(self, symbol: str) -> Quote:
        """The inner feed's quote."""
        quote = await self._feed.quote(symbol)
        self._take_quote(quote)
        return quote

    async def closes(self, symbol: str, start: date) -> tuple[DailyClose, ...]:
        """The inner feed's closes; the format has no place for them."""
        return await self._feed.closes(symbol, start)

    async def stream(self, symbol: str) -> AsyncIterator[Quote]:
        """The inner feed's stream."""
        inner = self._feed.stream(symbol)
        try:
            async for quote in inner:
                self._take_quote(quote)
                yield quote
        finally:
            if isinstance(inner, AsyncGenerator):
                await inner.aclose()

    async def expirations(self, symbol: str) -> tuple[date, ...]:
        """The inner feed's expiries."""
        dates = await self._feed.expirations(symbol)
        self._listings[symbol] = dates
        self._record(lambda tape: tape.write_expirations(symbol, self.clock.now(), dates))
        return dates

    async def chain(self, symbol: str, expiry: date) -> Chain:
        """The inner feed's chain."""
        chain = await self._feed.chain(symbol, expiry)
        self._chains[symbol] = chain
        self._record(lambda tape: tape.write_chain(chain))
        return chain

    def status(self) -> FeedStatus:
        """The inner feed's status."""
        return self._feed.status()

    async def close(self) -> None:
        """End the recording, then the inner feed."""
        self.stop()
        await self._feed.close()

    def _take_quote(self, quote: Quote) -> None:
        if quote == self._quotes.get(quote.symbol):
            return
        self._quotes[quote.symbol] = quote
        self._record(lambda tape: tape.write_quote(quote))

    def _write_known(self, tape: "TapeWriter", now: datetime) -> None:
        for quote in self._quotes.values():
            tape.write_quote(replace(quote, received=now))
        for symbol, dates in self._listings.items():
            tape.write_expirations(symbol, now, dates)
        for chain in self._chains.values():
            tape.write_chain(replace(chain, received=now))

    def _record(self, write: Callable[["TapeWriter"], None]) -> None:
        if self._writer is None:
            return
        try:
            write(self._writer)
        except StorageError as error:
            self._finished = replace(self._writer.close(), problem=str(error))
            self._writer = None
            self._tell(str(error))
