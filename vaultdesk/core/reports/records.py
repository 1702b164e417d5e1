"""What reports are made from: everything a document needs, and nothing of the machine's own."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from vaultdesk.core.alerts import Alert, AlertRecord
from vaultdesk.core.audit import Fact
from vaultdesk.core.loan.snapshots import Snapshot
from vaultdesk.core.loan.terms import Facility
from vaultdesk.core.market import Quality, Quote
from vaultdesk.core.orders.broker import Execution, Held
from vaultdesk.core.orders.life import Order
from vaultdesk.core.reports.figures import moment

HISTORY = timedelta(days=90)
"""Of the LTV in a report on the loan."""
HEDGE = {"compare": "comparison", "find": "cheapest hedge"}
"""What a decision was, by the kind of its record."""


@dataclass(frozen=True, slots=True)
class Trail:
    """An order and its trades, the oldest first."""

    order: Order
    trades: tuple[Execution, ...]


@dataclass(frozen=True, slots=True)
class PathPoint:
    """The LTV at a moment, with the levels of that day, all fractions; quality and source of it."""

    at: datetime
    ltv: Decimal
    call_ltv: Decimal
    closeout_ltv: Decimal
    quality: Quality
    source: str


@dataclass(frozen=True, slots=True)
class DecisionRecord:
    """A hedge that was decided on, and what was ordered of it.

    Attributes:
        hedge: the record of the answer as JSON holds it; it can be computed again.
        trails: orders that may be of it, the first confirmed first.
    """

    hedge: dict[str, Any]
    trails: tuple[Trail, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanRecord:
    """The loan at one moment.

    Attributes:
        terms: as in force.
        quotes: by which it is valued.
        at: the moment it is valued at, aware.
        zone: IANA name of the zone in which days and times are printed.
        program: the version of VaultDesk that made it.
        cure_to: the LTV a cure aims at.
        path: the LTV of the last `HISTORY`, oldest first.
        held: options and shares held anywhere.
        alerts: that nobody has acknowledged, newest first.
    """

    terms: Facility
    quotes: tuple[Quote, ...]
    at: datetime
    zone: str
    program: str
    cure_to: Decimal | None = None
    path: tuple[PathPoint, ...] = ()
    held: tuple[Held, ...] = ()
    alerts: tuple[Alert, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DiaryRecord:
    """What happened between two days.

    Attributes:
        start: the first day, by the clocks of `zone`.
        end: the last day, which belongs to it.
        zone: IANA name.
        at: when it was made, aware: what came later is not in it.
        program: the version of VaultDesk that made it.
        path: the LTV of these days, oldest first.
        alerts: those raised in these days, or of which something became known in them.
        facts: of orders and of the mode, from the audit log, in its order, without the messages.
        orders: that the facts speak of.
        versions: of the loan's terms, those that came into force in these days and the one before.
    """

    start: date
    end: date
    zone: str
    at: datetime
    program: str
    path: tuple[PathPoint, ...] = ()
    alerts: tuple[AlertRecord, ...] = ()
    facts: tuple[Fact, ...] = ()
    orders: tuple[Order, ...] = ()
    versions: tuple[Facility, ...] = ()


def point(snapshot: Snapshot) -> PathPoint:
    """What a report keeps of a row of LTV history."""
    return PathPoint(
        snapshot.at,
        snapshot.ltv,
        snapshot.call_ltv,
        snapshot.closeout_ltv,
        snapshot.quality,
        snapshot.source,
    )


def clocks(zone: str) -> ZoneInfo:
    """The clocks of a zone by its IANA name.

    Raises:
        ValueError: there is none of that name here.
    """
    try:
        return ZoneInfo(zone)
    except ZoneInfoNotFoundError:
        raise ValueError(f"There is no time zone '{zone}' here.") from None


def bounds(start: date, end: date, zone: str) -> tuple[datetime, datetime]:
    """The first moment of `start` and the first after `end`, by the clocks of a zone, in that zone.

    Raises:
        ValueError: the range is turned round, or ends with the calendar; or there is no such zone.
    """
    if start > end:
        raise ValueError(f"The first day, {start}, comes after the last, {end}: turn them round.")
    if end == date.max:
        raise ValueError(f"The calendar ends on {end}: choose an earlier last day.")
    there = clocks(zone)
    after = end + timedelta(days=1)
    return (
        datetime(start.year, start.month, start.day, tzinfo=there),
        datetime(after.year, after.month, after.day, tzinfo=there),
    )


def decision_moment(hedge: dict[str, Any]) -> datetime:
    """The moment of the prices a decision was made by.

    Raises:
        ValueError: the record holds none.
    """
    try:
        return datetime.fromisoformat(hedge["inputs"]["at"])
    except (KeyError, TypeError) as error:
        raise ValueError(f"The record of the hedge holds no {error}.") from error


def decision_title(hedge: dict[str, Any]) -> str:
    """As lists show it: what was decided, and the moment of its prices."""
    what = HEDGE.get(str(hedge.get("kind")), "hedge")
    return f"Hedging decision: {what}, {moment(decision_moment(hedge))} UTC"


def loan_title(record: LoanRecord) -> str:
    """As lists show it, with its moment."""
    return f"Loan status, {moment(record.at)} UTC"


def diary_title(record: DiaryRecord) -> str:
    """As on its first page."""
    return f"Decision diary, {record.start} to {record.end}"
