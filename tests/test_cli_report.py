"""`vaultdesk report`: a saved answer as a PDF with the same numbers, the same bytes each time."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from pypdf import PdfReader

from tests.fakes.hedge_tape import hedge_tape
from vaultdesk.app.files import hedge as hedge_file
from vaultdesk.app.machine_zone import zone_name
from vaultdesk.app.reports.drawing import draw, encoded, fingerprint, report_of
from vaultdesk.cli import main
from vaultdesk.core.reports.document import Heading, Paragraph, Points, Table
from vaultdesk.core.reports.figures import number, percent
from vaultdesk.core.reports.kept import ReportKind
from vaultdesk.storage.database import Database

if TYPE_CHECKING:
    from collections.abc import Callable

    from vaultdesk.core.reports.document import Report

LOAN = ("--units", "10050", "--amount", "2100000", "--call-ltv", "0.75", "--closeout-ltv", "0.85")
FIND = ("--max-ltv", "0.70", "--max-fall", "0.30", "--horizon", "2026-12-18", "--use", "pledged")
ASKED = {"compare": ("compare",), "find": ("find", *FIND)}
ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A saved comparison and a saved search on a recorded market."""
    home = tmp_path_factory.mktemp("desk")
    feed = f"recorded:{hedge_tape(home / 'gold.market.jsonl.gz')}"
    kept = {"compare": home / "compare.json", "find": home / "find.json.gz"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VAULTDESK_HOME", str(home / "home"))
        assert main(["loan", "set", *LOAN]) == 0
        for kind, path in kept.items():
            assert main(["hedge", *ASKED[kind], "--feed", feed, "--save", str(path)]) == 0
    return kept


def decision(record: Path, out: Path, code: int = 0) -> None:
    assert main(["report", "decision", "--record", str(record), "--out", str(out)]) == code


def text_of(path: Path) -> str:
    """All words of a PDF, a blank between them."""
    pages = (page.extract_text() for page in PdfReader(path).pages)
    return " ".join(" ".join(pages).replace("\N{NO-BREAK SPACE}", " ").split())


def texts(report: Report) -> list[str]:
    """Every text of a document but those of its charts."""
    found = [report.title, report.subtitle, *(text for row in report.summary for text in row)]
    for section in report.sections:
        found.append(section.title)
        for part in section.parts:
            match part:
                case Heading(text) | Paragraph(text, _):
                    found.append(text)
                case Points(items):
                    found += items
                case Table(columns, rows):
                    found += [one.heading for one in columns]
                    found += [text for row in rows for text in row]
    return [text for text in found if text]


def squeezed(text: str) -> str:
    """Without blanks: a line may be broken anywhere between two words."""
    return re.sub(r"\s", "", text)


@pytest.mark.parametrize("kind", ["compare", "find"])
def test_every_text_of_the_document_is_in_the_file(
    records: dict[str, Path], tmp_path: Path, kind: str
) -> None:
    out = tmp_path / "decision.pdf"
    decision(records[kind], out)
    whole = squeezed(text_of(out))
    report = report_of(hedge_file.read(records[kind]))
    missing = [one for one in texts(report) if squeezed(one) not in without_footers(whole, report)]
    assert len(texts(report)) > 200
    assert missing == []


def without_footers(whole: str, report: Report) -> str:
    """A sentence may go on on the next page: what stands on every page is taken out."""
    head = squeezed(f"{report.title} {report.footer}")
    return re.sub(rf"{head}page\d+of\d+{squeezed(report.mark)}:notlivedata", "", whole)


def test_the_numbers_of_a_comparison_are_those_that_were_saved(
    records: dict[str, Path], tmp_path: Path
) -> None:
    out = tmp_path / "decision.pdf"
    decision(records["compare"], out)
    whole, answer = text_of(out), hedge_file.read(records["compare"]).answer
    first = answer["recommendations"]["conservative"][0]
    strategies = {one["name"]: one for one in answer["strategies"]}
    for one in strategies.values():
        if one["problem"]:
            assert squeezed(one["problem"]) in squeezed(whole)
            continue
        assert number(Decimal(one["cost"]["total"])) in whole
        assert percent(Decimal(one["protection"]["worst_ltv"])) in whole
    for places in answer["recommendations"].values():
        assert all(squeezed(one["sentence"]) in squeezed(whole) for one in places[:1])
    for row in strategies[first["name"]]["scenarios"]:
        line = (percent(Decimal(row[name])) for name in ("unhedged_ltv", "hedged_ltv"))
        assert f"{number(Decimal(row['spot']))} {' '.join(line)}" in whole
        money = (number(Decimal(row[name])) for name in ("net_value", "equity", "cure"))
        assert " ".join(money) in whole


def test_the_numbers_of_a_search_are_those_that_were_saved(
    records: dict[str, Path], tmp_path: Path
) -> None:
    out = tmp_path / "decision.pdf"
    decision(records["find"], out)
    whole, answer = squeezed(text_of(out)), hedge_file.read(records["find"]).answer
    assert f"{number(Decimal(answer['cost']))}USDtopay" in whole
    assert answer["legs"]
    for leg in answer["legs"]:
        assert squeezed(f"uy {leg['contracts']} of the {leg['strike']} put") in whole
        assert leg["symbol"] in whole
    for sentence in (*answer["proof"], *answer["warnings"]):
        assert squeezed(sentence) in whole
    assert squeezed(percent(answer["worst_ltv"], 3)) in whole


@pytest.mark.parametrize("kind", ["compare", "find"])
def test_every_page_is_marked_and_bears_the_records_sha(
    records: dict[str, Path], tmp_path: Path, kind: str
) -> None:
    out = tmp_path / "decision.pdf"
    decision(records[kind], out)
    data = records[kind].read_bytes()
    data = gzip.decompress(data) if kind == "find" else data
    pages = [page.extract_text() for page in PdfReader(out).pages]
    for place, page in enumerate(pages, 1):
        assert "RECORDED, CACHED: not live data" in page
        assert f"record SHA-256 {hashlib.sha256(data).hexdigest()}" in page
        assert f"page {place} of {len(pages)}" in page


def test_it_prints_the_sha_of_the_file(
    records: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "decision.pdf"
    decision(records["find"], out)
    told = capsys.readouterr().out
    assert told == f"{hashlib.sha256(out.read_bytes()).hexdigest()}  {out}\n"


@pytest.mark.parametrize("kind", ["compare", "find"])
def test_another_zone_locale_and_hash_seed_give_the_same_bytes(
    records: dict[str, Path], tmp_path: Path, kind: str
) -> None:
    shas = set()
    for zone, locale, seed in (("Asia/Tokyo", "de_CH.UTF-8", "1"), ("UTC", "C", "77")):
        out = tmp_path / f"{seed}.pdf"
        command = ("report", "decision", "--record", str(records[kind]), "--out", str(out))
        environ = {"TZ": zone, "LC_ALL": locale, "PYTHONHASHSEED": seed}
        subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-m", "vaultdesk", *command],
            env={**os.environ, **environ, "VAULTDESK_HOME": str(tmp_path)},
            cwd=ROOT,
            check=True,
            capture_output=True,
        )
        shas.add(hashlib.sha256(out.read_bytes()).hexdigest())
    assert len(shas) == 1


def altered(record: Path, path: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    data = record.read_bytes()
    data = gzip.decompress(data) if record.suffix == ".gz" else data
    kept = json.loads(data)
    change(kept)
    path.write_text(json.dumps(kept), encoding="utf-8")
    return path


def dearer(kept: dict[str, Any]) -> None:
    kept["answer"]["strategies"][0]["cost"]["total"] = "1.00"


def cheaper_quote(kept: dict[str, Any]) -> None:
    kept["inputs"]["quotes"][0]["last"] = "349"


def more_gold(kept: dict[str, Any]) -> None:
    kept["inputs"]["terms"]["lots"][0]["quantity"] = "20000"


def no_gold(kept: dict[str, Any]) -> None:
    kept["inputs"]["quotes"] = []


@pytest.mark.parametrize("change", [dearer, cheaper_quote, more_gold, no_gold])
def test_an_altered_record_is_refused_in_one_sentence(
    records: dict[str, Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    change: Callable[[dict[str, Any]], object],
) -> None:
    bad = altered(records["compare"], tmp_path / "bad.json", change)
    decision(bad, tmp_path / "bad.pdf", code=2)
    told = capsys.readouterr()
    assert told.err.count("\n") == 1
    assert told.err.startswith("The record c")
    assert told.out == ""
    assert not (tmp_path / "bad.pdf").exists()


def test_a_search_without_its_request_is_refused(
    records: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = altered(records["find"], tmp_path / "bad.json", lambda kept: kept.pop("request"))
    decision(bad, tmp_path / "bad.pdf", code=2)
    assert "without what was asked" in capsys.readouterr().err


def test_what_is_no_record_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = tmp_path / "bad.json"
    bad.write_text("{}", encoding="utf-8")
    decision(bad, tmp_path / "bad.pdf", code=2)
    assert "is no record of a hedge" in capsys.readouterr().err


def test_a_place_that_cannot_be_written_is_told(
    records: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    decision(records["find"], tmp_path / "nowhere" / "decision.pdf", code=1)
    told = capsys.readouterr()
    assert "cannot be written" in told.err
    assert told.err.count("\n") == 1


def test_a_record_without_orders_is_the_report_of_the_hedge_itself(
    records: dict[str, Path], tmp_path: Path
) -> None:
    record = hedge_file.read(records["find"])
    decision(records["find"], tmp_path / "file.pdf")
    drawn = draw(ReportKind.DECISION, encoded(record))
    assert drawn == (tmp_path / "file.pdf").read_bytes()
    assert fingerprint(record) in text_of(tmp_path / "file.pdf")


def test_nothing_is_drawn_once_it_was_told_to_stop(records: dict[str, Path]) -> None:
    record = encoded(hedge_file.read(records["compare"]))
    assert draw(ReportKind.DECISION, record, stop=lambda: True) == b""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A profile of its own with a loan."""
    monkeypatch.setenv("VAULTDESK_HOME", str(tmp_path / "home"))
    assert main(["loan", "set", *LOAN]) == 0
    return tmp_path


def report(*arguments: str, code: int = 0) -> None:
    assert main(["report", *arguments]) == code


def test_a_diary_is_made_listed_and_made_again(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, again = home / "diary.pdf", home / "again.pdf"
    report("diary", "--from", "2026-01-01", "--to", "2026-03-31", "--out", str(out))
    sha = hashlib.sha256(out.read_bytes()).hexdigest()
    assert capsys.readouterr().out == f"{sha}  {out}\n"
    assert "Decision diary, 2026-01-01 to 2026-03-31" in text_of(out)
    report("list", "--json")
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["kind"], row["pdf_sha256"]) == ("diary", sha)
    report("list")
    assert capsys.readouterr().out == f"{row['id']}  {row['made']}  {row['title']}\n"
    report("again", row["id"], "--out", str(again))
    assert again.read_bytes() == out.read_bytes()


def test_the_terms_that_were_set_are_in_todays_diary(home: Path) -> None:
    today = datetime.now(UTC).astimezone(ZoneInfo(zone_name())).date()
    first, last = str(today - timedelta(days=1)), str(today)
    report("diary", "--from", first, "--to", last, "--out", str(home / "diary.pdf"))
    whole = text_of(home / "diary.pdf")
    assert "Terms of the loan Pledged 1: 10,050 share GLD" in whole
    assert "(by command line)" in whole


def test_the_loan_is_reported_at_the_feeds_price(home: Path) -> None:
    feed = f"recorded:{hedge_tape(home / 'gold.market.jsonl.gz')}"
    report("loan", "--feed", feed, "--out", str(home / "loan.pdf"))
    whole = text_of(home / "loan.pdf")
    assert "Loan 2,100,000.00 USD" in whole
    assert "RECORDED" in whole
    assert "10,050 share GLD" in whole


def test_a_saved_decision_is_listed_and_in_the_audit_log(
    records: dict[str, Path], home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    decision(records["find"], home / "decision.pdf")
    sha = capsys.readouterr().out.split()[0]
    report("list", "--json")
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["kind"], row["pdf_sha256"]) == ("decision", sha)
    assert row["id"] == fingerprint(hedge_file.read(records["find"]))[:16]
    with closing(sqlite3.connect(home / "home" / "desk.db")) as file:
        kept = file.execute("SELECT text FROM audit WHERE kind = 'report'").fetchall()
    assert len(kept) == 2  # made, and saved
    assert all(sha in text for (text,) in kept)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("diary", "--from", "2026-03-31", "--to", "2026-01-01"), "turn them round"),
        (("diary", "--from", "2026-01-01", "--to", "9999-12-31"), "calendar ends"),
        (("again", "0123456789abcdef"), "There is no report '0123456789abcdef'"),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_sentence(
    home: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], said: str
) -> None:
    report(*arguments, "--out", str(home / "out.pdf"), code=2)
    told = capsys.readouterr()
    assert said in told.err
    assert told.err.count("\n") == 1
    assert not (home / "out.pdf").exists()


def test_a_date_that_is_none_is_refused(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = str(home / "out.pdf")
    with pytest.raises(SystemExit) as ended:
        main(["report", "diary", "--from", "soon", "--to", "2026-01-01", "--out", out])
    assert ended.value.code == 2
    assert "write it as 2026-06-01" in capsys.readouterr().err


def test_it_works_while_a_desk_has_the_database_open(home: Path) -> None:
    with Database(home / "home" / "desk.db"):
        out = str(home / "diary.pdf")
        report("diary", "--from", "2026-01-01", "--to", "2026-01-02", "--out", out)
    assert (home / "diary.pdf").exists()


def test_starting_the_program_does_not_load_what_draws() -> None:
    code = "import sys, vaultdesk.cli, vaultdesk.app.reporting; print('reportlab' in sys.modules)"
    told = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert told.stdout == "False\n"
