"""Version 7: what reports were made from, and what-if scenes by name."""

from sqlalchemy import Connection, text

STATEMENTS = (
    (
        "CREATE TABLE reports ("
        "id VARCHAR(16) NOT NULL PRIMARY KEY, kind VARCHAR(16) NOT NULL, title TEXT NOT NULL, "
        "made VARCHAR(32) NOT NULL, program VARCHAR(32) NOT NULL, record BLOB NOT NULL, "
        "record_sha256 VARCHAR(64) NOT NULL, pdf_sha256 VARCHAR(64) NOT NULL)"
    ),
    "CREATE INDEX reports_by_time ON reports (made)",
    "CREATE TABLE scenes (name VARCHAR(60) NOT NULL PRIMARY KEY, scene TEXT NOT NULL)",
)


def upgrade(connection: Connection) -> None:
    """Make the tables."""
    for statement in STATEMENTS:
        connection.execute(text(statement))
