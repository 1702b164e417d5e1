"""A desk of an endurance run: opened again whenever it was killed, looked at and checked."""

import random
import re
import subprocess
import time
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Mapping
from contextlib import AbstractContextManager, ExitStack
from dataclasses import replace
from pathlib import Path

import psutil

from tests.e2e.desktop import Desktop, until
from tests.e2e.driver import Driver, driving, system_python
from tests.e2e.program import ROOT, VAULTDESK, App, command_line
from tests.soak import checks, records
from tests.soak.measures import Sample, sample, waited_s
from tests.soak.records import Records
from tests.soak.schedule import Fault
from tests.soak.stage import Disk, WallTime

RECOVERS_S = 150.0
"""Within this a desk must be itself again after a fault."""

FAULT_S = 8.0
"""How long a fault lasts."""


def _driver(desktop: Desktop) -> AbstractContextManager[Driver]:
    python = system_python()
    assert python is not None
    return driving(python, desktop.environment)


class SoakDesk(ABC):
    """One desk that is opened again whenever it was killed, and remembers what it acknowledged."""

    name = ""
    kinds: tuple[Fault, ...] = ()

    def __init__(self, desktop: Desktop, disk: Disk, wall: WallTime, rng: random.Random) -> None:
        self.desktop, self.disk, self.wall, self.rng = desktop, disk, wall, rng
        self.home = disk.folder / "home"
        self.seen = Records()
        self.clicks = self.kills = self.cuts = 0
        self.lives: list[list[Sample]] = []
        self.late_s: list[float] = []
        self.openings_s: list[float] = []
        self.done: Counter[str] = Counter()
        self._said = 0
        self._parts = ExitStack()
        self._apps: list[App] = []

    @property
    def app(self) -> App:
        return self._apps[-1]

    @property
    def profile(self) -> Path:
        """Where the database of this desk is."""
        return self.home

    @abstractmethod
    def arguments(self) -> tuple[str, ...]: ...

    @abstractmethod
    def variables(self) -> Mapping[str, str]: ...

    @abstractmethod
    def wait_well(self) -> None:
        """Wait until prices come and nothing is wrong; raises AssertionError when it is not so."""

    @abstractmethod
    def work(self) -> None:
        """Something a user does."""

    def violations(self, now: Records) -> list[str]:
        """What of this desk's own is not as it must be."""
        found = checks.lost(self.seen, now) + checks.alerts_doubled(now, {})
        if len(now.orders) > self.clicks:
            found.append(f"there are {len(now.orders)} orders of {self.clicks} clicks")
        return found

    def open(self) -> None:
        """Start the program, and wait until its window is on the screen.

        Nothing asks for its controls before: the accessibility bus would wait for a program that
        only begins. Each life has a driver of its own, as one that waited in vain answers late.
        """
        self._said += 1
        self.said = self.disk.folder.with_name(f"{self.name}-{self._said}.txt")
        desktop = replace(self.desktop, driver=self._parts.enter_context(_driver(self.desktop)))
        began = time.monotonic()
        with self.said.open("wb") as told:
            process = subprocess.Popen(  # noqa: S603
                [*VAULTDESK, *self.arguments()],
                cwd=ROOT,
                env={
                    **desktop.environment,
                    "VAULTDESK_HOME": str(self.home),
                    **self.variables(),
                    **self.wall.variables(),
                },
                stdout=told,
                stderr=subprocess.STDOUT,
            )
        self._apps.append(App(desktop, self.home, process, self.said))
        self.lives.append([])
        self._process = psutil.Process(process.pid)
        seen = ("search", "--onlyvisible", "--pid", str(process.pid))
        until(lambda: desktop.xdotool(*seen) or process.poll() is not None, "a window", RECOVERS_S)
        self._opened = time.monotonic()
        self.openings_s.append(self._opened - began)

    def kill(self) -> None:
        """End the process as kill -9 does."""
        self.end()
        self.kills += 1
        self.cuts += 1

    def end(self) -> None:
        """Be gone at once, with the driver."""
        if self._apps:
            self.app.end()
        self._parts.close()

    def look(self, *, closely: bool = False) -> Sample:
        """Measure the process and how fast the window answers; `closely` counts its controls."""
        pid = self.app.process.pid
        asked, waited = time.monotonic(), waited_s(pid)
        self.app.ask("glance", id="desk")
        self.late_s.append(time.monotonic() - asked - (waited_s(pid) - waited))
        controls = len(self.app.controls()) if closely else None
        seen = sample(self._process, time.monotonic() - self._opened, controls)
        self.lives[-1].append(seen)
        return seen

    def check(self) -> list[str]:
        """Whether all that was acknowledged stands, once each, and nothing failed."""
        now = records.read(self.profile)
        found = self.violations(now)
        self.seen = now
        verified = command_line(self.desktop, self.profile, "verify")
        if verified.returncode:
            found.append(f"verify: {verified.stdout.splitlines()[-1:]}{verified.stderr[-200:]}")
        if self.app.process.poll() is not None:
            found.append(f"the desk ended by itself with {self.app.process.returncode}")
        return found

    def trouble(self) -> list[str]:
        """Errors and tracebacks of all its lives."""
        logs = "".join(
            file.read_text(encoding="utf-8", errors="replace")
            for file in sorted(self.home.rglob("desk.log*")) + sorted(self.home.rglob("faults.log"))
        )
        pattern = r"^.* (?:ERROR|CRITICAL) .*$|^.*Traceback.*$|^.*Fatal Python error.*$"
        texts = [logs, *(app.said() for app in self._apps)]
        return [line for text in texts for line in re.findall(pattern, text, re.MULTILINE)]

    def suffer(self, fault: Fault) -> None:
        """Do it to the desk, end it, and wait until the desk is itself again."""
        self.done[fault] += 1
        if fault is Fault.KILL:
            self.kill()
            self.between_lives()
            self.open()
        else:
            self.strike(fault)
            self.pass_time(FAULT_S)
            self.heal(fault)
        self.wait_well()

    @abstractmethod
    def between_lives(self) -> None:
        """What is done while the desk is closed."""

    def strike(self, fault: Fault) -> None:
        """Begin a fault that lasts."""
        if fault is Fault.DISK_FULL:
            self.disk.fill()
        if fault is Fault.CLOCK_JUMP:
            self.wall.set(self.rng.choice((-3700, -90, 45, 400, 7300)))

    def heal(self, fault: Fault) -> None:
        """End it."""
        if fault is Fault.DISK_FULL:
            self.disk.empty()
        if fault is Fault.CLOCK_JUMP:
            self.wall.set(0)

    def pass_time(self, seconds: float) -> None:
        """Let the desk go on, looking at it twice a second: it must answer all the time."""
        until_s = time.monotonic() + seconds
        while time.monotonic() < until_s:
            self.look()
            time.sleep(0.5)

    def place(self) -> None:
        """Send what the ticket holds; returns when the order stands in the database."""
        before = set(records.read(self.profile).orders)
        self.app.click("orders.preview")
        self.app.wait("orders.place", "enabled", timeout=RECOVERS_S)
        self.clicks += 1
        self.app.click("orders.place")
        until(lambda: set(records.read(self.profile).orders) - before, "an order", RECOVERS_S)

    def orders_on(self) -> None:
        """Switch orders on, where they are not."""
        self.app.wait_text("broker.state", "(?i)ready|offline", timeout=RECOVERS_S)
        if "PAPER" not in self.app.text("broker.mode"):
            self.app.click("broker.connect")
            self.app.wait_text("broker.mode", "PAPER", timeout=RECOVERS_S)

    def over(self) -> None:
        """Wait until no order is open."""
        until(
            lambda: all(
                row.state in {"filled", "rejected", "cancelled"}
                for row in records.read(self.profile).orders.values()
            ),
            f"the end of every order of {self.name}",
            RECOVERS_S,
        )
