"""What the command line answers without a window, from the services the window uses."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from vaultdesk.app.answers.portfolio import portfolio
from vaultdesk.app.demonstration import sample_terms
from vaultdesk.app.parts import (
    WallClock,
    build_feed,
    build_services,
    open_stores,
    symbol_of,
    trading_sessions,
)
from vaultdesk.core.loan.prices import symbols_needed
from vaultdesk.core.loan.terms import in_force
from vaultdesk.core.market import Quality, Quote
from vaultdesk.events import Bus, CallProbabilityChanged, ProblemRaised, QuoteChanged
from vaultdesk.ports import StorageError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine
    from decimal import Decimal

    from vaultdesk.app.parts import Profile, Services, Stores
    from vaultdesk.core.loan.terms import Facility

Answer = dict[str, Any]
T = TypeVar("T")


def save_loan(profile: Profile, terms: Facility) -> None:
    """Add a version of the loan's terms to the profile.

    Raises:
        StorageError: It was not kept.
    """
    _with_stores(profile, lambda stores: stores.loan.save(terms))


def kept_loan(profile: Profile) -> Facility | None:
    """The terms in force in the profile.

    Raises:
        StorageError: They cannot be read.
    """
    versions = _with_stores(profile, lambda stores: stores.loan.versions())
    return in_force(versions, WallClock().now())


def _with_stores(profile: Profile, work: Callable[[Stores], Coroutine[object, object, T]]) -> T:
    stores = open_stores(profile)
    try:
        if stores.problem:
            raise StorageError(stores.problem)
        return asyncio.run(work(stores))
    finally:
        stores.close()


def status(profile: Profile, at_price: Decimal | None, cure_to: Decimal | None) -> Answer:
    """The quote and the loan as the desk would show them now, as plain JSON values."""
    return asyncio.run(_status(profile, at_price, cure_to))


@asynccontextmanager
async def desk_at_hand(
    profile: Profile, problems: list[str], cure_to: Decimal | None = None
) -> AsyncIterator[tuple[Services, Stores]]:
    """Services on the profile's stores and feed, with its loan; what goes wrong is added."""
    stores = open_stores(profile)
    problems += [stores.problem] if stores.problem else []
    try:
        terms = in_force(await stores.loan.versions(), WallClock().now())
        if terms is None and profile.demo:
            terms = sample_terms(WallClock().now())
            await stores.loan.save(terms)
        bus = Bus()
        bus.subscribe(ProblemRaised, lambda event: problems.append(event.sentence))
        wanted = terms.symbol if terms else profile.settings.symbol
        feed = build_feed(profile, at_end=True)
        try:
            desk = build_services(profile, feed, bus, symbol_of(feed, wanted), cure_to=cure_to)
            await desk.loan.use(stores.loan)
            yield desk, stores
        finally:
            await feed.close()
    finally:
        stores.close()


async def _status(profile: Profile, at_price: Decimal | None, cure_to: Decimal | None) -> Answer:
    problems: list[str] = []
    risk: CallProbabilityChanged | None = None
    async with desk_at_hand(profile, problems, cure_to) as (desk, stores):
        if at_price is None:
            await ask_market(desk, stores)
            risk = await _risk(desk, stores)
        else:
            terms = desk.loan.terms
            wanted = terms.symbol if terms else profile.settings.symbol
            desk.bus.tell(QuoteChanged(hypothetical(wanted, at_price, terms)))
            if terms is not None and symbols_needed(terms, {}) - {wanted}:
                await desk.market.refresh_assets()
        return _answer(desk, problems, risk)


async def ask_market(desk: Services, stores: Stores) -> None:
    """Let the market service judge one fresh quote, beside the last good one it kept."""
    await desk.market.use(stores.market)
    sessions = asyncio.create_task(asyncio.to_thread(trading_sessions, desk.feed))
    await desk.market.refresh()
    await desk.market.refresh_assets()
    desk.market.use_sessions(await sessions)
    await desk.market.keep()


async def _risk(desk: Services, stores: Stores) -> CallProbabilityChanged | None:
    """How probable a call is, by the chain nearest to the settings' days and by history."""
    if desk.loan.state is None:
        return None
    desk.chains.use(stores.market)
    desk.chain.open()
    await desk.chain.settled()
    await desk.call_risk.ask()
    return desk.call_risk.newest


def hypothetical(symbol: str, price: Decimal, terms: Facility | None) -> Quote:
    """A quote at a price of one's own: nobody made it, so it is marked HYPOTHETICAL."""
    now = WallClock().now()
    return Quote(
        symbol=symbol,
        bid=None,
        ask=None,
        last=price,
        at=now,
        received=now,
        source="your own price",
        quality=Quality.HYPOTHETICAL,
        currency=terms.currency if terms else "USD",
    )


def _answer(desk: Services, problems: list[str], risk: CallProbabilityChanged | None) -> Answer:
    quote, wall = desk.loan.quote, WallClock().now()
    now = wall if quote and quote.quality is Quality.HYPOTHETICAL else desk.feed.clock.now()
    told = portfolio(desk, now, wall, risk)
    if told.loan is not None and desk.loan.state is None and not problems:
        problems.append(told.loan.reason)
    answer: Answer = msgspec.to_builtins(told)
    del answer["problem"]
    if problems:
        answer["problem"] = " ".join(dict.fromkeys(problems))
    return answer
