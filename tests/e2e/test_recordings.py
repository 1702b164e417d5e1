"""Recorded markets in the window: the desk's own recording, and real chains of GLD."""

import re
from pathlib import Path

import pytest

from tests.e2e.conftest import Launch
from tests.e2e.desktop import Desktop
from tests.e2e.program import command_line

pytestmark = pytest.mark.e2e


@pytest.mark.usefixtures("loan_home")
def test_what_was_recorded_is_replayed(
    desktop: Desktop, launch: Launch, own_home: Path, tmp_path: Path
) -> None:
    file = tmp_path / "own.market.jsonl.gz"
    market = ("--feed", "simulated", "--simulated-start", "2026-07-10T10:00:00-04:00")
    done = command_line(
        desktop, own_home, "record", "--out", str(file), "--seconds", "1.5", *market
    )
    assert done.returncode == 0, done.stderr
    desk = launch("--feed", f"recorded:{file}", "--replay-speed", "20")
    desk.wait_text("quote.source", "simulated.*recorded")
    desk.wait_text("quote.time", r"^2026-07-10 10:00:0\d EDT$")
    desk.wait_text("quote.quality", "^SIMULATED$")  # a recording of made-up prices stays made up
    desk.wait_text("chain.status", r"^\d+ contracts")
    desk.wait_text("greeks.contract", r"strike \d")


@pytest.mark.recorded
@pytest.mark.usefixtures("loan_home")
def test_the_recorded_close_of_gld_is_valued_with_its_chain(launch: Launch, recorded: Path) -> None:
    desk = launch("--feed", f"recorded:{recorded / 'options' / 'GLD-2026-07-10.market.jsonl.gz'}")
    desk.wait_text("quote.last", r"^377\.01$")
    desk.wait_text("loan.ltv", r"^55\.7 %$")
    desk.wait_text("chain.expiry", r"^2026-09-18 · 70 d$")
    told = desk.wait_text("chain.status", r"^\d+ contracts · \d+ refused")
    contracts, refused = (int(number) for number in re.findall(r"\d+", told)[:2])
    assert 0 < refused < contracts / 2
    assert not desk.shows("chain.problem")


@pytest.mark.recorded
@pytest.mark.usefixtures("loan_home")
def test_nothing_is_priced_from_the_empty_chain_of_the_night(
    launch: Launch, recorded: Path
) -> None:
    file = recorded / "options" / "GLD-2026-07-15-overnight.market.jsonl.gz"
    desk = launch("--feed", f"recorded:{file}")
    desk.wait_text("chain.problem", "nothing is priced from this chain")
    told = desk.wait_text("chain.status", r"^\d+ contracts · \d+ refused")
    contracts, refused = (int(number) for number in re.findall(r"\d+", told)[:2])
    assert refused == contracts
    assert {cell for row in desk.cells("greeks.table") for cell in row[1:3]} == {"—"}
    assert "—" not in desk.text("loan.ltv")
