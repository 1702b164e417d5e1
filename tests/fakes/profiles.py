"""Databases as older programs left them."""

import sqlite3
from contextlib import closing
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


def dumped(path: Path, version: int) -> Path:
    """The database that the program of that schema wrote, with rows in each of its tables."""
    text = (Path(__file__).parents[1] / "storage" / "profiles" / f"v{version}.sql").read_text(
        "utf-8"
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path)) as raw:
        raw.executescript(text)
    return path


def furnished(home: Path) -> Path:
    """A profile of this program with all that one can hold, passwords, log and cache included."""
    dumped(home / "desk.db", len(MIGRATIONS))
    for name, content in (
        ("settings.toml", 'theme = "dark"  # at night\nsymbol = "GLD"\n'),
        ("secrets.vault", "VaultDesk vault 1\nencrypted"),
        ("window/theme.txt", "dark"),
        ("window/Morning check.workspace", "opaque"),
        ("log/desk.log", "a line"),
        ("yahoo/cookies", "a crumb"),
        ("recordings/GLD.market.jsonl.gz", "a tape"),
        ("desk-v6-20260710T150000Z.backup.db", "an older database"),
    ):
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return home


def contents(home: Path) -> dict[str, str]:
    """What a profile holds: its database as statements, other files as they are."""
    found = {"desk.db": statements(home / "desk.db")}
    for path in (home / "settings.toml", home / "secrets.vault", *(home / "window").glob("*")):
        if path.exists():
            found[path.relative_to(home).as_posix()] = path.read_text(encoding="utf-8")
    return found


def statements(path: Path) -> str:
    """A database as SQL."""
    with closing(sqlite3.connect(path)) as raw:
        return "\n".join(raw.iterdump())
