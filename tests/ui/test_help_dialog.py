"""The help: every key, every identifier, every mark."""

import re

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

import vaultdesk
from tests.ui.desk import TERMS, desk, quote
from vaultdesk.core.loan.cure import Zone
from vaultdesk.core.market import Flag, Quality
from vaultdesk.settings import declared
from vaultdesk.ui.alert_table import SEVERITIES, STATES
from vaultdesk.ui.commands import Command
from vaultdesk.ui.help_dialog import PAGES, ids_table, listed_ids, page_text
from vaultdesk.ui.loan_dialog import LoanDialog
from vaultdesk.ui.welcome import Welcome
from vaultdesk.ui.window import DeskWindow
from vaultdesk.ui.workspace_dialog import WorkspaceDialog

RELIED_ON = {
    "quote": ("symbol", "last", "bid", "ask", "time", "source", "quality", "age"),
    "loan": ("ltv", "zone", "value", "amount", "call_price", "closeout_price", "distance", "edit"),
    "loan.dialog": ("units", "amount", "call_ltv", "closeout_ltv", "save", "problem"),
    "chain": ("expiry", "filter", "style", "table", "status", "model", "refresh"),
    "greeks": ("table", "model", "position.call", "position.put", "position.delta"),
    "history": ("range", "export"),
    "alerts": ("table", "acknowledge", "snooze", "rules", "export"),
    "strategy": (*("kind", "expiry", "strike", "contracts", "use", "table", "cost", "hedged_ltv"),),
    "compare": ("table", "profile", "reason"),
    "finder": (*("max_ltv", "max_fall", "budget", "use", "run", "table", "cost", "proof"),),
    "whatif": ("gold", "days", "vol", "advance", "ltv_hedged", "ltv_unhedged"),
    "settings": ("open",),
    "status": ("feed", "model", "market"),
}
"""The names the program promised to other tools; none may ever go."""


@pytest.fixture
def window(qtbot: QtBot) -> DeskWindow:
    made = desk(commands=[Command("x", "&Market", "&Zap", lambda: None, "Ctrl+J")])
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.mark.parametrize("area", RELIED_ON)
def test_the_help_lists_every_promised_identifier(area: str) -> None:
    assert all(listed_ids()[f"{area}.{thing}"] for thing in RELIED_ON[area])


@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_with_its_heading(window: DeskWindow, page: str) -> None:
    window.actions_by_id[f"help.{page}"].trigger()
    assert window.help.isVisible()
    first = window.help.text.document().begin()
    assert first.blockFormat().headingLevel() == 1
    assert window.help.pages.currentItem().text() == PAGES[page]


def test_the_keys_come_from_the_commands_themselves(window: DeskWindow) -> None:
    window.help.show_page("keyboard")
    text = window.help.text.toPlainText()
    assert re.search(r"Ctrl\+J\s+Zap\s+Market", text)
    assert re.search(r"Ctrl\+K\s+Find a command", text)


def test_the_settings_page_lists_every_declared_setting(window: DeskWindow) -> None:
    window.help.show_page("settings")
    text = window.help.text.toPlainText()
    for setting in declared():
        assert setting.name in text
        assert setting.sentence in text


def test_the_alerts_page_explains_every_mark_of_the_list() -> None:
    text = page_text("alerts")
    for shape, word, _tone in SEVERITIES.values():
        assert f"{shape} {word}" in text
    for mark in STATES.values():
        assert mark in text


def test_the_identifiers_of_living_controls_are_listed_with_their_meaning(
    window: DeskWindow,
) -> None:
    window.help.show_page("ids")
    text = window.help.text.toPlainText()
    assert re.search(r"loan\.first\s+The first control", text)
    assert "loan.dialog.units" in text
    assert text.count("status.feed") == 1


def test_every_control_of_the_window_and_its_dialogs_has_a_name_and_a_meaning(
    qtbot: QtBot, window: DeskWindow
) -> None:
    dialogs: list[QWidget] = [
        LoanDialog(TERMS, quote=quote(), versions=(TERMS, TERMS)),
        Welcome(),
        WorkspaceDialog(lambda _name: None),
        window.command_palette,
        window.help,
    ]
    for dialog in dialogs:
        qtbot.addWidget(dialog)
    for owner in (window, *dialogs):
        for widget in owner.findChildren(QWidget):
            if widget.accessibleIdentifier():
                assert widget.accessibleDescription(), widget
            if widget.focusPolicy() is not widget.focusPolicy().NoFocus and not _inner(widget):
                assert widget.accessibleIdentifier(), (owner, widget)


def _inner(widget: QWidget) -> bool:
    """Whether Qt made it as a part of another control, or the page behind one."""
    name = widget.metaObject().className()
    return name in {"QHeaderView", "QTableCornerButton", "QScrollBar", "StandIn"} or (
        widget.objectName().startswith("qt_")
    )


def test_the_page_wins_over_the_control_and_nothing_breaks_the_table() -> None:
    table = ids_table({"a": "from the page"}, {"a": "from the control", "b": "x | y\nz"})
    assert table.splitlines()[2:] == ["| `a` | from the page |", "| `b` | x \\| y z |"]


def test_every_quality_flag_and_zone_is_explained() -> None:
    text = page_text("quality")
    for word in (*Quality, *Flag, *Zone):
        assert str(word) in text, word


def test_the_about_page_tells_the_version(window: DeskWindow) -> None:
    window.help.show_page("about")
    assert vaultdesk.__version__ in window.help.text.toPlainText()
