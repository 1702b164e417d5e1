"""Orders, the trades of them and positions held elsewhere, in the database, sealed in its log."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

import msgspec
from sqlalchemy import Connection, Select, Table, and_, bindparam, delete, insert, select, update

from vaultdesk.core.audit import Fact, FactKind
from vaultdesk.core.orders.broker import CommissionTold, Execution, Held
from vaultdesk.core.orders.draft import OrderDraft
from vaultdesk.core.orders.instrument import Instrument
from vaultdesk.core.orders.life import Mode, Order, OrderState
from vaultdesk.core.orders.trades import newer
from vaultdesk.ports import OrderRefused, StorageError
from vaultdesk.storage import order_tables as tables
from vaultdesk.storage.database import Database
from vaultdesk.storage.sealing import AT_ONCE, Now, Raw, append, changes, clean, kept, raw, utc_now

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
    """A `stores.OrderStore` on the desk's database.

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
            append(connection, (*facts, *_sealed(connection, at, orders, {})))

        await self._database.run(work, durable=True)

    async def save(self, orders: tuple[Order, ...], facts: tuple[Fact, ...]) -> None:
        """Keep what became of orders."""
        at = self._now()

        def work(connection: Connection) -> None:
            before = _changed(connection, orders)
            append(connection, (*facts, *_sealed(connection, at, orders, before)))

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
            known = _known(connection, broker, executions)
            changed: dict[str, Execution] = {}
            for told in executions:
                before = changed.get(told.exec_id) or known.get(told.exec_id)
                merged = newer(before, told)
                if merged != before:
                    changed[merged.exec_id] = merged
            new = tuple(changed.values())
            append(connection, (*facts, *_record(connection, at, broker, new)))
            return new

        return await self._database.run(work, durable=True)

    async def commission(self, broker: str, told: CommissionTold, facts: tuple[Fact, ...]) -> bool:
        """Keep what a trade's commission is; False where there is no such trade or it is known."""
        at = self._now()

        def work(connection: Connection) -> bool:
            known = _known(connection, broker, (told,)).get(told.exec_id)
            given = {"commission": told.commission, "currency": told.currency}
            merged = None if known is None else replace(known, **given)  # type: ignore[arg-type]
            if merged is None or merged == known:
                append(connection, facts)
                return False
            append(connection, (*facts, *_record(connection, at, broker, (merged,))))
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


def _changed(connection: Connection, orders: tuple[Order, ...]) -> Mapping[str, Raw]:
    """Keep what became of orders and give the rows they had before."""
    before = raw(connection, _ORDERS, "ref", (order.ref for order in orders))
    for order in orders:
        if order.ref not in before:
            raise StorageError(
                f"Order {order.ref} is not in the database, so nothing was kept of it: look in the "
                "broker's own program what became of it."
            )
    if rows := [{"key": order.ref} | _values(_ORDERS, order, CHANGING) for order in orders]:
        connection.execute(update(_ORDERS).where(_ORDERS.c.ref == bindparam("key")), rows)
    return before


def _sealed(
    connection: Connection, at: datetime, orders: tuple[Order, ...], before: Mapping[str, Raw]
) -> list[Fact]:
    """The facts that seal the orders' rows as they are now."""
    after = raw(connection, _ORDERS, "ref", (order.ref for order in orders))
    sealed = []
    for order in orders:
        text = f"{order.state}, {order.filled:f} of {order.draft.quantity} filled"
        now = {"ref": order.ref} | dict(changes(before.get(order.ref, {}), after[order.ref]))
        sealed.append(kept(at, _ORDERS, order.ref, text, now))
    return sealed


def _known(
    connection: Connection, broker: str, told: Iterable[Execution | CommissionTold]
) -> dict[str, Execution]:
    """Those of these trades that are kept, by their id."""
    names, found = [one.exec_id for one in told], {}
    for start in range(0, len(names), AT_ONCE):
        query = select(_EXECUTIONS).where(
            _EXECUTIONS.c.broker == broker,
            _EXECUTIONS.c.exec_id.in_(names[start : start + AT_ONCE]),
        )
        found.update(
            {row["exec_id"]: _execution(row) for row in connection.execute(query).mappings()}
        )
    return found


def _record(
    connection: Connection, at: datetime, broker: str, trades: tuple[Execution, ...]
) -> list[Fact]:
    """Keep trades in place of what was known of them, and give the facts that seal their rows."""
    names = [one.exec_id for one in trades]
    before = raw(connection, _EXECUTIONS, "exec_id", names, broker=broker)
    rows = {one.exec_id: _values(_EXECUTIONS, one) | {"broker": broker} for one in trades}
    if new := [row for name, row in rows.items() if name not in before]:
        connection.execute(insert(_EXECUTIONS), new)
    if old := [row | {"key": name} for name, row in rows.items() if name in before]:
        same = and_(_EXECUTIONS.c.broker == broker, _EXECUTIONS.c.exec_id == bindparam("key"))
        connection.execute(update(_EXECUTIONS).where(same), old)
    after = raw(connection, _EXECUTIONS, "exec_id", names, broker=broker)
    sealed = []
    for one in trades:
        key = {"broker": broker, "exec_id": one.exec_id}
        now = key | dict(changes(before.get(one.exec_id, {}), after[one.exec_id]))
        text = f"{one.quantity:f} {one.instrument.words} at {one.price:f}"
        sealed.append(kept(at, _EXECUTIONS, one.ref or one.exec_id, text, now))
    return sealed


def _sealed_manual(connection: Connection, at: datetime) -> Fact:
    names = ", ".join(column.name for column in _MANUAL.columns)
    query = f"SELECT {names} FROM {_MANUAL.name} ORDER BY number"  # noqa: S608 (own names)
    rows = [list(row) for row in connection.exec_driver_sql(query)]
    return kept(at, _MANUAL, _MANUAL.name, f"{len(rows)} positions held elsewhere", rows)


def _values(table: Table, record: object, only: tuple[str, ...] = ()) -> dict[str, Any]:
    """A record's fields as the columns of their names, all of them or `only` some."""
    names = only or [column.name for column in table.columns if hasattr(record, column.name)]
    values = {name: getattr(record, name) for name in names}
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
