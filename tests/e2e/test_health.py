"""The health of a running desk: in its dialog, and asked from beside it."""

import json
import re

import pytest

from tests.e2e.conftest import Launch
from tests.e2e.desktop import Desktop
from tests.e2e.program import command_line

pytestmark = pytest.mark.e2e


@pytest.mark.usefixtures("own_home")
def test_the_dialog_and_the_command_line_agree_on_a_desk_that_is_well(
    desktop: Desktop, launch: Launch
) -> None:
    desk = launch("--demo")
    desk.wait_text("quote.last", r"\d")
    desk.key("ctrl+k")
    desk.wait("palette.search", "focused")
    desk.desktop.xdotool("type", "health")
    desk.wait_text("palette.search", "^health$")
    desk.key("Return")
    desk.wait("health.copy")
    desk.wait_text("health.desk.state", "^✓ OK$")
    desk.wait_text("health.alerts.age", r"^\d s$")
    assert re.search("SIMULATED", desk.wait_text("health.feed", "simulated"))
    desk.click("health.copy")
    desk.wait_text("health.answer", "lines")
    answer = command_line(desktop, desk.home, "health", "--demo", "--json")
    told = json.loads(answer.stdout)
    assert (answer.returncode, told["status"]) == (0, "ok"), told
    assert told["alerts"]["age_s"] < 60
    desk.key("Escape")
    desk.wait_gone("health.copy")
