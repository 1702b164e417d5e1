"""The desk with a window answers too, on the same loop, and lets the port go when it ends."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import aiohttp

from tests.fakes.serving import ROOT, free_port

PATIENCE_S = 60


async def test_the_open_desk_answers_and_lets_go(tmp_path: Path) -> None:
    port = free_port()
    flags = ("--demo", "--serve", "true", "--secrets-in", "session", "--serve-port", str(port))
    desk = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "vaultdesk", *flags),
        env={**os.environ, "VAULTDESK_HOME": str(tmp_path), "QT_QPA_PLATFORM": "offscreen"},
        cwd=ROOT,
    )
    try:
        async with asyncio.timeout(PATIENCE_S), aiohttp.ClientSession() as client:
            assert await _status(client, port) == 401
            desk.send_signal(signal.SIGTERM)
            assert await desk.wait() == 0
    finally:
        if desk.returncode is None:
            desk.kill()
            await desk.wait()
    log = (tmp_path / "demo" / "log" / "desk.log").read_text()
    assert f"No longer listening at http://127.0.0.1:{port}" in log


async def _status(client: aiohttp.ClientSession, port: int) -> int:
    """Of the first answer there is."""
    while True:
        try:
            async with client.get(f"http://127.0.0.1:{port}/health") as answer:
                return answer.status
        except aiohttp.ClientConnectorError:
            await asyncio.sleep(0.1)  # another process opens the port and tells nobody
