"""One look at everything: what has expired, what is over, what can be filled, what it is worth."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from vaultdesk.adapters.paper.accounts import account, concerned
from vaultdesk.adapters.paper.events import Accepted, Cancelled, Rejected
from vaultdesk.adapters.paper.hours import has_expired, session_of
from vaultdesk.adapters.paper.margin import needed
from vaultdesk.adapters.paper.matching import lacking, matched
from vaultdesk.adapters.paper.settling import closes_of, settled
from vaultdesk.core.orders.broker import HoldingsTold
from vaultdesk.core.orders.draft import Tif

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from decimal import Decimal

    from vaultdesk.adapters.paper.asked import Asked
    from vaultdesk.adapters.paper.book import Positions
    from vaultdesk.adapters.paper.events import Event
    from vaultdesk.adapters.paper.journal import Journal
    from vaultdesk.adapters.paper.matching import Rules
    from vaultdesk.adapters.paper.settling import Closes
    from vaultdesk.adapters.paper.telling import Telling
    from vaultdesk.core.calendar import Sessions
    from vaultdesk.core.orders.instrument import Instrument
    from vaultdesk.ports import Clock

ASK_EVERY = timedelta(seconds=60)
"""How often what is held is valued anew and closes are asked for: each costs a request."""
AT_ONCE = 10
"""Orders that are looked at before the event loop has another turn."""
CLOSED = "The exchange is closed; the order waits for its next session."


class Rounds:
    """Looks at the journal's book and writes down what comes of it, one look at a time."""

    def __init__(
        self,
        journal: Journal,
        asked: Asked,
        telling: Telling,
        positions: Positions,
        clock: Clock,
        *,
        sessions: Callable[[], Sessions | None],
        closes: Closes,
        rules: Rules,
    ) -> None:
        self._journal, self._asked, self._telling = journal, asked, telling
        self._positions = positions
        self._clock, self._sessions, self._closes, self._rules = clock, sessions, closes, rules
        self._looking = asyncio.Lock()
        self._restored: dict[str, datetime] = {}
        self._valued_at: datetime | None = None
        self._asked_closes: datetime | None = None
        self._settles_by: dict[Instrument, Decimal] = {}

    def begin(self) -> None:
        """Go on with the orders in the book.

        A demonstration's clock may begin anew: orders from its future count from now on.
        """
        now, book = self._clock.now(), self._journal.book
        self._restored = {ref: min(now, book.orders[ref].received) for ref in book.working}

    async def look(self) -> None:
        """Settle, end, fill and value.

        Raises:
            StorageError: the disk refuses; what was not written down has not happened.
        """
        async with self._looking:
            now = self._clock.now()
            session = session_of(self._sessions(), now)
            await self._settle(now)
            await self._journal.alone(self._end_orders(now))
            await self._admit(now)
            if session is not None and session[0] <= now:
                await self._fill(session[0])
            elif session is not None:
                self._telling.note(self._journal.book.working, CLOSED, now)
            await self._value(now, in_session=session is not None and session[0] <= now)

    def tell_holdings(self) -> None:
        """Tell what the account has, by the quotes at hand."""
        now, book = self._clock.now(), self._journal.book
        told = account(book, self._asked.quotes, now, self._telling.status.name)
        self._telling.tell(HoldingsTold((told,), self._positions.of(book), now))

    def _since(self, ref: str) -> datetime:
        """Quotes made before this do not fill the order."""
        return self._restored.get(ref) or self._journal.book.orders[ref].received

    async def _settle(self, now: datetime) -> None:
        """Settle what has expired, as far as the underlying's close is known."""
        sessions = self._sessions()
        gone = [one for one in self._journal.book.held if has_expired(one, now, sessions)]
        new = [one for one in gone if one not in self._settles_by]
        if new and not _soon(self._asked_closes, now):
            self._asked_closes = now
            known, unknown = await closes_of(new, sessions, self._closes)
            self._settles_by |= known
            for option, sentence in unknown.items():
                self._telling.note(("",), sentence, now, option.key)
        if gone:
            await self._journal.alone(self._settle_known(now))

    async def _settle_known(self, now: datetime) -> None:
        held, closes = self._journal.book.held, self._settles_by
        await self._journal.commit(
            [settled(one, held[one], close, now) for one, close in closes.items() if one in held]
        )

    async def _end_orders(self, now: datetime) -> None:
        """End day orders after their session, and what is for options that have expired."""
        sessions, book = self._sessions(), self._journal.book
        events = []
        for ref in book.working:
            draft, session = book.orders[ref].draft, session_of(sessions, self._since(ref))
            if any(has_expired(leg.instrument, now, sessions) for leg in draft.legs):
                events.append(Cancelled(now, ref, "An option in the order has expired."))
            elif draft.tif is Tif.DAY and session is not None and session[1] <= now:
                events.append(Cancelled(now, ref, "The session that the order was for is over."))
        await self._journal.commit(events)

    async def _admit(self, now: datetime) -> None:
        """Judge by quotes whether the account can carry what has come in."""
        book = self._journal.book
        new = tuple(ref for ref in book.working if not book.orders[ref].accepted)
        if new:
            await self._asked.ask(concerned(book, [book.orders[ref].draft for ref in new]))
            for first in range(0, len(new), AT_ONCE):
                await self._journal.alone(self._judge(new[first : first + AT_ONCE], now))

    async def _judge(self, refs: Sequence[str], now: datetime) -> None:
        book, quotes = self._journal.book, self._asked.quotes
        events: list[Event] = []
        for ref in refs:
            if ref in book.working:
                short = lacking(book, book.orders[ref].draft, quotes, self._rules.fees)
                if short is not None:
                    events.append(Rejected(now, ref, short) if short else Accepted(now, ref))
        await self._journal.commit(events)

    async def _fill(self, opened: datetime) -> None:
        """Ask for the quotes and match the working orders, some at a time."""
        book = self._journal.book
        working = tuple(book.working)
        if not working:
            return
        await self._asked.ask(concerned(book, [book.orders[ref].draft for ref in working]))
        for first in range(0, len(working), AT_ONCE):
            await self._journal.alone(self._match(working[first : first + AT_ONCE], opened))

    async def _match(self, refs: Sequence[str], opened: datetime) -> None:
        now, trial, events = self._clock.now(), self._journal.book.copy(), []
        for ref in refs:
            if ref not in trial.working:
                continue
            order = trial.orders[ref]
            failed = self._asked.why(leg.instrument for leg in order.draft.legs)
            if failed:
                self._telling.note((ref,), failed, now, "feed")
                continue
            since = max(self._since(ref), opened)
            event = matched(trial, order, self._asked.quotes, since, now, self._rules)
            if isinstance(event, str):
                self._telling.note((ref,), event, now)
            else:
                trial.apply(event)
                events.append(event)
        await self._journal.commit(events)

    async def _value(self, now: datetime, *, in_session: bool) -> None:
        """Tell what the positions are worth by quotes of now, about once a minute."""
        held = self._journal.book.held
        if not held or (self._valued_at and (not in_session or _soon(self._valued_at, now))):
            return
        self._valued_at = now
        await self._asked.ask(needed(held) | set(held))
        self.tell_holdings()


def _soon(before: datetime | None, now: datetime) -> bool:
    """Whether it is too early to ask the source again."""
    return before is not None and timedelta(0) <= now - before < ASK_EVERY
