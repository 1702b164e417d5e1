"""The desk paper in the demonstration: a collar bought in the simulated market."""

from datetime import date
from decimal import Decimal

from tests.adapters.paper.rig import CASH, SESSIONS, SHARE, Disk, buy, combo, order
from tests.fakes.feed import START
from tests.fakes.tapes import FakeTime
from vaultdesk.adapters.paper import PaperBroker
from vaultdesk.adapters.simulated import SimulatedFeed
from vaultdesk.core.hedge.vocabulary import FeeSchedule
from vaultdesk.core.orders.broker import ExecutionTold, Standing, Told
from vaultdesk.core.orders.instrument import Instrument
from vaultdesk.events import Bus
from vaultdesk.services.chains import Chains
from vaultdesk.services.instrument_quotes import InstrumentQuotes
from vaultdesk.services.market import MarketService

D = Decimal
EXPIRY = date(2026, 9, 18)
PUT = Instrument("GLD", EXPIRY, D(355), "P", 100)
CALL = Instrument("GLD", EXPIRY, D(400), "C", 100)


async def test_a_collar_is_previewed_filled_and_held_in_the_simulated_market() -> None:
    pace = FakeTime()
    feed = SimulatedFeed(start=START, monotonic=pace.monotonic)
    bus = Bus()
    market = MarketService(feed, bus, "GLD")
    quotes = InstrumentQuotes(Chains(feed, bus, ttl_s=300), market, fresh_for_s=1)
    broker = PaperBroker(
        quotes,
        feed.clock,
        fees=FeeSchedule(),
        cash=CASH,
        seed=7,
        sessions=lambda: SESSIONS,
        closes=feed.closes,
        real_market=False,
    )
    told: list[Told] = []
    broker.hear(told.append)
    await broker.use(Disk())
    await market.refresh()

    collar = combo((PUT, 1), (CALL, -1))
    cover = buy(SHARE, 100)
    await broker.place(order("shares", cover))
    for _ in range(3):
        pace.seconds += 2
        await market.refresh()
        await broker.look()
    preview = await broker.what_if(collar, "DUPAPER")
    assert (preview.rejected, preview.why) == (False, "")
    await broker.place(order("collar", collar))
    for _ in range(3):
        pace.seconds += 2
        await market.refresh()
        await broker.look()

    snapshot = await broker.snapshot()
    assert {one.ref: one.standing for one in snapshot.orders} == {
        "shares": Standing.FILLED,
        "collar": Standing.FILLED,
    }
    assert [int(one.quantity) for one in snapshot.positions] == [100, 1, -1]
    account = snapshot.accounts[0]
    assert account.equity is not None
    assert preview.equity_after is not None
    assert abs(account.equity - preview.equity_after) < 60  # the market has moved for 6 s
    at = [one.execution.at for one in told if isinstance(one, ExecutionTold)]
    assert all(START <= moment <= feed.clock.now() for moment in at)
    await feed.close()
