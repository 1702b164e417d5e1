"""The help is true: its links lead somewhere, what it names exists, and nothing is left out."""

import argparse
import importlib
import inspect
import pkgutil
import re
import shlex
from collections.abc import Iterator
from contextlib import redirect_stderr
from io import StringIO
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from vaultdesk.app.defence import Defence
from vaultdesk.app.desk import Desk
from vaultdesk.app.parts import Profile
from vaultdesk.cli import _parser
from vaultdesk.core.loan.cure import Zone
from vaultdesk.core.market import Flag, Quality
from vaultdesk.settings import Settings, declared
from vaultdesk.ui import panels, theme
from vaultdesk.ui.alerts.table import SEVERITIES, STATES
from vaultdesk.ui.commands import Entry
from vaultdesk.ui.help.generated import Writer, commands_of, listed_ids, own_arguments
from vaultdesk.ui.help.pages import OF_PANEL, PAGES, page_text, slug, target
from vaultdesk.ui.panel import Panel

ROOT = Path(__file__).resolve().parents[3]
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)
FENCE = re.compile(r"^```\w*\n(.*?)^```", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`([^`\n]+)`")
BOLD = re.compile(r"\*\*([^*]+)\*\*")
KEYS = re.compile(r"(?:(?:Ctrl|Alt|Shift)\+)+(?:[A-Z][a-z]+|F\d+|[A-Z0-9,+-])|\bF\d{1,2}\b")
OTHERS = {"tws"}
"""Pages that tell of another program's menus."""
PANEL_KEYS = {
    *("Ctrl+Return", "Ctrl+C", "Ctrl+Z", "Ctrl+Shift+Z", "Shift+Tab", "Ctrl+F", "F3", "Shift+F3"),
    *("Shift+B", "Shift+S", "Ctrl+O", "Shift+O", "Ctrl+Shift+O", "Shift+Backspace"),
    *("Ctrl+0", "Ctrl++", "Ctrl+-"),
}
"""Keys that a panel hears itself; its own tests press each of them."""


@pytest.fixture(scope="module")
def desk(qapp: QApplication, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """The real desk, as it is before its first paint: every command is there."""
    with pytest.MonkeyPatch.context() as patch:
        home = tmp_path_factory.mktemp("home")
        patch.setenv("VAULTDESK_HOME", str(home))
        profile = Profile(Settings(feed="simulated"), demo=True)
        defence = Defence(home, "info")
        made = Desk(qapp, profile, defence, None, None, {}, _parser)
        yield made
        made.window.retire()
        defence.stand_down()


@pytest.fixture(scope="module")
def entries(desk: Desk) -> list[Entry]:
    return desk.window.entries()


@pytest.fixture(scope="module")
def pages(desk: Desk) -> dict[str, str]:
    """Every page written out."""
    writer = Writer(desk.window.entries, _parser)
    return {page: writer.page(page) for page in PAGES}


def written(page: str) -> str:
    return page_text(page)


def commands_in(text: str) -> Iterator[str]:
    """The command lines of `vaultdesk` that a page shows."""
    fenced = "\n".join(FENCE.findall(text)).replace("\\\n", " ")
    for shown in (*fenced.splitlines(), *CODE.findall(FENCE.sub("", text))):
        line = re.sub(r"\s+#.*$", "", shown).strip().removeprefix(".venv/bin/")
        if re.match(r"vaultdesk( |$)", line):
            yield line.partition(" > ")[0].partition(" | ")[0]


def understood(line: str) -> str:
    """Why the parser refuses a command line; empty where it does not."""
    words = shlex.split(line.replace("…", "").replace("COMMAND", ""))[1:]
    words = ["1" if word == "N" else word for word in words]
    problem = StringIO()
    with redirect_stderr(problem):
        try:
            _parser().parse_args(words)
        except SystemExit as ended:
            return problem.getvalue() if ended.code else ""
    return ""


def test_the_check_of_command_lines_can_fail() -> None:
    assert understood("vaultdesk status --json") == ""
    assert understood("vaultdesk status --jsno") != ""
    assert understood("vaultdesk nothing") != ""
    text = "see `vaultdesk a` and\n```\n.venv/bin/vaultdesk b \\\n c  # d\n```"
    assert list(commands_in(text)) == ["vaultdesk b   c", "vaultdesk a"]


def test_every_file_is_a_page_and_every_page_a_file() -> None:
    files = {path.stem for path in (theme.resources() / "help").glob("*.md")}
    assert files == set(PAGES)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_begins_with_its_one_heading(page: str) -> None:
    text = FENCE.sub("", written(page))
    assert text.startswith("# ")
    assert len(re.findall(r"^# ", text, re.MULTILINE)) == 1


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_to_a_page_and_a_place_on_it(pages: dict[str, str], page: str) -> None:
    for link in LINK.findall(FENCE.sub("", pages[page])):
        if link.startswith(("http://", "https://", "mailto:")):
            continue
        found = target(link, page)
        assert found is not None, link
        slugs = {slug(heading) for heading in HEADING.findall(FENCE.sub("", pages[found[0]]))}
        assert not found[1] or found[1] in slugs, link


@pytest.mark.parametrize("page", PAGES)
def test_every_command_line_on_a_page_is_understood(page: str) -> None:
    for line in commands_in(written(page)):
        assert understood(line) == "", line


@pytest.mark.parametrize("page", PAGES)
def test_what_looks_like_a_setting_is_one(page: str) -> None:
    known = {setting.name for setting in declared()}
    variables = {setting.variable for setting in declared()} | {"VAULTDESK_HOME"}
    for word in CODE.findall(FENCE.sub("", written(page))):
        if re.fullmatch(r"[a-z]+(_[a-z]+)+", word):
            assert word in known or any(word == i.split(".")[-1] for i in listed_ids()), word
        if re.fullmatch(r"VAULTDESK_[A-Z_]+\w", word):
            assert word in variables, word


@pytest.mark.parametrize("page", [page for page in PAGES if page not in {"ids", "remote-access"}])
def test_what_looks_like_an_id_is_one(page: str) -> None:
    areas = {identifier.split(".")[0] for identifier in listed_ids()}
    for word in CODE.findall(FENCE.sub("", written(page))):
        if re.fullmatch(r"[a-z]+(\.[a-z_]+)+", word) and word.split(".")[0] in areas:
            if word.rpartition(".")[2] in {"db", "log", "toml", "md", "json", "pdf", "csv"}:
                continue
            assert word in listed_ids(), word


@pytest.mark.parametrize("page", PAGES)
def test_a_key_that_a_page_names_does_something(entries: list[Entry], page: str) -> None:
    known = {keys for entry in entries for keys in entry.keys.split(" or ")} | PANEL_KEYS
    for keys in KEYS.findall(FENCE.sub("", written(page))):
        assert keys in known, keys


@pytest.mark.parametrize("page", [page for page in PAGES if page not in OTHERS])
def test_a_menu_that_a_page_names_is_there(entries: list[Entry], page: str) -> None:
    menus = {f"{entry.path} > {entry.text}".rstrip("…") for entry in entries}
    for told in BOLD.findall(written(page)):
        path = told.partition(",")[0].rstrip("…").replace("\n", " ")
        if " > " in path:
            assert path in menus, told


@pytest.fixture(scope="module")
def sources() -> str:
    """All of the window's own text, without the marks of mnemonics."""
    folder = ROOT / "vaultdesk"
    files = (*folder.glob("ui/**/*.py"), *folder.glob("app/*.py"))
    return "\n".join(file.read_text(encoding="utf-8").replace("&", "") for file in files)


@pytest.mark.parametrize("page", [page for page in PAGES if page not in OTHERS])
def test_a_button_that_a_page_names_is_there(sources: str, page: str) -> None:
    for told in BOLD.findall(written(page)):
        if told.endswith("…") and " > " not in told:
            assert f'"{told}"' in sources, told


def test_every_panel_has_its_page_which_says_its_name(desk: Desk) -> None:
    assert set(OF_PANEL) == set(desk.window.panels) - {"help"}
    for key, where in OF_PANEL.items():
        title = desk.window.docks[key].windowTitle()
        assert title.casefold() in written(where.partition("#")[0]).casefold(), title


def test_every_panel_there_is_stands_in_the_window(desk: Desk) -> None:
    found = set()
    for module in pkgutil.iter_modules(panels.__path__, f"{panels.__name__}."):
        for _, kind in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
            if issubclass(kind, Panel) and kind.__module__ == module.name and kind.key:
                found.add(kind.key)
    assert found == set(desk.window.panels)


def test_every_command_is_on_the_keyboard_page(entries: list[Entry], pages: dict[str, str]) -> None:
    assert len(entries) > 40
    for entry in entries:
        assert f"| {entry.keys or '—'} | {entry.text} | {entry.path} |" in pages["keyboard"]


def test_no_two_commands_have_the_same_keys(entries: list[Entry]) -> None:
    keys = [one for entry in entries for one in entry.keys.split(" or ") if one]
    assert len(keys) == len(set(keys))


def test_every_setting_is_on_the_settings_page(pages: dict[str, str]) -> None:
    for setting in declared():
        assert f"#### {setting.name}\n" in pages["settings"]
        assert setting.sentence in pages["settings"]


def test_every_command_of_the_line_and_each_of_its_arguments_is_told(
    pages: dict[str, str],
) -> None:
    for parser in commands_of(_parser()):
        part = pages["command-line"].split(f"### {parser.prog}\n")[1].split("\n### ")[0]
        assert re.search(r"^[A-Z]", part.strip()), parser.prog
        for action in own_arguments(parser):
            assert action.help, (parser.prog, action.dest)
            for name in action.option_strings or [str(action.metavar or action.dest)]:
                assert f"`{name}" in part, (parser.prog, name)


def test_the_alerts_page_explains_every_mark_of_the_list() -> None:
    text = written("alerts")
    for shape, word, _tone in SEVERITIES.values():
        assert f"{shape} {word}" in text
    for mark in STATES.values():
        assert mark in text


def test_every_quality_flag_and_zone_is_explained() -> None:
    text = written("quality")
    for word in (*Quality, *Flag, *Zone):
        assert str(word) in text, word


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_written_for_everybody_everywhere(page: str) -> None:
    text = written(page)
    assert "!" not in re.sub(r"!\[", "", FENCE.sub("", text)).replace("`!", "")
    assert not re.search(r"/root/|/home/\w|\bTODO\b|lorem", text)


def test_the_readme_s_command_lines_are_understood() -> None:
    lines = list(commands_in((ROOT / "README.md").read_text(encoding="utf-8")))
    assert len(lines) > 8
    for line in lines:
        assert understood(line) == "", line


def test_no_argument_hides(qtbot: QtBot) -> None:
    del qtbot
    for parser in commands_of(_parser()):
        assert all(action.help is not argparse.SUPPRESS for action in own_arguments(parser))
