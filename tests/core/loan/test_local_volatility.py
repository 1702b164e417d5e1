"""The diffusion of a smile: its options are the smile's, and its first passage is the right one."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.core.loan.passages import (
    WALK,
    below_at_end,
    flat,
    reflected,
    reflected_years,
    simulated,
    skewed,
)
from vaultdesk.core.loan.local_volatility import Curve, LocalVolatility, Walk, first_touch

GROWTH = 0.06
CASES = [(0.80, 0.25), (0.80, 0.5), (0.95, 0.5), (0.999, 0.5), (0.80, 3.0), (0.90, 5 / 365)]


@pytest.mark.parametrize(("share", "years"), CASES)
@pytest.mark.parametrize("volatility", [0.1, 0.22, 0.6])
def test_at_one_volatility_the_passage_is_that_of_the_reflection_principle(
    share: float, years: float, volatility: float
) -> None:
    barrier = share * WALK.spot
    local = LocalVolatility(WALK, [flat(volatility, years)])
    found = first_touch(WALK, local, barrier, GROWTH, years)
    probability = reflected(WALK, barrier, GROWTH, years, volatility)
    assert found.probability == pytest.approx(probability, abs=4e-5)
    if probability > 1e-4:
        mean = reflected_years(WALK, barrier, GROWTH, years, volatility)
        assert found.years / years == pytest.approx(mean / years, abs=2e-3)


@given(
    st.floats(0.08, 1.0),
    st.floats(1 / 365, 3.0),
    st.floats(0.001, 0.7),
    st.floats(-0.01, 0.1),
    st.floats(0.0, 0.05),
    st.floats(-0.05, 0.15),
)
def test_so_it_is_for_any_rates_and_distances(
    volatility: float, years: float, distance: float, rate: float, paid: float, growth: float
) -> None:
    walk = Walk(100.0, rate, paid)
    barrier = 100.0 * math.exp(-distance)
    found = first_touch(
        walk, LocalVolatility(walk, [flat(volatility, years)]), barrier, growth, years
    )
    probability = reflected(walk, barrier, growth, years, volatility)
    assert found.probability == pytest.approx(probability, abs=3e-4)


def test_the_diffusion_ends_where_the_smile_says() -> None:
    curve = skewed(0.5)
    local = LocalVolatility(WALK, [curve])
    seen = simulated(WALK, local.variance, 1.0, 0.0, 0.5, steps=200, paths=40_000, seed=5)
    for share in (0.75, 0.85, 0.95, 1.05, 1.15):
        expected = below_at_end(WALK, curve, share * WALK.spot)
        error = math.sqrt(expected * (1.0 - expected) / seen.ends.size)
        assert np.mean(seen.ends < share * WALK.spot) == pytest.approx(expected, abs=4 * error)


SMILES = {
    "one smile": [skewed(0.5)],
    "two, the near one steeper": [skewed(0.2, steepness=1.2), skewed(0.5)],
    "none at the date itself": [skewed(0.3), skewed(0.8)],
    "extended beyond the last": [skewed(0.3)],
}


@pytest.mark.parametrize("name", SMILES)
@pytest.mark.parametrize("share", [0.8, 0.92])
def test_under_a_skew_the_passage_is_that_of_simulated_paths(name: str, share: float) -> None:
    local, barrier = LocalVolatility(WALK, SMILES[name]), share * WALK.spot
    found = first_touch(WALK, local, barrier, GROWTH, 0.5)
    seen = simulated(WALK, local.variance, barrier, GROWTH, 0.5, steps=300, paths=20_000, seed=9)
    assert found.probability == pytest.approx(seen.probability, abs=4 * seen.error)
    assert found.years == pytest.approx(seen.years, abs=0.01)


def test_a_barrier_that_comes_up_fast_meets_the_smile_of_the_prices_it_comes_to() -> None:
    """It starts 30 % below, where the smile is steep, and ends 4 % above spot."""
    local, barrier, growth = LocalVolatility(WALK, [skewed(0.5)]), 0.7 * WALK.spot, 0.8
    found = first_touch(WALK, local, barrier, growth, 0.5)
    seen = simulated(WALK, local.variance, barrier, growth, 0.5, steps=300, paths=40_000, seed=9)
    assert found.probability == pytest.approx(seen.probability, abs=4 * seen.error)
    assert found.years == pytest.approx(seen.years, abs=0.004)


def test_neither_volatility_alone_gives_the_passage_under_a_skew() -> None:
    """The barrier's own overstates it, that at the money understates it."""
    curve, barrier = skewed(0.25), 0.8 * WALK.spot
    found = first_touch(WALK, LocalVolatility(WALK, [curve]), barrier, GROWTH, 0.25).probability
    own, money = curve.volatility(np.array([barrier, WALK.spot]))
    by_own, by_money = (reflected(WALK, barrier, GROWTH, 0.25, v) for v in (own, money))
    assert 1.5 * by_money < found < by_own / 1.15


@given(st.floats(0.6, 0.98), st.floats(0.05, 1.0), st.floats(0.0, 1.3))
def test_who_ends_below_has_touched(share: float, years: float, steepness: float) -> None:
    curve = skewed(years, steepness=steepness)
    local, barrier = LocalVolatility(WALK, [curve]), share * WALK.spot
    found = first_touch(WALK, local, barrier, 0.0, years)
    assert found.probability >= below_at_end(WALK, curve, barrier) - 3e-4


@given(st.floats(0.6, 0.97), st.floats(0.1, 1.0), st.floats(0.0, 0.1))
def test_a_nearer_or_faster_barrier_and_a_later_date_are_more_probable(
    share: float, years: float, growth: float
) -> None:
    local, barrier = LocalVolatility(WALK, [skewed(0.3), skewed(1.2)]), share * WALK.spot
    found = first_touch(WALK, local, barrier, growth, years).probability
    assume(found > 1e-4)
    assert first_touch(WALK, local, 1.02 * barrier, growth, years).probability > found
    assert first_touch(WALK, local, barrier, growth + 0.05, years).probability > found
    assert first_touch(WALK, local, barrier, growth, 1.2 * years).probability > found


def test_the_order_of_the_smiles_does_not_matter() -> None:
    curves = [skewed(0.2), skewed(0.5), skewed(0.9)]
    one, two = (LocalVolatility(WALK, order) for order in (curves, curves[::-1]))
    assert first_touch(WALK, one, 300.0, 0.0, 0.6) == first_touch(WALK, two, 300.0, 0.0, 0.6)


def test_a_flat_smile_has_its_own_volatility_everywhere() -> None:
    local = LocalVolatility(WALK, [flat(0.2, 0.25), flat(0.2, 0.5)])
    k = np.linspace(-0.5, 0.5, 11)
    for years in (0.01, 0.25, 0.3, 0.5, 0.8):
        assert local.variance(k, years) == pytest.approx(np.full(11, 0.04), rel=1e-9)


def test_between_expiries_the_variance_to_come_is_what_the_later_adds() -> None:
    """20 % for a quarter, 30 % for half a year: √(0.09·2 - 0.04) in the second quarter."""
    local = LocalVolatility(WALK, [flat(0.2, 0.25), flat(0.3, 0.5)])
    k = np.zeros(1)
    assert local.variance(k, 0.1) == pytest.approx([0.04])
    assert local.variance(k, 0.4) == pytest.approx([0.14])
    assert local.variance(k, 0.6) == pytest.approx([0.09])


def kinked(strikes: np.typing.NDArray[np.float64]) -> np.typing.NDArray[np.float64]:
    """A curve that allows arbitrage: volatility drops from 40 % to 15 % at one strike."""
    return np.where(strikes < 0.9 * WALK.spot, 0.40, 0.15)


def test_a_smile_with_arbitrage_gives_a_bounded_volatility_and_a_probability() -> None:
    for curves in ([Curve(0.5, kinked)], [flat(0.4, 0.25), flat(0.1, 0.5)]):
        local = LocalVolatility(WALK, curves)
        typical = float(curves[0].volatility(np.array([WALK.forward(curves[0].years)]))[0])
        volatility = np.sqrt(local.variance(np.linspace(-1.0, 1.0, 401), 0.3))
        assert np.min(volatility) >= 0.199 * typical
        assert np.max(volatility) <= 5.001 * typical
        assert 0.0 < first_touch(WALK, local, 300.0, 0.0, 0.5).probability < 1.0


@pytest.mark.parametrize("volatility", [math.nan, 0.0, math.inf])
def test_a_smile_without_volatilities_is_not_known(volatility: float) -> None:
    assert not LocalVolatility(WALK, [flat(volatility, 0.5)]).known
    assert not LocalVolatility(WALK, [flat(0.2, 0.2), flat(volatility, 0.5)]).known
    assert LocalVolatility(WALK, [flat(0.2, 0.5)]).known
