"""The LTV history, in the database."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, RowMapping, Select, delete, insert, select, text
from sqlalchemy.exc import IntegrityError

from vaultdesk.core.loan.cure import Zone
from vaultdesk.core.loan.snapshots import Snapshot
from vaultdesk.core.market import Quality
from vaultdesk.storage import tables

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vaultdesk.core.loan.series import Floats, LtvSeries
    from vaultdesk.storage.database import Database

EVERY_ROW_UP_TO = 50_000
"""Rows of which none is left out: the hours of five years and more."""

_SERIES = "s.id, s.at, s.ltv, s.price, s.amount, s.call_ltv, s.closeout_ltv, s.reason"
_FEW = text("SELECT count(*) FROM (SELECT 1 FROM snapshots WHERE at >= :hour LIMIT :most)")
_ALL = text(f"SELECT {_SERIES} FROM snapshots s WHERE s.at >= :hour ORDER BY s.at, s.id")  # noqa: S608
_OF_HOURS = text(
    f"""
    WITH RECURSIVE hours (hour) AS (
        SELECT min(substr(at, 1, 13)) FROM snapshots WHERE substr(at, 1, 13) >= :hour
        UNION ALL
        SELECT (SELECT substr(at, 1, 13) FROM snapshots WHERE substr(at, 1, 13) > hour
                ORDER BY substr(at, 1, 13) LIMIT 1)
        FROM hours WHERE hour IS NOT NULL
    ),
    picked (id) AS (
        SELECT (SELECT id FROM snapshots WHERE at >= hour ORDER BY at, id LIMIT 1) FROM hours
        UNION
        SELECT (SELECT id FROM snapshots WHERE at < hour || '~' ORDER BY at DESC, id DESC LIMIT 1)
        FROM hours
        UNION
        SELECT (SELECT id FROM snapshots WHERE substr(at, 1, 13) = hour
                ORDER BY CAST(ltv AS REAL) LIMIT 1) FROM hours
        UNION
        SELECT (SELECT id FROM snapshots WHERE substr(at, 1, 13) = hour
                ORDER BY CAST(ltv AS REAL) DESC LIMIT 1) FROM hours
        UNION
        SELECT (SELECT id FROM snapshots WHERE reason <> 'hour' AND at >= hour AND at < hour || '~'
                ORDER BY at DESC LIMIT 1) FROM hours
    )
    SELECT {_SERIES} FROM picked JOIN snapshots s ON s.id = picked.id ORDER BY s.at, s.id
    """  # noqa: S608
)
"""Of each hour its first and last row, its lowest and highest LTV and its last crossing.

Each is one look into an index: the cost grows with the hours, not with the rows. An hour is the
first 13 letters of its moments ("2026-07-10T14"), and "~" comes after every letter in a moment.
"""


class SqlSnapshotStore:
    """A `stores.SnapshotStore` on the desk's database."""

    def __init__(self, database: Database, every_row_up_to: int = EVERY_ROW_UP_TO) -> None:
        self._database, self._many = database, every_row_up_to

    async def add(self, snapshot: Snapshot) -> bool:
        """Keep a snapshot; False when one of its symbol, moment and reason was kept."""

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
            query = _rows().where(table.c.at >= start).order_by(table.c.at, table.c.id)
            return tuple(_snapshot(row) for row in connection.execute(query).mappings())

        return await self._database.run(work)

    async def get(self, number: int) -> Snapshot | None:
        """The snapshot of an id of `LtvSeries.ids`; None when it was replaced meanwhile."""
        return await self._database.run(lambda connection: _get(connection, number))

    async def series(self, start: datetime) -> LtvSeries:
        """The snapshots from the hour of `start` on, as arrays.

        Of more than `every_row_up_to` each hour tells its first and last row, its lowest and
        highest LTV and its last crossing.
        """
        return await self._database.run(lambda connection: _series(connection, start, self._many))

    async def replace_all(self, snapshots: tuple[Snapshot, ...]) -> None:
        """Put these in the place of all; only a demonstration's history is ever replaced."""

        def work(connection: Connection) -> None:
            connection.execute(delete(tables.snapshots))
            if snapshots:
                connection.execute(insert(tables.snapshots), [_values(row) for row in snapshots])

        await self._database.run(work)


def _rows() -> Select[Any]:
    return select(*(tables.snapshots.c[field] for field in Snapshot.__slots__))


def _snapshot(row: RowMapping) -> Snapshot:
    return Snapshot(**{**row, "zone": Zone(row["zone"]), "quality": Quality(row["quality"])})


def _get(connection: Connection, number: int) -> Snapshot | None:
    query = _rows().where(tables.snapshots.c.id == number)
    row = connection.execute(query).mappings().one_or_none()
    return None if row is None else _snapshot(row)


def _series(connection: Connection, start: datetime, many: int) -> LtvSeries:
    import numpy as np  # noqa: PLC0415 (off the loop: importing it takes longer than reading)

    from vaultdesk.core.loan.series import LtvSeries  # noqa: PLC0415

    hour = {"hour": start.astimezone(UTC).isoformat()[:13]}
    count = connection.execute(_FEW, {**hour, "most": many + 1}).scalar_one()
    rows = connection.execute(_ALL if count <= many else _OF_HOURS, hour).all()
    ids, moments, ltv, price, amount, call, closeout, reasons = (
        zip(*rows, strict=True) if rows else ((),) * 8
    )
    return LtvSeries(
        ids=np.array(ids, dtype=np.int64),
        times=np.array([datetime.fromisoformat(at).timestamp() for at in moments], np.float64),
        ltv=_floats(ltv),
        price=_floats(price),
        amount=_floats(amount),
        call_ltv=_floats(call),
        closeout_ltv=_floats(closeout),
        crossed=np.array([reason != "hour" for reason in reasons], dtype=np.bool_),
        first=_get(connection, ids[0]) if ids else None,
        last=_get(connection, ids[-1]) if ids else None,
    )


def _floats(decimals: Sequence[str]) -> Floats:
    import numpy as np  # noqa: PLC0415

    # here the decimals of the history become floats, for charts alone
    return np.array([float(text) for text in decimals], dtype=np.float64)


def _values(snapshot: Snapshot) -> dict[str, object]:
    return {field: getattr(snapshot, field) for field in Snapshot.__slots__}
