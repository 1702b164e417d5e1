"""TWS as a market feed: quotes, streams, daily closes and option chains with TWS's own Greeks."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

from vaultdesk.adapters.ibkr import listing, refusals, ticks
from vaultdesk.adapters.ibkr._library import load
from vaultdesk.adapters.ibkr.contracts import Contracts
from vaultdesk.adapters.ibkr.gathering import Gathering
from vaultdesk.adapters.ibkr.lines import Line, Lines
from vaultdesk.core.calendar import trading_date
from vaultdesk.core.currencies import currency_pair
from vaultdesk.core.market import FeedState, FeedStatus
from vaultdesk.core.orders.broker import BrokerState
from vaultdesk.core.orders.instrument import Instrument
from vaultdesk.ports import BrokerError, FeedError, FeedFault

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Coroutine
    from datetime import date

    from vaultdesk.adapters.ibkr.connection import Connection
    from vaultdesk.core.market import Chain, DailyClose, Quote
    from vaultdesk.ports import Clock

T = TypeVar("T")

HISTORY_S = 60.0
"""TWS's historians are slow, and TWS lets their questions wait where there are many."""

_ASKABLE = (BrokerState.READY, BrokerState.READ_ONLY)


class IbkrFeed:
    """Quotes and chains from TWS, on a connection that the broker may share.

    The connection is run from the first request on until the feed is closed, and beyond where
    the broker runs it too. Live prices that are refused are asked for as delayed ones.
    """

    name = "ibkr"

    def __init__(
        self,
        connection: Connection,
        clock: Clock,
        *,
        timeout_s: float = 15.0,
        lines: Lines | None = None,
    ) -> None:
        self.connection, self.clock = connection, clock
        self._timeout_s = timeout_s
        self._lines = lines or Lines(connection, clock)
        self._contracts = Contracts(connection)
        self._pairs: dict[str, Any] = {}
        self._streams: dict[str, Line] = {}
        self._chains: list[Gathering] = []
        self._left_out: dict[str, str] = {}
        self._unread: dict[str, str] = {}
        self._trouble: FeedError | None = None
        self._jobs: set[asyncio.Task[Any]] = set()
        self._running: asyncio.Task[None] | None = None
        self._changed = asyncio.Event()
        self._undo = connection.hear_state(lambda _status: self._changed.set())
        self._closed = False

    async def quote(self, symbol: str) -> Quote:
        """The market of now: the stream's where one runs, else a snapshot, one line for a while."""
        symbol = listing.checked(symbol)
        return await self._answer(self._quote(symbol), symbol)

    async def closes(self, symbol: str, start: date) -> tuple[DailyClose, ...]:
        """The closes of the days that are over, adjusted for splits and for nothing else.

        A pair has no trades: the middle of its market stands for them.
        """
        symbol = listing.checked(symbol)
        if start > trading_date(self.clock.now()):
            return ()
        return await self._answer(self._closes(symbol, start), f"daily closes of {symbol}")

    async def expirations(self, symbol: str) -> tuple[date, ...]:
        """The expiries of the standard series, ascending."""
        symbol = listing.checked(symbol)
        return await self._answer(self._expirations(symbol), f"options on {symbol}")

    async def chain(self, symbol: str, expiry: date) -> Chain:
        """The standard contracts of one expiry; takes many seconds, the status says how far it is.

        A contract that TWS tells nothing of, or a part, is a row without the rest.
        """
        symbol = listing.checked(symbol)
        return await self._answer(self._chain(symbol, expiry), f"options on {symbol}")

    async def stream(self, symbol: str) -> AsyncGenerator[Quote, None]:
        """A quote for each packet that changes a price; subscribed anew after every loss.

        Ends when the feed is closed.
        """
        symbol = listing.checked(symbol)
        contract = await self._answer(self._contract(symbol), symbol)
        while not self._closed:
            try:
                async with self._lines.line(contract) as line:
                    self._streams[symbol] = line
                    while not line.is_over:
                        await line.changed()
                        if line.ticks.has_price and not line.is_over:
                            yield self._as_quote(symbol, contract, line.ticks)
                if line.refusal and not self._lines.may_be_late(line):
                    raise self._failed(refusals.of_ticks(symbol, *line.refusal))
            except BrokerError:
                await self._news()  # of the connection, which is made again by itself
            finally:
                self._streams.pop(symbol, None)

    def status(self) -> FeedStatus:
        """How the connection is, what streams, how late prices are, and how far a chain is."""
        state, sentence = self._standing()
        told = self.connection.status
        sentences = [sentence]
        if state in (FeedState.STREAMING, FeedState.POLLING):
            sentences += [self._lines.late, *(each.sentence for each in self._chains)]
            sentences += [*self._left_out.values(), *self._unread.values()]
        sentence = " ".join(filter(None, sentences))
        retry_at = told.retry_at if state is FeedState.OFFLINE else None
        return FeedStatus(self.name, state, sentence, retry_at, self._lines.left)

    async def close(self) -> None:
        """End the streams, leave the requests, and the connection unless the broker runs it."""
        self._closed = True
        self._undo()
        self._changed.set()
        self._lines.close()
        tasks = [*self._jobs, *([self._running] if self._running else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _quote(self, symbol: str) -> Quote:
        contract = await self._contract(symbol)
        streaming = self._streams.get(symbol)
        if streaming and not streaming.is_over and streaming.ticks.has_price:
            return self._as_quote(symbol, contract, streaming.ticks)
        told, whole = await self._lines.snapshot(contract, symbol)
        if not told.has_price:
            raise refusals.no_price(symbol) if whole else refusals.silent(symbol)
        return self._as_quote(symbol, contract, told)

    async def _closes(self, symbol: str, start: date) -> tuple[DailyClose, ...]:
        contract, now = await self._contract(symbol), self.clock.now()
        is_pair = currency_pair(symbol) is not None
        bars = await self.connection.ask(
            lambda ib: ib.reqHistoricalDataAsync(
                contract,
                endDateTime="",
                durationStr=listing.lasting(start, trading_date(now)),
                barSizeSetting="1 day",
                whatToShow="MIDPOINT" if is_pair else "TRADES",
                useRTH=True,
                timeout=0,
            ),
            HISTORY_S,
        )
        found, problems = listing.closes(bars, start, now, is_pair=is_pair)
        self._left_out[symbol] = (
            f"Left out of the daily closes of {symbol}: {', '.join(problems)}." if problems else ""
        )
        return found

    async def _expirations(self, symbol: str) -> tuple[date, ...]:
        contract = await self._contract(symbol)
        lists = await self.connection.ask(
            lambda ib: ib.reqSecDefOptParamsAsync(
                contract.symbol, "", contract.secType, contract.conId
            )
        )
        try:
            days = listing.expirations(lists, listing.share(symbol))
        except ValueError as error:
            raise FeedError(
                FeedFault.MALFORMED, f"TWS's expiries of {symbol} cannot be read: {error}."
            ) from None
        if not days:
            raise refusals.no_options(symbol)
        return days

    async def _chain(self, symbol: str, expiry: date) -> Chain:
        gathering = Gathering(symbol, expiry, self.name)
        self._chains.append(gathering)
        try:
            underlying = await self._contract(symbol)
            return await gathering.run(self.connection, self._lines, self.clock, underlying)
        finally:
            self._chains.remove(gathering)

    async def _contract(self, symbol: str) -> Any:  # noqa: ANN401
        """TWS's contract of a symbol, asked for once."""
        await self._connected()
        wanted = listing.pair(load(), symbol)
        if wanted is None:
            return await self._contracts.find(Instrument(listing.share(symbol)))
        if symbol not in self._pairs:
            details = await self.connection.ask(lambda ib: ib.reqContractDetailsAsync(wanted))
            if len(details) != 1:
                raise refusals.unknown(symbol)
            self._pairs[symbol] = details[0].contract
        return self._pairs[symbol]

    async def _connected(self) -> None:
        """Return once TWS can be asked; at once, with the reason, where it cannot be for now."""
        if self._running is None or self._running.done():
            self._running = asyncio.create_task(self.connection.run(), name="tws for prices")
        with suppress(TimeoutError):
            async with asyncio.timeout(self._timeout_s):
                while (told := self.connection.status).retry_at is None:
                    if told.state in _ASKABLE:
                        return
                    if told.state is BrokerState.DEGRADED:
                        break
                    await self._news()
        raise refusals.unreached(self.connection.status)

    async def _news(self) -> None:
        """Return when the connection's state changes, or the feed is closed."""
        self._changed.clear()
        await self._changed.wait()

    async def _answer(self, work: Coroutine[Any, Any, T], words: str) -> T:
        """What `work` gives; given up at once when the feed is closed or the caller cancelled."""
        job = asyncio.create_task(work)
        self._jobs.add(job)
        try:
            if not self._closed:
                await asyncio.wait({job})
        finally:
            self._jobs.discard(job)
            job.cancel()
        if self._closed:
            raise refusals.ended()
        try:
            answer = job.result()
        except BrokerError as error:
            raise self._failed(refusals.of_request(error, words)) from None
        except FeedError as error:
            raise self._failed(error) from None
        self._trouble = None
        return answer

    def _failed(self, error: FeedError) -> FeedError:
        """The error, kept for the status."""
        self._trouble = error
        return error

    def _as_quote(self, symbol: str, contract: Any, told: ticks.Ticks) -> Quote:  # noqa: ANN401
        self._unread[symbol] = told.problem
        return ticks.quote(symbol, contract.currency, told, self.clock.now(), self.name)

    def _standing(self) -> tuple[FeedState, str]:
        told = self.connection.status
        if self._closed:
            return FeedState.ENDED, str(refusals.ended())
        if told.state in _ASKABLE:
            if any(line.ticks.has_price for line in self._streams.values()):
                return FeedState.STREAMING, "Prices stream from TWS."
            return FeedState.POLLING, str(self._trouble or "TWS is asked at intervals.")
        if told.retry_at is None and told.state is not BrokerState.DEGRADED:
            return FeedState.CONNECTING, told.sentence
        return FeedState.OFFLINE, told.sentence
