"""The hedge desk: what is fetched for it, when it is made anew, and why it has no answer."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from tests.fakes.feed import START, ManualClock, ScriptedFeed, chain, quote
from vaultdesk.core.hedge.finder import FindRequest
from vaultdesk.core.hedge.vocabulary import HedgeRules, Use
from vaultdesk.core.loan.terms import single_pledge
from vaultdesk.core.market import Quality
from vaultdesk.events import Bus, HedgeChanged, HedgeChosen, HedgeLoading, LoanChanged
from vaultdesk.ports import FeedError, FeedFault, KnownError
from vaultdesk.services.chain import ChainService
from vaultdesk.services.chains import Chains
from vaultdesk.services.hedge import HedgeService
from vaultdesk.services.loan import LoanService
from vaultdesk.services.market import MarketService
from vaultdesk.storage.database import Database
from vaultdesk.storage.loan_store import SqlLoanStore
from vaultdesk.storage.market_store import SqlMarketStore

if TYPE_CHECKING:
    from collections.abc import Iterator

SOON, NEAR, MIDDLE, FAR = (
    date(2026, 7, 24),
    date(2026, 8, 21),
    date(2026, 10, 16),
    date(2027, 6, 17),
)
EXPIRIES = (SOON, NEAR, MIDDLE, FAR)
BOARD = (NEAR, MIDDLE, FAR)
"""Those nearest to a month, two, three, six, a year and two."""
TERMS = single_pledge(
    "GLD", Decimal(10_000), Decimal(2_100_000), "USD", Decimal("0.75"), Decimal("0.85"), START
)


class Desk:
    """A hedge service on a scripted feed, with a loan at 60 %."""

    def __init__(self, database: Database) -> None:
        self.clock, self.bus, self.slept = ManualClock(), Bus(), asyncio.Event()
        self.feed = ScriptedFeed(
            clock=self.clock,
            quotes=[quote("350")],
            expiries=EXPIRIES,
            chains={expiry: chain(expiry) for expiry in EXPIRIES},
        )
        self.market = MarketService(self.feed, self.bus, "GLD")
        self.chains = Chains(self.feed, self.bus, ttl_s=300)
        self.chains.use(SqlMarketStore(database))
        self.loan = LoanService(self.bus, self.clock, self.clock)
        shown = ChainService(self.chains, self.bus, self.market)
        rules = HedgeRules(days=90)
        self.hedge = HedgeService(
            *(self.chains, self.bus, self.market, self.loan, shown), rules=rules, sleep=self._sleep
        )
        self.told: list[HedgeChanged] = []
        self.bus.subscribe(HedgeChanged, self.told.append)
        self.store = SqlLoanStore(database, self.clock)

    async def _sleep(self, _seconds: float) -> None:
        self.slept.set()
        await asyncio.Event().wait()

    async def begin(self) -> None:
        """The loan and a first price are there."""
        await self.loan.use(self.store)
        await self.loan.save(TERMS)
        await self.market.refresh()

    def asked_chains(self) -> list[str]:
        """The expiries that were fetched."""
        return [one for one in self.feed.asked if one.startswith("chain")]


@pytest.fixture
def desk() -> Iterator[Desk]:
    with Database(None) as database:
        yield Desk(database)


async def test_nothing_is_fetched_until_someone_looks(desk: Desk) -> None:
    await desk.begin()
    running = asyncio.create_task(desk.hedge.run())
    for _ in range(5):
        await asyncio.sleep(0)
    assert desk.asked_chains() == []
    leave = desk.hedge.attend()
    await desk.slept.wait()
    assert desk.asked_chains() == [f"chain {expiry}" for expiry in BOARD]
    assert desk.hedge.config is not None
    assert desk.hedge.config.expiry == MIDDLE
    assert desk.told == [HedgeChanged("")]
    leave()
    running.cancel()


async def test_leaving_twice_counts_once(desk: Desk) -> None:
    await desk.begin()
    first, _second = desk.hedge.attend(), desk.hedge.attend()
    first()
    first()
    running = asyncio.create_task(desk.hedge.run())
    await desk.slept.wait()
    assert desk.hedge.config is not None
    running.cancel()


async def test_the_first_price_is_answered_at_once(desk: Desk) -> None:
    desk.hedge.attend()
    running = asyncio.create_task(desk.hedge.run())
    told = asyncio.Event()
    desk.bus.subscribe(HedgeChanged, lambda _event: told.set())
    await told.wait()
    assert desk.told[0].problem == "There is no price yet to value the loan by."
    assert not desk.slept.is_set()
    await desk.begin()
    await desk.slept.wait()
    assert desk.hedge.config is not None
    running.cancel()


async def test_chains_are_kept_for_five_minutes_and_a_refresh_asks_anew(desk: Desk) -> None:
    await desk.begin()
    await desk.hedge.refresh(use_cache=True)
    await desk.hedge.refresh(use_cache=True)
    assert len(desk.asked_chains()) == len(BOARD)
    await desk.hedge.refresh()
    assert len(desk.asked_chains()) == 2 * len(BOARD)


async def test_other_rules_hold_at_once_and_are_in_the_inputs(desk: Desk) -> None:
    await desk.begin()
    await desk.hedge.refresh()
    rules = replace(desk.hedge.rules, use=Use.REPAYS)
    desk.hedge.use_rules(rules)
    assert desk.hedge.config is not None
    assert desk.hedge.inputs is not None
    assert desk.hedge.config.rules == desk.hedge.inputs.rules == rules
    assert len(desk.told) == 2


async def test_without_a_chain_it_says_why(desk: Desk) -> None:
    desk.feed.chains[MIDDLE] = FeedError(FeedFault.RATE_LIMITED, "Yahoo asks to wait a minute.")
    await desk.begin()
    await desk.hedge.refresh()
    assert desk.hedge.config is None
    assert desk.told == [HedgeChanged("Yahoo asks to wait a minute.")]
    with pytest.raises(KnownError, match="wait a minute"):
        await desk.hedge.compare()


async def test_a_loan_that_cannot_be_valued_any_more_says_why_and_leaves_no_hedge(
    desk: Desk,
) -> None:
    """The pledge ended at midnight, and no price has come since that would have told the loan."""
    await desk.begin()
    until = START.date() + timedelta(days=1)
    await desk.loan.save(replace(TERMS, lots=(replace(TERMS.lots[0], until=until),)))
    await desk.hedge.refresh()
    assert desk.hedge.config is not None
    desk.clock.advance(24 * 3600)
    assert desk.loan.state is not None
    await desk.hedge.refresh()
    kept: list[object] = [desk.hedge.config, desk.hedge.inputs]
    assert kept == [None, None]
    assert not desk.hedge.loading
    assert desk.told[-1] == HedgeChanged("Nothing is pledged on this day.")


async def test_a_loan_that_lacks_a_price_once_the_chains_have_come_says_which(desk: Desk) -> None:
    await desk.begin()
    desk.feed.gates[MIDDLE] = asyncio.Event()
    making = asyncio.create_task(desk.hedge.refresh())
    await desk.feed.waiting.wait()
    await desk.loan.save(replace(TERMS, currency="EUR"))
    assert desk.loan.state is None
    desk.feed.gates[MIDDLE].set()
    await making
    assert desk.hedge.config is None
    assert desk.told == [HedgeChanged("No price of EURUSD has come yet.")]


async def test_one_configuration_is_made_at_a_time(desk: Desk) -> None:
    """So the one that was asked for last stands at the end."""
    await desk.begin()
    told: list[object] = []
    desk.bus.subscribe(HedgeLoading, told.append)
    desk.bus.subscribe(HedgeChanged, told.append)
    desk.feed.gates[MIDDLE] = asyncio.Event()
    first = asyncio.create_task(desk.hedge.refresh())
    await desk.feed.waiting.wait()
    second = asyncio.create_task(desk.hedge.refresh())
    desk.feed.gates[MIDDLE].set()
    await asyncio.gather(first, second)
    assert told == [HedgeLoading(), HedgeChanged(""), HedgeLoading(), HedgeChanged("")]
    assert len(desk.asked_chains()) == 2 * len(BOARD)
    assert not desk.hedge.loading


async def test_old_chains_are_stale_and_nothing_is_recommended(desk: Desk) -> None:
    for expiry in EXPIRIES:
        old = START - timedelta(hours=2)
        desk.feed.chains[expiry] = replace(chain(expiry, old), received=old)
    await desk.begin()
    await desk.hedge.refresh()
    assert desk.hedge.config is not None
    assert desk.hedge.config.quality is Quality.STALE
    assert "stale" in desk.hedge.problem
    assert not (await desk.hedge.compare()).ranks


async def test_the_cheapest_hedge_is_looked_for_from_the_horizon_on(desk: Desk) -> None:
    await desk.begin()
    request = FindRequest(Decimal("0.70"), Decimal("0.30"), date(2026, 10, 1))
    found, inputs, problem = await desk.hedge.find(request)
    assert problem == ""
    assert found is not None
    assert found.position.legs
    assert inputs is not None
    assert [one.expiry for one in inputs.chains] == [MIDDLE, FAR]


async def test_no_expiry_reaches_the_horizon(desk: Desk) -> None:
    await desk.begin()
    request = FindRequest(Decimal("0.70"), Decimal("0.30"), date(2030, 1, 1))
    assert await desk.hedge.find(request) == (
        None,
        None,
        "No listed expiry of GLD lasts that long.",
    )


async def test_a_hedge_is_put_on_the_desk_for_all(desk: Desk) -> None:
    told: list[HedgeChosen] = []
    desk.bus.subscribe(HedgeChosen, told.append)
    await desk.begin()
    await desk.hedge.refresh()
    best = (await desk.hedge.compare()).candidates[0]
    desk.hedge.choose(best.position, best.strategy.title)
    assert told == [HedgeChosen(best.position, best.strategy.title)]
    assert desk.hedge.chosen is best.position


async def test_closed_it_hears_nothing(desk: Desk) -> None:
    await desk.begin()
    desk.hedge.attend()
    desk.hedge.close()
    running = asyncio.create_task(desk.hedge.run())
    await desk.slept.wait()
    desk.bus.tell(LoanChanged(None))
    assert not desk.hedge.wanted
    running.cancel()
