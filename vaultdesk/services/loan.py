"""The loan, valued at every accepted price."""

from decimal import Decimal

from vaultdesk.core.loan.terms import LoanTerms, same_terms
from vaultdesk.core.loan.valuation import LoanState, Unvalued, value_loan
from vaultdesk.core.market import Quote
from vaultdesk.events import Bus, LoanChanged, LoanValued, QuoteChanged, VolatilityChanged
from vaultdesk.ports import LoanStore, StorageError


class LoanService:
    """Keeps the loan and its newest valuation.

    `state` is None while there is no loan or no honest price; `problem` then says why. `quote` is
    the one it was valued at.
    """

    def __init__(self, bus: Bus, *, cure_to: Decimal | None = None) -> None:
        self.terms: LoanTerms | None = None
        self.state: LoanState | None = None
        self.problem = ""
        self._bus = bus
        self._cure_to = cure_to
        self._store: LoanStore | None = None
        self.quote: Quote | None = None
        self._volatility: VolatilityChanged | None = None
        self._undo = [
            bus.subscribe(QuoteChanged, self._on_quote),
            bus.subscribe(VolatilityChanged, self._on_volatility),
        ]

    async def use(self, store: LoanStore) -> None:
        """Keep the terms in this store, and read the newest.

        Raises:
            StorageError: They cannot be read.
        """
        self._store = store
        self._set(await store.current())

    async def save(self, terms: LoanTerms) -> None:
        """Add a version of the terms, unless they say what the newest says.

        Raises:
            StorageError: They could not be kept; the desk goes on with the old ones.
        """
        if self.terms is None or not same_terms(terms, self.terms):
            await self._stored().save(terms)
        self._set(terms)

    async def undo(self) -> bool:
        """Go back to the terms before; False when there are none.

        Raises:
            StorageError: It could not be kept.
        """
        terms = await self._stored().undo()
        if terms is not None:
            self._set(terms)
        return terms is not None

    async def versions(self) -> tuple[LoanTerms, ...]:
        """Every version of the terms, oldest first."""
        return await self._stored().versions()

    def close(self) -> None:
        """Hear nothing more."""
        for undo in self._undo:
            undo()

    def _stored(self) -> LoanStore:
        if self._store is None:
            raise StorageError("The database is still being opened: try again in a moment.")
        return self._store

    def _set(self, terms: LoanTerms | None) -> None:
        self.terms = terms
        self._bus.tell(LoanChanged(terms))
        self._value()

    def _on_quote(self, event: QuoteChanged) -> None:
        self.quote = event.quote
        self._value()

    def _on_volatility(self, event: VolatilityChanged) -> None:
        self._volatility = event
        self._value()

    def _value(self) -> None:
        self.state, self.problem = None, ""
        if self.terms is None:
            self.problem = "No loan is set up."
        elif self.quote is None:
            self.problem = f"No price of {self.terms.symbol} has come yet."
        else:
            try:
                self.state = self._valued(self.terms, self.quote)
            except Unvalued as error:
                self.problem = str(error)
        self._bus.tell(LoanValued(self.state, self.problem))

    def _valued(self, terms: LoanTerms, quote: Quote) -> LoanState:
        known = self._volatility
        usable = known is not None and known.symbol == terms.symbol
        return value_loan(
            terms,
            quote,
            cure_to=self._cure_to,
            annual_volatility=known.annual if known and usable else None,
            sigma_source=known.source if known and usable else "",
        )
