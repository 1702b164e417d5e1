"""Version 1: the loan, the last quotes, the chain cache and the LTV history."""

from sqlalchemy import Connection, text

STATEMENTS = (
    """CREATE TABLE loan_terms (
        id INTEGER NOT NULL PRIMARY KEY, symbol VARCHAR(16) NOT NULL, units VARCHAR(64) NOT NULL,
        amount VARCHAR(64) NOT NULL, currency VARCHAR(3) NOT NULL, call_ltv VARCHAR(64) NOT NULL,
        closeout_ltv VARCHAR(64) NOT NULL, since VARCHAR(32) NOT NULL, who VARCHAR(64) NOT NULL)""",
    """CREATE TABLE quotes (
        symbol VARCHAR(16) NOT NULL PRIMARY KEY, bid VARCHAR(64), ask VARCHAR(64),
        last VARCHAR(64), at VARCHAR(32) NOT NULL, received VARCHAR(32) NOT NULL,
        source VARCHAR(64) NOT NULL, quality VARCHAR(16) NOT NULL, previous_close VARCHAR(64),
        volume INTEGER, currency VARCHAR(3) NOT NULL)""",
    """CREATE TABLE chains (
        symbol VARCHAR(16) NOT NULL, expiry VARCHAR(10) NOT NULL, received VARCHAR(32) NOT NULL,
        payload TEXT NOT NULL, PRIMARY KEY (symbol, expiry))""",
    """CREATE TABLE expirations (
        symbol VARCHAR(16) NOT NULL PRIMARY KEY, fetched VARCHAR(32) NOT NULL,
        dates TEXT NOT NULL)""",
    """CREATE TABLE snapshots (
        id INTEGER NOT NULL PRIMARY KEY, at VARCHAR(32) NOT NULL, reason VARCHAR(8) NOT NULL,
        symbol VARCHAR(16) NOT NULL, price VARCHAR(64) NOT NULL, value VARCHAR(64) NOT NULL,
        amount VARCHAR(64) NOT NULL, ltv VARCHAR(64) NOT NULL, zone VARCHAR(16) NOT NULL,
        call_ltv VARCHAR(64) NOT NULL, closeout_ltv VARCHAR(64) NOT NULL,
        currency VARCHAR(3) NOT NULL, source VARCHAR(64) NOT NULL, quality VARCHAR(16) NOT NULL,
        price_at VARCHAR(32) NOT NULL,
        CONSTRAINT one_snapshot_a_moment UNIQUE (symbol, at, reason))""",
    "CREATE INDEX snapshots_by_time ON snapshots (at)",
)


def upgrade(connection: Connection) -> None:
    """Make the first tables."""
    for statement in STATEMENTS:
        connection.execute(text(statement))
