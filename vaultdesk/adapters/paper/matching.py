"""What becomes of an order by the quotes of one moment: filled, ended for want of money, or not."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from vaultdesk.adapters.paper.events import Cancelled, Filled, Traded
from vaultdesk.adapters.paper.margin import UnmarkedError, margins
from vaultdesk.core.orders.estimate import commission
from vaultdesk.core.orders.fills import Fill, Look, Luck, filled, natural, net

if TYPE_CHECKING:
    from datetime import datetime

    from vaultdesk.adapters.paper.book import Book, PaperOrder
    from vaultdesk.adapters.paper.margin import Holding, Quotes
    from vaultdesk.core.hedge.vocabulary import FeeSchedule
    from vaultdesk.core.market import Quality
    from vaultdesk.core.orders.draft import OrderDraft


@dataclass(frozen=True, slots=True)
class Rules:
    """What trading costs, which qualities fill orders, and the luck in what is left open."""

    fees: FeeSchedule
    trusted: frozenset[Quality]
    luck: Luck


@dataclass(frozen=True, slots=True)
class Trial:
    """The account as it would be with an order's legs traded."""

    holding: Holding
    cash: Decimal
    commission: Decimal


def matched(
    book: Book, order: PaperOrder, quotes: Quotes, since: datetime, now: datetime, rules: Rules
) -> Filled | Cancelled | str:
    """What happens to a working order now; a sentence where it waits, empty if that is usual.

    Args:
        book: the account before.
        order: one of its working orders.
        quotes: of its legs, and of what the margins need.
        since: quotes made before this fill nothing.
        now: when it happens.
        rules: by which.
    """
    legs = tuple(quotes.get(leg.instrument) for leg in order.draft.legs)
    look = Look(since, rules.trusted, rules.luck, book.taken_of)
    fill = filled(order.draft, order.left, legs, look)
    if isinstance(fill, str):
        return fill
    after = traded(book, order.draft, fill, order.filled, rules.fees)
    try:
        short = shortage(book.held, left_of(order), after, quotes)
    except UnmarkedError as missing:
        return f"Without a price of {missing} the margin is not known; the order waits for one."
    if short:
        return Cancelled(now, order.ref, short)
    charges = _charges(order.draft, order.filled, fill.units, rules.fees)
    made = zip(fill.prices, charges, legs, strict=True)
    return Filled(
        now,
        order.ref,
        fill.units,
        tuple(Traded(price, charge, quote.at) for price, charge, quote in made if quote),
    )


def traded(
    book: Book, draft: OrderDraft, fill: Fill, filled_before: int, fees: FeeSchedule
) -> Trial:
    """The account with the fill in it."""
    holding, cash = dict(book.held), book.cash
    charge = sum(_charges(draft, filled_before, fill.units, fees), Decimal(0))
    for leg, price in zip(draft.legs, fill.prices, strict=True):
        quantity = leg.ratio * fill.units
        cash -= price * quantity * leg.instrument.multiplier
        left = holding.pop(leg.instrument, 0) + quantity
        if left:
            holding[leg.instrument] = left
    return Trial(holding, cash - charge, charge)


def expected(book: Book, draft: OrderDraft, quotes: Quotes, fees: FeeSchedule) -> Trial | None:
    """The account with the whole order filled at natural prices, or at its limit if that is less.

    None where a price is missing that this needs.
    """
    prices = _prices(draft, quotes)
    if prices is None:
        return None
    return traded(book, draft, Fill(draft.quantity, prices), 0, fees)


def lacking(book: Book, draft: OrderDraft, quotes: Quotes, fees: FeeSchedule) -> str | None:
    """Why the account cannot carry a new order; None while there is no price to tell by."""
    after = expected(book, draft, quotes, fees)
    if after is None:
        return None
    try:
        return shortage(book.held, draft, after, quotes)
    except UnmarkedError:
        return None


def left_of(order: PaperOrder) -> OrderDraft:
    """The part of the order that is not filled."""
    return replace(order.draft, quantity=order.left)


def shortage(held: Holding, draft: OrderDraft, after: Trial, quotes: Quotes) -> str:
    """Why the account cannot carry it, in a sentence; empty where it can.

    An order that only closes what is held is always taken.

    Raises:
        UnmarkedError: without a price the margin is not known.
    """
    if closes_only(held, draft):
        return ""
    short = -margins(after.holding, after.cash, quotes).available
    if short <= 0:
        return ""
    currency = draft.legs[0].instrument.currency
    return (
        f"The account is {currency} {short:,.2f} short of the premium, commission and margin: "
        "trade less, or close something first."
    )


def closes_only(held: Holding, draft: OrderDraft) -> bool:
    """Whether every leg takes from a position and none turns it round."""
    for leg in draft.legs:
        quantity, has = leg.ratio * draft.quantity, held.get(leg.instrument, 0)
        if has * quantity >= 0 or abs(quantity) > abs(has):
            return False
    return True


def fault(draft: OrderDraft) -> str:
    """Why such an order is not taken at all, in a sentence; empty where it may be."""
    traits = {(leg.instrument.multiplier, leg.instrument.currency) for leg in draft.legs}
    if len(traits) > 1:
        return "Shares and options cannot be traded in one order: send one for each."
    if len({leg.instrument for leg in draft.legs}) < len(draft.legs):
        return "The order has a contract twice: put it into one leg."
    if draft.quantity < 1 or not draft.legs or not all(leg.ratio for leg in draft.legs):
        return "The order is for nothing: give every leg a ratio and the order a quantity."
    return ""


def _charges(draft: OrderDraft, before: int, units: int, fees: FeeSchedule) -> tuple[Decimal, ...]:
    """Commission of each leg for these units, so that all fills together cost what one would."""

    def until(leg: int, quantity: int) -> Decimal:
        return commission(replace(draft, legs=(draft.legs[leg],), quantity=quantity), fees)

    return tuple(until(i, before + units) - until(i, before) for i in range(len(draft.legs)))


def _prices(draft: OrderDraft, quotes: Quotes) -> tuple[Decimal, ...] | None:
    """Of each leg: natural, one of them moved so that their net does not pass the limit.

    The limit alone will do for a single leg without a quote.
    """
    quotes_of = [(leg, quotes.get(leg.instrument)) for leg in draft.legs]
    prices = tuple(price for leg, quote in quotes_of if quote and (price := natural(leg, quote)))
    if len(prices) < len(draft.legs):
        alone = draft.limit is not None and not draft.combo
        return (draft.limit / draft.legs[0].ratio,) if alone and draft.limit else None
    if draft.limit is None or net(draft, prices) <= draft.limit:
        return prices
    better = (net(draft, prices) - draft.limit) / draft.legs[0].ratio
    return (prices[0] - better, *prices[1:])
