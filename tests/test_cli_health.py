"""`vaultdesk health`: beside a desk and without one, for a human and for a machine."""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from tests.fakes.feed import ManualClock
from tests.storage.test_glance import QUOTE, TERMS
from vaultdesk.adapters.web.shapes.health import Health
from vaultdesk.cli import main
from vaultdesk.core.alerts import Batch
from vaultdesk.core.market import Quality
from vaultdesk.storage.alert_store import SqlAlertStore
from vaultdesk.storage.database import MIGRATIONS, Database
from vaultdesk.storage.loan_store import SqlLoanStore
from vaultdesk.storage.market_store import SqlMarketStore

if TYPE_CHECKING:
    from vaultdesk.core.market import Quote

ROOT = Path(__file__).resolve().parents[1]
SESSION = ("--secrets-in", "session")


def now() -> datetime:
    return datetime.now(UTC)


def simulated(age: timedelta = timedelta(seconds=3)) -> Quote:
    """SIMULATED is never stale by the hour: the test does not depend on New York's."""
    return replace(QUOTE, at=now() - age, received=now() - age, quality=Quality.SIMULATED)


def write(home: Path, quote: Quote | None, watched: datetime | None) -> None:
    async def work() -> None:
        with Database(home / "desk.db") as database:
            await SqlLoanStore(database, ManualClock()).save(TERMS)
            if quote is not None:
                await SqlMarketStore(database).keep_quote(quote)
            await SqlAlertStore(database).commit(Batch(watched_at=watched))

    asyncio.run(work())


def as_json(capsys: pytest.CaptureFixture[str], *more: str) -> tuple[int, dict[str, Any]]:
    code = main(["health", "--json", *SESSION, *more])
    text = capsys.readouterr().out
    msgspec.json.decode(text, type=Health)  # the very shape of /health
    answer: dict[str, Any] = json.loads(text)
    return code, answer


def test_a_desk_that_watches_is_ok(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(home, simulated(), now() - timedelta(seconds=15))
    code, answer = as_json(capsys)
    assert (code, answer["status"], answer["problems"]) == (0, "ok", [])
    assert answer["feed"]["name"] == "yahoo"
    assert 3 <= answer["feed"]["age_s"] < 60
    assert 15 <= answer["alerts"]["age_s"] < 60
    assert answer["database"]["schema"] == len(MIGRATIONS)
    assert answer["disk"]["free_bytes"] > 0


def test_a_desk_that_ended_is_stale(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(home, simulated(), now() - timedelta(minutes=5))
    code, answer = as_json(capsys)
    assert (code, answer["status"]) == (1, "stale")
    assert "Alerts were last evaluated" in answer["problems"][0]


def test_an_old_price_of_a_real_market_is_stale(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    long_ago = now() - timedelta(days=10)
    old = replace(QUOTE, at=long_ago, received=long_ago, quality=Quality.LIVE)
    write(home, old, now())
    code, answer = as_json(capsys)
    assert (code, answer["status"], answer["feed"]["quality"]) == (1, "stale", "STALE")


def test_without_a_profile_it_says_what_is_missing(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, answer = as_json(capsys)
    assert (code, answer["status"]) == (1, "stale")
    assert answer["database"]["schema"] is None
    assert list(home.iterdir()) == []


def test_a_damaged_database_is_failing(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "desk.db").write_bytes(b"damaged " * 500)
    code, answer = as_json(capsys)
    assert (code, answer["status"]) == (1, "failing")
    assert "desk.db" in answer["problems"][0]


def test_a_newer_database_is_failing_and_left_alone(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(home, simulated(), now())
    with closing(sqlite3.connect(home / "desk.db")) as raw, raw:
        raw.execute("UPDATE schema_version SET version = 99")
    code, answer = as_json(capsys)
    assert (code, answer["status"], answer["database"]["schema"]) == (1, "failing", 99)


def test_it_looks_beside_a_desk_that_is_open_and_changes_nothing(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(home, simulated(), now())
    with Database(home / "desk.db") as desk:

        async def more() -> None:
            await SqlAlertStore(desk).commit(Batch(watched_at=now()))

        asyncio.run(more())
        before = (home / "desk.db").read_bytes()
        code, answer = as_json(capsys)
        assert (home / "desk.db").read_bytes() == before
    assert (code, answer["status"]) == (0, "ok")


def test_the_demonstration_is_another_profile(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(home, simulated(), now())
    code, answer = as_json(capsys, "--demo")
    assert (code, answer["environment"]["mark"]) == (1, "SIMULATED")
    assert answer["database"]["schema"] is None


@pytest.mark.parametrize(("written_s", "code"), [(0, 0), (600, 1)])
def test_a_simulated_market_goes_by_its_own_clock(
    home: Path, capsys: pytest.CaptureFixture[str], written_s: float, code: int
) -> None:
    """It began long ago; how long nobody wrote tells how long the desk is gone."""
    (home / "demo").mkdir()
    long_ago = timedelta(days=400)
    write(home / "demo", simulated(long_ago), now() - long_ago)
    then = (now() - timedelta(seconds=written_s)).timestamp()
    os.utime(home / "demo" / "desk.db", (then, then))
    assert as_json(capsys, "--demo")[0] == code


def test_a_replay_keeps_nothing_that_could_be_told(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(home, simulated(), now())
    _, answer = as_json(capsys, "--feed", "recorded:somewhere")
    assert answer["feed"] | {"fresh_for_s": 0} == {
        "name": "recorded", "state": "not asked", "sentence": "", "at": None, "age_s": None,
        "quality": None, "fresh_for_s": 0,
    }  # fmt: skip
    assert answer["alerts"]["age_s"] is None


def test_a_human_reads_a_line_for_each_part(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(home, simulated(), now())
    assert main(["health", *SESSION]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].startswith("✓ OK      desk")
    assert [line.split()[2] for line in lines[2:]] == [
        *("feed", "alerts", "database", "disk", "broker", "keyring")
    ]


@pytest.mark.parametrize("arguments", [["--jsn"], ["--poll-interval-s", "0"], ["extra"]])
def test_a_wrong_command_is_exit_code_2(
    home: Path, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    del home
    try:
        code: object = main(["health", *arguments])
    except SystemExit as ended:
        code = ended.code
    said = capsys.readouterr()
    assert code == 2
    assert said.out == ""
    assert len(said.err.splitlines()) == 1


def test_it_needs_no_window_and_no_heavy_library(home: Path) -> None:
    code = (
        "import sys; from vaultdesk.cli import main\n"
        "main(['health', '--json', '--secrets-in', 'session'])\n"
        "heavy = ('PySide6', 'pandas', 'yfinance', 'scipy', 'aiohttp', 'keyring')\n"
        "assert not [m for m in sys.modules if m.startswith(heavy)], sorted(sys.modules)\n"
    )
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", code],
        env={"VAULTDESK_HOME": str(home), "PATH": ""},
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-500:]
