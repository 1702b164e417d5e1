"""How the desk reads the numbers people type into its fields.

Amounts: "10,000", "10 000", "10'000", "10000.50", "2.1M", "250k". The point parts decimals; a
comma, space or apostrophe parts thousands and must part all of them; what could mean two things
is refused.
Levels: "75", "75 %" and "0.75" all mean 75 %: with a % sign the number is per cent, without
one a number up to 1 is a fraction and a larger one is per cent.
"""

import re
from decimal import Decimal

_PLAIN = re.compile(r"([0-9]+)(\.[0-9]*)?|(\.[0-9]+)")
_GROUPED = re.compile(r"[0-9]{1,3}(?:([,' _])[0-9]{3})(?:\1[0-9]{3})*(\.[0-9]+)?")
_SPACES = str.maketrans(dict.fromkeys("\u00a0\u202f\u2009\t", " ") | {"\u2019": "'", "\u2212": "-"})
_SUFFIXES = {"k": 3, "m": 6, "mn": 6, "bn": 9}
_SUFFIX = re.compile(r"(?i)\s*(k|mn?|bn)$")
_DOTTED_THOUSANDS = re.compile(r"[0-9]{1,3}(?:\.000)+|[0-9]{1,3}(?:\.[0-9]{3}){2,}")


class Unreadable(ValueError):  # noqa: N818
    """The text is no number, or could be two; the sentence says how to write it."""


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


def _number(typed: str) -> Decimal:
    if not typed:
        raise Unreadable("Type a number.")
    sign, body = (-1, typed[1:].lstrip()) if typed.startswith("-") else (1, typed)
    if _DOTTED_THOUSANDS.fullmatch(body):
        digits = int(body.replace(".", ""))
        raise Unreadable(
            f"Is “{typed}” in thousands? Then write {digits:,}, else no zeros at the end."
        )
    if _PLAIN.fullmatch(body):
        return sign * Decimal(body)
    if _GROUPED.fullmatch(body):
        return sign * Decimal(re.sub(r"[,' _]", "", body))
    if re.fullmatch(r"[0-9]+,[0-9]+", body):
        raise Unreadable(f"Write decimals with a point: {body.replace(',', '.')}.")
    raise Unreadable(f"“{typed}” is not a number.")
