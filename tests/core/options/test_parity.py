"""The rate that calls and puts agree on, and when they are not asked."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaultdesk.core.options import european, implied_rate

STRIKES = np.arange(340.0, 411.0, 5.0)
SPOT = 377.0


def quotes(rate: float, years: float) -> tuple[np.ndarray, np.ndarray]:
    call, put = (
        european(kind, SPOT, STRIKES, years, rate, 0.0, 0.22).price.copy() for kind in (1, -1)
    )
    return call, put


@given(rate=st.floats(-0.10, 0.149), years=st.floats(0.02, 3.0))
def test_model_prices_give_their_rate_back(rate: float, years: float) -> None:
    implied = implied_rate(SPOT, STRIKES, *quotes(rate, years), years)
    assert implied.rate == pytest.approx(rate, abs=1e-11)
    assert implied.forward == pytest.approx(SPOT * math.exp(rate * years), rel=1e-11)


def test_only_strikes_near_the_money_are_asked() -> None:
    call, put = quotes(0.04, 0.5)
    far = np.abs(STRIKES / SPOT - 1.0) > 0.04
    call[far] += 20.0
    implied = implied_rate(SPOT, STRIKES, call, put, 0.5)
    assert implied.rate == pytest.approx(0.04, abs=1e-12)
    assert implied.pairs_used == np.count_nonzero(~far)


def test_a_pair_of_which_one_side_has_no_quote_is_left_out() -> None:
    call, put = quotes(0.04, 0.5)
    usual = implied_rate(SPOT, STRIKES, call, put, 0.5).pairs_used
    call[STRIKES == 375.0] = np.nan
    put[STRIKES == 380.0] = 0.0
    implied = implied_rate(SPOT, STRIKES, call, put, 0.5)
    assert implied.pairs_used == usual - 2
    assert implied.rate == pytest.approx(0.04, abs=1e-12)


def test_one_wild_quote_does_not_move_the_rate() -> None:
    call, put = quotes(0.04, 0.5)
    call[STRIKES == 375.0] += 9.0
    assert implied_rate(SPOT, STRIKES, call, put, 0.5).rate == pytest.approx(0.04, abs=1e-12)


def test_nearer_strikes_weigh_more() -> None:
    """Two strikes at the money outvote three that are nearly too far away."""
    strikes = np.array([376.0, 377.0, 390.0, 391.0, 391.5])
    rates = np.array([0.030, 0.031, 0.060, 0.061, 0.062])
    put = np.full(5, 50.0)
    call = put + 377.0 - strikes * np.exp(-rates)
    assert implied_rate(377.0, strikes, call, put, 1.0).rate == pytest.approx(0.031)


def test_two_pairs_are_too_few() -> None:
    call, put = quotes(0.04, 0.5)
    keep = (STRIKES == 375.0) | (STRIKES == 380.0)
    implied = implied_rate(SPOT, STRIKES[keep], call[keep], put[keep], 0.5)
    assert (math.isnan(implied.rate), math.isnan(implied.forward)) == (True, True)
    assert implied.pairs_used == 2
    keep |= STRIKES == 370.0
    three = implied_rate(SPOT, STRIKES[keep], call[keep], put[keep], 0.5)
    assert three.rate == pytest.approx(0.04, abs=1e-12)


@pytest.mark.parametrize(("days", "told"), [(-1, False), (0, False), (3, False), (4, True)])
def test_the_last_days_tell_no_rate(days: int, told: bool) -> None:
    call, _ = quotes(0.04, 4 / 365)
    put = call - SPOT + STRIKES * math.exp(-0.04 * days / 365)
    implied = implied_rate(SPOT, STRIKES, call + 50.0, put + 50.0, days / 365)
    assert math.isfinite(implied.rate) == told
    assert math.isfinite(implied.forward) == told


@pytest.mark.parametrize(("rate", "told"), [(0.149, True), (0.151, False), (-0.151, False)])
def test_a_rate_beyond_fifteen_per_cent_is_not_believed(rate: float, told: bool) -> None:
    implied = implied_rate(SPOT, STRIKES, *quotes(rate, 1.0), 1.0)
    assert math.isfinite(implied.rate) == told


@pytest.mark.parametrize("spot", [0.0, -1.0, math.nan, math.inf])
def test_a_spot_that_is_none_tells_no_rate(spot: float) -> None:
    implied = implied_rate(spot, STRIKES, *quotes(0.04, 0.5), 0.5)
    assert math.isnan(implied.rate)
    assert implied.pairs_used == 0


def test_no_quotes_tell_no_rate() -> None:
    implied = implied_rate(SPOT, [], [], [], 0.5)
    assert (math.isnan(implied.rate), implied.pairs_used) == (True, 0)


@pytest.mark.parametrize("years", [math.nan, math.inf])
def test_a_time_that_is_none_tells_no_rate(years: float) -> None:
    assert math.isnan(implied_rate(SPOT, STRIKES, *quotes(0.04, 0.5), years).rate)


def test_columns_of_different_lengths_are_refused() -> None:
    call, put = quotes(0.04, 0.5)
    with pytest.raises(ValueError, match="broadcast"):
        implied_rate(SPOT, STRIKES, call[:-1], put, 0.5)
