"""Values as text: the one way the desk prints money, prices, ratios, signs, ages and moments.

Nothing here follows the machine's locale: a figure copied from the desk reads the same everywhere.
"""

import math
from datetime import datetime, timedelta, tzinfo
from decimal import ROUND_CEILING, Decimal

from vaultdesk.core.calendar import NEW_YORK
from vaultdesk.core.money import plain, rounded

MISSING = "—"
"""Stands where the source gave nothing; the reason is in the tooltip or beside it."""
NOT_AVAILABLE = "n/a"
"""Stands where a formula has no finite answer."""
SIGMA = "\N{GREEK SMALL LETTER SIGMA}"

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400


def number(value: Decimal | float | None, places: int = 2) -> str:
    """A grouped number; `MISSING` for None, `NOT_AVAILABLE` for NaN and infinity, never "-0.00"."""
    return _printed(value, places, "z")


def signed(value: Decimal | float | None, places: int = 2) -> str:
    """A grouped number that always carries its sign; zero has none."""
    text = _printed(value, places, "+z")
    return text[1:] if text[:1] == "+" and not text.strip("+0.,") else text


def _printed(value: Decimal | float | None, places: int, sign: str) -> str:
    if value is None:
        return MISSING
    if not math.isfinite(value):
        return NOT_AVAILABLE
    shown = rounded(value, places) if isinstance(value, Decimal) else value
    return format(shown, f"{sign},.{places}f")


def price(value: Decimal | None) -> str:
    """A price with every digit the source gave and at least two decimals, ungrouped."""
    if value is None:
        return MISSING
    exact = plain(value)
    exponent = exact.as_tuple().exponent
    places = max(2, -exponent) if isinstance(exponent, int) else 2
    return f"{exact:.{places}f}"


def money(value: Decimal | None, currency: str, places: int = 2) -> str:
    """An amount with its currency."""
    return MISSING if value is None else f"{number(value, places)} {currency}"


def units(value: Decimal) -> str:
    """A quantity, grouped, with the decimals it has and no more."""
    return f"{plain(value):,f}"


def whole_units(value: Decimal) -> str:
    """A quantity that must be reached, up to the next whole unit."""
    return f"{value.to_integral_value(ROUND_CEILING):,f}"


def percent(fraction: Decimal | float | None, places: int = 1) -> str:
    """A fraction in per cent: 0.6 is "60.0 %"."""
    return in_percent(None if fraction is None else 100 * fraction, places)


def in_percent(value: Decimal | float | None, places: int = 1) -> str:
    """A value that is in per cent already."""
    text = number(value, places)
    return text if text in (MISSING, NOT_AVAILABLE) else f"{text} %"


def signed_percent(fraction: Decimal | float | None, places: int = 2) -> str:
    """A fraction in per cent that always carries its sign."""
    text = signed(None if fraction is None else 100 * fraction, places)
    return text if text in (MISSING, NOT_AVAILABLE) else f"{text} %"


def age(span: timedelta) -> str:
    """How long, in the two largest units that matter: "4 s", "3 min", "2 h 05 min", "3 d 4 h"."""
    seconds = max(int(span.total_seconds()), 0)
    if seconds < _MINUTE:
        return f"{seconds} s"
    if seconds < _HOUR:
        return f"{seconds // _MINUTE} min"
    if seconds < _DAY:
        return f"{seconds // _HOUR} h {seconds % _HOUR // _MINUTE:02d} min"
    return f"{seconds // _DAY} d {seconds % _DAY // _HOUR} h"


def new_york(moment: datetime) -> str:
    """A moment as the exchange's clock shows it, with the zone's name."""
    return f"{moment.astimezone(NEW_YORK):%Y-%m-%d %H:%M:%S %Z}"


def local(moment: datetime, zone: tzinfo | None = None) -> str:
    """A moment as this machine's clock shows it (or that of `zone`), with the zone's name."""
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M:%S %Z}"


def local_time(moment: datetime, zone: tzinfo | None = None) -> str:
    """The time of day of a moment on this machine's clock (or that of `zone`)."""
    return f"{moment.astimezone(zone):%H:%M:%S}"


def local_minute(moment: datetime, zone: tzinfo | None = None) -> str:
    """A moment to the minute on this machine's clock (or that of `zone`), with the zone's name."""
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M %Z}"
