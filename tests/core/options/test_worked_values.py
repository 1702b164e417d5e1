"""Worked values of a desk's ordinary puts: S = 350, r = 4.3 %, q = 0, a volatility of 18 %."""

from __future__ import annotations

import numpy as np
import pytest

from vaultdesk.core.options import american, european, leisen_reimer

SPOT, RATE, VOLATILITY = 350.0, 0.043, 0.18
PUTS = [
    # strike, years, European, American: SciPy, and a tree of 4,000 steps
    (315, 0.25, 1.3810, 1.4049),
    (350, 0.25, 10.7131, 11.0297),
    (385, 0.25, 33.9492, 35.6626),
    (315, 1.5, 8.9401, 9.7632),
    (350, 1.5, 20.0882, 22.4900),
    (385, 1.5, 36.9790, 42.6780),
    (450, 1.5, 81.2167, 100.0000),
]


@pytest.mark.parametrize(("strike", "years", "held", "early"), PUTS)
def test_puts(strike: float, years: float, held: float, early: float) -> None:
    terms = (-1, SPOT, strike, years, RATE, 0.0, VOLATILITY)
    assert european(*terms).price == pytest.approx(held, abs=5.1e-5)
    assert american(*terms).price == pytest.approx(early, abs=1e-3)
    assert leisen_reimer(*terms) == pytest.approx(early, abs=3e-3)


def test_calls_on_gold_are_worth_no_more_for_being_american() -> None:
    terms = (1, SPOT, [315.0, 350.0, 385.0], 1.5, RATE, 0.0, VOLATILITY)
    assert american(*terms).price.tolist() == european(*terms).price.tolist()


def test_what_the_right_to_exercise_adds_to_puts() -> None:
    strike, years = np.array([350.0, 315.0, 350.0, 385.0]), np.array([0.25, 1.5, 1.5, 1.5])
    terms = (-1, SPOT, strike, years, RATE, 0.0, VOLATILITY)
    added = american(*terms).price / european(*terms).price - 1.0
    assert 100.0 * added == pytest.approx([3.0, 9.2, 12.0, 15.4], abs=0.05)
