"""What one instrument is quoted at: from the desk's chains and quotes, and asked for sparingly."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests.fakes.feed import START, ManualClock, ScriptedFeed, chain, quote
from vaultdesk.core.calendar import Sessions
from vaultdesk.core.market import Quality
from vaultdesk.core.orders.instrument import Instrument, InstrumentQuote
from vaultdesk.events import Bus
from vaultdesk.ports import FeedError, FeedFault, InstrumentMarket
from vaultdesk.services.chains import Chains
from vaultdesk.services.instrument_quotes import InstrumentQuotes
from vaultdesk.services.market import MarketService
from vaultdesk.storage.database import Database
from vaultdesk.storage.market_store import SqlMarketStore

D = Decimal
NEAR, FAR = date(2026, 7, 24), date(2026, 9, 18)
PUT = Instrument("GLD", FAR, D(335), "P", 100)
SHARE = Instrument("GLD")
ASKED = ["expirations GLD", f"chain {FAR}"]


class Rig:
    """Quotes over a feed that a test writes down."""

    def __init__(self, fresh_for_s: float = 60) -> None:
        self.clock = ManualClock(START)
        self.feed = ScriptedFeed(
            clock=self.clock,
            quotes=[quote("350")],
            expiries=(NEAR, FAR),
            chains={expiry: chain(expiry) for expiry in (NEAR, FAR)},
        )
        bus = Bus()
        self.market = MarketService(self.feed, bus, "GLD")
        self.chains = Chains(self.feed, bus, ttl_s=300)
        self.quotes = InstrumentQuotes(self.chains, self.market, fresh_for_s=fresh_for_s)

    async def put(self) -> InstrumentQuote:
        found = await self.quotes.quote(PUT)
        assert found is not None
        return found

    def fetched_anew(self) -> None:
        """From now on the feed's chains are of now."""
        now = self.clock.now()
        self.feed.chains = {expiry: chain(expiry, now) for expiry in (NEAR, FAR)}


async def test_an_option_is_quoted_from_its_expirys_chain_with_sizes_and_provenance() -> None:
    rig = Rig()
    told = chain(FAR)
    rows = tuple(replace(row, bid_size=7, ask_size=11) for row in told.rows)
    rig.feed.chains[FAR] = replace(told, rows=rows)
    market: InstrumentMarket = rig.quotes
    found = await market.quote(PUT)
    row = next(row for row in rows if row.right == "P" and row.strike == D(335))
    assert found == InstrumentQuote(
        PUT, row.bid, row.ask, START, "test", Quality.LIVE, bid_size=7, ask_size=11
    )


async def test_however_many_ask_an_expiry_is_fetched_once() -> None:
    rig = Rig()
    gate = rig.feed.gates[FAR] = asyncio.Event()
    asks = [asyncio.create_task(rig.quotes.quote(PUT)) for _ in range(50)]
    await rig.feed.waiting.wait()
    asks[0].cancel()  # one of them going away stops nobody else
    gate.set()
    answers = await asyncio.gather(*asks, return_exceptions=True)
    assert isinstance(answers[0], asyncio.CancelledError)
    assert all(isinstance(answer, InstrumentQuote) for answer in answers[1:])
    assert rig.feed.asked == ASKED


async def test_a_chain_is_asked_for_again_once_it_is_no_longer_fresh() -> None:
    rig = Rig(fresh_for_s=5)
    await rig.put()
    rig.clock.advance(5)
    rig.fetched_anew()
    assert (await rig.put()).at == START
    rig.clock.advance(0.5)
    assert (await rig.put()).at == START + timedelta(seconds=5)
    assert rig.feed.asked.count(f"chain {FAR}") == 2


async def test_the_chain_that_others_fetched_is_used_while_it_is_fresh() -> None:
    with Database(None) as database:
        rig = Rig()
        rig.chains.use(SqlMarketStore(database))
        await rig.chains.fetch("GLD", FAR)
        rig.feed.asked.clear()
        await rig.put()
        assert rig.feed.asked == []
        rig.clock.advance(61)
        rig.fetched_anew()
        assert (await rig.put()).at == rig.clock.now()


async def test_its_quality_is_what_age_has_left_of_it() -> None:
    rig = Rig(fresh_for_s=1_000)
    qualities = []
    for seconds in (0, 60, 1, 240):
        rig.clock.advance(seconds)
        qualities.append((await rig.put()).quality)
    assert qualities == [Quality.LIVE, Quality.LIVE, Quality.CACHED, Quality.STALE]


async def test_while_the_exchange_is_closed_a_chain_neither_ages_nor_is_fetched_again() -> None:
    rig = Rig()
    opened, closed = START - timedelta(hours=2), START + timedelta(seconds=30)
    tomorrow = timedelta(days=1)
    rig.market.use_sessions(
        Sessions(
            (opened - tomorrow, opened, opened + tomorrow),
            (closed - tomorrow, closed, closed + tomorrow),
        )
    )
    await rig.put()
    rig.clock.advance(3600)
    rig.market.use_sessions(rig.market.sessions)  # type: ignore[arg-type]
    assert (await rig.put()).quality is Quality.LIVE
    assert rig.feed.asked == ASKED


@pytest.mark.parametrize(
    "other",
    [
        replace(PUT, strike=D("336.5")),
        replace(PUT, expiry=date(2026, 9, 19)),
        replace(PUT, multiplier=10),
        replace(PUT, currency="CHF"),
        replace(PUT, trading_class="GLD1"),
        Instrument("SLV"),
        replace(SHARE, currency="CHF"),
        replace(SHARE, multiplier=100),
    ],
)
async def test_what_is_not_listed_so_is_not_quoted(other: Instrument) -> None:
    rig = Rig()
    rig.market.accept(quote("350"))
    assert await rig.quotes.quote(other) is None
    again = list(rig.feed.asked)
    assert await rig.quotes.quote(other) is None
    assert rig.feed.asked == again  # what is not there is not asked for each second


async def test_an_expiry_that_is_listed_later_is_found() -> None:
    rig = Rig()
    rig.feed.expiries = (NEAR,)
    assert await rig.quotes.quote(PUT) is None
    rig.feed.expiries = (NEAR, FAR)
    rig.clock.advance(61)
    assert await rig.quotes.quote(PUT) is not None


async def test_a_symbol_that_the_source_does_not_know_is_not_quoted() -> None:
    rig = Rig()
    rig.feed.chains[FAR] = FeedError(FeedFault.UNKNOWN_SYMBOL, "There is no GLD.")
    assert await rig.quotes.quote(PUT) is None


async def test_a_source_that_fails_is_left_alone_for_a_while() -> None:
    rig = Rig()
    rig.feed.chains[FAR] = FeedError(FeedFault.OFFLINE, "It cannot be reached.")
    for _ in range(3):
        with pytest.raises(FeedError, match="cannot be reached"):
            await rig.quotes.quote(PUT)
    assert rig.feed.asked == ASKED
    rig.fetched_anew()
    rig.clock.advance(10)
    assert await rig.quotes.quote(PUT) is not None


async def test_a_source_that_says_when_to_come_back_is_believed() -> None:
    rig = Rig()
    later = START + timedelta(minutes=15)
    rig.feed.chains[FAR] = FeedError(FeedFault.RATE_LIMITED, "Too many requests.", later)
    with pytest.raises(FeedError):
        await rig.quotes.quote(PUT)
    rig.fetched_anew()
    rig.clock.advance(14 * 60)
    with pytest.raises(FeedError, match="Too many") as raised:
        await rig.quotes.quote(PUT)
    assert raised.value.retry_at == later
    rig.clock.advance(60)
    rig.fetched_anew()
    assert await rig.quotes.quote(PUT) is not None


async def test_a_share_is_quoted_as_the_desk_judges_it() -> None:
    rig = Rig()
    assert await rig.quotes.quote(SHARE) is None
    told = replace(quote("350.10"), bid=D("350.09"), ask=D("350.11"))
    rig.market.accept(told)
    found = await rig.quotes.quote(SHARE)
    assert found == InstrumentQuote(
        SHARE, D("350.09"), D("350.11"), START, "test", Quality.LIVE, last=D("350.10")
    )
    assert rig.feed.asked == []


async def test_a_price_in_quarantine_is_not_traded_on() -> None:
    rig = Rig()
    rig.market.accept(quote("350"))
    rig.clock.advance(1)
    rig.market.accept(quote("250", rig.clock.now()))
    found = await rig.quotes.quote(SHARE)
    assert found is not None
    assert found.quality is Quality.STALE


async def test_closing_stops_a_fetch_that_hangs() -> None:
    rig = Rig()
    rig.feed.gates[FAR] = asyncio.Event()
    asking = asyncio.create_task(rig.quotes.quote(PUT))
    await rig.feed.waiting.wait()
    await rig.quotes.close()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert rig.feed.cancelled == [f"chain {FAR}"]
