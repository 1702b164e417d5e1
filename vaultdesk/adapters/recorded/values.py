"""Single values of a recorded line: text and numbers in, exact values out, None for nonsense."""

import json
import math
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from vaultdesk.core.market import Quality, VendorGreeks
from vaultdesk.core.money import plain

LARGEST = Decimal("1e12")
"""No price or count reaches this; without a bound, 1e999999999 would print for minutes."""

MOST_DIGITS = 50
MOST_PLACES = 40

Faults = dict[tuple[str, str], int]
"""How often a field was "missing" or "unusable"."""

_DECODER = json.JSONDecoder(parse_float=Decimal, parse_constant=Decimal)
VENDOR_FIELDS = ("iv", "delta", "gamma", "theta", "vega", "rho")
_KEPT = (Quality.STALE, Quality.SIMULATED, Quality.HYPOTHETICAL)


class BadLineError(ValueError):
    """A line cannot be used; the text goes on from "Line 7 ..."."""


def decoded(text: str) -> dict[str, Any]:
    """The JSON object of a line, its fractions exact.

    Raises:
        BadLineError: It is not one.
    """
    try:
        record = _DECODER.decode(text)
    except (ValueError, RecursionError):
        raise BadLineError("is not JSON.") from None
    if not isinstance(record, dict):
        raise BadLineError("is not a JSON object.")
    return record


def count_fault(faults: Faults, field: str, fault: str) -> None:
    """Add one to how often this happened to this field."""
    faults[field, fault] = faults.get((field, fault), 0) + 1


def sentences(number: int, faults: Faults) -> tuple[str, ...]:
    """What was wrong in a line, one sentence for each field and fault."""
    return tuple(
        f"Line {number}: {field} {fault}{f' ({times} times)' if times > 1 else ''}."
        for (field, fault), times in faults.items()
    )


def decimal(value: object) -> Decimal | None:
    """The finite, non-negative number of a decimal string or JSON number; None for all else."""
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        return None
    if isinstance(value, str) and len(value) > MOST_DIGITS:
        return None
    try:
        number = Decimal(value)
    except InvalidOperation:
        return None
    if not number.is_finite() or not 0 <= number < LARGEST:
        return None
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int) or exponent < -MOST_PLACES:
        return None
    return plain(number) if exponent > 0 else number.copy_abs()


def price(record: Mapping[str, Any], field: str, faults: Faults) -> Decimal | None:
    """The price under `field`; absent, null and nonsense are None, all but null are a fault."""
    value = record.get(field)
    if value is None:
        if field not in record:
            count_fault(faults, field, "missing")
        return None
    number = decimal(value)
    if number is None:
        count_fault(faults, field, "unusable")
    return number


def positive(record: Mapping[str, Any], field: str, faults: Faults) -> Decimal | None:
    """The price under `field` where zero, too, means that there is none."""
    return price(record, field, faults) or None


def count(record: Mapping[str, Any], field: str, faults: Faults) -> int | None:
    """The whole, non-negative number under `field`; an absent key is as good as null."""
    value = record.get(field)
    if value is None:
        return None
    number = decimal(value)
    if number is None or number != number.to_integral_value():
        count_fault(faults, field, "unusable")
        return None
    return int(number)


def moment(value: object) -> datetime | None:
    """An ISO-8601 time with its offset, in UTC; None without an offset or for nonsense."""
    if not isinstance(value, str):
        return None
    try:
        time = datetime.fromisoformat(value)
        return time.astimezone(UTC) if time.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None


def day(value: object) -> date | None:
    """An ISO date; None for nonsense."""
    if not isinstance(value, str):
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def name(value: object, limit: int = 40) -> str | None:
    """Printable ASCII of at most `limit` characters; None for anything else."""
    if not isinstance(value, str) or not 0 < len(value) <= limit:
        return None
    return value if value.isascii() and value.isprintable() else None


def note(value: object) -> str:
    """Free text as it may be shown: one printable line, cut at 200 characters."""
    text = value if isinstance(value, str) else ""
    return "".join(c if c.isprintable() else " " for c in text[:200]).strip()


def recorded_source(value: object) -> str:
    """The source's name, marked as recorded once."""
    source = name(value, 100) or "unnamed source"
    return source if source.endswith("(recorded)") else f"{source} (recorded)"


def recorded_quality(value: object) -> Quality:
    """A recording is never live or delayed: what is not worse than that becomes CACHED."""
    return next((quality for quality in _KEPT if quality == value), Quality.CACHED)


def vendor(value: object) -> VendorGreeks:
    """The vendor's figures as binary floats; what is not a finite number is None."""
    if not isinstance(value, dict):
        return VendorGreeks()
    return VendorGreeks(*(_figure(value.get(field)) for field in VENDOR_FIELDS))


def _figure(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    try:
        figure = float(value)
    except (OverflowError, ValueError):
        return None
    return figure if math.isfinite(figure) else None
