"""Version 2: terms of several lots and loans; lending value in the history."""

from typing import Any

import msgspec
from sqlalchemy import Connection, text


def upgrade(connection: Connection) -> None:
    """Add the table of facilities, and to it each version of the single pledge of version 1."""
    connection.execute(
        text(
            "CREATE TABLE facilities (id INTEGER PRIMARY KEY, since VARCHAR(32) NOT NULL, "
            "effective VARCHAR(32), who VARCHAR(64) NOT NULL, terms TEXT NOT NULL)"
        )
    )
    connection.execute(text("ALTER TABLE snapshots ADD COLUMN lending_value VARCHAR(64)"))
    for row in connection.execute(text("SELECT * FROM loan_terms ORDER BY id")).mappings().all():
        connection.execute(
            text("INSERT INTO facilities (since, who, terms) VALUES (:since, :who, :terms)"),
            {"since": row["since"], "who": row["who"], "terms": _facility(dict(row))},
        )


def _facility(row: dict[str, Any]) -> str:
    """The JSON of version 2, written out here: what the program reads may change, this may not."""
    lot = {"asset": "fund", "symbol": row["symbol"], "quantity": row["units"]}
    tranche = {"principal": row["amount"], "currency": row["currency"]}
    terms = {
        "lots": [lot],
        "tranches": [tranche],
        "call_ltv": row["call_ltv"],
        "closeout_ltv": row["closeout_ltv"],
        "since": row["since"],
        "currency": row["currency"],
        "who": row["who"],
    }
    return msgspec.json.encode(terms).decode()
