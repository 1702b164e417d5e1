"""What a rule and its latch say together: when it speaks again, how gravely, under which id."""

import re
from datetime import datetime

from vaultdesk.core.alerts.records import Event, Latch, Rule, Severity

ESCALATIONS = 3
"""How often a crossing that nobody acknowledges is told again."""

_ALERT_ID = re.compile(rf"(?P<rule>.+)\.(?P<crossing>[0-9]+)\.({'|'.join(Event)})(\.[0-9]+)?")


def next_due(rule: Rule, latch: Latch) -> datetime | None:
    """When a latched rule has something to say by itself, or None."""
    if not latch.beyond:
        return None
    if latch.owed:
        return held_until(rule, latch)
    if latch.acknowledged or latch.told_at is None:
        return None
    if latch.snoozed_until is not None:
        return latch.snoozed_until
    if rule.escalate_after is None or latch.escalations >= ESCALATIONS:
        return None
    return latch.told_at + rule.escalate_after


def held_until(rule: Rule, latch: Latch) -> datetime | None:
    """Before when a new crossing is not told: the cooldown's end, or the snooze's."""
    cooled = latch.told_at + rule.cooldown if latch.told_at else None
    ends = [end for end in (cooled, latch.snoozed_until) if end is not None]
    return max(ends, default=None)


def severity_of(rule: Rule, latch: Latch) -> Severity:
    """The rule's, one degree graver with each escalation; close-out is never reached that way."""
    graver = min(rule.severity + latch.escalations, Severity.CRITICAL)
    return Severity(max(rule.severity, graver))


def alert_id(rule: Rule, latch: Latch, event: Event) -> str:
    """The same for the same crossing, however often it is computed."""
    count = {Event.ESCALATED: f".{latch.escalations}", Event.REMINDED: f".{latch.reminders}"}
    return f"{rule.id}.{latch.crossings}.{event}{count.get(event, '')}"


def crossing_of(alert: str) -> tuple[str, int] | None:
    """Rule and number of the crossing that an alert's id names; None if it is no such id."""
    found = _ALERT_ID.fullmatch(alert)
    return (found["rule"], int(found["crossing"])) if found else None
