"""How the desk reads the numbers people type into its fields.

Amounts: "10,000", "10 000", "10'000", "10000.50", "2.1M", "250k". What parts decimals is the user's
mark (`vaultdesk.ui.manner`), a point or a comma; the user's mark of thousands, a space or an
apostrophe part thousands and must part all of them. Where the user's mark is a comma, a point that
cannot part thousands parts decimals as well. What could mean two things is refused.
Levels: "75", "75 %" and "0.75" all mean 75 %: with a % sign the number is per cent, without
one a number up to 1 is a fraction and a larger one is per cent.
"""

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache

from vaultdesk.ui.format import dated, how_many, units
from vaultdesk.ui.manner import FILES, current
from vaultdesk.ui.translation import tr

COMMA, POINT = ",", "."
EXAMPLE = date(2026, 12, 1)
"""Stands in sentences that say how a day is written."""
_SPACES = str.maketrans(dict.fromkeys("\u00a0\u202f\u2009\t", " ") | {"\u2019": "'", "\u2212": "-"})
_SUFFIXES = {"k": 3, "m": 6, "mn": 6, "bn": 9}
_SUFFIX = re.compile(r"(?i)\s*(k|mn?|bn)$")
_ONE_GROUP = re.compile(r"[1-9][0-9]{0,2}[.,][0-9]{3}")
_WITH_POINT = re.compile(r"[0-9]+\.[0-9]*|\.[0-9]+")
_AS_IN_FILES = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+\.[0-9]+|[0-9]{1,3}(?:,[0-9]{3}){2,}")


class Unreadable(ValueError):  # noqa: N818
    """The text is no number, or could be two; the sentence says how to write it."""


@dataclass(frozen=True, slots=True)
class _Forms:
    """What a number may look like, given the mark of decimals and those of thousands.

    `in_thousands` looks like thousands parted by the mark of decimals.
    """

    plain: re.Pattern[str]
    grouped: re.Pattern[str]
    in_thousands: re.Pattern[str]
    groups: frozenset[str]


def amount(text: str) -> Decimal:
    """The amount or quantity typed.

    Raises:
        Unreadable: Nothing, no number, or one that could be read in two ways.
    """
    typed = text.translate(_SPACES).strip()
    suffix = _SUFFIX.search(typed)
    body = typed[: suffix.start()] if suffix else typed
    number = _number(body)
    return number.scaleb(_SUFFIXES[suffix.group(1).lower()]) if suffix else number


def level(text: str) -> Decimal:
    """The LTV level typed, as a fraction.

    Raises:
        Unreadable: Nothing, or no number.
    """
    typed = text.translate(_SPACES).strip()
    body = typed.removesuffix("%").rstrip()
    number = _number(body)
    return number if body == typed and number <= 1 else number / 100


def day(text: str) -> date:
    """The day typed, as 2026-12-18 or in the user's order.

    Raises:
        Unreadable: It is no day.
    """
    typed = text.strip()
    for form in (FILES.day, current().day):
        with suppress(ValueError):
            return datetime.strptime(typed, form).date()  # noqa: DTZ007  (a day has no zone)
    raise Unreadable(tr("Write the day as {example}.").format(example=dated(EXAMPLE)))


def _number(typed: str) -> Decimal:
    if not typed:
        raise Unreadable(tr("Type a number."))
    sign, body = (-1, typed[1:].lstrip()) if typed.startswith("-") else (1, typed)
    point = current().point
    forms = _forms(point, current().group.translate(_SPACES))
    if forms.in_thousands.fullmatch(body):
        sentence = tr("Is “{typed}” in thousands? Then write {number}, else no zeros at the end.")
        number = how_many(int(body.replace(point, "")))
        raise Unreadable(sentence.format(typed=typed, number=number))
    if forms.plain.fullmatch(body):
        return sign * Decimal(body.replace(point, POINT))
    if forms.grouped.fullmatch(body):
        digits = "".join(mark for mark in body if mark not in forms.groups)
        return sign * Decimal(digits.replace(point, POINT))
    return sign * _foreign(typed, body, point, forms.groups)


def _foreign(typed: str, body: str, point: str, groups: frozenset[str]) -> Decimal:
    """A number with the marks of another country, where it can mean one thing only."""
    other = COMMA if point == POINT else POINT
    if other not in groups and _ONE_GROUP.fullmatch(body):
        whole = Decimal(body.replace(other, ""))
        sentence = tr("Is “{typed}” in thousands? Then write {number}, else {decimal}.")
        decimal = units(Decimal(body.replace(other, POINT)))
        raise Unreadable(sentence.format(typed=typed, number=units(whole), decimal=decimal))
    if point == COMMA and _WITH_POINT.fullmatch(body):
        return Decimal(body)
    if (other not in groups or point == COMMA) and _AS_IN_FILES.fullmatch(body):
        return Decimal(body.replace(COMMA, ""))
    if point == POINT and re.fullmatch(r"[0-9]+,[0-9]+", body):
        example = body.replace(COMMA, POINT)
        raise Unreadable(tr("Write decimals with a point: {example}.").format(example=example))
    raise Unreadable(tr("“{typed}” is not a number.").format(typed=typed))


@cache
def _forms(point: str, group: str) -> _Forms:
    groups, mark = frozenset(f"{group} '_"), re.escape(point)
    marks = re.escape("".join(sorted(groups)))
    return _Forms(
        plain=re.compile(rf"[0-9]+(?:{mark}[0-9]*)?|{mark}[0-9]+"),
        grouped=re.compile(
            rf"[0-9]{{1,3}}(?:([{marks}])[0-9]{{3}})(?:\1[0-9]{{3}})*(?:{mark}[0-9]+)?"
        ),
        in_thousands=re.compile(
            rf"[0-9]{{1,3}}(?:{mark}000)+|[0-9]{{1,3}}(?:{mark}[0-9]{{3}}){{2,}}"
        ),
        groups=groups,
    )
