"""What becomes of an alert: its deliveries, who took note, and the history of both."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from vaultdesk.core.alerts.quiet import QuietHours
from vaultdesk.core.alerts.records import Alert, Latch, Rule, Severity
from vaultdesk.core.alerts.sentences import moment

PAUSES = tuple(timedelta(seconds=s) for s in (5, 30, 120, 600, 3600))
"""How long after each failed attempt the next one comes; the last one over and over."""

GIVE_UP_AFTER = timedelta(hours=24)
"""How old an alert may be at its next attempt."""

LATE = timedelta(minutes=1)
"""A notice delivered later than this says when it happened."""


class DeliveryState(StrEnum):
    """How far a notice came on one channel."""

    PENDING = "pending"
    HELD = "held"
    """Waits for the end of quiet hours."""
    DELIVERED = "delivered"
    FAILED = "failed"
    OFF = "switched off"


OPEN = (DeliveryState.PENDING, DeliveryState.HELD)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One alert on one channel.

    Attributes:
        alert: its id.
        channel: as rules name it.
        due: when to try next.
        made: when it was written down.
        state: how far it came.
        attempts: begun so far.
        result: what the receiver said, or why it failed.
        at: of the result.
    """

    alert: str
    channel: str
    due: datetime
    made: datetime
    state: DeliveryState = DeliveryState.PENDING
    attempts: int = 0
    result: str = ""
    at: datetime | None = None


class Deed(StrEnum):
    """What somebody did about an alert."""

    ACKNOWLEDGED = "acknowledged"
    SNOOZED = "snoozed"


@dataclass(frozen=True, slots=True)
class Action:
    """A row of who did what: about one crossing of a rule, or the rule itself (crossing 0)."""

    deed: Deed
    rule: str
    crossing: int
    who: str
    at: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """What a desk finds of its alerts when it opens.

    `rules` is None before any were saved. `profile` is a UUID that stays with the database;
    `watched_at` when the desk watched last; `levels` the call and close-out levels by which the
    default rules were made.
    """

    profile: str
    rules: tuple[Rule, ...] | None
    latches: Mapping[str, Latch]
    watched_at: datetime | None = None
    levels: tuple[Decimal, Decimal] | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """What must be kept together or not at all.

    `rules` take the place of all; None leaves them. `levels` are those that default rules were made
    by, `watched_at` is when the desk last watched.
    """

    latches: Mapping[str, Latch] = field(default_factory=dict)
    alerts: tuple[Alert, ...] = ()
    deliveries: tuple[Delivery, ...] = ()
    actions: tuple[Action, ...] = ()
    watched_at: datetime | None = None
    rules: tuple[Rule, ...] | None = None
    levels: tuple[Decimal, Decimal] | None = None

    def and_then(self, later: "Batch") -> "Batch":
        """Both in one."""
        return Batch(
            {**self.latches, **later.latches},
            self.alerts + later.alerts,
            self.deliveries + later.deliveries,
            self.actions + later.actions,
            later.watched_at or self.watched_at,
            self.rules if later.rules is None else later.rules,
            later.levels or self.levels,
        )


@dataclass(frozen=True, slots=True)
class AlertRecord:
    """An alert as the history shows it."""

    alert: Alert
    deliveries: tuple[Delivery, ...] = ()
    acknowledged_at: datetime | None = None
    acknowledged_by: str = ""


@dataclass(frozen=True, slots=True)
class HistoryQuery:
    """Which part of the history, newest first: each field narrows it.

    `text` is looked for in rule, metric, subject and sentence; `severity` is the least;
    `unacknowledged` leaves only what somebody still has to take note of.
    """

    since: datetime | None = None
    severity: Severity = Severity.INFO
    text: str = ""
    unacknowledged: bool = False
    limit: int | None = None


def deliveries_of(
    alert: Alert, now: datetime, quiet: QuietHours | None = None
) -> tuple[Delivery, ...]:
    """One for each channel of the alert, due at once or at the end of quiet hours."""
    held = quiet.held_until(alert.severity, now) if quiet else None
    due = held or now
    state = DeliveryState.HELD if held else DeliveryState.PENDING
    return tuple(Delivery(alert.id, name, due, now, state) for name in sorted(alert.channels))


def begun(delivery: Delivery, now: datetime) -> Delivery:
    """An attempt is about to be made; if nobody lives to tell how it went, the next is due."""
    pause = PAUSES[min(delivery.attempts, len(PAUSES) - 1)]
    return replace(delivery, attempts=delivery.attempts + 1, due=now + pause)


def succeeded(delivery: Delivery, result: str, now: datetime) -> Delivery:
    """The receiver has it."""
    return replace(delivery, state=DeliveryState.DELIVERED, result=result, at=now)


def refused(
    delivery: Delivery, reason: str, now: datetime, retry_at: datetime | None = None
) -> Delivery:
    """The attempt failed: it stays due, later if the receiver asks so, or is given up."""
    due = max(delivery.due, retry_at) if retry_at else delivery.due
    if due - delivery.made > GIVE_UP_AFTER:
        return given_up(delivery, reason, now)
    state = DeliveryState.PENDING
    return replace(delivery, state=state, due=due, result=reason, at=now)


def given_up(delivery: Delivery, reason: str, now: datetime) -> Delivery:
    """It will not be tried again."""
    return replace(delivery, state=DeliveryState.FAILED, result=reason, at=now)


def as_told(alert: Alert, delivery: Delivery, now: datetime) -> Alert:
    """The alert as it is delivered now: one that is late, or was held, says when it happened."""
    if now - delivery.made <= LATE:
        return alert
    return replace(alert, sentence=f"At {moment(alert.at, now)}: {alert.sentence}")
