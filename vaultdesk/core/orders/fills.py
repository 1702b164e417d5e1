"""By which quotes an order is filled on paper, how far and at what price.

The rules: every leg at its natural price (bought at the ask, sold at the bid) of one moment, all
legs or none for each unit, never through the limit, never more than is shown at that price. Where
less is shown than is wanted, a leg may cost one tick more. No order waits in front of another and
none moves the market, so that such fills flatter: they are no evidence of what trading costs.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from vaultdesk.core.money import CENT
from vaultdesk.core.orders.ticks import tick

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from vaultdesk.core.market import Quality
    from vaultdesk.core.orders.draft import OrderDraft, OrderLeg
    from vaultdesk.core.orders.instrument import Instrument, InstrumentQuote

    Taken = Callable[[Instrument, bool, datetime], int]
    """Contracts taken already of what a quote of that moment showed; True for those bought."""

MOST_UNSHOWN = 10
"""Where a source shows no size, 1 to so many contracts (hundreds of shares) are assumed."""
LOT = 100
APART = timedelta(seconds=60)
"""Quotes of legs that are farther apart are not of one moment."""


@dataclass(frozen=True, slots=True)
class Luck:
    """Numbers that depend on a seed and on what they are for, and on nothing before them."""

    seed: int

    def number(self, *purpose: object) -> int:
        """At least 0, below 2**32; the same whenever it is asked for."""
        text = "|".join((str(self.seed), *map(str, purpose)))
        return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=4).digest(), "big")


@dataclass(frozen=True, slots=True)
class Fill:
    """`units` of the legs are traded, each leg at its price per share."""

    units: int
    prices: tuple[Decimal, ...]


@dataclass(frozen=True, slots=True)
class Look:
    """What an order is looked at with.

    Attributes:
        since: quotes made before this moment fill nothing.
        trusted: qualities that fill.
        luck: decides what a source leaves open.
        taken: how much of a quote is gone.
    """

    since: datetime
    trusted: frozenset[Quality]
    luck: Luck
    taken: Taken


def natural(leg: OrderLeg, quote: InstrumentQuote) -> Decimal | None:
    """What the leg costs per share at once: the ask when bought, the bid when sold.

    A share of which only the last trade is known is bought a cent above it and sold a cent below.
    """
    if quote.bid is None and quote.ask is None and quote.last and not leg.instrument.is_option:
        return quote.last + CENT if leg.ratio > 0 else quote.last - CENT
    return quote.ask if leg.ratio > 0 else quote.bid


def net(draft: OrderDraft, prices: Sequence[Decimal]) -> Decimal:
    """Per share of one unit, positive when paid, as a draft's limit."""
    costs = (leg.ratio * price for leg, price in zip(draft.legs, prices, strict=True))
    return sum(costs, Decimal(0))


def filled(
    draft: OrderDraft, left: int, quotes: Sequence[InstrumentQuote | None], look: Look
) -> Fill | str:
    """What is traded now of the `left` units; else why not, which is empty where waiting is usual.

    Usual is that the price has not come to the limit, that all that was shown is taken, and that
    the newest quote was made before the order.
    """
    legs = []
    for leg, quote in zip(draft.legs, quotes, strict=True):
        obstacle = _obstacle(leg, quote, look.trusted)
        if obstacle or quote is None:
            return obstacle
        legs.append((leg, quote))
    moments = [quote.at for _, quote in legs]
    if min(moments) < look.since or max(moments) - min(moments) > APART:
        return ""
    prices = [price for leg, quote in legs if (price := natural(leg, quote)) is not None]
    if draft.limit is not None and net(draft, prices) > draft.limit:
        return ""
    units = min(left, *(_room(leg, quote, look) // abs(leg.ratio) for leg, quote in legs))
    if units < 1:
        return ""
    slipped = [
        _slipped(leg, quote, price, left, look)
        for (leg, quote), price in zip(legs, prices, strict=True)
    ]
    through = draft.limit is not None and net(draft, slipped) > draft.limit
    return Fill(units, tuple(prices if through else slipped))


def _obstacle(leg: OrderLeg, quote: InstrumentQuote | None, trusted: frozenset[Quality]) -> str:
    """Why this quote can fill nothing, in a sentence; empty where it can."""
    words = leg.instrument.words
    if quote is None:
        return f"{words} is not quoted; the order waits until it is."
    if quote.quality not in trusted:
        return (
            f"The quote of {words} is {quote.quality.value.lower()}; the order waits for one that "
            "can be traded on."
        )
    price = natural(leg, quote)
    if price is None or price <= 0 or (leg.instrument.is_option and not quote.bid):
        return f"{words} has no bid or no ask; the order waits until it has both."
    if quote.bid is not None and quote.ask is not None and quote.ask < quote.bid:
        return f"The bid of {words} is above its ask; the order waits for an honest quote."
    return ""


def shown(leg: OrderLeg, quote: InstrumentQuote, luck: Luck) -> int:
    """Contracts or shares on the side that the leg takes; assumed where the source is silent."""
    bought = leg.ratio > 0
    size = quote.ask_size if bought else quote.bid_size
    if size is not None:
        return size
    assumed = 1 + luck.number("size", leg.instrument.key, bought, quote.at) % MOST_UNSHOWN
    return assumed if leg.instrument.is_option else assumed * LOT


def _room(leg: OrderLeg, quote: InstrumentQuote, look: Look) -> int:
    taken = look.taken(leg.instrument, leg.ratio > 0, quote.at)
    return max(shown(leg, quote, look.luck) - taken, 0)


def _slipped(
    leg: OrderLeg, quote: InstrumentQuote, price: Decimal, left: int, look: Look
) -> Decimal:
    """The natural price, or every other time a tick worse where less is shown than is wanted."""
    thin = shown(leg, quote, look.luck) < left * abs(leg.ratio)
    if not thin or look.luck.number("slip", leg.instrument.key, leg.ratio > 0, quote.at) % 2:
        return price
    if leg.ratio > 0:
        return price + tick(leg.instrument, price)
    return max(price - tick(leg.instrument, price - CENT), CENT)
