"""Quiet hours: when notices wait, and until when."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo

from vaultdesk.core.alerts.records import Severity


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From `start` to `end` by the clock of `zone`, every day, over midnight if `end` is earlier.

    The end itself is no longer quiet. Equal times are no quiet hours at all.
    """

    start: time
    end: time
    zone: tzinfo

    def held_until(self, severity: Severity, at: datetime) -> datetime | None:
        """When a notice of `at` may be delivered, in UTC; None if at once, as close-out always."""
        local = at.astimezone(self.zone)
        if severity is Severity.CLOSEOUT or not self._covers(local.time()):
            return None
        day = local.date() + timedelta(days=local.time() >= self.end)
        return datetime.combine(day, self.end, self.zone).astimezone(UTC)

    def _covers(self, moment: time) -> bool:
        if self.start <= self.end:
            return self.start <= moment < self.end
        return moment >= self.start or moment < self.end
