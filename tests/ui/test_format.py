"""Values as text."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaultdesk.ui import format as fmt

AT = datetime(2026, 7, 10, 20, 0, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        (Decimal(1_629_500), 0, "1,629,500"),
        (Decimal("2.665"), 2, "2.67"),
        (Decimal("-0.001"), 2, "0.00"),
        (-0.001, 2, "0.00"),
        (Decimal("-1234.5"), 2, "-1,234.50"),
        (None, 2, "—"),
        (float("nan"), 2, "n/a"),
        (float("inf"), 2, "n/a"),
        (Decimal("NaN"), 2, "n/a"),
    ],
)
def test_a_number_is_grouped_rounded_half_up_and_never_minus_zero(
    value: Decimal | float | None, places: int, text: str
) -> None:
    assert fmt.number(value, places) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("1.84"), "+1.84"),
        (Decimal("-1.84"), "-1.84"),
        (Decimal("0.001"), "0.00"),
        (Decimal("-0.001"), "0.00"),
        (Decimal(0), "0.00"),
        (None, "—"),
        (float("nan"), "n/a"),
    ],
)
def test_a_signed_number_carries_its_sign_and_zero_has_none(
    value: Decimal | float | None, text: str
) -> None:
    assert fmt.signed(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("377.01"), "377.01"),
        (Decimal(377), "377.00"),
        (Decimal("377.0150"), "377.015"),
        (Decimal("1E+3"), "1000.00"),
        (Decimal("0.00001234"), "0.00001234"),
        (None, "—"),
    ],
)
def test_a_price_keeps_every_digit_it_was_given(value: Decimal | None, text: str) -> None:
    assert fmt.price(value) == text


@given(st.decimals(min_value="0.000001", max_value="1000000", allow_nan=False, places=6))
def test_a_price_reads_back_as_the_same_number(value: Decimal) -> None:
    assert Decimal(fmt.price(value)) == value


@given(st.decimals(min_value="-1e12", max_value="1e12", allow_nan=False, places=2))
def test_money_reads_back_to_the_cent(value: Decimal) -> None:
    text = fmt.money(value, "USD")
    assert Decimal(text.removesuffix(" USD").replace(",", "")) == value


def test_percentages() -> None:
    assert fmt.percent(Decimal("0.6")) == "60.0 %"
    assert fmt.percent(Decimal("0.55699"), 2) == "55.70 %"
    assert fmt.percent(None) == "—"
    assert fmt.in_percent(float("nan")) == "n/a"
    assert fmt.signed_percent(Decimal("0.0049")) == "+0.49 %"
    assert fmt.signed_percent(None) == "—"


def test_quantities_have_the_decimals_they_have() -> None:
    assert fmt.units(Decimal(10_000)) == "10,000"
    assert fmt.units(Decimal("372.50")) == "372.5"
    assert fmt.units(Decimal("1E+4")) == "10,000"
    assert fmt.whole_units(Decimal("2307.01")) == "2,308"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-5, "0 s"),
        (4.9, "4 s"),
        (59.9, "59 s"),
        (60, "1 min"),
        (3599, "59 min"),
        (3600, "1 h 00 min"),
        (86_399, "23 h 59 min"),
        (86_400, "1 d 0 h"),
        (273_600, "3 d 4 h"),
    ],
)
def test_an_age_in_the_units_that_matter(seconds: float, text: str) -> None:
    assert fmt.age(timedelta(seconds=seconds)) == text


def test_moments_name_their_zone() -> None:
    vienna = timezone(timedelta(hours=2), "CEST")
    assert fmt.new_york(AT) == "2026-07-10 16:00:08 EDT"
    assert fmt.local(AT, vienna) == "2026-07-10 22:00:08 CEST"
    assert fmt.local_minute(AT, vienna) == "2026-07-10 22:00 CEST"
    assert fmt.local_time(AT, vienna) == "22:00:08"
