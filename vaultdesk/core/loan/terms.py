"""The terms of a loan facility: what is pledged, what is owed, what the lender may do and when.

A facility is written in versions. A version holds from `effective` on until another one does;
nothing is ever edited, so that history can be drawn with the terms of its day.
"""

from dataclasses import dataclass, fields, replace
from datetime import datetime
from decimal import Decimal

from vaultdesk.core.loan.rules import problems
from vaultdesk.core.loan.vocabulary import (
    ADVANCE_RATE,
    GOLD_FUNDS,
    TWO_BANKING_DAYS,
    Asset,
    CureTerms,
    Lot,
    Reserve,
    Tranche,
)


class TermsError(ValueError):
    """Terms break a rule; `field` names which, the text says how to mend it."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


@dataclass(frozen=True, slots=True)
class Facility:
    """One version of the terms.

    Attributes:
        lots: what is pledged.
        tranches: what is owed.
        call_ltv: fraction of market value at which the lender calls (0.75 is 75 %).
        closeout_ltv: fraction at which it may sell.
        since: when this version was written, aware.
        currency: everything is summed up in it.
        reserves: money elsewhere that could cure a call.
        cure: how long a call may stand.
        gold_from: bars and coins are valued by "GLD", its price by the ounces a share holds, or
            by "XAU", the ounce's own price.
        effective: from when it holds, aware; `since` if None.
        who: who wrote it.

    Raises:
        TermsError: a value breaks a rule.
    """

    lots: tuple[Lot, ...]
    tranches: tuple[Tranche, ...]
    call_ltv: Decimal
    closeout_ltv: Decimal
    since: datetime
    currency: str = "USD"
    reserves: tuple[Reserve, ...] = ()
    cure: CureTerms = TWO_BANKING_DAYS
    gold_from: str = "GLD"
    effective: datetime | None = None
    who: str = ""

    def __post_init__(self) -> None:
        for name, sentence in problems(self).items():
            raise TermsError(name, sentence)

    @property
    def holds_from(self) -> datetime:
        """When this version came or comes into force."""
        return self.effective or self.since

    @property
    def symbol(self) -> str:
        """The listed symbol whose fall is watched: a gold fund, else what is pledged first."""
        funds = [lot.symbol for lot in self.lots if lot.asset is Asset.FUND]
        gold = [symbol for symbol in funds if symbol in GOLD_FUNDS]
        if gold or any(lot.is_gold for lot in self.lots):
            return gold[0] if gold else "GLD"
        return funds[0]

    def falls_with(self, lot: Lot) -> bool:
        """Whether the price of this lot falls when the watched symbol's does."""
        gold = self.symbol in GOLD_FUNDS
        return lot.is_gold if gold else lot.symbol == self.symbol


def single_pledge(
    symbol: str,
    units: Decimal,
    amount: Decimal,
    currency: str,
    call_ltv: Decimal,
    closeout_ltv: Decimal,
    since: datetime,
    who: str = "",
    advance_rate: Decimal = ADVANCE_RATE,
) -> Facility:
    """The simplest facility: units of one listed symbol against one amount without interest.

    Raises:
        TermsError: a value breaks a rule.
    """
    return Facility(
        lots=(Lot(Asset.FUND, symbol, units, advance_rate),),
        tranches=(Tranche(amount, currency),),
        call_ltv=call_ltv,
        closeout_ltv=closeout_ltv,
        since=since,
        currency=currency,
        who=who,
    )


def same_terms(first: Facility, second: Facility) -> bool:
    """Whether two versions differ in nothing but when and by whom they were written."""
    left_out = ("since", "effective", "who")
    return all(
        getattr(first, field.name) == getattr(second, field.name)
        for field in fields(Facility)
        if field.name not in left_out
    )


def in_force(versions: tuple[Facility, ...], at: datetime) -> Facility | None:
    """The version that holds at a moment: of those that came into force, the latest to do so.

    Of two that came into force together the one written later counts. Before any did, the first
    to come holds: a clock that was set back must not lose the loan. None without versions.
    """
    begun = [terms for terms in versions if terms.holds_from <= at]
    if not begun:
        return min(versions, key=_order, default=None)
    return max(reversed(begun), key=_order)  # the first of equals is the last written


def _order(terms: Facility) -> tuple[datetime, datetime]:
    return terms.holds_from, terms.since


def with_advance(terms: Facility, asset: Asset, rate: Decimal, since: datetime) -> Facility:
    """The terms after the lender set another advance rate for a class of assets.

    Raises:
        TermsError: the rate does not lie between 0 and 1.
    """
    lots = tuple(
        replace(lot, advance_rate=rate) if lot.asset is asset else lot for lot in terms.lots
    )
    return replace(terms, lots=lots, since=since)
