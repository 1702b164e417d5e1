"""`vaultdesk report`: a saved answer as a PDF with the same numbers, the same bytes each time."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import re
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pypdf import PdfReader

from tests.fakes.hedge_tape import hedge_tape
from vaultdesk.app import hedge_file
from vaultdesk.app.reports import fingerprint, report_of, save_report, write_report
from vaultdesk.cli import main
from vaultdesk.core.reports.document import Heading, Paragraph, Points, Table
from vaultdesk.core.reports.figures import number, percent
from vaultdesk.ports import InputError

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


async def test_the_window_writes_the_same_file_as_the_command(
    records: dict[str, Path], tmp_path: Path
) -> None:
    record = hedge_file.read(records["find"])
    sha = await write_report(record, tmp_path / "window.pdf")
    decision_of = await write_report(record, tmp_path / "again.pdf")
    assert sha == decision_of
    assert hashlib.sha256((tmp_path / "window.pdf").read_bytes()).hexdigest() == sha
    assert fingerprint(record) in text_of(tmp_path / "window.pdf")


async def test_the_window_is_told_of_a_record_that_was_altered(
    records: dict[str, Path], tmp_path: Path
) -> None:
    bad = hedge_file.read(altered(records["compare"], tmp_path / "bad.json", dearer))
    with pytest.raises(InputError, match="other numbers than it holds"):
        await write_report(bad, tmp_path / "bad.pdf")


def test_nothing_is_written_once_it_was_told_to_stop(
    records: dict[str, Path], tmp_path: Path
) -> None:
    record = hedge_file.read(records["compare"])
    save_report(record, tmp_path / "stopped.pdf", stop=lambda: True)
    assert not (tmp_path / "stopped.pdf").exists()


def test_starting_the_program_does_not_load_what_draws() -> None:
    code = "import sys, vaultdesk.cli, vaultdesk.app.reports; print('reportlab' in sys.modules)"
    told = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert told.stdout == "False\n"
