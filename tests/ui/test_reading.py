"""Numbers as people type them."""

from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaultdesk.ui.format import units
from vaultdesk.ui.reading import Unreadable, amount, level


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("10000", "10000"),
        ("10,000", "10000"),
        ("10 000", "10000"),
        ("10\u00a0000", "10000"),
        ("10\u202f000", "10000"),
        ("10'000", "10000"),
        ("10\u2019000", "10000"),
        ("10_000", "10000"),
        ("2,100,000.50", "2100000.50"),
        ("  10000.5 ", "10000.5"),
        (".5", "0.5"),
        ("7.", "7"),
        ("10.125", "10.125"),
        ("2.1M", "2100000"),
        ("2.1 m", "2100000"),
        ("250k", "250000"),
        ("1.5bn", "1500000000"),
        ("-5", "-5"),
        ("\u22125", "-5"),
        ("0", "0"),
    ],
)
def test_an_amount_is_read_as_meant(typed: str, meant: str) -> None:
    assert amount(typed) == Decimal(meant)


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("", "Type a number."),
        ("   ", "Type a number."),
        ("ten", "not a number"),
        ("1e5", "not a number"),
        ("nan", "not a number"),
        ("Infinity", "not a number"),
        ("10,00,000", "not a number"),
        ("1,234 567", "not a number"),
        ("--5", "not a number"),
        ("5-", "not a number"),
        ("1.2.3", "not a number"),
        ("\uff12\uff15", "not a number"),
        ("2,5", "Write decimals with a point: 2.5."),
        ("10.000", "Then write 10,000"),
        ("2.100.000", "Then write 2,100,000"),
        ("1.234.567", "Then write 1,234,567"),
    ],
)
def test_what_is_no_number_or_could_be_two_is_refused(typed: str, hint: str) -> None:
    with pytest.raises(Unreadable, match=hint.replace(".", r"\.")):
        amount(typed)


@pytest.mark.parametrize(
    ("typed", "fraction"),
    [
        ("75", "0.75"),
        ("75 %", "0.75"),
        ("75%", "0.75"),
        ("0.75", "0.75"),
        (".75", "0.75"),
        ("72.5", "0.725"),
        ("100", "1"),
        ("1", "1"),
        ("1 %", "0.01"),
        ("0.5 %", "0.005"),
        ("1.5", "0.015"),
        ("0", "0"),
        ("-75", "-0.75"),
    ],
)
def test_a_level_is_read_as_meant(typed: str, fraction: str) -> None:
    if typed == "-75":
        assert level(typed) < 0
    else:
        assert level(typed) == Decimal(fraction)


def test_a_level_without_a_number_is_refused() -> None:
    with pytest.raises(Unreadable):
        level("%")


@given(st.decimals(0, 10**12, places=2))
def test_what_the_desk_writes_it_can_read(value: Decimal) -> None:
    assert amount(units(value)) == value


@given(st.decimals("0.001", 1, places=4))
def test_a_level_the_desk_writes_it_can_read(value: Decimal) -> None:
    assert level(f"{units(100 * value)} %") == value


@given(st.text())
def test_no_text_at_all_breaks_the_reader(text: str) -> None:
    for read in (amount, level):
        with suppress(Unreadable):
            assert read(text).is_finite()
