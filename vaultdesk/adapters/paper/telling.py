"""Who hears what the paper broker has to say."""

from collections.abc import Callable, Iterable
from datetime import datetime

from vaultdesk.adapters.paper.book import ACCOUNT
from vaultdesk.core.orders.broker import (
    BrokerState,
    BrokerStatus,
    NoteTold,
    StatusTold,
    Told,
)

Handler = Callable[[Told], None]


class Telling:
    """Tells everything to everyone who hears; `status` is the last one told."""

    def __init__(self, name: str) -> None:
        self.status = BrokerStatus(name, BrokerState.SYNCING, "The paper account is being read.")
        self._handlers: tuple[Handler, ...] = ()
        self._noted: dict[str, set[str]] = {}

    def hear(self, handler: Handler) -> Callable[[], None]:
        """Tell `handler` everything, until the returned function is called."""
        self._handlers = (*self._handlers, handler)

        def undo() -> None:
            self._handlers = tuple(one for one in self._handlers if one is not handler)

        return undo

    def tell(self, told: Told) -> None:
        """Tell it to all."""
        for handler in self._handlers:
            handler(told)

    def become(self, state: BrokerState, sentence: str) -> None:
        """Be in this state, and tell it where that is new."""
        status = BrokerStatus(self.status.name, state, sentence, (ACCOUNT,))
        if status != self.status:
            self.status = status
            self.tell(StatusTold(status))

    def note(self, refs: Iterable[str], sentence: str, now: datetime, about: str = "") -> None:
        """Say why orders wait: once of each order and what it is about, the sentence itself."""
        if not sentence:
            return
        for ref in refs:
            said = self._noted.setdefault(ref, set())
            if (about or sentence) not in said:
                said.add(about or sentence)
                self.tell(NoteTold(ref, 0, sentence, now))

    def forget(self, ref: str) -> None:
        """The order is over: nothing more will be noted of it."""
        self._noted.pop(ref, None)

    def close(self) -> None:
        """Tell nobody more."""
        self._handlers = ()
