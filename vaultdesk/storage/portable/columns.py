"""What a column of an exported table may hold, and how a cell of CSV says it.

A value is as JSON has it: a text, a whole number, a float, or None. Decimals and moments are texts,
bytes are base64. In CSV None is an empty cell; a text that a spreadsheet would take for a formula,
or that begins with an apostrophe, gets an apostrophe before it.
"""

import base64
import binascii
import math
import re
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import Column, Float, Integer, LargeBinary

from vaultdesk.services.audit import FORMULA
from vaultdesk.storage.tables import DecimalText, Moment

Value = str | int | float | None
"""As JSON holds it."""
Raw = str | int | float | bytes | None
"""As SQLite holds it."""

MOST = 2**63
"""SQLite's whole numbers are smaller, and not smaller than its negative."""
_APOSTROPHE = "'"
_WHOLE = re.compile(r"-?[0-9]{1,19}")
_DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def told(column: Column[Any], raw: Raw) -> Value:
    """What the database holds, as JSON has it.

    Raises:
        ValueError: no file of text can carry it; says what is wrong.
    """
    if raw is None:
        return None
    if isinstance(column.type, LargeBinary):
        if not isinstance(raw, bytes):
            raise ValueError("bytes")  # noqa: TRY004 (what a database holds is a value)
        return base64.b64encode(raw).decode()
    if isinstance(raw, bytes):
        raise ValueError("a text")  # noqa: TRY004
    return _plain(raw) if isinstance(raw, str) else raw


def kept(column: Column[Any], value: object) -> Raw:
    """What the database is to hold.

    Raises:
        ValueError: the column cannot hold it; says what is expected.
    """
    if value is None:
        if column.nullable:
            return None
        raise ValueError("a value")
    return _READERS.get(type(column.type), _text)(value)


def cell(column: Column[Any], value: Value) -> str:
    """A value as CSV has it."""
    if value is None:
        return ""
    if not isinstance(value, str):
        return repr(value)
    return guarded(value) if is_text(column) else value


def guarded(text: str) -> str:
    """The text as no spreadsheet takes it for a formula."""
    return _APOSTROPHE + text if text.startswith((*FORMULA, _APOSTROPHE)) else text


def unguarded(text: str) -> str:
    """What was given to `guarded`."""
    return text.removeprefix(_APOSTROPHE)


def said(column: Column[Any], text: str) -> object:
    """A cell of CSV as a value; what is no number stays a text, for `kept` to refuse."""
    if text == "" and column.nullable:
        return None
    if is_text(column):
        return unguarded(text)
    if isinstance(column.type, Integer) and _WHOLE.fullmatch(text):
        return int(text)
    if isinstance(column.type, Float):
        return _float_or_text(text)
    return text


def is_text(column: Column[Any]) -> bool:
    """Whether it holds what people or programs have written, rather than a number or a time."""
    return type(column.type) not in _READERS


def _float_or_text(text: str) -> object:
    try:
        return float(text)
    except ValueError:
        return text


def _plain(text: str) -> str:
    if "\0" in text:
        raise ValueError("a text without the character NUL")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("a text in Unicode") from None
    return text


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("a text")  # noqa: TRY004 (what a file holds is a value)
    return _plain(value)


def _integer(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not -MOST <= value < MOST:
        raise ValueError("a whole number")
    return value


def _float(value: object) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
        raise ValueError("a number")
    return float(value)


def _decimal(value: object) -> str:
    """Digit for digit as it was written: the audit log's seals are over these letters."""
    text = _text(value)
    try:
        good = bool(_DECIMAL.fullmatch(text)) and Decimal(text).is_finite()
    except InvalidOperation:
        good = False
    if not good:
        raise ValueError("a decimal number such as 1234.50, without separators or exponent")
    return text


def _moment(value: object) -> str:
    expected = "a time in UTC such as 2026-07-10T15:00:00.000000+00:00"
    text = _text(value)
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(expected) from None
    if at.tzinfo is None:
        raise ValueError(expected)
    if text != at.isoformat(timespec="microseconds") or not text.endswith("+00:00"):
        raise ValueError(expected)
    return text


def _bytes(value: object) -> bytes:
    try:
        return base64.b64decode(_text(value), validate=True)
    except binascii.Error:
        raise ValueError("bytes in base64") from None


_READERS: dict[type, Callable[[object], Raw]] = {
    Integer: _integer,
    Float: _float,
    DecimalText: _decimal,
    Moment: _moment,
    LargeBinary: _bytes,
}
