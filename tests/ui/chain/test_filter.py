"""The chain's filter: what may be typed, and which rungs it keeps."""

import contextlib
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.feed import START, chain
from vaultdesk.core.options.chain import value_chain
from vaultdesk.core.options.valued import ValuedChain
from vaultdesk.ui.chain.filter import Filter, NotUnderstood, parsed


@pytest.fixture(scope="module")
def view() -> ValuedChain:
    """Strikes 335 to 365 around 350; open interest 100, 200 … from the lowest strike up."""
    made = chain(date(2026, 9, 18))
    rows = tuple(
        replace(row, open_interest=100 * (index % 7 + 1), volume=index)
        for index, row in enumerate(made.rows)
    )
    return value_chain(replace(made, rows=rows), Decimal(350), START, 0.04)


def kept(view: ValuedChain, text: str) -> list[int]:
    found = parsed(text)
    return [int(rung.strike) for rung in view.ladder if found.keeps(view, rung)]


ALL = [335, 340, 345, 350, 355, 360, 365]


@pytest.mark.parametrize(
    ("text", "strikes"),
    [
        ("", ALL),
        ("   ", ALL),
        ("350", [350]),
        ("34", [340, 345]),
        ("strike 34", [340, 345]),
        ("340-350", [340, 345, 350]),
        ("350 - 340", [340, 345, 350]),
        ("340\N{EN DASH}350", [340, 345, 350]),
        ("340 to 350", [340, 345, 350]),
        ("±2%", [345, 350, 355]),
        ("+-2 %", [345, 350, 355]),
        ("+/-2", [345, 350, 355]),
        ("oi>500", [360, 365]),
        ("oi>=500", [355, 360, 365]),
        ("OI < 200", [335]),
        ("oi 200-300", [340, 345]),
        ("volume=13", [365]),
        ("vol<1", [335]),
        ("oi>100, 335-350", [340, 345, 350]),
        ("oi>100;335-345", [340, 345]),
        ("±2% oi>400", [355]),
        ("3 ±2%", [345, 350, 355]),
    ],
)
def test_terms(view: ValuedChain, text: str, strikes: list[int]) -> None:
    assert kept(view, text) == strikes


def test_delta_is_the_size_of_either_sides(view: ValuedChain) -> None:
    deltas = {
        int(rung.strike): [
            abs(float(view.greeks.delta[row])) for row in (rung.call, rung.put) if row is not None
        ]
        for rung in view.ladder
    }
    expected = [k for k, sides in deltas.items() if any(0.3 <= delta <= 0.4 for delta in sides)]
    assert expected
    assert kept(view, "delta 0.3-0.4") == expected
    assert kept(view, "delta .3 - .4") == expected


def test_terms_of_contracts_must_hold_for_the_same_contract(view: ValuedChain) -> None:
    """The 335 call has a large delta and the 335 put a small volume index: not one of them both."""
    assert 335 in kept(view, "delta>0.5")
    assert 335 in kept(view, "volume>6")
    assert 335 not in kept(view, "delta>0.5 volume>6")


def test_spread_and_volatility_are_in_per_cent(view: ValuedChain) -> None:
    assert kept(view, "spread<5%") == ALL
    assert kept(view, "spread<0.01%") == []
    assert kept(view, "iv 20-24") == ALL
    assert kept(view, "iv>24") == []


def test_what_has_no_value_is_not_kept(view: ValuedChain) -> None:
    rows = tuple(replace(row, open_interest=None) for row in view.chain.rows)
    bare = replace(view, chain=replace(view.chain, rows=rows))
    assert kept(bare, "oi>=0") == []


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("cheap", "cheap"),
        ("340-380 cheap", "cheap"),
        ("10%", "10%"),
        ("delta", "delta"),
        ("delta<", "delta<"),
        ("350x", "350x"),
        ("oi>50 foo", "foo"),
        ("<5", "<5"),
    ],
)
def test_what_is_not_understood_is_named_with_an_example(text: str, rest: str) -> None:
    with pytest.raises(NotUnderstood, match="is not understood") as error:
        parsed(text)
    assert str(error.value).startswith(f"“{rest}”")
    assert "spread<5%" in str(error.value)


@given(st.text(max_size=30))
def test_any_text_is_a_filter_or_is_refused(text: str) -> None:
    with contextlib.suppress(NotUnderstood):
        assert isinstance(parsed(text), Filter)
