"""Hedges in the real window: found, put on the desk, put to the test; the command line agrees."""

import json
import re
import sqlite3
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import Launch
from tests.e2e.desktop import Desktop
from tests.e2e.program import App, command_line
from tests.fakes.hedge_tape import hedge_tape

pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("loan_home")]


@pytest.fixture
def market(tmp_path: Path) -> str:
    """A recorded minute of GLD at 350 with four expiries of options."""
    return f"recorded:{hedge_tape(tmp_path / 'gold.market.jsonl.gz')}"


def number(text: str) -> Decimal:
    """The first number in a text."""
    found = re.search(r"[-+]?[\d,]+(?:\.\d+)?", text)
    assert found, text
    return Decimal(found.group().replace(",", ""))


def answered(desktop: Desktop, home: Path, *arguments: str) -> dict[str, Any]:
    """What the command line prints as JSON."""
    done = command_line(desktop, home, *arguments)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def show(desk: App, name: str) -> None:
    """Run a command from the palette."""
    desk.key("ctrl+k")
    desk.wait("palette.search", "focused")
    desk.write(name)
    desk.key("Return")
    desk.wait_gone("palette.search")


def test_the_finder_and_the_command_line_find_the_same_hedge(
    desktop: Desktop, launch: Launch, own_home: Path, market: str
) -> None:
    desk = launch("--feed", market)
    desk.wait_text("loan.ltv", r"^60\.0 %$")
    desk.key("ctrl+9")
    desk.type("finder.max_ltv", "70 %")
    desk.type("finder.max_fall", "30 %")
    desk.click("finder.run")
    cost = number(desk.wait_text("finder.cost", r"\d"))
    horizon = re.search(r"\d{4}-\d\d-\d\d", desk.text("finder.horizon"))
    assert horizon
    assert "gap" in desk.text("finder.proof").lower()
    legs = desk.cells("finder.table")
    limits = ("--max-ltv", "0.70", "--max-fall", "0.30", "--horizon", horizon.group())
    answer = answered(desktop, own_home, "hedge", "find", "--json", *limits, "--feed", market)
    assert Decimal(answer["cost"]) == cost
    assert len(answer["legs"]) == len(legs)
    for told, shown in zip(answer["legs"], legs, strict=True):
        row = " ".join(shown)
        assert str(told["contracts"]) in row
        assert told["strike"] in row
        assert told["expiry"] in row


def test_the_comparison_and_the_command_line_prefer_the_same_hedge(
    desktop: Desktop, launch: Launch, own_home: Path, market: str
) -> None:
    desk = launch("--feed", market)
    desk.wait_text("loan.ltv", r"^60\.0 %$")
    desk.key("ctrl+8")
    reason = desk.wait_text("compare.reason", "place 1")
    answer = answered(desktop, own_home, "hedge", "compare", "--json", "--feed", market)
    winners = [places[0]["sentence"] for places in answer["recommendations"].values()]
    assert reason in winners
    assert len(desk.cells("compare.table")) >= len(answer["strategies"])


def test_a_hedge_is_built_and_a_fall_of_30_percent_does_not_hurt_it(
    launch: Launch, market: str
) -> None:
    desk = launch("--feed", market)
    desk.wait_text("loan.ltv", r"^60\.0 %$")
    show(desk, "hedge")
    desk.wait_text("strategy.cost", r"\d.* USD")
    assert number(desk.text("strategy.hedged_ltv")) < 75
    assert number(desk.text("strategy.contracts")) == 100
    desk.wait_text("whatif.ltv_unhedged", r"^60\.0 %$")
    desk.focus("whatif.gold")
    desk.key(*["Left"] * 30)
    desk.wait_text("whatif.ltv_unhedged", r"^85\.7 %$")
    assert number(desk.text("whatif.ltv_hedged")) < 70


def chains_kept(home: Path) -> int:
    """How many chains the demonstration has fetched: it keeps each in its database."""
    file = home / "demo" / "desk.db"
    with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as database:
        (count,) = database.execute("SELECT count(*) FROM chains").fetchone()
    return int(count)


def test_chains_are_fetched_only_when_a_hedge_panel_is_looked_at(launch: Launch) -> None:
    desk = launch("--demo", "--simulated-ticks-per-s", "5")
    desk.wait_text("chain.status", r"^\d+ contracts .* 0 hits, 1 miss ")
    desk.wait_text("loan.ltv", r"\d %$")
    for _ in range(3):  # prices that move the loan, and so would move a hedge
        price = re.escape(desk.text("quote.last"))
        desk.wait_text("quote.last", rf"^(?!{price}$)\d")
    assert chains_kept(desk.home) == 1
    desk.key("ctrl+7")
    desk.wait_text("strategy.cost", r"\d.* USD")
    assert chains_kept(desk.home) > 1
