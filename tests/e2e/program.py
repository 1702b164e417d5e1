"""The real program in a real window, worked as a user works it: by looks, clicks and keys."""

import re
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.e2e.desktop import Desktop, until
from tests.e2e.driver import PATIENCE_S

ROOT = Path(__file__).resolve().parents[2]
VAULTDESK = (sys.executable, "-m", "vaultdesk")
QUICKLY_S = 2.0
"""Within this a desk must have ended."""
TROUBLE = re.compile(
    r"^.* (?:ERROR|CRITICAL) .*$|Traceback|(?:Runtime|Resource)Warning: .*$", re.MULTILINE
)


def quick(measure: Callable[[], float]) -> bool:
    """Whether one of three tries is done within `QUICKLY_S`: a busy machine may spoil two."""
    return any(measure() < QUICKLY_S for _ in range(3))


def command_line(
    desktop: Desktop, home: Path, *arguments: str, **variables: str
) -> "subprocess.CompletedProcess[str]":
    """Run the program to its end without driving it."""
    return subprocess.run(  # noqa: S603
        [*VAULTDESK, *arguments],
        cwd=ROOT,
        env={**desktop.environment, "VAULTDESK_HOME": str(home), **variables},
        capture_output=True,
        text=True,
        timeout=4 * PATIENCE_S,
        check=False,
    )


@dataclass
class App:
    """One running desk; controls are named by their accessible ids."""

    desktop: Desktop
    home: Path
    process: "subprocess.Popen[bytes]"
    output: Path

    def ask(self, do: str, **request: Any) -> Any:  # noqa: ANN401
        """Ask the driver about this program; a failure tells how the program fares."""
        try:
            return self.desktop.driver.ask(do, self.process.pid, **request)
        except AssertionError as error:
            code = self.process.poll()
            fares = "runs" if code is None else f"ended with {code}"
            raise AssertionError(f"{error}. The desk {fares}: {self.said()[-800:]}") from None

    def text(self, identifier: str) -> str:
        """What a label says or a field holds."""
        return str(self.ask("wait", id=identifier)["text"])

    def facts(self, identifier: str) -> dict[str, Any]:
        """Role, name, text, description, states and extents."""
        return dict(self.ask("wait", id=identifier))

    def wait_text(self, identifier: str, pattern: str, timeout: float = PATIENCE_S) -> str:
        """What a control on screen says, once it matches the regular expression."""
        states = ["showing"]
        found = self.ask("wait", id=identifier, matches=pattern, states=states, timeout=timeout)
        return str(found["text"])

    def wait(
        self,
        identifier: str,
        *states: str,
        without: tuple[str, ...] = (),
        timeout: float = PATIENCE_S,
    ) -> None:
        """Wait until a control on screen has these states on, and `without` off."""
        on = ["showing", *states]
        self.ask("wait", id=identifier, states=on, without=without, timeout=timeout)

    def shows(self, identifier: str) -> bool:
        """Whether a control is on screen now."""
        return "showing" in self.ask("glance", id=identifier)

    def wait_gone(self, identifier: str, timeout: float = PATIENCE_S) -> None:
        """Wait until a control is not on screen."""
        self.ask("wait_gone", id=identifier, timeout=timeout)

    def wait_focused(self, pattern: str) -> str:
        """Wait until the keyboard is in a control whose id matches; gives the id."""
        return str(self.ask("wait_focused", matches=pattern))

    def click(self, identifier: str) -> None:
        """Press a button or tick a box."""
        self.ask("press", id=identifier)

    def focus(self, identifier: str) -> None:
        """Put the keyboard into a control."""
        self.ask("focus", id=identifier)

    def type(self, identifier: str, text: str) -> None:
        """Replace what a field holds, by keyboard, and wait until it is there."""
        self.focus(identifier)
        self.key("ctrl+a")
        self.write(text)
        self.wait_text(identifier, f"^{re.escape(text)}$")

    def write(self, text: str) -> None:
        """Type wherever the keyboard is."""
        self.wait_active()
        self.desktop.xdotool("type", "--clearmodifiers", "--", text)

    def key(self, *keys: str) -> None:
        """Press keys such as "ctrl+k", one after the other."""
        self.wait_active()
        self.desktop.xdotool("key", "--clearmodifiers", *keys)

    def choose(self, identifier: str, *keys: str) -> None:
        """Open a list of choices, go where the keys lead, and take what is there."""
        self.click(identifier)
        self.wait(identifier, "expanded")
        self.key(*keys, "Return")
        self.wait(identifier, without=("expanded",))

    def wait_active(self) -> None:
        """Wait until one of this program's windows has the keyboard."""
        pid = self.process.pid
        until(lambda: self.desktop.active_pid() == pid, "the desk's window having the keyboard")

    def cells(self, identifier: str, rows: int | None = None) -> list[list[str]]:
        """A table's texts, once it has rows."""
        return list(self.ask("cells", id=identifier, rows=rows))

    def wait_cell(self, identifier: str, text: str) -> None:
        """Wait until a cell of a table holds this text."""
        until(
            lambda: any(text in cell for row in self.cells(identifier) for cell in row),
            f"{identifier} showing {text}",
        )

    def ids(self) -> set[str]:
        """Every id in the program."""
        return set(self.ask("ids"))

    def controls(self) -> list[dict[str, Any]]:
        """The facts of everything a user can act on, on screen or not."""
        return list(self.ask("controls"))

    def title(self) -> str:
        """What stands over the active window."""
        self.wait_active()
        return self.desktop.xdotool("getactivewindow", "getwindowname")

    def quit(self) -> int:
        """Leave by Ctrl+Q; gives the exit code."""
        self.key("ctrl+q")
        return self.process.wait(PATIENCE_S)

    def seconds_to_quit(self) -> float:
        """Leave by Ctrl+Q, in order; how long that took."""
        self.wait_active()
        before = time.monotonic()
        assert self.quit() == 0
        return time.monotonic() - before

    def said(self) -> str:
        """Standard output and standard error so far."""
        return self.output.read_text(encoding="utf-8")

    def log(self) -> str:
        """The log file of this profile, "" where there is none."""
        files = self.home.rglob("desk.log")
        return "".join(file.read_text(encoding="utf-8") for file in files)

    def trouble(self) -> list[str]:
        """Errors in the log, tracebacks anywhere."""
        return TROUBLE.findall(self.log() + self.said())

    def end(self) -> None:
        """Be gone at once; `quit` and the tests of the end see to it that an orderly one works."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(PATIENCE_S)


def start(
    desktop: Desktop,
    home: Path,
    output: Path,
    arguments: tuple[str, ...],
    variables: Mapping[str, str],
) -> App:
    """Open a desk and wait until its window is on screen; what it says goes into `output`."""
    with output.open("wb") as told:
        process = subprocess.Popen(  # noqa: S603
            [*VAULTDESK, *arguments],
            cwd=ROOT,
            env={**desktop.environment, "VAULTDESK_HOME": str(home), **variables},
            stdout=told,
            stderr=subprocess.STDOUT,
        )
    app = App(desktop, home, process, output)
    try:
        until(lambda: process.poll() is not None or app.shows("desk"), "the desk's window")
        app.wait("desk", timeout=0)
    except AssertionError:
        app.end()
        raise
    return app
