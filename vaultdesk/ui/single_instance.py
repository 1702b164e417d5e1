"""One desk per home directory: a second start raises the first one's window and ends."""

import hashlib
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from vaultdesk.services.home_lock import HomeLock

if TYPE_CHECKING:
    from PySide6.QtNetwork import QLocalServer

LONGEST_PATH = 100
"""Of a local socket in bytes: Linux takes 107, macOS 103."""

TIMEOUT_MS = 2000

WINDOW, SERVER = "desk", "serve"
"""Who holds a home, as the lock says it."""


class SingleInstance(QObject):
    """Holds the home directory for this process, until `release` or its death.

    `holder` says who has it where `acquire` was refused: another window, or a server without one,
    which cannot be raised.
    """

    raise_requested = Signal()
    """A second start asked for the window."""

    def __init__(self, home: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._home = home.resolve()
        self._key = hashlib.sha256(os.fsencode(self._home)).hexdigest()[:16]
        self._address = address(self._home)
        self._lock = HomeLock(self._home, WINDOW)
        self._server: QLocalServer | None = None

    def acquire(self) -> bool:
        """Take the home; False when another process has it: a window was then asked to raise."""
        if self._lock.acquire():
            self._listen()
            return True
        if not self.served:
            self._ask_first()
        return False

    @property
    def served(self) -> bool:
        """Whether it is held by a server, which has no window to raise."""
        return self._lock.holder.startswith(SERVER)

    @property
    def holder(self) -> str:
        """Who has the home, with the number of the process."""
        return self._lock.holder

    def release(self) -> None:
        """Let the next start have the home."""
        if self._server is not None:
            self._server.close()
            self._server = None
        self._lock.release()

    def _listen(self) -> None:
        """The lock is ours, so a socket that lies there is a dead process's and may go."""
        from PySide6.QtNetwork import QLocalServer  # noqa: PLC0415 (not where nobody listens)

        QLocalServer.removeServer(self._address)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._met)
        self._server.listen(self._address)

    def _met(self) -> None:
        """Whoever calls wants the window; hanging up tells that it was heard."""
        assert self._server is not None  # noqa: S101  only a listening server meets anyone
        caller = self._server.nextPendingConnection()
        caller.close()
        caller.deleteLater()
        self.raise_requested.emit()

    def _ask_first(self) -> None:
        """Wait until the first has heard, but no longer than a user would; it may be hanging."""
        from PySide6.QtNetwork import QLocalSocket  # noqa: PLC0415 (seldom needed)

        socket = QLocalSocket()
        socket.connectToServer(self._address)
        if socket.waitForConnected(TIMEOUT_MS):
            socket.waitForDisconnected(TIMEOUT_MS)


def address(home: Path) -> str:
    """Where the desk of this home listens; short enough for a socket whatever the home's length."""
    name = f"vaultdesk-{hashlib.sha256(os.fsencode(home)).hexdigest()[:16]}"
    if sys.platform == "win32":
        return name
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    for directory in (Path(runtime) if runtime else home, home, Path(tempfile.gettempdir())):
        path = str(directory / f"{name}.sock")
        if len(os.fsencode(path)) <= LONGEST_PATH and os.access(directory, os.W_OK):
            return path
    return name
