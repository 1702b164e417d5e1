"""The report service: what is made is kept with its SHA-256, and comes out again the same."""

from __future__ import annotations

import asyncio
import hashlib
import json
import subprocess
import sys
import threading
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from tests.fakes.feed import ManualClock
from tests.fakes.reports import EXPIRY, NOW, TERMS, alert, gold, order, put, snapshot, trade
from vaultdesk.core.alerts import Batch
from vaultdesk.core.audit import Fact, FactKind
from vaultdesk.core.orders.facts import order_fact
from vaultdesk.core.reports.kept import KeptReport, ReportKind
from vaultdesk.core.reports.records import DecisionRecord, DiaryRecord, LoanRecord
from vaultdesk.events import AuditChanged, Bus, QuoteChanged, ReportMade
from vaultdesk.ports import DeliveryError, InputError, StorageError
from vaultdesk.services.loan import LoanService
from vaultdesk.services.report_records import PAGE, Records
from vaultdesk.services.reports import Draw, ReportService
from vaultdesk.storage.alert_store import SqlAlertStore
from vaultdesk.storage.audit_store import SqlAuditStore
from vaultdesk.storage.database import Database
from vaultdesk.storage.loan_store import SqlLoanStore
from vaultdesk.storage.order_store import SqlOrderStore
from vaultdesk.storage.report_store import SqlReportStore
from vaultdesk.storage.snapshot_store import SqlSnapshotStore

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from vaultdesk.services.off_loop import Stop

ROOT = Path(__file__).resolve().parents[2]
DAY = NOW.date()
LEG = {"expiry": str(EXPIRY), "strike": "300", "right": "P", "contracts": 100}
HEDGE = json.dumps(
    {
        "kind": "compare",
        "inputs": {"at": "2026-07-10T14:59:00+00:00", "chains": [{"symbol": "GLD"}]},
        "answer": {"strategies": [{"title": "Protective put", "legs": [LEG]}]},
    }
).encode()


class Shelf:
    """Stores on one database in memory."""

    def __init__(self, database: Database, clock: ManualClock) -> None:
        self.loan = SqlLoanStore(database, clock)
        self.snapshots = SqlSnapshotStore(database)
        self.alerts = SqlAlertStore(database)
        self.orders = SqlOrderStore(database, clock.now)
        self.audit = SqlAuditStore(database)
        self.reports = SqlReportStore(database)


@dataclass
class Desk:
    """A service on a shelf; what it draws is the record itself behind some words."""

    shelf: Shelf
    clock: ManualClock
    bus: Bus
    program: str = "9.9"
    prefix: bytes = b"%PDF "
    folder: str = ""
    refusal: str = ""
    draws: Draw | None = None
    mailed: list[tuple[str, str, str, bytes]] = field(default_factory=list)
    told: list[object] = field(default_factory=list)

    async def open(self, *, priced: bool = True) -> ReportService:
        loan = LoanService(self.bus, self.clock, self.clock)
        await loan.use(self.shelf.loan)
        if priced:
            self.bus.tell(QuoteChanged(gold("290")))
        for kind in (ReportMade, AuditChanged):
            self.bus.subscribe(kind, self.told.append)
        records = Records(loan, self.clock, program=self.program, zone=lambda: "Europe/Zurich")
        service = ReportService(
            self.bus, self.clock, records,
            program=self.program, draw=self.draw, post=self.post, folder=lambda: self.folder,
        )  # fmt: skip
        service.use(self.shelf)
        return service

    def draw(self, kind: ReportKind, record: bytes, stop: Stop) -> bytes:
        return self.prefix + record if self.draws is None else self.draws(kind, record, stop)

    async def post(self, subject: str, text: str, name: str, data: bytes) -> str:
        if self.refusal:
            raise DeliveryError(self.refusal)
        self.mailed.append((subject, text, name, data))
        return "250 queued"

    async def facts(self) -> list[Fact]:
        return [e.fact for e in await self.shelf.audit.entries() if e.fact.kind is FactKind.REPORT]


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    with Database(None) as database:
        clock = ManualClock(NOW)
        made = Desk(Shelf(database, clock), clock, Bus())
        await made.shelf.loan.save(TERMS)
        yield made


def names_in(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


async def ordered(desk: Desk, **changed: Any) -> None:  # noqa: ANN401
    one = order(**changed)
    await desk.shelf.orders.confirm((one,), (order_fact(one, one.confirmed_at, "user"),))


async def test_a_report_is_kept_with_both_sha_in_the_log_and_told(desk: Desk) -> None:
    service = await desk.open()
    said: list[str] = []
    kept = await service.make(ReportKind.LOAN, tell=said.append)
    assert await desk.shelf.reports.get(kept.row.id) == kept
    assert kept.row.id == kept.record_sha256[:16] == sha(kept.record)[:16]
    assert kept.row.pdf_sha256 == sha(b"%PDF " + kept.record)
    assert kept.row.title == "Loan status, 2026-07-10 15:00:00 UTC"
    (fact,) = await desk.facts()
    assert fact.subject == kept.row.id
    assert kept.record_sha256 in fact.text
    assert kept.row.pdf_sha256 in fact.text
    assert desk.told == [ReportMade(kept.row), AuditChanged()]
    assert len(said) == 3
    assert await service.rows() == (kept.row,)


async def test_a_loan_is_recorded_with_its_path_holdings_and_open_alerts(desk: Desk) -> None:
    old = NOW - timedelta(days=91)
    for at, price in ((old, "200"), (NOW - timedelta(days=3), "340")):
        await desk.shelf.snapshots.add(snapshot(at, price))
    await desk.shelf.alerts.commit(Batch(alerts=(alert(),)))
    await ordered(desk)
    await desk.shelf.orders.record("desk paper", (trade(100, "8.35"),), ())
    kept = await (await desk.open()).make(ReportKind.LOAN)
    record = msgspec.json.decode(kept.record, type=LoanRecord)
    assert [one.at for one in record.path] == [NOW - timedelta(days=3)]
    assert [(one.instrument, one.quantity) for one in record.held] == [(put(), Decimal(100))]
    assert record.alerts == (alert(),)
    assert (record.zone, record.terms, record.quotes) == ("Europe/Zurich", TERMS, (gold("290"),))


async def test_without_a_price_there_is_nothing_to_report(desk: Desk) -> None:
    service = await desk.open(priced=False)
    with pytest.raises(InputError, match="nothing to report: No price of GLD"):
        await service.make(ReportKind.LOAN)
    assert await service.rows() == ()


async def test_a_diary_holds_its_days_and_no_others(desk: Desk) -> None:
    for days in (-2, -1, 0, 1):
        at = NOW + timedelta(days=days)
        await desk.shelf.snapshots.add(snapshot(at, "340"))
        one = alert(3 + days, at)
        await desk.shelf.alerts.commit(Batch(alerts=(one,)))
        await ordered(desk, ref=f"VD-{days}", ticket=f"{days}" * 9, at=at)
    await desk.shelf.loan.save(replace(TERMS, since=NOW, call_ltv=Decimal("0.7")))
    kept = await (await desk.open()).make(ReportKind.DIARY, DAY - timedelta(days=1), DAY)
    record = msgspec.json.decode(kept.record, type=DiaryRecord)
    assert [one.at.day for one in record.path] == [9, 10]
    assert [fact.subject for fact in record.facts] == ["VD--1", "VD-0"]
    assert [one.ref for one in record.orders] == ["VD--1", "VD-0"]
    assert [one.alert.at.day for one in record.alerts] == [8, 9, 10]  # told of later, maybe
    assert [one.call_ltv for one in record.versions] == [Decimal("0.75"), Decimal("0.7")]
    assert kept.row.title == "Decision diary, 2026-07-09 to 2026-07-10"


async def test_a_diary_reads_a_log_longer_than_a_page(desk: Desk) -> None:
    facts = tuple(
        Fact(kind, NOW + timedelta(seconds=n), "DP1", "user", f"paper: {n}", "wire")
        for n in range(2 * PAGE + 3)
        for kind in (FactKind.MODE, FactKind.BROKER)
    )
    await desk.shelf.audit.append(facts)
    kept = await (await desk.open()).make(ReportKind.DIARY, DAY, DAY)
    record = msgspec.json.decode(kept.record, type=DiaryRecord)
    assert [fact.text for fact in record.facts] == [f"paper: {n}" for n in range(2 * PAGE + 3)]
    assert {fact.wire for fact in record.facts} == {""}


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        (DAY, DAY - timedelta(days=1), "turn them round"),
        (None, DAY, "its first and its last day"),
        (DAY, date.max, "calendar ends"),
    ],
)
async def test_days_that_make_no_diary_are_refused(
    desk: Desk, start: date | None, end: date, said: str
) -> None:
    service = await desk.open()
    with pytest.raises(InputError, match=said) as refused:
        await service.make(ReportKind.DIARY, start, end)
    assert refused.value.field == "from"
    assert await desk.facts() == []


async def test_a_decision_without_orders_is_its_own_record(desk: Desk) -> None:
    service = await desk.open()
    kept = await service.make_decision(HEDGE)
    assert kept.record == HEDGE
    assert kept.row.title == "Hedging decision: comparison, 2026-07-10 14:59:00 UTC"
    assert await service.make_decision(HEDGE) == kept
    assert len(await desk.facts()) == 2
    assert len(await service.rows()) == 1


async def test_the_newest_decision_comes_with_what_was_ordered_of_it_since(desk: Desk) -> None:
    service = await desk.open()
    await service.make_decision(HEDGE)
    early = NOW - timedelta(minutes=2)
    await ordered(desk, ref="VD-early", ticket="e" * 9, at=early)
    await ordered(desk)
    await desk.shelf.orders.record(
        "desk paper", (trade(60, "8.35"), trade(40, "8.4", number=2)), ()
    )
    kept = await service.make(ReportKind.DECISION)
    record = msgspec.json.decode(kept.record, type=DecisionRecord)
    assert record.hedge == json.loads(HEDGE)
    (trail,) = record.trails
    assert trail.order.ref == "VD-test-1"
    assert [one.quantity for one in trail.trades] == [60, 40]
    assert await service.make(ReportKind.DECISION) == kept  # of the hedge in it, not of itself


async def test_without_a_decision_it_says_how_to_get_one(desk: Desk) -> None:
    with pytest.raises(InputError, match="save a comparison or a found hedge"):
        await (await desk.open()).make(ReportKind.DECISION)


@pytest.mark.parametrize("record", [b"", b"[]", b"{}", b'{"inputs":{}}', b'{"inputs":3}'])
async def test_what_is_no_decision_is_refused(desk: Desk, record: bytes) -> None:
    with pytest.raises(InputError, match="no record of a hedge"):
        await (await desk.open()).make_decision(record)


async def test_it_is_drawn_again_from_what_was_kept(desk: Desk) -> None:
    kept = await (await desk.open()).make(ReportKind.LOAN)
    later = await desk.open()
    drawn = await later.again(kept.row.id)
    assert (drawn.row, drawn.data, drawn.note) == (kept.row, b"%PDF " + kept.record, "")
    assert await later.pdf(kept.row.id) == drawn.data
    with pytest.raises(InputError, match="no report 'nothing'"):
        await later.pdf("nothing")


async def test_another_version_that_draws_otherwise_is_said(desk: Desk) -> None:
    kept = await (await desk.open()).make(ReportKind.LOAN)
    desk.program, desk.prefix = "10.0", b"%PDF-2 "
    drawn = await (await desk.open()).again(kept.row.id)
    assert drawn.sha256 == sha(drawn.data) != kept.row.pdf_sha256
    assert "VaultDesk 9.9 drew this report first and 10.0" in drawn.note
    assert kept.row.pdf_sha256 in drawn.note


async def test_the_same_version_that_draws_otherwise_is_a_fault(desk: Desk) -> None:
    kept = await (await desk.open()).make(ReportKind.LOAN)
    desk.prefix = b"%PDF-2 "
    with pytest.raises(StorageError, match="does not come out as it was kept"):
        await (await desk.open()).pdf(kept.row.id)


async def test_a_record_that_was_altered_is_told(desk: Desk) -> None:
    service = await desk.open()
    kept = await service.make(ReportKind.LOAN)
    bad = KeptReport(replace(kept.row, id="bad"), "9.9", b"{}", kept.record_sha256)
    await desk.shelf.reports.keep(bad, ())
    with pytest.raises(StorageError, match="was altered"):
        await service.pdf("bad")


async def test_saved_files_take_the_place_of_others_only_where_asked(
    desk: Desk, tmp_path: Path
) -> None:
    service = await desk.open()
    kept = await service.make(ReportKind.LOAN)
    path = tmp_path / "loan.pdf"
    path.write_bytes(b"another")
    beside = await service.save_beside(kept.row.id, path)
    assert (beside.name, path.read_bytes()) == ("loan-2.pdf", b"another")
    assert await service.save_beside(kept.row.id, path) == beside
    await service.save(kept.row.id, path)
    assert path.read_bytes() == beside.read_bytes() == b"%PDF " + kept.record
    assert names_in(tmp_path) == ["loan-2.pdf", "loan.pdf"]
    said = [fact.text for fact in await desk.facts()][1:]
    assert all(f"saved as {tmp_path}" in text and kept.row.pdf_sha256 in text for text in said)
    assert len(said) == 3


async def test_a_place_that_cannot_be_written_is_told_and_not_noted(
    desk: Desk, tmp_path: Path
) -> None:
    service = await desk.open()
    kept = await service.make(ReportKind.LOAN)
    with pytest.raises(StorageError, match="cannot be written"):
        await service.save(kept.row.id, tmp_path / "nowhere" / "loan.pdf")
    assert len(await desk.facts()) == 1


def test_a_disk_that_is_full_leaves_what_stood_there(tmp_path: Path) -> None:
    """The system lets the child write 1,000 bytes into a file and no more."""
    path = tmp_path / "loan.pdf"
    path.write_bytes(b"before")
    code = (
        "import resource, signal, sys\n"
        "from pathlib import Path\n"
        "from vaultdesk.services.report_files import put\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "try:\n    put(Path(sys.argv[1]), bytes(5000))\n"
        "except Exception as error:\n    print(type(error).__name__, error)\n"
    )
    told = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", code, str(path)],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    assert told.stdout.startswith("StorageError")
    assert "choose another place" in told.stdout
    assert path.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [path]


async def test_a_database_that_refuses_keeps_and_tells_nothing(desk: Desk) -> None:
    class Full(SqlReportStore):
        async def keep(self, report: KeptReport, facts: tuple[Fact, ...]) -> None:
            del report, facts
            raise StorageError("The disk is full: free some space and try again.")

    service = await desk.open()
    desk.shelf.reports = Full(desk.shelf.reports._database)
    with pytest.raises(StorageError, match="disk is full"):
        await service.make(ReportKind.LOAN)
    assert desk.told == []
    assert await desk.facts() == []


async def test_it_is_shared_under_a_telling_name_over_no_other(desk: Desk, tmp_path: Path) -> None:
    service = await desk.open()
    kept = await service.make(ReportKind.DIARY, DAY, DAY)
    with pytest.raises(InputError, match="enter one in Settings, Reports"):
        await service.share(kept.row.id)
    desk.folder = str(tmp_path / "gone")
    with pytest.raises(StorageError, match="connect the drive"):
        await service.share(kept.row.id)
    desk.folder = str(tmp_path)
    name = f"vaultdesk-diary-2026-07-10-to-2026-07-10-{kept.row.id[:8]}.pdf"
    (tmp_path / name).write_bytes(b"of another desk")
    first = await service.share(kept.row.id)
    assert await service.share(kept.row.id) == first
    assert first.name == name.replace(".pdf", "-2.pdf")
    assert first.read_bytes() == await service.pdf(kept.row.id)
    assert (tmp_path / name).read_bytes() == b"of another desk"
    assert len(names_in(tmp_path)) == 2
    assert f"shared as {first}" in (await desk.facts())[-1].text


async def test_it_is_mailed_with_its_sha(desk: Desk) -> None:
    service = await desk.open()
    kept = await service.make(ReportKind.LOAN)
    assert await service.mail(kept.row.id) == "250 queued"
    ((subject, text, name, data),) = desk.mailed
    assert subject == "VaultDesk: Loan status, 2026-07-10 15:00:00 UTC"
    assert kept.row.pdf_sha256 in text
    assert name == f"vaultdesk-loan-2026-07-10-150000-{kept.row.id[:8]}.pdf"
    assert data == await service.pdf(kept.row.id)
    assert "mailed; 250 queued" in (await desk.facts())[-1].text


async def test_a_mail_that_is_refused_is_told_and_not_noted(desk: Desk) -> None:
    service = await desk.open()
    kept = await service.make(ReportKind.LOAN)
    desk.refusal = "Enter the mail server in Settings, Mail."
    with pytest.raises(DeliveryError, match="Enter the mail server"):
        await service.mail(kept.row.id)
    assert len(await desk.facts()) == 1


async def test_one_that_is_cancelled_stops_and_leaves_nothing(desk: Desk) -> None:
    begun, stopped = threading.Event(), threading.Event()

    def slow(_kind: ReportKind, record: bytes, stop: Stop) -> bytes:
        begun.set()
        while not stop():
            begun.wait(0.001)
        stopped.set()
        return record

    desk.draws = slow
    service = await desk.open()
    task = asyncio.create_task(service.make(ReportKind.LOAN))
    await asyncio.to_thread(begun.wait)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await asyncio.to_thread(stopped.wait, 10)
    assert await service.rows() == ()
    assert await desk.facts() == []
    assert desk.told == []


async def test_the_loop_goes_on_while_it_is_drawn(desk: Desk) -> None:
    """What draws waits for something that the loop does: on the loop it would wait for ever."""
    begun, on = threading.Event(), threading.Event()

    def waiting(_kind: ReportKind, record: bytes, _stop: Stop) -> bytes:
        begun.set()
        return record if on.wait(30) else b""

    desk.draws = waiting
    service = await desk.open()
    task = asyncio.create_task(service.make(ReportKind.LOAN))
    await asyncio.to_thread(begun.wait)
    on.set()
    kept = await task
    assert kept.row.pdf_sha256 == kept.record_sha256


async def test_before_the_database_is_open_it_asks_to_wait(desk: Desk) -> None:
    records = Records(
        LoanService(desk.bus, desk.clock, desk.clock), desk.clock, program="9", zone=lambda: "UTC"
    )
    service = ReportService(
        desk.bus, desk.clock, records,
        program="9", draw=desk.draw, post=desk.post, folder=lambda: "",
    )  # fmt: skip
    with pytest.raises(StorageError, match="try again in a moment"):
        await service.rows()
