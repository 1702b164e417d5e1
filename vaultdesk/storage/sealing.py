"""How facts get into the audit log: sealed one after the other, with the rows they tell of."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Table, insert, select, update

from vaultdesk.core.audit import Fact, FactKind, seal
from vaultdesk.storage import order_tables as tables

Now = Callable[[], datetime]
Raw = Mapping[str, str | int | None]
"""A row as SQLite holds it."""

DESK = "desk"
AT_ONCE = 500
"""Values that one statement asks for: SQLite takes some thousands."""
MISSING = object()


def utc_now() -> datetime:
    """The machine's clock."""
    return datetime.now(UTC)


def clean(text: str) -> str:
    """The text as UTF-8 can hold it: a broker's bytes may have been anything."""
    return text.encode("utf-8", "backslashreplace").decode()


def append(connection: Connection, facts: Iterable[Fact]) -> None:
    """Seal these after the others; within a durable transaction, so that no other desk does too."""
    head = connection.execute(select(tables.audit_head)).mappings().one()
    number, last, rows = head["count"], head["hash"], []
    for fact in map(_cleaned, facts):
        number += 1
        last = seal(last, number, fact)
        rows.append({"number": number, "hash": last} | _values(fact))
    if rows:
        connection.execute(insert(tables.audit), rows)
        connection.execute(update(tables.audit_head).values(count=number, hash=last))


def raw(
    connection: Connection, table: Table, name: str, wanted: Iterable[str], **same: str
) -> dict[str, Raw]:
    """The rows in which the column `name` is one of the `wanted`, by it; `same` holds in all.

    One statement for all of them, as each costs the desk's other thread a turn.
    """
    columns, found = [column.name for column in table.columns], {}
    fixed = "".join(f" AND {other} = ?" for other in same)
    asked = tuple(wanted)
    for start in range(0, len(asked), AT_ONCE):
        part = asked[start : start + AT_ONCE]
        query = (
            f"SELECT {', '.join(columns)} FROM {table.name} "  # noqa: S608 (own names)
            f"WHERE {name} IN ({', '.join('?' * len(part))}){fixed}"
        )
        for row in connection.exec_driver_sql(query, (*part, *same.values())):
            values: Raw = dict(zip(columns, row, strict=True))
            found[str(values[name])] = values
    return found


def changes(before: Raw, after: Raw) -> Raw:
    """The columns that are not as they were."""
    return {name: value for name, value in after.items() if before.get(name, MISSING) != value}


def kept(at: datetime, table: Table, subject: str, text: str, now: object) -> Fact:
    """That rows of a table are so from here on; `now` are raw columns."""
    wire = json.dumps([table.name, now], separators=(",", ":"))
    return Fact(FactKind.KEPT, at, subject, DESK, text, wire)


def _cleaned(fact: Fact) -> Fact:
    return replace(
        fact,
        subject=clean(fact.subject),
        who=clean(fact.who),
        text=clean(fact.text),
        wire=clean(fact.wire),
    )


def _values(fact: Fact) -> dict[str, Any]:
    return {name: getattr(fact, name) for name in Fact.__slots__}
