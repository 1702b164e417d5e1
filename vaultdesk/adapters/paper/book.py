"""The paper account's book: what all its events, one after another, have made of it."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from vaultdesk.adapters.paper.events import (
    Accepted,
    Cancelled,
    Deposited,
    Event,
    Filled,
    Received,
    Rejected,
    Settled,
)
from vaultdesk.core.orders.broker import BrokerOrder, Execution, Held, Standing
from vaultdesk.core.orders.instrument import Instrument
from vaultdesk.core.positions.ledger import ledger, order

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from vaultdesk.core.orders.draft import OrderDraft

ACCOUNT = "DUPAPER"
"""Its name begins like that of every paper account."""

SHOWN = "%Y%m%dT%H%M%S.%f"


@dataclass(frozen=True, slots=True)
class PaperOrder:
    """An order in the book; `filled` counts units of its legs.

    It is `accepted` once the account was found able to carry it.
    """

    ref: str
    number: int
    draft: OrderDraft
    received: datetime
    standing: Standing = Standing.WORKING
    filled: int = 0
    text: str = ""
    accepted: bool = False

    @property
    def left(self) -> int:
        """Units that are still to be traded."""
        return self.draft.quantity - self.filled

    @property
    def told(self) -> BrokerOrder:
        """As a broker tells it."""
        return BrokerOrder(
            ref=self.ref,
            standing=self.standing,
            filled=Decimal(self.filled),
            order_id=self.number,
            perm_id=zlib.crc32(self.ref.encode()),
            account=ACCOUNT,
            text=self.text,
        )


@dataclass(slots=True)
class Book:
    """Everything the account is, made by `apply` alone; quantities are negative when short.

    Attributes:
        cash: what is left of the deposits after everything bought and every commission.
        held: contracts or shares.
        orders: all there ever were, by ref.
        working: refs of those that are not over, the first received first.
        executions: every trade, the oldest first.
        trades: likewise, of each instrument.
        taken: contracts traded by the newest quote of an instrument and side, and its moment.
        count: events so far.
    """

    cash: Decimal = Decimal(0)
    held: dict[Instrument, int] = field(default_factory=dict)
    orders: dict[str, PaperOrder] = field(default_factory=dict)
    working: dict[str, None] = field(default_factory=dict)
    executions: list[Execution] = field(default_factory=list)
    trades: dict[Instrument, tuple[Execution, ...]] = field(default_factory=dict)
    taken: dict[tuple[Instrument, bool], tuple[datetime, int]] = field(default_factory=dict)
    count: int = 0

    def copy(self) -> Book:
        """A book that can be written on while this one stays."""
        return Book(
            self.cash,
            self.held.copy(),
            self.orders.copy(),
            self.working.copy(),
            self.executions.copy(),
            self.trades.copy(),
            self.taken.copy(),
            self.count,
        )

    def taken_of(self, instrument: Instrument, bought: bool, at: datetime) -> int:
        """Contracts traded already of what the quote of that moment showed."""
        moment, contracts = self.taken.get((instrument, bought), (at, 0))
        return contracts if moment == at else 0

    def apply(self, event: Event) -> tuple[Execution, ...]:
        """Write the event in; give the trades it made.

        Raises:
            ValueError: it cannot follow what is in the book.
        """
        self.count += 1
        match event:
            case Filled():
                return self._fill(event)
            case Settled():
                return self._settle(event)
            case Deposited():
                self.cash += event.amount
            case Received():
                self._receive(event)
            case Accepted():
                self.orders[event.ref] = replace(self._open(event.ref), accepted=True)
            case Rejected():
                self._end(event.ref, Standing.REJECTED, event.text)
            case Cancelled():
                self._end(event.ref, Standing.CANCELLED, event.text)
        return ()

    def _receive(self, event: Received) -> None:
        if event.ref in self.orders:
            raise ValueError(f"{event.ref} is received twice.")
        number = len(self.orders) + 1
        self.orders[event.ref] = PaperOrder(event.ref, number, event.draft, event.at)
        self.working[event.ref] = None

    def _end(self, ref: str, standing: Standing, text: str) -> None:
        order = self._open(ref)
        self.orders[ref] = replace(order, standing=standing, text=text)
        del self.working[ref]

    def _fill(self, event: Filled) -> tuple[Execution, ...]:
        order = self._open(event.ref)
        if not 0 < event.units <= order.left or len(event.legs) != len(order.draft.legs):
            raise ValueError(f"{event.ref} is filled by more than is left of it.")
        after = replace(order, filled=order.filled + event.units)
        trades: list[Execution] = []
        for leg, traded in zip(order.draft.legs, event.legs, strict=True):
            quantity = leg.ratio * event.units
            taken = self.taken_of(leg.instrument, quantity > 0, traded.quoted) + abs(quantity)
            self.taken[leg.instrument, quantity > 0] = (traded.quoted, taken)
            made = (leg.instrument, quantity, traded.price, traded.commission)
            trades.append(self._trade(event.at, len(trades), order.told, *made))
        if not after.left:
            after = replace(after, standing=Standing.FILLED)
            del self.working[event.ref]
        self.orders[event.ref] = after
        return tuple(trades)

    def _settle(self, event: Settled) -> tuple[Execution, ...]:
        option, quantity = event.option, event.quantity
        if option.strike is None or self.held.get(option) != quantity:
            raise ValueError(f"{option.key} is settled for more than is held.")
        nobody = BrokerOrder("", Standing.FILLED, Decimal(0))
        nothing = Decimal(0)
        trades = [self._trade(event.at, 0, nobody, option, -quantity, nothing, nothing)]
        if event.exercised:
            share = Instrument(option.symbol, currency=option.currency)
            shares = quantity * option.multiplier * (1 if option.right == "C" else -1)
            trades.append(self._trade(event.at, 1, nobody, share, shares, option.strike, nothing))
        return tuple(trades)

    def _open(self, ref: str) -> PaperOrder:
        if ref not in self.working:
            raise ValueError(f"{ref} is not open.")
        return self.orders[ref]

    def _trade(
        self,
        at: datetime,
        place: int,
        order: BrokerOrder,
        instrument: Instrument,
        quantity: int,
        price: Decimal,
        commission: Decimal,
    ) -> Execution:
        """Move money against contracts, and give the trade a name that no other book has."""
        self.cash -= price * quantity * instrument.multiplier + commission
        left = self.held.get(instrument, 0) + quantity
        self.held[instrument] = left
        if not left:
            del self.held[instrument]
        trade = Execution(
            exec_id=f"{at:{SHOWN}}-{self.count}-{place}",
            revision=0,
            ref=order.ref,
            perm_id=order.perm_id,
            account=ACCOUNT,
            instrument=instrument,
            quantity=Decimal(quantity),
            price=price,
            at=at,
            at_text=at.isoformat(),
            commission=commission,
            currency=instrument.currency,
        )
        self.executions.append(trade)
        self.trades[instrument] = (*self.trades.get(instrument, ()), trade)
        return trade


def folded(events: Iterable[Event]) -> Book:
    """The book that these events make.

    Raises:
        ValueError: one of them cannot follow those before it.
    """
    book = Book()
    for event in events:
        book.apply(event)
    return book


class Positions:
    """What is held, with the average price of what was traded for it.

    Of instruments that were not traded since it was asked last, the answer is remembered.
    """

    def __init__(self) -> None:
        self._known: dict[Instrument, tuple[tuple[Execution, ...], tuple[Held, ...]]] = {}

    def of(self, book: Book) -> tuple[Held, ...]:
        """Every position, by instrument."""
        found = (one for instrument in book.held for one in self._one(book, instrument))
        return tuple(sorted(found, key=order))

    def _one(self, book: Book, instrument: Instrument) -> tuple[Held, ...]:
        trades = book.trades[instrument]
        known = self._known.get(instrument)
        if known is None or known[0] is not trades:
            known = self._known[instrument] = trades, ledger(trades)
        return known[1]
