"""The menu Help: F1 opens the page on the panel with the keyboard, Esc goes back there."""

import argparse
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.fakes.health import healthy
from tests.ui.desk import NOW, MemoryStore, StandIn
from vaultdesk.app.checkup import Checkup
from vaultdesk.app.helping import Helping
from vaultdesk.app.parts import Profile
from vaultdesk.events import Bus
from vaultdesk.settings import Settings
from vaultdesk.storage.window_files import WindowFiles
from vaultdesk.ui import theme
from vaultdesk.ui.help.kept import parsed
from vaultdesk.ui.help.pages import OF_PANEL, PAGES
from vaultdesk.ui.panel import Later
from vaultdesk.ui.panels.help import HelpPanel
from vaultdesk.ui.window import DeskWindow

KEYS = ("loan", "chain", "orders")


class HelpDesk:
    """A window of stand-ins with the real help."""

    def __init__(self, folder: Path) -> None:
        self.kept: dict[str, str] = {}
        bus = Bus()
        parser = argparse.ArgumentParser("vaultdesk")
        parser.set_defaults(command=print)
        checkup = Checkup(Profile(Settings()), {}, healthy, str)
        self.helping = Helping(
            bus, WindowFiles(folder), self.kept.__setitem__, lambda: parser, checkup
        )
        self.window = DeskWindow(
            bus,
            [*(StandIn(bus, key) for key in KEYS), *self.helping.panels()],
            self.helping.commands(),
            MemoryStore(),
            now=lambda: NOW,
        )
        self.helping.use(self.window)

    @property
    def panel(self) -> HelpPanel:
        found = self.window.findChild(HelpPanel)
        assert isinstance(found, HelpPanel)
        return found

    def trigger(self, command: str) -> None:
        self.window.actions_by_id[command].trigger()


@pytest.fixture
def made(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> HelpDesk:
    theme.apply(qapp, theme.DARK)
    desk = HelpDesk(tmp_path)
    qtbot.addWidget(desk.window, before_close_func=lambda _window: desk.window.retire())
    desk.window.show()
    desk.window.activateWindow()
    return desk


def test_nothing_of_it_is_built_until_it_is_asked_for(made: HelpDesk) -> None:
    assert made.window.findChild(HelpPanel) is None
    assert isinstance(made.window.panels["help"], Later)


@pytest.mark.parametrize("key", KEYS)
def test_f1_opens_the_page_on_the_panel_with_the_keyboard(made: HelpDesk, key: str) -> None:
    made.window.focus_panel(key)
    QTest.keyClick(made.window, Qt.Key.Key_F1)
    assert made.panel.trail.here.page == OF_PANEL[key].partition("#")[0]
    assert made.window.focused_panel() == "help"
    assert made.panel.view.hasFocus()


def test_f1_in_the_help_itself_goes_to_the_search(made: HelpDesk) -> None:
    made.window.focus_panel("chain")
    made.trigger("help.context")
    made.trigger("help.context")
    assert made.panel.contents.search.hasFocus()
    assert made.panel.trail.here.page == "chain"


def test_escape_gives_the_keyboard_back_to_where_it_was(made: HelpDesk) -> None:
    made.window.focus_panel("orders")
    made.trigger("help.context")
    made.trigger("help.quality")
    QTest.keyClick(made.panel.view, Qt.Key.Key_Escape)
    assert made.window.focused_panel() == "orders"


def test_shift_f1_searches(made: HelpDesk) -> None:
    QTest.keyClick(made.window, Qt.Key.Key_F1, Qt.KeyboardModifier.ShiftModifier)
    assert made.panel.contents.search.hasFocus()


@pytest.mark.parametrize("page", PAGES)
def test_every_page_has_its_entry_in_the_menu(made: HelpDesk, page: str) -> None:
    made.trigger(f"help.{page}")
    assert made.panel.trail.here.page == page
    assert parsed(made.kept["help"]).page == page


def test_a_closed_help_comes_back(made: HelpDesk) -> None:
    made.trigger("help.start")
    made.window.docks["help"].hide()
    made.trigger("help.loan")
    assert made.window.docks["help"].isVisible()
    assert made.panel.trail.here.page == "loan"


def test_the_keyboard_page_lists_the_window_s_own_commands(made: HelpDesk) -> None:
    made.trigger("help.keyboard")
    text = made.panel.view.toPlainText()
    assert "Help on this panel" in text
    assert "Shift+F1" in text


def test_the_help_opens_where_it_was_left_last_time(
    qtbot: QtBot, tmp_path: Path, made: HelpDesk
) -> None:
    made.trigger("help.quality")
    files = WindowFiles(tmp_path)
    files.keep_choice("help", made.kept["help"])
    again = HelpDesk(tmp_path)
    qtbot.addWidget(again.window, before_close_func=lambda _window: again.window.retire())
    again.window.show()
    again.trigger("help.find")
    assert again.panel.trail.here.page == "quality"
