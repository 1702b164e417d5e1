"""Commands as data: the menus, keys and entries that come of them."""

import pytest
from PySide6.QtWidgets import QMenu, QMenuBar
from pytestqt.qtbot import QtBot

from vaultdesk.ui.commands import Command, clear, entries, fill, menu_at


def nothing() -> None:
    """What a command does that is only looked at."""


@pytest.fixture
def bar(qtbot: QtBot) -> QMenuBar:
    made = QMenuBar()
    qtbot.addWidget(made)
    return made


def titles(holder: QMenuBar | QMenu) -> list[str]:
    return [action.text() or "---" for action in holder.actions()]


def test_menus_stand_in_their_usual_order(bar: QMenuBar) -> None:
    fill(bar, [Command("h", "&Help", "H", nothing), Command("f", "&File", "F", nothing)])
    fill(bar, [Command("o", "&Odd", "O", nothing)])
    assert titles(bar) == ["&File", "&Help", "&Odd"]


def test_a_line_parts_the_groups_of_a_menu(bar: QMenuBar) -> None:
    fill(
        bar,
        [
            Command("a", "&File", "A", nothing, group="one"),
            Command("b", "&File", "B", nothing, group="one"),
            Command("c", "&File", "C", nothing, group="two"),
        ],
    )
    assert titles(menu_at(bar, "&File")) == ["A", "B", "---", "C"]


def test_a_command_runs_by_its_action(bar: QMenuBar) -> None:
    ran: list[str] = []
    made = fill(bar, [Command("a", "&File", "A", lambda: ran.append("a"))])
    made["a"].trigger()
    assert ran == ["a"]


def test_a_switch_shows_the_truth_and_not_its_last_click(bar: QMenuBar) -> None:
    state = {"on": False}
    made = fill(bar, [Command("s", "&File", "S", nothing, checked=lambda: state["on"])])
    made["s"].trigger()
    assert not made["s"].isChecked()
    state["on"] = True
    menu_at(bar, "&File").aboutToShow.emit()
    assert made["s"].isChecked()


def test_a_command_may_have_several_keys(bar: QMenuBar) -> None:
    fill(bar, [Command("r", "&Market", "Refresh", nothing, "F5; Ctrl+R")])
    assert [entry.keys for entry in entries(bar)] == ["F5 or Ctrl+R"]


def test_entries_say_where_they_stand_and_skip_lines(bar: QMenuBar) -> None:
    fill(
        bar,
        [
            Command("a", "&View", "&Find", nothing),
            Command("b", "&View/&Theme", "&Dark", nothing, group="x", checked=lambda: True),
            Command("c", "&View/&Theme", "R&&D", nothing, group="y"),
        ],
    )
    assert [(entry.shown, entry.path) for entry in entries(bar)] == [
        ("Find", "View"),
        ("✓ Dark", "View > Theme"),
        ("R&D", "View > Theme"),
    ]


def test_a_menu_can_be_emptied_by_one_of_its_own_entries(bar: QMenuBar) -> None:
    path = "&View/&Saved"
    made = fill(
        bar,
        [
            Command("go", path, "Go", lambda: clear(bar, path)),
            Command("deep", f"{path}/&Deep", "Deep", nothing),
        ],
    )
    made["go"].trigger()
    assert entries(bar) == []
    fill(bar, [Command("new", path, "New", nothing, group="other")])
    assert titles(menu_at(bar, path)) == ["New"]
