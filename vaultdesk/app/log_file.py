"""The desk's log: private, of a size that is bounded, silent where the disk is full."""

import contextlib
import logging
import logging.handlers
import os
from io import TextIOWrapper
from pathlib import Path

from vaultdesk.app.redaction import CleanFormatter

FOLDER, FILE, FAULTS = "log", "desk.log", "faults.log"
LONGEST, OLDER = 2_000_000, 3
"""Bytes of one file, and how many older ones are kept."""
MOST_FAULTS = 1_000_000
"""Bytes from which the tracebacks of crashes begin anew, the last ones kept beside them."""
OWNER_ONLY = 0o600
LINE = "%(asctime)s %(levelname)s %(name)s %(message)s"


class LogFile(logging.handlers.RotatingFileHandler):
    """Only its owner reads it; the desk lives on where it cannot be written."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, maxBytes=LONGEST, backupCount=OLDER, encoding="utf-8")
        self.setFormatter(CleanFormatter(LINE))

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802
        """A line that cannot be written is lost; nobody is told a traceback."""

    def close(self) -> None:
        """Close, also when what was held back cannot be written."""
        with contextlib.suppress(OSError):
            super().close()

    def _open(self) -> TextIOWrapper:
        return private(Path(self.baseFilename))


def private(path: Path) -> TextIOWrapper:
    """A text file to be added to that only its owner may read, an older one included.

    Raises:
        OSError: It cannot be opened.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, OWNER_ONLY)
    with contextlib.suppress(OSError):  # a device, or a file system that knows no rights
        if path.is_file() and not path.is_symlink():
            path.chmod(OWNER_ONLY)
    return open(descriptor, "a", encoding="utf-8")  # noqa: PTH123  the caller closes it


def faults_file(folder: Path) -> TextIOWrapper:
    """Where a crash of the interpreter itself is written; what grew too long is set aside.

    Raises:
        OSError: It cannot be opened.
    """
    path = folder / FAULTS
    if path.is_file() and path.stat().st_size > MOST_FAULTS:
        path.replace(path.with_suffix(".old.log"))
    return private(path)


def last_lines(folder: Path, count: int) -> list[str]:
    """The newest lines of the log, the oldest of them first; none where it cannot be read."""
    lines: list[str] = []
    for name in (FILE, *(f"{FILE}.{number}" for number in range(1, OLDER + 1))):
        if len(lines) >= count:
            break
        with contextlib.suppress(OSError):
            text = (folder / name).read_text(encoding="utf-8", errors="replace")
            lines = [*text.splitlines(), *lines]
    return lines[-count:]
