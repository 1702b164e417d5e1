"""The loan valued at every price, and its history: hours, zones, gaps, export."""

import csv
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fakes.feed import START, ManualClock, quote
from tests.fakes.loans import terms
from vaultdesk.core.loan.valuation import Snapshot, Zone
from vaultdesk.core.market import Quality
from vaultdesk.events import Bus, LoanChanged, LoanValued, QuoteChanged, VolatilityChanged
from vaultdesk.ports import StorageError
from vaultdesk.services.history import COLUMNS, HistoryService
from vaultdesk.services.loan import LoanService
from vaultdesk.storage.database import Database
from vaultdesk.storage.loan_store import SqlLoanStore
from vaultdesk.storage.snapshot_store import SqlSnapshotStore


class Desk:
    """A loan and its history on one bus and one database in memory."""

    def __init__(self, database: Database) -> None:
        self.clock = ManualClock()
        self.bus = Bus()
        self.told: list[object] = []
        for kind in (LoanChanged, LoanValued):
            self.bus.subscribe(kind, self.told.append)
        self.loan = LoanService(self.bus)
        self.history = HistoryService(self.bus, self.clock)
        self.history.use(SqlSnapshotStore(database))
        self.store = SqlLoanStore(database, self.clock)

    async def price(self, price: str, quality: Quality = Quality.LIVE) -> None:
        self.bus.tell(QuoteChanged(quote(price, self.clock.now(), quality)))
        await self.history.settled()

    async def hour_later(self) -> None:
        self.clock.advance(3600)


async def test_the_loan_is_valued_at_every_price() -> None:
    with Database(None) as database:
        desk = Desk(database)
        await desk.loan.use(desk.store)
        assert desk.loan.problem == "No loan is set up."
        await desk.loan.save(terms())
        await desk.price("350.00")
        assert desk.loan.state is not None
        assert desk.loan.state.ltv == Decimal("0.6")
        await desk.price("280.00")
        assert desk.loan.state.zone is Zone.CALL


async def test_a_loan_nobody_can_value_keeps_no_old_numbers() -> None:
    with Database(None) as database:
        desk = Desk(database)
        await desk.loan.use(desk.store)
        await desk.loan.save(terms(currency="CHF"))
        await desk.price("350.00")
        assert desk.loan.state is None
        assert "CHF" in desk.loan.problem
        assert desk.told[-1] == LoanValued(None, desk.loan.problem)


async def test_every_change_is_a_version_and_undo_adds_one_too() -> None:
    with Database(None) as database:
        desk = Desk(database)
        await desk.loan.use(desk.store)
        await desk.loan.save(terms())
        await desk.loan.save(terms(units=Decimal(12_000)))
        await desk.loan.save(terms(units=Decimal(12_000)))  # says nothing new
        assert await desk.loan.undo()
        assert [v.units for v in await desk.loan.versions()] == [10_000, 12_000, 10_000]
        assert desk.loan.terms is not None
        assert desk.loan.terms.units == 10_000
        assert desk.loan.terms.who == "undo"


async def test_there_is_nothing_to_undo_in_a_first_version() -> None:
    with Database(None) as database:
        desk = Desk(database)
        await desk.loan.use(desk.store)
        await desk.loan.save(terms())
        assert not await desk.loan.undo()
        assert len(await desk.loan.versions()) == 1


async def test_before_the_database_is_open_nothing_is_kept_silently() -> None:
    loan = LoanService(Bus())
    with pytest.raises(StorageError, match="being opened"):
        await loan.save(terms())


async def test_a_volatility_gives_the_distance_in_daily_sigmas() -> None:
    with Database(None) as database:
        desk = Desk(database)
        await desk.loan.use(desk.store)
        await desk.loan.save(terms())
        await desk.price("350.00")
        desk.bus.tell(VolatilityChanged("GLD", 0.22, "own at-the-money volatility", Quality.LIVE))
        assert desk.loan.state is not None
        assert desk.loan.state.distance_sigma == pytest.approx(14.43, abs=0.01)
        desk.bus.tell(VolatilityChanged("GLD", None, "own at-the-money volatility", Quality.LIVE))
        assert desk.loan.state.distance_sigma is None


async def test_one_snapshot_an_hour_and_one_at_each_change_of_zone() -> None:
    with Database(None) as database:
        desk = Desk(database)
        await desk.loan.use(desk.store)
        await desk.loan.save(terms())
        for price in ("350.00", "351.00", "290.00", "291.00"):  # safe, safe, warning, warning
            await desk.price(price)
        await desk.hour_later()
        await desk.price("292.00")
        rows = await desk.history.points(None)
        assert [(r.reason, r.zone) for r in rows] == [
            ("hour", Zone.SAFE),
            ("zone", Zone.WARNING),
            ("hour", Zone.WARNING),
        ]
        assert rows[2].at == START + timedelta(hours=1)


async def test_a_second_run_in_the_same_hour_adds_nothing() -> None:
    with Database(None) as database:
        for _ in range(2):
            desk = Desk(database)
            await desk.loan.use(desk.store)
            await desk.loan.save(terms())
            await desk.price("350.00")
            await desk.history.close()
        assert len(await desk.history.points(None)) == 1


async def test_stale_prices_leave_a_gap() -> None:
    with Database(None) as database:
        desk = Desk(database)
        await desk.loan.use(desk.store)
        await desk.loan.save(terms())
        await desk.price("350.00")
        await desk.hour_later()
        await desk.price("350.00", Quality.STALE)
        assert len(await desk.history.points(None)) == 1


async def test_history_keeps_the_terms_of_its_day() -> None:
    with Database(None) as database:
        desk = Desk(database)
        await desk.loan.use(desk.store)
        await desk.loan.save(terms())
        await desk.price("350.00")
        await desk.loan.save(terms(call_ltv=Decimal("0.70")))
        await desk.hour_later()
        await desk.price("350.00")
        calls = [row.call_ltv for row in await desk.history.points(None)]
        assert calls == [Decimal("0.75"), Decimal("0.70")]


async def test_the_range_is_counted_back_from_now() -> None:
    with Database(None) as database:
        desk = Desk(database)
        await desk.loan.use(desk.store)
        await desk.loan.save(terms())
        for _ in range(3):
            await desk.price("350.00")
            desk.clock.advance(5 * 86_400)
        assert len(await desk.history.points(7)) == 1
        assert len(await desk.history.points(None)) == 3


decimals = st.decimals("0.0001", "1e9", places=4)


@given(st.lists(st.tuples(st.integers(0, 200), decimals), max_size=12, unique_by=lambda p: p[0]))
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=25
)
async def test_an_export_reads_back_to_the_digit(
    tmp_path: Path, points: list[tuple[int, Decimal]]
) -> None:
    rows = tuple(
        Snapshot(
            at=START + timedelta(hours=hour),
            reason="hour",
            symbol="GLD",
            price=price,
            value=price * 10,
            amount=Decimal("1000.10"),
            ltv=Decimal("0.6123456789"),
            zone=Zone.SAFE,
            call_ltv=Decimal("0.75"),
            closeout_ltv=Decimal("0.85"),
            currency="USD",
            source="test, with a comma",
            quality=Quality.LIVE,
            price_at=START,
        )
        for hour, price in sorted(points)
    )
    with Database(None) as database:
        desk = Desk(database)
        await desk.history.fill(rows)
        file = tmp_path / "history.csv"
        assert await desk.history.export(file, None) == len(rows)
    with file.open(newline="", encoding="utf-8") as text:
        read = list(csv.DictReader(text))
    data = [row for row in read if row["reason"] != "gap"]
    assert [Decimal(row["price"]) for row in data] == [row.price for row in rows]
    assert [datetime.fromisoformat(row["at"]) for row in data] == [row.at for row in rows]
    assert all(datetime.fromisoformat(row["at"]).tzinfo == UTC for row in read)
    steps = [b - a for (a, _), (b, _) in zip(sorted(points), sorted(points)[1:], strict=False)]
    assert len(read) - len(data) == sum(step > 1 for step in steps)
    if read:
        assert tuple(read[0]) == COLUMNS


async def test_an_export_into_nowhere_says_so(tmp_path: Path) -> None:
    with Database(None) as database:
        desk = Desk(database)
        with pytest.raises(StorageError, match="choose another place"):
            await desk.history.export(tmp_path / "no" / "such" / "folder.csv", None)
