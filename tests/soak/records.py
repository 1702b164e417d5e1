"""What a desk has acknowledged, as its database says; read beside the running desk."""

import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

DATABASE = "desk.db"


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order: its state, and the contracts filled as the database writes them."""

    state: str
    filled: str


@dataclass(frozen=True, slots=True)
class Records:
    """One look into a profile; alerts by id, deliveries to the webhook by alert."""

    orders: dict[str, OrderRow] = field(default_factory=dict)
    trades: frozenset[str] = frozenset()
    alerts: tuple[str, ...] = ()
    crossings: Counter[str] = field(default_factory=Counter)
    cleared: Counter[str] = field(default_factory=Counter)
    deliveries: dict[str, str] = field(default_factory=dict)
    terms: tuple[str, ...] = ()
    entries: int = 0
    snapshots: int = 0


def read(home: Path) -> Records:
    """Everything at one moment.

    Raises:
        sqlite3.Error: The database cannot be read.
    """
    with closing(sqlite3.connect(home / DATABASE, timeout=10)) as connection:
        connection.execute("BEGIN")
        ask = connection.execute
        return Records(
            orders={
                ref: OrderRow(state, filled)
                for ref, state, filled in ask("SELECT ref, state, filled FROM orders")
            },
            trades=frozenset(one for (one,) in ask("SELECT exec_id FROM order_executions")),
            alerts=tuple(one for (one,) in ask("SELECT id FROM alerts")),
            crossings=_counted(connection, "crossed"),
            cleared=_counted(connection, "cleared"),
            deliveries=dict(
                ask("SELECT alert, state FROM alert_deliveries WHERE channel = 'webhook'")
            ),
            terms=tuple(one for (one,) in ask("SELECT terms FROM facilities ORDER BY id")),
            entries=ask("SELECT count(*) FROM audit").fetchone()[0],
            snapshots=ask("SELECT count(*) FROM snapshots").fetchone()[0],
        )


def _counted(connection: sqlite3.Connection, event: str) -> Counter[str]:
    rows = connection.execute(
        "SELECT rule, count(*) FROM alerts WHERE event = ? GROUP BY rule", (event,)
    )
    return Counter(dict(rows.fetchall()))
