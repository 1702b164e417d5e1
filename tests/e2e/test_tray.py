"""Where there is a system tray, a closed window goes there and the desk lives on."""

import json
import select
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.conftest import Launch
from tests.e2e.desktop import Desktop
from tests.e2e.driver import PATIENCE_S, system_python

pytestmark = pytest.mark.e2e

SCRIPT = Path(__file__).with_name("tray_watcher.py")


class Tray:
    """The desktop's tray, which answers line by line."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._told, self._says = process.stdin, process.stdout

    def line(self) -> str:
        """What it says next."""
        came, _, _ = select.select([self._says], [], [], PATIENCE_S)
        assert came, "the tray says nothing"
        return self._says.readline().decode().strip()

    def ask(self, word: str) -> str:
        """What it answers."""
        self._told.write(f"{word}\n".encode())
        return self.line()

    def close(self) -> None:
        """Be no tray any more."""
        self._told.close()


@pytest.fixture
def tray(desktop: Desktop) -> Iterator[Tray]:
    python = system_python()
    assert python is not None
    with subprocess.Popen(  # noqa: S603
        [python, str(SCRIPT)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        bufsize=0,
        env=desktop.environment,
    ) as process:
        made = Tray(process)
        assert made.line() == "ready"
        yield made
        made.close()


@pytest.mark.usefixtures("loan_home")
def test_the_closed_window_goes_on_in_the_tray_and_comes_back_from_it(
    launch: Launch, tray: Tray, gld_at_350: tuple[str, str]
) -> None:
    desk = launch(*gld_at_350)
    desk.wait_text("loan.ltv", r"^60\.0 %$")
    assert tray.line().startswith("+ ")
    desk.key("alt+F4")
    desk.wait_gone("desk")
    assert desk.process.poll() is None
    assert "LTV 60.0 %" in " ".join(json.loads(tray.ask("tooltip")))
    assert tray.ask("activate") == "done"
    desk.wait("desk")
    desk.wait_text("loan.ltv", r"^60\.0 %$")
    assert desk.quit() == 0
