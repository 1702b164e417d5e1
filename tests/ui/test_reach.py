"""Keyboard, screen reader and a large scale reach all of the desk; colour never speaks alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from tests.conftest import ROOT
from tests.ui import reach
from vaultdesk.ui import theme
from vaultdesk.ui.panel import named

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

ELSEWHERE = {
    "palette.list (QTreeWidget) is reached by no Tab": "Up and Down in the search field move it",
}
"""What is found and is no fault, and why."""


def _faults(width: int, height: int, look: str, scale: str) -> dict[str, list[str]]:
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        "QT_SCALE_FACTOR": scale,
        "PYTHONPATH": str(ROOT / "packaging"),
    }
    command = [sys.executable, "-m", "tests.ui.reach_desk", str(width), str(height), look]
    done = subprocess.run(  # noqa: S603
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found: dict[str, list[str]] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize(
    ("width", "height", "look", "scale"),
    [(1600, 1000, "dark", "1"), (1280, 800, "light", "2"), (640, 400, "dark", "2")],
    ids=["a large screen", "200 % of a fine screen", "200 % of 1280 by 800"],
)
def test_every_panel_and_dialog_is_reached(width: int, height: int, look: str, scale: str) -> None:
    found = _faults(width, height, look, scale)
    least = json.loads(found.pop("least")[0])
    assert {"loan", "whatif", "whatif, History", "dialog of settings.open"} <= found.keys()
    faults = {
        f"{where}: {fault}"
        for where, told in found.items()
        for fault in told
        if fault not in ELSEWHERE
    }
    assert sorted(faults) == []
    assert least[0] <= width
    assert least[1] <= height


# ---- what looks sees its faults ------------------------------------------------------------------


@pytest.fixture
def page(qtbot: QtBot, qapp: QApplication) -> QWidget:
    """An active window that wears the theme."""
    theme.apply(qapp, theme.DARK)
    made = QWidget()
    QVBoxLayout(made)
    made.resize(300, 200)
    qtbot.addWidget(made)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


def put(page: QWidget, *widgets: QWidget) -> list[QWidget]:
    """Put them below each other; gives where Tab leads."""
    layout = page.layout()
    assert layout is not None
    for widget in widgets:
        layout.addWidget(widget)
        widget.show()
    layout.activate()
    return reach.tabbed(widgets[0])


def test_tab_goes_round_and_what_it_leaves_out_is_told(page: QWidget) -> None:
    first, left_out = QPushButton("First"), named(QPushButton("Second"), "area.second", "It")
    left_out.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
    third = QLineEdit()
    chain = put(page, first, left_out, third)
    assert chain == [first, third]
    assert reach.unreached(page, chain) == ["area.second (QPushButton) is reached by no Tab"]


def test_a_field_that_keeps_the_tab_hides_what_follows(page: QWidget) -> None:
    trap, after = QPlainTextEdit(), named(QPushButton("After"), "area.after", "It")
    chain = put(page, trap, after)
    assert reach.unreached(page, chain) == ["area.after (QPushButton) is reached by no Tab"]


def test_what_is_switched_off_or_out_of_sight_need_not_be_reached(page: QWidget) -> None:
    off, hidden = QPushButton("Off"), QPushButton("Hidden")
    off.setEnabled(False)
    chain = put(page, QLineEdit(), off, hidden)
    hidden.hide()
    assert reach.unreached(page, chain) == []


def test_a_control_that_hides_the_keyboard_is_told(page: QWidget) -> None:
    bare, dressed = named(QPushButton("Bare"), "area.bare", "It"), QCheckBox("Dressed")
    bare.setStyleSheet("QPushButton, QPushButton:focus { border: none; outline: none; }")
    dressed.setChecked(True)
    chain = put(page, bare, dressed)
    assert reach.unseen_focus(chain) == [
        "area.bare (QPushButton) does not show that it has the keyboard"
    ]


def test_a_field_without_a_name_is_told(page: QWidget) -> None:
    spoken = named(QLineEdit(), "area.spoken", "What it is for")
    chain = put(page, QLineEdit(), spoken, QPushButton("Says itself"))
    assert reach.nameless(chain) == ["? (QLineEdit) has neither a name nor a description"]


def test_text_without_room_is_told(page: QWidget) -> None:
    short, wraps = named(QLabel("A heading that is long"), "area.head"), QLabel("Many words " * 9)
    wraps.setWordWrap(True)
    put(page, short, wraps)
    assert reach.cut_off(page) == []
    short.setFixedWidth(40)
    page.layout().activate()  # type: ignore[union-attr]
    (told,) = reach.cut_off(page)
    assert told.startswith("area.head (QLabel) 'A heading that is long' lacks")


@pytest.mark.parametrize("bar", [True, False], ids=["with a bar", "without"])
def test_what_stands_beyond_the_edge_is_told_where_no_bar_leads_there(
    page: QWidget, bar: bool
) -> None:
    area, inside = QScrollArea(), QWidget()
    row = QHBoxLayout(inside)
    row.addWidget(QLabel("Left"))
    row.addSpacing(600)
    row.addWidget(named(QLabel("Right"), "area.right"))
    area.setWidget(inside)
    if not bar:
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    put(page, area)
    told = [] if bar else ["area.right (QLabel) 'Right' stands beyond the edge"]
    assert reach.cut_off(page) == told


@pytest.mark.parametrize(
    ("text", "told"),
    [("1.84", True), ("+1.84", False), ("-1.84", False), ("▼ 1.84", False), ("gap", False)],
)
def test_a_figure_in_a_colour_of_its_own_needs_a_sign_or_a_word(
    page: QWidget, text: str, told: bool
) -> None:
    figure = named(QLabel(text), "area.figure")
    theme.role(figure, "down")
    put(page, figure)
    assert bool(reach.colour_alone(page, {})) is told
    word = named(QLabel("MARGIN CALL"), "area.zone")
    put(page, word)
    assert reach.colour_alone(page, {"area.figure": "area.zone"}) == []
    word.setText("")
    assert bool(reach.colour_alone(page, {"area.figure": "area.zone"})) is told
