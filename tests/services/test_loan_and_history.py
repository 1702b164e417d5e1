"""The loan valued at every price, and its history: hours, zones, gaps, export."""

import csv
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fakes.feed import START, ManualClock, quote
from tests.fakes.loans import terms
from vaultdesk.core.alerts import Alert, Event, Metric, Severity
from vaultdesk.core.loan.cure import Zone
from vaultdesk.core.loan.snapshots import Reason, Snapshot
from vaultdesk.core.market import Quality
from vaultdesk.events import (
    AlertRaised,
    Bus,
    LoanChanged,
    LoanValued,
    QuoteChanged,
    VolatilityChanged,
)
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
        self.loan = LoanService(self.bus, self.clock, self.clock)
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
        assert [v.lots[0].quantity for v in await desk.loan.versions()] == [10_000, 12_000, 10_000]
        assert desk.loan.terms is not None
        assert desk.loan.terms.lots[0].quantity == 10_000
        assert desk.loan.terms.who == "undo"


async def test_there_is_nothing_to_undo_in_a_first_version() -> None:
    with Database(None) as database:
        desk = Desk(database)
        await desk.loan.use(desk.store)
        await desk.loan.save(terms())
        assert not await desk.loan.undo()
        assert len(await desk.loan.versions()) == 1


async def test_before_the_database_is_open_nothing_is_kept_silently() -> None:
    loan = LoanService(Bus(), ManualClock(), ManualClock())
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


def alert(desk: Desk, **changes: object) -> Alert:
    """A crossing of 75 % at the desk's time."""
    made = Alert(
        id="ltv-75:1",
        rule="ltv-75",
        event=Event.CROSSED,
        severity=Severity.CRITICAL,
        at=desk.clock.now(),
        metric=Metric.LTV,
        subject="",
        value=Decimal("0.75"),
        threshold=Decimal("0.75"),
        sentence="The LTV is 75.0 %.",
    )
    return replace(made, **changes)  # type: ignore[arg-type]


@asynccontextmanager
async def running() -> AsyncIterator[Desk]:
    with Database(None) as database:
        desk = Desk(database)
        await desk.loan.use(desk.store)
        await desk.loan.save(terms())
        yield desk


async def told(desk: Desk, *alerts: Alert) -> list[Snapshot]:
    """The rows of reason "alert" after these were raised."""
    for each in alerts:
        desk.bus.tell(AlertRaised(each))
    await desk.history.settled()
    return [row for row in await desk.history.points(None) if row.reason == "alert"]


async def test_an_alert_that_crossed_is_a_row_with_the_value_that_crossed() -> None:
    async with running() as desk:
        await desk.price("300.00")
        desk.clock.advance(60)
        await desk.price("290.00")
        raised = alert(desk)
        desk.clock.advance(1)
        await desk.price("310.00")  # it is told once it is on disk: the price moved on
        (row,) = await told(desk, raised)
        assert (row.at, row.price) == (raised.at, Decimal("290.00"))


async def test_alerts_of_one_moment_are_one_row() -> None:
    async with running() as desk:
        await desk.price("290.00")
        raised = alert(desk), alert(desk, rule="ltv-70", id="ltv-70:1"), alert(desk)
        assert len(await told(desk, *raised)) == 1


@pytest.mark.parametrize(
    "changes",
    [{"event": Event.ESCALATED}, {"event": Event.CLEARED}, {"metric": Metric.DATA}],
    ids=["escalated", "cleared", "no price came"],
)
async def test_an_alert_that_is_no_crossing_of_a_value_is_no_row(
    changes: dict[str, object],
) -> None:
    async with running() as desk:
        await desk.price("290.00")
        assert await told(desk, alert(desk, **changes)) == []


async def test_an_alert_while_there_is_no_honest_price_is_no_row() -> None:
    async with running() as desk:
        await desk.price("290.00")
        desk.clock.advance(60)
        await desk.price("290.00", Quality.STALE)
        assert await told(desk, alert(desk)) == []


async def test_an_alert_from_before_the_first_price_is_no_row() -> None:
    async with running() as desk:
        early = alert(desk)
        desk.clock.advance(60)
        await desk.price("290.00")
        assert await told(desk, early) == []


async def test_a_price_that_jumped_is_no_row_until_it_is_confirmed() -> None:
    async with running() as desk:
        await desk.price("350.00")
        await desk.hour_later()
        jumped = replace(quote("240.00", desk.clock.now()), confirmed=False)
        desk.bus.tell(QuoteChanged(jumped))
        assert await told(desk, alert(desk)) == []
        assert len(await desk.history.points(None)) == 1
        desk.bus.tell(QuoteChanged(replace(jumped, confirmed=True)))
        await desk.history.settled()
        rows = await desk.history.points(None)
        assert [(row.reason, row.zone) for row in rows[1:]] == [
            ("hour", Zone.CLOSEOUT),
            ("zone", Zone.CLOSEOUT),
        ]


async def test_the_series_is_the_range_and_gives_its_rows_to_the_digit() -> None:
    async with running() as desk:
        for price in ("350.00", "351.00", "352.00"):
            await desk.price(price)
            desk.clock.advance(5 * 86_400)
        week, everything = await desk.history.series(7), await desk.history.series(None)
        assert week is not None
        assert everything is not None
        assert (len(week.times), len(everything.times)) == (1, 3)
        assert await desk.history.snapshot(int(week.ids[0])) == week.last == everything.last


async def test_before_the_database_is_open_there_is_no_series() -> None:
    history = HistoryService(Bus(), ManualClock())
    assert await history.series(None) is None
    assert await history.snapshot(1) is None


decimals = st.decimals("0.0001", "1e9", places=4)
reasons: st.SearchStrategy[Reason] = st.sampled_from(["hour", "zone", "alert"])


@st.composite
def histories(draw: st.DrawFn) -> tuple[Snapshot, ...]:
    """Rows of some hours, with gaps, some of a time before lending values were kept."""
    hours = draw(st.lists(st.integers(0, 200), max_size=12, unique=True).map(sorted))
    return tuple(
        Snapshot(
            at=START + timedelta(hours=hour),
            reason=draw(reasons),
            symbol="GLD",
            price=draw(decimals),
            value=draw(decimals),
            amount=Decimal("1000.10"),
            ltv=draw(st.decimals("0", "2", places=28)),
            zone=draw(st.sampled_from(Zone)),
            call_ltv=Decimal("0.750"),
            closeout_ltv=Decimal("0.85"),
            currency="USD",
            source=draw(st.text("ab,;\"'\n\r é€", max_size=8)),
            quality=draw(st.sampled_from(Quality)),
            price_at=START + timedelta(hours=hour, microseconds=-1),
            lending_value=draw(st.none() | decimals),
        )
        for hour in hours
    )


def read_back(row: dict[str, str]) -> Snapshot:
    """A line of the file as the snapshot it was."""
    moments = {name: datetime.fromisoformat(row[name]) for name in ("at", "price_at")}
    names = ("price", "value", "amount", "ltv", "call_ltv", "closeout_ltv")
    numbers = {name: Decimal(row[name]) for name in names}
    lending_value = Decimal(row["lending_value"]) if row["lending_value"] else None
    words = {"zone": Zone(row["zone"]), "quality": Quality(row["quality"])}
    return Snapshot(**{**row, **moments, **numbers, **words, "lending_value": lending_value})  # type: ignore[arg-type]


@given(histories())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
async def test_an_export_reads_back_to_the_digit(
    tmp_path: Path, rows: tuple[Snapshot, ...]
) -> None:
    with Database(None) as database:
        desk = Desk(database)
        await desk.history.fill(rows)
        file = tmp_path / "history.csv"
        assert await desk.history.export(file, None) == len(rows)
    with file.open(newline="", encoding="utf-8") as text:
        reader = csv.DictReader(text)
        lines = list(reader)
    assert tuple(reader.fieldnames or ()) == COLUMNS
    data = [line for line in lines if line["reason"] != "gap"]
    assert tuple(read_back(line) for line in data) == rows
    assert [Decimal(line["ltv"]).as_tuple() for line in data] == [r.ltv.as_tuple() for r in rows]
    assert all(datetime.fromisoformat(line["at"]).tzinfo == UTC for line in lines)
    missing = [b.at - a.at > timedelta(hours=1) for a, b in pairwise(rows)]
    assert len(lines) - len(data) == sum(missing)


async def test_an_export_into_nowhere_says_so(tmp_path: Path) -> None:
    with Database(None) as database:
        desk = Desk(database)
        with pytest.raises(StorageError, match="choose another place"):
            await desk.history.export(tmp_path / "no" / "such" / "folder.csv", None)
