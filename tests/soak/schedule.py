"""Which fault comes when: drawn from a seed, every kind before any comes again."""

import random
from collections.abc import Iterator
from enum import StrEnum


class Fault(StrEnum):
    """What is done to a desk while it works."""

    FEED_DEATH = "feed death"
    """Every request is dropped and the stream refused."""
    BROKER_DROP = "broker drop"
    """TWS resets the connection, restarts, goes deaf or loses the way to its servers."""
    DISK_FULL = "disk full"
    CLOCK_JUMP = "clock jump"
    """The machine's clock steps, and steps back."""
    KILL = "kill -9"


class Schedule:
    """Faults of these kinds without end, `every_s` apart give or take half of it."""

    def __init__(self, kinds: tuple[Fault, ...], every_s: float, rng: random.Random) -> None:
        self._rng, self._every_s = rng, every_s
        self._kinds = self._dealt(kinds)

    def _dealt(self, kinds: tuple[Fault, ...]) -> Iterator[Fault]:
        while True:
            yield from self._rng.sample(kinds, len(kinds))

    def next(self) -> tuple[float, Fault]:
        """Seconds to go on in peace, and what comes then."""
        return self._every_s * self._rng.uniform(0.5, 1.5), next(self._kinds)
