"""A profile of every older program opens: its values are there, a copy of it lies beside it."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.feed import START, ManualClock
from tests.fakes.profiles import dumped, statements
from vaultdesk.adapters.paper.events import Deposited, read
from vaultdesk.core.alerts import DeliveryState, HistoryQuery
from vaultdesk.core.loan.cure import Zone
from vaultdesk.core.orders.life import OrderState
from vaultdesk.core.reports.kept import ReportKind
from vaultdesk.storage.alert_store import SqlAlertStore
from vaultdesk.storage.audit_check import check_file
from vaultdesk.storage.database import MIGRATIONS, Database
from vaultdesk.storage.loan_store import SqlLoanStore
from vaultdesk.storage.market_store import SqlMarketStore
from vaultdesk.storage.order_store import SqlOrderStore
from vaultdesk.storage.paper_store import SqlPaperStore
from vaultdesk.storage.report_store import SqlReportStore
from vaultdesk.storage.scene_store import SqlSceneStore
from vaultdesk.storage.snapshot_store import SqlSnapshotStore
from vaultdesk.storage.template_store import SqlTemplateStore

NEWEST = len(MIGRATIONS)
EVERY = range(1, NEWEST + 1)
OLDER = range(1, NEWEST)
HOUR = timedelta(hours=1)
Table = list[dict[str, Any]]


def since(version: int) -> range:
    """The schemas that had something already."""
    return range(version, NEWEST + 1)


def tables(path: Path) -> dict[str, Table]:
    """Every row of every table, by column."""
    with closing(sqlite3.connect(path)) as raw:
        raw.row_factory = sqlite3.Row
        names = [
            row["name"]
            for row in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        return {name: [dict(row) for row in raw.execute(f"SELECT * FROM {name}")] for name in names}  # noqa: S608


def test_there_is_a_profile_of_every_schema() -> None:
    found = sorted(path.name for path in (Path(__file__).parent / "profiles").iterdir())
    assert found == sorted(f"v{version}.sql" for version in EVERY)


@pytest.mark.parametrize("version", EVERY)
def test_its_tables_all_hold_something(tmp_path: Path, version: int) -> None:
    found = tables(dumped(tmp_path / "desk.db", version))
    empty = {name for name, rows in found.items() if not rows}
    assert empty == ({"loan_terms"} if version > 1 else set()), "superseded by version 2"
    assert found["schema_version"] == [{"version": version}]


@pytest.mark.parametrize("version", EVERY)
def test_every_value_is_there_after_it_was_opened(tmp_path: Path, version: int) -> None:
    path = dumped(tmp_path / "desk.db", version)
    before = tables(path)
    Database(path).close()
    after = tables(path)
    assert after.pop("schema_version") == [{"version": NEWEST}]
    del before["schema_version"]
    for name, rows in before.items():
        kept = [{column: row[column] for column in rows[0]} for row in after[name]] if rows else []
        assert kept == rows, name


@pytest.mark.parametrize("version", OLDER)
def test_a_copy_as_it_was_lies_beside_it(tmp_path: Path, version: int) -> None:
    path = dumped(tmp_path / "desk.db", version)
    before = statements(path)
    Database(path).close()
    (copy,) = tmp_path.glob("*.backup.db")
    assert copy.name.startswith(f"desk-v{version}-")
    assert statements(copy) == before


def test_the_newest_needs_no_copy(tmp_path: Path) -> None:
    path = dumped(tmp_path / "desk.db", NEWEST)
    before = statements(path)
    Database(path).close()
    assert statements(path) == before
    assert not list(tmp_path.glob("*.backup.db"))


@pytest.mark.parametrize("version", EVERY)
def test_its_audit_log_is_whole(tmp_path: Path, version: int) -> None:
    path = dumped(tmp_path / "desk.db", version)
    Database(path).close()
    found = check_file(path)
    assert found.fault == ""
    if version >= 6:
        assert (found.orders, found.trades) == (2, 1)
        assert found.entries > 8


@pytest.mark.parametrize("version", EVERY)
async def test_the_desk_reads_its_loan_and_history(tmp_path: Path, version: int) -> None:
    with Database(dumped(tmp_path / "desk.db", version)) as database:
        versions = await SqlLoanStore(database, ManualClock()).versions()
        rows = await SqlSnapshotStore(database).since(START)
        market = SqlMarketStore(database)
        quote, expiries = await market.last_quote("GLD"), await market.expirations("GLD")
    assert [terms.lots[0].quantity for terms in versions] == [Decimal(10_000), Decimal("12000.50")]
    assert [terms.who for terms in versions] == ["me", "command line"]
    assert versions[1].since == START + HOUR
    assert versions[1].tranches[0].principal == Decimal(2_100_000)
    assert versions[1].effective == (None if version == 1 else START + 24 * HOUR)
    assert [row.zone for row in rows] == [Zone.SAFE, Zone.WARNING]
    assert rows[0].ltv == Decimal("0.5997943562207243230892265509")
    assert rows[0].lending_value == (None if version == 1 else Decimal("2450840.00"))
    assert quote is not None
    assert quote.last == Decimal("350.12")
    assert expiries is not None
    assert len(expiries[1]) == 2


@pytest.mark.parametrize("version", EVERY)
def test_each_version_of_the_loan_says_who_wrote_it_and_when(tmp_path: Path, version: int) -> None:
    path = dumped(tmp_path / "desk.db", version)
    Database(path).close()
    assert [(row["who"], row["since"][:16]) for row in tables(path)["facilities"]] == [
        ("me", "2026-07-10T15:00"),
        ("command line", "2026-07-10T16:00"),
    ]


@pytest.mark.parametrize("version", since(3))
async def test_the_desk_reads_its_alerts(tmp_path: Path, version: int) -> None:
    with Database(dumped(tmp_path / "desk.db", version)) as database:
        store = SqlAlertStore(database)
        kept, history = await store.load(), await store.history(HistoryQuery())
        (waiting,) = await store.open_deliveries()
    assert kept.rules is not None
    assert "ltv-75" in {rule.id for rule in kept.rules}
    assert kept.latches["ltv-75"].crossings == 2
    assert kept.levels == (Decimal("0.75"), Decimal("0.85"))
    assert kept.watched_at == START + 2 * HOUR
    assert [record.alert.crossing for record in history] == [2, 1]
    assert history[0].alert.sentence == '=LTV 76.02 % "again"; repay.'
    assert history[1].acknowledged_by == "me"
    assert waiting[0].state is DeliveryState.PENDING
    assert waiting[0].channel == "mail"


@pytest.mark.parametrize("version", since(5))
async def test_the_desk_reads_its_templates(tmp_path: Path, version: int) -> None:
    with Database(dumped(tmp_path / "desk.db", version)) as database:
        (template,), problems = await SqlTemplateStore(database).load()
    assert (template.name, template.build.kind, template.build.days) == (
        *("Winter collar", "collar"),
        180,
    )
    assert problems == ()


@pytest.mark.parametrize("version", since(6))
async def test_the_desk_reads_its_orders(tmp_path: Path, version: int) -> None:
    with Database(dumped(tmp_path / "desk.db", version)) as database:
        store = SqlOrderStore(database)
        orders, (trade,) = await store.orders(), await store.executions("desk paper")
        (held,) = await store.manual()
        events = read(await SqlPaperStore(database).events())
    assert [order.state for order in orders] == [OrderState.CANCELLED, OrderState.PARTIAL]
    assert orders[1].filled == Decimal(20)
    assert orders[1].draft.limit == Decimal("-1.05")
    assert trade.commission == Decimal("40.95")
    assert trade.instrument.key == "GLD 2026-12-18 332.5 P"
    assert held.quantity == Decimal(20)
    assert events[0] == Deposited(START, Decimal(100_000))


@pytest.mark.parametrize("version", since(7))
async def test_the_desk_reads_its_reports_and_scenes(tmp_path: Path, version: int) -> None:
    with Database(dumped(tmp_path / "desk.db", version)) as database:
        store = SqlReportStore(database)
        (row,) = await store.rows()
        report = await store.get(row.id)
        (scene,), problems = await SqlSceneStore(database).load()
    assert row.kind is ReportKind.LOAN
    assert report is not None
    assert report.record == b'{"kind":"loan","at":"2026-07-10T15:00:00Z"}'
    assert scene.stress.gold == Decimal("-0.20")
    assert problems == ()
