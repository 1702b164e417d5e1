"""The records reports are made from, gathered from the stores and the services as they stand."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from vaultdesk.core.alerts import HistoryQuery
from vaultdesk.core.audit import FactKind
from vaultdesk.core.positions.ledger import ledger
from vaultdesk.core.reports import records
from vaultdesk.core.reports.kept import ReportKind
from vaultdesk.core.reports.orders import decided, ordered
from vaultdesk.ports import InputError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from vaultdesk.core.audit import Fact
    from vaultdesk.core.loan.snapshots import Snapshot
    from vaultdesk.core.loan.terms import Facility
    from vaultdesk.core.orders.broker import Held
    from vaultdesk.ports import Clock
    from vaultdesk.services.loan import LoanService
    from vaultdesk.stores import (
        AlertStore,
        AuditStore,
        LoanStore,
        OrderStore,
        ReportStore,
        SnapshotStore,
    )

PAGE = 500
"""Entries of the audit log that are read at once: others wait no longer than for these."""
LATE = timedelta(days=31)
"""How long before the days of a diary an alert may have been raised of which it still tells."""
MOST_ALERTS = 200
DIARY_KINDS = frozenset(
    {
        *(FactKind.CONFIRMED, FactKind.SENT, FactKind.ORDER, FactKind.EXECUTION),
        *(FactKind.NOTE, FactKind.CANCEL, FactKind.RESOLVED, FactKind.MODE),
    }
)


class Sources(Protocol):
    """The stores reports are made from and kept in."""

    @property
    def loan(self) -> LoanStore:
        """The versions of the terms."""

    @property
    def snapshots(self) -> SnapshotStore:
        """The LTV's path."""

    @property
    def alerts(self) -> AlertStore:
        """What was told."""

    @property
    def orders(self) -> OrderStore:
        """What was ordered and traded."""

    @property
    def audit(self) -> AuditStore:
        """What was done."""

    @property
    def reports(self) -> ReportStore:
        """Where reports are kept."""


@dataclass(frozen=True, slots=True)
class Made:
    """A record as JSON, and what its document is called in lists."""

    kind: ReportKind
    title: str
    record: bytes


class Records:
    """Gathers records.

    `zone` names the zone whose clocks a document goes by, `held` gives what is held, None where
    only the desk's own trades can tell. A diary is dated by the `wall` clock.
    """

    def __init__(
        self,
        loan: LoanService,
        wall: Clock,
        *,
        program: str,
        zone: Callable[[], str],
        held: Callable[[], tuple[Held, ...]] | None = None,
    ) -> None:
        self._loan, self._wall = loan, wall
        self._program, self._zone, self._held = program, zone, held

    async def loan(self, stores: Sources) -> Made:
        """The loan as it is valued now.

        Raises:
            InputError: it is not valued.
            StorageError: its history cannot be read.
        """
        state = self._loan.state
        if state is None:
            raise InputError(f"There is nothing to report: {self._loan.problem}")
        path = await stores.snapshots.since(state.at - records.HISTORY)
        waiting = HistoryQuery(unacknowledged=True, limit=MOST_ALERTS)
        record = records.LoanRecord(
            terms=state.terms,
            quotes=state.quotes,
            at=state.at,
            zone=self._zone(),
            program=self._program,
            cure_to=self._loan.cure_to,
            path=await _points(path),
            held=await self._positions(stores),
            alerts=tuple(one.alert for one in await stores.alerts.history(waiting)),
        )
        return Made(ReportKind.LOAN, records.loan_title(record), await _json(record))

    async def diary(self, stores: Sources, start: date | None, end: date | None) -> Made:
        """What happened from `start` to `end`, days by the clocks of the zone.

        Raises:
            InputError: a day is missing, or they are turned round.
            StorageError: something cannot be read.
        """
        if start is None or end is None:
            raise InputError("A diary needs its first and its last day.", "from")
        zone = self._zone()
        try:
            begins, ends = records.bounds(start, end, zone)
        except ValueError as error:
            raise InputError(str(error), "from") from None
        path = await stores.snapshots.since(begins)
        query = HistoryQuery(since=begins.astimezone(UTC) - LATE)
        alerts = await stores.alerts.history(query)
        facts = await _facts(stores, begins, ends)
        subjects = {fact.subject for fact in facts}
        orders = [one for one in await stores.orders.orders() if one.ref in subjects]
        record = records.DiaryRecord(
            start=start,
            end=end,
            zone=zone,
            at=self._wall.now(),
            program=self._program,
            path=await _points(tuple(one for one in path if one.at < ends)),
            alerts=tuple(reversed([one for one in alerts if one.alert.at < ends])),
            facts=facts,
            orders=tuple(reversed(orders)),
            versions=_versions(await stores.loan.versions(), begins, ends),
        )
        return Made(ReportKind.DIARY, records.diary_title(record), await _json(record))

    async def decision(self, stores: Sources, hedge: bytes) -> Made:
        """A decision, and the orders with its contracts that were confirmed since its prices.

        Without any the record is that of the hedge itself.

        Raises:
            InputError: it is no record of a hedge.
            StorageError: orders cannot be read.
        """
        plain = _hedge(hedge)
        try:
            title = records.decision_title(plain)
            trails = await _trails(stores, plain)
        except (ValueError, KeyError, TypeError) as error:
            raise InputError(f"This is no record of a hedge ({error}).") from None
        record = await _json(records.DecisionRecord(plain, trails)) if trails else hedge
        return Made(ReportKind.DECISION, title, record)

    async def newest_decision(self, stores: Sources) -> Made:
        """The same of the decision that was reported last.

        Raises:
            InputError: none was.
            StorageError: it cannot be read.
        """
        rows = (row for row in await stores.reports.rows() if row.kind is ReportKind.DECISION)
        row = next(rows, None)
        kept = None if row is None else await stores.reports.get(row.id)
        if kept is None:
            raise InputError(
                "No decision is kept yet: save a comparison or a found hedge as a report first."
            )
        return await self.decision(stores, hedge_of(kept.record)[0])

    async def _positions(self, stores: Sources) -> tuple[Held, ...]:
        if self._held is not None:
            return self._held()
        brokers = sorted({one.broker for one in await stores.orders.orders()})
        found: list[Held] = []
        for broker in brokers:
            found += ledger(await stores.orders.executions(broker))
        return (*found, *await stores.orders.manual())


def hedge_of(record: bytes) -> tuple[bytes, tuple[records.Trail, ...]]:
    """The hedge's own record in that of a decision, and the orders beside it.

    Raises:
        InputError: it is no such record.
    """
    plain = _hedge(record)
    if "hedge" not in plain:
        return record, ()
    try:
        read = msgspec.json.decode(record, type=records.DecisionRecord)
    except msgspec.MsgspecError as error:
        raise InputError(f"This is no record of a decision ({error}).") from None
    return msgspec.json.encode(read.hedge), read.trails


def _hedge(record: bytes) -> dict[str, Any]:
    try:
        return msgspec.json.decode(record, type=dict[str, Any])
    except msgspec.MsgspecError as error:
        raise InputError(f"This is no record of a hedge ({error}).") from None


async def _trails(stores: Sources, hedge: dict[str, Any]) -> tuple[records.Trail, ...]:
    """The orders with the contracts of one of its hedges, confirmed since, each with its trades."""
    since = records.decision_moment(hedge)
    known = [one for one in reversed(await stores.orders.orders()) if one.confirmed_at >= since]
    bare = [records.Trail(one, ()) for one in known]
    symbol = hedge["inputs"]["chains"][0]["symbol"] if hedge["inputs"]["chains"] else ""
    found = []
    for ticket in ordered(decided(hedge["answer"]), symbol, bare):
        for trail in ticket.trails:
            order = trail.order
            trades = await stores.orders.executions(order.broker, order.ref)
            found.append(records.Trail(order, trades))
    return tuple(found)


async def _facts(stores: Sources, begins: datetime, ends: datetime) -> tuple[Fact, ...]:
    """Those of the diary's kinds in these days, in their order, without their messages."""
    found: list[Fact] = []
    before: int | None = None
    while True:
        page = await stores.audit.entries(newest=PAGE, before=before, since=begins)
        for entry in reversed(page):
            fact = entry.fact
            if fact.kind in DIARY_KINDS and fact.at < ends:
                found.append(replace(fact, wire=""))
        if len(page) < PAGE:
            return tuple(reversed(found))
        before = page[0].number


def _versions(
    versions: tuple[Facility, ...], begins: datetime, ends: datetime
) -> tuple[Facility, ...]:
    """Those that came into force in these days and the one before, in the order they did."""
    ordered_ = sorted(versions, key=lambda one: (one.holds_from, one.since))
    before = [one for one in ordered_ if one.holds_from < begins][-1:]
    return (*before, *(one for one in ordered_ if begins <= one.holds_from < ends))


async def _points(path: tuple[Snapshot, ...]) -> tuple[records.PathPoint, ...]:
    """Made in a thread: years are tens of thousands."""
    return await asyncio.to_thread(lambda: tuple(map(records.point, path)))


async def _json(record: object) -> bytes:
    return await asyncio.to_thread(msgspec.json.encode, record)
