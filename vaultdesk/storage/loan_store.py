"""Every version of the loan's terms, in the database."""

from dataclasses import replace

from sqlalchemy import Connection, insert, select

from vaultdesk.core.loan.terms import LoanTerms, same_terms
from vaultdesk.ports import Clock
from vaultdesk.storage import tables
from vaultdesk.storage.database import Database


class SqlLoanStore:
    """A `ports.LoanStore` on the desk's database; rows are added, never changed."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def current(self) -> LoanTerms | None:
        """The newest version, or None before the first."""
        versions = await self.versions()
        return versions[-1] if versions else None

    async def save(self, terms: LoanTerms) -> None:
        """Add a version."""

        def work(connection: Connection) -> None:
            values = {field: getattr(terms, field) for field in LoanTerms.__slots__}
            connection.execute(insert(tables.loan_terms).values(**values))

        await self._database.run(work)

    async def versions(self) -> tuple[LoanTerms, ...]:
        """Every version, oldest first."""

        def work(connection: Connection) -> tuple[LoanTerms, ...]:
            columns = [tables.loan_terms.c[field] for field in LoanTerms.__slots__]
            rows = connection.execute(select(*columns).order_by(tables.loan_terms.c.id))
            return tuple(LoanTerms(**row) for row in rows.mappings())

        return await self._database.run(work)

    async def undo(self) -> LoanTerms | None:
        """Add a version that repeats the last one that differs from the newest, and give it.

        Undoing twice is redoing, as nothing is taken away. None when there is nothing to go
        back to.
        """
        versions = await self.versions()
        earlier = [terms for terms in versions[:-1] if not same_terms(terms, versions[-1])]
        if not earlier:
            return None
        terms = replace(earlier[-1], since=self._clock.now(), who="undo")
        await self.save(terms)
        return terms
