"""European prices and Greeks against sixty-digit arithmetic and at the edges."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.core.options.oracle import NAMES, FloatArray, exact
from vaultdesk.core.options import SecondOrder, Valuation, european
from vaultdesk.core.options.blocks import BLOCK
from vaultdesk.core.options.european import second_order

if TYPE_CHECKING:
    from collections.abc import Callable

FIRST = NAMES[:6]
SECOND = NAMES[6:]
SPOT = 380.0


def market(seed: int, count: int) -> tuple[FloatArray, ...]:
    """Options over the whole promised range: moneyness 0.6 to 1.6, one day to three years."""
    draw = np.random.default_rng(seed)
    kind = np.where(draw.random(count) < 0.5, 1.0, -1.0)
    near = SPOT * (1.0 + draw.normal(0.0, 0.01, count))
    strike = np.where(draw.random(count) < 0.3, near, SPOT * draw.uniform(0.6, 1.6, count))
    years = np.exp(draw.uniform(np.log(1 / 365), np.log(3.0), count))
    rate = draw.uniform(-0.02, 0.10, count)
    dividend_yield = np.where(draw.random(count) < 0.5, 0.0, draw.uniform(0.0, 0.05, count))
    volatility = np.exp(draw.uniform(np.log(0.05), np.log(1.0), count))
    return kind, np.full(count, SPOT), strike, years, rate, dividend_yield, volatility


def everything(*arguments: FloatArray | float) -> dict[str, FloatArray]:
    first, second = european(*arguments), second_order(*arguments)
    named = {name: getattr(first, name) for name in FIRST}
    return named | {name: getattr(second, name) for name in SECOND}


@pytest.mark.parametrize(
    ("name", "tolerance"),
    [
        ("price", 1e-12),
        ("delta", 1e-14),
        ("gamma", 1e-15),
        ("theta", 2e-12),
        ("vega", 1e-12),
        ("rho", 2e-12),
        ("vanna", 1e-13),
        ("charm", 2e-12),
        ("vomma", 1e-10),
    ],
)
def test_agrees_with_sixty_digits(name: str, tolerance: float) -> None:
    arguments = market(seed=3, count=400)
    error = np.abs(everything(*arguments)[name] - exact(name, *arguments))
    assert error.max() <= tolerance


NEAR = np.array([379.0, 379.99, 380.0, 380.01, 381.0])
ODDITIES = {
    "the last day": (1.0, SPOT, NEAR, 1 / 365, 0.04, 0.01, 0.05),
    "the last hour": (-1.0, SPOT, NEAR, 1 / 8760, 0.04, 0.0, 0.2),
    "the last second": (1.0, SPOT, NEAR, 1 / 3.15e7, 0.04, 0.0, 0.2),
    "hardly a volatility": (
        -1.0,
        SPOT,
        SPOT * np.exp([0.0299, 0.03, 0.0301]),
        1.0,
        0.04,
        0.01,
        1e-4,
    ),
    "far outside": (1.0, SPOT, np.array([900.0, 1500.0]), 0.5, 0.04, 0.01, 0.2),
    "wild": (-1.0, SPOT, np.array([100.0, SPOT, 2000.0]), 5.0, 0.04, 0.01, 3.0),
    "negative rates": (-1.0, SPOT, np.array([300.0, SPOT, 500.0]), 2.0, -0.02, -0.03, 0.3),
    "pennies": (1.0, 3.8e-4, np.array([3e-4, 4e-4]), 1.0, 0.04, 0.01, 0.3),
}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("oddity", ODDITIES)
def test_agrees_with_sixty_digits_where_the_formula_is_stretched(oddity: str, name: str) -> None:
    arguments = ODDITIES[oddity]
    expected = exact(name, *arguments)
    error = np.abs(everything(*arguments)[name] - expected).max()
    rounding = 2e-16 * arguments[1] if name == "price" else 0.0
    assert error <= 1e-12 * np.abs(expected).max() + rounding


@pytest.mark.parametrize("name", NAMES)
def test_the_tolerances_are_small_beside_the_values(name: str) -> None:
    arguments = market(seed=3, count=60)
    assert np.median(np.abs(exact(name, *arguments))) > 1e-4


def test_out_of_the_money_prices_keep_their_relative_precision() -> None:
    strike = np.array([400.0, 420.0, 500.0, 360.0, 340.0, 250.0])
    kind = np.where(strike > SPOT, 1.0, -1.0)
    for years, volatility in ((1 / 365, 0.05), (2 / 365, 0.2), (0.1, 0.2), (2.0, 0.3)):
        arguments = (kind, SPOT, strike, years, 0.0, 0.0, volatility)
        expected = exact("price", *arguments)
        seen = expected > 1e-200
        assert seen.any()
        error = european(*arguments).price[seen] / expected[seen] - 1.0
        assert np.abs(error).max() < 2e-11


def test_the_signs_are_those_of_a_long_option() -> None:
    both = european([1, -1], 100, 100, 0.5, 0.03, 0.0, 0.25)
    assert both.delta[0] > 0 > both.delta[1]
    assert (both.gamma > 0).all()
    assert (both.vega > 0).all()
    assert (both.theta < 0).all()
    assert both.rho[0] > 0 > both.rho[1]


def test_at_expiry_only_the_intrinsic_value_and_a_step_of_delta_are_left() -> None:
    dead = european([1, 1, 1, -1, -1, -1], 100, [90, 100, 110, 90, 100, 110], 0, 0.05, 0.02, 0.2)
    assert dead.price.tolist() == [10, 0, 0, 0, 0, 10]
    assert dead.delta.tolist() == [1, 0.5, 0, 0, -0.5, -1]
    for greek in (dead.gamma, dead.theta, dead.vega, dead.rho):
        assert greek.tolist() == [0] * 6


def test_without_volatility_the_discounted_intrinsic_value_is_left() -> None:
    sure = european([1, 1, -1, -1], 100, [90, 120, 90, 120], 2, 0.05, 0.02, 0)
    held, owed = 100 * np.exp(-0.04), np.array([90, 120, 90, 120]) * np.exp(-0.10)
    inside = np.array([True, False, False, True])
    sign = np.array([1, 1, -1, -1])
    assert sure.price == pytest.approx(np.where(inside, np.abs(held - owed), 0), abs=1e-13)
    assert sure.delta == pytest.approx(np.where(inside, sign * np.exp(-0.04), 0))
    assert sure.rho == pytest.approx(np.where(inside, sign * 2 * owed, 0))
    assert sure.theta == pytest.approx(np.where(inside, sign * (0.02 * held - 0.05 * owed), 0))
    assert sure.gamma.tolist() == sure.vega.tolist() == [0] * 4


def test_the_first_volatility_is_worth_something_at_the_money_forward() -> None:
    """Brenner and Subrahmanyam (1988): price ≈ 0.4·S·sigma·√T, so vega does not vanish there."""
    middle = european(1, 100, 100, 0.25, 0.03, 0.03, [0.0, 1e-7])
    assert middle.vega[0] == pytest.approx(middle.vega[1])
    assert middle.vega[0] == pytest.approx(0.5 * 100 * np.exp(-0.0075) / np.sqrt(2 * np.pi))
    assert middle.delta[0] == pytest.approx(0.5 * np.exp(-0.0075))


@pytest.mark.parametrize("kind", [1, -1])
@pytest.mark.parametrize("strike", [90.0, 100.5, 110.0])
def test_the_price_runs_into_its_edges(kind: int, strike: float) -> None:
    """Both edges are limits: nothing jumps on the last instant or the last bit of volatility."""
    soon = european(kind, 100, strike, [1e-9, 0], 0.05, 0.02, 0.2)
    calm = european(kind, 100, strike, 0.5, 0.05, 0.02, [1e-9, 0])
    for ends in (soon.price, soon.delta, calm.price, calm.delta, calm.theta, calm.rho):
        assert ends[0] == pytest.approx(ends[1], abs=1e-6)


def test_a_worthless_underlying_leaves_the_put_its_strike() -> None:
    put, call = (european(kind, 0, 100, 1, 0.05, 0.02, 0.2) for kind in (-1, 1))
    assert put.price == pytest.approx(100 * np.exp(-0.05))
    assert put.delta == pytest.approx(-np.exp(-0.02))
    assert put.rho == pytest.approx(-100 * np.exp(-0.05))
    assert put.theta == pytest.approx(5 * np.exp(-0.05))
    assert (float(call.price), float(call.delta), float(call.theta)) == (0, 0, 0)
    assert (float(put.gamma), float(put.vega)) == (0, 0)
    assert european(-1, 0, 100, 1e-6, 0, 0, 0.2).price == 100


def test_a_strike_of_zero_makes_the_call_a_share_without_its_dividends() -> None:
    call = european(1, 100, 0, 1, 0.05, 0.02, 0.2)
    assert call.price == pytest.approx(100 * np.exp(-0.02))
    assert call.delta == pytest.approx(np.exp(-0.02))
    assert (float(call.gamma), float(call.vega), float(call.rho)) == (0, 0, 0)


BAD = [
    *((position, bad) for position in range(7) for bad in (np.nan, np.inf, -np.inf)),
    *((position, -1e-9) for position in (1, 2, 3, 6)),
    *((0, kind) for kind in (0.0, 2.0, -0.5)),
]


@pytest.mark.parametrize(("position", "bad"), BAD)
@pytest.mark.parametrize("others", [1, 3])
def test_what_is_no_number_or_negative_gives_nan_and_leaves_its_neighbours(
    position: int, bad: float, others: int
) -> None:
    columns = [np.full(others + 1, a) for a in (1.0, 100.0, 95.0, 0.5, 0.03, 0.01, 0.25)]
    usual = everything(*(column[1:] for column in columns))
    columns[position][0] = bad
    for name, values in everything(*columns).items():
        assert np.isnan(values[0]), name
        assert values[1:].tolist() == usual[name].tolist()


@pytest.mark.parametrize(
    ("spot", "strike", "years"),
    [(0, 0, 1), (-100, -95, 1), (-1, 0, 1), (-1, 100, 0), (0, 100, -1), (100, 0, -1)],
)
def test_no_two_oddities_make_a_price(spot: float, strike: float, years: float) -> None:
    for name, value in everything(1, spot, strike, years, 0.05, 0.0, 0.2).items():
        assert np.isnan(value), name


def test_a_cell_does_not_depend_on_its_neighbours() -> None:
    """Expired, short-dated and ordinary options take different paths to the same digits."""
    years = np.array([0.5, 0.0, 1e-5, 1e-3, -1.0])
    mixed = everything(1, 100, 101, years, 0.03, 0.01, 0.25)
    for position, alone in enumerate(years):
        for name, value in everything(1, 100, 101, alone, 0.03, 0.01, 0.25).items():
            np.testing.assert_array_equal(mixed[name][position], value, err_msg=name)


def test_second_order_is_zero_at_expiry_and_only_charm_outlives_volatility() -> None:
    dead = second_order([1, -1], 100, 100, 0, 0.05, 0.02, 0.2)
    assert [dead.vanna.tolist(), dead.charm.tolist(), dead.vomma.tolist()] == [[0, 0]] * 3
    sure = second_order([1, -1], 100, 90, 1, 0.05, 0.02, 0)
    assert sure.vanna.tolist() == sure.vomma.tolist() == [0, 0]
    assert sure.charm == pytest.approx([0.02 * np.exp(-0.02), 0])


def test_integers_are_taken_as_numbers() -> None:
    whole = european(np.array([1, -1]), 100, np.array([90, 110]), 1, 0, 0, 1)
    real = european([1.0, -1.0], 100.0, [90.0, 110.0], 1.0, 0.0, 0.0, 1.0)
    assert whole.price.dtype == np.float64
    assert whole.price.tolist() == real.price.tolist()


def test_single_precision_is_computed_in_double() -> None:
    columns = [np.full(2, a, np.float32) for a in (1.0, 100.0, 95.0, 0.5, 0.0, 0.0, 0.25)]
    value = european(*columns)
    assert value.price.dtype == np.float64
    assert value.price[0] == european(1.0, 100.0, 95.0, 0.5, 0.0, 0.0, 0.25).price


@pytest.mark.parametrize("function", [european, second_order])
def test_every_result_has_the_broadcast_shape(
    function: Callable[..., Valuation | SecondOrder],
) -> None:
    kind, strike = np.array([1.0, -1.0]), np.array([[90.0], [100.0], [110.0]])
    result = function(kind, 100.0, strike, 0.5, 0.02, 0.0, 0.2)
    for name in result.__dataclass_fields__:
        values = getattr(result, name)
        assert values.shape == (3, 2)
        assert values.flags.writeable
        values[0, 0] = 1.0
        assert values[0, 1] != 1.0


def test_scalars_give_arrays_of_no_dimension() -> None:
    price = european(1, 100, 100, 1, 0.05, 0, 0.2).price
    assert isinstance(price, np.ndarray)
    assert price.shape == ()


def test_no_options_are_worth_an_empty_array() -> None:
    assert european(1, 100, np.empty((0, 3)), 1, 0.05, 0, 0.2).price.shape == (0, 3)
    assert second_order([], 100, 100, 1, 0.05, 0, 0.2).vanna.shape == (0,)


def test_shapes_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="broadcast"):
        european([1, 1, 1], [100, 101], 100, 1, 0.05, 0, 0.2)


def test_many_options_are_worth_what_each_is_worth_alone() -> None:
    """Beyond one block the arrays are cut up; nothing may depend on where."""
    count = BLOCK + 7
    kind, spot, strike, years, *rest = market(seed=5, count=count)
    strike[BLOCK] = years[-1] = 0.0
    whole = everything(kind, spot, strike, years, *rest)
    for piece in (slice(0, 5), slice(BLOCK - 2, count)):
        columns = (column[piece] for column in (kind, spot, strike, years, *rest))
        for name, values in everything(*columns).items():
            assert whole[name][piece].tolist() == values.tolist()


def test_a_large_grid_keeps_its_shape_and_order() -> None:
    strike = np.linspace(80.0, 120.0, 101)[:, None]
    volatility = np.linspace(0.1, 0.5, 83)
    grid = european(-1, 100.0, strike, 0.5, 0.02, 0.0, volatility)
    assert grid.price.shape == (101, 83)
    assert grid.price.size > BLOCK
    assert grid.vega[60, 40] == european(-1, 100, strike[60, 0], 0.5, 0.02, 0, volatility[40]).vega
