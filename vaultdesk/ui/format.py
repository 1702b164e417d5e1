"""Values as text: the one way the desk prints money, prices, ratios, signs, ages and moments.

All of it follows the user's manner (`vaultdesk.ui.manner`); what is copied or written to a file is
printed under `following(FILES)` and reads the same everywhere.
"""

import math
from datetime import date, datetime, timedelta, tzinfo
from decimal import ROUND_CEILING, Decimal

from vaultdesk.core.calendar import NEW_YORK
from vaultdesk.core.money import plain, rounded
from vaultdesk.ui.manner import current

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
    return text[1:] if text[:1] == "+" and not any(map(text.__contains__, "123456789")) else text


def _printed(value: Decimal | float | None, places: int, sign: str) -> str:
    if value is None:
        return MISSING
    if not math.isfinite(value):
        return NOT_AVAILABLE
    shown = rounded(value, places) if isinstance(value, Decimal) else value
    return in_manner(format(shown, f"{sign},.{places}f"))


def in_manner(english: str) -> str:
    """A number that Python printed, with the user's marks between thousands and before decimals."""
    marks = current().marks
    return english.translate(marks) if marks else english


def price(value: Decimal | None) -> str:
    """A price with every digit the source gave and at least two decimals, ungrouped."""
    if value is None:
        return MISSING
    exact = plain(value)
    exponent = exact.as_tuple().exponent
    places = max(2, -exponent) if isinstance(exponent, int) else 2
    return in_manner(f"{exact:.{places}f}")


def money(value: Decimal | None, currency: str, places: int = 2) -> str:
    """An amount with its currency."""
    return MISSING if value is None else f"{number(value, places)} {currency}"


def units(value: Decimal) -> str:
    """A quantity, grouped, with the decimals it has and no more."""
    return in_manner(f"{plain(value):,f}")


def ungrouped(value: Decimal) -> str:
    """A strike and the like: with the decimals it has and no more, and nothing between."""
    return in_manner(f"{plain(value):f}")


def how_many(value: int, *, sign: bool = False) -> str:
    """How many, grouped; with `sign` a plus stands before those that are not below zero."""
    return in_manner(f"{value:+,}" if sign else f"{value:,}")


def significant(value: float, places: int) -> str:
    """A number to so many significant digits, in powers of ten where it is very large or small."""
    return in_manner(f"{value:.{places}g}")


def shift(value: Decimal | int) -> str:
    """A number that is added: with its sign, as many decimals as it has, "+0" for none."""
    return in_manner(f"{Decimal(value):+f}")


def whole_units(value: Decimal) -> str:
    """A quantity that must be reached, up to the next whole unit."""
    return in_manner(f"{value.to_integral_value(ROUND_CEILING):,f}")


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


def dated(of: date | None) -> str:
    """A day: "2026-12-18", "18.12.2026" or "12/18/2026"; `MISSING` for None."""
    return MISSING if of is None else of.strftime(current().day)


def short_day(of: date) -> str:
    """A day of this year: "1 Dec"."""
    return f"{of.day} {current().months[of.month - 1]}"


def short_month(of: date) -> str:
    """A day as "1 Dec 26"."""
    return f"{short_day(of)} {of:%y}"


def year_and_month(of: date) -> str:
    """A month: "2026-12" or "12.2026"."""
    return of.strftime(current().month_and_year)


def calendar_words(english: str) -> str:
    """A date that Python printed, with the user's names of months and days of the week."""
    names = current().names
    return " ".join(names.get(word, word) for word in english.split(" "))


def weekday(of: date) -> str:
    """A day of the week as "Mon"."""
    return current().weekdays[of.weekday()]


def hour_minute(of: datetime) -> str:
    """The time of day to the minute, on the clock the moment is in."""
    return f"{of:%H:%M}"


def day_and_minute(of: datetime) -> str:
    """A day and the time to the minute, on the clock the moment is in."""
    return f"{dated(of)} {hour_minute(of)}"


def recent(moment: datetime, zone: tzinfo | None = None) -> str:
    """A moment of this year, to the second, on this machine's clock (or that of `zone`)."""
    there = moment.astimezone(zone)
    return f"{there.strftime(current().day_and_month)} {there:%H:%M:%S}"


def new_york(moment: datetime) -> str:
    """A moment as the exchange's clock shows it, with the zone's name."""
    return _zoned(moment.astimezone(NEW_YORK))


def local(moment: datetime, zone: tzinfo | None = None) -> str:
    """A moment as this machine's clock shows it (or that of `zone`), with the zone's name."""
    return _zoned(moment.astimezone(zone))


def local_time(moment: datetime, zone: tzinfo | None = None) -> str:
    """The time of day of a moment on this machine's clock (or that of `zone`)."""
    return time_of_day(moment.astimezone(zone))


def local_minute(moment: datetime, zone: tzinfo | None = None) -> str:
    """A moment to the minute on this machine's clock (or that of `zone`), with the zone's name."""
    there = moment.astimezone(zone)
    return f"{day_and_minute(there)} {there:%Z}"


def time_of_day(of: datetime) -> str:
    """The time of day to the second, on the clock the moment is in."""
    return f"{of:%H:%M:%S}"


def _zoned(there: datetime) -> str:
    return f"{dated(there)} {time_of_day(there)} {there:%Z}"
