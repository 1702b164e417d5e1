"""One desk per home directory: a second start raises the first one's window and ends."""

import hashlib
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QLockFile, QObject, Signal

if TYPE_CHECKING:
    from PySide6.QtNetwork import QLocalServer

LONGEST_PATH = 100
"""Of a local socket in bytes: Linux takes 107, macOS 103."""

TIMEOUT_MS = 2000


class SingleInstance(QObject):
    """Holds the home directory for this process, until `release` or its death.

    The lock names a process, so one left by a killed process is taken over at once. Where the
    home cannot be written to, the lock lies beside the socket.
    """

    raise_requested = Signal()
    """A second start asked for the window."""

    def __init__(self, home: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._home = home.resolve()
        self._key = hashlib.sha256(os.fsencode(self._home)).hexdigest()[:16]
        self._address = address(self._home)
        self._lock: QLockFile | None = None
        self._server: QLocalServer | None = None

    def acquire(self) -> bool:
        """Take the home; False when another process has it, which was then asked to raise."""
        for directory in (self._home, Path(tempfile.gettempdir())):
            lock = QLockFile(str(directory / f"vaultdesk-{self._key}.lock"))
            lock.setStaleLockTime(0)
            if lock.tryLock(0):
                self._lock = lock
                self._listen()
                return True
            if lock.error() is QLockFile.LockError.LockFailedError:
                self._ask_first()
                return False
        return True

    def release(self) -> None:
        """Let the next start have the home."""
        if self._server is not None:
            self._server.close()
            self._server = None
        if self._lock is not None:
            self._lock.unlock()
            self._lock = None

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
