"""A glance into the database from beside a desk: what stands there, and nothing is touched."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from tests.fakes.feed import ManualClock
from tests.fakes.profiles import older
from vaultdesk.core.alerts import Batch
from vaultdesk.core.loan.terms import single_pledge
from vaultdesk.core.market import Quality, Quote
from vaultdesk.ports import StorageError
from vaultdesk.storage.alert_store import SqlAlertStore
from vaultdesk.storage.database import MIGRATIONS, Database
from vaultdesk.storage.glance import Glance, glance
from vaultdesk.storage.loan_store import SqlLoanStore
from vaultdesk.storage.market_store import SqlMarketStore

AT = datetime(2026, 11, 20, 15, 32, 7, 125_000, tzinfo=UTC)
QUOTE = Quote(
    "GLD", Decimal("349.98"), None, Decimal("350.00"), AT, AT, "yahoo", Quality.DELAYED, volume=7
)
TERMS = single_pledge(
    "GLD", Decimal(100), Decimal(21_000), "USD", Decimal("0.75"), Decimal("0.85"), AT
)


async def write(database: Database) -> None:
    await SqlMarketStore(database).keep_quote(QUOTE)
    await SqlMarketStore(database).keep_quote(replace(QUOTE, symbol="GC=F", bid=None))
    await SqlLoanStore(database, ManualClock()).save(TERMS)
    await SqlAlertStore(database).commit(Batch(watched_at=AT))


def contents(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.iterdir()}


async def test_what_a_desk_wrote_is_seen_while_it_is_open(tmp_path: Path) -> None:
    with Database(tmp_path / "desk.db") as database:
        await write(database)
        seen = glance(tmp_path / "desk.db")
    assert seen == Glance((TERMS,), {"GLD": QUOTE, "GC=F": seen.quotes["GC=F"]}, AT)
    assert seen.quotes["GC=F"].bid is None


async def test_nothing_is_changed_by_it_not_even_beside_the_file(tmp_path: Path) -> None:
    with Database(tmp_path / "desk.db") as database:
        await write(database)
    before = contents(tmp_path)
    assert glance(tmp_path / "desk.db").watched_at == AT
    assert contents(tmp_path) == before


def test_without_a_file_there_is_nothing(tmp_path: Path) -> None:
    assert glance(tmp_path / "desk.db") == Glance()


@pytest.mark.parametrize("version", range(1, len(MIGRATIONS)))
def test_an_older_desk_s_file_tells_nothing_and_stays_older(tmp_path: Path, version: int) -> None:
    path = older(tmp_path / "desk.db", version)
    before = path.read_bytes()
    assert glance(path) == Glance()
    assert path.read_bytes() == before


def test_an_empty_desk_has_neither_loan_nor_price(tmp_path: Path) -> None:
    Database(tmp_path / "desk.db").close()
    assert glance(tmp_path / "desk.db") == Glance()


def test_what_is_no_database_is_refused_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "desk.db").write_bytes(b"no database at all" * 100)
    with pytest.raises(StorageError, match="restore one of the backups"):
        glance(tmp_path / "desk.db")


async def test_a_row_that_cannot_be_read_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with Database(tmp_path / "desk.db") as database:
        await write(database)
    with closing(sqlite3.connect(tmp_path / "desk.db")) as raw, raw:
        raw.execute("UPDATE quotes SET quality = 'ODD'")
    with pytest.raises(StorageError, match="cannot be read"):
        glance(tmp_path / "desk.db")
