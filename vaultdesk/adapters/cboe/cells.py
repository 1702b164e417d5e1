"""Single cells of a quote table: text in, exact values out, None for nonsense."""

import math
import re
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation

from vaultdesk.core.calendar import NEW_YORK

LARGEST = Decimal("1e12")
_MOST_PLACES = 40
_MOST_DIGITS = 50

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_EASTERN = {"EDT": timezone(timedelta(hours=-4)), "EST": timezone(timedelta(hours=-5))}
_EXPIRY = re.compile(r"[A-Z][a-z]{2} ([A-Z][a-z]{2}) (\d{1,2}) (\d{4})", re.ASCII)
_TAKEN = re.compile(
    r"([A-Z][a-z]{2})[a-z]* (\d{1,2}), ?(\d{4}) at (\d{1,2}):(\d{2}) ([AP])M(?: (E[DS]T))?",
    re.ASCII,
)


def taken_at(about: str) -> datetime | None:
    """When the table was taken, from its line about the underlying, in UTC.

    EDT and EST mean what they say, also where daylight saving says otherwise.
    """
    found = _TAKEN.search(about)
    if found is None:
        return None
    month, day, year, hour, minute, half, zone = found.groups()
    try:
        return datetime(
            int(year),
            _MONTHS.index(month) + 1,
            int(day),
            int(hour) % 12 + (12 if half == "P" else 0),
            int(minute),
            tzinfo=_EASTERN.get(zone, NEW_YORK),
        ).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def expiry(text: str) -> date | None:
    """The date of "Fri Nov 17 2023", whatever the machine's language."""
    found = _EXPIRY.fullmatch(text)
    if found is None:
        return None
    try:
        return date(int(found[3]), _MONTHS.index(found[1]) + 1, int(found[2]))
    except ValueError:
        return None


def number(text: str) -> Decimal | None:
    """A finite, non-negative number, with or without thousands' commas."""
    if len(text) > _MOST_DIGITS:
        return None
    try:
        value = Decimal(text.replace(",", ""))
    except InvalidOperation:
        return None
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int) or abs(exponent) > _MOST_PLACES:
        return None
    return value if 0 <= value < LARGEST else None


def figure(text: str) -> float | None:
    """A finite binary float of either sign."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
