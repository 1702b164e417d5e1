"""A facility at the quotes of one moment: what each lot is worth, what is owed, how it stands."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from vaultdesk.core.loan.cure import Cure, Zone, cure, zone_of
from vaultdesk.core.market import Quality, Quote, worst

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from vaultdesk.core.loan.terms import Facility
    from vaultdesk.core.loan.vocabulary import Lot, Tranche

TRADING_DAYS = 252


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

    What follows from these is a property, so that no two of them can disagree.

    Attributes:
        terms: the version in force.
        quote: the watched symbol's, from which `price` per unit, in its own currency.
        at: when it was valued: interest runs to this day.
        quotes: all that went in; `quality` is the worst of theirs.
        pledged: each lot that is pledged on the day; at least one of them is worth something.
        owed: each loan drawn on the day.
        price: of the watched symbol.
        arriving: money elsewhere that can come in time to cure a call.
        cure_to: the LTV that `cure` aims at.
        ounces: of gold in one unit of the watched symbol; None if it is not gold, or not known.
        gold_basis: the ounce's own price over that by GLD's, less 1; None without both.
        rates: price of each foreign currency in the facility's.
        volatility: of the watched symbol, a fraction per year; None where it is not known.
        sigma_source: where that volatility is from; empty without.
    """

    terms: Facility
    quote: Quote
    at: datetime
    quotes: tuple[Quote, ...]
    pledged: tuple[Pledged, ...]
    owed: tuple[Owed, ...]
    price: Decimal
    arriving: Decimal
    cure_to: Decimal
    ounces: Decimal | None
    gold_basis: Decimal | None
    rates: Mapping[str, Decimal]
    volatility: float | None
    sigma_source: str

    @property
    def value(self) -> Decimal:
        """Market value of what is pledged, above 0."""
        return sum((one.value for one in self.pledged), Decimal(0))

    @property
    def lending_value(self) -> Decimal:
        """The same, each times its advance rate."""
        return sum((one.lending_value for one in self.pledged), Decimal(0))

    @property
    def loan(self) -> Decimal:
        """All that is owed: principal, accrued interest and fees."""
        return sum((one.total for one in self.owed), Decimal(0))

    @property
    def interest(self) -> Decimal:
        """The accrued interest in the loan."""
        return sum((one.interest for one in self.owed), Decimal(0))

    @property
    def ltv(self) -> Decimal:
        """Market LTV: loan / value."""
        return self.loan / self.value

    @property
    def utilisation(self) -> Decimal | None:
        """Loan / lending value; None where nothing has any."""
        return self.loan / self.lending_value if self.lending_value else None

    @property
    def cash_ltv(self) -> Decimal:
        """Cash-timed LTV: (loan less money that can arrive in time to cure a call) / value."""
        return max(self.loan - self.arriving, Decimal(0)) / self.value

    @property
    def headroom(self) -> Decimal:
        """Lending value less loan: what could still be drawn; negative is a shortfall."""
        return self.lending_value - self.loan

    @property
    def zone(self) -> Zone:
        """Where the LTV stands between the lender's levels."""
        return zone_of(self.ltv, self.terms.call_ltv, self.terms.closeout_ltv)

    @property
    def falling(self) -> Decimal:
        """Value of what falls with the watched symbol."""
        return sum((p.value for p in self.pledged if self.terms.falls_with(p.lot)), Decimal(0))

    @property
    def call_price(self) -> Decimal | None:
        """Of the watched symbol, where the LTV reaches the call level; None if no fall does it."""
        return self._level_price(self.terms.call_ltv)

    @property
    def closeout_price(self) -> Decimal | None:
        """The same for the close-out level."""
        return self._level_price(self.terms.closeout_ltv)

    @property
    def call_ounce(self) -> Decimal | None:
        """The call price per troy ounce, in the watched symbol's currency; None without gold."""
        return self._by_ounce(self.call_price)

    @property
    def closeout_ounce(self) -> Decimal | None:
        """The same for the close-out price."""
        return self._by_ounce(self.closeout_price)

    @property
    def distance(self) -> Decimal | None:
        """Price less call price: how far it may still fall, negative once called."""
        call = self.call_price
        return None if call is None else self.price - call

    @property
    def distance_pct(self) -> Decimal | None:
        """The distance in per cent of the price."""
        distance = self.distance
        return None if distance is None else 100 * distance / self.price

    @property
    def distance_sigma(self) -> float | None:
        """The distance in standard deviations of one day; None without a volatility."""
        distance = self.distance
        return None if distance is None else sigma_days(distance / self.price, self.volatility)

    @property
    def cure(self) -> Cure:
        """What brings the LTV back to the target."""
        unit_value = self.price * self.into(self.quote.currency)
        return cure(self.loan, self.value, unit_value, self.cure_to)

    @property
    def quality(self) -> Quality:
        """How far these numbers may be trusted: no further than the worst quote in them."""
        return worst(*(quote.quality for quote in self.quotes))

    @property
    def confirmed(self) -> bool:
        """Whether no price in them is a jump that was seen only once."""
        return all(quote.confirmed for quote in self.quotes)

    def into(self, currency: str) -> Decimal:
        """One unit of a currency among the quotes, in the facility's."""
        return Decimal(1) if currency == self.terms.currency else self.rates[currency]

    def _level_price(self, level: Decimal) -> Decimal | None:
        """Where the LTV reaches `level` when only what falls with the price does.

        None where the rest alone is enough, or nothing falls.
        """
        falling = self.falling
        left = self.loan / level - (self.value - falling)
        return self.price * left / falling if falling > 0 and left > 0 else None

    def _by_ounce(self, price: Decimal | None) -> Decimal | None:
        return price / self.ounces if price is not None and self.ounces else None


def sigma_days(fraction: Decimal, annual_volatility: float | None) -> float | None:
    """A relative distance in standard deviations of one trading day; None without a volatility."""
    if not annual_volatility or annual_volatility <= 0:
        return None
    return float(fraction) / (annual_volatility / math.sqrt(TRADING_DAYS))
