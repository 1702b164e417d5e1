"""What the help generates: every key, every setting, every identifier, every argument."""

import argparse
import re

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

import vaultdesk
from tests.ui.desk import TERMS, desk, quote
from vaultdesk.settings import declared
from vaultdesk.ui.commands import Command
from vaultdesk.ui.help.generated import (
    Writer,
    command_line_text,
    ids_table,
    listed_ids,
    own_arguments,
    settings_text,
)
from vaultdesk.ui.loan.dialog import LoanDialog
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
    "help": ("search", "view"),
    "health": ("open", "copy"),
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


def test_the_keys_come_from_the_commands_themselves(window: DeskWindow) -> None:
    text = Writer(window.entries).page("keyboard")
    assert "| Ctrl+J | Zap | Market |" in text
    assert "| Ctrl+K | Find a command… | View |" in text


def test_every_setting_stands_with_all_there_is_to_know() -> None:
    text = settings_text()
    for setting in declared():
        part = text.split(f"#### {setting.name}\n")[1].split("\n#")[0]
        assert setting.sentence in part
        assert setting.allowed in part
        assert f"`{setting.flag}`" in part
        assert f"`{setting.variable}`" in part
        assert ("at once" in part) is setting.live


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("poll_interval_s", "At first `30`; allowed: a number, at least 1, at most 3,600."),
        ("risk_free_rate", "allowed: a number, more than -0.05, less than 0.25."),
        ("ibkr_port", "allowed: a whole number, at least 1, at most 65,535."),
        ("theme", "At first empty; allowed: empty, dark, light."),
        ("live_orders", "At first `false`; allowed: true, false."),
    ],
)
def test_what_a_setting_may_be_is_said_in_words(name: str, said: str) -> None:
    assert said in settings_text().split(f"#### {name}\n")[1].split("####")[0]


def test_the_command_line_is_told_as_its_parser_reads_it() -> None:
    parser = argparse.ArgumentParser("prog", description="Does it.")
    parser.set_defaults(command=print)
    parser.add_argument("--symbol", help="a setting, which stands elsewhere")
    parser.add_argument("--size", metavar="WxH", help="how large")
    verbs = parser.add_subparsers()
    group = verbs.add_parser("loan", help="the loan")
    inner = group.add_subparsers()
    show = inner.add_parser("show", help="what holds")
    show.set_defaults(command=print)
    show.add_argument("file", metavar="FILE", help="which | one")
    show.add_argument("-j", "--json", action="store_true", help="as JSON")
    show.add_argument("--by", choices=["a", "b"], help="order")
    text = command_line_text(parser)
    assert text.count("### ") == 2  # the group alone does nothing
    assert "### prog\n\nDoes it." in text
    assert "| `--size WxH` | how large |" in text
    assert "--symbol" not in text
    assert "### prog loan show\n\nWhat holds." in text
    assert "| `FILE` | which \\| one |" in text
    assert "| `-j`, `--json` | as JSON |" in text
    assert "| `--by {a,b}` | order |" in text


def test_an_argument_of_the_settings_is_no_command_s_own() -> None:
    parser = argparse.ArgumentParser("prog")
    parser.add_argument("--feed")
    own = parser.add_argument("--own")
    assert own_arguments(parser) == [own]


def test_the_identifiers_of_living_controls_are_listed_with_their_meaning(
    window: DeskWindow,
) -> None:
    text = Writer(window.entries).page("ids")
    assert "| `loan.first` | The first control |" in text
    assert "`loan.dialog.units`" in text
    assert text.count("`status.feed`") == 1


def test_every_control_of_the_window_and_its_dialogs_has_a_name_and_a_meaning(
    qtbot: QtBot, window: DeskWindow
) -> None:
    dialogs: list[QWidget] = [
        LoanDialog(TERMS, quote=quote(), versions=(TERMS, TERMS)),
        Welcome(),
        WorkspaceDialog(lambda _name: None),
        window.command_palette,
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


def test_the_about_page_tells_the_version() -> None:
    assert vaultdesk.__version__ in Writer(list).page("about")
    assert re.search(r"\{\w+\}", Writer(list).page("about")) is None
