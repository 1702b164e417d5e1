"""The question where a file is to be written."""

from pathlib import Path

import pytest
import shiboken6
from PySide6.QtWidgets import QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from vaultdesk.ui.save_dialog import RECORD, REPORT, ask_where


@pytest.fixture
def parent(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.show()
    return made


def asked(parent: QWidget, folder: Path, told: list[Path]) -> QFileDialog:
    ask_where(parent, "history", "Export the LTV history", "ltv-2026-07-10", told.append)
    dialog = parent.findChild(QFileDialog, "history.export.dialog")
    assert isinstance(dialog, QFileDialog)
    dialog.setDirectory(str(folder))
    return dialog


def test_the_proposed_name_is_taken_as_it_stands(parent: QWidget, tmp_path: Path) -> None:
    told: list[Path] = []
    dialog = asked(parent, tmp_path, told)
    assert dialog.accessibleIdentifier() == "history.export.dialog"
    assert dialog.windowTitle() == "Export the LTV history"
    assert [Path(name).name for name in dialog.selectedFiles()] == ["ltv-2026-07-10.csv"]
    dialog.accept()
    assert [path.name for path in told] == ["ltv-2026-07-10.csv"]


def test_a_name_without_an_ending_gets_one(parent: QWidget, tmp_path: Path) -> None:
    told: list[Path] = []
    dialog = asked(parent, tmp_path, told)
    dialog.selectFile(str(tmp_path / "mine"))
    dialog.accept()
    assert told == [tmp_path / "mine.csv"]


def test_who_thinks_better_of_it_writes_nothing(
    parent: QWidget, tmp_path: Path, qtbot: QtBot
) -> None:
    told: list[Path] = []
    dialog = asked(parent, tmp_path, told)
    dialog.reject()
    assert told == []
    qtbot.waitUntil(lambda: not shiboken6.isValid(dialog))


def test_of_several_kinds_the_name_follows_the_one_chosen(parent: QWidget, tmp_path: Path) -> None:
    told: list[Path] = []
    ask_where(parent, "compare", "Save the answer", "hedge", told.append, RECORD, REPORT)
    dialog = parent.findChild(QFileDialog, "compare.export.dialog")
    assert isinstance(dialog, QFileDialog)
    dialog.setDirectory(str(tmp_path))
    assert [Path(name).name for name in dialog.selectedFiles()] == ["hedge.json.gz"]
    dialog.filterSelected.emit(dialog.nameFilters()[1])
    dialog.accept()
    assert [path.name for path in told] == ["hedge.pdf"]
