"""Yahoo as a market feed: paces the calls, gives each its time, and says how things stand."""

import asyncio
import random
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from vaultdesk.adapters.yahoo import closes, faults, names, read
from vaultdesk.adapters.yahoo.call import Call
from vaultdesk.adapters.yahoo.pulse import Pulse
from vaultdesk.core.market import Chain, DailyClose, FeedState, FeedStatus, Quote
from vaultdesk.ports import Clock, FeedError, FeedFault
from vaultdesk.services.pacing import Breaker, TokenBucket
from vaultdesk.services.worker import Worker

if TYPE_CHECKING:
    from vaultdesk.adapters.yahoo.client import Client
    from vaultdesk.adapters.yahoo.stream import Stream

T = TypeVar("T")

QUOTA = TokenBucket(capacity=120, every=timedelta(seconds=1))
"""Requests the desk allows itself: Yahoo publishes no limit and refuses at small volumes."""

OFFER_HOLDS = timedelta(seconds=60)
"""How long a bid and ask go with the prices that come after them."""

GRACE_S = 0.5
"""What a call may take beyond its time-out to notice it, before its thread is given up."""

WAITING_TICKS = 1000
"""Ticks kept for a reader that is slower than the stream; older ones are dropped."""

_UNREACHED = (FeedFault.OFFLINE, FeedFault.TIMEOUT, FeedFault.UNAVAILABLE)


class YahooFeed:
    """Quotes, chains and the price stream of Yahoo Finance, through one client in one thread.

    Calls take turns, each with at most `timeout` seconds for its turn to come and as much to be
    answered; a call that hangs or is cancelled leaves its thread behind (see Worker). What a rate
    limit answers opens a breaker, and while it is open calls fail at once, without a request.
    Made and used on the event loop; `cache` is a folder of the feed's own for cookies.
    """

    name = "yahoo"

    def __init__(
        self,
        clock: Clock,
        cache: Path,
        *,
        timeout: float = 15.0,
        quota: TokenBucket = QUOTA,
        pulse: Pulse = Pulse(),  # noqa: B008 - a frozen value
        rng: random.Random | None = None,
    ) -> None:
        self.clock = clock
        self._cache, self._timeout, self._pulse = cache, timeout, pulse
        self._rng = rng or random.Random()  # noqa: S311 - jitter
        self._quota, self._breaker = quota, Breaker()
        self._worker, self._lock = Worker("yahoo"), asyncio.Lock()
        self._client: Client | None = None
        self._job: asyncio.Future[Any] | None = None
        self._streams: dict[asyncio.Task[None], bool] = {}
        self._facts: dict[str, read.Facts] = {}
        self._markets: dict[str, tuple[read.Market, datetime]] = {}
        self._trouble: FeedError | None = None
        self._stream_trouble = ""
        self._left_out: dict[str, str] = {}
        self._answered = self._closed = False

    async def quote(self, symbol: str) -> Quote:
        """The last trade of the regular session, with the bid and ask of the last minute."""
        symbol = faults.checked_symbol(symbol)
        name = names.listed(symbol)
        meta = await self._ask(lambda client, call: client.quote(name, call))
        received = self.clock.now()
        facts = self._facts[symbol] = read.learned(self._facts_of(symbol), meta)
        try:
            return read.quote(symbol, meta, self._market_of(symbol, received), facts, received)
        except FeedError as error:
            self._trouble = error
            raise

    async def closes(self, symbol: str, start: date) -> tuple[DailyClose, ...]:
        """The closes of the days that are over; one request. What was left out is in the status."""
        symbol = faults.checked_symbol(symbol)
        name, now = names.listed(symbol), self.clock.now()
        if start > now.date():
            return ()
        answer = await self._ask(lambda client, call: client.closes(name, start, call))
        found, problems = closes.read(symbol, answer.bars, answer.meta, start, now)
        self._left_out[symbol] = closes.summary(symbol, problems)
        return found

    async def expirations(self, symbol: str) -> tuple[date, ...]:
        """The listed expiries, ascending; one request."""
        symbol = faults.checked_symbol(symbol)
        return await self._ask(lambda client, call: client.expirations(symbol, call))

    async def chain(self, symbol: str, expiry: date) -> Chain:
        """The standard contracts of one expiry; one request if the expiries were asked before."""
        symbol = faults.checked_symbol(symbol)
        answer = await self._ask(lambda client, call: client.chain(symbol, expiry, call))
        received, said = self.clock.now(), answer.underlying
        market = read.Market(read.price(said.get("bid")), read.price(said.get("ask")))
        self._markets[symbol] = market, received
        facts = replace(self._facts_of(symbol), delayed=read.is_delayed(said))
        self._facts[symbol] = facts
        return Chain(
            symbol=symbol,
            expiry=expiry,
            rows=answer.rows,
            at=read.moment(said.get("regularMarketTime")) or received,
            received=received,
            source=self.name,
            quality=facts.quality,
            spot=read.price(said.get("regularMarketPrice")),
            problems=answer.problems,
        )

    async def stream(self, symbol: str) -> AsyncGenerator[Quote, None]:
        """Each tick as it comes; reconnects for ever and ends when the feed is closed."""
        symbol = faults.checked_symbol(symbol)
        name = names.listed(symbol)
        async with self._turn():
            stream = await self._awaited(self._worker.run(partial(self._load_stream, name)))
        ticks: asyncio.Queue[Quote | None] = asyncio.Queue()

        def heard(message: read.Pricing) -> None:
            quote = self._heard(symbol, message)
            if quote is not None:
                self._streams[task] = True
                if ticks.qsize() >= WAITING_TICKS:
                    ticks.get_nowait()
                ticks.put_nowait(quote)

        def lost(reason: str) -> None:
            self._streams[task], self._stream_trouble = False, reason

        def ended(task: asyncio.Task[None]) -> None:
            del self._streams[task]
            ticks.put_nowait(None)

        task = asyncio.create_task(stream.run(heard, lost))
        task.add_done_callback(ended)
        self._streams[task] = False
        try:
            while (quote := await ticks.get()) is not None:
                yield quote
            if not task.cancelled():
                task.result()
        finally:
            task.cancel()

    def status(self) -> FeedStatus:
        """What the feed does, the next time it may ask, and what is left of its quota."""
        now = self.clock.now()
        state, sentence = self._standing(now)
        sentence = " ".join([sentence, *filter(None, self._left_out.values())])
        waits = self._breaker.retry_at if self._breaker.is_open(now) else None
        return FeedStatus(self.name, state, sentence, waits, self._quota.left(now))

    async def close(self) -> None:
        """End the streams and leave a hanging request to its thread."""
        self._closed = True
        if self._job is not None:
            self._job.cancel()
        self._worker.retire()
        streams = tuple(self._streams)
        for task in streams:
            task.cancel()
        if streams:
            await asyncio.wait(streams, timeout=1.0)

    async def _ask(self, question: Callable[["Client", Call], T]) -> T:
        """The answer to a question put to the client in its thread."""
        async with self._turn():
            if self._client is None:
                self._client = await self._awaited(self._worker.run(self._load))
            self._admit(self.clock.now())
            call = Call(self._timeout)
            job = self._worker.run(partial(question, self._client, call))
            try:
                answer = await self._awaited(job, self._timeout + GRACE_S)
            except FeedError as error:
                raise self._failed(error, self.clock.now()) from error.__cause__
            finally:
                self._settle(call, abandoned=job.cancelled())
            self._breaker, self._trouble, self._answered = self._breaker.succeeded(), None, True
            return answer

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """The worker to oneself."""
        try:
            async with asyncio.timeout(self._timeout):
                await self._lock.acquire()
        except TimeoutError:
            raise faults.broken(FeedFault.TIMEOUT) from None
        try:
            yield
        finally:
            self._lock.release()

    async def _awaited(self, job: asyncio.Future[T], seconds: float | None = None) -> T:
        """The job's result; left undone on a time-out, on cancellation and when the feed closes."""
        self._job = job
        try:
            if not self._closed:
                await asyncio.wait({job}, timeout=seconds)
        finally:
            job.cancel()
        if self._closed:
            raise FeedError(FeedFault.ENDED, "The Yahoo feed is closed.")
        if job.cancelled():
            raise faults.broken(FeedFault.TIMEOUT)
        return job.result()

    def _admit(self, now: datetime) -> None:
        breaker = self._breaker.admit(now)
        if breaker is None:
            raise faults.waiting("Yahoo refuses more requests", self._breaker.retry_at or now)
        if not self._quota.left(now):
            raise faults.waiting(
                "The desk has used up its own quota of requests to Yahoo", self._quota.next_at(now)
            )
        self._breaker = breaker

    def _failed(self, error: FeedError, now: datetime) -> FeedError:
        """Keep the failure for the status and the breaker, and say when asking makes sense."""
        if error.fault is FeedFault.RATE_LIMITED:
            self._breaker = self._breaker.failed(now, self._rng)
            error = faults.waiting("Yahoo refuses more requests", self._breaker.retry_at or now)
        elif error.fault not in (FeedFault.OFFLINE, FeedFault.TIMEOUT):
            self._breaker = self._breaker.succeeded()
        self._trouble = error
        return error

    def _settle(self, call: Call, *, abandoned: bool) -> None:
        self._quota = self._quota.take(self.clock.now(), max(len(call.seen), 1))
        self._breaker = self._breaker.withdrawn()
        if abandoned:
            call.given_up = True
            self._worker.retire()

    def _heard(self, symbol: str, message: read.Pricing) -> Quote | None:
        received = self.clock.now()
        market = self._market_of(symbol, received)
        quote = read.tick(symbol, message, market, self._facts_of(symbol), received)
        if quote is not None and (message.bid or message.ask):
            self._markets[symbol] = read.Market(quote.bid, quote.ask), received
        return quote

    def _facts_of(self, symbol: str) -> read.Facts:
        return self._facts.get(symbol) or read.first_facts(symbol, names.stands_in(symbol))

    def _market_of(self, symbol: str, now: datetime) -> read.Market:
        market, received = self._markets.get(symbol, (read.Market(), now))
        return market if now - received < OFFER_HOLDS else read.Market()

    def _standing(self, now: datetime) -> tuple[FeedState, str]:
        if self._closed:
            return FeedState.ENDED, "The Yahoo feed is closed."
        if any(self._streams.values()):
            return FeedState.STREAMING, "Prices stream from Yahoo."
        if self._breaker.is_open(now):
            return FeedState.BACKING_OFF, str(self._trouble)
        if self._trouble is not None:
            unreached = self._trouble.fault in _UNREACHED
            return FeedState.OFFLINE if unreached else FeedState.POLLING, str(self._trouble)
        if not self._answered:
            return FeedState.CONNECTING, "Yahoo has not answered yet."
        why = f"{self._stream_trouble}; " if self._streams and self._stream_trouble else ""
        return FeedState.POLLING, f"{why}Yahoo is asked at intervals."

    def _load(self) -> "Client":
        """Import the client, in its thread: pandas and its kin take more than a second."""
        from vaultdesk.adapters.yahoo.client import Client  # noqa: PLC0415

        return Client(self._cache)

    def _load_stream(self, name: str) -> "Stream":
        """Import the stream's parts, in the worker's thread."""
        from vaultdesk.adapters.yahoo.stream import Stream  # noqa: PLC0415

        return Stream(name, self._pulse, self._rng)
