"""Numbers and times as TWS writes them, or leaves them out."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from vaultdesk.core.money import plain

NEW_YORK = ZoneInfo("America/New_York")

UNSET = Decimal("1e24")
"""From here on a number is none: TWS writes 1.7976931348623157E308 (or e+308) for "not given"."""

QUARTER = timedelta(minutes=15)
"""Every time zone is a multiple of this away from UTC."""

FARTHEST = timedelta(hours=14)
"""The most a time zone is away from UTC."""

_TIME = re.compile(r"(\d{8})(-| +)(\d\d:\d\d:\d\d)(?: (.+))?", re.ASCII)


def given(text: str) -> Decimal | None:
    """The number a field holds; None where it is blank, unset, or no number such as "[]"."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    if not number.is_finite() or abs(number) >= UNSET:
        return None
    return plain(number)


def amount(text: str) -> Decimal | None:
    """Money likewise; -1 without decimals also says that there is none (money has cents)."""
    return None if text.strip() == "-1" else given(text)


def number(text: str) -> Decimal:
    """A number that must be there; a blank is zero.

    Raises:
        ValueError: it is none.
    """
    value = given(text or "0")
    if value is None:
        raise ValueError(f"'{text}' is not a number")
    return value


def whole(text: str) -> int:
    """An integer that must be there; a blank is zero.

    Raises:
        ValueError: it is none.
    """
    value = number(text)
    if value != int(value):
        raise ValueError(f"'{text}' is not a whole number")
    return int(value)


def moment(text: str, zone: tzinfo) -> datetime:
    """The time of "20260710 11:00:00 US/Eastern", in UTC.

    `zone` is TWS's own: it applies where the text names none, or one nobody knows. A dash between
    day and time says UTC. The zone of the machine the desk runs on plays no part.

    Raises:
        ValueError: it is no time.
    """
    found = _TIME.fullmatch(text)
    if found is None:
        raise ValueError(f"'{text}' is not a time")
    day, between, hour, name = found.groups()
    local = datetime.strptime(f"{day} {hour}", "%Y%m%d %H:%M:%S")  # noqa: DTZ007 - follows
    if between == "-" and name is None:
        return local.replace(tzinfo=UTC)
    try:
        return local.replace(tzinfo=_named(name) or zone).astimezone(UTC)
    except OverflowError:
        raise ValueError(f"'{text}' is not a time") from None


def _named(name: str | None) -> tzinfo | None:
    """The zone of a full name; abbreviations such as EST mean too many things."""
    if name is None or ("/" not in name and name not in {"UTC", "GMT"}):
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def zone_of(greeting: str, server: datetime) -> tzinfo | None:
    """TWS's own zone: how far the local time it greets with is from its clock in UTC.

    The greeting is "20260710 11:00:00 British Summer Time"; such names are in the language of the
    machine and are not read. Executions of the same session without a zone are in this one.
    None where the greeting has no such time, or one that no zone can have.
    """
    found = _TIME.match(greeting)
    if found is None:
        return None
    day, _, hour, _ = found.groups()
    try:
        local = datetime.strptime(f"{day} {hour}", "%Y%m%d %H:%M:%S").replace(tzinfo=UTC)
    except ValueError:
        return None
    offset = round((local - server) / QUARTER) * QUARTER
    return timezone(offset) if abs(offset) <= FARTHEST else None
