"""How often a source may be asked: a quota one can see, and a breaker that waits ever longer.

Both are values: a method that changes something gives the changed one back, and the time comes in
as `now`. A clock that is set back neither empties a quota nor keeps a breaker open.
"""

import random
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

JITTER = 0.2
"""A wait is lengthened by up to this fraction, so that desks do not come back all at once."""

_LONG_AGO = datetime.min.replace(tzinfo=UTC)
_NOTHING = timedelta(0)


@dataclass(frozen=True, slots=True)
class TokenBucket:
    """A quota of `capacity` requests of which one comes back `every` so often.

    Kept as the single moment at which the quota is whole again (the generic cell rate algorithm,
    ITU-T I.371), which needs neither a timer nor rounding.
    """

    capacity: int
    every: timedelta
    whole_at: datetime = _LONG_AGO

    def left(self, now: datetime) -> int:
        """How many requests may be made at once."""
        return self.capacity + (-self._owed(now) // self.every)

    def take(self, now: datetime, count: int = 1) -> "TokenBucket":
        """The quota after `count` requests; one that is overdrawn is empty, it has no debts."""
        owed = min(self._owed(now) + count * self.every, self.capacity * self.every)
        return replace(self, whole_at=now + owed)

    def next_at(self, now: datetime) -> datetime:
        """The earliest time at which a request may be made."""
        return now + max(self._owed(now) - (self.capacity - 1) * self.every, _NOTHING)

    def _owed(self, now: datetime) -> timedelta:
        """The time until the quota is whole; more than it can ever be means the clock went back."""
        owed = max(self.whole_at - now, _NOTHING)
        return owed if owed <= self.capacity * self.every else _NOTHING


@dataclass(frozen=True, slots=True)
class Breaker:
    """Keeps from asking a source that refused: closed, open until `retry_at`, then half open.

    Half open, one probe is let through; its success closes the breaker, its failure opens it for
    twice as long, from `first` up to `longest`. The jitter lies within these two.
    """

    first: timedelta = timedelta(seconds=60)
    longest: timedelta = timedelta(minutes=15)
    failures: int = 0
    retry_at: datetime | None = None
    probing: bool = False

    def is_open(self, now: datetime) -> bool:
        """Whether it is too early to ask; a wait beyond `longest` means the clock went back."""
        return self.retry_at is not None and _NOTHING < self.retry_at - now <= self.longest

    def admit(self, now: datetime) -> "Breaker | None":
        """The breaker while the caller asks, or None where it may not.

        Who was admitted must end with `succeeded`, `failed` or `withdrawn`.
        """
        if self.retry_at is None:
            return self
        if self.probing or self.is_open(now):
            return None
        return replace(self, probing=True)

    def succeeded(self) -> "Breaker":
        """The source answered: closed, and the next failure waits `first` again."""
        return Breaker(self.first, self.longest)

    def failed(self, now: datetime, rng: random.Random) -> "Breaker":
        """The source refused: open for the next longer wait, lengthened by a random part."""
        highest = self.longest / (1 + JITTER)
        doubled = self.first * 2 ** min(self.failures, 30)
        wait = min(doubled, highest) * (1 + JITTER * rng.random())
        return replace(self, failures=self.failures + 1, retry_at=now + wait, probing=False)

    def withdrawn(self) -> "Breaker":
        """The question was taken back before it was answered: the next one is the probe."""
        return replace(self, probing=False)
