"""Numbers, times and ages as a document prints them: in English and ISO, whatever the locale."""

from __future__ import annotations

import math
from datetime import UTC
from decimal import Decimal
from typing import TYPE_CHECKING

from vaultdesk.core.calendar import NEW_YORK
from vaultdesk.core.money import plain, rounded

if TYPE_CHECKING:
    from datetime import datetime, timedelta

MISSING = "none"
"""Stands where there is no number; what that means is said beside it."""
MINUTE, HOUR, DAY = 60, 3600, 86_400


def number(value: Decimal | float | None, places: int = 2, *, signed: bool = False) -> str:
    """Grouped, halves away from zero; every other number of a document goes through here."""
    if value is None or not math.isfinite(value):
        return MISSING
    exact = value if isinstance(value, Decimal) else Decimal(repr(value))
    shown = rounded(exact, places)
    return format(shown, f"{'+' if signed and shown else ''}z,.{places}f")


def money(value: Decimal | None, currency: str, places: int = 2) -> str:
    """An amount with its currency."""
    text = number(value, places)
    return text if value is None else f"{text} {currency}"


def percent(fraction: Decimal | float | None, places: int = 2, *, signed: bool = False) -> str:
    """A fraction in per cent: 0.6 is "60.00 %"."""
    text = number(None if fraction is None else 100 * fraction, places, signed=signed)
    return text if text == MISSING else f"{text} %"


def price(value: Decimal | None) -> str:
    """With every digit that the source gave, and at least two decimals."""
    if value is None:
        return MISSING
    exponent = plain(value).as_tuple().exponent
    return number(value, max(2, -exponent) if isinstance(exponent, int) else 2)


def quantity(value: Decimal) -> str:
    """With the decimals it has and no more."""
    return f"{plain(value):,f}"


def moment(at: datetime) -> str:
    """By UTC: "2026-07-10 19:30:00"."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}"


def moments(at: datetime) -> str:
    """By UTC and by the exchange's clock."""
    return f"{moment(at)} UTC ({at.astimezone(NEW_YORK):%Y-%m-%d %H:%M:%S} New York)"


def age(span: timedelta) -> str:
    """How long: to the second below an hour, unlike the desk, whose ages are seen to change."""
    seconds = max(int(span.total_seconds()), 0)
    if seconds < MINUTE:
        return f"{seconds} s"
    if seconds < HOUR:
        return f"{seconds // MINUTE} min {seconds % MINUTE} s"
    if seconds < DAY:
        return f"{seconds // HOUR} h {seconds % HOUR // MINUTE} min"
    return f"{seconds // DAY} d {seconds % DAY // HOUR} h"
