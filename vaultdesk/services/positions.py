"""What is held: the broker's truth, the desk's own book, positions elsewhere, and what they mean.

Coverage and what alerts watch are always kept up to date; marks, Greeks and rolls while someone
attends, as they need the chains of every expiry held.
"""

from __future__ import annotations

import asyncio
from itertools import chain
from typing import TYPE_CHECKING

from vaultdesk.core.alerts.hedges import Hedges
from vaultdesk.core.audit import Fact, FactKind
from vaultdesk.core.calendar import trading_date
from vaultdesk.core.positions import manual as entered
from vaultdesk.core.positions.ledger import Ledger, ledger
from vaultdesk.core.positions.need import signature
from vaultdesk.core.positions.survey import NOTHING, Given, Survey, survey
from vaultdesk.core.positions.watched import watched
from vaultdesk.events import (
    Bus,
    HedgeChanged,
    HedgeRulesChanged,
    HedgesHeld,
    LoanChanged,
    LoanValued,
    PositionsChanged,
)
from vaultdesk.ports import Clock, InputError, KnownError, StorageError
from vaultdesk.services.off_loop import off_loop

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from vaultdesk.core.calendar import Sessions
    from vaultdesk.core.orders.broker import Execution, Held, HoldingsTold
    from vaultdesk.core.orders.draft import Ticket
    from vaultdesk.core.positions.countdown import Countdown
    from vaultdesk.core.positions.coverage import Coverage
    from vaultdesk.core.positions.difference import Difference
    from vaultdesk.core.positions.exercise import Advice
    from vaultdesk.core.positions.exposure import Exposure
    from vaultdesk.core.positions.roll import RollProposal
    from vaultdesk.core.positions.rows import Row
    from vaultdesk.services.hedge import HedgeService
    from vaultdesk.services.loan import LoanService
    from vaultdesk.stores import OrderStore

REST_S = 1.0
"""Between two surveys, while a broker tells one position after the other."""


class PositionService:
    """Keeps what is held; everything it makes of that is replaced as a whole by each survey.

    `held` and `held_at` are the broker's positions as it told them last, None before; `manual`
    those elsewhere. `problem` says why marks, Greeks and rolls are missing while someone attends.
    Days and times left go by the market's `clock`, facts by the `wall`'s. `broker` is the name
    under which the desk's trades are kept, `sessions` gives the exchange's once they are known.
    """

    def __init__(
        self,
        bus: Bus,
        hedge: HedgeService,
        loan: LoanService,
        clock: Clock,
        *,
        wall: Clock,
        broker: str,
        sessions: Callable[[], Sessions | None] = lambda: None,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self.survey: Survey = NOTHING
        self.manual: tuple[Held, ...] = ()
        self.problem = ""
        self._bus, self._hedge, self._loan, self._clock = bus, hedge, loan, clock
        self._wall, self._broker, self._sessions, self._sleep = wall, broker, sessions, sleep
        self._store: OrderStore | None = None
        self._told: HoldingsTold | None = None
        self._ledger = Ledger()
        self._hedges = Hedges()
        self._attended = 0
        self._seen: object = None
        self._wanted, self._making = asyncio.Event(), asyncio.Lock()
        self._undo = [
            bus.subscribe(LoanValued, self._on_loan),
            bus.subscribe(LoanChanged, lambda _event: self._wanted.set()),
            bus.subscribe(HedgeRulesChanged, lambda _event: self._wanted.set()),
            bus.subscribe(HedgeChanged, self._on_hedge),
        ]

    @property
    def held(self) -> tuple[Held, ...]:
        """The broker's positions as it told them last."""
        return self._told.positions if self._told else ()

    @property
    def held_at(self) -> datetime | None:
        """When it told them; None before."""
        return self._told.at if self._told else None

    @property
    def ledger(self) -> tuple[Held, ...]:
        """Sum of the desk's own trades."""
        return self.survey.ledger

    @property
    def counted(self) -> tuple[Held, ...]:
        """What is held by all that was told until now, also since the last survey.

        The broker's positions, the ledger's while it has told none, and those elsewhere; without
        options that ended on an earlier day.
        """
        today = trading_date(self._clock.now())
        own = self.survey.ledger if self._told is None else self._told.positions
        return tuple(
            one
            for one in (*own, *self.manual)
            if one.instrument.expiry is None or one.instrument.expiry >= today
        )

    @property
    def rows(self) -> tuple[Row, ...]:
        """Everything line by line."""
        return self.survey.rows

    @property
    def differences(self) -> tuple[Difference, ...]:
        """Between broker and ledger; empty before the broker told anything."""
        return self.survey.differences

    @property
    def countdowns(self) -> tuple[Countdown, ...]:
        """Of each expiry held, the nearest first."""
        return self.survey.countdowns

    @property
    def exposure(self) -> Exposure | None:
        """Marks and Greeks; None while nobody attends or `problem` says why."""
        return self.survey.exposure

    @property
    def coverage(self) -> Coverage | None:
        """The coverage calendar; None while the loan is not valued."""
        return self.survey.coverage

    @property
    def advice(self) -> tuple[Advice, ...]:
        """What to do about options that end in shares."""
        return self.survey.advice

    @property
    def rolls(self) -> tuple[RollProposal, ...]:
        """What puts that end soon may be rolled into; empty while nobody attends."""
        return self.survey.rolls

    @property
    def note(self) -> str:
        """On what is counted and protects nothing; may be empty."""
        return self.survey.note

    @property
    def wanted(self) -> bool:
        """Whether something changed that the survey does not know of."""
        return self._wanted.is_set()

    async def use(self, store: OrderStore) -> None:
        """Take up the desk's trades and the positions elsewhere.

        Raises:
            StorageError: they cannot be read.
        """
        trades, self.manual = await store.executions(self._broker), await store.manual()
        self._store = store
        self.hear_executions(trades)
        self._wanted.set()

    async def run(self) -> None:
        """Follow what is told, prices and days, until cancelled."""
        while True:
            await self._wanted.wait()
            await self.refresh()
            await self._sleep(REST_S)

    def hear_holdings(self, told: HoldingsTold) -> None:
        """The broker's positions are these now."""
        self._told = told
        self._wanted.set()

    def hear_executions(self, executions: tuple[Execution, ...]) -> None:
        """These trades are new, or corrections of those known."""
        for one in executions:
            self._ledger.take(one)
        if self._ledger.open:
            self._wanted.set()

    def attend(self) -> Callable[[], None]:
        """Keep marks, Greeks and rolls up to date until the returned function is called."""
        self._attended += 1
        leave_hedge = self._hedge.attend()
        self._wanted.set()
        left = False

        def leave() -> None:
            nonlocal left
            self._attended -= 0 if left else 1
            left = True
            leave_hedge()

        return leave

    async def refresh(self) -> None:
        """Make everything anew; one at a time."""
        async with self._making:
            self._wanted.clear()
            given = self._given(await self._booked())
            self.survey = await off_loop(lambda _stop: survey(given))
            self.problem = self._lacking() if self._attended and given.config is None else ""
            if self._attended:
                self._ask_for_chains()
        self._bus.tell(PositionsChanged())
        hedges = watched(self.survey, self._hedges, known=self._told is not None)
        if hedges != self._hedges:
            self._hedges = hedges
            self._bus.tell(HedgesHeld(hedges))

    async def set_manual(self, held: tuple[Held, ...]) -> None:
        """Keep these as the positions elsewhere, in place of all.

        Raises:
            InputError: one cannot be kept; the field says where.
            StorageError: the disk refused; those of before stay.
        """
        if self._store is None:
            raise StorageError("The database is still being opened: try again in a moment.")
        if wrong := entered.fault(held):
            field, sentence = wrong
            raise InputError(sentence, field)
        now = self._wall.now()
        facts = (
            Fact(FactKind.POSITION, now, subject, "user", text)
            for subject, text in entered.changes(self.manual, held)
        )
        await self._store.set_manual(held, tuple(facts))
        self.manual = held
        self._wanted.set()

    def roll_ticket(self, proposal: RollProposal) -> Ticket:
        """One order that sells the near puts and buys the far ones.

        Raises:
            KnownError: they are held elsewhere, or nobody bids for the near ones.
        """
        from vaultdesk.core.positions.roll import roll_ticket  # noqa: PLC0415 (NumPy)

        self._refuse_elsewhere(proposal.held)
        try:
            return roll_ticket(proposal)
        except ValueError as error:
            raise KnownError(str(error)) from error

    def close_ticket(self, held: Held, contracts: int | None = None) -> Ticket:
        """An order that closes all of a position, or so many contracts of it, at the mid.

        Raises:
            KnownError: it is held elsewhere, or has no quote.
        """
        from vaultdesk.core.orders.drafting import closing  # noqa: PLC0415

        self._refuse_elsewhere(held)
        lines = self.exposure.lines if self.exposure else ()
        mark = next((line.mark for line in lines if line.held == held), None)
        if not mark:
            raise KnownError(
                f"There is no quote of the {held.instrument.words} to close at: wait for the "
                "chains, or enter the order by hand."
            )
        return closing(held, contracts or int(abs(held.quantity)), mark)

    def close(self) -> None:
        """Hear nothing more."""
        for undo in self._undo:
            undo()

    async def _booked(self) -> tuple[Held, ...]:
        """The sum of all trades, added up again where there is another."""
        while self._ledger.open:
            books = self._ledger.open_books
            summed = await off_loop(lambda _stop: ledger(chain(*books.values())))  # noqa: B023 - awaited here
            self._ledger.settle(books, summed)
        return self._ledger.held

    def _given(self, booked: tuple[Held, ...]) -> Given:
        return Given(
            held=None if self._told is None else self._told.positions,
            booked=booked,
            manual=self.manual,
            state=self._loan.state,
            config=self._hedge.config if self._attended else None,
            rules=self._hedge.rules,
            now=self._clock.now(),
            sessions=self._sessions(),
        )

    def _lacking(self) -> str:
        return self._hedge.problem or "The option chains are still being fetched."

    def _ask_for_chains(self) -> None:
        terms = self._loan.terms
        for one in self.survey.counted:
            expiry = one.instrument.expiry
            if expiry is not None and terms is not None and one.instrument.symbol == terms.symbol:
                self._hedge.also(expiry)

    def _refuse_elsewhere(self, held: Held) -> None:
        if held in self.manual:
            raise KnownError(f"The {held.instrument.words} is held at {held.account}: trade there.")

    def _on_hedge(self, _event: HedgeChanged) -> None:
        if self._attended:
            self._wanted.set()

    def _on_loan(self, event: LoanValued) -> None:
        """Survey anew where the loan needs something else than before, and on another day."""
        seen = trading_date(self._clock.now()), signature(event.state)
        if seen != self._seen:
            self._seen = seen
            self._wanted.set()
