"""The reference loan on recorded prices: what the window shows; the command line agrees."""

import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import Launch
from tests.e2e.desktop import Desktop
from tests.e2e.program import App, command_line
from tests.fakes.tape import tape

pytestmark = pytest.mark.e2e


def test_the_reference_loan_at_350_stands_at_60_percent(
    launch: Launch, loan_home: Path, gld_at_350: tuple[str, str]
) -> None:
    desk = launch(*gld_at_350)
    desk.wait_text("loan.ltv", r"^60\.0 %$")
    desk.wait_text("loan.zone", "(?i)^safe$")
    desk.wait_text("loan.value", r"^3,500,000\.00 USD$")
    desk.wait_text("loan.amount", r"^2,100,000\.00 USD$")
    desk.wait_text("loan.call_price", r"^280\.00 USD$")
    desk.wait_text("loan.closeout_price", r"^247\.06 USD$")
    desk.wait_text("loan.distance", r"^70\.00 USD · 20\.0 %$")
    assert loan_home.joinpath("desk.db").exists()


@pytest.mark.usefixtures("loan_home")
def test_no_price_stands_without_where_it_is_from_how_good_and_how_old_it_is(
    launch: Launch, gld_at_350: tuple[str, str]
) -> None:
    desk = launch(*gld_at_350)
    desk.wait_text("quote.last", r"^350\.00$")
    desk.wait_text("quote.symbol", "^GLD$")
    desk.wait_text("quote.source", "recorded")
    desk.wait_text("quote.quality", "^CACHED$")
    desk.wait_text("quote.time", r"^2026-07-10 12:00:00 EDT$")
    desk.wait_text("quote.age", r"^\d+ s · ")
    desk.wait_text("loan.source", r"from GLD 350\.00 .*recorded.* · CACHED · .* ago$")
    desk.wait_text("desk.mark", "^RECORDED")
    assert desk.title().startswith("RECORDED")


@pytest.mark.usefixtures("loan_home")
def test_a_fall_to_262_50_is_a_margin_call_at_80_percent(launch: Launch, tmp_path: Path) -> None:
    file = tape(tmp_path / "gld.jsonl", ("GLD", "350.00"), ("GLD", "262.50"))
    desk = launch("--feed", f"recorded:{file}")
    desk.wait_text("loan.ltv", r"^80\.0 %$")
    desk.wait_text("loan.zone", "(?i)call$")
    desk.wait_text("loan.distance", r"^-17\.50 USD")
    desk.wait_text("loan.cure_repay", "USD$")


def test_window_and_command_line_agree_to_the_digit(
    desktop: Desktop, launch: Launch, own_home: Path, tmp_path: Path
) -> None:
    odd = ("--units", "9876.5", "--amount", "2098765.43")
    levels = ("--call-ltv", "0.7525", "--closeout-ltv", "0.8375")
    assert command_line(desktop, own_home, "loan", "set", *odd, *levels).returncode == 0
    desk = launch("--feed", f"recorded:{tape(tmp_path / 'gld.jsonl', ('GLD', '349.37'))}")
    price = desk.wait_text("quote.last", r"\d")
    done = command_line(desktop, own_home, "status", "--json", "--at-price", price)
    assert done.returncode == 0, done.stderr
    _same(json.loads(done.stdout)["loan"], desk)


def _same(loan: dict[str, Any], desk: App) -> None:
    for name in ("value", "amount", "call_price", "closeout_price", "distance"):
        shown = _number(desk.text(f"loan.{name}"))
        assert Decimal(loan[name]).quantize(shown) == shown, name
    shown = _number(desk.text("loan.ltv")) / 100
    assert Decimal(loan["ltv"]).quantize(shown) == shown
    assert desk.text("loan.zone").lower() == loan["zone"]


def _number(text: str) -> Decimal:
    """The first number of a label, "2,098,765.43 USD" is 2098765.43."""
    found = re.search(r"-?[\d,]+(?:\.\d+)?", text)
    assert found, text
    return Decimal(found[0].replace(",", ""))


def test_the_desk_watches_the_symbol_the_loan_is_on_and_follows_a_change_of_it(
    desktop: Desktop, launch: Launch, own_home: Path, tmp_path: Path
) -> None:
    """10,000 SPY at 750.00 against 2.1 M is 28.0 %; the same units of GLD at 350.00 are 60.0 %."""
    terms = ("--units", "10000", "--amount", "2100000", "--call-ltv", "0.75")
    levels = ("--closeout-ltv", "0.85", "--symbol", "SPY")
    assert command_line(desktop, own_home, "loan", "set", *terms, *levels).returncode == 0
    file = tape(tmp_path / "both.jsonl", ("GLD", "350.00"), ("SPY", "750.00"))
    desk = launch("--feed", f"recorded:{file}")
    desk.wait_text("loan.ltv", r"^28\.0 %$")
    desk.wait_text("quote.symbol", "^SPY$")
    desk.key("ctrl+l")
    desk.type("loan.dialog.symbol", "GLD")
    desk.key("Return")
    desk.wait_text("loan.ltv", r"^60\.0 %$")
    desk.wait_text("quote.symbol", "^GLD$")
    desk.wait_text("quote.last", r"^350\.00$")
