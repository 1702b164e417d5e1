"""Backup and restore in the window: asked for, followed, stopped, and told when they fail."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from vaultdesk.ui.keep_dialog import WHOLE, BackUpDialog, RestoreDialog


@pytest.fixture
def parent(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.show()
    return made


def back_up(parent: QWidget, *, vault: bool = True) -> BackUpDialog:
    dialog = BackUpDialog("vaultdesk-2026-07-10", vault=vault, parent=parent)
    dialog.open()
    return dialog


def restore(parent: QWidget) -> RestoreDialog:
    dialog = RestoreDialog(parent)
    dialog.open()
    return dialog


def choose(dialog: RestoreDialog, path: Path) -> None:
    """As the user does in the system's dialog."""
    dialog.choose.click()
    asked = dialog.findChild(QFileDialog, "keep.open.dialog")
    assert isinstance(asked, QFileDialog)
    asked.setDirectory(str(path.parent))
    asked.selectFile(str(path))
    asked.accept()


def test_a_backup_goes_to_the_file_that_was_chosen(parent: QWidget, tmp_path: Path) -> None:
    dialog, told = back_up(parent), list[tuple[Path, bool]]()
    dialog.chosen.connect(lambda path, vault: told.append((path, vault)))
    dialog.go.click()
    asked = dialog.findChild(QFileDialog, "keep.export.dialog")
    assert isinstance(asked, QFileDialog)
    asked.setDirectory(str(tmp_path))
    asked.accept()
    assert [(path.name, vault) for path, vault in told] == [
        ("vaultdesk-2026-07-10.vaultdesk", False)
    ]
    assert not dialog.go.isEnabled()
    assert dialog.bar.isVisible()


def test_the_vault_is_only_offered_where_there_is_one(parent: QWidget) -> None:
    assert back_up(parent).vault.isVisible()
    assert not back_up(parent, vault=False).vault.isVisible()
    assert not back_up(parent).vault.isChecked()


def test_it_shows_how_far_it_is(parent: QWidget) -> None:
    dialog = back_up(parent)
    dialog.working()
    dialog.progress(0.25)
    assert dialog.bar.value() == WHOLE / 4


def test_what_went_wrong_is_said_and_it_can_be_begun_again(parent: QWidget) -> None:
    dialog = back_up(parent)
    dialog.working()
    dialog.fail("The disk is full: free some space.")
    assert dialog.problem.isVisible()
    assert dialog.problem.text() == "The disk is full: free some space."
    assert dialog.problem.textFormat() is Qt.TextFormat.PlainText
    assert dialog.go.isEnabled()
    assert not dialog.bar.isVisible()
    dialog.working()
    assert not dialog.problem.isVisible()


def test_nothing_is_restored_before_a_file_was_chosen(parent: QWidget, tmp_path: Path) -> None:
    dialog, told = restore(parent), list[Path]()
    dialog.chosen.connect(told.append)
    assert not dialog.go.isEnabled()
    path = tmp_path / "old.vaultdesk"
    path.touch()
    choose(dialog, path)
    assert told == []
    assert dialog.file.text() == str(path)
    dialog.go.click()
    assert told == [path]
    assert not dialog.choose.isEnabled()


def test_after_a_refusal_another_backup_can_be_chosen(parent: QWidget, tmp_path: Path) -> None:
    dialog = restore(parent)
    path = tmp_path / "old.vaultdesk"
    path.touch()
    choose(dialog, path)
    dialog.go.click()
    dialog.fail("It is damaged: use another backup.")
    assert dialog.choose.isEnabled()
    choose(dialog, path)
    assert not dialog.problem.isVisible()


def test_escape_stops_it_until_it_is_decided(parent: QWidget, qtbot: QtBot) -> None:
    dialog, stopped = restore(parent), list[int]()
    dialog.rejected.connect(lambda: stopped.append(1))
    dialog.decided()
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)  # type: ignore[no-untyped-call]
    assert stopped == []
    assert not dialog.cancel.isEnabled()
    dialog.fail("The disk is full.")
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)  # type: ignore[no-untyped-call]
    assert stopped == [1]


def test_what_a_thread_tells_after_it_was_closed_is_dropped(parent: QWidget) -> None:
    dialog = back_up(parent)
    dialog.working()
    dialog.reject()
    dialog.progress(0.5)
    dialog.fail("too late")
    assert dialog.bar.value() == 0
    assert dialog.problem.text() == ""


def test_every_control_has_its_name(parent: QWidget) -> None:
    for dialog in (back_up(parent), restore(parent)):
        for widget in (dialog.text, dialog.problem, dialog.bar, dialog.go, dialog.cancel):
            assert widget.accessibleIdentifier().startswith("keep.")
