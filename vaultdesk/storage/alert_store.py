"""Alert rules, what they remember, the history of alerts and its outbox, in the database."""

import uuid
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

import msgspec
from sqlalchemy import (
    Column,
    Connection,
    Select,
    Table,
    and_,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)

from vaultdesk.core.alerts import (
    Action,
    Alert,
    AlertRecord,
    Batch,
    Deed,
    Delivery,
    DeliveryState,
    Event,
    HistoryQuery,
    Kept,
    Latch,
    Metric,
    Rule,
    Severity,
)
from vaultdesk.core.alerts.deliveries import OPEN
from vaultdesk.core.market import Quality
from vaultdesk.ports import StorageError
from vaultdesk.storage import tables
from vaultdesk.storage.database import Database

T = TypeVar("T")
Row = Mapping[Any, Any]

_ALERTS, _ACTIONS = tables.alerts, tables.alert_actions
_DELIVERIES, _DESK = tables.alert_deliveries, tables.alert_desk


class SqlAlertStore:
    """A `stores.AlertStore` on the desk's database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def load(self) -> Kept:
        """What there is; the first call gives the desk its lasting UUID.

        Raises:
            StorageError: A rule cannot be read.
        """
        return await self._database.run(_load)

    async def commit(self, batch: Batch) -> None:
        """Keep all of it in one transaction; alerts and deliveries that are kept already stay."""

        def work(connection: Connection) -> None:
            _keep_rules(connection, batch)
            _replace_latches(connection, batch.latches)
            known = _known(connection, batch.alerts)
            added = [alert for alert in batch.alerts if alert.id not in known]
            _add(connection, _ALERTS, (_alert_row(alert) for alert in added))
            deliveries = (one for one in batch.deliveries if one.alert not in known)
            _add(connection, _DELIVERIES, (_row(_DELIVERIES, one) for one in deliveries))
            _add(connection, _ACTIONS, (_row(_ACTIONS, action) for action in batch.actions))
            if batch.watched_at is not None:
                _desk(connection)
                connection.execute(update(_DESK).values(watched_at=batch.watched_at))

        await self._database.run(work)

    async def history(self, query: HistoryQuery) -> tuple[AlertRecord, ...]:
        """The alerts with their deliveries and who took note, newest first."""
        return await self._database.run(lambda connection: _history(connection, query))

    async def open_deliveries(self) -> tuple[tuple[Delivery, Alert], ...]:
        """What is still to be delivered, the alert that came first first."""

        def work(connection: Connection) -> tuple[tuple[Delivery, Alert], ...]:
            is_open = _DELIVERIES.c.state.in_(OPEN)
            waiting = select(_DELIVERIES).where(is_open)
            of = select(_ALERTS).where(_ALERTS.c.id.in_(select(_DELIVERIES.c.alert).where(is_open)))
            alerts = {
                row["id"]: (row["number"], _alert(row)) for row in connection.execute(of).mappings()
            }
            rows = [_delivery(row) for row in connection.execute(waiting).mappings()]
            rows.sort(key=lambda one: (alerts[one.alert][0], one.channel))
            return tuple((one, alerts[one.alert][1]) for one in rows)

        return await self._database.run(work)

    async def update(self, delivery: Delivery) -> None:
        """Keep what became of a delivery."""

        def work(connection: Connection) -> None:
            key = {"alert": delivery.alert, "channel": delivery.channel}
            values = _row(_DELIVERIES, delivery)
            connection.execute(update(_DELIVERIES).filter_by(**key).values(**values))

        await self._database.run(work)


def _load(connection: Connection) -> Kept:
    desk = _desk(connection)
    rules = connection.execute(select(tables.alert_rules).order_by("id")).mappings().all()
    latches = connection.execute(select(tables.alert_latches)).mappings().all()
    levels = desk["call_ltv"], desk["closeout_ltv"]
    seeded = None not in levels
    return Kept(
        profile=desk["profile"],
        rules=tuple(_read(row["rule"], Rule) for row in rules) if rules or seeded else None,
        latches={row["rule"]: _read(row["latch"], Latch) for row in latches},
        watched_at=desk["watched_at"],
        levels=levels if seeded else None,
    )


def _desk(connection: Connection) -> Row:
    """The one row there is; made when it is first asked for."""
    row = connection.execute(select(_DESK)).mappings().one_or_none()
    if row is not None:
        return row
    connection.execute(insert(_DESK).values(id=1, profile=str(uuid.uuid4())))
    return connection.execute(select(_DESK)).mappings().one()


def _keep_rules(connection: Connection, batch: Batch) -> None:
    if batch.rules is not None:
        connection.execute(delete(tables.alert_rules))
        _add(connection, tables.alert_rules, ({"id": r.id, "rule": _json(r)} for r in batch.rules))
    if batch.levels is not None:
        call, closeout = batch.levels
        _desk(connection)
        connection.execute(update(_DESK).values(call_ltv=call, closeout_ltv=closeout))


def _replace_latches(connection: Connection, latches: Mapping[str, Latch]) -> None:
    table = tables.alert_latches
    for name in latches:
        connection.execute(delete(table).where(table.c.rule == name))
    _add(connection, table, ({"rule": name, "latch": _json(one)} for name, one in latches.items()))


def _known(connection: Connection, alerts: Iterable[Alert]) -> set[str]:
    found = (
        connection.execute(select(_ALERTS.c.id).where(_ALERTS.c.id == alert.id)).scalar()
        for alert in alerts
    )
    return {name for name in found if name is not None}


def _history(connection: Connection, query: HistoryQuery) -> tuple[AlertRecord, ...]:
    chosen = _chosen(query)
    rows = connection.execute(chosen).mappings().all()
    part = chosen.with_only_columns(_ALERTS.c.id)
    ways: dict[str, list[Delivery]] = {}
    for row in connection.execute(
        select(_DELIVERIES).where(_DELIVERIES.c.alert.in_(part)).order_by(_DELIVERIES.c.channel)
    ).mappings():
        ways.setdefault(row["alert"], []).append(_delivery(row))
    notes: dict[tuple[str, int], Row] = {}
    taken = select(_ACTIONS).where(_ACTIONS.c.deed == Deed.ACKNOWLEDGED)
    for row in connection.execute(taken.order_by(_ACTIONS.c.number)).mappings():
        notes.setdefault((row["rule"], row["crossing"]), row)
    return tuple(_record(_alert(row), ways, notes) for row in rows)


def _record(
    alert: Alert, ways: Mapping[str, list[Delivery]], notes: Mapping[tuple[str, int], Row]
) -> AlertRecord:
    """An acknowledgement is of a whole crossing; that the value came back needs none."""
    note = None if alert.event is Event.CLEARED else notes.get((alert.rule, alert.crossing))
    at, who = (note["at"], note["who"]) if note else (None, "")
    return AlertRecord(alert, tuple(ways.get(alert.id, ())), at, who)


def _chosen(query: HistoryQuery) -> Select[Any]:
    columns = _ALERTS.c
    chosen = select(_ALERTS).where(columns.severity >= int(query.severity))
    if query.since is not None:
        chosen = chosen.where(columns.at >= query.since)
    if query.text:
        places = (columns.rule, columns.metric, columns.subject, columns.sentence)
        chosen = chosen.where(or_(*(_contains(place, query.text) for place in places)))
    if query.unacknowledged:
        of = and_(_ACTIONS.c.rule == columns.rule, _ACTIONS.c.crossing == columns.crossing)
        taken = exists().where(_ACTIONS.c.deed == Deed.ACKNOWLEDGED, of)
        chosen = chosen.where(columns.event != Event.CLEARED, ~taken)
    return chosen.order_by(columns.number.desc()).limit(query.limit)


def _contains(column: "Column[Any]", text: str) -> Any:  # noqa: ANN401 (an SQL expression)
    return func.lower(column).contains(text.lower(), autoescape=True)


def _add(connection: Connection, table: Table, rows: Iterable[dict[str, Any]]) -> None:
    values = list(rows)
    if values:
        connection.execute(insert(table), values)


def _row(table: Table, record: Delivery | Action) -> dict[str, Any]:
    names = (column.name for column in table.columns if column.name != "number")
    return {name: getattr(record, name) for name in names}


def _alert_row(alert: Alert) -> dict[str, Any]:
    names = (column.name for column in _ALERTS.columns if column.name != "number")
    values = {name: getattr(alert, name) for name in names}
    return {**values, "channels": " ".join(sorted(alert.channels)), "severity": int(alert.severity)}


def _alert(row: Row) -> Alert:
    values = {name: row[name] for name in Alert.__slots__}
    read = {
        "event": Event(row["event"]),
        "severity": Severity(row["severity"]),
        "metric": Metric(row["metric"]),
        "quality": Quality(row["quality"]),
        "channels": frozenset(row["channels"].split()),
    }
    return Alert(**(values | read))


def _delivery(row: Row) -> Delivery:
    return Delivery(**{**row, "state": DeliveryState(row["state"])})


def _json(record: Rule | Latch) -> str:
    return msgspec.json.encode(record, order="deterministic").decode()


def _read(text: str, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(text, type=kind)
    except msgspec.MsgspecError as error:
        raise StorageError(
            f"An alert rule cannot be read ({error}): restore a backup of the database, or "
            "install the program that wrote it."
        ) from error
