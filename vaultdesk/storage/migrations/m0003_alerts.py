"""Version 3: alert rules, what they remember, the history of alerts, and its outbox."""

from sqlalchemy import Connection, text

STATEMENTS = (
    "CREATE TABLE alert_rules (id VARCHAR(40) NOT NULL PRIMARY KEY, rule TEXT NOT NULL)",
    "CREATE TABLE alert_latches (rule VARCHAR(40) NOT NULL PRIMARY KEY, latch TEXT NOT NULL)",
    """CREATE TABLE alerts (
        number INTEGER NOT NULL PRIMARY KEY, id VARCHAR(80) NOT NULL UNIQUE,
        rule VARCHAR(40) NOT NULL, crossing INTEGER NOT NULL, event VARCHAR(16) NOT NULL,
        severity INTEGER NOT NULL, at VARCHAR(32) NOT NULL, metric VARCHAR(16) NOT NULL,
        subject VARCHAR(16) NOT NULL, value VARCHAR(64) NOT NULL, threshold VARCHAR(64) NOT NULL,
        sentence TEXT NOT NULL, price VARCHAR(64), source VARCHAR(64) NOT NULL,
        quality VARCHAR(16) NOT NULL, age_s FLOAT, channels VARCHAR(64) NOT NULL)""",
    "CREATE INDEX alerts_by_time ON alerts (at)",
    """CREATE TABLE alert_actions (
        number INTEGER NOT NULL PRIMARY KEY, deed VARCHAR(16) NOT NULL, rule VARCHAR(40) NOT NULL,
        crossing INTEGER NOT NULL, who VARCHAR(64) NOT NULL, at VARCHAR(32) NOT NULL,
        until VARCHAR(32))""",
    "CREATE INDEX alert_actions_by_crossing ON alert_actions (rule, crossing)",
    """CREATE TABLE alert_deliveries (
        alert VARCHAR(80) NOT NULL, channel VARCHAR(16) NOT NULL, state VARCHAR(16) NOT NULL,
        attempts INTEGER NOT NULL, due VARCHAR(32) NOT NULL, made VARCHAR(32) NOT NULL,
        result TEXT NOT NULL, at VARCHAR(32), PRIMARY KEY (alert, channel))""",
    "CREATE INDEX alert_deliveries_by_state ON alert_deliveries (state)",
    """CREATE TABLE alert_desk (
        id INTEGER NOT NULL PRIMARY KEY, profile VARCHAR(36) NOT NULL, watched_at VARCHAR(32),
        call_ltv VARCHAR(64), closeout_ltv VARCHAR(64))""",
)
APPEND_ONLY = ("alerts", "alert_actions")


def upgrade(connection: Connection) -> None:
    """Make the tables, and let nobody change or remove what happened."""
    for statement in STATEMENTS:
        connection.execute(text(statement))
    for table in APPEND_ONLY:
        for change in ("UPDATE", "DELETE"):
            connection.execute(
                text(
                    f"CREATE TRIGGER {table}_{change.lower()} BEFORE {change} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} are only ever added to'); END"
                )
            )
