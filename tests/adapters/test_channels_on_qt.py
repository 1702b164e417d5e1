"""Every channel on the loop the desk runs on, Qt's."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fakes.session_bus import message_bus, need

ROOT = Path(__file__).resolve().parents[2]

ON_QT = """
import asyncio, json, logging, sys, threading
from PySide6.QtWidgets import QApplication
from qasync import QEventLoop
from tests.fakes.alerts import ALERT
from tests.fakes.feed import ManualClock
from tests.fakes.mail_server import mail_server, trust
from tests.fakes.notification_server import notification_server
from tests.fakes.webhook_server import receiver
from tests.fakes.yahoo_tls import authority
from vaultdesk.adapters.mail import Account, MailChannel
from vaultdesk.adapters.notices import DesktopChannel, SoundChannel
from vaultdesk.adapters.secrets import MemorySecrets
from vaultdesk.adapters.webhook import WebhookChannel

async def main(address, player):
    secrets, clock = MemorySecrets(), ManualClock()
    await secrets.set("mail", "right")
    await secrets.set("webhook", "key")
    pressed = asyncio.get_running_loop().create_future()
    desktop = DesktopChannel(lambda alert, action: pressed.set_result(action), address=address)
    said = {}
    async with (
        mail_server() as mail,
        receiver(authority()[1]) as hook,
        notification_server(address) as notes,
    ):
        account = Account("127.0.0.1", mail.port, "a@b.c", ("d@e.f",), "analyst")
        said["desktop"] = await desktop.deliver(ALERT, "1")
        said["threads"] = threading.active_count()
        await notes.press(1, "snooze")
        said["action"] = await asyncio.wait_for(pressed, 10)
        said["sound"] = await SoundChannel([[player]]).deliver(ALERT, "1")
        said["mail"] = await MailChannel(account, secrets, clock, tls=trust()).deliver(ALERT, "1")
        said["webhook"] = await WebhookChannel(
            hook.address(), secrets, clock, tls=trust()
        ).deliver(ALERT, "1")
        said["tls"] = mail.envelopes[0][2]
        await desktop.close()
    print(json.dumps(said))

logging.getLogger("mail.log").setLevel(logging.ERROR)  # the fake server's own
application = QApplication([])
with asyncio.Runner(loop_factory=lambda: QEventLoop(application)) as runner:
    runner.run(main(*sys.argv[1:]))
"""


@pytest.fixture
def player(tmp_path: Path) -> Path:
    """A program that plays nothing, well."""
    path = tmp_path / "player"
    path.write_text('#!/bin/sh\ntest -s "$1"\n', "utf-8")
    path.chmod(0o755)
    return path


def test_each_channel_delivers_on_qts_loop(tmp_path: Path, player: Path) -> None:
    """In a process of its own, as there is one QApplication to each."""
    need("dbus-daemon", "sh")
    with message_bus(tmp_path) as address:
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-W", "error", "-c", ON_QT, address, str(player)],
            cwd=ROOT,
            env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert json.loads(done.stdout) == {
        "desktop": "shown by fake 1.0",
        "threads": 1,
        "action": "snooze",
        "sound": f"played by {player}",
        "mail": "127.0.0.1: queued as 4711",
        "webhook": "127.0.0.1: 200 ok",
        "tls": True,
    }
