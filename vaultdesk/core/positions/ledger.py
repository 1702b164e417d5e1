"""The desk's own book: what the executions it knows of add up to."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Context, Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from vaultdesk.core.money import plain
from vaultdesk.core.orders.broker import Held

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from vaultdesk.core.orders.broker import Execution
    from vaultdesk.core.orders.instrument import Instrument

    Key = tuple[str, Instrument]
    """Account and instrument."""
    Books = dict[Key, tuple[Execution, ...]]
    """All trades of each."""

_EXACT = Context(prec=200)
"""The default context would round a long sum to 28 digits."""
PLACES = Decimal("1e-12")
"""To which an average is given: it may be a fraction without end."""


def ledger(executions: Iterable[Execution]) -> tuple[Held, ...]:
    """What is held by these trades, each account and instrument once; nothing where they cancel.

    Quantities are exact. `average_cost` is the price per share, before commissions, of what is
    held now: a trade that adds to a position averages in, one that takes from it leaves the
    average, one that turns it round begins a new one. Of one moment, purchases come before sales
    and low prices before high ones, so that neither the order of the reports nor how the broker
    splits a trade changes the result.
    """
    books: dict[Key, list[Execution]] = {}
    for one in executions:
        books.setdefault((one.account, one.instrument), []).append(one)
    held = (_held(account, instrument, book) for (account, instrument), book in books.items())
    return tuple(sorted((one for one in held if one.quantity), key=order))


def order(one: Held) -> tuple[str, str, date, Decimal, str]:
    """By account, symbol, expiry and strike; shares come before options."""
    what = one.instrument
    return (
        one.account,
        what.symbol,
        what.expiry or date.min,
        what.strike or Decimal(0),
        f"{what.right or ''}{what.trading_class}",
    )


def _held(account: str, instrument: Instrument, book: Sequence[Execution]) -> Held:
    quantity, cost = Fraction(0), Fraction(0)
    for trade in sorted(book, key=lambda one: (one.at, one.quantity < 0, one.price)):
        quantity, cost = _after(quantity, cost, Fraction(trade.quantity), Fraction(trade.price))
    total = Decimal(0)
    for trade in book:
        total = _EXACT.add(total, trade.quantity)
    average = None if not quantity else _decimal(cost / quantity)
    return Held(account, instrument, total, average)


def _after(
    quantity: Fraction, cost: Fraction, traded: Fraction, price: Fraction
) -> tuple[Fraction, Fraction]:
    """Quantity and what it cost, signed alike, after one more trade."""
    left = quantity + traded
    if quantity * traded >= 0:
        return left, cost + traded * price
    if left * quantity > 0:
        return left, cost * left / quantity
    return left, left * price


def _decimal(value: Fraction) -> Decimal:
    exact = _EXACT.divide(Decimal(value.numerator), Decimal(value.denominator))
    return plain(exact.quantize(PLACES, context=_EXACT))


class Ledger:
    """The book kept trade by trade: only what was traded since is added up again.

    Adding up is left to whoever has the time: `open_books` are to be given to `ledger`, and its
    answer to `settle`; what is told meanwhile stays open. `held` is the sum as it was last.
    """

    def __init__(self) -> None:
        self.held: tuple[Held, ...] = ()
        self._trades: dict[str, Execution] = {}
        self._books: dict[Key, dict[str, Execution]] = {}
        self._open: set[Key] = set()

    @property
    def open(self) -> bool:
        """Whether anything was traded that is not added up."""
        return bool(self._open)

    @property
    def open_books(self) -> Books:
        """All trades of what is to be added up again."""
        return {key: tuple(self._books[key].values()) for key in self._open}

    def take(self, trade: Execution) -> None:
        """Put a trade in the place of what was known of it; one that was corrected since is old."""
        known = self._trades.get(trade.exec_id)
        if known is not None and known.revision > trade.revision:
            return
        self._trades[trade.exec_id] = trade
        if known is not None:
            if replace(known, commission=trade.commission, currency=trade.currency) == trade:
                return  # what it cost changes no holding
            self._books[known.account, known.instrument].pop(known.exec_id)
            self._open.add((known.account, known.instrument))
        key = trade.account, trade.instrument
        self._books.setdefault(key, {})[trade.exec_id] = trade
        self._open.add(key)

    def settle(self, books: Books, summed: Iterable[Held]) -> None:
        """These books add up to that; those in which something was traded since stay open."""
        kept = [one for one in self.held if (one.account, one.instrument) not in books]
        self.held = tuple(sorted((*kept, *summed), key=order))
        now = self.open_books
        self._open = {key for key, trades in now.items() if books.get(key) != trades}
