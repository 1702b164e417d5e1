"""Decimals: read exactly, rounded as banks do, never made from a float by accident."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaultdesk.core.money import exact, from_float, plain, rounded


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_a_decimal_survives_its_text(value: Decimal) -> None:
    assert exact(str(value)) == value


@pytest.mark.parametrize("text", ["", "abc", "1,000", "NaN", "Infinity", "--1"])
def test_what_is_no_number_is_refused_by_name(text: str) -> None:
    with pytest.raises(ValueError, match=f"'{text}'"):
        exact(text)


def test_a_float_is_never_money() -> None:
    with pytest.raises(TypeError):
        exact(0.1)  # type: ignore[arg-type]


@given(st.integers(1, 10_000_000))
def test_a_price_in_cents_survives_the_source_s_float(cents: int) -> None:
    assert from_float(cents / 100) == Decimal(cents) / 100


def test_float32_noise_does_not_become_a_price_of_many_digits() -> None:
    assert from_float(162.14999389648438) == Decimal("162.149994")


@pytest.mark.parametrize("value", [None, float("nan"), float("inf"), float("-inf")])
def test_what_a_source_did_not_give_is_none(value: float | None) -> None:
    assert from_float(value) is None


def test_plain_drops_zeros_and_exponents() -> None:
    assert str(plain(Decimal("350.000"))) == "350"
    assert str(plain(Decimal("1E+3"))) == "1000"
    assert str(plain(Decimal("0.10"))) == "0.1"


def test_halves_round_away_from_zero() -> None:
    assert rounded(Decimal("0.005"), 2) == Decimal("0.01")
    assert rounded(Decimal("-0.005"), 2) == Decimal("-0.01")
