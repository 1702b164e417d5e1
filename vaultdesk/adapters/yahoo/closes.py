"""From Yahoo's daily bars to closes: the days that are over and have a price, and what is wrong."""

import struct
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal

from vaultdesk.adapters.yahoo import read as values
from vaultdesk.adapters.yahoo.faults import malformed
from vaultdesk.core.market import DailyClose

Bars = Iterable[tuple[date, float]]


def read(
    symbol: str, bars: Bars, meta: values.Fields, start: date, now: datetime
) -> tuple[tuple[DailyClose, ...], tuple[str, ...]]:
    """The closes from `start` on, ascending, and a sentence for each bar that cannot be one.

    The bar of a day that still trades is left out in silence: it is a price, no close.

    Raises:
        FeedError: MALFORMED when the chart says nothing of its symbol.
    """
    if not meta.get("symbol"):
        raise malformed(symbol)
    trading = open_from(meta, now)
    good: dict[date, DailyClose] = {}
    problems: list[str] = []
    for day, value in bars:
        if not start <= day < trading:
            continue
        close = _close(value)
        if close is None:
            problems.append(f"{day.isoformat()} has no close.")
        elif day in good:
            problems.append(f"{day.isoformat()} is listed twice; the first row is used.")
        else:
            good[day] = DailyClose(day, close)
    return tuple(good[day] for day in sorted(good)), tuple(problems)


def open_from(meta: values.Fields, now: datetime) -> date:
    """The first day, at the exchange, that is not over at `now`; today where it does not say."""
    periods = meta.get("currentTradingPeriod")
    regular = periods.get("regular") if isinstance(periods, dict) else None
    ends = regular.get("end") if isinstance(regular, dict) else None
    if not isinstance(ends, datetime):
        return now.date()
    return ends.date() if now < ends else date.max


def summary(symbol: str, problems: Sequence[str]) -> str:
    """What was left out, in one sentence; empty if nothing was."""
    if not problems:
        return ""
    more = f" and {len(problems) - 1} more" if len(problems) > 1 else ""
    return f"Left out of the daily closes of {symbol}: {problems[0].rstrip('.')}{more}."


def _close(value: object) -> Decimal | None:
    """A positive price; one that was 32 bits wide is read as the decimal it was printed from."""
    found = values.number(value)
    if found is None:
        return None
    narrow = struct.unpack("f", struct.pack("f", found))[0] == found
    return values.price(values.from_float32(found) if narrow else found)
