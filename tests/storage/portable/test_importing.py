"""A row that cannot be used is named by its file, line and column; nothing is taken in then."""

import csv
import io
import json
import re
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fakes.profiles import dumped
from vaultdesk import settings as layers
from vaultdesk.ports import InputError, KnownError
from vaultdesk.storage.database import MIGRATIONS
from vaultdesk.storage.portable.exporting import Form, exported
from vaultdesk.storage.portable.importing import imported

Edit = Callable[[dict[str, str]], object]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An export as CSV."""
    desk = dumped(tmp_path / "csv.db", len(MIGRATIONS))
    exported(desk, tmp_path / "csv", Form.CSV, {"theme": "dark"})
    return tmp_path / "csv"


@pytest.fixture
def document(tmp_path: Path) -> Path:
    """An export as JSON."""
    desk = dumped(tmp_path / "json.db", len(MIGRATIONS))
    exported(desk, tmp_path / "json", Form.JSON, {"theme": "dark"})
    return tmp_path / "json"


def refused(path: Path) -> str:
    """The sentence with which an import is refused."""
    with TemporaryDirectory() as name, pytest.raises(InputError) as caught:
        imported(path, Path(name) / "new.db", layers.refusal)
    sentence = str(caught.value)
    assert sentence.endswith("Nothing was imported.")
    return sentence


def edit(folder: Path, name: str, change: Callable[[list[list[str]]], object]) -> None:
    """Change the rows of one file, as a spreadsheet would."""
    path = folder / f"{name}.csv"
    with path.open(newline="", encoding="utf-8") as file:
        lines = list(csv.reader(file))
    change(lines)
    out = io.StringIO(newline="")
    csv.writer(out).writerows(lines)
    path.write_text(out.getvalue(), encoding="utf-8", newline="")


def put(folder: Path, table: str, column: str, value: str, line: int = 1) -> None:
    """Write a value into a cell; line 1 is the first row."""

    def change(lines: list[list[str]]) -> None:
        lines[line][lines[0].index(column)] = value

    edit(folder, table, change)


@pytest.mark.parametrize(
    ("table", "column", "value", "expected"),
    [
        ("snapshots", "price", "350,12", "a decimal number such as 1234.50"),
        ("snapshots", "price", "-1", "a number that is not negative"),
        ("snapshots", "zone", "purple", "one of call, closeout, safe, warning"),
        ("snapshots", "reason", "whim", "one of alert, hour, zone"),
        ("snapshots", "quality", "GOOD", "one of CACHED, DELAYED, "),
        ("snapshots", "at", "10.07.2026 15:00", "a time in UTC such as 2026-07-10T15:00"),
        ("snapshots", "id", "first", "a whole number"),
        ("facilities", "terms", "{}", "Facility as JSON (Object missing required field"),
        ("facilities", "terms", '{"lots":1}', "Facility as JSON (Expected `array`"),
        ("alerts", "severity", "9", "a whole number of 0 to 3"),
        ("alerts", "crossing", "-1", "0 or more"),
        ("alerts", "event", "vanished", "one of cleared, crossed, escalated, reminded"),
        ("alerts", "metric", "mood", "one of "),
        ("alerts", "channels", "desktop pigeon", "names among desktop, sound, mail, webhook"),
        ("alerts", "age_s", "old", "a number"),
        ("alert_actions", "deed", "ignored", "one of acknowledged, snoozed"),
        ("alert_deliveries", "state", "lost", "one of "),
        ("alert_deliveries", "attempts", "-1", "0 or more"),
        ("alert_rules", "rule", "{}", "Rule as JSON"),
        ("alert_rules", "id", "other", "a rule named 'other', as its row is"),
        ("alert_latches", "latch", '{"crossings": "x"}', "Latch as JSON"),
        ("alert_desk", "id", "2", "1: there is one such row"),
        ("alert_desk", "profile", "mine", "a UUID"),
        ("hedge_templates", "build", '{"days": 0}', "The days of life are between"),
        ("scenes", "scene", '{"gold": "-5"}', "Gold moves between"),
        ("orders", "state", "lost", "one of "),
        ("orders", "mode", "dream", "one of live, paper, read-only"),
        ("orders", "draft", "[]", "OrderDraft as JSON"),
        ("orders", "place", "-1", "0 or more"),
        ("orders", "filled", "", "a decimal number"),
        ("order_executions", "instrument", '{"symbol": 3}', "Instrument as JSON"),
        ("order_executions", "revision", "-1", "0 or more"),
        ("manual_positions", "instrument", "gold", "Instrument as JSON"),
        ("audit", "kind", "rumour", "one of "),
        ("audit_head", "count", "-1", "0 or more"),
        ("reports", "kind", "novel", "one of decision, diary, loan"),
        ("reports", "record", "AAAA", "a compressed record"),
        ("reports", "record", "eJwDAAAAAAE=", "the record that record_sha256 is of"),
        ("reports", "record", "?", "bytes in base64"),
        ("reports", "pdf_sha256", "xyz", "64 hexadecimal digits"),
        ("settings", "value", "pink", "what the setting 'theme' can be"),
    ],
)
def test_a_bad_cell_is_named(
    folder: Path, table: str, column: str, value: str, expected: str
) -> None:
    put(folder, table, column, value)
    sentence = refused(folder)
    place = re.match(rf"{table}\.csv, line (\d+), column (\w+): it is ", sentence)
    assert place is not None, sentence
    assert place[1] == "2"
    if (table, column) != ("alert_rules", "id"):
        assert place[2] == column
    assert expected in sentence


def test_a_setting_that_is_none_is_named(folder: Path) -> None:
    put(folder, "settings", "name", "colour")
    assert "settings.csv, line 2, column value" in refused(folder)


def test_the_line_is_the_one_an_editor_shows(folder: Path) -> None:
    """Rows above it go over several lines."""
    put(folder, "alerts", "sentence", "one\ntwo\r\nthree")
    put(folder, "alerts", "severity", "9", line=2)
    assert refused(folder).startswith("alerts.csv, line 5, column severity: it is '9'")


def test_an_empty_cell_is_said_to_be_empty(folder: Path) -> None:
    put(folder, "alerts", "at", "")
    assert "line 2, column at: it is empty, and a time in UTC such as" in refused(folder)


def test_a_long_value_is_shown_in_part(folder: Path) -> None:
    put(folder, "alerts", "at", "x" * 5_000)
    assert len(refused(folder)) < 250


def test_nul_is_refused(folder: Path, document: Path) -> None:
    put(folder, "alerts", "sentence", "a\0b")
    assert "a text without the character NUL is expected" in refused(folder)
    path = document / "vaultdesk.json"
    path.write_text(path.read_text("utf-8").replace("Winter collar", "Winter\\u0000collar"))
    assert refused(document).startswith("vaultdesk.json, hedge_templates, row 1, column name")


@pytest.mark.parametrize("table", ["alerts", "orders", "scenes", "audit"])
def test_a_row_that_is_there_twice_is_refused(folder: Path, table: str) -> None:
    edit(folder, table, lambda lines: lines.append(lines[1]))
    assert "a value that no other row has is expected" in refused(folder)


def test_a_row_that_was_added_or_left_out_is_noticed(folder: Path) -> None:
    edit(folder, "snapshots", lambda lines: lines.pop())
    assert "snapshots.csv has 1 rows, and 2 are expected" in refused(folder)


def test_a_notice_of_no_alert_is_refused(folder: Path) -> None:
    """The desk would look for its alert at the next start."""
    put(folder, "alert_deliveries", "alert", "ltv-99.1.crossed")
    assert "the alert 'ltv-99.1.crossed', which is not among the alerts" in refused(folder)


@pytest.mark.parametrize(
    ("table", "column", "value", "expected"),
    [
        ("audit", "text", "another word", r"Entry 1 .* was altered"),
        ("audit", "hash", "0" * 64, r"Entry 1 .* was altered"),
        ("audit_head", "count", "3", "the log has|log has .* entries"),
        ("orders", "filled", "63", "Order VD-test.* was altered"),
        ("order_executions", "price", "1.00", "Trade .* was altered"),
        ("manual_positions", "quantity", "9", "positions held elsewhere were altered"),
    ],
)
def test_what_the_audit_log_contradicts_is_refused(
    folder: Path, table: str, column: str, value: str, expected: str
) -> None:
    put(folder, table, column, value)
    sentence = refused(folder)
    assert sentence.startswith("The audit log is not as it was written")
    assert re.search(expected, sentence), sentence


def test_other_columns_are_refused(folder: Path) -> None:
    edit(folder, "alerts", lambda lines: lines[0].reverse())
    assert refused(folder).startswith("alerts.csv, line 1: the columns number,id,rule")


def test_a_spreadsheet_of_another_country_is_refused(folder: Path) -> None:
    path = folder / "alerts.csv"
    path.write_text(path.read_text("utf-8").replace(",", ";"), encoding="utf-8")
    assert refused(folder).startswith("alerts.csv, line 1: the columns")


def test_a_byte_order_mark_does_no_harm(folder: Path, tmp_path: Path) -> None:
    path = folder / "alerts.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    imported(folder, tmp_path / "new.db", layers.refusal)


def test_a_row_that_is_too_short_is_named(folder: Path) -> None:
    edit(folder, "orders", lambda lines: lines[2].pop())
    assert refused(folder).startswith("orders.csv, line 3: it has 17 cells, and 18 are expected")


def test_a_file_that_is_missing_is_named(folder: Path) -> None:
    (folder / "audit.csv").unlink()
    assert "audit.csv" in refused(folder)


def test_letters_of_another_code_are_refused(folder: Path) -> None:
    path = folder / "alerts.csv"
    path.write_bytes(path.read_bytes().replace(b"LTV 75.31", b"LTV \xe4\xf6"))
    assert "alerts.csv, line" in refused(folder)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"version": 2}, "written by a newer VaultDesk"),
        ({"schema": len(MIGRATIONS) + 1}, "written by a newer VaultDesk"),
        ({"schema": 3}, "written by an older VaultDesk"),
        ({"format": "something"}, "is no export of VaultDesk"),
        ({"rows": 3}, "does not say what it is"),
    ],
)
@pytest.mark.parametrize("form", ["csv", "json"])
def test_the_head_is_believed_only_as_far_as_it_goes(
    folder: Path, document: Path, form: str, change: dict[str, Any], expected: str
) -> None:
    path = folder / "export.json" if form == "csv" else document / "vaultdesk.json"
    said = json.loads(path.read_text("utf-8"))
    (said if form == "csv" else said["head"]).update(change)
    path.write_text(json.dumps(said), encoding="utf-8")
    assert expected in refused(path.parent)


def test_columns_of_json_are_looked_at_too(document: Path) -> None:
    path = document / "vaultdesk.json"
    said = json.loads(path.read_text("utf-8"))
    said["tables"]["orders"][1]["colour"] = "red"
    path.write_text(json.dumps(said), encoding="utf-8")
    assert refused(document).startswith("vaultdesk.json, orders, row 2: the columns number, ref")


@pytest.mark.parametrize("value", [True, 1.5, [], {}, None, 10**30, "2"])
def test_a_number_of_json_is_a_number(document: Path, value: object) -> None:
    path = document / "vaultdesk.json"
    said = json.loads(path.read_text("utf-8"))
    said["tables"]["alerts"][0]["severity"] = value
    path.write_text(json.dumps(said), encoding="utf-8")
    sentence = refused(document)
    assert sentence.startswith("vaultdesk.json, alerts, row 1, column severity: it is ")


@pytest.mark.parametrize("text", ["", "{", "[]", "[" * 100_000, '{"tables": 3}', "\xff"])
def test_what_is_no_document_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "vaultdesk.json").write_text(text, encoding="latin-1")
    refused(tmp_path)


def test_what_is_no_export_is_refused(tmp_path: Path) -> None:
    (tmp_path / "letter.zip").write_text("a letter")
    with ZipFile(tmp_path / "other.zip", "w") as archive:
        archive.writestr("photo.jpg", b"")
    (tmp_path / "empty").mkdir()
    for name in ("letter.zip", "other.zip", "empty", "gone.zip"):
        assert name in refused(tmp_path / name)


def test_a_bomb_is_refused(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for file in folder.iterdir():
            if file.name != "loan_terms.csv":
                archive.write(file, file.name)
        archive.writestr("loan_terms.csv", bytes(50_000_000))
    assert "loan_terms.csv" in refused(path)


def test_a_setting_there_twice_is_refused(folder: Path) -> None:
    edit(folder, "settings", lambda lines: lines.append(lines[1]))
    assert "column name: it is 'theme', and a setting that no other row has" in refused(folder)


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One export of each form, to be copied."""
    root = tmp_path_factory.mktemp("exports")
    desk = dumped(root / "desk.db", len(MIGRATIONS))
    for form in Form:
        exported(desk, root / form, form, {"theme": "dark"})
    return root


@given(st.data())
@settings(max_examples=40, deadline=None)
@pytest.mark.parametrize("form", Form)
def test_whatever_is_written_there_it_is_taken_or_refused(
    exports: Path, form: Form, data: st.DataObject
) -> None:
    """Bytes changed anywhere in any file: a sentence, never anything else."""
    with TemporaryDirectory() as name:
        folder = Path(name) / "out"
        shutil.copytree(exports / form, folder)
        path = data.draw(st.sampled_from(sorted(folder.iterdir())))
        text = bytearray(path.read_bytes())
        for _ in range(data.draw(st.integers(1, 3))):
            place = data.draw(st.integers(0, max(len(text) - 1, 0)))
            new = data.draw(
                st.binary(max_size=3) | st.sampled_from([b'"', b",", b"\r\n", b"[", b"9"])
            )
            text[place : place + data.draw(st.integers(0, 5))] = new
        path.write_bytes(text)
        with suppress(KnownError):
            imported(folder, Path(name) / "new.db", layers.refusal)
