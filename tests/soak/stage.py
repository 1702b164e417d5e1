"""What the desks of an endurance run live in: a disk that fills, a clock that jumps, a receiver."""

import asyncio
import json
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.fakes.webhook_server import Receiver, receiver
from tests.soak.checks import Posting

DISK_MB = 96
PATIENCE_S = 10.0


class Disk:
    """The profile's file system: one of its own where we may mount one, which can be filled.

    `own` says whether; elsewhere nothing is filled, as the whole machine's disk is not ours.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ballast = folder / "ballast"
        folder.mkdir(parents=True)
        self.own = os.geteuid() == 0 and shutil.which("mount") is not None and self._mounted()

    def _mounted(self) -> bool:
        mount = ("mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "tmpfs", str(self.folder))
        return subprocess.run(mount, check=False, capture_output=True).returncode == 0  # noqa: S603

    def fill(self) -> None:
        """Leave no byte free."""
        with self._ballast.open("wb", buffering=0) as file, suppress(OSError):
            for size in (2**20, 2**12, 1):
                with suppress(OSError):
                    while file.write(b"\0" * size):
                        pass

    def empty(self) -> None:
        """Give the room back."""
        self._ballast.unlink(missing_ok=True)

    def release(self) -> None:
        """Let the file system go."""
        if self.own:
            subprocess.run(["umount", "-l", str(self.folder)], check=False)  # noqa: S603, S607


SET_BY_NUMPY = ("OPENBLAS_MAIN_FREE", "GOTOBLAS_MAIN_FREE")
"""NumPy sets these while it is imported, unless they are set. libfaketime reads the environment in
each wait of another thread, and ends the program when it is moved in memory meanwhile."""


class WallTime:
    """A program's wall clock, moved by libfaketime where that is installed (`can_jump`)."""

    def __init__(self, file: Path) -> None:
        self._file = file
        found = sorted(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))
        self._library = str(found[0]) if found else ""
        self.set(0)

    @property
    def can_jump(self) -> bool:
        return bool(self._library)

    def set(self, seconds: int) -> None:
        """So far from the machine's clock."""
        beside = self._file.with_suffix(".new")
        beside.write_text(f"{seconds:+d}\n")
        beside.replace(self._file)

    def variables(self) -> dict[str, str]:
        """What a program is started with."""
        if not self._library:
            return {}
        return {
            "LD_PRELOAD": self._library,
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_CACHE_DURATION": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "DONT_FAKE_MONOTONIC": "1",
            "NO_FAKE_STAT": "1",
            **dict.fromkeys(SET_BY_NUMPY, "1"),
        }


class Hook:
    """A receiver of webhooks in a thread of its own."""

    def __init__(self, made: Receiver) -> None:
        self._made = made

    @property
    def address(self) -> str:
        return self._made.address()

    def postings(self) -> list[Posting]:
        """All that came so far, in order."""
        bodies = [json.loads(body) for _, _, body in tuple(self._made.posted)]
        return [Posting(body["alert"]["id"], body["delivery"]) for body in bodies]


@contextmanager
def hook() -> Iterator[Hook]:
    """A receiver that takes everything."""
    started: Future[tuple[Receiver, asyncio.AbstractEventLoop, asyncio.Event]] = Future()

    async def serve() -> None:
        async with receiver() as made:
            ended = asyncio.Event()
            started.set_result((made, asyncio.get_running_loop(), ended))
            await ended.wait()

    thread = threading.Thread(target=lambda: asyncio.run(serve()), name="webhooks")
    thread.start()
    made, loop, ended = started.result(PATIENCE_S)
    try:
        yield Hook(made)
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join(PATIENCE_S)
