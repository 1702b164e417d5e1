"""What a ticket will probably cost and do, frozen at one moment so that it can be confirmed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from vaultdesk.core.market import mid

if TYPE_CHECKING:
    from datetime import datetime

    from vaultdesk.core.market import Quality
    from vaultdesk.core.orders.broker import WhatIf
    from vaultdesk.core.orders.draft import OrderDraft, Ticket
    from vaultdesk.core.orders.instrument import InstrumentQuote
    from vaultdesk.core.orders.life import Mode

GOOD_FOR = timedelta(seconds=30)
"""A preview can be confirmed for so long."""


class Caution(StrEnum):
    """What a warning is about."""

    NAKED_CALL = "naked call"
    SHORT_EXERCISE = "short exercise"
    OUTSIDE_SESSION = "outside session"
    SPREAD_WIDE = "spread wide"
    QUOTE_STALE = "quote stale"
    LEGGING = "legging"
    TICK = "tick"
    LIMIT = "limit"
    """One of the limits the user has set."""
    CLOSE_ONLY = "close only"
    MARKET_ORDER = "market order"
    MARGIN = "margin"
    BROKER = "broker"
    """The broker's own words."""
    UNRESOLVED = "unresolved"
    """The same order may be at the broker already."""


@dataclass(frozen=True, slots=True)
class Warned:
    """A sentence to read before the click; one that `refuses` lets nothing be sent."""

    about: Caution
    sentence: str
    refuses: bool = False


@dataclass(frozen=True, slots=True)
class Estimate:
    """One order's prices, net for one unit and per share, signed as a draft's limit.

    Attributes:
        draft: the order.
        quotes: of its legs, in their order.
        natural: every leg bought at the ask and sold at the bid; None where one has no quote.
        mid: every leg half-way.
        expected: where it will probably be filled.
        reasons: why there, a sentence each.
        cost: at the expected price (the limit where that is better for the user), in money
            without commission; negative is received.
        slippage: expected less mid, in money.
        commission: by the desk's fee schedule.
        what_if: the broker's own answer.
    """

    draft: OrderDraft
    quotes: tuple[InstrumentQuote, ...]
    natural: Decimal | None
    mid: Decimal | None
    expected: Decimal | None
    reasons: tuple[str, ...]
    cost: Decimal | None
    slippage: Decimal | None
    commission: Decimal
    what_if: WhatIf

    @property
    def gross(self) -> Decimal | None:
        """The legs' mids added up, bought and sold alike; None where one has no honest market."""
        total = Decimal(0)
        for leg, quote in zip(self.draft.legs, self.quotes, strict=True):
            middle = mid(quote.bid, quote.ask)
            if middle is None:
                return None
            total += abs(leg.ratio) * middle
        return total


@dataclass(frozen=True, slots=True)
class LoanEffect:
    """What the ticket does for the loan; ratios are fractions, None where nothing values it.

    Attributes:
        ltv_before: market LTV now.
        ltv_after: likewise once the premium is paid, drawn on the loan where the rules say so.
        at_call_before: hedged LTV at the margin-call price with what is held now.
        at_call_after: likewise with the ticket filled.
        ounces: all the gold that is pledged.
        covered_before: ounces that puts held protect, until their first expiry.
        covered_after: likewise with the ticket filled.
        until: the day all of that protection ends first.
        problem: why figures are missing, a sentence.
    """

    ltv_before: Decimal | None = None
    ltv_after: Decimal | None = None
    at_call_before: Decimal | None = None
    at_call_after: Decimal | None = None
    ounces: Decimal | None = None
    covered_before: Decimal | None = None
    covered_after: Decimal | None = None
    until: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """A ticket with its estimates; `hash` names exactly this one.

    `spot` is the underlying's price that everything was computed with.
    """

    ticket: Ticket
    account: str
    mode: Mode
    broker: str
    at: datetime
    spot: Decimal | None
    quality: Quality
    estimates: tuple[Estimate, ...]
    loan: LoanEffect
    warnings: tuple[Warned, ...]
    hash: str

    @property
    def expires(self) -> datetime:
        """It cannot be confirmed after this."""
        return self.at + GOOD_FOR

    @property
    def refused(self) -> tuple[str, ...]:
        """Why it cannot be sent at all."""
        return tuple(one.sentence for one in self.warnings if one.refuses)
