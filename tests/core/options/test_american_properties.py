"""What must hold for every American option, whatever its numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.options.deals import DEALS, KINDS, Deal, held, owed
from vaultdesk.core.options import Refusal, american, european, implied_volatility

LISTED = DEALS.filter(lambda deal: deal.rate >= 0.0)
"""Where money costs something: with a rate below zero the bounds below are others."""


def error(deal: Deal) -> float:
    """What the premium's quadrature and interpolation may be wrong by."""
    return 1e-6 * (deal.spot + deal.strike)


def intrinsic(kind: int, deal: Deal) -> float:
    return max(kind * (deal.spot - deal.strike), 0.0)


@given(KINDS, DEALS)
def test_the_right_to_exercise_is_worth_something_and_not_more_than_what_it_gives(
    kind: int, deal: Deal
) -> None:
    price = float(american(kind, *deal).price)
    assert price >= intrinsic(kind, deal)
    assert price >= float(european(kind, *deal).price) - 1e-13 * (deal.spot + deal.strike)
    bound = max(deal.spot, held(deal)) if kind > 0 else max(deal.strike, owed(deal))
    assert price <= bound + error(deal)


@given(LISTED)
def test_call_and_put_enclose_the_forward(deal: Deal) -> None:
    """Stoll (1969) for American options: S·e^(-qT) - K ≤ C - P ≤ S - K·e^(-rT)."""
    call, put = american([1, -1], *deal).price
    assert held(deal) - deal.strike - error(deal) <= call - put
    assert call - put <= deal.spot - owed(deal) + error(deal)


@given(KINDS, DEALS, st.floats(1.001, 1.5))
def test_price_rises_with_volatility_years_and_moneyness(
    kind: int, deal: Deal, factor: float
) -> None:
    base = american(kind, *deal).price
    for better in (
        deal._replace(volatility=deal.volatility * factor),
        deal._replace(years=deal.years * factor),
        deal._replace(spot=deal.spot * factor**kind),
        deal._replace(strike=deal.strike / factor**kind),
    ):
        assert american(kind, *better).price >= base - error(better)


@given(KINDS, DEALS, st.floats(0.01, 0.3))
def test_price_is_convex_in_strike(kind: int, deal: Deal, width: float) -> None:
    strikes = deal.strike * np.array([1.0 - width, 1.0, 1.0 + width])
    low, middle, high = american(kind, *deal._replace(strike=strikes)).price  # type: ignore[arg-type]
    assert low + high - 2.0 * middle >= -error(deal)


@given(KINDS, DEALS, st.floats(0.01, 100.0))
def test_price_scales_with_spot_and_strike(kind: int, deal: Deal, scale: float) -> None:
    scaled = deal._replace(spot=deal.spot * scale, strike=deal.strike * scale)
    one, other = american(kind, *deal), american(kind, *scaled)
    rounding = 1e-9 * scale * (deal.spot + deal.strike)
    assert other.price == pytest.approx(float(one.price) * scale, abs=rounding)


@given(LISTED)
def test_nobody_exercises_a_call_on_what_pays_nothing(deal: Deal) -> None:
    gold = deal._replace(dividend_yield=0.0)
    assert american(1, *gold).price == european(1, *gold).price


@given(DEALS)
def test_a_put_is_the_call_with_spot_and_strike_and_both_rates_exchanged(deal: Deal) -> None:
    """McDonald and Schroder (1998)."""
    spot, strike, years, rate, dividend_yield, volatility = deal
    put = american(-1, *deal).price
    call = american(1, strike, spot, years, dividend_yield, rate, volatility).price
    assert put == pytest.approx(float(call), abs=error(deal))


@given(KINDS, DEALS)
def test_delta_and_gamma_have_their_signs_and_delta_its_bound(kind: int, deal: Deal) -> None:
    value = american(kind, *deal)
    assert 0.0 <= kind * value.delta <= max(1.0, held(deal) / deal.spot)
    assert value.gamma >= -1e-9


@given(KINDS, DEALS)
def test_a_solved_volatility_gives_the_price_back(kind: int, deal: Deal) -> None:
    price = float(american(kind, *deal).price)
    solved = implied_volatility(kind, price, *deal[:-1])
    if solved.reason == Refusal.OK:
        again = american(kind, *deal[:-1], solved.volatility).price
        assert again == pytest.approx(price, abs=error(deal))
    else:
        assert np.isnan(solved.volatility)
