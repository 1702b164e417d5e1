"""What the paper account must keep as security, by the rules of a US margin account made simple.

Options: Cboe Margin Manual (April 2000), "Initial and maintenance margin requirements"; the same
figures stand in FINRA rule 4210(f)(2). Shares: Regulation T (12 CFR 220.12), half of the value at
first, and FINRA rule 4210(c), a quarter afterwards, 30 % when short.

- A long option is paid in full and secures nothing.
- A short option: its own value and 20 % of the underlying's, less what it is out of the money, but
  no less than its own value and 10 % of the strike (put) or of the underlying's value (call).
- A short option with a long one of the same right that lasts as long: the strikes' difference
  where that can be lost, else nothing.
- A short call with shares, a short put with shares sold: what it is in the money.

Straddles are not seen as such, a short put and a short call are both charged; this asks for more
than a broker would. Nothing is ever sold by force here.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from vaultdesk.core.market import mid
from vaultdesk.core.orders.instrument import Instrument

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vaultdesk.core.orders.instrument import InstrumentQuote

    Quotes = Mapping[Instrument, InstrumentQuote | None]
    Holding = Mapping[Instrument, int]

NAKED, LEAST = Decimal("0.20"), Decimal("0.10")
SHARES_INITIAL = Decimal("0.50")
SHARES_LONG, SHARES_SHORT = Decimal("0.25"), Decimal("0.30")


class UnmarkedError(Exception):
    """There is no price of something that a figure needs; the text names it."""


@dataclass(frozen=True, slots=True)
class Margins:
    """Money the account must keep, and what it has for it: cash and the value of its shares."""

    initial: Decimal
    maintenance: Decimal
    loan_value: Decimal

    @property
    def available(self) -> Decimal:
        """What new positions may be opened with; negative when nothing may."""
        return self.loan_value - self.initial

    @property
    def excess(self) -> Decimal:
        """What may be lost before positions would have to go."""
        return self.loan_value - self.maintenance


def share_of(instrument: Instrument) -> Instrument:
    """The share that an option is on."""
    return Instrument(instrument.symbol, currency=instrument.currency)


def needed(holding: Holding) -> set[Instrument]:
    """What must be quoted to know the margins: shares held, options sold and what they are on."""
    found: set[Instrument] = set()
    for one in holding:
        if not one.is_option or holding[one] < 0:
            found |= {one, share_of(one)}
    return found


def mark(instrument: Instrument, quantity: int, quotes: Quotes) -> Decimal:
    """The price per share a position is valued at.

    The mid of an honest market; else what is held at the bid, nothing where nobody bids, and what
    is owed at the ask. A share without either is valued at its last trade.

    Raises:
        UnmarkedError: there is no such price.
    """
    quote = quotes.get(instrument)
    if quote is not None:
        middle = mid(quote.bid, quote.ask)
        if middle is not None:
            return middle
        if not instrument.is_option and quote.last:
            return quote.last
        if quote.ask and instrument.is_option:
            return quote.ask if quantity < 0 else min(quote.bid or Decimal(0), quote.ask)
    raise UnmarkedError(instrument.words)


def worth(holding: Holding, cash: Decimal, quotes: Quotes) -> Decimal:
    """Cash and everything held at its mark.

    Raises:
        UnmarkedError: something has none.
    """
    return cash + sum(
        quantity * one.multiplier * mark(one, quantity, quotes) for one, quantity in holding.items()
    )


def margins(holding: Holding, cash: Decimal, quotes: Quotes) -> Margins:
    """The margins of what is held.

    Raises:
        UnmarkedError: something has no price.
    """
    groups: defaultdict[Instrument, dict[Instrument, int]] = defaultdict(dict)
    for one, quantity in holding.items():
        groups[share_of(one)][one] = quantity
    initial = maintenance = Decimal(0)
    loan_value = cash
    for share, group in groups.items():
        shares = group.pop(share, 0)
        if not shares and min(group.values()) > 0:
            continue
        spot = mark(share, shares, quotes)
        value = shares * spot
        options = _options(group, shares, spot, quotes)
        loan_value += value
        initial += abs(value) * SHARES_INITIAL + options
        maintenance += abs(value) * (SHARES_LONG if shares > 0 else SHARES_SHORT) + options
    return Margins(initial, maintenance, loan_value)


def _options(group: Holding, shares: int, spot: Decimal, quotes: Quotes) -> Decimal:
    """What the options sold on one share require, each covered by the best there is."""
    long = {one: quantity for one, quantity in group.items() if quantity > 0}
    free = {"C": max(shares, 0), "P": max(-shares, 0)}
    total = Decimal(0)
    for sold in sorted((one for one in group if group[one] < 0), key=_risky):
        left = -group[sold]
        right = sold.right or "C"
        by_shares = min(left, free[right] // sold.multiplier)
        free[right] -= by_shares * sold.multiplier
        total += by_shares * sold.multiplier * _inside(sold, spot)
        left -= by_shares
        naked = _naked(sold, spot, mark(sold, -1, quotes)) if left else Decimal(0)
        for bought in sorted(long, key=lambda one: (_spread(sold, one), one.key)):
            if not left or not _covers(sold, bought):
                continue
            pairs = min(left, long[bought])
            long[bought] -= pairs
            left -= pairs
            total += pairs * sold.multiplier * min(_spread(sold, bought), naked)
        total += left * sold.multiplier * naked
    return total


def _risky(sold: Instrument) -> tuple[Decimal, str]:
    """Those that are covered first: calls with low strikes, puts with high ones."""
    strike = _strike(sold)
    return (strike if sold.right == "C" else -strike), sold.key


def _covers(sold: Instrument, bought: Instrument) -> bool:
    """Whether a long option stands behind a short one: as long, as large, of the same kind."""
    if sold.expiry is None or bought.expiry is None or bought.expiry < sold.expiry:
        return False
    same = ("right", "multiplier", "trading_class")
    return all(getattr(sold, name) == getattr(bought, name) for name in same)


def _spread(sold: Instrument, bought: Instrument) -> Decimal:
    """The most a pair can lose per share at expiry, apart from what it cost."""
    width = _strike(sold) - _strike(bought)
    return max(width if sold.right == "P" else -width, Decimal(0))


def _naked(sold: Instrument, spot: Decimal, value: Decimal) -> Decimal:
    """Per share, for an option sold that nothing covers."""
    strike = _strike(sold)
    away = max(spot - strike if sold.right == "P" else strike - spot, Decimal(0))
    least = LEAST * (strike if sold.right == "P" else spot)
    return value + max(NAKED * spot - away, least)


def _inside(sold: Instrument, spot: Decimal) -> Decimal:
    """Per share, what the option is in the money."""
    strike = _strike(sold)
    return max(spot - strike if sold.right == "C" else strike - spot, Decimal(0))


def _strike(option: Instrument) -> Decimal:
    return option.strike if option.strike is not None else Decimal(0)
