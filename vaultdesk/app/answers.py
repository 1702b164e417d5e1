"""What the command line answers without a window, from the services the window uses."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from vaultdesk.app.demonstration import sample_terms
from vaultdesk.app.parts import (
    WallClock,
    build_feed,
    build_services,
    open_stores,
    symbol_of,
    trading_sessions,
)
from vaultdesk.core.market import Quality, Quote
from vaultdesk.core.money import rounded
from vaultdesk.events import Bus, ProblemRaised, QuoteChanged
from vaultdesk.ports import StorageError

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal

    from vaultdesk.app.parts import Profile, Services, Stores
    from vaultdesk.core.loan.terms import LoanTerms
    from vaultdesk.core.loan.valuation import LoanState

Answer = dict[str, Any]

QUOTE_FIELDS = ("symbol", "bid", "ask", "last", "at", "received", "source", "quality", "age_s")
LOAN_FIELDS = (
    "value",
    "amount",
    "ltv",
    "zone",
    "call_price",
    "closeout_price",
    "distance",
    "distance_pct",
)


def save_loan(profile: Profile, terms: LoanTerms) -> None:
    """Add a version of the loan's terms to the profile.

    Raises:
        StorageError: It was not kept.
    """
    stores = open_stores(profile)
    try:
        if stores.problem:
            raise StorageError(stores.problem)
        asyncio.run(_save(stores, terms))
    finally:
        stores.close()


async def _save(stores: Stores, terms: LoanTerms) -> None:
    await stores.loan.save(terms)


def status(profile: Profile, at_price: Decimal | None, cure_to: Decimal | None) -> Answer:
    """The quote and the loan as the desk would show them now, as plain JSON values."""
    return asyncio.run(_status(profile, at_price, cure_to))


async def _status(profile: Profile, at_price: Decimal | None, cure_to: Decimal | None) -> Answer:
    stores = open_stores(profile)
    problems = [stores.problem] if stores.problem else []
    try:
        terms = await stores.loan.current()
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
            if at_price is None:
                await _ask(desk, stores)
            else:
                bus.tell(QuoteChanged(hypothetical(wanted, at_price, terms)))
            return _answer(desk, problems)
        finally:
            await feed.close()
    finally:
        stores.close()


async def _ask(desk: Services, stores: Stores) -> None:
    """Let the market service judge one fresh quote, beside the last good one it kept."""
    await desk.market.use(stores.market)
    sessions = asyncio.create_task(asyncio.to_thread(trading_sessions, desk.feed))
    await desk.market.refresh()
    desk.market.use_sessions(await sessions)
    await desk.market.keep()


def hypothetical(symbol: str, price: Decimal, terms: LoanTerms | None) -> Quote:
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


def _answer(desk: Services, problems: list[str]) -> Answer:
    terms, state, quote = desk.loan.terms, desk.loan.state, desk.loan.quote
    now = WallClock().now() if quote and quote.quality is Quality.HYPOTHETICAL else None
    answer: Answer = {
        "quote": _quote(quote, now or desk.feed.clock.now(), desk.market.symbol),
        "loan": None if terms is None else _loan(terms, state),
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


def _loan(terms: LoanTerms, state: LoanState | None) -> Answer:
    empty = {**dict.fromkeys(LOAN_FIELDS), "cure": {"target": None, "repay": None, "pledge": None}}
    numbers = _numbers(state) if state else {}
    return {"currency": terms.currency, **empty, "amount": _text(terms.amount), **numbers}


def _numbers(state: LoanState) -> Answer:
    """Money to the cent, prices to four places, ratios to eight."""
    return {
        "value": _text(rounded(state.value, 2)),
        "ltv": _text(rounded(state.ltv, 8)),
        "zone": state.zone.value,
        "call_price": _text(rounded(state.call_price, 4)),
        "closeout_price": _text(rounded(state.closeout_price, 4)),
        "distance": _text(rounded(state.distance, 4)),
        "distance_pct": _text(rounded(state.distance_pct, 4)),
        "cure": {
            "target": _text(state.cure.target),
            "repay": _text(rounded(state.cure.repay, 2)),
            "pledge": _text(rounded(state.cure.pledge, 2)),
        },
    }


def _text(value: Decimal | None) -> str | None:
    return None if value is None else format(value, "f")
