"""One desk per home directory: a lock that a process holds until it lets go or dies."""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import IO

SAID = 64
"""Bytes at the file's beginning that say who holds it; what is locked lies behind them."""


class HomeLock:
    """Keeps a second desk, with a window or without, off the same profile.

    The system lets go of it with the process, however that ends. Where the home cannot be written
    to, the lock lies among the temporary files. `who` is what others read as `holder`.
    """

    def __init__(self, home: Path, who: str) -> None:
        key = hashlib.sha256(os.fsencode(home.resolve())).hexdigest()[:16]
        self._places = tuple(
            folder / f"vaultdesk-{key}.lock"
            for folder in (home.resolve(), Path(tempfile.gettempdir()))
        )
        self._who = who
        self._file: IO[bytes] | None = None
        self.holder = ""
        """Who kept `acquire` from it, as "desk 4711": a word and the number of its process."""

    def acquire(self) -> bool:
        """Take the home; False when another process has it."""
        for place in self._places:
            try:
                file = place.open("r+b" if place.exists() else "w+b")
            except OSError:
                continue
            if not _locked(file):
                self.holder = file.read(SAID).decode("ascii", "replace").strip()
                file.close()
                return False
            self._file = file
            with suppress(OSError):  # a full disk leaves it unsaid who it is
                file.write(f"{self._who} {os.getpid()}".ljust(SAID).encode("ascii"))
                file.flush()
            return True
        return True

    def release(self) -> None:
        """Let the next start have the home."""
        if self._file is not None:
            self._file.close()
            self._file = None


if sys.platform == "win32":
    import msvcrt

    def _locked(file: IO[bytes]) -> bool:
        """Whether the byte behind what is said could be locked; closing the file unlocks it."""
        file.seek(SAID)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        finally:
            file.seek(0)
        return True

else:
    import fcntl

    def _locked(file: IO[bytes]) -> bool:
        """Whether the file could be locked; closing it unlocks it."""
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
