"""A private desktop: virtual screen, window manager, session bus and accessibility bus."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from tests.e2e.driver import PATIENCE_S, Driver, driving, system_python

T = TypeVar("T")

SCREEN = "1600x1000x24"
PROGRAMS = ("Xvfb", "openbox", "xdotool", "dbus-daemon")
ACCESSIBILITY = "dbus-1/services/org.a11y.Bus.service"
NOTIFICATIONS = "org.freedesktop.Notifications"
BUS = """<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <auth>EXTERNAL</auth>
  <servicedir>{services}</servicedir>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""
NOWHERE = "http://127.0.0.1:9"
"""A proxy that refuses every connection: no test reaches the real network."""

PICTURE = (
    "import sys; from PySide6.QtGui import QGuiApplication; app = QGuiApplication([]); "
    "app.primaryScreen().grabWindow(0).save(sys.argv[1])"
)


def missing() -> str:
    """Which part of a private desktop this machine lacks, as a sentence; "" if none."""
    if not sys.platform.startswith("linux"):
        return "Accessibility is driven on Linux only."
    for program in PROGRAMS:
        if shutil.which(program) is None:
            return f"{program} is not installed."
    if not any((share / ACCESSIBILITY).exists() for share in _shares()):
        return "The accessibility bus (at-spi2-core) is not installed."
    if system_python() is None:
        return "The system's Python has no Atspi (python3-gi, gir1.2-atspi-2.0)."
    return ""


def until(attempt: Callable[[], T | None], what: str, seconds: float = PATIENCE_S) -> T:
    """What `attempt` gives once it is neither None nor false."""
    deadline = time.monotonic() + seconds
    while not (value := attempt()):
        assert time.monotonic() < deadline, f"{what} did not come about in {seconds} s"
        time.sleep(0.02)
    return value


@dataclass(frozen=True)
class Desktop:
    """Where the program's window opens; `environment` leads any program here."""

    environment: Mapping[str, str]
    driver: Driver

    def xdotool(self, *words: str) -> str:
        """What xdotool says, "" if it could not do it."""
        return self.run("xdotool", *words)

    def run(self, *command: str) -> str:
        """What a program says that works on this desktop, "" if it could not do it."""
        done = subprocess.run(  # noqa: S603
            command,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
        return done.stdout.strip() if done.returncode == 0 else ""

    def active_pid(self) -> int | None:
        """The process whose window has the keyboard."""
        pid = self.xdotool("getactivewindow", "getwindowpid")
        return int(pid) if pid.isdecimal() else None

    def save_picture(self, file: Path) -> None:
        """Save what the whole screen shows."""
        quiet = {"QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "0"}
        subprocess.run(  # noqa: S603
            [sys.executable, "-c", PICTURE, str(file)],
            env={**self.environment, **quiet},
            capture_output=True,
            timeout=PATIENCE_S,
            check=False,
        )


@contextmanager
def private_desktop(folder: Path) -> Iterator[Desktop]:
    """A desktop of one's own whose files lie in `folder`; its path must be short, for sockets."""
    with ExitStack() as parts:
        own = {
            "HOME": str(folder),
            "XDG_RUNTIME_DIR": str(folder),
            "PATH": os.environ.get("PATH", os.defpath),
            "LANG": "C.UTF-8",
            "TZ": "UTC",
            "QT_QPA_PLATFORM": "xcb",
            "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
            "HTTPS_PROXY": NOWHERE,
            "WSS_PROXY": NOWHERE,
        }
        own["DISPLAY"] = ":" + parts.enter_context(_screen(own))
        own["DBUS_SESSION_BUS_ADDRESS"] = parts.enter_context(
            _said_first(["dbus-daemon", _bus(folder), "--nofork", "--print-address=1"], own)
        )
        parts.enter_context(_running(["openbox"], own))
        python = system_python()
        assert python is not None
        desktop = Desktop(own, parts.enter_context(driving(python, own)))
        until(lambda: desktop.xdotool("get_desktop"), "a window manager")
        yield desktop


@contextmanager
def _screen(environment: Mapping[str, str]) -> Iterator[str]:
    """The number of a virtual screen that Xvfb found free itself."""
    command = ["Xvfb", "-displayfd", "1", "-screen", "0", SCREEN, "-nolisten", "tcp"]
    with _said_first(command, environment) as number:
        yield number


def _bus(folder: Path) -> str:
    """A session bus that starts what the system's would, but for whoever shows notifications.

    A real one that the first notice of a test brought up would take those of all tests after it.
    """
    services = folder / "services"
    services.mkdir()
    for share in reversed(_shares()):
        for file in (share / "dbus-1/services").glob("*.service"):
            if f"Name={NOTIFICATIONS}" not in file.read_text("utf-8"):
                shutil.copy(file, services)
    config = folder / "bus.conf"
    config.write_text(BUS.format(services=services), "utf-8")
    return f"--config-file={config}"


def _shares() -> list[Path]:
    named = os.environ.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share"
    return [Path(share) for share in named.split(":")]


@contextmanager
def _said_first(command: list[str], environment: Mapping[str, str]) -> Iterator[str]:
    """The first line of a program that runs until the end."""
    with _running(command, environment) as process:
        assert process.stdout is not None
        line = process.stdout.readline().strip()
        assert line, f"{command[0]} ended at once"
        yield line


@contextmanager
def _running(
    command: list[str], environment: Mapping[str, str]
) -> Iterator["subprocess.Popen[str]"]:
    with subprocess.Popen(  # noqa: S603
        command,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(PATIENCE_S)
