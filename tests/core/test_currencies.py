"""Which symbols are pairs of currencies."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaultdesk.core.currencies import CURRENCIES, currency_pair, is_metal_pair


@pytest.mark.parametrize(
    ("symbol", "pair"),
    [
        ("EURUSD", ("EUR", "USD")),
        ("USDJPY", ("USD", "JPY")),
        ("XAUUSD", ("XAU", "USD")),
        ("XAUEUR", ("XAU", "EUR")),
    ],
)
def test_two_currency_codes_make_a_pair(symbol: str, pair: tuple[str, str]) -> None:
    assert currency_pair(symbol) == pair


@pytest.mark.parametrize(
    "symbol", ["GLD", "GC=F", "EURUSD=X", "EUREUR", "EURUSDX", "USDABC", "eurusd", "USD", ""]
)
def test_anything_else_is_none(symbol: str) -> None:
    assert currency_pair(symbol) is None


@given(st.sampled_from(sorted(CURRENCIES)), st.sampled_from(sorted(CURRENCIES)))
def test_a_pair_is_taken_apart_into_what_it_was_made_of(base: str, quoted: str) -> None:
    assert currency_pair(base + quoted) == ((base, quoted) if base != quoted else None)


def test_gold_and_silver_are_priced_by_the_ounce() -> None:
    assert is_metal_pair("XAUUSD")
    assert is_metal_pair("XAGCHF")
    assert not is_metal_pair("EURUSD")
    assert not is_metal_pair("USDXAU")
    assert not is_metal_pair("GLD")
