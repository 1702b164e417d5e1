"""Backup and restore from the menu: in a thread, beside a loop that goes on."""

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.fakes.feed import START
from tests.fakes.profiles import contents, furnished
from vaultdesk import settings as layers
from vaultdesk.app import keeping
from vaultdesk.app.keep_commands import KeepCommands
from vaultdesk.app.parts import Profile
from vaultdesk.services.errands import Errands
from vaultdesk.storage import restoring
from vaultdesk.storage.backup import back_up

if TYPE_CHECKING:
    from vaultdesk.app.actions import Actions
    from vaultdesk.ui.keep_dialog import KeepDialog

PROFILE = Profile(layers.Settings())


class Spawning:
    """What the commands ask of the desk's actions."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.errands = Errands(self.said.append)
        self.spawn = self.errands.begin
        self.say = self.said.append


class Rig:
    def __init__(self, parent: QWidget) -> None:
        self.actions, self.closed = Spawning(), list[bool]()
        self.commands = KeepCommands(
            PROFILE, cast("Actions", self.actions), lambda: self.closed.append(True)
        )
        self.commands.use(parent)

    async def settled(self) -> None:
        await self.actions.errands.settled()


@pytest.fixture
def rig(qtbot: QtBot) -> Rig:
    parent = QWidget()
    qtbot.addWidget(parent)
    parent.show()
    return Rig(parent)


@pytest.fixture
def desk(home: Path) -> Path:
    return furnished(home)


async def test_a_backup_is_written_while_the_loop_goes_on(
    rig: Rig, desk: Path, tmp_path: Path
) -> None:
    dialog = rig.commands.back_up()
    path = tmp_path / "kept.vaultdesk"
    threads = threading.active_count()
    dialog.chosen.emit(path, False)
    await asyncio.sleep(0)
    assert threading.active_count() >= threads
    assert not path.exists(), "not on the loop"
    await rig.settled()
    assert rig.actions.said == [f"Backed up into {path}"]
    assert keeping.verify(path).manifest.members
    assert dialog.result() == dialog.DialogCode.Accepted
    assert desk == PROFILE.home


@pytest.mark.usefixtures("desk")
async def test_what_goes_wrong_is_told_in_the_dialog(rig: Rig, tmp_path: Path) -> None:
    dialog = rig.commands.back_up()
    (tmp_path / "file").write_text("in the way")
    dialog.chosen.emit(tmp_path / "file" / "kept.vaultdesk", False)
    await rig.settled()
    assert "choose another place" in dialog.problem.text()
    assert rig.actions.said == []


async def test_a_restore_is_laid_ready_and_closes_the_desk(rig: Rig, desk: Path) -> None:
    before = contents(desk)
    path = desk.parent / "kept.vaultdesk"
    back_up(desk, path, START)
    dialog = rig.commands.restore()
    dialog.chosen.emit(path)
    await rig.settled()
    assert rig.closed == [True]
    assert restoring.is_pending(desk)
    assert contents(desk) == before, "nothing is exchanged while it is open"


async def test_a_damaged_backup_leaves_the_desk_open(rig: Rig, desk: Path) -> None:
    path = desk.parent / "kept.vaultdesk"
    path.write_text("a letter")
    dialog = rig.commands.restore()
    dialog.chosen.emit(path)
    await rig.settled()
    assert "is damaged" in dialog.problem.text()
    assert rig.closed == []
    assert not restoring.is_pending(desk)
    assert not (desk / "incoming").exists()


async def test_cancelled_it_leaves_nothing(rig: Rig, desk: Path) -> None:
    path = desk.parent / "kept.vaultdesk"
    back_up(desk, path, START)
    for ask in _both(rig, path):
        dialog = ask()
        dialog.reject()
        await rig.settled()
        assert rig.closed == []
        assert not restoring.is_pending(desk)


def _both(rig: Rig, path: Path) -> tuple[Callable[[], "KeepDialog"], ...]:
    def restore() -> "KeepDialog":
        dialog = rig.commands.restore()
        dialog.chosen.emit(path)
        return dialog

    def back_up_() -> "KeepDialog":
        dialog = rig.commands.back_up()
        dialog.chosen.emit(path.with_name("other.vaultdesk"), True)
        return dialog

    return restore, back_up_


@pytest.mark.usefixtures("desk")
def test_the_vault_is_offered_where_there_is_one(rig: Rig, home: Path) -> None:
    assert rig.commands.back_up().vault.isVisible()
    (home / "secrets.vault").unlink()
    assert not rig.commands.back_up().vault.isVisible()


def test_both_stand_in_the_file_menu(rig: Rig) -> None:
    assert [(one.id, one.menu) for one in rig.commands.commands()] == [
        ("keep.back_up", "&File"),
        ("keep.restore", "&File"),
    ]
