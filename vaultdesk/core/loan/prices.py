"""What one unit of each pledged asset and each currency is worth, and by which quotes."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from vaultdesk.core.loan.gold import ounces_per_share
from vaultdesk.core.loan.vocabulary import GOLD, Asset

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from vaultdesk.core.loan.terms import Facility
    from vaultdesk.core.loan.vocabulary import Lot
    from vaultdesk.core.market import Quote

OUNCE = "XAUUSD"
"""The symbol of an ounce of gold in dollars, as the desk asks a feed for it."""
QUOTED_FIRST = ("EUR", "GBP", "AUD", "NZD", "USD", "CAD", "CHF", "JPY")
"""Which of two currencies a pair is quoted in units of the other; the rest come after, by name."""


class Unvalued(ValueError):  # noqa: N818
    """The loan cannot be valued at these quotes; the text says why."""


def pair(first: str, second: str) -> str:
    """The market's name of a currency pair: EURUSD, never USDEUR."""
    return "".join(sorted((first, second), key=_rank))


def _rank(currency: str) -> tuple[int, str]:
    known = currency in QUOTED_FIRST
    return (QUOTED_FIRST.index(currency) if known else len(QUOTED_FIRST), currency)


def symbols_needed(terms: Facility, listed_in: Mapping[str, str]) -> frozenset[str]:
    """What must be quoted to value these terms; `listed_in` is the currency of each symbol known.

    A symbol whose currency is not known yet is taken to be quoted in dollars.
    """
    needed = {terms.symbol} | {lot.symbol for lot in terms.lots if lot.asset is Asset.FUND}
    currencies = {lot.symbol for lot in terms.lots if lot.asset is Asset.CASH}
    currencies |= {tranche.currency for tranche in terms.tranches}
    currencies |= {reserve.currency for reserve in terms.reserves}
    currencies |= {listed_in.get(symbol, "USD") for symbol in needed}
    if any(lot.symbol == GOLD for lot in terms.lots):
        currencies.add("USD")
        if terms.gold_from == GOLD:
            needed.add(OUNCE)
    pairs = {pair(code, terms.currency) for code in currencies if code != terms.currency}
    return frozenset(needed | pairs)


@dataclass(frozen=True, slots=True)
class Priced:
    """A price in some currency, per unit, and the quotes it rests on."""

    price: Decimal
    currency: str
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class Prices:
    """The quotes at hand by symbol; each lookup raises `Unvalued` where one is missing.

    `at` is the moment that the ounces of a share are taken for.
    """

    quotes: Mapping[str, Quote]
    at: datetime

    def of(self, symbol: str) -> Priced:
        """Of a listed symbol.

        Raises:
            Unvalued: there is no quote, or it has no price.
        """
        quote = self.quotes.get(symbol)
        if quote is None:
            raise Unvalued(f"No price of {symbol} has come yet.")
        price = quote.price
        if price is None or price <= 0:
            raise Unvalued(f"No honest price of {symbol}: the source gave none.")
        return Priced(price, quote.currency, (quote,))

    def ounce(self, source: str) -> Priced:
        """Of a troy ounce of gold, by "GLD" or "XAU".

        Raises:
            Unvalued: there is no price.
        """
        if source == GOLD:
            return self.of(OUNCE)
        share = self.of(source)
        ounces = ounces_per_share(source, self.at)
        if ounces is None:
            raise Unvalued(f"How much gold a share of {source} holds is not known.")
        return Priced(share.price / ounces, share.currency, share.quotes)

    def unit(self, lot: Lot, gold_from: str) -> Priced:
        """Of one unit of a pledged lot.

        Raises:
            Unvalued: there is no price.
        """
        if lot.asset is Asset.FUND:
            return self.of(lot.symbol)
        if lot.asset is Asset.CASH:
            return Priced(Decimal(1), lot.symbol, ())
        ounce = self.ounce(gold_from)
        return Priced(ounce.price * lot.ounces_each, ounce.currency, ounce.quotes)

    def rate(self, currency: str, into: str) -> Priced:
        """Of one unit of a currency in another.

        Raises:
            Unvalued: the pair is not quoted.
        """
        name = pair(currency, into)
        quoted = self.of(name)
        price = quoted.price if name.startswith(currency) else 1 / quoted.price
        return Priced(price, into, quoted.quotes)
