"""`vaultdesk verify`: what is whole, what was altered first, and what cannot be looked through."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from tests.fakes.orders import confirmation, execution, note, order
from tests.fakes.profiles import older
from vaultdesk.cli import main
from vaultdesk.storage.audit_store import SqlAuditStore
from vaultdesk.storage.database import Database
from vaultdesk.storage.order_store import SqlOrderStore

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def path(home: Path) -> Path:
    """The database of a profile with one order, its trade, and five entries about them."""
    with Database(home / "desk.db") as database:
        store = SqlOrderStore(database)
        asyncio.run(store.confirm((order(),), confirmation(order())))
        asyncio.run(store.record("desk paper", (execution(),), (note("traded"),)))
        asyncio.run(SqlAuditStore(database).append((note("last"),)))
    return home / "desk.db"


def verify(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[str], str]:
    code = main(["verify", *arguments])
    said = capsys.readouterr()
    return code, said.out.splitlines(), said.err


def change(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as raw, raw:
        for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
            statements = (f"DROP TRIGGER {name}", *statements)
        for statement in statements:
            raw.execute(statement)


def test_a_log_as_it_was_written_is_whole(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = path.read_bytes()
    code, lines, problem = verify(capsys)
    with closing(sqlite3.connect(path)) as raw:
        (last,) = raw.execute("SELECT hash FROM audit WHERE number = 5").fetchone()
    assert (code, problem) == (0, "")
    at = "2026-07-10T15:00:00.000000+00:00"
    assert lines == [
        f"5 entries are as they were written, from {at} to {at}",
        "whole; orders: 1, trades: 1",
        f"seal of the last entry: {last}",
    ]
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.glob("desk.db*")] == ["desk.db"]


def test_the_first_altered_entry_is_named(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(path, "UPDATE audit SET wire = 'x' WHERE number IN (3, 5)")
    code, lines, _ = verify(capsys)
    assert code == 1
    assert lines[0].startswith("2 entries are as they were written, from 2026-")
    assert lines[1].startswith("Entry 3 (note at 2026-07-10T15:00:00.000000+00:00) was altered")
    assert lines[1].endswith(" is expected.")
    assert len(lines) == 2


def test_an_altered_order_is_named(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(path, "UPDATE orders SET state = 'filled'")
    code, lines, _ = verify(capsys)
    assert code == 1
    assert lines[1] == (
        f"Order {order().ref} was altered: its state is 'filled', and 'confirmed' is expected."
    )


def test_a_new_profile_is_whole(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Database(home / "desk.db").close()
    assert verify(capsys) == (
        0,
        ["0 entries are as they were written", "whole; orders: 0, trades: 0"],
        "",
    )


def test_the_demonstration_is_another_profile(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, lines, problem = verify(capsys, "--demo")
    assert (code, lines) == (2, [])
    assert problem.startswith(f"There is no database at {path.parent / 'demo' / 'desk.db'}: start")


def test_an_older_profile_is_left_as_it_is(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = older(home / "desk.db", 5).read_bytes()
    code, _, problem = verify(capsys)
    assert code == 2
    assert "has no audit log: start this one once" in problem
    assert (home / "desk.db").read_bytes() == before


def test_a_damaged_file_is_no_traceback(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "desk.db").write_bytes(b"SQLite format 3\0" + b"x" * 5000)
    code, lines, problem = verify(capsys)
    assert (code, lines) == (2, [])
    assert problem.endswith("restore one of the backups beside it.\n")


def test_a_damaged_page_is_no_traceback(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
    code, lines, problem = verify(capsys)
    assert (code, lines) == (2, [])
    assert problem.count("\n") == 1


def test_it_can_be_asked_while_a_desk_is_writing(path: Path) -> None:
    """In a process of its own, in the middle of another's transaction."""
    with closing(sqlite3.connect(path, isolation_level=None)) as desk:
        desk.execute("BEGIN IMMEDIATE")
        desk.execute("INSERT INTO paper_events (event) VALUES ('half')")
        done = subprocess.run(
            [sys.executable, "-m", "vaultdesk", "verify"],
            env={**os.environ, "VAULTDESK_HOME": str(path.parent)},
            capture_output=True,
            text=True,
            check=False,
        )
        desk.execute("COMMIT")
    assert (done.returncode, done.stderr) == (0, "")
    assert "whole; orders: 1" in done.stdout
