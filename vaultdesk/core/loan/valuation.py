"""What a facility is worth worrying about at the quotes at hand.

Three ratios, of which each says what it divides by: the market LTV is the loan by the market value
of what is pledged, utilisation the loan by its lending value (each asset times its advance rate),
and the cash-timed LTV the market LTV once the money has arrived that can before a call must be
cured. The loan is principal, accrued interest and fees.

The call price is where the market LTV reaches the call level if the watched price falls, all
assets that move with it in proportion, and nothing else does.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from vaultdesk.core.loan.cure import default_cure_target
from vaultdesk.core.loan.gold import ounces_per_share
from vaultdesk.core.loan.interest import outstanding
from vaultdesk.core.loan.prices import Prices, Unvalued
from vaultdesk.core.loan.state import LoanState, Owed, Pledged
from vaultdesk.core.loan.vocabulary import GOLD

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from vaultdesk.core.loan.prices import Priced
    from vaultdesk.core.loan.terms import Facility
    from vaultdesk.core.loan.vocabulary import Lot, Reserve, Tranche
    from vaultdesk.core.market import Quote


def bank_day(terms: Facility, at: datetime) -> date:
    """The lender's date at a moment."""
    return at.astimezone(ZoneInfo(terms.cure.zone)).date()


def value_loan(
    terms: Facility,
    quotes: Mapping[str, Quote],
    at: datetime,
    *,
    cure_to: Decimal | None = None,
    annual_volatility: float | None = None,
    sigma_source: str = "",
) -> LoanState:
    """The facility at these quotes.

    Args:
        terms: the version in force.
        quotes: by symbol; `prices.symbols_needed` says which.
        at: when: interest is accrued to the lender's day, and lots count that are pledged on it.
        cure_to: LTV a cure aims at, a fraction; `default_cure_target` if None.
        annual_volatility: of the watched symbol, a fraction per year; gives `distance_sigma`.
        sigma_source: where that volatility comes from, for the label.

    Raises:
        Unvalued: a quote is missing or has no honest price, or nothing is pledged on the day.
    """
    day = bank_day(terms, at)
    sums = _Sums(Prices(quotes, at), terms.currency)
    watched = sums.prices.of(terms.symbol)
    sums.converted(watched.price, watched.currency)  # cures are in units of it
    pledged = tuple(_pledged(lot, terms, sums) for lot in terms.lots if is_pledged(lot, day))
    if not any(one.value for one in pledged):
        raise Unvalued("Nothing is pledged on this day.")
    owed = tuple(_owed(tranche, day, sums) for tranche in terms.tranches)
    arriving = sum((_arriving(one, terms, sums) for one in terms.reserves), Decimal(0))
    return LoanState(
        terms=terms,
        quote=watched.quotes[0],
        at=at,
        quotes=(*watched.quotes, *sums.others(watched.quotes)),
        pledged=pledged,
        owed=owed,
        price=watched.price,
        arriving=arriving,
        cure_to=cure_to or default_cure_target(terms.call_ltv),
        ounces=ounces_per_share(terms.symbol, at),
        gold_basis=_basis(terms, sums.prices),
        rates=sums.rates,
        volatility=annual_volatility,
        sigma_source=sigma_source if annual_volatility else "",
    )


def later(state: LoanState, days: float) -> LoanState:
    """The loan so many calendar days on at today's prices: interest runs, lots come and go.

    Raises:
        Unvalued: nothing is pledged then.
    """
    quotes = {quote.symbol: quote for quote in state.quotes}
    at = state.at + timedelta(days=days)
    return value_loan(state.terms, quotes, at, cure_to=state.cure_to)


def owed_without_prices(terms: Facility, at: datetime) -> Decimal | None:
    """What is owed in the facility's currency; None if that takes a quote."""
    day, sums = bank_day(terms, at), _Sums(Prices({}, at), terms.currency)
    try:
        return sum((_owed(tranche, day, sums).total for tranche in terms.tranches), Decimal(0))
    except Unvalued:
        return None


def level_without_price(terms: Facility, level: Decimal, at: datetime) -> Decimal | None:
    """The watched symbol's price at which the LTV reaches `level`; None if that takes a quote.

    It takes none where units of that symbol alone are pledged, in the facility's currency.
    """
    day, loan = bank_day(terms, at), owed_without_prices(terms, at)
    lots = [lot for lot in terms.lots if is_pledged(lot, day)]
    if loan is None or not lots or any(lot.symbol != terms.symbol for lot in lots):
        return None
    return loan / (sum((lot.quantity for lot in lots), Decimal(0)) * level)


class _Sums:
    """Converts into one currency and remembers which quotes and rates that took."""

    def __init__(self, prices: Prices, currency: str) -> None:
        self.prices, self.currency = prices, currency
        self.rates: dict[str, Decimal] = {}
        self._quotes: dict[str, Quote] = {}

    def converted(self, amount: Decimal, currency: str) -> Decimal:
        """An amount in the facility's currency."""
        if currency == self.currency:
            return amount
        if currency not in self.rates:
            rate = self.prices.rate(currency, self.currency)
            self.rates[currency] = rate.price
            self.uses(rate)
        return amount * self.rates[currency]

    def uses(self, priced: Priced) -> None:
        """Remember what a price rests on."""
        self._quotes.update({quote.symbol: quote for quote in priced.quotes})

    def others(self, besides: tuple[Quote, ...]) -> tuple[Quote, ...]:
        """The quotes remembered but these."""
        return tuple(quote for quote in self._quotes.values() if quote not in besides)


def is_pledged(lot: Lot, day: date) -> bool:
    """Whether the lender holds the lot on a day."""
    return (lot.since is None or lot.since <= day) and (lot.until is None or day < lot.until)


def _pledged(lot: Lot, terms: Facility, sums: _Sums) -> Pledged:
    unit = sums.prices.unit(lot, terms.gold_from)
    sums.uses(unit)
    value = sums.converted(lot.quantity * unit.price, unit.currency)
    return Pledged(lot, unit.price, unit.currency, value, value * lot.advance_rate)


def _owed(tranche: Tranche, day: date, sums: _Sums) -> Owed:
    principal, interest = outstanding(tranche, day)
    fees = tranche.fees if principal else Decimal(0)
    amounts = (sums.converted(amount, tranche.currency) for amount in (principal, interest, fees))
    return Owed(tranche, tranche.currency, *amounts)


def _arriving(reserve: Reserve, terms: Facility, sums: _Sums) -> Decimal:
    if not terms.cure.reached_by(reserve):
        return Decimal(0)
    return sums.converted(reserve.amount, reserve.currency)


def _basis(terms: Facility, prices: Prices) -> Decimal | None:
    if not any(lot.symbol == GOLD for lot in terms.lots):
        return None
    try:
        return prices.ounce(GOLD).price / prices.ounce("GLD").price - 1
    except Unvalued:
        return None
