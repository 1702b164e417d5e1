"""The embedded paper broker's book, in the database."""

from sqlalchemy import Connection, insert, select

from vaultdesk.storage.database import Database
from vaultdesk.storage.order_tables import paper_events


class SqlPaperStore:
    """A `stores.PaperStore` on the desk's database; rows are only ever added."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def events(self) -> tuple[str, ...]:
        """All of them, in order, as they were given."""
        query = select(paper_events.c.event).order_by(paper_events.c.number)
        return await self._database.run(lambda on: tuple(on.execute(query).scalars()))

    async def add(self, events: tuple[str, ...]) -> None:
        """Keep these after the others: on disk, through the system's cache, once it returns."""

        def work(connection: Connection) -> None:
            if events:
                connection.execute(insert(paper_events), [{"event": event} for event in events])

        await self._database.run(work, durable=True)
