"""An alert in the real program: on the desktop once, in the list, acknowledged by its button."""

import asyncio
from pathlib import Path

import pytest

from tests.e2e.conftest import Launch
from tests.e2e.desktop import Desktop
from tests.e2e.program import App
from tests.fakes.notification_server import NotificationServer, notification_server
from tests.fakes.tape import tape

pytestmark = pytest.mark.e2e

FALL = ("310.00", "305.00", "279.00", "279.00", "278.90", "279.00", "278.95")
"""LTV 67.7 % to 75.3 %: past 70 and 75 %, in a jump that needs a second trade to be believed."""


async def until_shown(server: NotificationServer, count: int) -> None:
    async with asyncio.timeout(30):
        while len(server.shown) < count:
            server.asked.clear()
            await server.asked.wait()


def rules(desk: App) -> list[str]:
    return sorted(
        cell for row in desk.cells("alerts.table") for cell in row if cell.startswith("ltv-")
    )


@pytest.mark.usefixtures("loan_home")
async def test_each_line_crossed_is_on_the_desktop_once_and_stays_in_the_list(
    launch: Launch, desktop: Desktop, tmp_path: Path
) -> None:
    file = tape(tmp_path / "fall.jsonl", *(("GLD", price) for price in FALL))
    address = desktop.environment["DBUS_SESSION_BUS_ADDRESS"]
    async with notification_server(address) as server:
        desk = await asyncio.to_thread(launch, "--feed", f"recorded:{file}")
        await asyncio.to_thread(desk.wait_text, "loan.ltv", r"^75\.3 %$")
        await until_shown(server, 3)
        said = [shown.body for shown in server.shown]
        assert all(body.startswith("Recorded: ") for body in said)
        assert sum("has reached 70 %" in body for body in said) == 1
        assert sum("has reached 75 %" in body for body in said) == 1
        assert sum("tilisation" in body for body in said) == 1
        assert await asyncio.to_thread(rules, desk) == ["ltv-70", "ltv-75"]
        worst = next(shown for shown in server.shown if "has reached 75 %" in shown.body)
        await server.press(worst.number, "acknowledge")
        await asyncio.to_thread(desk.wait_text, "alerts.status", r"2 open")
        assert len(server.shown) == 3
        assert await asyncio.to_thread(desk.quit) == 0
