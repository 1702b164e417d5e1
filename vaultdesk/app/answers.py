"""What the command line answers without a window, from the services the window uses."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeVar

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
from vaultdesk.core.loan.valuation import owed_without_prices
from vaultdesk.core.market import Quality, Quote
from vaultdesk.core.money import plain, rounded
from vaultdesk.events import Bus, CallProbabilityChanged, ProblemRaised, QuoteChanged
from vaultdesk.ports import StorageError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine
    from datetime import datetime
    from decimal import Decimal

    from vaultdesk.app.parts import Profile, Services, Stores
    from vaultdesk.core.loan.first_passage import CallProbability
    from vaultdesk.core.loan.state import LoanState
    from vaultdesk.core.loan.terms import Facility

Answer = dict[str, Any]
T = TypeVar("T")

QUOTE_FIELDS = ("symbol", "bid", "ask", "last", "at", "received", "source", "quality", "age_s")
LOAN_FIELDS = (
    "value",
    "lending_value",
    "amount",
    "interest",
    "ltv",
    "utilisation",
    "cash_ltv",
    "headroom",
    "zone",
    "call_price",
    "closeout_price",
    "call_ounce",
    "closeout_ounce",
    "distance",
    "distance_pct",
)
PROBABILITY_FIELDS = ("call_probability", "call_probability_until", "call_probability_by")
CURE_FIELDS = ("target", "repay", "pledge", "sell")


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
    terms, state, quote = desk.loan.terms, desk.loan.state, desk.loan.quote
    now = WallClock().now() if quote and quote.quality is Quality.HYPOTHETICAL else None
    answer: Answer = {
        "quote": _quote(quote, now or desk.feed.clock.now(), desk.market.symbol),
        "loan": None if terms is None else {**_loan(terms, state), **_probability(risk)},
    }
    if terms is not None and state is None and not problems:
        problems.append(desk.loan.problem)
    if problems:
        answer["problem"] = " ".join(dict.fromkeys(problems))
    return answer


def _quote(quote: Quote | None, now: datetime, symbol: str) -> Answer:
    if quote is None:
        return {**dict.fromkeys(QUOTE_FIELDS), "symbol": symbol}
    values = (
        quote.symbol,
        _text(quote.bid),
        _text(quote.ask),
        _text(quote.last),
        quote.at.isoformat(),
        quote.received.isoformat(),
        quote.source,
        quote.quality.value,
        round(quote.age(now).total_seconds(), 3),
    )
    return dict(zip(QUOTE_FIELDS, values, strict=True))


def _loan(terms: Facility, state: LoanState | None) -> Answer:
    empty = {**dict.fromkeys(LOAN_FIELDS), "cure": dict.fromkeys(CURE_FIELDS)}
    if state is not None:
        return {"currency": terms.currency, **empty, **_numbers(state)}
    owed = owed_without_prices(terms, WallClock().now())
    return {"currency": terms.currency, **empty, "amount": None if owed is None else _money(owed)}


def _probability(risk: CallProbabilityChanged | None) -> Answer:
    """The smile's answer, or history's where there is no smile; both in full beside it."""
    if risk is None:
        return dict.fromkeys(PROBABILITY_FIELDS)
    ways = {"smile": risk.smile, "history": risk.history}
    known = [one.probability for one in ways.values() if one.probability is not None]
    answers = (f"{known[0]:.6f}" if known else None, risk.until.isoformat())
    detail = {name: _way(one) for name, one in ways.items()}
    return dict(zip(PROBABILITY_FIELDS, (*answers, detail), strict=True))


def _way(answer: CallProbability) -> Answer:
    fields = ("probability", "standard_error", "expected_days", "basis", "reason")
    return {name: getattr(answer, name) for name in fields}


def _numbers(state: LoanState) -> Answer:
    """Money to the cent, prices to four places, ratios to eight."""
    places = {
        **dict.fromkeys(("value", "lending_value", "interest", "headroom"), 2),
        **dict.fromkeys(("ltv", "utilisation", "cash_ltv"), 8),
        **dict.fromkeys(("call_price", "closeout_price", "call_ounce", "closeout_ounce"), 4),
        **dict.fromkeys(("distance", "distance_pct"), 4),
    }
    figures = {name: _rounded(getattr(state, name), count) for name, count in places.items()}
    amounts = {name: _rounded(getattr(state.cure, name), 2) for name in CURE_FIELDS[1:]}
    return {
        **{name: figures.get(name) for name in LOAN_FIELDS},
        "amount": _money(state.loan),
        "zone": state.zone.value,
        "cure": {"target": _text(state.cure.target), **amounts},
    }


def _money(amount: Decimal) -> str | None:
    return _text(plain(rounded(amount, 2)))


def _rounded(value: Decimal | None, places: int) -> str | None:
    return None if value is None else _text(rounded(value, places))


def _text(value: Decimal | None) -> str | None:
    return None if value is None else format(value, "f")
