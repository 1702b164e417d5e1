"""Whose way numbers and dates are written and read on screen; files have one way, ISO.

A locale whose digits are not 0 to 9 keeps its order of days, and has the digits, comma and point
that its readers meet in trading: its own would turn the reading direction within a figure. Every
manner groups in threes, also where lakhs are usual, as the lender's and the exchange's papers do.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale

if TYPE_CHECKING:
    from collections.abc import Iterator

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

_FIELDS = re.compile(r"d+|M+|y+")
_WORDS = re.compile(r"\s*'[^']*'\.?")
"""What Qt writes out within a date, such as a word for the year."""
_YEAR = re.compile(r"%Y[^%]*|[^%dm]*%Y$")
_DAY = re.compile(r"%d[^%]*|[^%mY]*%d$")
_LEFT_AND_RIGHT = dict.fromkeys((0x061C, 0x200E, 0x200F))
"""Marks of the reading direction, which stand among the digits of some dates."""


@dataclass(frozen=True)  # not slotted: what follows from the fields is worked out once
class Manner:
    """What stands between thousands and before decimals, and a date as strftime has it."""

    group: str = ","
    point: str = "."
    day: str = "%Y-%m-%d"
    months: tuple[str, ...] = MONTHS
    weekdays: tuple[str, ...] = WEEKDAYS

    @cached_property
    def marks(self) -> dict[int, str]:
        """What `str.translate` makes of a comma and a point; empty where they stay."""
        marks = {ord(","): self.group, ord("."): self.point}
        return {mark: text for mark, text in marks.items() if chr(mark) != text}

    @cached_property
    def names(self) -> dict[str, str]:
        """Its names of months and days of the week by the English ones."""
        return dict(zip(MONTHS + WEEKDAYS, self.months + self.weekdays, strict=True))

    @property
    def qt_day(self) -> str:
        """A date as a field of Qt has it."""
        return self.day.replace("%Y", "yyyy").replace("%m", "MM").replace("%d", "dd")

    @cached_property
    def day_and_month(self) -> str:
        """A date of which the year is known."""
        return _YEAR.sub("", self.day).strip()

    @cached_property
    def month_and_year(self) -> str:
        """A date of which the day does not matter."""
        return _DAY.sub("", self.day).strip()


FILES = Manner()
"""Of files, of the clipboard, and of a machine that was told no locale."""

_current = FILES


def current() -> Manner:
    """The one that screens follow now."""
    return _current


def use(manner: Manner) -> None:
    """Follow another; before the first window is made, which reads it once."""
    global _current  # noqa: PLW0603  (one user, one screen: handing it to every cell would cost)
    _current = manner


@contextmanager
def following(manner: Manner) -> Iterator[None]:
    """Follow another for a while: what leaves the screen is written as files are."""
    before = _current
    use(manner)
    try:
        yield
    finally:
        use(before)


def locale_of(name: str) -> QLocale:
    """The locale of this name, "de_CH"; the machine's own for none."""
    return QLocale(name) if name else QLocale.system()


def manner_of(locale: QLocale) -> Manner:
    """How this locale writes; ISO for C, which is what a machine without one has."""
    if locale.language() is QLocale.Language.C:
        return FILES
    own_digits = locale.zeroDigit() == "0"
    short = QLocale.FormatType.ShortFormat
    return Manner(
        group=locale.groupSeparator() if own_digits else FILES.group,
        point=locale.decimalPoint() if own_digits else FILES.point,
        day=_pattern(locale.dateFormat(short)),
        months=tuple(locale.monthName(month, short) for month in range(1, 13)),
        weekdays=tuple(locale.dayName(day, short) for day in range(1, 8)),
    )


def fields_locale(locale: QLocale) -> QLocale:
    """The locale that Qt's own fields follow: one with the digits that the desk prints."""
    return locale if locale.zeroDigit() == "0" else QLocale.c()


def _pattern(of_qt: str) -> str:
    """Qt's short date as strftime has it, always with a year of four digits, "%d.%m.%Y"."""
    digits = {"d": "%d", "M": "%m", "y": "%Y"}
    bare = _WORDS.sub("", of_qt.translate(_LEFT_AND_RIGHT))
    return _FIELDS.sub(lambda field: digits[field[0][0]], bare)
