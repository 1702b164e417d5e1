"""The stream's rhythm, apart from the stream itself, which loads aiohttp."""

import random
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pulse:
    """When the stream does what, in seconds.

    Yahoo forgets a subscription that is not renewed every 15 s. A connection on which nothing came
    for `silent_after` counts as lost, though outside market hours that is how it is.
    """

    connect: float = 10.0
    heartbeat: float = 20.0
    resubscribe: float = 15.0
    silent_after: float = 60.0
    shortest_wait: float = 1.0
    longest_wait: float = 60.0

    def wait(self, failures: int, rng: random.Random) -> float:
        """How long to wait before connecting again, after this many connections without a tick.

        Doubling, and anywhere in the upper half, so that desks do not come back all at once.
        """
        doubled = self.shortest_wait * 2.0 ** min(failures, 16)
        return min(doubled, self.longest_wait) * (0.5 + rng.random() / 2)
