"""What all parts of the fake TWS share: the book, who is connected, the faults, the time."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tests.fakes.tws import messages
from tests.fakes.tws.book import Book
from tests.fakes.tws.faults import TEXTS, Fault, Policy
from tests.fakes.tws.journal import Journal
from tests.fakes.tws.market import Market
from tests.fakes.tws.messages import Message
from tests.fakes.tws.records import Position
from tests.fakes.tws.session import Session


def now() -> datetime:
    return datetime.now(UTC)


def problem(req_id: int, code: int, text: str = "") -> Message:
    """An error or a note, in TWS's words unless others are given."""
    return messages.error(req_id, code, text or TEXTS.get(code, ""))


@dataclass
class World:
    """The state of one fake TWS."""

    book: Book
    journal: Journal
    policy: Policy = Policy.WORK
    clock: Callable[[], datetime] = now
    faults: set[Fault] = field(default_factory=set)
    sessions: set[Session] = field(default_factory=set)

    @property
    def market(self) -> Market:
        return self.book.market

    @property
    def zone(self) -> bool:
        """Whether times carry their zone."""
        return Fault.TIMES_WITHOUT_ZONE not in self.faults

    @property
    def clients(self) -> set[int]:
        """The clients that have named themselves and are connected."""
        return {session.client_id for session in self.sessions} - {-1}

    def once(self, fault: Fault) -> bool:
        """Whether the fault is due; then it is over."""
        due = fault in self.faults
        self.faults.discard(fault)
        return due

    def named(self, client_id: int) -> Iterator[Session]:
        """The sessions of this client: one, or none."""
        return (session for session in self.sessions if session.client_id == client_id)

    def announce(self, held: Position) -> None:
        """Tell a position to all who follow positions or its account."""
        for session in self.sessions:
            if session.wants_positions:
                session.send(messages.position(held))
            if session.wants_account == held.account:
                session.send(self.portfolio(held))

    def portfolio(self, held: Position) -> Message:
        return messages.portfolio(held, self.market.quote(held.contract.con_id).mid)
