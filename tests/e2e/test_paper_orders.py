"""A hedge is built, ordered with one click on the desk's own paper, held, and covers the gold."""

import re
from decimal import Decimal
from pathlib import Path

import pytest

from tests.e2e.conftest import Launch
from tests.e2e.desktop import Desktop
from tests.e2e.program import command_line

pytestmark = pytest.mark.e2e


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
    desk.wait_cell("orders.table", "Filled")
    count = re.match(r"\d+", contracts)
    assert count
    desk.wait_cell("orders.table", f"{count.group()} of {count.group()}")
    desk.key("Alt+2")
    desk.wait_cell("positions.table", "put")
    assert "oz" in covered
    desk.wait("positions.coverage")
    assert desk.quit() == 0
    verified = command_line(desktop, own_home / "demo", "verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr
    again = launch("--demo")
    again.key("Alt+2")
    again.wait_cell("positions.table", "put")
