"""One call to the blocking client: how long it may last, and what it saw on the wire."""

import time
from dataclasses import dataclass, field

from vaultdesk.adapters.yahoo.faults import Exchange


@dataclass
class Call:
    """What is shared with the worker's thread while the call lasts.

    `seen` grows in the thread; the loop reads it when the call is over. Every request is limited to
    what is `left()`, so a thread that was left behind ends with the request it hangs in.
    """

    seconds: float
    seen: list[Exchange] = field(default_factory=list)
    started: float = field(default_factory=time.monotonic)
    given_up: bool = False

    def left(self) -> float:
        """Seconds the call may still last; none once nobody waits for its answer."""
        return 0.0 if self.given_up else self.started + self.seconds - time.monotonic()
