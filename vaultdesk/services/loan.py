"""The loan, valued at every accepted price by the terms in force."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from vaultdesk.core.loan.prices import Unvalued, symbols_needed
from vaultdesk.core.loan.terms import Facility, in_force, same_terms
from vaultdesk.core.loan.valuation import value_loan
from vaultdesk.events import (
    AssetQuoted,
    Bus,
    LoanChanged,
    LoanValued,
    PricesNeeded,
    QuoteChanged,
    VolatilityChanged,
)
from vaultdesk.ports import Clock, StorageError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime
    from decimal import Decimal

    from vaultdesk.core.loan.state import LoanState
    from vaultdesk.core.market import Quote
    from vaultdesk.stores import LoanStore

LOOK_EVERY_S = 60.0
"""How often the loan is valued without a new price: a day of interest, new terms in force."""


class LoanService:
    """Keeps the versions of the terms and the newest valuation.

    `terms` are those in force, `coming` those that are not yet. `state` is None while there is no
    loan or no honest price; `problem` then says why. `quote` is the watched symbol's newest.
    Interest runs by the market's `clock`, which may be a recording's; terms are written and come
    into force by the `wall` clock.
    """

    def __init__(
        self,
        bus: Bus,
        clock: Clock,
        wall: Clock,
        *,
        cure_to: Decimal | None = None,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self.terms: Facility | None = None
        self.state: LoanState | None = None
        self.problem = ""
        self.quote: Quote | None = None
        self._bus, self._clock, self._wall, self._sleep = bus, clock, wall, sleep
        self._cure_to = cure_to
        self._store: LoanStore | None = None
        self._versions: tuple[Facility, ...] = ()
        self._quotes: dict[str, Quote] = {}
        self._needed: frozenset[str] = frozenset()
        self._volatility: VolatilityChanged | None = None
        self._undo = [
            bus.subscribe(QuoteChanged, self._on_quote),
            bus.subscribe(AssetQuoted, self._on_asset),
            bus.subscribe(VolatilityChanged, self._on_volatility),
        ]

    @property
    def coming(self) -> tuple[Facility, ...]:
        """Versions that come into force later, the next one first."""
        now = self._wall.now()
        later = (terms for terms in self._versions if terms.holds_from > now)
        return tuple(sorted(later, key=lambda terms: (terms.holds_from, terms.since)))

    @property
    def cure_to(self) -> Decimal | None:
        """The LTV a cure aims at; None for the usual distance below the call."""
        return self._cure_to

    def aim(self, cure_to: Decimal | None) -> None:
        """Let cures aim at this LTV from now on."""
        self._cure_to = cure_to
        self._value()

    async def use(self, store: LoanStore) -> None:
        """Keep the terms in this store, and read what is there.

        Raises:
            StorageError: They cannot be read.
        """
        self._store = store
        self._set(await store.versions())

    async def run(self) -> None:
        """Value anew each minute until cancelled: interest runs and terms come into force."""
        while True:
            await self._sleep(LOOK_EVERY_S)
            self._look()

    async def save(self, terms: Facility) -> None:
        """Add a version, unless it holds from now on and says what those in force say.

        Raises:
            StorageError: It could not be kept; the desk goes on with the old ones.
        """
        current = in_force(self._versions, self._wall.now())
        pending = terms.effective is not None or bool(self.coming)
        if current is None or pending or not same_terms(terms, current):
            await self._stored().save(terms)
            self._set((*self._versions, terms))
        else:
            self._set(self._versions)

    async def undo(self) -> bool:
        """Go back to the terms before; False when there are none.

        Raises:
            StorageError: It could not be kept.
        """
        terms = await self._stored().undo()
        if terms is not None:
            self._set((*self._versions, terms))
        return terms is not None

    async def versions(self) -> tuple[Facility, ...]:
        """Every version of the terms, in the order they were written."""
        return await self._stored().versions()

    def valued(
        self, terms: Facility, at: datetime | None = None, cure_to: Decimal | None = None
    ) -> LoanState:
        """Other terms, or these at another time, at the newest prices.

        Raises:
            Unvalued: a price is missing.
        """
        known = self._volatility
        usable = known is not None and known.symbol == terms.symbol
        return value_loan(
            terms,
            self._quotes,
            at or self._clock.now(),
            cure_to=cure_to or self._cure_to,
            annual_volatility=known.annual if known and usable else None,
            sigma_source=known.source if known and usable else "",
        )

    def close(self) -> None:
        """Hear nothing more."""
        for undo in self._undo:
            undo()

    def _stored(self) -> LoanStore:
        if self._store is None:
            raise StorageError("The database is still being opened: try again in a moment.")
        return self._store

    def _set(self, versions: tuple[Facility, ...]) -> None:
        self._versions = versions
        self.terms = in_force(versions, self._wall.now())
        self._bus.tell(LoanChanged(self.terms))
        self._value()

    def _look(self) -> None:
        if in_force(self._versions, self._wall.now()) is not self.terms:
            self._set(self._versions)
        else:
            self._value()

    def _on_quote(self, event: QuoteChanged) -> None:
        self.quote = event.quote
        self._quotes[event.quote.symbol] = event.quote
        self._look()

    def _on_asset(self, event: AssetQuoted) -> None:
        self._quotes[event.quote.symbol] = event.quote
        if event.quote.symbol in self._needed:
            self._look()

    def _on_volatility(self, event: VolatilityChanged) -> None:
        self._volatility = event
        self._value()

    def _value(self) -> None:
        self.state, self.problem = None, ""
        if self.terms is None:
            self.problem = "No loan is set up."
        else:
            self._ask(self.terms)
            try:
                self.state = self.valued(self.terms)
            except Unvalued as error:
                self.problem = self._other_symbol(self.terms) or str(error)
        self._bus.tell(LoanValued(self.state, self.problem))

    def _other_symbol(self, terms: Facility) -> str:
        quote = self.quote
        if quote is None or terms.symbol in self._quotes:
            return ""
        return f"The price that comes is of {quote.symbol}, the loan is on {terms.symbol}."

    def _ask(self, terms: Facility) -> None:
        """Tell which prices are needed, where that changed: a currency may just be known."""
        listed_in = {symbol: quote.currency for symbol, quote in self._quotes.items()}
        needed = symbols_needed(terms, listed_in)
        if needed != self._needed:
            self._needed = needed
            self._bus.tell(PricesNeeded(needed))
