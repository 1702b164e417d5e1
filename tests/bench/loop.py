"""How late the event loop is: a probe that asks to be called every few milliseconds."""

import asyncio
import time
from dataclasses import dataclass, field

EVERY_S = 0.004


@dataclass
class LoopProbe:
    """Lateness of the loop in milliseconds, one sample for every call asked for.

    `stalls` keeps when (seconds since the start) and how long the loop was away for over 16 ms.
    """

    samples: list[float] = field(default_factory=list)
    stalls: list[tuple[float, float]] = field(default_factory=list)
    started: float = 0.0
    _handle: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Sample from now on."""
        self.started = time.perf_counter()
        self._ask()

    def stop(self) -> None:
        """Sample no more."""
        if self._handle is not None:
            self._handle.cancel()

    def _ask(self) -> None:
        due = time.perf_counter() + EVERY_S
        self._handle = asyncio.get_running_loop().call_later(EVERY_S, self._called, due)

    def _called(self, due: float) -> None:
        now = time.perf_counter()
        late_ms = 1000 * (now - due)
        self.samples.append(late_ms)
        if late_ms > 16:
            self.stalls.append((now - self.started, late_ms))
        self._ask()

    def quantile(self, q: float) -> float:
        """The lateness not exceeded in a share `q` of the calls, in milliseconds."""
        ordered = sorted(self.samples)
        return ordered[min(len(ordered) - 1, int(q * len(ordered)))]


def memory_mb() -> float:
    """Resident memory of this process in megabytes; NaN where the system does not tell."""
    try:
        with open("/proc/self/status", encoding="ascii") as status:  # noqa: PTH123
            line = next(line for line in status if line.startswith("VmRSS"))
    except (OSError, StopIteration):
        return float("nan")
    return int(line.split()[1]) / 1024
