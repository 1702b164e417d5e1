"""Implied volatility of American options: round trips, QuantLib's prices, and every refusal."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.options import quantlib_oracle
from vaultdesk.core.options import REASONS, Refusal, american, european, implied_volatility

FloatArray = np.typing.NDArray[np.float64]
SPOT, PUT, CALL = 380.0, -1.0, 1.0


def market(seed: int, count: int, dividend_yield: float = 0.0) -> tuple[FloatArray, ...]:
    """Kind, spot, strike, years, rate, yield and volatility of options a desk looks at."""
    draw = np.random.default_rng(seed)
    kind = np.where(draw.random(count) < (0.5 if dividend_yield else 0.0), CALL, PUT)
    strike = SPOT / draw.uniform(0.6, 1.6, count)
    years = np.exp(draw.uniform(np.log(1 / 365), np.log(3), count))
    rate = draw.uniform(0.001, 0.1, count)
    yields = draw.uniform(0.0, 1.0, count) * dividend_yield
    return kind, np.full(count, SPOT), strike, years, rate, yields, draw.uniform(0.05, 1.0, count)


@pytest.mark.parametrize("dividend_yield", [0.0, 0.05])
def test_price_to_volatility_to_price(dividend_yield: float) -> None:
    options = market(1, 300 if dividend_yield else 1500, dividend_yield)
    kind, spot, strike, years, rate, yields, sigma = options
    value = american(*options)
    implied = implied_volatility(kind, value.price, spot, strike, years, rate, yields)
    known = implied.reason == Refusal.OK
    # what is refused is exercised, worth nothing, or lost among the pricer's last digits
    worth = value.price - np.maximum(kind * (spot - strike), 0.0)
    assert ((worth < 1e-3) | (value.vega < 0.1))[~known].all()
    assert known.mean() > 0.7
    terms = (column[known] for column in (*options[:6], implied.volatility))
    back = american(*terms)
    assert back.price == pytest.approx(value.price[known], rel=1e-8, abs=1e-7)
    clear = value.vega[known] > 0.1
    assert implied.volatility[known][clear] == pytest.approx(sigma[known][clear], abs=1e-7)


@pytest.mark.parametrize("dividend_yield", [0.0, 0.05])
def test_quantlibs_prices_give_the_volatility_they_were_made_with(dividend_yield: float) -> None:
    options = market(2, 250, dividend_yield)
    kind, spot, strike, years, rate, yields, sigma = options
    price = quantlib_oracle.prices(quantlib_oracle.fixed_point, *options)
    implied = implied_volatility(kind, price, spot, strike, years, rate, yields)
    # a price within a cent of its bounds is worth no volatility to anybody
    quoted = price - np.maximum(kind * (spot - strike), 0.0) > 0.01
    known = quoted & (implied.reason == Refusal.OK)
    assert known.sum() > 0.95 * quoted.sum()
    assert np.abs(implied.volatility - sigma)[known].max() < 5e-5


def reason(kind: float, price: float, strike: float, **other: float) -> Refusal:
    market = {"spot": 100.0, "years": 1.0, "rate": 0.04, "dividend_yield": 0.0} | other
    found = implied_volatility(
        kind, price, market["spot"], strike, market["years"], market["rate"],
        market["dividend_yield"],
    )  # fmt: skip
    assert np.isnan(found.volatility) == (found.reason != Refusal.OK)
    return Refusal(int(found.reason))


def test_every_refusal_has_its_reason() -> None:
    assert reason(PUT, 6.0, 100.0) is Refusal.OK
    assert reason(PUT, 9.99, 110.0) is Refusal.BELOW_INTRINSIC
    assert reason(PUT, 10.0, 110.0) is Refusal.NOT_DETERMINED
    assert reason(PUT, 110.0, 110.0) is Refusal.ABOVE_BOUND
    assert reason(PUT, 0.0, 90.0) is Refusal.ZERO_PRICE
    assert reason(PUT, 5.0, 100.0, years=0.0) is Refusal.EXPIRED
    assert reason(PUT, np.nan, 100.0) is Refusal.BAD_INPUT
    assert reason(PUT, -1.0, 100.0) is Refusal.BAD_INPUT
    assert reason(PUT, 5.0, 100.0, spot=np.inf) is Refusal.BAD_INPUT
    assert reason(0.0, 5.0, 100.0) is Refusal.BAD_INPUT
    assert reason(CALL, 100.0, 90.0, dividend_yield=0.03) is Refusal.ABOVE_BOUND
    assert reason(CALL, 9.99, 90.0, dividend_yield=0.03) is Refusal.BELOW_INTRINSIC
    assert set(REASONS) == set(Refusal)


def test_a_deep_put_has_an_american_volatility_where_it_has_no_european_one() -> None:
    price = float(american(PUT, 350.0, 385.0, 1.5, 0.043, 0.0, 0.18).price)
    intrinsic = float(american(PUT, 350.0, 450.0, 1.5, 0.043, 0.0, 0.18).price)
    assert intrinsic == 100.0
    ours = implied_volatility(PUT, [price, intrinsic], 350.0, [385.0, 450.0], 1.5, 0.043, 0.0)
    assert ours.volatility[0] == pytest.approx(0.18, abs=1e-10)
    assert Refusal(int(ours.reason[1])) is Refusal.NOT_DETERMINED
    deep = 380.0  # more than any European put of strike 385 can be worth, less than an American
    rate = {"rate": 0.043, "years": 1.5, "spot": 10.0}
    held = implied_volatility(PUT, deep, 10.0, 385.0, 1.5, 0.043, 0.0, style="european")
    assert Refusal(int(held.reason)) is Refusal.ABOVE_BOUND
    assert reason(PUT, deep, 385.0, **rate) is Refusal.OK


def test_american_is_the_default_and_takes_less_volatility_than_european() -> None:
    price = 12.0
    plain = implied_volatility(PUT, price, 100.0, 105.0, 1.0, 0.05, 0.0, style="european")
    ours = implied_volatility(PUT, price, 100.0, 105.0, 1.0, 0.05, 0.0)
    named = implied_volatility(PUT, price, 100.0, 105.0, 1.0, 0.05, 0.0, style="american")
    assert ours.volatility == named.volatility
    assert ours.volatility < plain.volatility - 0.01


def test_where_nobody_exercises_early_the_two_styles_agree_to_the_last_digit() -> None:
    strikes = np.linspace(300.0, 460.0, 33)
    for kind, rate, dividend_yield in ((CALL, 0.04, 0.0), (PUT, -0.01, 0.0), (PUT, 0.0, 0.03)):
        price = european(kind, SPOT, strikes, 0.7, rate, dividend_yield, 0.2).price
        arguments = (kind, price, SPOT, strikes, 0.7, rate, dividend_yield)
        one = implied_volatility(*arguments)
        other = implied_volatility(*arguments, style="european")
        assert np.array_equal(one.volatility, other.volatility, equal_nan=True)
        assert np.array_equal(one.reason, other.reason)


def test_negative_rates_with_two_boundaries() -> None:
    price = american(PUT, 100.0, [95.0, 100.0, 105.0], 1.0, -0.01, -0.03, 0.2).price
    ours = implied_volatility(PUT, price, 100.0, [95.0, 100.0, 105.0], 1.0, -0.01, -0.03)
    assert ours.volatility == pytest.approx(0.2, abs=1e-6)


def test_shapes() -> None:
    assert implied_volatility(PUT, [], 100.0, 100.0, 1.0, 0.04, 0.0).volatility.shape == (0,)
    assert implied_volatility(PUT, 6, 100, 100, 1, 0, 0).volatility.shape == ()
    grid = implied_volatility([[PUT], [CALL]], 6.0, 100.0, [95.0, 100.0, 105.0], 1.0, 0.04, 0.02)
    assert grid.volatility.shape == grid.reason.shape == (2, 3)


@settings(max_examples=150, deadline=None)
@given(
    price=st.floats(0.0, 130.0),
    strike=st.floats(50.0, 150.0),
    years=st.floats(0.0, 3.0),
    rate=st.floats(-0.02, 0.1),
)
def test_every_price_has_a_volatility_that_gives_it_back_or_a_reason(
    price: float, strike: float, years: float, rate: float
) -> None:
    found = implied_volatility(PUT, price, 100.0, strike, years, rate, 0.0)
    if found.reason == Refusal.OK:
        assert found.volatility > 0.0
        back = american(PUT, 100.0, strike, years, rate, 0.0, found.volatility).price
        assert back == pytest.approx(price, rel=1e-7, abs=1e-5)
    else:
        assert np.isnan(found.volatility)
