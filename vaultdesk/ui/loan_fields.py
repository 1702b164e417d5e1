"""The fields of a facility as data: how each is labelled, typed, read, and written back."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any, TypeVar

from vaultdesk.core.loan.vocabulary import OUNCES_PER_GRAM, OUNCES_PER_KILOGRAM, Asset, DayCount
from vaultdesk.ui import reading
from vaultdesk.ui.format import number, units

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal

T = TypeVar("T")

CONTENT = re.compile(r"(?i)(.*?)\s*(oz|kg|g)(?:\s+([0-9.]+))?")
"""A weight with its unit and, where it is not of pure gold, the fineness per thousand."""
CALENDARS = (
    "XSWX", "XLON", "XFRA", "XPAR", "XLUX", "XWBO", "XMIL", "XAMS", "XDUB", "XNYS", "XTSE",
    "XHKG", "XSES", "XTKS", "XASX",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """One field: its name in the rules, its label, an example, how it is read and written.

    `choices` are (word shown, value) pairs of a field that is chosen from a list; `echoes` says
    whether the value as read is told beside the field.
    """

    name: str
    label: str
    example: str
    meaning: str
    read: Callable[[str], Any]
    write: Callable[[Any], str] = str
    choices: tuple[tuple[str, Any], ...] = ()
    echoes: bool = False


def level(fraction: Decimal) -> str:
    """A fraction in per cent, with all of its digits."""
    return f"{units(100 * fraction)} %"


def plain_text(text: str) -> str:
    """What was typed, without spaces around it."""
    return text.strip()


def capitals(text: str) -> str:
    """A symbol or currency: capitals, without spaces around it."""
    return text.strip().upper()


def whole(text: str) -> int:
    """A whole number.

    Raises:
        reading.Unreadable: It is none.
    """
    value = reading.amount(text)
    if value != value.to_integral_value():
        raise reading.Unreadable("Type a whole number.")
    return int(value)


def per_year(text: str) -> Decimal:
    """An interest rate, a fraction a year: "6" and "6 %" mean 6 %, "0.5" needs its sign.

    Raises:
        reading.Unreadable: It is no number, or could be read in two ways.
    """
    typed = text.strip()
    body = typed.removesuffix("%").rstrip()
    value = reading.amount(body)
    if body == typed and 0 < abs(value) < 1:
        raise reading.Unreadable(f"Is it {units(value)} % or {level(value)}? Type the % sign.")
    return value / 100


def day(text: str) -> date | None:
    """A day as 2026-12-01; None where nothing was typed.

    Raises:
        reading.Unreadable: It is no day.
    """
    return _iso(text, date.fromisoformat, "Write the day as 2026-12-01, or leave it empty.")


def moment(text: str) -> datetime | None:
    """A day, or a day and a time, without a zone; None where nothing was typed.

    Raises:
        reading.Unreadable: It is neither.
    """
    hint = "Write 2026-12-01 or 2026-12-01 09:00, or leave it empty for now."
    value = _iso(text, datetime.fromisoformat, hint)
    if value is not None and value.tzinfo is not None:
        raise reading.Unreadable(hint)
    return value


def clock(text: str) -> time:
    """A time of day as 16:00.

    Raises:
        reading.Unreadable: It is none.
    """
    value = _iso(text, time.fromisoformat, "Write the time as 16:00.")
    if value is None or value.tzinfo is not None:
        raise reading.Unreadable("Write the time as 16:00.")
    return value


def _iso(text: str, read: Callable[[str], T], hint: str) -> T | None:
    typed = text.strip()
    if not typed:
        return None
    try:
        return read(typed)
    except ValueError as error:
        raise reading.Unreadable(hint) from error


def fine_ounces(text: str) -> Decimal:
    """Troy ounces of gold in a bar or coin: "32.1475" ounces, "1 kg", or "1 kg 999.9".

    Raises:
        reading.Unreadable: It is no weight, or no fineness.
    """
    weighed = CONTENT.fullmatch(text.strip())
    if weighed is None:
        return reading.amount(text)
    weight, unit, fineness = reading.amount(weighed[1]), weighed[2].lower(), weighed[3]
    ounces = {
        "oz": weight,
        "kg": weight * OUNCES_PER_KILOGRAM,
        "g": weight * OUNCES_PER_GRAM,
    }[unit]
    if fineness is None:
        return ounces
    per_thousand = reading.amount(fineness)
    if not 1 < per_thousand <= 1000:  # noqa: PLR2004
        raise reading.Unreadable("The fineness is per thousand, such as 999.9.")
    return ounces * per_thousand / 1000


def chosen(choices: tuple[tuple[str, Any], ...]) -> tuple[Callable[[str], Any], Callable[..., str]]:
    """How a word of a list becomes its value and back; words that are not listed are refused."""

    def read(text: str) -> Any:  # noqa: ANN401
        for word, value in choices:
            if word == text:
                return value
        raise reading.Unreadable("Choose one from the list.")

    def write(wanted: Any) -> str:  # noqa: ANN401
        return next((word for word, value in choices if value == wanted), str(wanted))

    return read, write


def choice(name: str, label: str, meaning: str, *choices: tuple[str, Any]) -> Entry:
    """A field that is chosen from a list."""
    read, write = chosen(choices)
    return Entry(name, label, "", meaning, read, write, choices)


def _amount(name: str, label: str, example: str, meaning: str) -> Entry:
    return Entry(name, label, example, meaning, reading.amount, units, echoes=True)


def _share(name: str, label: str, example: str, meaning: str) -> Entry:
    return Entry(name, label, example, meaning, reading.level, level, echoes=True)


def _day(name: str, label: str, example: str, meaning: str) -> Entry:
    return Entry(name, label, example, meaning, day, _shown)


def _shown(value: date | None) -> str:
    return "" if value is None else str(value)


def _name(meaning: str) -> Entry:
    return Entry("name", "&Name", "as the lender calls it", meaning, plain_text)


def _currency(meaning: str) -> Entry:
    return Entry("currency", "C&urrency", "USD", meaning, capitals)


UNITS = ("share", "oz", "kg", "bar", "coin")
LOT = (
    choice("asset", "C&lass", "What kind of asset it is", *((str(one), one) for one in Asset)),
    Entry("symbol", "S&ymbol", "GLD", "Listed symbol, XAU of gold, or currency of cash", capitals),
    _amount("quantity", "&Quantity", "10,000", "How many units are pledged"),
    Entry(
        "unit", "Uni&t", "", "What one unit is", plain_text, choices=tuple((u, u) for u in UNITS)
    ),
    Entry(
        "ounces_each",
        "&Gold in each",
        "1 kg 999.9 or 32.148 oz",
        "Weight of one unit and its fineness, or its fine troy ounces",
        fine_ounces,
        units,
        echoes=True,
    ),
    _share("advance_rate", "&Advance rate", "70 %", "What the lender advances on its value"),
    _day(
        "since",
        "Pledged &from",
        "always, or 2026-12-01",
        "First day on which it is pledged; empty for always",
    ),
    _day(
        "until",
        "&Until",
        "open, or 2026-12-01",
        "First day on which it is not any more; empty for open",
    ),
    _name("The lender's name of the lot; may be empty"),
)
TRANCHE = (
    _amount("principal", "&Principal", "2,100,000 or 2.1M", "What was drawn"),
    _currency("The currency it is owed in, three letters"),
    Entry(
        "rate", "Interest a &year", "6 %", "Interest a year, in per cent", per_year, level,
        echoes=True,
    ),
    choice("day_count", "Day coun&t", "How days of interest are counted",
           *((str(one), one) for one in DayCount)),
    choice("capitalising", "&Interest due is", "What becomes of interest that falls due",
           ("paid", False), ("added to the principal", True)),
    choice("period_months", "Due e&very", "How often interest falls due", ("at the end", 0),
           ("month", 1), ("3 months", 3), ("6 months", 6), ("year", 12)),
    _day("since", "Dra&wn on", "2026-12-01", "The day interest runs from"),
    _day("until", "&Repaid on", "open, or 2026-12-01", "The day it is repaid; empty for open"),
    _amount("fees", "&Fees owed", "0", "What is owed besides"),
    _name("The lender's name of the loan; may be empty"),
)  # fmt: skip
RESERVE = (
    _amount("amount", "&Amount", "250,000", "Money elsewhere that could cure a call"),
    _currency("The currency it is held in, three letters"),
    Entry("banking_days", "A&rrives in days", "1", "Banking days until the lender has it", whole),
    _name("Where the money is; may be empty"),
)
LENDER = (
    _share("call_ltv", "Margin &call at LTV", "75, 75 % or 0.75", "The LTV at which it calls"),
    _share("closeout_ltv", "C&lose-out at LTV", "85, 85 % or 0.85", "The LTV at which it sells"),
    Entry("currency", "Summed up &in", "USD", "The facility's currency, three letters", capitals),
    Entry("cure.count", "Time to c&ure", "2", "How long a margin call may stand", whole),
    choice("cure.hours", "&Counted in", "How that time is counted",
           ("banking days", False), ("hours", True)),
    Entry("cure.cut_off", "Cut-&off", "16:00", "Later notices count from the next banking day",
          clock, lambda value: value.isoformat("auto" if value.second else "minutes")),
    Entry("cure.zone", "Time &zone", "Europe/Zurich", "The lender's time zone", plain_text),
    Entry("cure.calendar", "&Holidays of", "", "The exchange whose holidays stand for the bank's",
          plain_text, choices=tuple((name, name) for name in CALENDARS)),
    choice("gold_from", "Gold &valued from", "Which price values bars and coins",
           ("GLD", "GLD"), ("XAU", "XAU")),
    Entry("effective", "Holds &from", "now, or 2026-12-01 09:00",
          "When these terms come into force, in the lender's time; empty for now", moment,
          lambda value: value.isoformat(" ", "auto" if value.second else "minutes")
          if value else ""),
)  # fmt: skip
SIMPLE = (
    Entry("symbol", "S&ymbol pledged", "GLD", "The listed symbol that is pledged", capitals),
    _amount("units", "&Units pledged", "10,000", "How many units are pledged"),
    _amount("amount", "Loan &amount", "2,100,000 or 2.1M", "What is owed"),
    Entry("currency", "Curr&ency", "USD", "The loan's currency, three letters", capitals),
    *LENDER[:2],
)
"""The fields of the simplest facility."""


def echo(entry: Entry, text: str) -> str:
    """What stands beside a field: the value as it was read, "" when it could not be."""
    if not entry.echoes:
        return ""
    try:
        value = entry.read(text)
    except reading.Unreadable:
        return ""
    if entry.read is fine_ounces:
        return f"= {number(value, 4)} fine oz"
    return f"= {entry.write(value)}"
