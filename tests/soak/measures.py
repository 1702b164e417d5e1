"""What a running desk takes of the machine, and whether that grows with time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil

WARM_S = 120.0
"""A desk's first two minutes fill its caches; growth is judged from then on."""

LEAST_S = 150.0
"""A life shorter than this after its warm-up says nothing about growth."""

MEMORY_MB = 24.0
"""How much the resident memory may grow over a life: charts and histories keep what they show."""

MEMORY_MB_PER_MIN = 2.0
"""How fast beyond that; a leak of one quote's objects at each tick is several times as fast."""

SPARE = 6
"""Handles, threads and controls that may be in use for a moment when one looks."""

LATE_S = 3.0
"""How long the window may take to answer, without what it waits for a processor: several desks
and whatever else runs here share them."""

NANO = 1e-9


@dataclass(frozen=True, slots=True)
class Sample:
    """One look; `age_s` is the process's, `controls` those a user can act on, None if unread."""

    age_s: float
    memory_mb: float
    handles: int
    threads: int
    controls: int | None = None


def sample(process: psutil.Process, age_s: float, controls: int | None = None) -> Sample:
    """What the process takes now.

    Raises:
        psutil.NoSuchProcess: It has ended.
    """
    with process.oneshot():
        memory = process.memory_info().rss / 2**20
        return Sample(age_s, memory, process.num_fds(), process.num_threads(), controls)


def waited_s(pid: int) -> float:
    """How long the process's main thread has waited for a processor so far."""
    told = Path(f"/proc/{pid}/task/{pid}/schedstat").read_text(encoding="ascii")
    return int(told.split()[1]) * NANO


def growth(samples: Sequence[Sample]) -> list[str]:
    """What grew over one process's life, a sentence each; nothing for a life that was short."""
    warm = [one for one in samples if one.age_s >= WARM_S]
    if len(warm) < 4 or warm[-1].age_s - warm[0].age_s < LEAST_S:
        return []
    found = []
    ages = np.array([one.age_s for one in warm]) / 60
    slope = float(np.polyfit(ages, [one.memory_mb for one in warm], 1)[0])
    more = slope * float(ages[-1] - ages[0])
    if more > MEMORY_MB and slope > MEMORY_MB_PER_MIN:
        found.append(f"memory grew by {more:.0f} MB, {slope:.1f} MB a minute")
    for what, read in _COUNTED.items():
        known = [count for one in warm if (count := read(one)) is not None]
        if len(known) >= 4 and _settled(known[-3:]) > _settled(known[:3]) + SPARE:
            found.append(f"{what} grew from {_settled(known[:3])} to {_settled(known[-3:])}")
    return found


_COUNTED: dict[str, Callable[[Sample], int | None]] = {
    "handles": lambda one: one.handles,
    "threads": lambda one: one.threads,
    "controls": lambda one: one.controls,
}


def _settled(counts: Sequence[int]) -> int:
    """The least of some looks: what is in use for a moment only is in none but the others."""
    return min(counts)
