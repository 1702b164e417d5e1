"""The demonstration: marked as made up, and alive from the first second."""

import math
import re
from decimal import Decimal
from pathlib import Path

import pytest

from tests.e2e.desktop import until
from tests.e2e.program import App

pytestmark = pytest.mark.e2e


def test_it_is_marked_simulated_wherever_a_number_stands(demonstration: App) -> None:
    desk = demonstration
    desk.wait_text("desk.mark", "^SIMULATED")
    assert desk.title().startswith("SIMULATED")
    for chip in ("quote.quality", "loan.quality", "chain.quality", "greeks.quality"):
        desk.wait_text(chip, "^SIMULATED$")
    desk.wait_text("quote.source", "simulated")
    desk.wait_text("loan.source", "SIMULATED")
    desk.wait_text("status.feed", "no price is real")
    desk.wait_text("status.market", r"New York (open|closed) · ")


def test_the_price_ticks_and_the_loan_follows_it(demonstration: App) -> None:
    desk = demonstration
    first = desk.wait_text("quote.last", r"\d")
    desk.wait_text("quote.last", rf"^(?!{re.escape(first)}$)\d")
    units, amount = Decimal(10_000), Decimal(2_450_000)
    value, price = _pair(desk)
    assert value == units * price
    desk.wait_text("loan.ltv", rf"^{100 * amount / value:.1f} %$")
    assert (desk.home / "demo" / "desk.db").exists()


def test_the_chain_comes_and_another_expiry_can_be_chosen(demonstration: App) -> None:
    desk = demonstration
    status = desk.wait_text("chain.status", r"^(\d+) contracts .* 0 hits, 1 miss ")
    rows = desk.cells("chain.table", rows=20)
    assert len(rows) == 20
    assert all(any(cell.strip() for cell in row) for row in rows)
    shown = desk.text("chain.expiry")
    desk.choose("chain.expiry", "Down")
    desk.wait_text("chain.expiry", rf"^(?!{re.escape(shown)}$)\d{{4}}-\d\d-\d\d · \d+ d$")
    other = desk.wait_text("chain.status", r"^\d+ contracts .* 0 hits, 2 misses ")
    assert other != status
    desk.choose("chain.expiry", "Up")
    desk.wait_text("chain.status", r"^\d+ contracts .* 1 hit, 2 misses ")
    assert desk.text("chain.expiry") == shown


def test_the_filter_narrows_the_strikes(demonstration: App) -> None:
    desk = demonstration
    desk.wait_text("chain.status", r"^\d+ contracts")
    desk.type("chain.filter", "370-380")
    told = desk.wait_text("chain.status", r"^\d+ of \d+ strikes · ")
    shown, listed = (int(number) for number in re.findall(r"\d+", told)[:2])
    assert 0 < shown < listed
    assert desk.ask("size", id="chain.table")[0] == shown
    desk.type("chain.filter", "nonsense")
    desk.wait_text("chain.filter.problem", r"\w")
    desk.key("ctrl+a", "Delete")
    desk.wait_text("chain.status", r"^\d+ contracts")


def test_every_greek_is_a_finite_number(demonstration: App) -> None:
    desk = demonstration
    desk.wait_text("greeks.contract", r"strike \d")
    rows = desk.cells("greeks.table")
    names = {row[0] for row in rows}
    assert names >= {"Delta", "Gamma", "Theta", "Vega"}
    for name, call, put, *_, unit in rows:
        assert math.isfinite(_number(call)), name
        assert math.isfinite(_number(put)), name
        assert unit
    by_name = {row[0]: row for row in rows}
    assert 0 < _number(by_name["Delta"][1]) < 100, "shares, of a contract of a hundred"
    assert -100 < _number(by_name["Delta"][2]) < 0


def test_the_history_has_a_past_and_exports_it(demonstration: App, tmp_path: Path) -> None:
    desk = demonstration
    desk.wait_text("history.last", r"LTV \d+\.\d %")
    desk.click("history.export")
    desk.wait_focused(r"fileNameEdit|Edit")
    file = tmp_path / "ltv.csv"
    desk.key("ctrl+a")
    desk.write(str(file))
    desk.key("alt+s")
    until(lambda: file.exists() and file.stat().st_size, "the exported file")
    lines = file.read_text(encoding="utf-8").splitlines()
    assert len(lines) > 24, "a line an hour"
    assert all(re.search(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", line) for line in lines[1:])


def _pair(desk: App) -> tuple[Decimal, Decimal]:
    """The loan's value and the price it says it was valued at, read while neither changed."""

    def read() -> tuple[Decimal, Decimal] | None:
        before = _valued_at(desk)
        value = desk.text("loan.value").removesuffix(" USD").replace(",", "")
        return (Decimal(value), before) if _valued_at(desk) == before else None

    return until(read, "a moment without a tick")


def _valued_at(desk: App) -> Decimal:
    found = re.search(r"from GLD (\d+\.\d+)", desk.text("loan.source"))
    assert found
    return Decimal(found[1])


def _number(text: str) -> float:
    return float(text.replace(",", ""))
