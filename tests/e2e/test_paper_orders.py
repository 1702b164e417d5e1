"""A hedge is built, ordered with one click on the desk's own paper, held, and covers the gold."""

import re
from decimal import Decimal
from pathlib import Path

import pytest

from tests.e2e.conftest import Launch
from tests.e2e.desktop import Desktop, until
from tests.e2e.program import App, command_line

pytestmark = pytest.mark.e2e


def shows(desk: App, table: str, text: str) -> None:
    """Wait until a cell of the table says it."""
    until(
        lambda: any(text in cell for row in desk.cells(table) for cell in row),
        f"{table} showing {text}",
    )


def test_a_hedge_is_ordered_on_paper_and_covers_the_gold(
    desktop: Desktop, launch: Launch, own_home: Path
) -> None:
    desk = launch(
        "--demo", "--simulated-ticks-per-s", "5", variables={"VAULTDESK_PAPER_CASH": "5e6"}
    )
    desk.key("ctrl+7")
    contracts = desk.wait_text("strategy.contracts", r"^\d+")
    desk.click("strategy.order")
    desk.wait_text("orders.title", ".")
    assert "SIMULATED" in desk.wait_text("broker.sentence", "(?i)simulated").upper()
    desk.click("broker.connect")
    desk.wait_text("broker.mode", "PAPER")
    limit = Decimal(desk.text("orders.limit"))
    desk.type("orders.limit", f"{limit * Decimal('1.1'):.1f}0")  # however the price moves
    desk.click("orders.preview")
    desk.wait("orders.place", "enabled")
    covered = desk.text("orders.covered")
    desk.click("orders.place")
    shows(desk, "orders.table", "Filled")
    count = re.match(r"\d+", contracts)
    assert count
    shows(desk, "orders.table", f"{count.group()} of {count.group()}")
    desk.key("Alt+2")
    shows(desk, "positions.table", "put")
    assert "oz" in covered
    desk.wait("positions.coverage")
    assert desk.quit() == 0
    verified = command_line(desktop, own_home / "demo", "verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr
    again = launch("--demo")
    again.key("Alt+2")
    shows(again, "positions.table", "put")
