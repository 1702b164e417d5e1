"""The audit panel: the log newest first, narrowed, read in full, looked through and exported."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QPushButton

from tests.fakes.feed import START, ManualClock
from tests.fakes.orders import note
from tests.ui.panels.rig import child, running, text
from vaultdesk.core.audit import Entry, Fact, FactKind
from vaultdesk.events import AuditChanged, Bus
from vaultdesk.ports import StorageError
from vaultdesk.services.audit import AuditService
from vaultdesk.storage.audit_store import SqlAuditStore
from vaultdesk.storage.database import Database
from vaultdesk.ui.audit.log import PAGE, WANTED
from vaultdesk.ui.help.generated import listed_ids
from vaultdesk.ui.panels.audit import AuditPanel

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime
    from pathlib import Path

    from pytestqt.modeltest import ModelTester
    from pytestqt.qtbot import QtBot
    from sqlalchemy import Connection

WIRE = "4;2;-1;2104;Market data farm connection is OK"


def facts(count: int, first: int = 1) -> tuple[Fact, ...]:
    """So many notes, a second apart, each with its number."""
    return tuple(
        note(f"fact {number}", f"VD-{number}", at=START + timedelta(seconds=number), wire=WIRE)
        for number in range(first, first + count)
    )


class Store(SqlAuditStore):
    """The real one, which counts the pages read, on a disk that may fail."""

    reads = 0
    failing = False

    async def entries(
        self,
        *,
        newest: int | None = None,
        since: datetime | None = None,
        before: int | None = None,
    ) -> tuple[Entry, ...]:
        if self.failing:
            raise StorageError("The database cannot be read: look at the disk.")
        self.reads += 1
        return await super().entries(newest=newest, since=since, before=before)


class AuditDesk:
    """A panel over the service over a database."""

    def __init__(self, database: Database, qtbot: QtBot, kept: str = "") -> None:
        self.bus, self.store = Bus(), Store(database)
        self.service = AuditService(self.bus, ManualClock())
        self.panel = AuditPanel(self.bus, self.service, kept)
        self.panel.resize(1200, 700)
        qtbot.addWidget(self.panel, before_close_func=lambda panel: panel.retire())
        self.panel.show()

    async def open(self, *written: Fact) -> None:
        """The log is open, with these entries, and shown."""
        await self.store.append(written)
        await self.service.use(self.store)
        await self.changed()

    async def add(self, *written: Fact) -> None:
        """More is written, and shown."""
        await self.store.append(written)
        await self.changed()

    async def changed(self) -> None:
        """What was written is shown."""
        self.bus.tell(AuditChanged())
        await self.panel.settled()

    def numbers(self) -> list[int]:
        """Of the entries shown, from the top."""
        return [entry.number for entry in self.panel.table.rows]

    def row(self, place: int) -> list[str]:
        """What stands in a row."""
        table = self.panel.table
        return [table.keyed.cell(place, column)[0] for column in range(len(table.keyed.columns))]


@pytest.fixture
async def audit(qtbot: QtBot) -> AsyncIterator[AuditDesk]:
    """Nothing is open yet."""
    with Database(None) as database:
        made = AuditDesk(database, qtbot)
        yield made
        await made.panel.settled()
        await made.service.close()


async def test_before_the_database_is_open_it_says_so_and_tries_again(audit: AuditDesk) -> None:
    await audit.panel.settled()
    assert text(audit.panel, "audit.empty") == (
        "The audit log is not open yet: try again in a moment."
    )
    await audit.service.use(audit.store)
    audit.panel.tick()
    await audit.panel.settled()
    assert text(audit.panel, "audit.empty") == "Nothing was written down yet."


async def test_an_entry_has_number_both_times_kind_who_subject_and_text(audit: AuditDesk) -> None:
    at = START.replace(microsecond=123_456)
    await audit.open(Fact(FactKind.MODE, at, "DU1", "user", "Orders were\nswitched on.", WIRE))
    assert audit.row(0) == [
        "1",
        f"{START:%Y-%m-%d %H:%M:%S}.123",
        f"{START.astimezone():%m-%d %H:%M:%S}",
        "mode",
        "Orders were switched on.",
        "user",
        "DU1",
        "✓",
    ]
    assert text(audit.panel, "audit.status") == "1 entry"


async def test_the_newest_is_on_top_and_what_comes_is_put_above(audit: AuditDesk) -> None:
    await audit.open(*facts(3))
    audit.panel.table.setCurrentIndex(audit.panel.table.keyed.index(1, 0))
    await audit.add(*facts(2, 4))
    assert audit.numbers() == [5, 4, 3, 2, 1]
    assert [entry.number for entry in audit.panel.table.selected()] == [2]
    await audit.add(*facts(2, 6))
    assert audit.numbers() == [7, 6, 5, 4, 3, 2, 1]


async def test_the_selected_entry_is_read_in_full_with_the_wire_and_the_seal(
    audit: AuditDesk,
) -> None:
    await audit.open(*facts(1))
    audit.panel.table.setCurrentIndex(audit.panel.table.keyed.index(0, 0))
    (entry,) = audit.panel.table.selected()
    said = audit.panel.detail.toPlainText()
    for part in (WIRE, entry.hash, entry.fact.at.isoformat(timespec="microseconds"), "fact 1"):
        assert part in said
    assert audit.panel.detail.isReadOnly()


async def test_a_kind_and_words_narrow_it_and_the_kind_is_remembered(
    audit: AuditDesk, qtbot: QtBot
) -> None:
    sent = replace(facts(1)[0], kind=FactKind.SENT, text="An order was SENT.")
    await audit.open(*facts(20), sent, *facts(20, 30))
    told: list[str] = []
    audit.panel.view_changed.connect(told.append)
    bar = audit.panel.bar
    bar.text.setText("order was sent")
    await audit.panel.settled()
    assert audit.numbers() == [21]
    assert text(audit.panel, "audit.status") == "1 matches of all 41"
    bar.text.setText("2104;market")
    await audit.panel.settled()
    assert len(audit.numbers()) == 41
    bar.text.setText("no such words")
    await audit.panel.settled()
    assert text(audit.panel, "audit.empty").startswith("No entry matches")
    bar.text.clear()
    bar.kind.setCurrentText("Sent")
    bar.kind.activated.emit(bar.kind.currentIndex())
    await audit.panel.settled()
    assert audit.numbers() == [21]
    assert told[-1] == "sent"
    with Database(None) as database:
        again = AuditDesk(database, qtbot, told[-1])
        assert again.panel.bar.wish().kind is FactKind.SENT
        await again.panel.settled()
        await again.service.close()


async def test_a_long_log_is_read_page_by_page(audit: AuditDesk) -> None:
    await audit.open(*facts(2 * PAGE + 500))
    assert audit.numbers() == list(range(2 * PAGE + 500, PAGE + 500, -1))
    assert text(audit.panel, "audit.status") == "The newest 1,000 of 2,500"
    assert audit.store.reads == 1
    table = audit.panel.table
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_End)
    await audit.panel.settled()
    assert len(audit.numbers()) == 2 * PAGE
    assert [entry.number for entry in table.selected()] == [PAGE + 501]
    QTest.keyClick(table, Qt.Key.Key_End)
    await audit.panel.settled()
    QTest.keyClick(table, Qt.Key.Key_End)
    await audit.panel.settled()
    assert audit.numbers() == list(range(2 * PAGE + 500, 0, -1))
    assert text(audit.panel, "audit.status") == "2,500 entries"
    assert audit.store.reads == 3


async def test_rare_words_are_looked_for_until_the_first_entry(audit: AuditDesk) -> None:
    rare = replace(facts(1)[0], text="the needle")
    await audit.open(rare, *facts(3 * PAGE))
    audit.panel.bar.text.setText("needle")
    await audit.panel.settled()
    assert audit.numbers() == [1]
    audit.panel.bar.text.setText("fact")
    audit.store.reads = 0
    await audit.panel.settled()
    assert len(audit.numbers()) >= WANTED
    assert audit.store.reads == 1


async def test_what_is_typed_meanwhile_ends_the_search_before_it(audit: AuditDesk) -> None:
    await audit.open(*facts(3 * PAGE))
    audit.panel.bar.text.setText("no such words")
    audit.panel.bar.text.setText("fact 7")
    await audit.panel.settled()
    assert all("fact 7" in entry.fact.text for entry in audit.panel.table.rows)
    assert audit.numbers()


async def test_the_reader_stays_where_he_is_when_entries_come(audit: AuditDesk) -> None:
    await audit.open(*facts(400))
    table = audit.panel.table
    table.verticalScrollBar().setValue(100)
    seen = audit.numbers()[table.verticalScrollBar().value()]
    await audit.add(*facts(7, 401))
    assert audit.numbers()[table.verticalScrollBar().value()] == seen
    table.verticalScrollBar().setValue(0)
    await audit.add(*facts(3, 408))
    assert table.verticalScrollBar().value() == 0


async def test_many_entries_at_once_are_read_anew(audit: AuditDesk) -> None:
    await audit.open(*facts(10))
    await audit.add(*facts(PAGE + 5, 11))
    assert audit.numbers() == list(range(PAGE + 15, 15, -1))


async def test_a_log_as_written_is_said_to_be_whole(audit: AuditDesk) -> None:
    await audit.open(*facts(3))
    child(audit.panel, QPushButton, "audit.verify").click()
    assert not child(audit.panel, QPushButton, "audit.verify").isEnabled()
    await audit.panel.settled()
    assert text(audit.panel, "audit.answer") == "✓ All 3 records are as written."
    assert child(audit.panel, QPushButton, "audit.verify").isEnabled()


def _alter(connection: Connection, change: str) -> None:
    """What the desk itself never does."""
    kept = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit'"
    for (name,) in connection.exec_driver_sql(kept).all():
        connection.exec_driver_sql(f"DROP TRIGGER {name}")
    connection.exec_driver_sql(change)


async def test_an_altered_record_is_named(qtbot: QtBot) -> None:
    with Database(None) as database:
        audit = AuditDesk(database, qtbot)
        await audit.open(*facts(3))
        change = "UPDATE audit SET text = 'something else' WHERE number = 2"
        await database.run(lambda on: _alter(on, change))
        child(audit.panel, QPushButton, "audit.verify").click()
        await audit.panel.settled()
        answer = text(audit.panel, "audit.answer")
        assert answer.startswith("✕ Entry 2 (note of VD-2 at ")
        assert "was altered" in answer
        await audit.service.close()


async def test_what_is_left_of_a_log_with_removed_records_is_all_shown(qtbot: QtBot) -> None:
    with Database(None) as database:
        audit = AuditDesk(database, qtbot)
        await audit.store.append(facts(PAGE + 100))
        gone = "DELETE FROM audit WHERE number <= 20 OR number = 1050"
        await database.run(lambda on: _alter(on, gone))
        await audit.open()
        assert audit.numbers()[0] == PAGE + 100
        audit.panel.bar.text.setText("no such words")
        await audit.panel.settled()
        assert text(audit.panel, "audit.empty").startswith("No entry matches")
        audit.panel.bar.text.clear()
        await audit.panel.settled()
        audit.panel.table.setFocus()
        QTest.keyClick(audit.panel.table, Qt.Key.Key_End)
        await audit.panel.settled()
        assert audit.numbers()[-1] == 21
        await audit.add(*facts(2, PAGE + 101))
        assert audit.numbers()[:3] == [PAGE + 102, PAGE + 101, PAGE + 100]
        await audit.service.close()


async def test_all_of_it_goes_to_a_file_whatever_is_shown(audit: AuditDesk, tmp_path: Path) -> None:
    await audit.open(*facts(5))
    audit.panel.bar.text.setText("fact 3")
    await audit.panel.settled()
    path = tmp_path / "audit.csv"
    child(audit.panel, QPushButton, "audit.export").click()
    dialog = child(audit.panel, QFileDialog, "audit.export.dialog")
    dialog.fileSelected.emit(str(path))
    await audit.panel.settled()
    dialog.reject()
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    assert [row[0] for row in rows] == ["number", "1", "2", "3", "4", "5"]
    assert text(audit.panel, "audit.answer") == f"5 entries written to {path}."


async def test_what_cannot_be_read_or_written_is_told(audit: AuditDesk, tmp_path: Path) -> None:
    await audit.open(*facts(5))
    audit.store.failing = True
    await audit.add(*facts(1, 6))
    assert text(audit.panel, "audit.status").startswith("The database cannot be read")
    assert len(audit.numbers()) == 5
    child(audit.panel, QPushButton, "audit.export").click()
    dialog = child(audit.panel, QFileDialog, "audit.export.dialog")
    dialog.fileSelected.emit(str(tmp_path / "audit.csv"))
    await audit.panel.settled()
    dialog.reject()
    assert text(audit.panel, "audit.answer").startswith("The database cannot be read")
    audit.store.failing = False
    audit.panel.tick()
    await audit.panel.settled()
    assert audit.numbers()[0] == 6
    assert text(audit.panel, "audit.status") == "6 entries"


async def test_rows_are_copied_with_their_titles(audit: AuditDesk) -> None:
    await audit.open(*facts(2))
    audit.panel.table.selectAll()
    audit.panel.table.copy()
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0].startswith("No\tTime (UTC)")
    assert [line.split("\t")[0] for line in lines[1:]] == ["2", "1"]


async def test_nothing_is_read_while_nobody_looks(audit: AuditDesk) -> None:
    await audit.open(*facts(2))
    audit.panel.hide()
    audit.store.reads = 0
    await audit.add(*facts(3, 3))
    assert (audit.store.reads, len(audit.numbers())) == (0, 2)
    audit.panel.show()
    await audit.panel.settled()
    assert audit.numbers() == [5, 4, 3, 2, 1]


async def test_the_model_keeps_qt_s_rules(audit: AuditDesk, qtmodeltester: ModelTester) -> None:
    await audit.open(*facts(3))
    qtmodeltester.check(audit.panel.table.keyed)  # type: ignore[no-untyped-call]


async def test_every_control_is_listed_in_the_help(audit: AuditDesk) -> None:
    for name in ("table", "kind", "filter", "detail", "verify", "answer", "export"):
        assert f"audit.{name}" in listed_ids()
    for widget in audit.panel.findChildren(QPushButton):
        assert widget.accessibleIdentifier()


async def test_nothing_runs_once_it_is_retired(audit: AuditDesk) -> None:
    await audit.open(*facts(3))
    audit.panel.retire()
    audit.bus.tell(AuditChanged())
    assert running(audit.panel) == []
    assert audit.panel.errands._tasks == set()
