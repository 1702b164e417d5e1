"""Resampled paths keep what the series is like, and are the same for the same seed."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from vaultdesk.core.stats import log_returns, stationary_bootstrap, without_drift

if TYPE_CHECKING:
    from vaultdesk.core.stats import FloatArray

LONG = np.arange(1000.0)
"""Each value is its own place, so that a path tells where it has been."""


def resampled(
    series: FloatArray, days: int = 200, paths: int = 500, seed: int = 1, block: float = 10.0
) -> FloatArray:
    """All days of all paths; (days, paths)."""
    return np.array(list(stationary_bootstrap(series, days, paths, seed, block)))


def test_a_path_goes_on_as_history_did_but_for_one_day_in_ten() -> None:
    walked = resampled(LONG)
    followed = np.mean(np.diff(walked, axis=0) % LONG.size == 1)
    # 99,500 steps; one in a thousand of the jumps lands on the next day by chance
    assert followed == pytest.approx(0.9 + 0.1 / LONG.size, abs=4 * 0.3 / math.sqrt(99_500))


@pytest.mark.parametrize("block", [1.0, 5.0, 40.0])
def test_blocks_are_as_long_as_asked_for_on_average(block: float) -> None:
    walked = resampled(LONG, 2000, 50, 3, block)
    jumps = np.sum(np.diff(walked, axis=0) % LONG.size != 1)
    expected = walked[1:].size / block
    assert jumps == pytest.approx(expected, rel=0.01 + 4 / math.sqrt(expected))


def test_lengths_of_blocks_are_geometric() -> None:
    """A block of mean 4 outlives 4 days with (3/4)^4, whatever its past."""
    walked = resampled(LONG, 2000, 50, 5, 4.0)
    goes_on = np.diff(walked, axis=0) % LONG.size == 1
    four = np.prod([goes_on[i : len(goes_on) - 3 + i] for i in range(4)], axis=0)
    assert np.mean(four) == pytest.approx(0.75**4, abs=0.01)


def test_the_last_day_is_followed_by_the_first() -> None:
    walked = resampled(np.arange(5.0), 400, 20, 2, 50.0)
    after_last = walked[1:][walked[:-1] == 4.0]
    assert after_last.size > 1000
    assert np.mean(after_last == 0.0) > 0.95


def test_every_day_of_history_is_drawn_as_often_as_any_other_from_the_first_day_on() -> None:
    ten = np.arange(10.0)
    for day in (0, 1, 30):
        drawn = resampled(ten, 31, 20_000)[day]
        shares = np.bincount(drawn.astype(int), minlength=10) / drawn.size
        assert shares == pytest.approx(np.full(10, 0.1), abs=4 * 0.3 / math.sqrt(drawn.size))


def test_paths_do_not_move_together() -> None:
    walked = resampled(np.random.default_rng(0).normal(size=500), 2, 20_000)
    assert abs(np.corrcoef(walked[0, :-1], walked[0, 1:])[0, 1]) < 4 / math.sqrt(20_000)


def test_calm_stays_with_calm() -> None:
    """Squares of a series in two halves, calm and wild, are as correlated as blocks keep them."""
    draw = np.random.default_rng(7)
    series = np.concatenate([draw.normal(0, 0.005, 1000), draw.normal(0, 0.02, 1000)])
    kept = resampled(series, 100, 2000, 1, 20.0) ** 2
    torn = resampled(series, 100, 2000, 1, 1.0) ** 2

    def follow(squares: FloatArray) -> float:
        return float(np.corrcoef(squares[:-1].ravel(), squares[1:].ravel())[0, 1])

    assert follow(kept) > 0.9 * float(np.corrcoef(series[:-1] ** 2, series[1:] ** 2)[0, 1])
    assert abs(follow(torn)) < 0.02


def test_the_same_seed_gives_the_same_paths_and_another_gives_others() -> None:
    assert np.array_equal(resampled(LONG, seed=4), resampled(LONG, seed=4))
    assert not np.array_equal(resampled(LONG, seed=4), resampled(LONG, seed=5))


finite = st.floats(-0.3, 0.3)
series = arrays.arrays(np.float64, st.integers(1, 40), elements=finite)


@given(series, st.integers(0, 30), st.integers(1, 8), st.integers(0, 99), st.floats(1.0, 50.0))
def test_nothing_comes_that_was_not_in_the_series(
    returns: FloatArray, days: int, paths: int, seed: int, block: float
) -> None:
    before = returns.copy()
    found = list(stationary_bootstrap(returns, days, paths, seed, block))
    assert [day.shape for day in found] == [(paths,)] * days
    assert all(np.all(np.isin(day, returns)) for day in found)
    assert np.array_equal(returns, before)


@given(series)
def test_without_drift_a_price_is_expected_to_stay(returns: FloatArray) -> None:
    fair = without_drift(returns)
    assert np.mean(np.exp(fair)) == pytest.approx(1.0, abs=1e-12)
    moved = fair - returns
    assert moved == pytest.approx(np.full(returns.size, moved[0]), abs=1e-12)


def test_log_returns_are_those_between_prices() -> None:
    assert log_returns([100.0, 110.0, 99.0]) == pytest.approx([math.log(1.1), math.log(0.9)])
    assert log_returns([100.0]).size == 0


@pytest.mark.parametrize("broken", [0.0, -5.0, math.nan])
def test_what_is_no_price_is_no_return_on_either_side_of_it(broken: float) -> None:
    returns = log_returns([100.0, 101.0, broken, 102.0, 103.0])
    assert np.isnan(returns).tolist() == [False, True, True, False]
