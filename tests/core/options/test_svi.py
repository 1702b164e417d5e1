"""SVI curves: found again from their points, and never one on which a butterfly earns money."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from vaultdesk.core.options.european import european
from vaultdesk.core.options.svi import Svi, calibrate, flattened

K = np.linspace(-0.5, 0.4, 41)
WIDE = np.linspace(-4.0, 4.0, 4001)
GLD = Svi(0.012, 0.11, -0.15, 0.06, 0.25)


def errors(w: np.ndarray, volatility_points: float = 0.1) -> np.ndarray:
    """Standard errors of total variances of half a year that are so many points of volatility."""
    return np.sqrt(w * 0.5) * 2.0 * 0.01 * volatility_points


@pytest.mark.parametrize(
    "curve",
    [
        GLD,
        Svi(0.002, 0.02, -0.6, 0.01, 0.05),
        Svi(0.0, 0.3, 0.5, 0.1, 0.3),
        Svi(0.05, 0.4, -0.9, 0.2, 0.3),
    ],
)
def test_points_of_a_curve_give_the_curve_back(curve: Svi) -> None:
    deviation = math.sqrt(float(curve.total_variance(np.zeros(1))[0]))
    k = K * min(1.0, 8.0 * deviation)
    w = curve.total_variance(k)
    found, method = calibrate(k, w, errors(w), deviation)
    assert method == "SVI"
    missed = np.sqrt(found.total_variance(k)) / np.sqrt(w) - 1.0
    assert np.max(np.abs(missed)) < 2e-3


def test_the_density_is_that_of_the_prices() -> None:
    """g(k) is what the second derivative of call prices by strike has over a lognormal density."""
    step = 1e-3
    strikes = np.array([60.0, 80.0, 100.0, 115.0, 140.0])

    def call(strike: np.ndarray) -> np.ndarray:
        w = GLD.total_variance(np.log(strike / 100.0))
        return european(1, 100.0, strike, 1.0, 0.0, 0.0, np.sqrt(w)).price

    bend = (call(strikes + step) - 2.0 * call(strikes) + call(strikes - step)) / step**2
    k = np.log(strikes / 100.0)
    w = GLD.total_variance(k)
    d2 = -k / np.sqrt(w) - 0.5 * np.sqrt(w)
    bell = np.exp(-0.5 * d2**2) / np.sqrt(2.0 * np.pi * w)
    assert strikes * bend == pytest.approx(GLD.density(k) * bell, rel=1e-3)


def test_a_curve_whose_butterflies_pay_is_seen() -> None:
    """The example of Axel Vogt that Gatheral and Jacquier (2014) begin section 5.1 with."""
    vogt = Svi(-0.0410, 0.1331, 0.3060, 0.3586, 0.4153)
    assert np.min(vogt.density(np.linspace(-1.5, 1.5, 301))) < -0.01
    assert np.min(vogt.density(np.linspace(-1.5, 0.0, 101))) > 0.0


def test_points_of_a_curve_whose_butterflies_pay_get_an_honest_one_near_them() -> None:
    vogt = Svi(-0.0410, 0.1331, 0.3060, 0.3586, 0.4153)
    k = np.linspace(-1.0, 1.2, 61)
    w = vogt.total_variance(k)
    deviation = math.sqrt(float(vogt.total_variance(np.zeros(1))[0]))
    found, method = calibrate(k, w, np.full(61, 1e-3), deviation)
    assert method == "SVI"
    assert np.min(found.density(WIDE)) >= 0.0
    assert np.sqrt(np.mean((found.total_variance(k) - w) ** 2)) < 5e-3


def test_what_the_search_overlooked_is_flattened_as_little_as_need_be() -> None:
    vogt = Svi(-0.0410, 0.1331, 0.3060, 0.3586, 0.4153)
    mean = Svi(0.04, 0.0, 0.0, 0.0, 0.2)
    found = flattened(vogt, mean)
    assert 0.0 <= np.min(found.density(WIDE)) < 0.01
    assert 0.8 * vogt.b < found.b < vogt.b
    assert flattened(GLD, mean) == GLD


def test_a_curve_that_slips_through_the_search_is_flattened() -> None:
    rng = np.random.default_rng(494)
    size = int(rng.integers(6, 12))
    k = np.sort(rng.uniform(-0.6, 0.6, size))
    w = 0.1 * (1.0 + 3.0 * rng.random(size))
    found, method = calibrate(k, w, 0.02 * w, 0.3)
    assert method == "SVI"
    assert np.min(found.density(WIDE)) >= 0.0


def test_a_wing_never_falls_for_ever() -> None:
    """The points do, but variance below 0 is none."""
    w = Svi(0.05, 0.1, -1.2, 0.0, 0.3).total_variance(K)
    found, _ = calibrate(K, w, errors(w), 0.3)
    assert -1.0 <= found.rho < -0.9
    assert np.min(found.total_variance(np.linspace(-100.0, 100.0, 2001))) > 0.0
    assert found.total_variance(K) == pytest.approx(w, abs=2e-3)


@given(
    points=arrays.arrays(
        np.float64, st.tuples(st.integers(1, 30), st.just(2)), elements=st.floats(0.0, 1.0)
    ),
    level=st.floats(0.05, 1.0),
    years=st.floats(0.01, 3.0),
    rough=st.sampled_from([0.05, 0.5, 3.0]),
)
def test_whatever_the_points_no_butterfly_earns_money(
    points: np.ndarray, level: float, years: float, rough: float
) -> None:
    deviation = level * math.sqrt(years)
    k = deviation * (6.0 * points[:, 0] - 3.0)
    w = deviation**2 * (1.0 + rough * points[:, 1])
    found, _ = calibrate(k, w, 0.02 * w, deviation)
    assert np.min(found.density(WIDE)) >= -1e-9
    assert np.min(found.total_variance(WIDE)) > 0.0
    slopes = np.diff(found.total_variance(np.array([-1e4, -1e3, 1e3, 1e4]))) / 9e3
    assert abs(slopes[0]) <= 2.0
    assert abs(slopes[2]) <= 2.0


def test_points_steeper_than_a_market_can_be_are_fitted_as_far_as_one_can() -> None:
    k = np.linspace(-0.3, 0.3, 13)
    w = 0.04 + 5.0 * np.abs(k)
    found, _ = calibrate(k, w, np.full(13, 0.01), 0.2)
    assert np.min(found.density(WIDE)) >= 0.0
    assert found.total_variance(np.array([0.3]))[0] > 0.3


@pytest.mark.parametrize(
    ("strikes", "method"),
    [(1, "flat"), (2, "flat"), (3, "SVI of given shape"), (5, "SVI of given shape"), (6, "SVI")],
)
def test_the_fewer_the_strikes_the_simpler_the_curve(strikes: int, method: str) -> None:
    k = np.repeat(np.linspace(-0.1, 0.1, strikes), 2)
    w = GLD.total_variance(k)
    assert calibrate(k, w, errors(w), 0.19)[1] == method


def test_three_points_have_a_curve_through_them() -> None:
    k = np.array([-0.1, 0.0, 0.1])
    w = np.array([0.040, 0.036, 0.037])
    found, _ = calibrate(k, w, np.full(3, 1e-4), 0.19)
    assert found.total_variance(k) == pytest.approx(w, abs=3e-4)


def test_two_points_have_their_weighted_mean() -> None:
    found, _ = calibrate(np.array([-0.1, 0.1]), np.array([0.03, 0.06]), np.array([1.0, 2.0]), 0.2)
    assert found.total_variance(np.array([-1.0, 0.0, 1.0])) == pytest.approx([0.036] * 3)


def test_a_wild_point_hardly_moves_the_curve() -> None:
    w = GLD.total_variance(K)
    wild = w.copy()
    wild[12] *= 3.0
    found, _ = calibrate(K, wild, errors(w, 1.0), 0.2)
    assert np.sqrt(found.total_variance(K)) == pytest.approx(np.sqrt(w), rel=0.02)


def test_surer_points_weigh_more() -> None:
    w = GLD.total_variance(K) * np.where(np.arange(41) % 2, 1.05, 1.0)
    error = errors(w) * np.where(np.arange(41) % 2, 30.0, 1.0)
    found, _ = calibrate(K, w, error, 0.2)
    assert found.total_variance(K[::2]) == pytest.approx(w[::2], rel=2e-3)
