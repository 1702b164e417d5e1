"""How options are valued: said in three places, changed in two, and remembered."""

import re

import pytest

from tests.e2e.conftest import Launch
from tests.e2e.program import App

pytestmark = pytest.mark.e2e

PLACES = ("chain.model", "greeks.model", "status.model")


def priced(desk: App, style: str) -> None:
    """Wait until all three places say so."""
    for place in PLACES:
        desk.wait_text(place, rf"^{style}, q = 0, r \d\.\d\d % from parity$")


def greeks(desk: App) -> dict[str, list[str]]:
    return {row[0]: row for row in desk.cells("greeks.table")}


def number(text: str) -> float:
    return float(text.replace(",", ""))


def test_chain_greeks_and_status_bar_say_what_options_are_priced_by(demonstration: App) -> None:
    desk = demonstration
    priced(desk, "American")
    assert len({desk.text(place) for place in PLACES}) == 1
    assert desk.text("chain.style") == "American"


def test_the_style_is_chosen_by_keyboard_above_the_chain_or_as_a_command(
    demonstration: App,
) -> None:
    desk = demonstration
    priced(desk, "American")
    desk.choose("chain.style", "Down")
    priced(desk, "European")
    desk.key("ctrl+k")
    desk.wait("palette.search", "focused")
    desk.write("american ex")
    desk.key("Return")
    priced(desk, "American")
    assert desk.text("chain.style") == "American"


def test_the_style_is_remembered_and_a_flag_is_above_what_was_remembered(launch: Launch) -> None:
    first = launch("--demo")
    priced(first, "American")
    first.choose("chain.style", "Down")
    priced(first, "European")
    assert first.quit() == 0
    again = launch("--demo")
    priced(again, "European")
    assert again.quit() == 0
    flagged = launch("--demo", "--exercise-style", "american")
    priced(flagged, "American")


def test_a_position_is_typed_shown_and_remembered(launch: Launch) -> None:
    desk = launch("--demo", "--simulated-ticks-per-s", "0.01")
    priced(desk, "American")
    desk.type("greeks.position.put", "-5")
    held = number(desk.wait_text("greeks.position.delta", r"^\+\d"))
    _, _, put, _, put_held, both, _ = greeks(desk)["Delta"]
    assert number(put) < 0 < number(put_held)
    assert number(put_held) == pytest.approx(-5 * number(put), abs=0.03)
    assert number(both) == pytest.approx(held, abs=0.01)
    assert re.search(r"^-0\.\d+$", desk.text("greeks.economic.ltv_delta"))
    assert desk.quit() == 0
    again = launch("--demo", "--simulated-ticks-per-s", "0.01")
    again.wait_text("greeks.position.delta", r"^\+\d")
    assert again.text("greeks.position.put") == "-5"
