"""Version 4: the lowest and the highest LTV of an hour, and its crossings, are found at once."""

from sqlalchemy import Connection, text

STATEMENTS = (
    "CREATE INDEX snapshots_by_hour ON snapshots (substr(at, 1, 13), CAST(ltv AS REAL))",
    "CREATE INDEX snapshots_at_crossings ON snapshots (at) WHERE reason <> 'hour'",
)


def upgrade(connection: Connection) -> None:
    """Make the indexes."""
    for statement in STATEMENTS:
        connection.execute(text(statement))
