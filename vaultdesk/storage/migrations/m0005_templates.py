"""Version 5: templates of hedges by name."""

from sqlalchemy import Connection, text


def upgrade(connection: Connection) -> None:
    """Make the table."""
    connection.execute(
        text(
            "CREATE TABLE hedge_templates "
            "(name VARCHAR(60) NOT NULL PRIMARY KEY, build TEXT NOT NULL)"
        )
    )
