"""Databases as older programs left them."""

from importlib import import_module
from pathlib import Path

from sqlalchemy import create_engine, text

from vaultdesk.storage.database import MIGRATIONS


def older(path: Path, version: int) -> Path:
    """An empty database of this schema version."""
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE schema_version (version INTEGER NOT NULL)"))
        connection.execute(text("INSERT INTO schema_version VALUES (:v)"), {"v": version})
        for name in MIGRATIONS[:version]:
            import_module(f"vaultdesk.storage.migrations.{name}").upgrade(connection)
    engine.dispose()
    return path
