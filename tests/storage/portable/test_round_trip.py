"""Out, into an empty profile, and out again: the same bytes, whatever was written there."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZipFile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fakes.alerts import ALERT
from tests.fakes.feed import START
from tests.fakes.orders import confirmation, execution, held, note, order
from tests.fakes.profiles import dumped, statements
from tests.storage.portable.test_columns import hostile
from vaultdesk import settings as layers
from vaultdesk.core.alerts import Action, Batch, Deed
from vaultdesk.core.alerts.deliveries import deliveries_of
from vaultdesk.ports import InputError, StorageError
from vaultdesk.services.audit import FORMULA
from vaultdesk.storage import tables
from vaultdesk.storage.alert_store import SqlAlertStore
from vaultdesk.storage.audit_check import check_file
from vaultdesk.storage.audit_store import SqlAuditStore
from vaultdesk.storage.database import MIGRATIONS, Database
from vaultdesk.storage.order_store import SqlOrderStore
from vaultdesk.storage.portable.exporting import Form, exported
from vaultdesk.storage.portable.importing import imported
from vaultdesk.storage.portable.tables import EXPORTED, LEFT_OUT

CACHES = ("quotes", "chains", "expirations")


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    return dumped(tmp_path / "desk.db", len(MIGRATIONS))


def read(path: Path, database: Path) -> dict[str, object]:
    return dict(imported(path, database, layers.refusal).settings)


def statements_kept(path: Path) -> str:
    """A database as sorted lines of SQL, without what is fetched again."""
    own = tuple(f'INSERT INTO "{name}"' for name in CACHES)
    lines = statements(path).splitlines()
    return "\n".join(sorted(line for line in lines if not line.startswith(own)))


def test_every_table_is_exported_or_left_out_on_purpose() -> None:
    named = {table.name for table in (*EXPORTED, *LEFT_OUT)}
    assert named == set(tables.metadata.tables)
    assert len(EXPORTED) + len(LEFT_OUT) == len(named)


@pytest.mark.parametrize("form", Form)
@pytest.mark.parametrize("ending", ["", ".zip"])
def test_in_and_out_again_gives_the_same_bytes(
    desk: Path, tmp_path: Path, form: Form, ending: str
) -> None:
    first, second = tmp_path / f"first{ending}", tmp_path / f"second{ending}"
    head = exported(desk, first, form, {"theme": "dark", "replay_speed": 2.0})
    found = read(first, tmp_path / "new.db")
    exported(tmp_path / "new.db", second, form, {"theme": "dark", "replay_speed": 2.0})
    assert statements_kept(tmp_path / "new.db") == statements_kept(desk)
    assert {str(name): str(value).removesuffix(".0") for name, value in found.items()} == {
        "theme": "dark", "replay_speed": "2"
    }  # fmt: skip
    assert all(head.rows[table.name] for table in EXPORTED if table.name != "loan_terms")
    if ending:
        assert first.read_bytes() == second.read_bytes()
        return
    names = sorted(path.name for path in first.iterdir())
    assert names == sorted(path.name for path in second.iterdir())
    for name in names:
        assert (first / name).read_bytes() == (second / name).read_bytes(), name


def test_both_forms_say_the_same(desk: Path, tmp_path: Path) -> None:
    for form in Form:
        exported(desk, tmp_path / form, form, {})
        read(tmp_path / form, tmp_path / f"{form}.db")
    assert statements_kept(tmp_path / "csv.db") == statements_kept(tmp_path / "json.db")


async def furnish(path: Path, texts: list[str]) -> None:
    """A database with these texts wherever somebody else writes what is kept."""
    one, two, three = texts
    with Database(path) as database:
        alert = replace(ALERT, sentence=one, source=two, subject=three)
        deeds = (Action(Deed.ACKNOWLEDGED, "ltv-75", 1, three, START),)
        deliveries = tuple(replace(d, result=two) for d in deliveries_of(alert, START))
        store = SqlAlertStore(database)
        await store.load()
        await store.commit(Batch(alerts=(alert,), deliveries=deliveries, actions=deeds))
        orders = SqlOrderStore(database, lambda: START)
        made = order(1, title=one, said=two, account=three)
        await orders.confirm((made,), confirmation(made))
        await orders.record("desk paper", (execution(at_text=one, ref=two),), (note(two, three),))
        await orders.set_manual((held(account=one or "x"),), ())
        await SqlAuditStore(database).append((note(one, two, wire=three, who=one),))


@pytest.mark.parametrize("form", Form)
@given(texts=st.lists(hostile, min_size=3, max_size=3))
@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
async def test_whatever_texts_there_are_they_come_back(form: Form, texts: list[str]) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        await furnish(folder / "desk.db", texts)
        exported(folder / "desk.db", folder / "a.zip", form, {})
        read(folder / "a.zip", folder / "new.db")
        exported(folder / "new.db", folder / "b.zip", form, {})
        assert (folder / "a.zip").read_bytes() == (folder / "b.zip").read_bytes()
        assert statements_kept(folder / "new.db") == statements_kept(folder / "desk.db")
        assert check_file(folder / "new.db").fault == ""


def test_no_cell_is_a_formula(desk: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(desk)) as raw, raw:
        raw.execute("INSERT INTO scenes SELECT '=cmd|''/C calc''!A0', scene FROM scenes")
    exported(desk, tmp_path / "out", Form.CSV, {"gold_symbol": "=GC"})
    lines = (tmp_path / "out" / "scenes.csv").read_bytes().split(b"\r\n")
    assert lines[1].startswith(b"'=cmd|")
    assert b"gold_symbol,'=GC\r\n" in (tmp_path / "out" / "settings.csv").read_bytes()
    assert '"\'=LTV 76.02 % ""again""; repay."' in (tmp_path / "out" / "alerts.csv").read_text()
    assert FORMULA[0] == "="


def test_csv_is_as_rfc_4180_has_it(desk: Path, tmp_path: Path) -> None:
    """Lines end with CR LF, the first names the columns, numbers have points, times are ISO."""
    exported(desk, tmp_path / "out", Form.CSV, {})
    lines = (tmp_path / "out" / "snapshots.csv").read_bytes().decode().split("\r\n")
    assert lines[0].startswith("id,at,reason,symbol,price,value")
    assert lines[1].startswith("1,2026-07-10T15:00:00.000000+00:00,hour,GLD,350.12,3501200.00,")
    assert lines[-1] == ""


def test_json_is_one_document_with_numbers_as_they_are(desk: Path, tmp_path: Path) -> None:
    exported(desk, tmp_path / "out", Form.JSON, {"theme": "dark"})
    (file,) = (tmp_path / "out").iterdir()
    said = json.loads(file.read_text("utf-8"))
    assert said["head"]["format"] == "vaultdesk-export"
    assert said["head"]["rows"]["orders"] == len(said["tables"]["orders"]) == 2
    alert = said["tables"]["alerts"][0]
    assert (alert["severity"], alert["value"], alert["age_s"]) == (2, "0.7531", 2.5)
    assert said["settings"] == {"theme": "dark"}


def test_a_folder_that_holds_something_is_left_alone(desk: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    exported(desk, tmp_path / "out", Form.CSV, {})
    before = sorted((tmp_path / "out").iterdir())
    with pytest.raises(InputError, match="is there already"):
        exported(desk, tmp_path / "out", Form.CSV, {})
    assert sorted((tmp_path / "out").iterdir()) == before


@pytest.mark.parametrize("ending", ["", ".zip"])
def test_cancelled_it_leaves_nothing(desk: Path, tmp_path: Path, ending: str) -> None:
    before = sorted(tmp_path.iterdir())
    with pytest.raises(StorageError, match="cancelled"):
        exported(desk, tmp_path / f"out{ending}", Form.CSV, {}, stop=lambda: True)
    assert sorted(tmp_path.iterdir()) == before


def test_it_is_of_one_moment_while_a_desk_goes_on_writing(desk: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(desk, isolation_level=None)) as other:
        other.execute("PRAGMA journal_mode = WAL")
        other.execute("INSERT INTO scenes SELECT 'first', scene FROM scenes")
        write = "INSERT INTO scenes SELECT hex(randomblob(8)), scene FROM scenes LIMIT 1"
        exported(desk, tmp_path / "a", Form.CSV, {}, tell=_on_each(lambda: other.execute(write)))
        assert other.execute("SELECT count(*) FROM scenes").fetchone()[0] > 2
    assert len((tmp_path / "a" / "scenes.csv").read_text().splitlines()) == 3


def _on_each(work: Callable[[], object]) -> Callable[[float], None]:
    def tell(_done: float) -> None:
        work()

    return tell


@pytest.mark.parametrize(("version", "age"), [(3, "an older"), (99, "a newer")])
def test_a_database_of_another_program_is_not_exported(
    tmp_path: Path, version: int, age: str
) -> None:
    path = dumped(tmp_path / "desk.db", min(version, len(MIGRATIONS)))
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute("UPDATE schema_version SET version = ?", (version,))
    with pytest.raises(StorageError, match=age):
        exported(path, tmp_path / "out", Form.CSV, {})
    assert not (tmp_path / "out").exists()


def test_a_text_that_no_file_can_hold_is_named(desk: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(desk)) as raw, raw:
        raw.execute("INSERT INTO scenes SELECT 'a' || char(0), scene FROM scenes")
    with pytest.raises(StorageError, match=r"Row 2 of scenes .* column name .* NUL"):
        exported(desk, tmp_path / "out", Form.JSON, {})
    assert not (tmp_path / "out").exists()


def test_a_place_that_cannot_be_written_is_told(desk: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    for target in (tmp_path / "file" / "out", tmp_path / "file" / "out.zip"):
        with pytest.raises(StorageError, match="choose another place"):
            exported(desk, target, Form.CSV, {})


def test_the_times_in_a_zip_do_not_tell_when_it_was_made(desk: Path, tmp_path: Path) -> None:
    exported(desk, tmp_path / "a.zip", Form.CSV, {})
    with ZipFile(tmp_path / "a.zip") as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert (tmp_path / "a.zip").stat().st_mode & 0o777 == 0o600
