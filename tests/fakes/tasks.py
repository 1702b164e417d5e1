"""Tasks for workers in other processes; they speak to the test through pipes in a folder."""

import multiprocessing
import os
import signal
import sys
from pathlib import Path

Place = tuple[str, int]
"""A folder, and the number of a task."""
STARTED, HELD = "started", "held"
LOSES = 3
"""The number of the task whose first worker is to be lost."""


def pipes(folder: Path) -> str:
    """Make the pipes that tasks use, and give the folder as they take it."""
    for name in (STARTED, HELD):
        os.mkfifo(folder / name)
    return str(folder)


def started(folder: str) -> int:
    """Wait until a task is held; gives its process. The test calls it."""
    return int(Path(folder, STARTED).read_text())


def release(folder: str) -> None:
    """Let the task that is held go on. The test calls it."""
    Path(folder, HELD).write_text("go")


def square(number: int) -> int:
    return number * number


def refuse(number: int) -> int:
    raise ValueError(f"No {number} here.")


def imported(_number: int) -> tuple[bool, str]:
    """Whether Qt is there, and how the process was made."""
    qt = any(name.partition(".")[0] in ("PySide6", "qasync", "shiboken6") for name in sys.modules)
    return qt, type(multiprocessing.current_process()).__name__


def die(_number: int) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def lost_once(place: Place) -> int:
    """The number squared; the first who has to compute that of `LOSES` is held until killed."""
    folder, number = place
    if number == LOSES and _first(folder, "lost"):
        _hold(folder)
    return square(number)


def held_first(place: Place) -> int:
    """Number 0 is held until it is released; each leaves a mark that it was computed."""
    folder, number = place
    if not number:
        _hold(folder)
    Path(folder, f"done-{number}").touch()
    return square(number)


def _first(folder: str, what: str) -> bool:
    try:
        Path(folder, what).mkdir()
    except FileExistsError:
        return False
    return True


def _hold(folder: str) -> None:
    Path(folder, STARTED).write_text(str(os.getpid()))
    Path(folder, HELD).read_text()
