"""What must hold for every European option, whatever its numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.options.deals import DEALS, KINDS, Deal, held, owed
from vaultdesk.core.options import Refusal, european, implied_volatility


@given(DEALS)
def test_call_less_put_is_the_forward(deal: Deal) -> None:
    both = european([1, -1], *deal)
    rounding = 1e-14 * (held(deal) + owed(deal))
    assert both.price[0] - both.price[1] == pytest.approx(held(deal) - owed(deal), abs=rounding)
    yielded = float(np.exp(-deal.dividend_yield * deal.years))
    assert both.delta[0] - both.delta[1] == pytest.approx(yielded, abs=1e-14)
    assert both.gamma[0] == both.gamma[1]
    assert both.vega[0] == both.vega[1]


@given(KINDS, DEALS)
def test_a_price_lies_between_intrinsic_value_and_bound(kind: int, deal: Deal) -> None:
    price = float(european(kind, *deal).price)
    rounding = 1e-14 * (held(deal) + owed(deal))
    intrinsic = max(kind * (held(deal) - owed(deal)), 0.0)
    bound = held(deal) if kind > 0 else owed(deal)
    assert intrinsic - rounding <= price <= bound + rounding


@given(KINDS, DEALS, st.floats(1.001, 1.5))
def test_price_rises_with_volatility_and_with_moneyness(
    kind: int, deal: Deal, factor: float
) -> None:
    rounding = 1e-13 * (deal.spot + deal.strike)
    base = european(kind, *deal).price
    wilder = european(kind, *deal._replace(volatility=deal.volatility * factor)).price
    richer = european(kind, *deal._replace(spot=deal.spot * factor**kind)).price
    assert wilder >= base - rounding
    assert richer >= base - rounding


@given(KINDS, DEALS)
def test_volatility_raises_an_option_at_the_money_strictly(kind: int, deal: Deal) -> None:
    middle = deal._replace(strike=deal.spot, rate=0.0, dividend_yield=0.0)
    calm, wild = european(kind, *middle), european(kind, *middle._replace(volatility=2.5))
    assert calm.price < wild.price
    assert calm.vega > 0


@given(KINDS, DEALS, st.floats(0.01, 0.3))
def test_price_is_convex_in_strike(kind: int, deal: Deal, width: float) -> None:
    strikes = deal.strike * np.array([1.0 - width, 1.0, 1.0 + width])
    low, middle, high = european(kind, *deal._replace(strike=strikes)).price  # type: ignore[arg-type]
    assert low + high - 2.0 * middle >= -1e-13 * (deal.spot + deal.strike)


@given(KINDS, DEALS, st.floats(0.01, 100.0))
def test_price_scales_with_spot_and_strike(kind: int, deal: Deal, scale: float) -> None:
    scaled = deal._replace(spot=deal.spot * scale, strike=deal.strike * scale)
    one, other = european(kind, *deal), european(kind, *scaled)
    rounding = 1e-12 * scale * (deal.spot + deal.strike)
    assert other.price == pytest.approx(float(one.price) * scale, abs=rounding)
    assert other.delta == pytest.approx(float(one.delta), abs=1e-10)


@given(KINDS, DEALS)
def test_spot_and_strike_make_up_the_price(kind: int, deal: Deal) -> None:
    """Euler: the price is of first degree in spot and strike, and rho is -T times the latter."""
    value = european(kind, *deal)
    expected = deal.spot * value.delta - value.rho / deal.years
    assert value.price == pytest.approx(float(expected), abs=1e-12 * (deal.spot + deal.strike))


@given(KINDS, DEALS)
def test_the_greeks_obey_the_pricing_equation(kind: int, deal: Deal) -> None:
    """Black, Scholes (1973), equation 7: what gamma earns, theta and financing pay."""
    value = european(kind, *deal)
    earned = 0.5 * deal.volatility**2 * deal.spot**2 * value.gamma
    carried = (deal.rate - deal.dividend_yield) * deal.spot * value.delta
    rest = deal.rate * value.price - carried - earned
    size = float(earned) + deal.spot + deal.strike
    assert value.theta == pytest.approx(float(rest), abs=1e-11 * size)


@given(KINDS, DEALS)
def test_a_solved_volatility_gives_the_price_back(kind: int, deal: Deal) -> None:
    price = european(kind, *deal).price
    solved = implied_volatility(kind, price, *deal[:-1], style="european")
    if solved.reason == Refusal.OK:
        again = european(kind, *deal[:-1], solved.volatility).price
        rounding = 2e-14 * (held(deal) + owed(deal))
        assert again == pytest.approx(float(price), rel=1e-10, abs=rounding)
    else:
        assert np.isnan(solved.volatility)


@given(KINDS, DEALS)
def test_an_option_with_time_value_to_speak_of_has_its_volatility(kind: int, deal: Deal) -> None:
    value = european(kind, *deal)
    if value.vega * deal.volatility > 1e-6 * (held(deal) + owed(deal)):
        solved = implied_volatility(kind, value.price, *deal[:-1], style="european")
        assert solved.volatility == pytest.approx(deal.volatility, rel=1e-8)


@given(KINDS, st.floats(allow_nan=True), DEALS)
def test_no_price_whatever_gives_a_silent_zero(kind: int, price: float, deal: Deal) -> None:
    solved = implied_volatility(kind, price, *deal[:-1], style="european")
    found = solved.reason == Refusal.OK
    assert found == (solved.volatility > 0)
    assert found != np.isnan(solved.volatility)
