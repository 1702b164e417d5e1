"""Work that the machine ends at one of its steps on the disk, whichever that is."""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

STEPS = ("open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "sqlite3.connect")
"""What Python tells its audit hooks of before it does it."""


def killed_at(step: int, folder: Path, work: Callable[[], object]) -> bool:
    """Do the work in a process that dies before its step of this number, from 1, in the folder.

    False where it came to its end, as it has fewer steps.
    """
    child = os.fork()
    if child == 0:
        _die_at(step, str(folder))
        done = 1
        try:
            work()
            done = 0
        finally:
            os._exit(done)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return os.WTERMSIG(status) == signal.SIGKILL
    assert os.WEXITSTATUS(status) == 0, "the work itself failed"
    return False


def _die_at(step: int, folder: str) -> None:
    left = step

    def hear(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal left
        if event in STEPS and any(folder in str(one) for one in arguments):
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hear)
