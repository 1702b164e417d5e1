"""How many contracts: the worked values, splits that add up, and the fewest that hold."""

from __future__ import annotations

import itertools
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaultdesk.core.hedge.ltv import hedged_ltv
from vaultdesk.core.hedge.sizing import contracts_needed, covering, split
from vaultdesk.core.hedge.vocabulary import Use

LOAN, UNITS, SPOT = Decimal(2_100_000), Decimal(10_000), Decimal(245)
MAX_LTV = Decimal("0.70")
STRIKES = ("350", "332.5", "315", "297.5")
WORKED = {Use.PLEDGED: (53, 63, 79, 105), Use.REPAYS: (37, 44, 55, 74)}
"""Puts that keep 10,000 GLD at 350 against 2.1 million at 70 % or below, 30 % lower."""

money = st.decimals(1, 10**7, places=2)
weights = st.lists(st.decimals(0, 100, places=2), min_size=1, max_size=6).filter(any)


@pytest.mark.parametrize(
    ("use", "strike", "contracts"),
    [(use, k, n) for use, row in WORKED.items() for k, n in zip(STRIKES, row, strict=True)],
)
def test_worked_values(use: Use, strike: str, contracts: int) -> None:
    payoff = (Decimal(strike) - SPOT) * 100
    assert contracts_needed(use, LOAN, UNITS * SPOT, MAX_LTV, payoff) == contracts


@pytest.mark.parametrize(("strike", "contracts"), [("332.5", 44), ("315", 55)])
def test_binary_fractions_would_buy_one_more(strike: str, contracts: int) -> None:
    needed = float(LOAN) - 0.7 * 10_000.0 * (350.0 * 0.7)
    by_floats = -(-needed // ((float(strike) - 350.0 * 0.7) * 100.0))
    assert by_floats == contracts + 1  # why it is Decimal
    payoff = (Decimal(strike) - SPOT) * 100
    assert contracts_needed(Use.REPAYS, LOAN, UNITS * SPOT, MAX_LTV, payoff) == contracts


def test_no_number_of_contracts_helps_a_payoff_the_bank_does_not_see() -> None:
    assert contracts_needed(Use.BROKER, LOAN, UNITS * SPOT, MAX_LTV, Decimal(10_000)) is None


def test_no_number_of_worthless_contracts_helps() -> None:
    assert contracts_needed(Use.PLEDGED, LOAN, UNITS * SPOT, MAX_LTV, Decimal(0)) is None


@pytest.mark.parametrize("use", Use)
def test_a_loan_that_holds_by_itself_needs_none(use: Use) -> None:
    assert contracts_needed(use, LOAN, Decimal(3_000_000), MAX_LTV, Decimal(0)) == 0


@given(
    use=st.sampled_from((Use.PLEDGED, Use.REPAYS)),
    loan=money,
    value=money,
    level=st.decimals("0.05", "0.95", places=4),
    payoff=st.decimals("0.01", 10**5, places=2),
)
def test_the_fewest_that_hold_do_and_one_less_does_not(
    use: Use, loan: Decimal, value: Decimal, level: Decimal, payoff: Decimal
) -> None:
    found = contracts_needed(use, loan, value, level, payoff)
    assert found is not None
    assert found == found.to_integral_value() >= 0

    def holds(contracts: Decimal) -> bool:
        owed, pledge = Fraction(loan), Fraction(value)
        if use is Use.PLEDGED:
            return owed <= Fraction(level) * (pledge + Fraction(contracts * payoff))
        return owed - Fraction(contracts * payoff) <= Fraction(level) * pledge

    assert holds(found)
    assert not found or not holds(found - 1)
    ltv = hedged_ltv(use, loan, value, found * payoff)
    assert ltv is not None and ltv <= level * (1 + Decimal("1e-20"))  # noqa: PT018


@given(
    total=st.integers(0, 10_000),
    weights=weights,
)
def test_a_split_adds_up_and_gives_nobody_a_contract_too_many(
    total: int, weights: list[Decimal]
) -> None:
    parts = split(Decimal(total), weights)
    assert sum(parts) == total
    whole = sum((Fraction(weight) for weight in weights), Fraction(0))
    for part, weight in zip(parts, weights, strict=True):
        assert abs(Fraction(part) - total * Fraction(weight) / whole) < 1


@given(total=st.integers(0, 1000), weights=weights)
def test_a_larger_weight_never_gets_less(total: int, weights: list[Decimal]) -> None:
    parts = split(Decimal(total), weights)
    by_weight = sorted(zip(weights, parts, strict=True))
    for (light, few), (heavy, many) in itertools.pairwise(by_weight):
        assert few <= many or light == heavy


def test_what_is_left_goes_to_the_largest_remainders_the_first_of_equals() -> None:
    third = Decimal(1)
    assert [*split(Decimal(100), (third, third, third))] == [34, 33, 33]
    assert [*split(Decimal(101), (third, third, third))] == [34, 34, 33]
    uneven = (Decimal("0.55"), Decimal("0.26"), Decimal("0.19"))
    assert [*split(Decimal(10), uneven)] == [5, 3, 2]


@pytest.mark.parametrize("bad", [(), (Decimal(0),), (Decimal(1), Decimal(-1))])
def test_weights_that_mean_nothing_are_refused(bad: tuple[Decimal, ...]) -> None:
    with pytest.raises(ValueError, match="Weights"):
        split(Decimal(10), bad)


@given(units=st.decimals(0, 10**6, places=4), cover=st.decimals("0.01", 1, places=2))
def test_contracts_never_cover_more_than_there_is(units: Decimal, cover: Decimal) -> None:
    whole, exact = covering(units, 100, cover)
    assert whole * 100 <= units * cover < (whole + 1) * 100
    assert exact == units * cover / 100
