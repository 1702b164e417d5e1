"""Every version of the loan's terms, in the database."""

from dataclasses import replace

import msgspec
from sqlalchemy import Connection, insert, select

from vaultdesk.core.loan.terms import Facility, TermsError, same_terms
from vaultdesk.ports import Clock, StorageError
from vaultdesk.storage import tables
from vaultdesk.storage.database import Database


class SqlLoanStore:
    """A `stores.LoanStore` on the desk's database; rows are only ever added."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def save(self, terms: Facility) -> None:
        """Add a version."""

        def work(connection: Connection) -> None:
            connection.execute(insert(tables.facilities).values(**row(terms)))

        await self._database.run(work)

    async def versions(self) -> tuple[Facility, ...]:
        """Every version, in the order they were written.

        Raises:
            StorageError: one cannot be read.
        """

        def work(connection: Connection) -> list[str]:
            table = tables.facilities
            return list(connection.execute(select(table.c.terms).order_by(table.c.id)).scalars())

        return tuple(_read(text) for text in await self._database.run(work))

    async def undo(self) -> Facility | None:
        """Add a version that repeats the last one that differs from the newest, and give it.

        It holds from when the newest would have, if that is still to come, else from now. Undoing
        twice is redoing, as nothing is taken away. None when there is nothing to go back to.
        """
        versions = await self.versions()
        earlier = [terms for terms in versions[:-1] if not same_terms(terms, versions[-1])]
        if not earlier:
            return None
        now, coming = self._clock.now(), versions[-1].effective
        effective = coming if coming is not None and coming > now else None
        terms = replace(earlier[-1], since=now, effective=effective, who="undo")
        await self.save(terms)
        return terms


def row(terms: Facility) -> dict[str, object]:
    """One version as the table's values."""
    return {
        "since": terms.since,
        "effective": terms.effective,
        "who": terms.who,
        "terms": msgspec.json.encode(terms).decode(),
    }


def _read(text: str) -> Facility:
    try:
        return msgspec.json.decode(text, type=Facility)
    except (msgspec.MsgspecError, TermsError) as error:
        raise StorageError(
            f"A version of the loan's terms cannot be read ({error}): restore a backup of the "
            "database, or install the program that wrote it."
        ) from error
