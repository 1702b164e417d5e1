"""`python3 packaging/dev.py soak --minutes N [--seed S]`: desks under faults, minute by minute.

Two real programs on virtual screens: the demonstration, and a desk on the real Yahoo and TWS
clients against servers on loopback. Ends with 1 when anything acknowledged was lost, done twice,
grew, failed or did not come back.
"""

import argparse
import random
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from tests.e2e import desktop as private
from tests.fakes.tws import FakeTws, in_thread
from tests.fakes.yahoo import serving
from tests.soak.desk import SoakDesk
from tests.soak.desks import DemoDesk, LiveDesk
from tests.soak.market import Walk, tws_market, walking
from tests.soak.measures import LATE_S, Sample, growth
from tests.soak.schedule import Fault, Schedule
from tests.soak.stage import Disk, WallTime, hook

PAUSE_S = 2.0
"""How long a desk is left alone between two turns."""

HEAD = (
    "  min  desk   memory  handles  threads  controls  late ms  orders  alerts  faults  violations"
)


def say(line: str) -> None:
    """Print at once: whoever waits for hours looks at it now and then."""
    print(line, flush=True)  # noqa: T201


@dataclass
class Run:
    """One desk's part: its faults to come, and what was found wrong."""

    desk: SoakDesk
    schedule: Schedule
    due: float = 0.0
    worked: bool = False
    fault: Fault = Fault.KILL
    violations: list[str] = field(default_factory=list)

    def plan(self) -> None:
        """Draw what comes next."""
        wait_s, self.fault = self.schedule.next()
        self.due = time.monotonic() + wait_s

    def turn(self) -> None:
        """A fault when one is due, else a user's work; and then everything is checked.

        Between two faults something is always done: there must be something to lose.
        """
        try:
            if self.worked and time.monotonic() >= self.due:
                self.worked = False
                say(f"       {self.desk.name}: {self.fault}")
                self.desk.suffer(self.fault)
                self.plan()
            else:
                self.desk.work()
                self.worked = True
            self.note(self.desk.check())
            self.desk.pass_time(PAUSE_S)
        except (AssertionError, OSError, psutil.Error) as error:
            self.desk.desktop.save_picture(picture := self.desk.said.with_suffix(".png"))
            traceback.print_exc()
            self.note([f"it did not come back: {error}. The screen: {picture}"])
            self.revive()

    def revive(self) -> None:
        """After a failure go on with a new process, so that the rest is seen as well."""
        self.desk.kill()
        for fault in Fault:
            self.desk.heal(fault)
        try:
            self.desk.open()
            self.desk.wait_well()
        except (AssertionError, OSError, psutil.Error) as error:
            self.note([f"it does not start again: {error}"])

    def note(self, found: list[str]) -> None:
        """Keep what is new of it, and say it at once."""
        for one in found:
            if one not in self.violations:
                self.violations.append(one)
                say(f"  !!   {self.desk.name}: {one}")

    def row(self, minute: int) -> str:
        """The desk now, as a line of the table."""
        desk = self.desk
        try:
            seen = desk.look(closely=True)
        except (AssertionError, OSError, psutil.Error) as error:
            self.note([f"it does not answer: {error}"])
            return f"{minute:5d}  {desk.name:5} does not answer"
        late = 1000 * max(desk.late_s[-60:])
        faults = sum(desk.done[fault] for fault in Fault)
        return (
            f"{minute:5d}  {desk.name:5}{seen.memory_mb:6.0f} MB{seen.handles:9d}{seen.threads:9d}"
            f"{seen.controls or 0:10d}{late:9.0f}{len(desk.seen.orders):8d}"
            f"{len(desk.seen.alerts):8d}{faults:8d}{len(self.violations):12d}"
        )

    def end(self) -> None:
        """What can only be said of the whole."""
        desk = self.desk
        self.note(desk.check())
        self.note([f"in the log: {line}" for line in desk.trouble()])
        for number, life in enumerate(desk.lives, 1):
            self.note([f"life {number}: {one}" for one in growth(life)])
        slow = [late for late in desk.late_s if late > LATE_S]
        if slow:
            self.note([f"the window answered late {len(slow)} times, {max(slow):.1f} s at worst"])


def soak(minutes: float, seed: int, every_s: float) -> int:
    """Run, and give the exit code."""
    folder = Path(tempfile.mkdtemp(prefix="soak-"))
    say(f"seed {seed}; what the desks keep and say lies in {folder}")
    with ExitStack() as parts:
        runs = [_run(desk, seed, every_s) for desk in parts.enter_context(_desks(folder, seed))]
        _go(runs, minutes)
        for run in runs:
            run.end()
            counted = ", ".join(f"{kind} {n}" for kind, n in sorted(run.desk.done.items()))
            say(f"{run.desk.name}: {run.desk.clicks} clicks, {run.desk.kills} kills; {counted}")
            for number, life in enumerate(run.desk.lives):
                say(f"  life {number + 1}: {_told(life, run.desk.openings_s[number])}")
    wrong = sum(len(run.violations) for run in runs)
    say(f"FAILED: {wrong} violations" if wrong else "PASSED: nothing lost, nothing doubled, flat")
    if not wrong:
        shutil.rmtree(folder)
    return 1 if wrong else 0


def _told(life: list[Sample], opened_s: float) -> str:
    """One process's life in a line."""
    window = f"its window came after {opened_s:.1f} s"
    if not life:
        return window
    first, last = life[0], life[-1]
    return (
        f"{window}; {first.memory_mb:.0f} → {last.memory_mb:.0f} MB, {first.handles} → "
        f"{last.handles} handles, {first.threads} → {last.threads} threads in {last.age_s:.0f} s"
    )


def _go(runs: list[Run], minutes: float) -> None:
    say(HEAD)
    began = time.monotonic()
    minute = 0
    while (passed := (time.monotonic() - began) / 60) < minutes:
        for run in runs:
            run.turn()
        if passed >= minute:
            minute = int(passed) + 1
            for run in runs:
                say(run.row(minute))


def _run(desk: SoakDesk, seed: int, every_s: float) -> Run:
    kinds = tuple(kind for kind in desk.kinds if _possible(desk, kind))
    run = Run(desk, Schedule(kinds, every_s, random.Random(f"{seed} {desk.name}")))  # noqa: S311
    run.plan()
    desk.open()
    desk.wait_well()
    return run


def _possible(desk: SoakDesk, kind: Fault) -> bool:
    """Whether this machine can do it; what it cannot is said."""
    if kind is Fault.DISK_FULL and not desk.disk.own:
        say(f"{desk.name}: no full disk, as only root may mount a small one")
        return False
    if kind is Fault.CLOCK_JUMP and not desk.wall.can_jump:
        say(f"{desk.name}: no clock jumps, as libfaketime is not installed")
        return False
    return True


@contextmanager
def _desks(folder: Path, seed: int) -> Iterator[list[SoakDesk]]:
    rng = random.Random(seed)  # noqa: S311
    with ExitStack() as parts:
        yahoo = parts.enter_context(serving())
        tws = parts.enter_context(
            in_thread(lambda: FakeTws(market=tws_market(yahoo.markets["GLD"])))
        )
        walk = Walk(yahoo, rng)
        parts.enter_context(walking(walk))
        posted = parts.enter_context(hook())
        stages = []
        for name in ("live", "demo"):
            own = folder / f"d-{name}"
            own.mkdir()
            desktop = parts.enter_context(private.private_desktop(own))
            disk = Disk(folder / name)
            parts.callback(disk.release)
            stages.append((desktop, disk, WallTime(folder / f"{name}.time")))
        live = LiveDesk(*stages[0], rng, yahoo=yahoo, tws=tws, hook=posted, walk=walk)
        demo = DemoDesk(*stages[1], rng)
        parts.callback(_end, live, demo)
        live.prepare()
        yield [live, demo]


def _end(*desks: SoakDesk) -> None:
    for desk in desks:
        desk.end()


def main() -> int:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(prog="dev.py soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--every", type=float, default=40, help="seconds between a desk's faults")
    chosen = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
    if reason := private.missing():
        say(reason)
        return 2
    return soak(chosen.minutes, chosen.seed, chosen.every)


if __name__ == "__main__":
    sys.exit(main())
