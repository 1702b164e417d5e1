"""The loan's own Greeks: the bank's and the economic ones, against the revalued loan."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.feed import START
from tests.fakes.loans import terms, valued
from vaultdesk.core.loan.sensitivity import NO_OPTIONS, Options, ltv_delta, ltv_vega
from vaultdesk.core.loan.state import LoanState
from vaultdesk.core.market import Quality, Quote

TINY = Decimal("1e-20")


def state(price: str = "350.00") -> LoanState:
    quote = Quote("GLD", None, None, Decimal(price), START, START, "test", Quality.LIVE)
    return valued(terms(), quote)


PUTS = Options(value=Decimal(55_000), delta=Decimal(-2_300), vega=Decimal(3_100))
"""Fifty puts or so at the money."""


def test_ltv_falls_by_less_than_one_per_cent_of_itself_when_gold_rises_one_per_cent() -> None:
    moved = 100 * (state("353.50").ltv - state().ltv)
    assert ltv_delta(state()) == pytest.approx(moved, abs=TINY)


def test_the_banks_ltv_answers_to_no_volatility() -> None:
    assert ltv_vega(state()) == 0


def test_the_economic_ltv_divides_the_loan_by_pledge_and_options() -> None:
    before = Decimal(2_100_000) / (3_500_000 + PUTS.value)
    after = Decimal(2_100_000) / (3_535_000 + PUTS.value - 2_300 * Decimal("3.50"))
    assert ltv_delta(state(), PUTS) == pytest.approx(100 * (after - before), abs=TINY)
    calmer = Decimal(2_100_000) / (3_500_000 + PUTS.value + PUTS.vega)
    assert ltv_vega(state(), PUTS) == pytest.approx(100 * (calmer - before), abs=TINY)


@given(st.integers(-9_000, -1))
def test_bought_puts_make_the_economic_ltv_answer_less(delta: int) -> None:
    held = replace(PUTS, delta=Decimal(delta))
    alone, together = ltv_delta(state()), ltv_delta(state(), held)
    assert alone is not None
    assert together is not None
    assert alone < together < 0


def test_options_owed_worth_the_whole_pledge_leave_nothing_to_divide_by() -> None:
    owed = replace(NO_OPTIONS, value=Decimal(-3_500_000))
    assert ltv_delta(state(), owed) is None
    assert ltv_vega(state(), owed) is None
    nearly = replace(owed, value=Decimal(-3_499_999), vega=Decimal(-2))
    assert ltv_vega(state(), nearly) is None
