"""Version 6: orders, their trades, positions held elsewhere, the paper book, the audit log."""

from sqlalchemy import Connection, text

STATEMENTS = (
    """CREATE TABLE orders (
        number INTEGER NOT NULL PRIMARY KEY, ref VARCHAR(64) NOT NULL UNIQUE,
        ticket VARCHAR(64) NOT NULL, place INTEGER NOT NULL, draft TEXT NOT NULL,
        title TEXT NOT NULL, broker VARCHAR(64) NOT NULL, account VARCHAR(64) NOT NULL,
        mode VARCHAR(16) NOT NULL, state VARCHAR(20) NOT NULL, confirmed_at VARCHAR(32) NOT NULL,
        changed_at VARCHAR(32) NOT NULL, filled VARCHAR(64) NOT NULL, average VARCHAR(64),
        commission VARCHAR(64), order_id INTEGER NOT NULL, perm_id INTEGER NOT NULL,
        said TEXT NOT NULL, CONSTRAINT one_order_a_place UNIQUE (ticket, place))""",
    """CREATE INDEX orders_open ON orders (number)
        WHERE state NOT IN ('filled', 'cancelled', 'rejected')""",
    """CREATE TABLE order_executions (
        number INTEGER NOT NULL PRIMARY KEY, broker VARCHAR(64) NOT NULL,
        exec_id VARCHAR(128) NOT NULL, revision INTEGER NOT NULL, ref VARCHAR(64) NOT NULL,
        perm_id INTEGER NOT NULL, account VARCHAR(64) NOT NULL, instrument TEXT NOT NULL,
        quantity VARCHAR(64) NOT NULL, price VARCHAR(64) NOT NULL, at VARCHAR(32) NOT NULL,
        at_text TEXT NOT NULL, commission VARCHAR(64), currency VARCHAR(3) NOT NULL,
        CONSTRAINT one_execution UNIQUE (broker, exec_id))""",
    "CREATE INDEX order_executions_by_order ON order_executions (broker, ref, at)",
    """CREATE TABLE manual_positions (
        number INTEGER NOT NULL PRIMARY KEY, account VARCHAR(64) NOT NULL,
        instrument TEXT NOT NULL, quantity VARCHAR(64) NOT NULL, average_cost VARCHAR(64))""",
    "CREATE TABLE paper_events (number INTEGER NOT NULL PRIMARY KEY, event TEXT NOT NULL)",
    """CREATE TABLE audit (
        number INTEGER NOT NULL PRIMARY KEY, kind VARCHAR(16) NOT NULL, at VARCHAR(32) NOT NULL,
        subject TEXT NOT NULL, who VARCHAR(64) NOT NULL, text TEXT NOT NULL, wire TEXT NOT NULL,
        hash VARCHAR(64) NOT NULL)""",
    "CREATE INDEX audit_by_time ON audit (at)",
    """CREATE TABLE audit_head (
        id INTEGER NOT NULL PRIMARY KEY, count INTEGER NOT NULL, hash VARCHAR(64) NOT NULL)""",
    "INSERT INTO audit_head VALUES (1, 0, printf('%064d', 0))",
)
KEPT_FOR_EVER = (
    ("audit", "DELETE", ""),
    ("audit", "UPDATE", ""),
    # REPLACE deletes without asking the trigger of DELETE.
    ("audit", "INSERT", "WHEN EXISTS (SELECT 1 FROM audit WHERE number = NEW.number)"),
    ("audit_head", "DELETE", ""),
    ("audit_head", "UPDATE", "WHEN NEW.count <= OLD.count"),
    ("paper_events", "DELETE", ""),
    ("paper_events", "UPDATE", ""),
    ("orders", "DELETE", ""),
    (
        "orders",
        "UPDATE OF ref, ticket, place, draft, title, broker, account, mode, confirmed_at",
        "",
    ),
    (
        "orders",
        "UPDATE OF state",
        "WHEN OLD.state IN ('filled', 'cancelled', 'rejected') AND NEW.state <> OLD.state",
    ),
    ("order_executions", "DELETE", ""),
)


def upgrade(connection: Connection) -> None:
    """Make the tables, and let nobody change or remove what happened."""
    for statement in STATEMENTS:
        connection.execute(text(statement))
    for number, (table, change, when) in enumerate(KEPT_FOR_EVER):
        connection.execute(
            text(
                f"CREATE TRIGGER {table}_stays_{number} BEFORE {change} ON {table} {when} "
                f"BEGIN SELECT RAISE(ABORT, '{table} must stay as they were written'); END"
            )
        )
