"""Whether there is a display, when the window was first painted, and its picture."""

import asyncio
import contextlib
import os
import sys
from pathlib import Path

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget

from vaultdesk.ports import StorageError

UNSEEN_S = 1.0
"""A window that opens minimised or on another workspace is not painted: then nobody waits."""


def has_display() -> bool:
    """Whether Qt would find a screen: without one its xcb platform aborts the process."""
    if sys.platform != "linux" or os.environ.get("QT_QPA_PLATFORM"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


class Painted(QObject):
    """Knows when a window was painted for the first time; made before it is shown."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._done = asyncio.Event()
        window.installEventFilter(self)

    async def wait(self) -> None:
        """Return once the window is on screen and the loop is idle again, or it cannot be seen."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._done.wait(), UNSEEN_S)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Take note of the first paint; let every event through."""
        if watched is self._window and event.type() is QEvent.Type.Paint:
            self._window.removeEventFilter(self)
            asyncio.get_running_loop().call_soon(self._done.set)
        return False


class Forgetful:
    """Keeps no workspace: a picture is taken of the default arrangement and changes none."""

    def load(self, name: str) -> bytes | None:
        """Nothing was saved."""
        del name
        return None

    def save(self, name: str, data: bytes) -> None:
        """Nothing is."""

    def names(self) -> tuple[str, ...]:
        """No names."""
        return ()

    def delete(self, name: str) -> None:
        """Nothing to forget."""


def save_picture(window: QWidget, file: Path) -> None:
    """Save what the window shows.

    Raises:
        StorageError: The file cannot be written, or its ending names no picture format.
    """
    if not window.grab().save(str(file)):
        raise StorageError(f"{file} cannot be written: give a writable path that ends in .png.")
