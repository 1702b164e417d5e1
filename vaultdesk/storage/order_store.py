"""Orders, the trades of them and positions held elsewhere, in the database, sealed in its log."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

import msgspec
from sqlalchemy import Connection, Select, Table, and_, delete, insert, select, update

from vaultdesk.core.audit import Fact, FactKind
from vaultdesk.core.orders.broker import CommissionTold, Execution, Held
from vaultdesk.core.orders.draft import OrderDraft
from vaultdesk.core.orders.instrument import Instrument
from vaultdesk.core.orders.life import Mode, Order, OrderState
from vaultdesk.core.orders.trades import newer
from vaultdesk.ports import OrderRefused, StorageError
from vaultdesk.storage import order_tables as tables
from vaultdesk.storage.database import Database
from vaultdesk.storage.sealing import Now, Raw, append, changes, clean, kept, raw, utc_now

T = TypeVar("T")
Row = Mapping[Any, Any]

_ORDERS, _EXECUTIONS, _MANUAL = tables.orders, tables.order_executions, tables.manual_positions

CHANGING = (
    *("state", "changed_at", "filled", "average", "commission"),
    *("order_id", "perm_id", "said"),
)
"""What becomes of an order; everything else of it stays as it was confirmed."""

OVER = tuple(state for state in OrderState if state.over)


class SqlOrderStore:
    """A `ports.OrderStore` on the desk's database.

    Each row it writes is sealed in the audit log as well, so that one altered later is found.
    """

    def __init__(self, database: Database, now: Now = utc_now) -> None:
        self._database, self._now = database, now

    async def confirm(self, orders: tuple[Order, ...], facts: tuple[Fact, ...]) -> None:
        """Keep new orders, all or none; `facts` tell of each that it was confirmed.

        Raises:
            OrderRefused: one of these refs, or this place of the same ticket, is kept already.
        """
        told = {fact.subject for fact in facts if fact.kind is FactKind.CONFIRMED}
        if untold := [order.ref for order in orders if order.ref not in told]:
            raise ValueError(f"No fact says that these were confirmed: {untold}.")
        at = self._now()

        def work(connection: Connection) -> None:
            for order in orders:
                _refuse_known(connection, order)
                connection.execute(insert(_ORDERS).values(_values(_ORDERS, order)))
            sealed = [_sealed(connection, at, order, {}) for order in orders]
            append(connection, (*facts, *sealed))

        await self._database.run(work, durable=True)

    async def save(self, orders: tuple[Order, ...], facts: tuple[Fact, ...]) -> None:
        """Keep what became of orders."""
        at = self._now()

        def work(connection: Connection) -> None:
            sealed = [
                _sealed(connection, at, order, _changed(connection, order)) for order in orders
            ]
            append(connection, (*facts, *sealed))

        await self._database.run(work, durable=True)

    async def orders(self, *, open_only: bool = False, limit: int = 10_000) -> tuple[Order, ...]:
        """The newest, the last confirmed first.

        Raises:
            StorageError: one cannot be read.
        """
        chosen = select(_ORDERS).order_by(_ORDERS.c.number.desc()).limit(limit)
        if open_only:
            chosen = chosen.where(_ORDERS.c.state.not_in(OVER))
        return await self._database.run(lambda on: _all(on, chosen, _order))

    async def record(
        self, broker: str, executions: tuple[Execution, ...], facts: tuple[Fact, ...]
    ) -> tuple[Execution, ...]:
        """Keep trades: each once, a correction in place of what it corrects; give what changed."""
        at = self._now()

        def work(connection: Connection) -> tuple[Execution, ...]:
            sealed, changed = [], {}
            for told in executions:
                known = _known(connection, broker, told.exec_id)
                merged = newer(known, told)
                if merged != known:
                    sealed.append(_record(connection, at, broker, merged))
                    changed[merged.exec_id] = merged
            append(connection, (*facts, *sealed))
            return tuple(changed.values())

        return await self._database.run(work, durable=True)

    async def commission(self, broker: str, told: CommissionTold, facts: tuple[Fact, ...]) -> bool:
        """Keep what a trade's commission is; False where there is no such trade or it is known."""
        at = self._now()

        def work(connection: Connection) -> bool:
            known = _known(connection, broker, told.exec_id)
            given = {"commission": told.commission, "currency": told.currency}
            merged = None if known is None else replace(known, **given)  # type: ignore[arg-type]
            if merged is None or merged == known:
                append(connection, facts)
                return False
            append(connection, (*facts, _record(connection, at, broker, merged)))
            return True

        return await self._database.run(work, durable=True)

    async def executions(self, broker: str, ref: str = "") -> tuple[Execution, ...]:
        """The trades at a broker, of one order or of all, the oldest first.

        Raises:
            StorageError: one cannot be read.
        """
        columns = _EXECUTIONS.c
        chosen = select(_EXECUTIONS).where(columns.broker == broker)
        if ref:
            chosen = chosen.where(columns.ref == ref)
        chosen = chosen.order_by(columns.at, columns.number)
        return await self._database.run(lambda on: _all(on, chosen, _execution))

    async def manual(self) -> tuple[Held, ...]:
        """Positions held elsewhere, as they were entered; `account` is where.

        Raises:
            StorageError: one cannot be read.
        """
        chosen = select(_MANUAL).order_by(_MANUAL.c.number)
        return await self._database.run(lambda on: _all(on, chosen, _held))

    async def set_manual(self, held: tuple[Held, ...], facts: tuple[Fact, ...]) -> None:
        """Keep these in place of all."""
        at = self._now()
        rows = [_values(_MANUAL, one) for one in held]

        def work(connection: Connection) -> None:
            connection.execute(delete(_MANUAL))
            if rows:
                connection.execute(insert(_MANUAL), rows)
            append(connection, (*facts, _sealed_manual(connection, at)))

        await self._database.run(work, durable=True)


def _refuse_known(connection: Connection, order: Order) -> None:
    columns = _ORDERS.c
    same = and_(columns.ticket == order.ticket, columns.place == order.place)
    query = select(columns.ref).where((columns.ref == order.ref) | same)
    known = connection.execute(query).scalars().first()
    if known is not None:
        raise OrderRefused(
            f"This was confirmed already, as order {known}: make a new preview to send another."
        )


def _changed(connection: Connection, order: Order) -> Raw:
    """Keep what became of an order and give the row it had before."""
    before = raw(connection, _ORDERS, ref=order.ref)
    if before is None:
        raise StorageError(
            f"Order {order.ref} is not in the database, so nothing was kept of it: look in the "
            "broker's own program what became of it."
        )
    row = _values(_ORDERS, order)
    values = {name: row[name] for name in CHANGING}
    connection.execute(update(_ORDERS).where(_ORDERS.c.ref == order.ref).values(values))
    return before


def _sealed(connection: Connection, at: datetime, order: Order, before: Raw) -> Fact:
    text = f"{order.state}, {order.filled:f} of {order.draft.quantity} filled"
    return kept(at, _ORDERS, order.ref, text, _now(connection, _ORDERS, before, ref=order.ref))


def _now(connection: Connection, table: Table, before: Raw, **key: str) -> Raw:
    """What changed in a row, and its key, which leads to it."""
    return key | dict(changes(before, raw(connection, table, **key) or {}))


def _known(connection: Connection, broker: str, exec_id: str) -> Execution | None:
    query = select(_EXECUTIONS).filter_by(broker=broker, exec_id=exec_id)
    row = connection.execute(query).mappings().one_or_none()
    return None if row is None else _execution(row)


def _record(connection: Connection, at: datetime, broker: str, one: Execution) -> Fact:
    """Keep a trade in place of what was known of it, and give the fact that seals its row."""
    key = {"broker": broker, "exec_id": one.exec_id}
    before = raw(connection, _EXECUTIONS, **key) or {}
    values = _values(_EXECUTIONS, one) | key
    if before:
        connection.execute(update(_EXECUTIONS).filter_by(**key).values(values))
    else:
        connection.execute(insert(_EXECUTIONS).values(values))
    text = f"{one.quantity:f} {one.instrument.words} at {one.price:f}"
    now = _now(connection, _EXECUTIONS, before, **key)
    return kept(at, _EXECUTIONS, one.ref or one.exec_id, text, now)


def _sealed_manual(connection: Connection, at: datetime) -> Fact:
    names = ", ".join(column.name for column in _MANUAL.columns)
    query = f"SELECT {names} FROM {_MANUAL.name} ORDER BY number"  # noqa: S608 (own names)
    rows = [list(row) for row in connection.exec_driver_sql(query)]
    return kept(at, _MANUAL, _MANUAL.name, f"{len(rows)} positions held elsewhere", rows)


def _values(table: Table, record: object) -> dict[str, Any]:
    """A record's fields as the columns of their names."""
    names = (column.name for column in table.columns)
    values = {name: getattr(record, name) for name in names if hasattr(record, name)}
    for name in ("draft", "instrument"):
        if name in values:
            values[name] = msgspec.json.encode(values[name]).decode()
    return {
        name: clean(value) if isinstance(value, str) else value for name, value in values.items()
    }


def _all(connection: Connection, chosen: Select[Any], read: Callable[[Row], T]) -> tuple[T, ...]:
    return tuple(read(row) for row in connection.execute(chosen).mappings())


def _order(row: Row) -> Order:
    read = {
        "draft": _read(row["draft"], OrderDraft),
        "mode": Mode(row["mode"]),
        "state": OrderState(row["state"]),
    }
    return Order(**({name: row[name] for name in Order.__slots__} | read))


def _execution(row: Row) -> Execution:
    read = {"instrument": _read(row["instrument"], Instrument)}
    return Execution(**({name: row[name] for name in Execution.__slots__} | read))


def _held(row: Row) -> Held:
    read = {"instrument": _read(row["instrument"], Instrument)}
    return Held(**({name: row[name] for name in Held.__slots__} | read))


def _read(text: str, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(text, type=kind)
    except msgspec.MsgspecError as error:
        raise StorageError(
            f"An order or a trade cannot be read ({error}): run 'vaultdesk verify' to see which "
            "record was altered, and restore a backup of the database."
        ) from error
