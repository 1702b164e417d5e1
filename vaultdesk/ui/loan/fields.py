"""The fields of a facility as data: how each is labelled, typed, read, and written back."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any, TypeVar

from vaultdesk.core.loan.vocabulary import OUNCES_PER_GRAM, OUNCES_PER_KILOGRAM, Asset, DayCount
from vaultdesk.ui import reading
from vaultdesk.ui.format import dated, in_manner, number, units
from vaultdesk.ui.translation import tr

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


AMOUNT = tr("{amount} or {short}").format(amount=in_manner("2,100,000"), short=in_manner("2.1M"))
"""An amount as it may be typed."""


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
        raise reading.Unreadable(tr("Type a whole number."))
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
        raise reading.Unreadable(
            tr("Is it {units} % or {level}? Type the % sign.").format(
                units=units(value), level=level(value)
            )
        )
    return value / 100


def day(text: str) -> date | None:
    """A day as 2026-12-01 or in the user's order; None where nothing was typed.

    Raises:
        reading.Unreadable: It is no day.
    """
    if not text.strip():
        return None
    try:
        return reading.day(text)
    except reading.Unreadable as error:
        hint = tr("Write the day as {example}, or leave it empty.")
        raise reading.Unreadable(hint.format(example=dated(reading.EXAMPLE))) from error


def moment(text: str) -> datetime | None:
    """A day, or a day and a time, without a zone; None where nothing was typed.

    Raises:
        reading.Unreadable: It is neither.
    """
    on, _, at = text.strip().replace("T", " ").partition(" ")
    if not on:
        return None
    try:
        return datetime.combine(reading.day(on), clock(at) if at.strip() else time())
    except reading.Unreadable as error:
        hint = tr("Write {example} or {example} 09:00, or leave it empty for now.")
        raise reading.Unreadable(hint.format(example=dated(reading.EXAMPLE))) from error


def moment_text(value: datetime | None) -> str:
    """A moment as it is typed, with seconds where it has some."""
    if value is None:
        return ""
    return f"{dated(value)} {value.time().isoformat('auto' if value.second else 'minutes')}"


def clock(text: str) -> time:
    """A time of day as 16:00.

    Raises:
        reading.Unreadable: It is none.
    """
    hint = tr("Write the time as 16:00.")
    try:
        value = time.fromisoformat(text.strip())
    except ValueError as error:
        raise reading.Unreadable(hint) from error
    if value.tzinfo is not None:
        raise reading.Unreadable(hint)
    return value


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
        raise reading.Unreadable(tr("The fineness is per thousand, such as 999.9."))
    return ounces * per_thousand / 1000


def chosen(choices: tuple[tuple[str, Any], ...]) -> tuple[Callable[[str], Any], Callable[..., str]]:
    """How a word of a list becomes its value and back; words that are not listed are refused."""

    def read(text: str) -> Any:  # noqa: ANN401
        for word, value in choices:
            if word == text:
                return value
        raise reading.Unreadable(tr("Choose one from the list."))

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
    return "" if value is None else dated(value)


def _name(meaning: str) -> Entry:
    return Entry("name", tr("&Name"), tr("as the lender calls it"), meaning, plain_text)


def _currency(meaning: str) -> Entry:
    return Entry("currency", tr("C&urrency"), "USD", meaning, capitals)


UNITS = ("share", "oz", "kg", "bar", "coin")
"""As they are kept in the terms, in every language."""
LOT = (
    choice(
        "asset", tr("C&lass"), tr("What kind of asset it is"), *((str(one), one) for one in Asset)
    ),
    Entry(
        "symbol",
        tr("S&ymbol"),
        "GLD",
        tr("Listed symbol, XAU of gold, or currency of cash"),
        capitals,
    ),
    _amount("quantity", tr("&Quantity"), in_manner("10,000"), tr("How many units are pledged")),
    Entry(
        "unit",
        tr("Uni&t"),
        "",
        tr("What one unit is"),
        plain_text,
        choices=tuple((u, u) for u in UNITS),
    ),
    Entry(
        "ounces_each",
        tr("&Gold in each"),
        tr("{bar} or {ounces} oz").format(bar=in_manner("1 kg 999.9"), ounces=in_manner("32.148")),
        tr("Weight of one unit and its fineness, or its fine troy ounces"),
        fine_ounces,
        units,
        echoes=True,
    ),
    _share(
        "advance_rate", tr("&Advance rate"), "70 %", tr("What the lender advances on its value")
    ),
    _day(
        "since",
        tr("Pledged &from"),
        tr("always, or 2026-12-01"),
        tr("First day on which it is pledged; empty for always"),
    ),
    _day(
        "until",
        tr("&Until"),
        tr("open, or 2026-12-01"),
        tr("First day on which it is not any more; empty for open"),
    ),
    _name(tr("The lender's name of the lot; may be empty")),
)
TRANCHE = (
    _amount("principal", tr("&Principal"), AMOUNT, tr("What was drawn")),
    _currency(tr("The currency it is owed in, three letters")),
    Entry(
        "rate", tr("Interest a &year"), "6 %", tr("Interest a year, in per cent"), per_year, level,
        echoes=True,
    ),
    choice("day_count", tr("Day coun&t"), tr("How days of interest are counted"),
           *((str(one), one) for one in DayCount)),
    choice("capitalising", tr("&Interest due is"), tr("What becomes of interest that falls due"),
           (tr("paid"), False), (tr("added to the principal"), True)),
    choice("period_months", tr("Due e&very"), tr("How often interest falls due"),
           (tr("at the end"), 0),
           (tr("month"), 1), (tr("3 months"), 3), (tr("6 months"), 6), (tr("year"), 12)),
    _day("since", tr("Dra&wn on"), "2026-12-01", tr("The day interest runs from")),
    _day("until", tr("&Repaid on"), tr("open, or 2026-12-01"),
         tr("The day it is repaid; empty for open")),
    _amount("fees", tr("&Fees owed"), "0", tr("What is owed besides")),
    _name(tr("The lender's name of the loan; may be empty")),
)  # fmt: skip
RESERVE = (
    _amount(
        "amount", tr("&Amount"), in_manner("250,000"), tr("Money elsewhere that could cure a call")
    ),
    _currency(tr("The currency it is held in, three letters")),
    Entry(
        "banking_days",
        tr("A&rrives in days"),
        "1",
        tr("Banking days until the lender has it"),
        whole,
    ),
    _name(tr("Where the money is; may be empty")),
)
LENDER = (
    _share("call_ltv", tr("Margin &call at LTV"),
           tr("75, 75 % or {level}").format(level=in_manner("0.75")),
           tr("The LTV at which it calls")),
    _share("closeout_ltv", tr("C&lose-out at LTV"),
           tr("85, 85 % or {level}").format(level=in_manner("0.85")),
           tr("The LTV at which it sells")),
    Entry("currency", tr("Summed up &in"), "USD", tr("The facility's currency, three letters"),
          capitals),
    Entry("cure.count", tr("Time to c&ure"), "2", tr("How long a margin call may stand"), whole),
    choice("cure.hours", tr("&Counted in"), tr("How that time is counted"),
           (tr("banking days"), False), (tr("hours"), True)),
    Entry("cure.cut_off", tr("Cut-&off"), "16:00",
          tr("Later notices count from the next banking day"),
          clock, lambda value: value.isoformat("auto" if value.second else "minutes")),
    Entry("cure.zone", tr("Time &zone"), tr("Europe/Zurich"), tr("The lender's time zone"),
          plain_text),
    Entry("cure.calendar", tr("&Holidays of"), "",
          tr("The exchange whose holidays stand for the bank's"),
          plain_text, choices=tuple((name, name) for name in CALENDARS)),
    choice("gold_from", tr("Gold &valued from"), tr("Which price values bars and coins"),
           ("GLD", "GLD"), ("XAU", "XAU")),
    Entry("effective", tr("Holds &from"), tr("now, or 2026-12-01 09:00"),
          tr("When these terms come into force, in the lender's time; empty for now"), moment,
          moment_text),
)  # fmt: skip
SIMPLE = (
    Entry(
        "symbol", tr("S&ymbol pledged"), "GLD", tr("The listed symbol that is pledged"), capitals
    ),
    _amount("units", tr("&Units pledged"), in_manner("10,000"), tr("How many units are pledged")),
    _amount("amount", tr("Loan &amount"), AMOUNT, tr("What is owed")),
    Entry("currency", tr("Curr&ency"), "USD", tr("The loan's currency, three letters"), capitals),
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
        return tr("= {number} fine oz").format(number=number(value, 4))
    return f"= {entry.write(value)}"
