"""What holds for the whole program: who may import whom, no made-up prices, a light start."""

import ast
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CONTRACTS = 6
LINT = "from importlinter.cli import lint_imports_command; lint_imports_command()"

PRICED = re.compile(r"(^|_)(price|last|bid|ask|spot|strike|close|premium)s?$")
"""Names that hold prices: `price`, `last_price`, `previous_close`, `bids` …"""
PRICE_TEXT = re.compile(r"[$€£]?[1-9](\d{0,2}(,\d{3})+|\d+)\.\d{2}")
TIMED = re.compile(r"_m?s$", re.IGNORECASE)
"""Names whose unit is the second, as `age_s` and `SHOWN_MS`."""
LEAST = 20
"""Ratios, font sizes in points and factors of colour lie below; GLD and gold far above."""

HEAVY = ("yfinance", "pandas", "ib_insync", "pyqtgraph", "sqlalchemy", "scipy", "numpy", "aiohttp")

LATE = ("vaultdesk.app.alarm", "vaultdesk.services.alerts", "vaultdesk.ui.tray")
"""Parts of the desk that nobody sees in its first picture."""


def run(code: str, *arguments: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(  # noqa: S603
        [sys.executable, "-c", code, *arguments],
        cwd=ROOT,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_every_import_contract_is_kept() -> None:
    done = run(LINT, "--no-cache", "--no-logo")
    assert f"Contracts: {CONTRACTS} kept, 0 broken." in done.stdout, done.stdout + done.stderr
    assert done.returncode == 0


def price_literals(source: str) -> Iterator[tuple[int, str]]:
    """Line and text of each literal that could be a price.

    That is a float or a Decimal of `LEAST` or more, any number but 0 and 1 given to a name that
    holds prices, and a text that is nothing but an amount with two decimals. Whole numbers are
    sizes, milliseconds and counts, unless they become a Decimal or go to such a name; what is
    given to a name that ends in its unit of time is a time.
    """
    nodes = list(ast.walk(ast.parse(source)))
    given = [pair for node in nodes for pair in _given(node)]
    times = {value for name, value in given if TIMED.search(name)}
    for node in nodes:
        if isinstance(node, ast.Constant) and node not in times and _looks_priced(node.value):
            yield node.lineno, repr(node.value)
    for name, value in given:
        number = _number(value)
        if number is None:
            continue
        large = name == "Decimal" and abs(number) >= LEAST
        if large or (PRICED.search(name.lower()) and number not in (0, 1)):
            yield value.lineno, f"{name} {ast.unparse(value)}"


def _looks_priced(value: object) -> bool:
    if isinstance(value, str):
        return PRICE_TEXT.fullmatch(value) is not None
    return isinstance(value, float) and abs(value) >= LEAST


def _given(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """Each name that a value is given to: by assignment, keyword, default or call of Decimal."""
    if isinstance(node, ast.Call) and ast.unparse(node.func) == "Decimal" and node.args:
        yield "Decimal", node.args[0]
    if isinstance(node, ast.keyword) and node.arg:
        yield node.arg, node.value
    if isinstance(node, ast.AnnAssign) and node.value:
        yield ast.unparse(node.target), node.value
    if isinstance(node, ast.Assign):
        yield from ((ast.unparse(target), node.value) for target in node.targets)
    if isinstance(node, ast.arguments):
        placed = [*node.posonlyargs, *node.args]
        given = node.defaults
        yield from zip((a.arg for a in placed[len(placed) - len(given) :]), given, strict=True)
        named = zip(node.kwonlyargs, node.kw_defaults, strict=True)
        yield from ((argument.arg, value) for argument, value in named if value)


def _number(value: ast.expr) -> float | None:
    """The number a literal stands for, also inside Decimal("…"); None for anything else."""
    if isinstance(value, ast.Call) and ast.unparse(value.func) == "Decimal" and value.args:
        value = value.args[0]
    if isinstance(value, ast.UnaryOp):
        value = value.operand
    if not isinstance(value, ast.Constant) or not isinstance(value.value, int | float | str):
        return None
    try:
        return float(value.value)
    except ValueError:
        return None


@pytest.mark.parametrize(
    "made_up",
    [
        "price = 215",
        "gold.last_price = 215.0",
        "def f(spot=377): ...",
        "def f(*, previous_close: float = 9.5): ...",
        "Quote(bid=Decimal('3.5'))",
        "x = 215.0",
        "x = Decimal('377.01')",
        "x = Decimal(4000)",
        "label.setText('215.00')",
        "label.setText('$4,102.30')",
    ],
)
def test_a_made_up_price_would_be_found(made_up: str) -> None:
    assert list(price_literals(made_up))


@pytest.mark.parametrize(
    "sound",
    [
        "timer.start(1000)",
        "RETRY_S = 30.0",
        "rate = Decimal('1.05')",
        "text('000.00')",
        "font(10.5)",
        "band = Decimal('0.05')",
        "price = 0",
        "x = 100 * ltv",
    ],
)
def test_sizes_times_and_ratios_are_no_prices(sound: str) -> None:
    assert not list(price_literals(sound))


def test_no_view_and_no_service_holds_a_price() -> None:
    files = [*(ROOT / "vaultdesk/ui").rglob("*.py"), *(ROOT / "vaultdesk/services").rglob("*.py")]
    assert len(files) > 20
    found = [
        f"{file.relative_to(ROOT)}:{line}: {text}"
        for file in files
        for line, text in price_literals(file.read_text(encoding="utf-8"))
    ]
    assert found == []


STARTED = f"""
import json, os, sys
from vaultdesk.app.screen import Painted

wait = Painted.wait

async def stop(self):
    await wait(self)
    print(json.dumps([name for name in {HEAVY + LATE!r} if name in sys.modules]), flush=True)
    os._exit(0)

Painted.wait = stop
from vaultdesk.cli import main

main(sys.argv[1:])
"""


@pytest.mark.parametrize("feed", ["--demo", "--feed=yahoo"])
def test_the_window_is_painted_before_what_is_not_in_the_picture_is_loaded(
    tmp_path: Path, feed: str
) -> None:
    done = run(STARTED, feed, VAULTDESK_HOME=str(tmp_path), QT_QPA_PLATFORM="offscreen")
    assert done.returncode == 0, done.stderr
    assert done.stdout, "the window was never painted"
    assert json.loads(done.stdout) == []
