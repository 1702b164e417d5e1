"""The reports' dialog: what is chosen is made, saved, mailed and shared, by the keyboard alone."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from vaultdesk.core.reports.kept import KeptReport, ReportKind, ReportRow
from vaultdesk.events import Bus, ReportMade
from vaultdesk.ports import DeliveryError, InputError, StorageError
from vaultdesk.ui.reports.dialog import ReportDialog
from vaultdesk.ui.reports.form import Left, left

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

TODAY = date(2026, 7, 10)
MADE = datetime(2026, 7, 10, 15, tzinfo=UTC)
OLD = ReportRow("0ld", ReportKind.DIARY, "Decision diary, 2026-01-01 to 2026-03-31", MADE, "ab")
NEW = ReportRow("new", ReportKind.LOAN, "Loan status, 2026-07-10 15:00:00 UTC", MADE, "cd")


class Service:
    """Makes nothing and says what it was asked; `held` keeps it at work until it is set."""

    def __init__(self, bus: Bus) -> None:
        self.bus = bus
        self.asked: list[tuple[object, ...]] = []
        self.kept: tuple[ReportRow, ...] = (OLD,)
        self.refusal: Exception | None = None
        self.held: asyncio.Event | None = None
        self.cancelled = False

    async def make(
        self,
        kind: ReportKind,
        start: date | None,
        end: date | None,
        tell: Callable[[str], None],
    ) -> KeptReport:
        self.asked.append(("make", kind, start, end))
        tell("Drawing the pages…")
        if self.refusal is not None:
            raise self.refusal
        if self.held is not None:
            try:
                await self.held.wait()
            except asyncio.CancelledError:
                self.cancelled = True
                raise
        self.kept = (NEW, OLD)
        self.bus.tell(ReportMade(NEW))
        return KeptReport(NEW, "9.9", b"{}", "ef")

    async def rows(self) -> tuple[ReportRow, ...]:
        return self.kept

    async def save_beside(self, number: str, path: Path) -> Path:
        self.asked.append(("save", number, path))
        return path

    async def mail(self, number: str) -> str:
        self.asked.append(("mail", number))
        raise DeliveryError("Enter the mail server in Settings, Mail.")

    async def share(self, number: str) -> Path:
        self.asked.append(("share", number))
        return Path("/shared/report.pdf")


@pytest.fixture
def bus() -> Bus:
    return Bus()


@pytest.fixture
def service(bus: Bus) -> Service:
    return Service(bus)


@pytest.fixture
async def dialog(qtbot: QtBot, service: Service, tmp_path: Path) -> ReportDialog:
    return await opened(qtbot, service, f'{{"folder": "{tmp_path}"}}')


async def opened(qtbot: QtBot, service: Service, kept: str = "") -> ReportDialog:
    made = ReportDialog(
        service,  # type: ignore[arg-type] # as much of it as is asked for
        service.bus,
        today=TODAY,
        zone="Europe/Zurich",
        kept=kept,
        open_file=lambda path: service.asked.append(("open", path)),
    )
    qtbot.addWidget(made)
    made.open()
    await made.errands.settled()
    return made


def press(dialog: ReportDialog, name: str) -> None:
    button = dialog.findChild(QPushButton, f"report.{name}")
    assert isinstance(button, QPushButton)
    assert button.isEnabled(), name
    button.click()


def choose(dialog: ReportDialog, kind: ReportKind) -> None:
    dialog.form.kind.setCurrentIndex(dialog.form.kind.findData(kind))


async def test_a_loans_report_is_made_and_saved_where_the_field_says(
    dialog: ReportDialog, service: Service, tmp_path: Path
) -> None:
    assert dialog.form.path.text() == str(tmp_path / "vaultdesk-loan.pdf")
    press(dialog, "save")
    await dialog.errands.settled()
    path = tmp_path / "vaultdesk-loan.pdf"
    assert service.asked == [("make", ReportKind.LOAN, None, None), ("save", "new", path)]
    assert dialog.form.path.text() == str(path)
    assert dialog.said.text() == f"✓ Saved as {path}"
    press(dialog, "view")
    assert service.asked[-1] == ("open", path)


async def test_days_are_asked_for_a_diary_alone(dialog: ReportDialog, service: Service) -> None:
    form = dialog.form
    assert not form.start.isEnabled()
    choose(dialog, ReportKind.DIARY)
    assert form.start.isEnabled()
    assert form.start.calendarPopup()
    assert (form.start.day(), form.end.day()) == (date(2026, 6, 11), TODAY)
    form.start.show_day(date(2026, 1, 1))
    assert form.path.text().endswith("vaultdesk-diary-2026-01-01-to-2026-07-10.pdf")
    press(dialog, "save")
    await dialog.errands.settled()
    assert service.asked[0] == ("make", ReportKind.DIARY, date(2026, 1, 1), TODAY)


async def test_a_typed_file_gets_an_ending_and_a_folder(
    dialog: ReportDialog, service: Service, tmp_path: Path
) -> None:
    for typed, path in (
        ("mine", tmp_path / "mine.pdf"),
        (f"{tmp_path}/v1.2", tmp_path / "v1.2.pdf"),
        (str(tmp_path), tmp_path / "vaultdesk-loan.pdf"),
        ("", tmp_path / "vaultdesk-loan.pdf"),
    ):
        dialog.list.setCurrentRow(0)
        dialog.form.propose_new()
        dialog.form.path.setText(typed)
        press(dialog, "save")
        await dialog.errands.settled()
        assert service.asked[-1] == ("save", "new", path)


async def test_a_refusal_is_one_sentence_and_the_dialog_stays(
    dialog: ReportDialog, service: Service
) -> None:
    for error in (InputError("Turn them round."), StorageError("The disk is full.")):
        service.refusal = error
        press(dialog, "save")
        await dialog.errands.settled()
        assert dialog.said.text() == str(error)
        assert dialog.said.property("role") == "down"
        assert dialog.isVisible()
    service.refusal = None
    press(dialog, "mail")
    await dialog.errands.settled()
    assert dialog.said.text() == "Enter the mail server in Settings, Mail."


async def test_a_kept_report_comes_out_again_without_being_made(
    dialog: ReportDialog, service: Service
) -> None:
    assert dialog.list.count() == 2
    assert dialog.list.item(1).text().startswith(OLD.title)
    dialog.list.setCurrentRow(1)
    assert not dialog.form.kind.isEnabled()
    assert dialog.form.path.text().endswith("vaultdesk-diary-2026-01-01-to-2026-03-31-0ld.pdf")
    for name in ("save", "share"):
        press(dialog, name)
        await dialog.errands.settled()
    assert [one[:2] for one in service.asked] == [("save", "0ld"), ("share", "0ld")]
    assert dialog.said.text() == "✓ Shared as /shared/report.pdf"
    dialog.list.setCurrentRow(0)
    assert dialog.form.kind.isEnabled()


async def test_what_was_saved_is_what_is_shared_until_another_is_chosen(
    dialog: ReportDialog, service: Service
) -> None:
    for name in ("save", "share"):
        press(dialog, name)
        await dialog.errands.settled()
    assert [one[0] for one in service.asked] == ["make", "save", "share"]
    choose(dialog, ReportKind.DIARY)
    assert not dialog.buttons["view"].isEnabled()
    press(dialog, "share")
    await dialog.errands.settled()
    assert [one[0] for one in service.asked][3:] == ["make", "share"]
    press(dialog, "save")
    await dialog.errands.settled()
    assert [one[0] for one in service.asked][5:] == ["make", "save"]


async def test_a_report_made_elsewhere_appears_in_the_list(
    dialog: ReportDialog, service: Service
) -> None:
    service.kept = (NEW, OLD)
    service.bus.tell(ReportMade(NEW))
    await dialog.errands.settled()
    assert [dialog.list.item(row).text().split(", made")[0] for row in range(3)] == [
        "A new report, as chosen above", NEW.title, OLD.title
    ]  # fmt: skip


async def test_it_shows_that_it_works_and_can_be_cancelled(
    dialog: ReportDialog, service: Service
) -> None:
    service.held = asyncio.Event()
    press(dialog, "save")
    await asyncio.sleep(0)
    assert dialog.busy
    assert dialog.progress.isVisible()
    assert dialog.said.text() == "Drawing the pages…"
    assert not dialog.buttons["save"].isEnabled()
    assert not dialog.form.kind.isEnabled()
    assert dialog.focusWidget() is dialog.buttons["cancel"]
    press(dialog, "cancel")
    await dialog.errands.settled()
    assert dialog.focusWidget() is dialog.form.kind
    assert service.cancelled
    assert dialog.said.text() == "Cancelled: nothing was made."
    assert not dialog.progress.isVisible()
    assert dialog.buttons["save"].isEnabled()
    assert not dialog.buttons["cancel"].isEnabled()


async def test_escape_cancels_first_and_closes_then(dialog: ReportDialog, service: Service) -> None:
    service.held = asyncio.Event()
    press(dialog, "save")
    await asyncio.sleep(0)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    await dialog.errands.settled()
    assert service.cancelled
    assert dialog.isVisible()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


async def test_closing_ends_what_is_under_way(dialog: ReportDialog, service: Service) -> None:
    service.held = asyncio.Event()
    press(dialog, "save")
    await asyncio.sleep(0)
    dialog.done(0)
    await dialog.errands.settled()
    assert service.cancelled


async def test_the_keyboard_alone_makes_a_diary(
    dialog: ReportDialog, service: Service, qtbot: QtBot
) -> None:
    dialog.activateWindow()
    with qtbot.waitExposed(dialog):
        dialog.form.kind.setFocus()
    QTest.keyClick(dialog.form.kind, Qt.Key.Key_Down)
    assert dialog.form.chosen() is ReportKind.DIARY
    seen = []
    for _ in range(12):
        focused = QApplication.focusWidget()
        assert isinstance(focused, QWidget)
        seen.append(focused.accessibleIdentifier())
        QTest.keyClick(focused, Qt.Key.Key_Tab)
    for name in ("kind", "from", "to", "path", "browse", "list", "save", "mail", "share"):
        assert f"report.{name}" in [one.removesuffix(".text") for one in seen]
    dialog.buttons["save"].setFocus()
    QTest.keyClick(dialog.buttons["save"], Qt.Key.Key_Space)
    await dialog.errands.settled()
    assert [one[0] for one in service.asked] == ["make", "save"]


async def test_kind_folder_and_size_are_remembered(
    qtbot: QtBot, dialog: ReportDialog, service: Service, tmp_path: Path
) -> None:
    choose(dialog, ReportKind.DIARY)
    dialog.form.path.setText(str(tmp_path / "other" / "mine.pdf"))
    press(dialog, "save")
    await dialog.errands.settled()
    dialog.resize(900, 700)
    with qtbot.waitSignal(dialog.view_changed) as told:
        dialog.reject()
    assert told.args is not None
    again = await opened(qtbot, service, told.args[0])
    assert again.form.chosen() is ReportKind.DIARY
    assert again.form.path.text().startswith(str(tmp_path / "other"))
    assert (again.width(), again.height()) == (900, 700)


@pytest.mark.parametrize("kept", ["", "{", "[]", '{"kind": "novel"}', '{"width": "wide"}'])
def test_nonsense_that_was_kept_is_as_the_first_time(kept: str) -> None:
    assert left(kept) == Left()


def test_what_is_kept_is_read_again() -> None:
    text = json.dumps({"kind": "diary", "folder": "/x", "width": 800, "height": 600})
    assert left(text) == Left(ReportKind.DIARY, "/x", 800, 600)
