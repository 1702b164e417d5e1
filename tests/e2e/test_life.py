"""How the desk starts, ends, and comes back."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.conftest import Launch
from tests.e2e.desktop import Desktop, until
from tests.e2e.driver import PATIENCE_S
from tests.e2e.program import command_line, quick

pytestmark = pytest.mark.e2e

MINIMISED = """<?xml version="1.0"?>
<openbox_config xmlns="http://openbox.org/3.4/rc">
  <applications><application class="*" name="*"><iconic>yes</iconic></application></applications>
</openbox_config>
"""


def test_a_second_start_raises_the_first_window_and_ends(
    desktop: Desktop, launch: Launch, loan_home: Path, gld_at_350: tuple[str, str]
) -> None:
    first = launch(*gld_at_350)
    other = launch("--demo", home=loan_home.with_name("other"))
    other.wait_active()
    done = command_line(desktop, loan_home, *gld_at_350)
    assert done.returncode == 0
    assert "open already" in done.stdout
    first.wait_active()


@pytest.mark.usefixtures("loan_home")
def test_after_a_kill_the_desk_starts_again_with_what_it_had(
    launch: Launch, gld_at_350: tuple[str, str]
) -> None:
    desk = launch(*gld_at_350)
    desk.wait_text("loan.ltv", r"^60\.0 %$")
    desk.process.kill()
    desk.process.wait()
    again = launch(*gld_at_350)
    again.wait_text("loan.ltv", r"^60\.0 %$")
    assert again.process.poll() is None
    assert not again.shows("desk.problem")


@pytest.mark.usefixtures("loan_home")
def test_without_a_tray_closing_the_window_ends_the_program(
    launch: Launch, gld_at_350: tuple[str, str]
) -> None:
    desk = launch(*gld_at_350)
    desk.wait_text("loan.ltv", r"^60\.0 %$")
    desk.key("alt+F4")
    assert desk.process.wait(PATIENCE_S) == 0


@pytest.mark.usefixtures("loan_home")
def test_control_q_ends_the_program_quickly(launch: Launch, gld_at_350: tuple[str, str]) -> None:
    def quits() -> float:
        desk = launch(*gld_at_350)
        desk.wait_text("loan.ltv", r"^60\.0 %$")
        return desk.seconds_to_quit()

    assert quick(quits)


@pytest.mark.usefixtures("loan_home")
def test_a_request_to_terminate_ends_the_program_in_order(
    launch: Launch, gld_at_350: tuple[str, str]
) -> None:
    desk = launch(*gld_at_350)
    desk.wait_text("loan.ltv", r"^60\.0 %$")
    desk.process.terminate()
    assert desk.process.wait(PATIENCE_S) == 0


@pytest.mark.usefixtures("loan_home")
def test_the_window_comes_back_as_it_was_left(launch: Launch, gld_at_350: tuple[str, str]) -> None:
    desk = launch(*gld_at_350)
    desk.wait("dock.greeks.close")
    desk.click("dock.greeks.close")
    desk.wait_gone("greeks.table")
    assert desk.quit() == 0
    again = launch(*gld_at_350)
    again.wait_text("loan.ltv", r"^60\.0 %$")
    until(lambda: not again.shows("greeks.table"), "a desk without its Greeks")


@pytest.mark.usefixtures("own_home")
def test_a_desk_that_is_ended_as_soon_as_it_shows_ends_without_a_word(launch: Launch) -> None:
    for _ in range(2):
        desk = launch("--demo")
        desk.process.terminate()
        assert desk.process.wait(PATIENCE_S) == 0
        assert desk.said() == ""


@pytest.fixture
def minimising(desktop: Desktop) -> Iterator[None]:
    """Every window opens minimised, and so is never painted."""
    rules = Path(desktop.environment["HOME"]) / ".config" / "openbox" / "rc.xml"
    rules.parent.mkdir(parents=True, exist_ok=True)
    rules.write_text(MINIMISED)
    desktop.run("openbox", "--reconfigure")
    yield
    rules.unlink()
    desktop.run("openbox", "--reconfigure")


@pytest.mark.usefixtures("loan_home", "minimising")
def test_a_desk_that_opens_minimised_watches_all_the_same(
    launch: Launch, gld_at_350: tuple[str, str]
) -> None:
    desk = launch(*gld_at_350)
    desk.wait_text("loan.ltv", r"^60\.0 %$")
    pid = str(desk.process.pid)
    assert desk.desktop.xdotool("search", "--pid", pid)
    assert not desk.desktop.xdotool("search", "--onlyvisible", "--pid", pid)
    desk.process.terminate()
    assert desk.process.wait(PATIENCE_S) == 0
