"""The paper account's figures: what it is worth, what it must keep, what an order would change."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from vaultdesk.adapters.paper.book import ACCOUNT
from vaultdesk.adapters.paper.margin import UnmarkedError, margins, needed, share_of, worth
from vaultdesk.adapters.paper.matching import expected, fault, shortage
from vaultdesk.core.orders.broker import Account, WhatIf

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from vaultdesk.adapters.paper.book import Book
    from vaultdesk.adapters.paper.margin import Quotes
    from vaultdesk.core.hedge.vocabulary import FeeSchedule
    from vaultdesk.core.orders.draft import OrderDraft
    from vaultdesk.core.orders.instrument import Instrument

CURRENCY = "USD"


def concerned(book: Book, drafts: Iterable[OrderDraft]) -> set[Instrument]:
    """What must be quoted to fill these orders and to know what margin they need."""
    found = needed(book.held)
    for draft in drafts:
        for leg in draft.legs:
            found.add(leg.instrument)
            if leg.ratio < 0:
                found.add(share_of(leg.instrument))
    return found


def account(book: Book, quotes: Quotes, now: datetime, source: str) -> Account:
    """The account now; figures that need a price there is none of are not given."""
    told = Account(ACCOUNT, CURRENCY, now, source, cash=book.cash)
    with suppress(UnmarkedError):
        told = replace(told, equity=worth(book.held, book.cash, quotes))
    with suppress(UnmarkedError):
        kept = margins(book.held, book.cash, quotes)
        told = replace(
            told,
            buying_power=max(kept.available, Decimal(0)),
            initial_margin=kept.initial,
            maintenance_margin=kept.maintenance,
            excess_liquidity=kept.excess,
        )
    return told


def what_if(
    book: Book, draft: OrderDraft, quotes: Quotes, fees: FeeSchedule, failed: str
) -> WhatIf:
    """The account before and after the order; `failed` says why a quote may be missing."""
    wrong = fault(draft)
    if wrong:
        return WhatIf(currency=CURRENCY, rejected=True, why=wrong)
    told = WhatIf(currency=CURRENCY, why=failed)
    after = expected(book, draft, quotes, fees)
    try:
        kept = margins(book.held, book.cash, quotes)
        told = replace(
            told,
            initial_before=kept.initial,
            maintenance_before=kept.maintenance,
            equity_before=worth(book.held, book.cash, quotes),
        )
        if after is None:
            return replace(told, why=failed or "A leg has no bid or no ask.")
        kept = margins(after.holding, after.cash, quotes)
        told = replace(
            told,
            initial_after=kept.initial,
            maintenance_after=kept.maintenance,
            equity_after=worth(after.holding, after.cash, quotes),
            commission=after.commission,
        )
        lacking = shortage(book.held, draft, after, quotes)
    except UnmarkedError as missing:
        why = failed or f"There is no price of {missing}."
        return replace(told, why=why, commission=after.commission if after else None)
    return replace(told, rejected=bool(lacking), why=lacking)
