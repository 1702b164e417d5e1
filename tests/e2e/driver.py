"""The pytest side of the accessibility driver: one child process, one JSON line each way."""

import json
import os
import select
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

SCRIPT = Path(__file__).with_name("atspi_driver.py")
BINDINGS = "import gi; gi.require_version('Atspi', '2.0'); from gi.repository import Atspi"
PATIENCE_S = 15.0
"""Seconds to wait for what must come about; a loaded machine is slow."""


def system_python() -> str | None:
    """The system's own Python, if it has the accessibility bindings; a venv's never has them."""
    python = shutil.which("python3", path=os.defpath)
    if python is None:
        return None
    found = subprocess.run(  # noqa: S603
        [python, "-c", BINDINGS], capture_output=True, check=False, env={"PATH": os.defpath}
    )
    return python if found.returncode == 0 else None


class Driver:
    """Asks the driver about one program at a time; what does not come about fails the test."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def ask(self, do: str, pid: int, *, timeout: float = PATIENCE_S, **request: object) -> Any:  # noqa: ANN401
        """What the driver's function `do` gives for the program `pid`."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        line = json.dumps({"do": do, "pid": pid, "timeout": timeout, **request})
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        came, _, _ = select.select([self._process.stdout], [], [], timeout + PATIENCE_S)
        answer = self._process.stdout.readline() if came else ""
        assert answer, f"The accessibility driver did not answer {line}"
        told = json.loads(answer)
        if "error" in told:
            raise AssertionError(told["error"])
        return told["value"]


@contextmanager
def driving(python: str, environment: Mapping[str, str]) -> Iterator[Driver]:
    """A driver on the session bus that `environment` names."""
    with subprocess.Popen(  # noqa: S603
        [python, "-W", "ignore::DeprecationWarning", str(SCRIPT)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment,
        text=True,
    ) as process:
        yield Driver(process)
        assert process.stdin is not None
        process.stdin.close()
