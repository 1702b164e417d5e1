"""The README is true: the files and the names it sends a newcomer to are there."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from vaultdesk.cli import _parser
from vaultdesk.ui.help.generated import commands_of

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
CODE = re.compile(r"`([^`\n]+)`")
STEPS = re.compile(r"^## How to add a (\w+)\n(.*?)(?=^## |^The code is)", re.MULTILINE | re.DOTALL)
MOST_LINES = 150


def names_in(path: Path) -> Iterator[str]:
    """Every class, function, method, attribute and constant that a file defines."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


def files_of(step: str) -> list[str]:
    return [word for word in CODE.findall(step) if re.fullmatch(r"[\w./-]+/[\w./-]+", word)]


def steps() -> list[tuple[str, str]]:
    """Each numbered step of each how-to, with what it adds."""
    return [
        (what, " ".join(step.split()))
        for what, text in STEPS.findall(README)
        for step in re.split(r"^\d\. ", text, flags=re.MULTILINE)[1:]
    ]


def test_there_are_steps_for_a_strategy_a_feed_and_a_panel() -> None:
    assert sorted({what for what, _ in steps()}) == ["feed", "panel", "strategy"]
    assert len(steps()) == 9


@pytest.mark.parametrize(("what", "step"), steps())
def test_every_file_of_a_step_is_there(what: str, step: str) -> None:
    del what
    for name in files_of(step):
        below = [*ROOT.glob(f"vaultdesk/adapters/{name}"), ROOT / name]
        assert any(path.exists() for path in below), name


def known_to_a_newcomer() -> set[str]:
    """What any file that the steps name defines, and the settings, packages and keys beside."""
    files = {ROOT / name for _, step in steps() for name in files_of(step)}
    read = (path for path in files if path.suffix == ".py" and path.is_file())
    return {name for path in read for name in names_in(path)}


@pytest.mark.parametrize(("what", "step"), steps())
def test_every_name_of_a_step_is_defined_in_a_file_that_the_steps_name(
    what: str, step: str
) -> None:
    del what
    known = known_to_a_newcomer() | {"protective_put.py", "feed", "vaultdesk.strategies", "Later"}
    elsewhere = {"Lacking": "core/hedge/board.py", "FeedError": "ports.py"}
    for name in CODE.findall(step):
        if "/" in name:
            continue
        if name in elsewhere:
            assert name in set(names_in(ROOT / "vaultdesk" / elsewhere[name]))
            continue
        assert set(name.split(".")) <= known or name in known, name


def test_every_folder_of_the_tree_is_there() -> None:
    tree = README.split("## Where things live")[1].split("```")[1]
    folders = re.findall(r"^(\S+/)", tree, re.MULTILINE)
    assert len(folders) == 9
    for folder in folders:
        assert (ROOT / folder).is_dir(), folder


def test_every_command_of_dev_py_that_it_names_is_there() -> None:
    text = (ROOT / "packaging" / "dev.py").read_text(encoding="utf-8")
    named = set(re.findall(r"packaging/dev\.py (\w+)", README))
    listed = README.split("lists the rest:")[1].split("\n\n")[0]
    named |= {name for name in CODE.findall(listed) if name.isidentifier()}
    assert {"run", "test", "check"} <= named
    for name in named:
        assert re.search(rf"^def {name}\(|import {name}\b", text, re.MULTILINE), name


def test_every_command_of_the_line_stands_in_it() -> None:
    for parser in commands_of(_parser()):
        group = " ".join(parser.prog.split()[:2])
        assert group in README, group


def test_every_picture_is_in_its_folder() -> None:
    for link in re.findall(r"!\[[^\]]+\]\(([^)]+)\)", README):
        assert Path(link).parent == Path("resources/screenshots")
        assert (ROOT / link).is_file(), link


def test_it_is_short_enough_to_be_read() -> None:
    assert len(README.splitlines()) <= MOST_LINES
