"""Every text of the window can be translated: it goes through `tr`, and Qt's own tools find it."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import PySide6
import pytest
from PySide6.QtCore import QLocale

from vaultdesk.ui import translation
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
TOOLS = Path(PySide6.__file__).parent
SHOWN_BY = {
    "setText", "setToolTip", "setWindowTitle", "setPlaceholderText", "setTitle", "setStatusTip",
    "setAccessibleName", "setAccessibleDescription", "setSpecialValueText", "setSuffix",
    "setPrefix", "addItem", "addItems", "addAction", "addMenu", "addTab", "say",
    "QLabel", "QPushButton", "QCheckBox", "QRadioButton", "QGroupBox", "QToolButton", "QAction",
}  # fmt: skip
"""Whatever text is given to one of these is seen or heard."""
NO_WORDS = {"GLD", "USD", "HH:MM", "VaultDesk", "muted", "up", "down", "warning", "note", "<br>"}
"""Symbols and names, and the roles of `say`."""
BORN_ELSEWHERE = (
    "settings.", "loan.dialog.lot.asset", "loan.dialog.lot.unit", "loan.dialog.loan.day_count",
    "strategy.template", "whatif.crash", "whatif.scene", "status.", "broker.sentence",
    "loan.call_probability", "loan.fx_delta", "loan.headroom", "loan.dialog.versions",
    "chain.table",
)  # fmt: skip
"""Where sentences and words of the core, the services and the settings are shown as they are."""
QTS_OWN = ("finder.horizon.", "dock.", "loan.dialog.pages.scroll", "Scroll", "qt_")
"""Qt's own names of months, of a dock's buttons and of a tab bar's."""


def sources() -> list[Path]:
    """The modules in which texts are shown."""
    return sorted((ROOT / "vaultdesk" / "ui").rglob("*.py"))


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def name_of(call: ast.Call) -> str:
    function = call.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def calls(path: Path, *names: str) -> Iterator[ast.Call]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call) and name_of(node) in names:
            yield node


def at(path: Path, node: ast.expr) -> str:
    return f"{path.relative_to(ROOT)}:{node.lineno}"


def texts_of_tr() -> dict[str, str]:
    """Each text given to `tr`, and where."""
    found = {}
    for path in (*sources(), *sorted((ROOT / "vaultdesk" / "app").glob("*.py"))):
        for call in calls(path, "tr"):
            text = call.args[0]
            assert isinstance(text, ast.Constant), f"{at(path, call)}: not written out"
            found[str(text.value)] = at(path, call)
    return found


def run(tool: str, *arguments: str) -> None:
    subprocess.run(  # noqa: S603
        [TOOLS / tool, "-silent", *arguments], check=True, cwd=ROOT, capture_output=True
    )


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What lupdate finds, as a file for German."""
    file = tmp_path_factory.mktemp("texts") / "vaultdesk_de.ts"
    run("lupdate", "-extensions", "py", "vaultdesk/ui", "vaultdesk/app", "-ts", str(file))
    return file


def test_lupdate_finds_every_text_under_our_context(collected: Path) -> None:
    contexts = ET.parse(collected).findall("context")  # noqa: S314  (our own file)
    found = {
        message.findtext("source")
        for context in contexts
        if (context.findtext("name") or "") == translation.CONTEXT
        for message in context.findall("message")
    }
    written = texts_of_tr()
    assert len(written) > 1000
    missing = {text: place for text, place in written.items() if text not in found}
    assert not missing


def test_what_was_translated_is_shown_and_what_was_not_stays_english(
    collected: Path, tmp_path: Path
) -> None:
    texts = ET.parse(collected)  # noqa: S314  (our own file)
    for message in texts.iter("message"):
        translated = message.find("translation")
        assert translated is not None
        translated.attrib.pop("type", None)
        forms = translated.findall("numerusform")
        for form, prefix in zip(forms, ("eins: ", "viele: "), strict=False):
            form.text = f"{prefix}{message.findtext('source')}"
        if not forms:
            translated.text = f"de: {message.findtext('source')}"
    source = tmp_path / "vaultdesk_de.ts"
    texts.write(source, encoding="utf-8", xml_declaration=True)
    run("lrelease", str(source), "-qm", str(tmp_path / "vaultdesk_de.qm"))

    german = translation.translator(QLocale("de_CH"), tmp_path)
    assert german is not None
    translation.use(german)
    try:
        assert tr("Type a number.") == "de: Type a number."
        assert tr("{n} open alerts", "{n} open alert", 1).endswith("{n} open alerts")
        assert tr("Nobody wrote this.") == "Nobody wrote this."
    finally:
        translation.use(None)
    assert tr("Type a number.") == "Type a number."
    assert translation.translator(QLocale("fr_FR"), tmp_path) is None


def test_english_has_words_for_one_and_for_many() -> None:
    assert [tr("{n} rows", "{n} row", n).format(n=n) for n in (0, 1, 2)] == [
        "0 rows", "1 row", "2 rows",
    ]  # fmt: skip


def test_no_text_is_put_together_where_lupdate_cannot_read_it() -> None:
    wrong = [
        at(path, call)
        for path in sources()
        for joined in ast.walk(tree(path))
        if isinstance(joined, ast.JoinedStr)
        for call in ast.walk(joined)
        if isinstance(call, ast.Call) and name_of(call) == "tr"
    ]
    assert not wrong


def test_what_a_text_leaves_open_is_filled_in() -> None:
    """A name that is in the text and not in the call would fail on screen only."""
    for path in (*sources(), *sorted((ROOT / "vaultdesk" / "app").glob("*.py"))):
        for call in calls(path, "format"):
            function = call.func
            inner = function.value if isinstance(function, ast.Attribute) else None
            if not (isinstance(inner, ast.Call) and name_of(inner) == "tr") or call.args:
                continue
            given = {keyword.arg for keyword in call.keywords}
            for text in inner.args[:2]:
                assert isinstance(text, ast.Constant)
                names = (name for _, name, *_ in Formatter().parse(str(text.value)))
                wanted = {name for name in names if name is not None}
                assert wanted <= given, f"{at(path, call)}: {wanted - given}"


def literal(node: ast.expr) -> str:
    """The words that are written out in an expression given to a setter, outside of `tr`."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    if isinstance(node, ast.JoinedStr):
        return " ".join(literal(part) for part in node.values)
    if isinstance(node, ast.IfExp):
        return f"{literal(node.body)} {literal(node.orelse)}"
    if isinstance(node, ast.BinOp):
        return f"{literal(node.left)} {literal(node.right)}"
    return ""


def test_no_word_is_shown_that_did_not_go_through_tr() -> None:
    wrong = []
    for path in sources():
        shown = [(call, call.args) for call in calls(path, *SHOWN_BY)]
        shown += [(call, call.args[2:3]) for call in calls(path, "named")]
        shown += [(call, call.args[1:2]) for call in calls(path, "label", "sentence")]
        for call, arguments in shown:
            words = " ".join(literal(argument) for argument in arguments)
            left = [word for word in words.split() if word not in NO_WORDS]
            if re.search(r"[A-Za-z]*[a-z]{2}", re.sub(r"Ctrl\+\w", "", " ".join(left))):
                wrong.append(f"{at(path, call)}: {words}")
    assert not wrong


@pytest.fixture(scope="module")
def bracketed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[list[str]]]:
    """The whole desk with its dialogs, every text in brackets."""
    home = str(tmp_path_factory.mktemp("home"))
    answer = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "tests.ui.brackets", home],
        check=True, cwd=ROOT, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    told: dict[str, list[list[str]]] = json.loads(answer.stdout.splitlines()[-1])
    return told


def test_everything_on_screen_is_translated_but_data(
    bracketed: dict[str, list[list[str]]],
) -> None:
    assert int(bracketed["bracketed"][0][0]) > 2000
    wrong = [
        (where, kind, left)
        for where, kind, left in bracketed["found"]
        if not where.startswith((*BORN_ELSEWHERE, *QTS_OWN)) and not is_data(where, kind, left)
    ]
    assert not wrong


def is_data(where: str, kind: str, left: str) -> bool:
    """Numbers, units, symbols, terms in capitals, moments, keys, settings, pyqtgraph's menu."""
    capitals = re.sub(r"\b(?:[A-Z][A-Z0-9&-]*|UTC|[kgMdsm]|min|pts?|oz)\b", "", left)
    if not re.search(r"[a-z]{2}", capitals):
        return True
    if re.fullmatch(r"\((Ins|Ctrl\+\w+)\)", left):
        return True
    if "simulated (seed" in left or "desk paper" in left or "SIMULATED" in left:
        return True
    if kind == "name" and left.startswith("\N{MATHEMATICAL LEFT WHITE SQUARE BRACKET}"):
        return True  # a tooltip up to its keys
    return (kind == "text" and left in settings_words()) or is_of_the_charts(where)


@cache
def settings_words() -> frozenset[str]:
    """Headings and groups of settings, which are made of their names."""
    from vaultdesk.settings import declared  # noqa: PLC0415
    from vaultdesk.ui.settings.fields import heading  # noqa: PLC0415

    every = declared()
    headings = {re.sub(r" \(\w+\)$", "", heading(one)) for one in every}
    return frozenset(headings | {heading(one) for one in every} | {one.group for one in every})


def is_of_the_charts(where: str) -> bool:
    """A part of pyqtgraph's own menu, which the desk never shows."""
    return bool(re.search(r"(Check|Group|Radio|Spin)$", where)) or where in ("label", "QMenu")


def test_identifiers_and_what_is_kept_stay_as_they_are(
    bracketed: dict[str, list[list[str]]],
) -> None:
    identifiers = bracketed["identifiers"][0]
    assert len(identifiers) > 300
    assert [one for one in identifiers if not one.isascii()] == []
