"""Which pairs, expiries and strikes the simulated exchange lists: GLD's pattern of summer 2026.

Fridays for six weeks, Mondays and Wednesdays for two, third Fridays (the day before where that is a
holiday) of every month for half a year, quarterly to fourteen months, then January, June and
December up to two and a half years; and the last day of each quarter for a year.
"""

import math
from collections.abc import Callable
from datetime import date, timedelta

from vaultdesk.core.currencies import currency_pair

Trades = Callable[[date], bool]

_MONDAY, _WEDNESDAY, _FRIDAY = 0, 2, 4
_MONTHLY_DAYS, _QUARTERLY_DAYS, _LEAPS_DAYS = 195, 440, 900
_QUARTERS = (3, 6, 9, 12)
_LEAPS_MONTHS = (1, 6, 12)
_YEAR_DAYS = 365
DOLLAR_STRIKES_DAYS = 110

DOLLAR = "USD"
DOLLARS_FOR = {
    "AUD": 0.655, "CAD": 0.73, "CHF": 1.255, "CNY": 0.1395, "EUR": 1.169, "GBP": 1.352,
    "HKD": 0.1274, "JPY": 0.0068, "NOK": 0.099, "NZD": 0.602, "SEK": 0.105, "SGD": 0.781,
    DOLLAR: 1.0,
}  # fmt: skip
"""What a unit of each currency costs where the simulated market begins, as about July 2026."""


def is_pair(symbol: str) -> bool:
    """Whether the symbol is a pair of two listed currencies."""
    pair = currency_pair(symbol)
    return pair is not None and DOLLARS_FOR.keys() >= set(pair)


def expirations(today: date, trades: Trades) -> tuple[date, ...]:
    """The listed expiries from today on, ascending; all are trading days."""
    friday = today + timedelta((_FRIDAY - today.weekday()) % 7)
    listed = {_moved(friday + timedelta(weeks=week), trades) for week in range(6)}
    fortnight = (today + timedelta(days) for days in range(14))
    listed.update(
        day for day in fortnight if day.weekday() in (_MONDAY, _WEDNESDAY) and trades(day)
    )
    for ahead in range(_LEAPS_DAYS // 28):
        years, month = divmod(today.month - 1 + ahead, 12)
        year, month = today.year + years, month + 1
        third_friday = _moved(_third_friday(year, month), trades)
        if (third_friday - today).days <= _reach(month):
            listed.add(third_friday)
        quarter_end = _moved(_month_end(year, month), trades)
        if month in _QUARTERS and (quarter_end - today).days <= _YEAR_DAYS:
            listed.add(quarter_end)
    return tuple(sorted(day for day in listed if day >= today))


def is_monthly(expiry: date, trades: Trades) -> bool:
    """Whether this is a month's main expiry, where most contracts are held."""
    return expiry == _moved(_third_friday(expiry.year, expiry.month), trades)


def strikes(days: int, lowest: float, highest: float) -> tuple[int, ...]:
    """Strikes in whole dollars for an expiry this many days away, ascending.

    `lowest` and `highest` are the prices the range has to cover: the farther the expiry, the wider,
    up to 55 % of the lowest and 160 % of the highest. Every dollar near the money up to 110 days
    and every five beyond; for LEAPS five near and ten beyond.
    """
    root = math.sqrt(days / _YEAR_DAYS)
    bottom = lowest * max(0.55, 0.85 - 0.5 * root)
    top = highest * min(1.60, 1.15 + 0.55 * root)
    near, far, step = _steps(days)
    wide = range(-int(-bottom // far) * far, int(top) + 1, far)
    close = range(int(lowest * (1 - near)) // step * step, int(highest * (1 + near)) + 1, step)
    return tuple(sorted({*wide, *close}))


def _steps(days: int) -> tuple[float, int, int]:
    """Half the width of the near band as a fraction, the step outside it, the step within."""
    if days <= DOLLAR_STRIKES_DAYS:
        return 0.10, 5, 1
    if days <= _YEAR_DAYS:
        return 0.0, 5, 5
    return 0.25, 10, 5


def _reach(month: int) -> int:
    """How many days ahead a month's main expiry is listed."""
    if month in _LEAPS_MONTHS:
        return _LEAPS_DAYS
    return _QUARTERLY_DAYS if month in _QUARTERS else _MONTHLY_DAYS


def _third_friday(year: int, month: int) -> date:
    fifteenth = date(year, month, 15)
    return fifteenth + timedelta((_FRIDAY - fifteenth.weekday()) % 7)


def _month_end(year: int, month: int) -> date:
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(1)


def _moved(day: date, trades: Trades) -> date:
    """The day itself, or the last trading day before it."""
    while not trades(day):
        day -= timedelta(1)
    return day
