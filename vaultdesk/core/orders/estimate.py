"""What an order will probably be filled at, and what that costs.

The spread model: who asks for a price between bid and ask is met part of the way. Options traders
who wait for their moment pay about 40 % of the quoted half-spread (Muravyev and Pearson, "Options
trading costs are lower than you think", Review of Financial Studies 2020); half of it is expected
here, to be on the careful side, and all of it where the order is larger than the size displayed,
the market is closed, or the quote is not live.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from vaultdesk.core.market import Quality, mid, worst
from vaultdesk.core.money import plain
from vaultdesk.core.orders.limits import multiplier
from vaultdesk.core.orders.preview import Estimate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vaultdesk.core.hedge.vocabulary import FeeSchedule
    from vaultdesk.core.orders.broker import WhatIf
    from vaultdesk.core.orders.draft import OrderDraft, OrderLeg
    from vaultdesk.core.orders.instrument import InstrumentQuote

PART = Decimal("0.5")
"""Of the way from mid to natural."""
LOT = 100
"""Shares that are charged like a contract; brokers charge them by the share, and about so much."""
PROMPT = (Quality.LIVE, Quality.SIMULATED)
"""Qualities of quotes that show the market as it is now."""


def estimated(
    draft: OrderDraft,
    quotes: Sequence[InstrumentQuote],
    fees: FeeSchedule,
    what_if: WhatIf,
    *,
    in_session: bool = True,
) -> Estimate:
    """An order's prices and costs; `quotes` are of its legs, in their order."""
    natural, middle = natural_price(draft, quotes), mid_price(draft, quotes)
    expected, reasons = _expected(draft, quotes, natural, middle, in_session=in_session)
    money = multiplier(draft) * draft.quantity
    paid = expected
    if expected is not None and draft.limit is not None:
        paid = min(expected, draft.limit)
    slipped = None if expected is None or middle is None else (expected - middle) * money
    return Estimate(
        draft=draft,
        quotes=tuple(quotes),
        natural=natural,
        mid=middle,
        expected=expected,
        reasons=reasons,
        cost=None if paid is None else paid * money,
        slippage=slipped,
        commission=commission(draft, fees),
        what_if=what_if,
    )


def natural_price(draft: OrderDraft, quotes: Sequence[InstrumentQuote]) -> Decimal | None:
    """Net, everything bought at the ask and sold at the bid; None where a leg lacks that side."""
    total = Decimal(0)
    for leg, quote in zip(draft.legs, quotes, strict=True):
        side = quote.ask if leg.ratio > 0 else quote.bid
        if not side or side < 0:
            return None
        total += leg.ratio * side
    return total


def mid_price(draft: OrderDraft, quotes: Sequence[InstrumentQuote]) -> Decimal | None:
    """Net, half-way between honest bids and asks; None where a leg has none."""
    total = Decimal(0)
    for leg, quote in zip(draft.legs, quotes, strict=True):
        middle = mid(quote.bid, quote.ask)
        if middle is None:
            return None
        total += leg.ratio * middle
    return total


def commission(draft: OrderDraft, fees: FeeSchedule) -> Decimal:
    """Of all legs, each charged for itself."""
    return sum((_leg_commission(leg, draft.quantity, fees) for leg in draft.legs), Decimal(0))


def _leg_commission(leg: OrderLeg, quantity: int, fees: FeeSchedule) -> Decimal:
    traded = Decimal(leg.ratio * quantity)
    return fees.commission(traded if leg.instrument.is_option else traded / LOT)


def _expected(
    draft: OrderDraft,
    quotes: Sequence[InstrumentQuote],
    natural: Decimal | None,
    middle: Decimal | None,
    *,
    in_session: bool,
) -> tuple[Decimal | None, tuple[str, ...]]:
    if natural is None:
        return None, ("A leg has no bid or no ask to trade at.",)
    if middle is None:
        return natural, ("There is no honest mid, so the natural price is expected.",)
    against = _against(draft, quotes, in_session=in_session)
    part = Decimal(1) if against or draft.limit is None else PART
    expected = middle + part * (natural - middle)
    if draft.limit is None:
        against = ["A market order pays the whole spread."]
    reasons = against or ["Half of the way from the mid to the natural price is expected."]
    if all(_size(leg, quote) is None for leg, quote in zip(draft.legs, quotes, strict=True)):
        reasons.append("The source does not tell how many contracts stand at these prices.")
    if draft.limit is not None and draft.limit < expected:
        reasons.append(
            f"Your limit of {plain(draft.limit):f} is better than that: it may not be filled."
        )
    return expected, tuple(reasons)


def _against(
    draft: OrderDraft, quotes: Sequence[InstrumentQuote], *, in_session: bool
) -> list[str]:
    """Why the natural price is to be expected; empty where it is not."""
    found = []
    for leg, quote in zip(draft.legs, quotes, strict=True):
        size, wanted = _size(leg, quote), abs(leg.ratio) * draft.quantity
        if size is not None and wanted > size:
            found.append(
                f"{wanted} of the {leg.instrument.words} are more than the {size} displayed, so "
                "the natural price is expected."
            )
    quality = worst(*(quote.quality for quote in quotes))
    if not in_session:
        found.append("The exchange is closed, so the natural price is expected.")
    elif quality not in PROMPT:
        found.append(f"The quotes are {quality.lower()}, so the natural price is expected.")
    return found


def _size(leg: OrderLeg, quote: InstrumentQuote) -> int | None:
    """Displayed on the side the leg is traded with."""
    return quote.ask_size if leg.ratio > 0 else quote.bid_size
