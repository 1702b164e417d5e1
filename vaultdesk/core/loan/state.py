"""A facility at the quotes of one moment: what each lot is worth, what is owed, how it stands."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from vaultdesk.core.market import Quality, Quote, worst

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from vaultdesk.core.loan.cure import Cure, Zone
    from vaultdesk.core.loan.terms import Facility
    from vaultdesk.core.loan.vocabulary import Lot, Tranche


@dataclass(frozen=True, slots=True)
class Pledged:
    """A lot at its price; `price` per unit in `currency`, value and lending value converted."""

    lot: Lot
    price: Decimal
    currency: str
    value: Decimal
    lending_value: Decimal


@dataclass(frozen=True, slots=True)
class Owed:
    """A loan drawn; principal, interest accrued and fees converted, `currency` its own."""

    tranche: Tranche
    currency: str
    principal: Decimal
    interest: Decimal
    fees: Decimal

    @property
    def total(self) -> Decimal:
        """All that is owed."""
        return self.principal + self.interest + self.fees


@dataclass(frozen=True, slots=True)
class LoanState:
    """The facility at the quotes of one moment. Money in its currency, ratios fractions.

    Attributes:
        terms: the version in force.
        quote: the watched symbol's, from which `price` per unit, in its own currency.
        at: when it was valued: interest runs to this day.
        quotes: all that went in; `quality` is the worst of theirs.
        pledged: each lot that is pledged on the day.
        owed: each loan drawn on the day.
        value: market value of what is pledged.
        lending_value: the same, each times its advance rate.
        loan: principal, accrued interest and fees.
        interest: the accrued interest in it.
        ltv: loan / value.
        utilisation: loan / lending value; None where nothing has any.
        cash_ltv: (loan less money that can arrive in time to cure a call) / value.
        headroom: lending value less loan: what could still be drawn; negative is a shortfall.
        zone: of the LTV.
        call_price: of the watched symbol, where the LTV reaches the call level; None if no fall
            of it alone brings that about.
        closeout_price: likewise.
        call_ounce: the call price per troy ounce, in the watched symbol's currency; None if it is
            not gold.
        closeout_ounce: likewise.
        distance: price less call price: how far it may still fall, negative once called.
        distance_pct: the same in per cent of the price.
        cure: back to the target.
        distance_sigma: the distance in standard deviations of one day; None without a volatility.
        sigma_source: where that volatility is from.
        gold_basis: the ounce's own price over that by GLD's, less 1; None without both.
        rates: price of each foreign currency in the facility's.
    """

    terms: Facility
    quote: Quote
    at: datetime
    quotes: tuple[Quote, ...]
    pledged: tuple[Pledged, ...]
    owed: tuple[Owed, ...]
    price: Decimal
    value: Decimal
    lending_value: Decimal
    loan: Decimal
    interest: Decimal
    ltv: Decimal
    utilisation: Decimal | None
    cash_ltv: Decimal
    headroom: Decimal
    zone: Zone
    call_price: Decimal | None
    closeout_price: Decimal | None
    call_ounce: Decimal | None
    closeout_ounce: Decimal | None
    distance: Decimal | None
    distance_pct: Decimal | None
    cure: Cure
    distance_sigma: float | None
    sigma_source: str
    gold_basis: Decimal | None
    rates: Mapping[str, Decimal]

    @property
    def quality(self) -> Quality:
        """How far these numbers may be trusted: no further than the worst quote in them."""
        return worst(*(quote.quality for quote in self.quotes))

    @property
    def confirmed(self) -> bool:
        """Whether no price in them is a jump that was seen only once."""
        return all(quote.confirmed for quote in self.quotes)

    @property
    def falling(self) -> Decimal:
        """Value of what falls with the watched symbol."""
        return sum((p.value for p in self.pledged if self.terms.falls_with(p.lot)), Decimal(0))

    def into(self, currency: str) -> Decimal:
        """One unit of a currency among the quotes, in the facility's."""
        return Decimal(1) if currency == self.terms.currency else self.rates[currency]
