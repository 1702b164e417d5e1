"""The first start, and finding one's way by keyboard."""

import os
import signal

import pytest

from tests.e2e.conftest import Launch
from tests.e2e.desktop import Desktop, until

pytestmark = pytest.mark.e2e


def test_the_first_start_offers_two_ways_and_escape_takes_neither(
    launch: Launch, gld_at_350: tuple[str, str]
) -> None:
    desk = launch(*gld_at_350)
    desk.wait("welcome.setup", "enabled")
    desk.wait("welcome.demo", "enabled")
    desk.key("Escape")
    desk.wait_gone("welcome.setup")
    desk.wait("loan.setup", "enabled")
    desk.wait_text("loan.empty", "LTV|loan-to-value")
    assert not desk.shows("loan.ltv")
    desk.wait_text("quote.last", r"^350\.00$")
    assert desk.quit() == 0


def test_the_first_loan_is_set_up_from_the_welcome(
    launch: Launch, gld_at_350: tuple[str, str]
) -> None:
    desk = launch(*gld_at_350)
    desk.wait("welcome.setup", "focused")
    desk.key("Return")
    desk.wait("loan.dialog.units", "focused")
    desk.write("10,000\t2.1M\t\t75\t85")
    desk.wait("loan.dialog.save", "enabled")
    desk.key("Return")
    desk.wait_text("loan.ltv", r"^60\.0 %$")


def test_the_demonstration_opens_beside_the_desk(
    desktop: Desktop, launch: Launch, gld_at_350: tuple[str, str]
) -> None:
    desk = launch(*gld_at_350)
    desk.click("welcome.demo")

    def opened() -> int | None:
        pid = desktop.active_pid()
        return pid if pid != desk.process.pid else None

    other = until(opened, "a second window")
    try:
        desktop.driver.ask("wait", other, id="desk.mark", matches="^SIMULATED", states=["showing"])
        desk.wait_text("quote.quality", "^CACHED$")
    finally:
        os.kill(other, signal.SIGTERM)
        desktop.driver.ask("wait_gone", other, id="desk")
    assert desk.process.poll() is None


@pytest.mark.usefixtures("loan_home")
def test_the_palette_finds_a_command_and_enter_runs_it(
    launch: Launch, gld_at_350: tuple[str, str]
) -> None:
    desk = launch(*gld_at_350)
    desk.wait_text("loan.ltv", r"^60\.0 %$")
    desk.key("ctrl+k")
    desk.wait("palette.search", "focused")
    desk.write("undo loan")
    desk.wait_text("palette.search", "^undo loan$")
    until(
        lambda: "Undo loan change" in desk.facts("palette.search")["description"], "the first hit"
    )
    desk.key("Return")
    desk.wait_gone("palette.search")
    desk.key("ctrl+k")
    desk.wait("palette.search", "focused")
    desk.write("refresh")
    assert desk.wait_text("palette.search", "^refresh$")
    until(lambda: "Refresh" in desk.facts("palette.search")["description"], "a hit")
    desk.key("Return")
    desk.wait_gone("palette.search")


@pytest.mark.usefixtures("loan_home")
def test_control_and_a_number_puts_the_keyboard_into_each_panel(
    launch: Launch, gld_at_350: tuple[str, str]
) -> None:
    desk = launch(*gld_at_350)
    desk.wait_text("loan.ltv", r"^60\.0 %$")
    for number, panel in enumerate(("loan", "quote", "chain", "greeks", "history"), start=1):
        desk.key(f"ctrl+{number}")
        desk.wait_focused(rf"^{panel}\.|\.dock\.{panel}\b")
