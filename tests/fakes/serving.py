"""`vaultdesk serve` as a process of its own, on the simulated market."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 30
RUN = "import sys; from vaultdesk.cli import main; code = main(sys.argv[1:]); "
QT = (
    "print('QT', [m for m in sys.modules if m.partition('.')[0] in "
    "('PySide6', 'shiboken6', 'qasync', 'pyqtgraph')]); "
)


@dataclass
class Process:
    """One that listens; `token` is what it takes."""

    popen: "subprocess.Popen[str]"
    url: str
    token: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def end(self, number: int = signal.SIGTERM) -> tuple[int, str, str]:
        """Its exit code and what it said until then."""
        self.popen.send_signal(number)
        out, error = self.popen.communicate(timeout=PATIENCE_S)
        return self.popen.returncode, out, error


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def process(home: Path, *arguments: str) -> Iterator[Process]:
    """A server of the demonstration, or of what the arguments say."""
    wanted = arguments or ("--demo",)
    flags = ("--secrets-in", "session", "--serve-port", str(free_port()), "--json")
    popen = subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", RUN + QT + "sys.exit(code)", "serve", *wanted, *flags],
        env={**os.environ, "VAULTDESK_HOME": str(home)},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert popen.stdout is not None
        line = popen.stdout.readline()
        assert line, popen.communicate(timeout=PATIENCE_S)[1]
        told = json.loads(line)
        yield Process(popen, told["listening"], told["token"])
    finally:
        if popen.poll() is None:
            popen.kill()
        popen.communicate(timeout=PATIENCE_S)
