"""Cells of every kind of column: back as they were, or refused with what is expected."""

import csv
import io
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column

from tests.fakes.feed import START
from vaultdesk.services.audit import FORMULA
from vaultdesk.storage import tables
from vaultdesk.storage.portable.columns import cell, is_text, kept, said, told
from vaultdesk.storage.tables import DecimalText, Moment

SENTENCE = tables.alerts.c.sentence
PRICE = tables.alerts.c.price
VALUE = tables.alerts.c.value
AGE = tables.alerts.c.age_s
CROSSING = tables.alerts.c.crossing
AT = tables.alerts.c.at
UNTIL = tables.alert_actions.c.until
RECORD = tables.reports.c.record

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
hostile = texts | st.sampled_from(
    ["=1+1", "'=1+1", "''", "'", "@x", "+1", "-1", "\t=", "\r\n", "\n", 'a"b', '"', ",", ";", " ",
     "\ufeff", "😀", "\u202eabc", "=cmd|' /C calc'!A0", "NULL", "None", "true", "0", "\x1b[31m",
     "\x85"]
)  # fmt: skip
decimals = st.decimals(allow_nan=False, allow_infinity=False)
moments = st.datetimes(timezones=st.just(UTC))


def through(column: Column[Any], raw: object) -> object:
    """Out of the database, through a file of CSV, and in again."""
    file = io.StringIO(newline="")
    csv.writer(file).writerow([cell(column, told(column, raw)), "end"])  # type: ignore[arg-type]
    file.seek(0)
    (row,) = csv.reader(file, strict=True)
    assert row[1] == "end"
    return kept(column, said(column, row[0]))


@given(hostile)
def test_texts_come_back(text: str) -> None:
    assert through(SENTENCE, text) == text
    assert kept(SENTENCE, told(SENTENCE, text)) == text


@given(hostile)
def test_no_text_begins_like_a_formula(text: str) -> None:
    assert not cell(SENTENCE, text).startswith(FORMULA)


@given(decimals)
def test_decimals_come_back_digit_for_digit(value: Any) -> None:  # noqa: ANN401
    text = DecimalText().process_bind_param(value, None)  # type: ignore[arg-type]
    assert text is not None
    assert through(VALUE, text) == text
    assert cell(VALUE, text) == text, "a negative number is no formula"


@given(moments)
def test_moments_come_back(at: datetime) -> None:
    text = Moment().process_bind_param(at, None)  # type: ignore[arg-type]
    assert through(AT, text) == text


@given(st.integers(-(2**63), 2**63 - 1))
def test_whole_numbers_come_back(number: int) -> None:
    assert through(CROSSING, number) == number


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_floats_come_back_to_the_last_bit(number: float) -> None:
    assert repr(through(AGE, number)) == repr(number)


@given(st.binary())
def test_bytes_come_back(data: bytes) -> None:
    assert through(RECORD, data) == data


@pytest.mark.parametrize("column", [PRICE, AGE, UNTIL])
def test_nothing_comes_back_as_nothing(column: Column[Any]) -> None:
    assert through(column, None) is None
    assert cell(column, None) == ""


def test_an_empty_text_is_no_nothing() -> None:
    assert through(SENTENCE, "") == ""


def test_every_text_of_the_tables_is_guarded() -> None:
    """What people write is text; numbers and times are told apart by their type."""
    assert is_text(SENTENCE)
    assert is_text(tables.scenes.c.name)
    assert not any(map(is_text, (VALUE, AGE, CROSSING, AT, RECORD)))


@pytest.mark.parametrize("text", ["a\0b", "\ud800"])
def test_what_no_file_of_text_can_hold_is_refused_on_both_ways(text: str) -> None:
    with pytest.raises(ValueError, match="a text"):
        told(SENTENCE, text)
    with pytest.raises(ValueError, match="a text"):
        kept(SENTENCE, text)


@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
        *((VALUE, value, "a decimal number") for value in ("1,5", "1e5", "NaN", "Infinity", "", "-",
                                                          "1.", ".5", " 1", "+1", "\u0661", "1_0")),
        (VALUE, 1.5, "a text"),
        (VALUE, None, "a value"),
        *((AT, value, "a time in UTC") for value in ("2026-07-10", "2026-07-10T15:00:00",
                                                     "2026-07-10T15:00:00+02:00", "yesterday",
                                                     "2026-07-10T15:00:00Z", "20260710T150000Z")),
        (AT, 5, "a text"),
        *((CROSSING, value, "a whole number") for value in ("1.0", "one", True, 1.0, 2**63, "")),
        *((AGE, value, "a number") for value in ("x", True, float("nan"), float("inf"))),
        (SENTENCE, 3, "a text"),
        (SENTENCE, None, "a value"),
        (RECORD, "not base64", "bytes in base64"),
        (RECORD, "abc", "bytes in base64"),
    ],
)  # fmt: skip
def test_what_a_column_cannot_hold_is_refused(
    column: Column[Any], value: object, expected: str
) -> None:
    with pytest.raises(ValueError, match=expected):
        kept(column, value)


def test_a_moment_is_written_one_way_only() -> None:
    """The audit log's seals are over the letters."""
    assert kept(AT, START.isoformat(timespec="microseconds")) == "2026-07-10T15:00:00.000000+00:00"
