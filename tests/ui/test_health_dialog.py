"""The health dialog: every part in a word, renewed while open, and the diagnostics copied."""

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from PySide6.QtCore import QUrl, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QApplication, QDialog, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.panels.rig import running, text
from vaultdesk.ports import StorageError
from vaultdesk.ui import theme
from vaultdesk.ui.health_dialog import PARTS, ROLES, HealthDialog
from vaultdesk.ui.help.generated import listed_ids
from vaultdesk.ui.signs import Sign, State


class Desk:
    """What the dialog looks at; `looks` counts."""

    def __init__(self) -> None:
        self.looks = 0
        self.state = State.OK
        self.age_s = 3.0
        self.gate = asyncio.Event()
        self.gate.set()
        self.broken = False

    async def look(self) -> Sequence[Sign]:
        self.looks += 1
        await self.gate.wait()
        if self.broken:
            raise StorageError("The disk is gone: plug it in.")
        return [Sign(part, self.state, f"all of {part}", self.age_s) for part in PARTS]

    async def diagnose(self) -> str:
        return "one\ntwo\nthree"


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
async def dialog(desk: Desk, qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> HealthDialog:
    theme.apply(qapp, theme.DARK)
    made = HealthDialog(desk.look, desk.diagnose, tmp_path)
    qtbot.addWidget(made)
    made.open()
    await made.errands.settled()
    return made


async def test_each_part_has_a_mark_a_word_a_sentence_and_an_age(dialog: HealthDialog) -> None:
    for part in PARTS:
        assert text(dialog, f"health.{part}.state") == "✓ OK"
        assert text(dialog, f"health.{part}") == f"all of {part}"
        assert text(dialog, f"health.{part}.age") == "3 s"


@pytest.mark.parametrize("state", State)
async def test_a_state_is_told_by_mark_and_word_and_never_by_colour_alone(
    dialog: HealthDialog, desk: Desk, state: State
) -> None:
    desk.state = state
    dialog.renew()
    await dialog.errands.settled()
    said = text(dialog, "health.feed.state")
    assert said.split()[1] == state.upper()
    assert len(said.split()[0]) == 1
    assert dialog.rows["feed"].state.property("role") == ROLES[state]


async def test_it_looks_again_by_itself_while_it_is_open(dialog: HealthDialog, desk: Desk) -> None:
    (timer,) = running(dialog)
    assert timer.interval() == 1000
    desk.age_s = 64.0
    timer.timeout.emit()
    await dialog.errands.settled()
    assert desk.looks == 2
    assert text(dialog, "health.feed.age") == "1 min"


async def test_a_slow_look_is_not_overtaken_by_another(dialog: HealthDialog, desk: Desk) -> None:
    desk.gate.clear()
    for _ in range(5):
        dialog.renew()
    await asyncio.sleep(0)
    assert desk.looks == 2
    desk.gate.set()
    await dialog.errands.settled()
    dialog.renew()
    await dialog.errands.settled()
    assert desk.looks == 3


async def test_nothing_goes_on_behind_a_closed_dialog(dialog: HealthDialog, desk: Desk) -> None:
    desk.gate.clear()
    dialog.renew()
    await asyncio.sleep(0)
    dialog.reject()
    await dialog.errands.settled()
    assert running(dialog) == []
    assert dialog.result() == QDialog.DialogCode.Rejected


async def test_what_goes_wrong_while_it_looks_is_told_and_it_looks_again(
    dialog: HealthDialog, desk: Desk
) -> None:
    desk.broken = True
    dialog.renew()
    await dialog.errands.settled()
    assert text(dialog, "health.answer") == "The disk is gone: plug it in."
    desk.broken = False
    dialog.renew()
    await dialog.errands.settled()
    assert desk.looks == 3
    assert text(dialog, "health.answer") == ""


async def test_the_diagnostics_go_to_the_clipboard(dialog: HealthDialog) -> None:
    QGuiApplication.clipboard().setText("before")
    dialog.copy.click()
    await dialog.errands.settled()
    assert QGuiApplication.clipboard().text() == "one\ntwo\nthree"
    assert "3 lines" in text(dialog, "health.answer")
    assert dialog.copy.isEnabled()


class Handler(QWidget):
    """Takes addresses of files in place of a file manager."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[QUrl] = []

    @Slot(QUrl)
    def take(self, url: QUrl) -> None:
        self.opened.append(url)


@pytest.fixture
def handler(qtbot: QtBot) -> Iterator[Handler]:
    made = Handler()
    qtbot.addWidget(made)
    QDesktopServices.setUrlHandler("file", made, "take")  # type: ignore[arg-type]
    yield made
    QDesktopServices.unsetUrlHandler("file")


async def test_the_log_s_folder_is_shown(
    dialog: HealthDialog, handler: Handler, tmp_path: Path
) -> None:
    dialog.log.click()
    assert [Path(url.toLocalFile()) for url in handler.opened] == [tmp_path]


async def test_every_control_is_listed_in_the_help(dialog: HealthDialog) -> None:
    listed = set(listed_ids())
    parts = {f"health.{part}{of}" for part in PARTS for of in ("", ".state", ".age")}
    for widget in dialog.findChildren(QWidget):
        identifier = widget.accessibleIdentifier()
        if identifier and identifier not in parts:
            assert identifier in listed, identifier
        if identifier:
            assert widget.accessibleDescription(), identifier
    assert all(f"`{part}`" in listed_ids()["health.PART"] for part in PARTS)
