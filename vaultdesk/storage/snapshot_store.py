"""The LTV history, in the database."""

from datetime import datetime

from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.exc import IntegrityError

from vaultdesk.core.loan.valuation import Snapshot, Zone
from vaultdesk.core.market import Quality
from vaultdesk.storage import tables
from vaultdesk.storage.database import Database


class SqlSnapshotStore:
    """A `ports.SnapshotStore` on the desk's database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, snapshot: Snapshot) -> bool:
        """Keep a snapshot; False when its hour, or its moment of a change of zone, was kept."""

        def work(connection: Connection) -> bool:
            try:
                with connection.begin_nested():
                    connection.execute(insert(tables.snapshots).values(**_values(snapshot)))
            except IntegrityError:
                return False
            return True

        return await self._database.run(work)

    async def since(self, start: datetime) -> tuple[Snapshot, ...]:
        """The snapshots from `start` on, oldest first."""

        def work(connection: Connection) -> tuple[Snapshot, ...]:
            table = tables.snapshots
            columns = [table.c[field] for field in Snapshot.__slots__]
            query = select(*columns).where(table.c.at >= start).order_by(table.c.at, table.c.id)
            return tuple(
                Snapshot(**{**row, "zone": Zone(row["zone"]), "quality": Quality(row["quality"])})
                for row in connection.execute(query).mappings()
            )

        return await self._database.run(work)

    async def replace_all(self, snapshots: tuple[Snapshot, ...]) -> None:
        """Put these in the place of all; only a demonstration's history is ever replaced."""

        def work(connection: Connection) -> None:
            connection.execute(delete(tables.snapshots))
            if snapshots:
                connection.execute(insert(tables.snapshots), [_values(row) for row in snapshots])

        await self._database.run(work)


def _values(snapshot: Snapshot) -> dict[str, object]:
    return {field: getattr(snapshot, field) for field in Snapshot.__slots__}
