"""American values against QuantLib at its highest precision, the tree, and themselves."""

from __future__ import annotations

import numpy as np
import pytest

from tests.core.options import quantlib_oracle
from vaultdesk.core.options import Valuation, american, european
from vaultdesk.core.options.tree import leisen_reimer

SPOT = 380.0
PUT, CALL = -1.0, 1.0
FloatArray = np.typing.NDArray[np.float64]
Arguments = tuple[FloatArray, ...]
FIELDS = ("price", "delta", "gamma", "theta", "vega", "rho")


def market(
    seed: int, count: int, *, volatility: float, dividend_yield: float = 0.0, calls: bool = False
) -> Arguments:
    """Options over r 0.1 to 10 %, sigma from 5 %, a day to three years, S/K 0.6 to 1.6."""
    draw = np.random.default_rng(seed)
    kind = np.where(draw.random(count) < 0.5, CALL, PUT) if calls else np.full(count, PUT)
    strike = SPOT / draw.uniform(0.6, 1.6, count)
    years = np.exp(draw.uniform(np.log(1 / 365), np.log(3), count))
    years[::2] = draw.uniform(1 / 365, 3, years[::2].size)
    rate = draw.uniform(0.001, 0.1, count)
    yields = draw.uniform(0.0, 1.0, count) * dividend_yield
    sigma = draw.uniform(0.05, volatility, count)
    return kind, np.full(count, SPOT), strike, years, rate, yields, sigma


def oracle(*arguments: FloatArray | float) -> FloatArray:
    return quantlib_oracle.prices(quantlib_oracle.fixed_point, *arguments)


@pytest.mark.parametrize(
    ("options", "rms", "most"),
    [
        pytest.param(market(1, 400, volatility=0.6), 1e-5, 1e-4, id="puts to 60 %"),
        pytest.param(market(2, 200, volatility=1.0), 1e-5, 1e-4, id="puts to 100 %"),
        pytest.param(
            market(3, 300, volatility=1.0, dividend_yield=0.05, calls=True),
            1e-5,
            1e-4,
            id="both, q to 5 %",
        ),
    ],
)
def test_prices_are_quantlibs(options: Arguments, rms: float, most: float) -> None:
    error = american(*options).price - oracle(*options)
    assert np.sqrt(np.mean(error**2)) < rms
    assert np.abs(error).max() < most


CORNERS = [
    (rate, sigma, years)
    for rate in (0.001, 0.1)
    for sigma in (0.05, 0.6, 1.0)
    for years in (1 / 365, 3.0)
]


@pytest.mark.parametrize(("rate", "sigma", "years"), CORNERS)
def test_prices_are_quantlibs_in_the_corners(rate: float, sigma: float, years: float) -> None:
    strike = SPOT / np.linspace(0.6, 1.6, 21)
    ours = american(PUT, SPOT, strike, years, rate, 0.0, sigma).price
    assert np.abs(ours - oracle(PUT, SPOT, strike, years, rate, 0.0, sigma)).max() < 1e-4


def difference(options: Arguments, at: int, step: float, order: int = 1) -> FloatArray:
    """A derivative of the oracle by central differences of fourth order."""
    width = step * options[at]
    total = np.zeros(options[0].size)
    first = ((1, -2), (-8, -1), (8, 1), (-1, 2))
    second = ((-1, -2), (16, -1), (-30, 0), (16, 1), (-1, 2))
    for weight, move in first if order == 1 else second:
        moved = [*options]
        moved[at] = options[at] + move * width
        total += weight / 12.0 * oracle(*moved)
    return np.asarray(total / width**order)


@pytest.mark.parametrize("dividend_yield", [0.0, 0.04])
@pytest.mark.parametrize(
    ("greek", "at", "step", "order", "sign", "tolerance"),
    [
        ("delta", 1, 2e-3, 1, 1, 1e-6),
        ("gamma", 1, 4e-3, 2, 1, 1e-6),
        ("theta", 3, 5e-3, 1, -1, 1e-3),
        ("vega", 6, 5e-3, 1, 1, 5e-3),
        ("rho", 4, 1e-2, 1, 1, 2e-2),
    ],
)
def test_greeks_are_differences_of_the_oracle(
    greek: str,
    at: int,
    step: float,
    order: int,
    sign: int,
    tolerance: float,
    dividend_yield: float,
) -> None:
    options = market(
        4, 60, volatility=0.6, dividend_yield=dividend_yield, calls=dividend_yield > 0.0
    )
    away = american(options[0], SPOT * (1 + options[0] * 0.02), *options[2:])
    # the differences must not straddle the boundary, where the second derivative jumps
    clear = (away.gamma > 0.0) & (options[3] > 0.02)
    assert clear.sum() > 30
    kept = tuple(column[clear] for column in options)
    ours = getattr(american(*kept), greek)
    assert ours == pytest.approx(sign * difference(kept, at, step, order), abs=tolerance)


def test_nobody_exercises_a_call_without_dividends_or_a_put_without_interest() -> None:
    strikes = SPOT / np.linspace(0.6, 1.6, 41)
    for kind, rate, dividend_yield in (
        (CALL, 0.04, 0.0),
        (CALL, 0.04, -0.01),
        (PUT, 0.0, 0.0),
        (PUT, -0.01, 0.0),
        (PUT, 0.0, 0.02),
    ):
        arguments = (kind, SPOT, strikes, 1.5, rate, dividend_yield, 0.2)
        ours, theirs = american(*arguments), european(*arguments)
        for field in FIELDS:
            assert np.array_equal(getattr(ours, field), getattr(theirs, field))


def test_beyond_the_boundary_a_put_is_worth_its_exercise() -> None:
    value = american(PUT, 350.0, 450.0, 1.5, 0.043, 0.0, 0.18)
    assert value.price == 100.0
    assert value.delta == -1.0
    assert all(getattr(value, greek) == 0.0 for greek in ("gamma", "theta", "vega", "rho"))


@pytest.mark.parametrize("volatility", [0.05, 0.2, 0.6])
def test_value_and_delta_are_continuous_at_the_boundary(volatility: float) -> None:
    spots = np.linspace(150.0, 380.0, 20_001)
    value = american(PUT, spots, 380.0, 1.0, 0.05, 0.0, volatility)
    edge = np.flatnonzero(value.gamma > 0.0)[0]
    assert 0 < edge < spots.size - 1
    assert value.price[edge] == pytest.approx(380.0 - spots[edge], abs=5e-5)
    assert value.delta[edge] == pytest.approx(-1.0, abs=1e-3)
    assert (value.delta >= -1.0).all()
    assert (np.diff(value.price) <= 0.0).all()


def test_the_table_and_collocation_agree() -> None:
    """The smallest of yields sends a put the long way round."""
    options = market(5, 300, volatility=0.8)
    table = american(*options)
    kind, spot, strike, years, rate, _, sigma = options
    solved = american(kind, spot, strike, years, rate, 1e-13, sigma)
    assert np.abs(table.price - solved.price).max() < 6e-5
    assert np.abs(table.delta - solved.delta).max() < 2e-5
    assert np.abs(table.vega - solved.vega).max() < 2e-2
    assert np.abs(table.rho - solved.rho).max() < 2e-2


OUTSIDE = [(0.5, 0.02, 1.0), (2.0, 0.1, 0.5), (0.04, 3.0, 2.0), (0.0001, 0.8, 1.0), (0.05, 0.2, 30)]


@pytest.mark.parametrize(("rate", "sigma", "years"), OUTSIDE)
def test_outside_the_table_the_boundary_is_solved_for(
    rate: float, sigma: float, years: float
) -> None:
    strikes = SPOT * np.array([0.8, 0.95, 1.0, 1.05, 1.2])
    ours = american(PUT, SPOT, strikes, years, rate, 0.0, sigma).price
    assert ours == pytest.approx(oracle(PUT, SPOT, strikes, years, rate, 0.0, sigma), abs=5e-4)


@pytest.mark.parametrize(("rate", "dividend_yield"), [(-0.01, -0.03), (0.0, -0.03), (-0.02, -0.08)])
def test_between_two_boundaries(rate: float, dividend_yield: float) -> None:
    strikes = SPOT * np.array([0.9, 1.0, 1.1])
    arguments = (PUT, SPOT, strikes, 1.5, rate, dividend_yield, 0.15)
    value = american(*arguments)
    tree = leisen_reimer(*arguments, steps=2001)
    assert value.price == pytest.approx(tree, abs=2e-3)
    assert (value.price > european(*arguments).price + 0.01).all()
    up = american(PUT, SPOT, strikes, 1.5, rate, dividend_yield, 0.1501).price
    assert value.vega == pytest.approx((up - value.price) / 1e-4, rel=0.05)


def test_a_call_without_dividends_at_a_negative_rate() -> None:
    """Waiting to pay the strike costs interest: such a call is exercised early, as a tree shows."""
    strikes = SPOT * np.array([0.7, 0.9, 1.0, 1.1])
    arguments = (CALL, SPOT, strikes, 1.5, -0.02, 0.0, 0.15)
    value = american(*arguments)
    assert value.price == pytest.approx(leisen_reimer(*arguments, steps=1001), abs=2e-3)
    assert (value.price > european(*arguments).price + 0.01).all()
    assert np.isfinite(value.rho).all()
    assert (value.rho >= 0.0).all()


@pytest.mark.parametrize("kind", [CALL, PUT])
def test_rates_next_to_nothing_of_either_sign_have_values(kind: int) -> None:
    """The boundary's equations give out where one rate is nearly 0 and the other negative."""
    near = [1e-12, 1e-8, 1e-7, 1e-6, 1e-4, 0.01, 0.05]
    rates = np.array([*(-rate for rate in near), 0.0, *near])
    rate, dividend_yield = (column.ravel() for column in np.meshgrid(rates, rates))
    arguments = (kind, SPOT, SPOT, 1.0, rate, dividend_yield, 0.2)
    value = american(*arguments)
    for greek in ("price", "delta", "gamma", "theta", "vega", "rho"):
        assert np.isfinite(getattr(value, greek)).all(), greek
    assert value.price == pytest.approx(leisen_reimer(*arguments, steps=301), abs=3e-3)


def test_at_expiry_and_without_volatility() -> None:
    strikes = np.array([370.0, 380.0, 390.0])
    for years, volatility in ((0.0, 0.2), (1.0, 0.0)):
        value = american(PUT, SPOT, strikes, years, 0.04, 0.0, volatility)
        assert value.price.tolist() == [0.0, 0.0, 10.0]
        assert value.delta[[0, 2]].tolist() == [0.0, -1.0]
        for greek in ("gamma", "theta", "vega", "rho"):
            assert np.isfinite(getattr(value, greek)).all()
    faint = american(PUT, SPOT, strikes, 1.0, 0.04, 0.0, 1e-4).price
    assert faint == pytest.approx([0.0, 0.0, 10.0], abs=1e-3)


def test_without_volatility_the_best_moment_counts() -> None:
    """The yield pushes the stock down at first; the interest lost grows slower: wait, then go."""
    value = american(PUT, 100.0, 100.0, 40.0, 0.02, 0.05, 0.0)
    moments = np.linspace(0.0, 40.0, 400_001)
    worth = 100.0 * np.exp(-0.02 * moments) - 100.0 * np.exp(-0.05 * moments)
    assert value.price == pytest.approx(worth.max(), abs=1e-8)
    assert value.price > european(PUT, 100.0, 100.0, 40.0, 0.02, 0.05, 0.0).price


def test_bad_input_is_nan_and_does_not_spread() -> None:
    spot = [SPOT, np.nan, np.inf, -1.0, SPOT]
    value = american(PUT, spot, 400.0, 1.0, 0.04, 0.0, 0.2)
    for field in FIELDS:
        assert np.isnan(getattr(value, field)).tolist() == [False, True, True, True, False]
    for bad in (np.nan, np.inf, -0.1):
        assert np.isnan(american(PUT, SPOT, 400.0, 1.0, 0.04, 0.0, bad).price)
        assert np.isnan(american(PUT, SPOT, 400.0, bad, 0.04, 0.01, 0.2).price)
    assert np.isnan(american(0, SPOT, 400.0, 1.0, 0.04, 0.0, 0.2).price)


def test_shapes_integers_and_nothing() -> None:
    assert american(-1, 380, 400, 1, 0, 0, 1).price.shape == ()
    assert american(-1, [], 400, 1, 0.04, 0, 0.2).price.shape == (0,)
    grid = american([[-1], [1]], [370, 380, 390], 380, 1, 0.04, 0.02, 0.2)
    assert isinstance(grid, Valuation)
    assert grid.vega.shape == (2, 3)
    assert grid.price[0, 1] == american(-1, 380, 380, 1, 0.04, 0.02, 0.2).price
    with pytest.raises(ValueError, match="broadcast"):
        american(-1, [1, 2], [1, 2, 3], 1, 0.04, 0, 0.2)


def test_a_million_options_are_a_thousand_a_thousand_times() -> None:
    few = market(6, 1000, volatility=0.6)
    many = american(*(np.tile(column, 1000) for column in few))
    once = american(*few)
    for field in FIELDS:
        rows = getattr(many, field).reshape(1000, 1000)
        # where a batch begins changes the last digits of its matrix products, and no more
        scale = np.abs(getattr(once, field)).max()
        assert np.abs(rows - getattr(once, field)).max() < 1e-9 * scale


def test_scaling_spot_and_strike_scales_the_price() -> None:
    kind, spot, strike, *rest = market(7, 200, volatility=0.6, dividend_yield=0.03, calls=True)
    one, ten = american(kind, spot, strike, *rest), american(kind, 10 * spot, 10 * strike, *rest)
    assert ten.price == pytest.approx(10 * one.price, rel=1e-9, abs=1e-9)
    assert ten.delta == pytest.approx(one.delta, abs=1e-9)


def test_a_call_is_the_put_with_everything_exchanged() -> None:
    kind, spot, strike, years, rate, dividend_yield, sigma = market(
        8, 200, volatility=0.6, dividend_yield=0.05, calls=True
    )
    one = american(kind, spot, strike, years, rate, dividend_yield, sigma)
    other = american(-kind, strike, spot, years, dividend_yield, rate, sigma)
    assert one.price == pytest.approx(other.price, abs=1e-8)
    assert one.vega == pytest.approx(other.vega, abs=1e-4)
    assert one.theta == pytest.approx(other.theta, abs=1e-3)
