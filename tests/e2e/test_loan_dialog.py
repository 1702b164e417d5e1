"""The loan's terms edited with nothing but the keyboard: refused, kept, and there after a kill."""

import pytest

from tests.e2e.conftest import Launch

pytestmark = pytest.mark.e2e


@pytest.mark.usefixtures("loan_home")
def test_terms_typed_by_keyboard_are_checked_kept_and_survive_a_kill(
    launch: Launch, gld_at_350: tuple[str, str]
) -> None:
    desk = launch(*gld_at_350)
    desk.wait_text("loan.ltv", r"^60\.0 %$")
    desk.key("ctrl+l")
    desk.type("loan.dialog.units", "12,000")
    desk.type("loan.dialog.amount", "2.1M")
    desk.type("loan.dialog.call_ltv", "90 %")
    desk.wait_text("loan.dialog.problem", "(?i)close-out|lower it")
    desk.wait("loan.dialog.save", without=("enabled",))
    desk.key("Return")
    desk.wait("loan.dialog.units")  # Enter does not save nonsense
    desk.type("loan.dialog.call_ltv", "70 %")
    desk.wait_text("loan.dialog.problem", "^$")
    desk.wait("loan.dialog.save", "enabled")
    desk.key("Return")
    desk.wait_gone("loan.dialog.units")
    desk.wait_text("loan.ltv", r"^50\.0 %$")
    desk.wait_text("loan.call_price", r"^250\.00 USD$")
    desk.process.kill()
    desk.process.wait()
    again = launch(*gld_at_350)
    again.wait_text("loan.ltv", r"^50\.0 %$")
    again.wait_text("loan.call_price", r"^250\.00 USD$")
    assert again.quit() == 0


@pytest.mark.usefixtures("loan_home")
def test_nonsense_is_refused_at_the_field(launch: Launch, gld_at_350: tuple[str, str]) -> None:
    desk = launch(*gld_at_350)
    desk.wait_text("loan.ltv", r"^60\.0 %$")
    desk.click("loan.edit")
    for field, nonsense, sound in (
        ("units", "-5", "10,000"),
        ("amount", "3,500,000", "2,100,000"),
        ("closeout_ltv", "120 %", "85 %"),
        ("call_ltv", "x", "75 %"),
    ):
        desk.type(f"loan.dialog.{field}", nonsense)
        desk.wait_text("loan.dialog.problem", r"\w")
        desk.wait("loan.dialog.save", without=("enabled",))
        desk.type(f"loan.dialog.{field}", sound)
        desk.wait_text("loan.dialog.problem", "^$")
        desk.wait("loan.dialog.save", "enabled")
    desk.key("Escape")
    desk.wait_gone("loan.dialog.units")
    desk.wait_text("loan.ltv", r"^60\.0 %$")


@pytest.mark.usefixtures("loan_home")
def test_a_second_lot_and_a_cut_of_the_advance_rate_reach_the_three_ratios(
    launch: Launch, gld_at_350: tuple[str, str]
) -> None:
    """500,000 of cash: 2.1 M on 4 M is 52.5 %, on 2.45 M and 0.5 M of lending value 71.2 %."""
    desk = launch(*gld_at_350)
    desk.wait_text("loan.utilisation", r"^85\.7 %$")
    desk.key("ctrl+l")
    desk.wait("loan.dialog.amount", "focused")
    desk.key("ctrl+Tab")
    desk.wait("loan.dialog.lot")
    desk.click("loan.dialog.lot.add")
    desk.wait_text("loan.dialog.problem", "Type a number")
    desk.choose("loan.dialog.lot.asset", "c", "a")
    desk.type("loan.dialog.lot.quantity", "500k")
    desk.wait_text("loan.dialog.problem", "^$")
    desk.wait("loan.dialog.save", "enabled")
    desk.click("loan.dialog.save")
    desk.wait_text("loan.ltv", r"^52\.5 %$")
    desk.wait_text("loan.utilisation", r"^71\.2 %$")
    assert desk.quit() == 0
