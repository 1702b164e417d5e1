"""Vanna, charm and vomma against differences of QuantLib's best prices, and at the boundary."""

from __future__ import annotations

import numpy as np
import pytest

from tests.core.options.oracle import FloatArray
from tests.core.options.quantlib_oracle import fixed_point, prices
from vaultdesk.core.options.american import american
from vaultdesk.core.options.european import second_order as european_second_order
from vaultdesk.core.options.second_order import second_order

SPOT = 380.0
NAMES = ("vanna", "charm", "vomma")
Market = tuple[FloatArray, ...]


def market(seed: int, count: int, *, dividend_yield: float = 0.0) -> Market:
    """Options that are not exercised, nor nearly; puts alone where there is no dividend."""
    draw = np.random.default_rng(seed)
    drawn = 3 * count
    kind = np.where(draw.random(drawn) < 0.5, 1.0, -1.0) if dividend_yield else np.full(drawn, -1.0)
    strike = SPOT * draw.uniform(0.75, 1.25, drawn)
    years = np.exp(draw.uniform(np.log(14 / 365), np.log(2.5), drawn))
    rate = draw.uniform(0.005, 0.08, drawn)
    yields = np.full(drawn, dividend_yield)
    volatility = draw.uniform(0.1, 0.6, drawn)
    spot = np.full(drawn, SPOT)
    nearer = american(kind, SPOT * (1 + 0.04 * kind), strike, years, rate, yields, volatility)
    kept = np.flatnonzero(nearer.gamma > 0.0)[:count]
    assert kept.size == count
    columns = (kind, spot, strike, years, rate, yields, volatility)
    return tuple(column[kept] for column in columns)


def differences(options: Market) -> dict[str, FloatArray]:
    """Second derivatives of QuantLib's prices, of fourth order in the steps."""
    spot, years, volatility = 1, 3, 6
    step = {spot: 0.03 * np.minimum(5 * options[6] * np.sqrt(options[3]), 1) * 0.2 * options[1]}
    step |= {years: 0.01 * options[3], volatility: 0.01 * options[6]}

    def at(*moves: tuple[int, float]) -> FloatArray:
        moved = list(options)
        for position, steps in moves:
            moved[position] = moved[position] + steps * step[position]
        return prices(fixed_point, *moved)

    def mixed(one: int, other: int, by: float) -> FloatArray:
        corners = sum(a * b * at((one, a * by), (other, b * by)) for a in (1, -1) for b in (1, -1))
        return np.asarray(corners / (4 * by * by * step[one] * step[other]))

    def twice(position: int, by: float) -> FloatArray:
        total = at((position, by)) - 2 * at() + at((position, -by))
        return np.asarray(total / (by * step[position]) ** 2)

    return {
        "vanna": (4 * mixed(spot, volatility, 1) - mixed(spot, volatility, 2)) / 3,
        "charm": -(4 * mixed(spot, years, 1) - mixed(spot, years, 2)) / 3,
        "vomma": (4 * twice(volatility, 1) - twice(volatility, 2)) / 3,
    }


@pytest.mark.parametrize("dividend_yield", [0.0, 0.02])
def test_american_ones_are_differences_of_quantlibs_prices(dividend_yield: float) -> None:
    options = market(seed=1, count=12, dividend_yield=dividend_yield)
    ours, theirs = second_order(*options), differences(options)
    for name, worst in {"vanna": 1e-4, "charm": 2e-5, "vomma": 0.2}.items():
        error = np.abs(getattr(ours, name) - theirs[name])
        assert error.max() < worst, name
        assert np.median(error) < worst / 20, name
        assert np.median(np.abs(theirs[name])) > 100 * worst, name


def test_early_exercise_changes_them() -> None:
    options = market(seed=2, count=40)
    ours, without = second_order(*options), european_second_order(*options)
    for name in NAMES:
        apart = np.abs(getattr(ours, name) - getattr(without, name))
        assert np.median(apart) > 1e-3, name


@pytest.mark.parametrize(
    ("kind", "rate", "dividend_yield"), [(1, 0.05, 0.0), (-1, 0.0, 0.03), (-1, -0.01, 0.0)]
)
def test_where_early_exercise_brings_nothing_they_are_the_european_ones(
    kind: int, rate: float, dividend_yield: float
) -> None:
    options = (kind, SPOT, [300.0, 380.0, 460.0], 0.7, rate, dividend_yield, 0.25)
    ours, closed = second_order(*options), european_second_order(*options)
    for name in NAMES:
        assert getattr(ours, name).tolist() == getattr(closed, name).tolist(), name


def test_style_european_is_the_closed_form() -> None:
    options = (-1, SPOT, [300.0, 380.0, 460.0], 0.7, 0.05, 0.01, 0.25)
    ours, closed = second_order(*options, style="european"), european_second_order(*options)
    for name in NAMES:
        assert getattr(ours, name).tolist() == getattr(closed, name).tolist(), name


def test_an_option_past_its_boundary_has_none() -> None:
    deep = second_order([-1, 1], [200, 600], SPOT, 0.5, [0.05, 0.0], [0.0, 0.05], 0.2)
    for name in NAMES:
        assert getattr(deep, name).tolist() == [0.0, 0.0], name


def test_beside_the_boundary_the_difference_is_the_options_own_sides() -> None:
    """They jump from 0 there; a difference across the boundary would be half of what they are."""
    spots = np.arange(302.0, 304.0, 0.005)
    option = (SPOT, 1.0, 0.043, 0.0, 0.2)
    kept = american(-1, spots, *option).gamma > 0.0
    first = int(np.argmax(kept))
    assert 10 < first < spots.size - 10
    value = second_order(-1, spots, *option)
    for name in NAMES:
        row = getattr(value, name)
        assert (row[:first] == 0.0).all(), name
        assert row[first] == pytest.approx(row[first + 40], rel=0.25), name


def test_at_expiry_and_without_volatility_none_is_left() -> None:
    for years, volatility in ((0.0, 0.2), (1.0, 0.0)):
        value = second_order([-1, -1, 1], 100, [90, 110, 100], years, 0.05, 0.0, volatility)
        for name in NAMES:
            assert getattr(value, name).tolist() == [0.0, 0.0, 0.0], name


def test_what_is_no_number_gives_nan_and_leaves_its_neighbour() -> None:
    for position in range(7):
        columns = [np.full(2, a) for a in (-1.0, 100.0, 105.0, 0.5, 0.05, 0.0, 0.25)]
        usual = second_order(*(column[1] for column in columns))
        columns[position][0] = np.nan
        value = second_order(*columns)
        for name in NAMES:
            assert np.isnan(getattr(value, name)[0]), name
            assert getattr(value, name)[1] == getattr(usual, name), name


def test_results_have_the_broadcast_shape() -> None:
    value = second_order([1, -1], SPOT, [[300.0], [380.0], [460.0]], 0.5, 0.04, 0.0, 0.2)
    assert {getattr(value, name).shape for name in NAMES} == {(3, 2)}
    assert second_order(-1, 100, 100, 1, 0.05, 0, 0.2).vanna.shape == ()
    assert second_order([], 100, 100, 1, 0.05, 0, 0.2).charm.shape == (0,)


def test_another_style_is_refused() -> None:
    with pytest.raises(ValueError, match="bermudan"):
        second_order(1, 100, 100, 1, 0.05, 0, 0.2, style="bermudan")
