"""Reports as the desk draws them: the engine's numbers, the same bytes anywhere, really mailed."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import pypdfium2
import pytest
from pypdf import PdfReader

from tests.fakes.feed import ManualClock
from tests.fakes.mail_server import mail_server
from tests.fakes.reports import EXPIRY, NOW, TERMS, alert, gold, order, put, snapshot, trade
from vaultdesk import settings as layers
from vaultdesk.app.credentials import Credentials
from vaultdesk.app.machine_zone import zone_name
from vaultdesk.app.parts import Profile, open_stores
from vaultdesk.app.reports.drawing import document, draw
from vaultdesk.app.reports.service import Lent, report_service
from vaultdesk.core.alerts import AlertRecord, Delivery, DeliveryState
from vaultdesk.core.audit import Fact, FactKind
from vaultdesk.core.loan.valuation import value_loan
from vaultdesk.core.orders.broker import Held
from vaultdesk.core.reports.figures import money, number, percent
from vaultdesk.core.reports.kept import ReportKind
from vaultdesk.core.reports.records import DiaryRecord, LoanRecord, point
from vaultdesk.events import Bus, QuoteChanged
from vaultdesk.ports import DeliveryError, InputError
from vaultdesk.services.loan import LoanService

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vaultdesk.app.parts import Stores
    from vaultdesk.services.reports import ReportService

ROOT = Path(__file__).resolve().parents[3]
PATH = tuple(
    point(snapshot(NOW - timedelta(hours=h), f"{300 + h % 37}.25")) for h in range(24 * 20, 0, -1)
)
LOAN = LoanRecord(
    terms=TERMS,
    quotes=(gold("290"),),
    at=NOW,
    zone="Europe/Zurich",
    program="9.9",
    path=PATH,
    held=(Held("DP1", put(), Decimal(100), Decimal("8.37")),),
    alerts=(alert(),),
)
DELIVERY = Delivery(
    alert().id, "mail", NOW, NOW, DeliveryState.DELIVERED, 1, "250 <queued> & done", NOW
)
DIARY = DiaryRecord(
    start=(NOW - timedelta(days=19)).date(),
    end=NOW.date(),
    zone="Europe/Zurich",
    at=NOW,
    program="9.9",
    path=PATH,
    alerts=tuple(AlertRecord(alert(n, NOW - n * timedelta(hours=9)), (DELIVERY,), NOW, "window")
                 for n in range(40)),
    facts=(Fact(FactKind.EXECUTION, NOW, order().ref, "desk paper", "+100 at 8.35"),),
    orders=(order(),),
    versions=(TERMS,),
)  # fmt: skip
RECORDS = {
    ReportKind.LOAN: msgspec.json.encode(LOAN, order="deterministic"),
    ReportKind.DIARY: msgspec.json.encode(DIARY, order="deterministic"),
}


def text_of(data: bytes) -> str:
    pages = (page.extract_text() for page in PdfReader(BytesIO(data)).pages)
    return " ".join(" ".join(pages).replace("\N{NO-BREAK SPACE}", " ").split())


def test_the_loan_report_reads_as_the_engine_says() -> None:
    whole = text_of(draw(ReportKind.LOAN, RECORDS[ReportKind.LOAN]))
    state = value_loan(TERMS, {"GLD": gold("290")}, NOW)
    for said in (
        f"LTV {percent(state.ltv)} (warning)",
        f"Market value pledged {money(state.value, 'USD')}",
        f"Repay {money(state.cure.repay, 'USD')}",
        f"Pledge more {money(state.cure.pledge, 'USD')}, {number(state.cure.pledge_units)} of GLD",
        f"at an LTV of 75.00 %, GLD at {number(state.call_price)} USD",
        "GLD 300 put of 2026-12-18 100 8.37 USD 161 DP1",
        alert().sentence,
    ):
        assert said in whole


def test_the_diary_reads_as_it_was() -> None:
    whole = text_of(draw(ReportKind.DIARY, RECORDS[ReportKind.DIARY]))
    assert whole.count("has reached 70 %") == 40
    assert "2026-07-10 17:00:00+02:00 Trade, paper VD-test-1: +100 at 8.35 (by desk paper)" in whole
    assert "crossing 7, delivered by mail: 250 <queued> & done" in whole
    high, low = (f(PATH, key=lambda one: one.ltv) for f in (max, min))
    assert f"Highest {percent(high.ltv)} on" in whole
    assert f"Lowest {percent(low.ltv)} on" in whole


@pytest.mark.parametrize("kind", list(RECORDS))
def test_every_page_bears_the_records_sha_and_nothing_is_on_the_margins(kind: ReportKind) -> None:
    data = draw(kind, RECORDS[kind])
    pages = [page.extract_text() for page in PdfReader(BytesIO(data)).pages]
    for place, page in enumerate(pages, 1):
        assert f"record SHA-256 {hashlib.sha256(RECORDS[kind]).hexdigest()}" in page
        assert f"page {place} of {len(pages)}" in page
        assert "not live data" not in page
    with pypdfium2.PdfDocument(data) as opened:
        for page in opened:
            grey = page.render(scale=2, grayscale=True).to_numpy().squeeze()
            assert (grey[:, :88] > 250).all()
            assert (grey[:, -88:] > 250).all()
            assert (np.asarray(grey) < 128).any()


@pytest.mark.parametrize("kind", list(RECORDS))
def test_another_zone_locale_seed_and_day_give_the_same_bytes(
    kind: ReportKind, tmp_path: Path
) -> None:
    (tmp_path / "record").write_bytes(RECORDS[kind])
    code = (
        "import hashlib, sys; from pathlib import Path\n"
        "from vaultdesk.app.reports.drawing import draw\n"
        "from vaultdesk.core.reports.kept import ReportKind\n"
        "data = draw(ReportKind(sys.argv[1]), Path(sys.argv[2]).read_bytes())\n"
        "print(hashlib.sha256(data).hexdigest())\n"
    )
    shas = {hashlib.sha256(draw(kind, RECORDS[kind])).hexdigest()}
    for zone, locale, seed in (("Asia/Tokyo", "de_DE.UTF-8", "1"), ("America/New_York", "C", "77")):
        environ = {"TZ": zone, "LC_ALL": locale, "LANG": locale, "PYTHONHASHSEED": seed}
        told = subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-c", code, kind.value, str(tmp_path / "record")],
            env={**os.environ, **environ, "VAULTDESK_HOME": str(tmp_path)},
            cwd=ROOT, check=True, capture_output=True, text=True,
        )  # fmt: skip
        shas.add(told.stdout.strip())
    assert len(shas) == 1


def test_the_zone_of_the_record_decides_and_not_the_machines() -> None:
    tokyo = msgspec.json.encode(replace(DIARY, zone="Asia/Tokyo"), order="deterministic")
    assert "2026-07-11 00:00:00+09:00" not in text_of(draw(ReportKind.DIARY, tokyo))  # its 11th
    assert "2026-07-10 06:00:00+09:00" in text_of(draw(ReportKind.DIARY, tokyo))


@pytest.mark.parametrize("record", [b"", b"{}", b'{"zone":"Nowhere/At_all"}', b"\xff"])
@pytest.mark.parametrize("kind", list(ReportKind))
def test_what_is_no_record_is_refused(kind: ReportKind, record: bytes) -> None:
    with pytest.raises(InputError):
        document(kind, record)


def test_a_zone_that_does_not_exist_is_refused() -> None:
    with pytest.raises(InputError, match="cannot be used"):
        document(ReportKind.DIARY, msgspec.json.encode(replace(DIARY, zone="Nowhere/At_all")))


def test_the_machines_zone_has_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    assert zone_name() == "Asia/Tokyo"


@pytest.fixture
def stores(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stores]:
    monkeypatch.setenv("VAULTDESK_HOME", str(tmp_path))
    made = open_stores(Profile(layers.load({})))
    yield made
    made.close()


async def service_on(stores: Stores, home: Path, **chosen: object) -> ReportService:
    bus = Bus()
    clock = ManualClock(NOW)
    loan = LoanService(bus, clock, clock)
    await stores.loan.save(TERMS)
    await loan.use(stores.loan)
    bus.tell(QuoteChanged(gold("290")))
    settings = layers.load({"secrets_in": "session", **chosen})
    lent = Lent(bus, loan, Credentials(home, "session", ""), lambda: settings)
    service = report_service(lent)
    service.use(stores)
    return service


async def test_a_report_is_mailed_to_those_the_settings_name(
    stores: Stores, tmp_path: Path
) -> None:
    async with mail_server(starttls=False, log_in=False) as server:
        service = await service_on(
            stores, tmp_path,
            mail_host="127.0.0.1", mail_port=server.port, mail_security="none",
            mail_from="desk@example.org", mail_to="alerts@example.org",
            report_mail_to="board@example.org, bank@example.org",
        )  # fmt: skip
        kept = await service.make(ReportKind.LOAN)
        assert "queued as 4711" in await service.mail(kept.row.id)
    (mail,) = server.mails
    (envelope,) = server.envelopes
    assert envelope[1] == ["board@example.org", "bank@example.org"]
    (attached,) = mail.iter_attachments()
    assert attached.get_content_type() == "application/pdf"
    assert attached.get_filename() == f"vaultdesk-loan-2026-07-10-150000-{kept.row.id[:8]}.pdf"
    data = attached.get_payload(decode=True)
    assert isinstance(data, bytes)
    assert hashlib.sha256(data).hexdigest() == kept.row.pdf_sha256
    body = mail.get_body()
    assert body is not None
    assert kept.row.pdf_sha256 in body.get_content()


async def test_without_addresses_of_its_own_it_goes_where_alerts_go(
    stores: Stores, tmp_path: Path
) -> None:
    async with mail_server(starttls=False, log_in=False) as server:
        service = await service_on(
            stores, tmp_path,
            mail_host="127.0.0.1", mail_port=server.port, mail_security="none",
            mail_from="desk@example.org", mail_to="alerts@example.org",
        )  # fmt: skip
        kept = await service.make(ReportKind.LOAN)
        await service.mail(kept.row.id)
    assert [one[1] for one in server.envelopes] == [["alerts@example.org"]]


async def test_a_server_that_refuses_and_one_that_is_missing_are_told(
    stores: Stores, tmp_path: Path
) -> None:
    service = await service_on(stores, tmp_path)
    kept = await service.make(ReportKind.LOAN)
    with pytest.raises(DeliveryError, match="Enter the mail server in Settings, Mail"):
        await service.mail(kept.row.id)
    async with mail_server(starttls=False, log_in=False) as server:
        server.data = "552 too large"
        service = await service_on(
            stores, tmp_path,
            mail_host="127.0.0.1", mail_port=server.port, mail_security="none",
            mail_from="desk@example.org", mail_to="alerts@example.org",
        )  # fmt: skip
        with pytest.raises(DeliveryError, match="552 too large"):
            await service.mail(kept.row.id)
    facts = [entry.fact.text for entry in await stores.audit.entries()]
    assert not [text for text in facts if "mailed" in text]


def test_no_trade_and_no_order_is_lost_in_the_record() -> None:
    """What the database keeps of an order comes back from a record as it was."""
    assert trade(3, "8.35").instrument.expiry == EXPIRY
    again = msgspec.json.decode(RECORDS[ReportKind.DIARY], type=DiaryRecord)
    assert again == DIARY
    assert msgspec.json.decode(RECORDS[ReportKind.LOAN], type=LoanRecord) == LOAN
    assert re.search(rb"\d+\.\d{20}", RECORDS[ReportKind.LOAN])  # ratios with all their digits
