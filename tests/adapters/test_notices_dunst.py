"""Alerts shown by a real dunst on a virtual screen, as `dunstctl history` remembers them."""

import asyncio
import json
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.alerts import ALERT, numbered
from tests.fakes.session_bus import (
    PATIENCE_S,
    environment,
    message_bus,
    need,
    running,
    screen,
)
from vaultdesk.adapters.notices import DesktopChannel, NoticeAction
from vaultdesk.core.alerts import Alert, Severity

pytestmark = pytest.mark.usefixtures("_dunst_is_here")


SETTINGS = """
[global]
    markup = full
[urgency_low]
    format = "low"
[urgency_normal]
    format = "normal"
[urgency_critical]
    format = "critical"
"""
"""What dunst shows is how urgent it finds the notice: its history has no field of that name."""


@pytest.fixture
def _dunst_is_here() -> None:
    need("dbus-daemon", "Xvfb", "dunst", "dunstctl", "dbus-send", "gdbus")


@dataclass(frozen=True)
class Dunst:
    """A dunst that shows; it draws on a screen nobody sees."""

    address: str
    variables: dict[str, str]

    def tell(self, *words: str) -> str:
        done = subprocess.run(  # noqa: S603
            ["dunstctl", *words],  # noqa: S607
            env=self.variables,
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=True,
        )
        return done.stdout

    def history(self) -> list[dict[str, Any]]:
        """What was shown and closed, the oldest first, field by field."""
        (rows,) = json.loads(self.tell("history"))["data"]
        return [{name: value["data"] for name, value in row.items()} for row in reversed(rows)]


@pytest.fixture
def dunst(tmp_path: Path, _dunst_is_here: None) -> Iterator[Dunst]:
    with ExitStack() as parts:
        own = environment(tmp_path)
        own["DISPLAY"] = parts.enter_context(screen(tmp_path))
        own["DBUS_SESSION_BUS_ADDRESS"] = parts.enter_context(message_bus(tmp_path))
        settings = tmp_path / "dunstrc"
        settings.write_text(SETTINGS, "utf-8")
        parts.enter_context(running(["dunst", "-config", str(settings)], own))
        wait = ["gdbus", "wait", "--session", "--timeout", "20", "org.freedesktop.Notifications"]
        subprocess.run(wait, env=own, check=True, timeout=PATIENCE_S + 5)  # noqa: S603
        yield Dunst(own["DBUS_SESSION_BUS_ADDRESS"], own)


async def test_dunst_shows_what_the_alert_says(dunst: Dunst) -> None:
    channel = DesktopChannel(_nothing, address=dunst.address)
    odd = replace(ALERT, rule="b", severity=Severity.WARNING, sentence="1 < 2 & <b>so</b>")
    assert (await channel.deliver(ALERT, "1")).startswith("shown by dunst 1.")
    await channel.deliver(odd, "2")
    assert "body-markup" in await channel.capabilities()
    dunst.tell("close-all")
    first, second = dunst.history()
    assert (first["appname"], first["summary"]) == ("VaultDesk", "VaultDesk: Critical")
    assert first["body"] == ALERT.sentence
    assert (first["message"], first["timeout"]) == ("critical", 0)
    assert first["category"] == "x-vaultdesk.alert"
    assert second["message"] == "normal"
    assert second["body"] == "1 &lt; 2 &amp; &lt;b&gt;so&lt;/b&gt;"
    await channel.close()


async def test_a_newer_notice_of_a_rule_leaves_one_in_the_history(dunst: Dunst) -> None:
    channel = DesktopChannel(_nothing, address=dunst.address)
    newer = numbered(2, sentence="LTV 76 % has reached 75 %.")
    for alert in (ALERT, newer, newer):
        await channel.deliver(alert, "1")
    assert dunst.tell("count", "displayed").split() == ["1"]
    dunst.tell("close-all")
    assert [row["body"] for row in dunst.history()] == [newer.sentence]
    await channel.close()


async def test_a_click_in_dunst_opens_the_alert(dunst: Dunst) -> None:
    acts: asyncio.Queue[tuple[str, NoticeAction]] = asyncio.Queue()
    channel = DesktopChannel(
        lambda alert, action: acts.put_nowait((alert.id, action)), address=dunst.address
    )
    await channel.deliver(ALERT, "1")
    dunst.tell("action", "0")
    assert await asyncio.wait_for(acts.get(), PATIENCE_S) == (ALERT.id, NoticeAction.OPEN)
    await channel.close()


async def test_closing_it_in_dunst_dismisses_and_acknowledges_nothing(dunst: Dunst) -> None:
    acts: asyncio.Queue[NoticeAction] = asyncio.Queue()
    channel = DesktopChannel(lambda _alert, act: acts.put_nowait(act), address=dunst.address)
    await channel.deliver(ALERT, "1")
    dunst.tell("close-all")
    assert await asyncio.wait_for(acts.get(), PATIENCE_S) is NoticeAction.DISMISSED
    await channel.close()


def _nothing(_alert: Alert, _action: NoticeAction) -> None:
    pass
