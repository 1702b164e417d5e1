"""The desk's window: what surrounds the panels."""

import subprocess
import sys
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDockWidget, QLabel, QTabBar
from pytestqt.qtbot import QtBot

from tests.ui.desk import KEYS, MemoryStore, StandIn, desk, quote
from vaultdesk.core.market import Quality
from vaultdesk.events import Bus, ProblemRaised, QuoteChanged
from vaultdesk.ui import theme
from vaultdesk.ui.commands import Command, Entry
from vaultdesk.ui.window import DeskWindow

ROOT = Path(__file__).resolve().parents[2]


def shown(qtbot: QtBot, window: DeskWindow) -> DeskWindow:
    qtbot.addWidget(window)
    window.show()
    qtbot.waitUntil(window.isActiveWindow)
    return window


@pytest.fixture
def window(qtbot: QtBot) -> DeskWindow:
    return shown(qtbot, desk())


def entry(window: DeskWindow, text: str, path: str) -> Entry:
    found = [e for e in window.entries() if (e.text, e.path) == (text, path)]
    assert len(found) == 1, (text, path)
    return found[0]


def focus() -> str:
    widget = QApplication.focusWidget()
    return widget.objectName() if widget else ""


def test_every_panel_has_a_dock_with_a_name_that_can_be_saved(window: DeskWindow) -> None:
    docks = window.findChildren(QDockWidget)
    assert {dock.objectName() for dock in docks} == {f"dock.{key}" for key in KEYS}
    assert all(dock.features() & dock.DockWidgetFeature.DockWidgetFloatable for dock in docks)


def test_the_commands_of_the_application_stand_before_the_windows_own(qtbot: QtBot) -> None:
    given = [Command("loan.edit", "&File", "&Loan…", lambda: None, "Ctrl+L")]
    window = shown(qtbot, desk(commands=given))
    texts = [e.text for e in window.entries() if e.path == "File"]
    assert texts == ["Loan…", "Close window", "Quit"]


def test_no_two_commands_share_a_key(window: DeskWindow) -> None:
    keys = [key for e in window.entries() for key in e.keys.split(" or ") if key]
    assert len(keys) == len(set(keys))


def test_every_menu_entry_has_a_mnemonic_of_its_own(window: DeskWindow) -> None:
    titles = [action.text() for action in window.header.menu_bar.actions()]
    letters = [title[title.index("&") + 1].lower() for title in titles]
    assert len(letters) == len(set(letters))


@pytest.mark.parametrize(("number", "key"), list(enumerate(KEYS, start=1)))
def test_a_number_key_goes_to_a_panel(window: DeskWindow, number: int, key: str) -> None:
    QTest.keyClick(window, Qt.Key(Qt.Key.Key_0 + number), Qt.KeyboardModifier.ControlModifier)
    assert focus() == f"{key}.first"


def test_a_closed_panel_opens_when_it_is_gone_to(window: DeskWindow) -> None:
    window.docks["greeks"].close()
    window.focus_panel("greeks")
    assert window.docks["greeks"].isVisible()
    assert focus() == "greeks.first"


def test_the_keyboard_begins_at_the_loan_and_steps_through_the_panels(window: DeskWindow) -> None:
    assert focus() == "loan.first"
    window.step_panel(1)
    assert focus() == "quote.first"
    window.step_panel(-1)
    window.step_panel(-1)
    assert focus() == "history.first"
    window.step_panel(1)
    assert focus() == "loan.first"


def test_hidden_panels_are_stepped_over(window: DeskWindow) -> None:
    window.docks["quote"].close()
    window.focus_panel("loan")
    window.step_panel(1)
    assert focus() == "chain.first"


def test_the_menu_shows_and_hides_panels(window: DeskWindow) -> None:
    switch = entry(window, "Quote", "View > Panels").action
    assert switch.isChecked()
    switch.trigger()
    assert window.docks["quote"].isHidden()
    assert not switch.isChecked()
    window.docks["quote"].show()
    assert entry(window, "Quote", "View > Panels").action.isChecked()


@pytest.mark.parametrize("word", ["SIMULATED", "RECORDED"])
def test_prices_that_are_not_the_markets_are_marked_at_the_top_and_in_the_title(
    qtbot: QtBot, word: str
) -> None:
    window = shown(qtbot, desk(mark=word))
    assert window.windowTitle().startswith(word)
    assert window.header.mark.text().startswith(word)
    assert window.header.mark.isVisible()


def test_real_prices_carry_no_mark(window: DeskWindow) -> None:
    assert window.windowTitle() == "VaultDesk"
    assert window.header.mark.isHidden()


def test_a_simulated_quote_marks_the_desk_even_if_nobody_said_so(qtbot: QtBot) -> None:
    bus = Bus()
    window = shown(qtbot, desk(bus))
    bus.tell(QuoteChanged(quote(quality=Quality.LIVE)))
    assert window.mark == ""
    bus.tell(QuoteChanged(quote(quality=Quality.SIMULATED)))
    assert window.windowTitle().startswith("SIMULATED")


def test_closing_without_a_tray_asks_to_quit(qtbot: QtBot, window: DeskWindow) -> None:
    with qtbot.waitSignal(window.quit_requested), qtbot.assertNotEmitted(window.hidden_to_tray):
        window.close()


def test_closing_with_a_tray_goes_on_there_and_comes_back(qtbot: QtBot) -> None:
    window = shown(qtbot, desk(tray=True))
    with qtbot.waitSignal(window.hidden_to_tray), qtbot.assertNotEmitted(window.quit_requested):
        window.close()
    assert window.isHidden()
    window.bring_up()
    assert window.isVisible()


def test_quit_asks_and_leaves_the_window_to_the_application(
    qtbot: QtBot, window: DeskWindow
) -> None:
    with qtbot.waitSignal(window.quit_requested):
        window.actions_by_id["desk.quit"].trigger()
    assert window.isVisible()


def test_a_minimised_window_is_brought_up(window: DeskWindow) -> None:
    window.showMinimized()
    window.bring_up()
    assert not window.isMinimized()


def test_a_problem_appears_in_the_window(qtbot: QtBot) -> None:
    bus = Bus()
    window = shown(qtbot, desk(bus))
    assert window.banner.isHidden()
    bus.tell(ProblemRaised("feed", "No network: check the cable."))
    found = [w for w in window.findChildren(QLabel) if w.accessibleIdentifier() == "desk.problem"]
    assert [w.text() for w in found if w.isVisible()] == ["No network: check the cable."]


@pytest.mark.parametrize("name", ["dark", "light"])
def test_the_theme_is_chosen_in_the_menu(window: DeskWindow, name: str) -> None:
    chosen = entry(window, f"{name.title()} theme", "View > Theme").action
    chosen.trigger()
    assert theme.current().name == name
    other = {"dark": "Light", "light": "Dark"}[name]
    assert chosen.isChecked()
    assert not entry(window, f"{other} theme", "View > Theme").action.isChecked()


def test_a_saved_workspace_joins_the_menu_and_leaves_it_when_deleted(window: DeskWindow) -> None:
    window.workspaces.save("R&D")
    entry(window, "R&D", "View > Workspaces").action.trigger()
    entry(window, "R&D", "View > Workspaces > Delete").action.trigger()
    assert "R&D" not in [e.text for e in window.entries()]


def test_saving_asks_for_a_name_and_refuses_a_built_in_one(window: DeskWindow) -> None:
    window.actions_by_id["desk.palette"].trigger()
    entry(window, "Save this as…", "View > Workspaces").action.trigger()
    dialog = window.name_dialog
    assert dialog is not None
    QTest.keyClicks(dialog.name, "Loan")
    QTest.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
    assert "built in" in dialog.problem.text()
    dialog.name.clear()
    QTest.keyClicks(dialog.name, "Morning")
    QTest.keyClick(dialog.name, Qt.Key.Key_Return)
    assert window.workspaces.saved() == ("Morning",)


def test_a_damaged_workspace_is_told_in_the_banner(qtbot: QtBot) -> None:
    store = MemoryStore()
    store.kept["Bad"] = b"noise"
    window = shown(qtbot, desk(store=store))
    window.restore_workspace("Bad")
    assert "“Bad”" in window.banner.sentence.text()


def test_a_store_that_fails_is_told_and_the_desk_lives_on(qtbot: QtBot) -> None:
    store = MemoryStore()
    store.broken = True
    window = shown(qtbot, desk(store=store))
    assert window.banner.sentence.text() == "The disk is full: free some space."
    assert all(dock.isVisible() for dock in window.docks.values())
    with qtbot.waitSignal(window.quit_requested):
        window.close()


def test_docks_that_share_a_place_get_tabs_without_a_base_line(window: DeskWindow) -> None:
    window.tabifyDockWidget(window.docks["history"], window.docks["greeks"])
    window.resize(window.width() - 10, window.height())
    bars = window.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly)
    assert bars
    assert all(not bar.drawBase() for bar in bars)
    assert all(bar.accessibleIdentifier() == "desk.tabs" for bar in bars)


def test_the_first_arrangement_fits_the_size_the_window_was_given(qtbot: QtBot) -> None:
    window = desk()
    window.resize(700, 1300)
    shown(qtbot, window)
    side = [window.docks[key].geometry() for key in ("loan", "quote", "greeks")]
    assert {area.left() for area in side} == {0}
    assert side[0].bottom() < side[1].top()
    assert side[1].bottom() < side[2].top()


def test_sentences_that_wrap_do_not_make_the_window_grow(qtbot: QtBot) -> None:
    window = desk(keys=("loan", "chain"))
    for panel in window.panels.values():
        sentence = QLabel("A sentence that needs many lines while it has no room. " * 12, panel)
        sentence.setWordWrap(True)
        layout = panel.layout()
        assert layout is not None
        layout.addWidget(sentence)
    window.resize(700, 500)
    shown(qtbot, window)
    assert window.size().toTuple() == (700, 500)


def test_a_retired_window_and_its_panels_hear_nothing(qtbot: QtBot) -> None:
    bus = Bus()
    window = shown(qtbot, desk(bus))
    window.retire()
    window.retire()
    assert not any(bus._handlers.values())


def test_a_retired_window_remembers_how_it_was(qtbot: QtBot) -> None:
    store = MemoryStore()
    shown(qtbot, desk(store=store)).retire()
    assert len(store.kept) == 1


def test_a_deleted_window_takes_everything_with_it(qapp: QApplication) -> None:
    before = _living(qapp)
    window = desk()
    window.show()
    window.open_palette()
    window.retire()
    shiboken6.delete(window)
    assert _living(qapp) <= before


def _living(qapp: QApplication) -> set[int]:
    return {shiboken6.getCppPointer(widget)[0] for widget in qapp.allWidgets()}


def test_the_window_needs_none_of_the_heavy_modules() -> None:
    code = (
        "import sys; import vaultdesk.ui.window, vaultdesk.ui.tray, vaultdesk.ui.loan.dialog;"
        "heavy = {'pyqtgraph', 'pandas', 'yfinance', 'scipy', 'sqlalchemy', 'numpy',"
        " 'exchange_calendars', 'aiohttp'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    ran = subprocess.run(  # noqa: S603  this interpreter, our own code
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert ran.stdout.strip() == "[]"


def test_a_panel_behind_a_tab_is_not_looked_at(qtbot: QtBot) -> None:
    window = desk(keys=("chain", "strategy"))
    qtbot.addWidget(window)
    window.tabifyDockWidget(window.docks["chain"], window.docks["strategy"])
    chain, strategy = (dock.widget() for dock in window.docks.values())
    assert isinstance(chain, StandIn)
    assert isinstance(strategy, StandIn)
    window.docks["chain"].raise_()
    window.show()
    qtbot.waitUntil(lambda: chain.seen and not strategy.seen)
    window.docks["strategy"].raise_()
    qtbot.waitUntil(lambda: strategy.seen and not chain.seen)
    window.hide()
    qtbot.waitUntil(lambda: not strategy.seen)
