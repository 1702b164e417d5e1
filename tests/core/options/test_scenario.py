"""What a book would be worth elsewhere, cell by cell against the formulas it stands for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from vaultdesk.core.options.american import american
from vaultdesk.core.options.book import Leg, book_greeks
from vaultdesk.core.options.european import european
from vaultdesk.core.options.scenario import LEAST_VOLATILITY, scenario_cube

if TYPE_CHECKING:
    from vaultdesk.core.options.types import FloatArray

    Positions = np.typing.NDArray[np.int64]

FORMULAS = {"american": american, "european": european}
SPOTS = np.linspace(220.0, 540.0, 81)
LEVELS = np.linspace(0.05, 1.0, 40)


def leg(kind: int, strike: float, years: float = 1.0, **terms: float) -> Leg:
    """One share's worth of an option, so that values are per share."""
    usual = {"quantity": 1.0, "volatility": 0.22, "rate": 0.043, "multiplier": 1.0}
    return Leg(kind=kind, strike=strike, years=years, **(usual | terms))


def cells(cube: FloatArray, count: int, seed: int = 1) -> tuple[Positions, ...]:
    draw = np.random.default_rng(seed)
    return tuple(draw.integers(0, size, count) for size in cube.shape)


def truth(
    option: Leg, spot: FloatArray, volatility: FloatArray | float, life: FloatArray | float
) -> FloatArray:
    terms = (option.strike, np.maximum(life, 0.0), option.rate, option.dividend_yield)
    return american(option.kind, spot, *terms, volatility).price


def error(option: Leg, dates: FloatArray, style: str, levels: FloatArray = LEVELS) -> FloatArray:
    """Of a sample of the cube's cells, a third at the lowest volatilities."""
    cube = scenario_cube([option], SPOTS, levels, dates, style=style)
    i, j, k = cells(cube, 900)
    j[:300] %= 4
    terms = (option.strike, np.maximum(option.years - dates[k], 0.0), option.rate)
    rest = (option.dividend_yield, levels[j])
    expected = FORMULAS[style](option.kind, SPOTS[i], *terms, *rest).price
    assert np.ptp(expected) > 50.0
    wrong: FloatArray = np.abs(cube[i, j, k] - expected)
    return wrong


@pytest.mark.parametrize("kind", [1, -1])
@pytest.mark.parametrize("years", [0.02, 0.5, 2.5])
def test_european_cells_are_exact(kind: int, years: float) -> None:
    dates = np.linspace(0.0, years, 30)
    assert error(leg(kind, 380.0, years), dates, "european").max() < 1e-11


def test_calls_without_dividends_are_exact_in_either_style() -> None:
    assert error(leg(1, 380.0), np.linspace(0.0, 1.0, 30), "american").max() < 1e-11


@pytest.mark.parametrize(
    ("kind", "strike", "years", "rate", "dividend_yield", "most"),
    [
        (-1, 380.0, 1.0, 0.043, 0.0, 5e-5),
        (-1, 300.0, 0.05, 0.043, 0.0, 5e-5),
        (-1, 450.0, 2.5, 0.043, 0.0, 5e-5),
        (-1, 380.0, 2.5, 0.1, 0.0, 4e-4),
        (-1, 380.0, 1.0, 0.001, 0.0, 5e-5),
        (-1, 380.0, 1.0, 0.043, 0.02, 5e-5),
        (1, 380.0, 1.0, 0.043, 0.02, 1e-4),
        (1, 380.0, 1.0, 0.02, 0.05, 5e-5),
        (-1, 380.0, 1.0, 0.043, -0.01, 5e-5),
    ],
)
def test_american_cells(
    kind: int, strike: float, years: float, rate: float, dividend_yield: float, most: float
) -> None:
    option = leg(kind, strike, years, rate=rate, dividend_yield=dividend_yield)
    wrong = error(option, np.linspace(0.0, years, 30), "american")
    assert wrong.max() < most
    assert np.sqrt(np.mean(wrong**2)) < most / 4


def test_cells_whose_boundary_is_not_interpolated() -> None:
    """Volatilities below 3 %, and the last hours of an option's life."""
    levels = np.array([0.0, 1e-3, 0.01, 0.02, *np.linspace(0.03, 0.6, 30)])
    dates = 0.5 - np.array([0.0, 1e-9, 1e-5, 3e-4, *np.linspace(6e-4, 0.5, 20)])
    assert error(leg(-1, 380.0, 0.5), dates, "american", levels).max() < 1e-4


def test_american_values_are_never_below_exercise_and_european_puts_are() -> None:
    dates = np.linspace(0.0, 1.0, 30)
    exercised = np.maximum(400.0 - SPOTS, 0.0)[:, None, None]
    early, held = (
        scenario_cube([leg(-1, 400.0)], SPOTS, LEVELS, dates, style=style) - exercised
        for style in ("american", "european")
    )
    assert early.min() >= 0.0
    assert held.min() < -5.0
    assert (early - held).min() > -1e-9


@pytest.mark.parametrize("dividend_yield", [0.0, 0.02])
@pytest.mark.parametrize("kind", [1, -1])
def test_one_curve_is_the_formulas_own(kind: int, dividend_yield: float) -> None:
    """What a slider moves is not interpolated."""
    option = leg(kind, 380.0, dividend_yield=dividend_yield)
    curve = scenario_cube([option], SPOTS, 0.22, 0.25)
    assert curve.shape == (81, 1, 1)
    expected = truth(option, SPOTS, 0.22, 0.75)
    assert curve[:, 0, 0] == pytest.approx(expected, abs=1e-11)


def test_a_whole_grid_runs_into_its_single_curves() -> None:
    option = leg(-1, 380.0)
    dates = np.linspace(0.0, 0.9, 30)
    cube = scenario_cube([option], SPOTS, LEVELS, dates)
    for j, k in ((0, 0), (7, 20), (39, 29)):
        curve = scenario_cube([option], SPOTS, LEVELS[j], dates[k])[:, 0, 0]
        assert cube[:, j, k] == pytest.approx(curve, abs=5e-5)


COLLAR = (
    Leg(kind=0, quantity=10_000),
    Leg(kind=-1, quantity=100, strike=340.0, years=0.5, volatility=0.25, rate=0.043),
    Leg(kind=1, quantity=-50, strike=420.0, years=1.0, volatility=0.20, rate=0.045),
)


def test_legs_are_signed_multiplied_and_summed() -> None:
    dates = [0.0, 0.25, 0.75]
    legs = scenario_cube(COLLAR, SPOTS, LEVELS, dates, per_leg=True)
    whole = scenario_cube(COLLAR, SPOTS, LEVELS, dates)
    assert legs.shape == (3, 81, 40, 3)
    assert whole == pytest.approx(legs.sum(axis=0), rel=1e-14)
    assert legs[0, :, 5, 1] == pytest.approx(10_000 * SPOTS)
    put = truth(COLLAR[1], SPOTS, LEVELS[5], 0.25)
    assert legs[1, :, 5, 1] == pytest.approx(10_000 * put, abs=0.5)
    call = truth(COLLAR[2], SPOTS, LEVELS[5], 0.75)
    assert legs[2, :, 5, 1] == pytest.approx(-5_000 * call, abs=1e-6)


def test_no_shift_and_no_time_is_the_books_value_today() -> None:
    cube = scenario_cube(COLLAR, SPOTS, [0.0], [0.0], shift=True)
    assert cube[:, 0, 0] == pytest.approx(book_greeks(COLLAR, SPOTS).net.value, abs=1e-6)


def test_a_shift_keeps_each_legs_own_volatility() -> None:
    moved = scenario_cube(COLLAR, SPOTS, [-0.05, 0.1], [0.1], shift=True, per_leg=True)
    for number, change in ((1, -0.05), (2, 0.1)):
        option, column = COLLAR[number], 0 if change < 0 else 1
        level = option.volatility + change
        alone = scenario_cube([option], SPOTS, level, [0.1])
        assert moved[number, :, column] == pytest.approx(alone[:, 0], abs=1e-6)


def test_a_shift_stops_at_the_least_volatility() -> None:
    shifted = scenario_cube([leg(1, 380.0)], SPOTS, [-0.9], [0.0], shift=True)
    assert shifted == pytest.approx(scenario_cube([leg(1, 380.0)], SPOTS, LEAST_VOLATILITY, 0.0))


@pytest.mark.parametrize("style", ["american", "european"])
def test_an_expired_leg_keeps_its_payoff_and_the_others_live_on(style: str) -> None:
    legs = scenario_cube(COLLAR, SPOTS, LEVELS, [0.5, 0.7, 9.0], style=style, per_leg=True)
    payoff = 10_000 * np.maximum(340.0 - SPOTS, 0.0)
    for date in range(3):
        assert (legs[1, :, :, date] == payoff[:, None]).all()
    called = -5_000 * np.maximum(SPOTS - 420.0, 0.0)
    assert (legs[2, :, 20, 1] < called - 1.0).all()
    assert (legs[2, :, 20, 2] == called).all()


def test_axes_need_no_order_and_may_repeat() -> None:
    draw = np.random.default_rng(3)
    spots, levels = draw.permutation(SPOTS), np.repeat(draw.permutation(LEVELS), 2)
    dates = np.array([0.7, 0.1, 0.1, 0.3])
    cube = scenario_cube([leg(-1, 380.0)], spots, levels, dates)
    i, j, k = cells(cube, 300)
    expected = truth(leg(-1, 380.0), spots[i], levels[j], 1.0 - dates[k])
    assert cube[i, j, k] == pytest.approx(expected, abs=5e-5)


@pytest.mark.parametrize("kind", [0, 1, -1])
@pytest.mark.parametrize("axis", [0, 1, 2])
def test_what_is_no_number_is_nan_and_its_neighbours_are_what_they_were(
    kind: int, axis: int
) -> None:
    axes = [SPOTS.copy(), LEVELS.copy(), np.linspace(0.0, 0.9, 30)]
    usual = scenario_cube([leg(kind, 380.0)], *axes)
    axes[axis][4] = np.nan
    cube = scenario_cube([leg(kind, 380.0)], *axes)
    others = [number for number in range(axes[axis].size) if number != 4]
    if kind or axis == 0:
        assert np.isnan(np.take(cube, 4, axis)).all()
    expected = np.take(usual, others, axis)
    assert np.take(cube, others, axis) == pytest.approx(expected, abs=5e-5)


def test_negative_spots_and_volatilities_are_not_valued() -> None:
    option = leg(-1, 380.0)
    assert np.isnan(scenario_cube([option], [-1.0], [0.2], [0.0])).all()
    assert np.isnan(scenario_cube([option], SPOTS, [-0.2], [0.0])).all()


def test_a_worthless_underlying_leaves_the_strike_of_a_put_and_nothing_of_a_call() -> None:
    spots = np.array([0.0, *SPOTS])
    for kind, expected in ((-1, 380.0), (1, 0.0)):
        for dividend_yield in (0.0, 0.02):
            option = leg(kind, 380.0, dividend_yield=dividend_yield)
            cube = scenario_cube([option], spots, LEVELS, np.linspace(0.0, 0.9, 30))
            assert cube[0] == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("levels", [LEVELS, np.array([0.2])])
def test_far_beyond_the_boundary_only_exercise_counts(levels: FloatArray) -> None:
    """With a negative yield a premium carried beyond the boundary would be too large there."""
    spots = np.array([20.0, 60.0, 100.0, *SPOTS])
    option = leg(-1, 380.0, rate=0.001, dividend_yield=-0.05)
    cube = scenario_cube([option], spots, levels, np.linspace(0.0, 0.9, 10))
    assert (cube[:3, 0] == (380.0 - spots[:3])[:, None]).all()


@pytest.mark.parametrize("style", ["american", "european"])
def test_a_strike_of_nothing_makes_a_call_the_underlying_and_a_put_nothing(style: str) -> None:
    dates = np.linspace(0.0, 0.9, 10)
    for kind, expected in ((1, SPOTS), (-1, 0.0 * SPOTS)):
        cube = scenario_cube([leg(kind, 0.0)], SPOTS, LEVELS, dates, style=style)
        assert cube[:, 3, 3] == pytest.approx(expected)


def test_a_book_of_nothing_is_worth_nothing() -> None:
    assert scenario_cube([], SPOTS, LEVELS, [0.0]).tolist() == np.zeros((81, 40, 1)).tolist()
    assert scenario_cube([], SPOTS, LEVELS, [0.0], per_leg=True).shape == (0, 81, 40, 1)
    assert scenario_cube(COLLAR, [], LEVELS, [0.0]).shape == (0, 40, 1)
    assert scenario_cube(COLLAR, SPOTS, LEVELS, []).shape == (81, 40, 0)


def test_a_call_at_a_negative_rate_is_exercised_early() -> None:
    """Paying the strike costs less than keeping it: earlier the tree's business, cell by cell."""
    option = leg(1, 380.0, rate=-0.02)
    cube = scenario_cube([option], SPOTS, LEVELS, np.linspace(0.0, 0.9, 30))
    for i, j in ((30, 10), (60, 5), (75, 25)):
        expected = american(1, SPOTS[i], 380.0, 1.0, -0.02, 0.0, LEVELS[j]).price
        assert cube[i, j, 0] == pytest.approx(expected, abs=2e-3)


def test_two_boundaries_are_the_trees() -> None:
    option = leg(-1, 100.0, years=5.0, rate=-0.01, dividend_yield=-0.03)
    spots = np.array([40.0, 80.0, 98.0])
    cube = scenario_cube([option], spots, 0.1, 0.0)
    expected = american(-1, spots, 100.0, 5.0, -0.01, -0.03, 0.1).price
    assert cube[:, 0, 0].tolist() == expected.tolist()


def test_another_style_and_axes_of_more_dimensions_are_refused() -> None:
    with pytest.raises(ValueError, match="bermudan"):
        scenario_cube(COLLAR, SPOTS, LEVELS, [0.0], style="bermudan")
    with pytest.raises(ValueError, match="dimension"):
        scenario_cube(COLLAR, [SPOTS], LEVELS, [0.0])
