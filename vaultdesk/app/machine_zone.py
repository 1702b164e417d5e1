"""The time zone this machine's clock shows, with its summer time, as a tzinfo."""

from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


class MachineZone(tzinfo):
    """Asks the system for the offset of each moment.

    `datetime.astimezone()` gives an offset fixed at that moment, an hour off after the clocks
    change; no standard class follows the system's zone.
    """

    def utcoffset(self, moment: datetime | None) -> timedelta | None:
        """Of a moment on this clock."""
        return None if moment is None else moment.replace(tzinfo=None).astimezone().utcoffset()

    def dst(self, moment: datetime | None) -> None:
        """Not told by the system apart from the offset."""
        del moment

    def tzname(self, moment: datetime | None) -> str | None:
        """The zone's abbreviation at a moment on this clock."""
        return None if moment is None else moment.replace(tzinfo=None).astimezone().tzname()

    def fromutc(self, moment: datetime) -> datetime:
        """A moment given in UTC, on this clock."""
        return moment.replace(tzinfo=UTC).astimezone().replace(tzinfo=self)


def zone_name() -> str:
    """The IANA name of the zone this machine's clock shows; "UTC" where the system has no name."""
    from PySide6.QtCore import QTimeZone  # noqa: PLC0415 (knows how each system names its zone)

    name = bytes(QTimeZone.systemTimeZoneId().data()).decode()
    try:
        return ZoneInfo(name).key
    except (ValueError, ZoneInfoNotFoundError):
        return "UTC"
