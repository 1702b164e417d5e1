"""The binomial tree against closed forms, another tree, QuantLib and its own edges."""

from __future__ import annotations

import numpy as np
import pytest
import QuantLib as ql  # noqa: N813 - as its own documentation has it

from tests.core.options.oracle import FloatArray, exact
from tests.core.options.quantlib_oracle import fixed_point, prices
from vaultdesk.core.options.european import european
from vaultdesk.core.options.tree import CELLS, leisen_reimer, tree_value

SPOT = 380.0


def market(seed: int, count: int) -> tuple[FloatArray, ...]:
    """Options a desk would hedge with, rates and yields of both signs among them."""
    draw = np.random.default_rng(seed)
    kind = np.where(draw.random(count) < 0.5, 1.0, -1.0)
    strike = SPOT * draw.uniform(0.7, 1.3, count)
    years = np.round(365 * draw.uniform(0.05, 2.5, count)) / 365
    rate = draw.uniform(-0.02, 0.08, count)
    dividend_yield = np.where(draw.random(count) < 0.3, 0.0, draw.uniform(-0.03, 0.05, count))
    return kind, np.full(count, SPOT), strike, years, rate, dividend_yield, np.full(count, 0.22)


def cox_ross_rubinstein(
    kind: float, spot: float, strike: float, years: float, rate: float, volatility: float
) -> float:
    """American price without dividends on 4,000 steps: Cox, Ross and Rubinstein (1979)."""
    steps = 4000
    dt = years / steps
    up = np.exp(volatility * np.sqrt(dt))
    p = (np.exp(rate * dt) - 1 / up) / (up - 1 / up)
    levels = spot * up ** np.arange(-steps, steps + 1)
    exercised = np.maximum(kind * (levels - strike), 0.0)
    values = exercised[::2]
    for step in range(steps - 1, -1, -1):
        held = np.exp(-rate * dt) * (p * values[1:] + (1 - p) * values[:-1])
        values = np.maximum(held, exercised[steps - step : steps + step + 1 : 2])
    return float(values[0])


@pytest.mark.parametrize("american", [True, False])
def test_one_tree_is_quantlibs(american: bool) -> None:
    arguments = market(seed=1, count=60)
    theirs = prices(
        lambda process: ql.BinomialVanillaEngine(process, "lr", 101), *arguments, american=american
    )
    style = "american" if american else "european"
    ours = leisen_reimer(*arguments, steps=101, style=style, extrapolate=False)
    assert ours == pytest.approx(theirs, abs=1e-8)


def test_american_prices_err_by_half_a_cent_and_one_tree_by_much_more() -> None:
    kind, spot, strike, years, _, _, volatility = market(seed=2, count=60)
    draw = np.random.default_rng(3)
    rate, dividend_yield = draw.uniform(0.01, 0.06, 60), draw.uniform(0.0, 0.03, 60)
    arguments = (kind, spot, strike, years, rate, dividend_yield, volatility)
    theirs = prices(fixed_point, *arguments)
    error = leisen_reimer(*arguments) - theirs
    one = leisen_reimer(*arguments, extrapolate=False) - theirs
    assert np.abs(error).max() < 0.005
    assert np.sqrt(np.mean(error**2)) < 0.15 * np.sqrt(np.mean(one**2))


@pytest.mark.parametrize("strike", [300.0, 350.0, 385.0, 420.0])
@pytest.mark.parametrize(("years", "volatility"), [(0.25, 0.18), (1.5, 0.18), (1.0, 0.35)])
def test_a_cent_from_four_thousand_steps(strike: float, years: float, volatility: float) -> None:
    put = (-1.0, 350.0, strike, years)
    other = cox_ross_rubinstein(*put, 0.043, volatility)
    assert leisen_reimer(*put, 0.043, 0.0, volatility) == pytest.approx(other, abs=0.01)


@pytest.mark.parametrize(
    ("strike", "years", "price"),
    [
        (315, 0.25, 1.4049),
        (350, 0.25, 11.0297),
        (385, 0.25, 35.6626),
        (315, 1.5, 9.7632),
        (350, 1.5, 22.4900),
        (385, 1.5, 42.6780),
        (450, 1.5, 100.0),
    ],
)
def test_worked_puts(strike: float, years: float, price: float) -> None:
    """Worked values for S = 350, r = 4.3 %, q = 0 and a volatility of 18 %."""
    put = leisen_reimer(-1, 350, strike, years, 0.043, 0.0, 0.18)
    assert put == pytest.approx(price, abs=0.0015)


def test_european_prices_agree_with_sixty_digits_the_better_the_finer() -> None:
    arguments = market(seed=4, count=30)
    truth = exact("price", *arguments)
    coarse, fine = (
        np.abs(leisen_reimer(*arguments, steps=steps, style="european") - truth).max()
        for steps in (201, 1005)
    )
    assert fine < 1e-5
    assert fine < coarse / 20


def test_european_delta_and_gamma_are_todays() -> None:
    arguments = market(seed=5, count=60)
    ours, truth = tree_value(*arguments, style="european"), european(*arguments)
    assert np.abs(ours.delta - truth.delta).max() < 1e-3
    assert np.abs(ours.gamma - truth.gamma).max() < 3e-5


def test_american_delta_is_the_slope_of_the_price() -> None:
    put = (350.0, 1.5, 0.043, 0.0, 0.18)
    up, down = (float(leisen_reimer(-1, spot, *put, steps=1001)) for spot in (352.0, 348.0))
    value = tree_value(-1, 350.0, *put)
    assert value.delta == pytest.approx((up - down) / 4, abs=1e-3)
    middle = float(leisen_reimer(-1, 350.0, *put, steps=1001))
    assert value.gamma == pytest.approx((up - 2 * middle + down) / 4, abs=1e-4)


def test_a_call_is_the_put_with_spot_and_strike_and_the_rates_exchanged() -> None:
    """McDonald and Schroder (1998)."""
    _, spot, strike, years, rate, dividend_yield, volatility = market(seed=6, count=40)
    call = leisen_reimer(1, spot, strike, years, rate, dividend_yield, volatility)
    put = leisen_reimer(-1, strike, spot, years, dividend_yield, rate, volatility)
    assert call == pytest.approx(put, abs=0.01)


def test_exercise_pays_between_two_boundaries_when_both_rates_are_negative() -> None:
    """With q < r < 0 a put is kept near the strike, exercised below it, and kept far below."""
    spot = np.array([30.0, 80.0, 97.0])
    put = leisen_reimer(-1, spot, 100, 10, -0.01, -0.02, 0.05)
    assert (put - (100 - spot) > 1e-3).tolist() == [True, False, True]
    assert put[1] == pytest.approx(20.0, abs=1e-10)


def test_what_early_exercise_cannot_bring_is_not_counted() -> None:
    for kind, rate, dividend_yield in ((1, 0.05, 0.0), (-1, 0.0, 0.02), (-1, -0.02, 0.0)):
        arguments = (kind, 100, [80.0, 100.0, 120.0], 1.5, rate, dividend_yield, 0.2)
        expected = european(*arguments).price
        assert leisen_reimer(*arguments) == pytest.approx(expected, abs=1e-4)


def test_at_expiry_only_the_intrinsic_value_and_a_step_of_delta_are_left() -> None:
    dead = tree_value([1, 1, 1, -1, -1, -1], 100, [90, 100, 110] * 2, 0, 0.05, 0.02, 0.2)
    assert dead.price.tolist() == [10, 0, 0, 0, 0, 10]
    assert dead.delta.tolist() == [1, 0.5, 0, 0, -0.5, -1]
    assert dead.gamma.tolist() == [0] * 6


def test_without_volatility_the_best_moment_of_exercise_is_left() -> None:
    """-(S·e^(-qt) - K·e^(-rt)) is greatest where e^((r-q)t) = rK/(qS): here after 0.9 years."""
    strike, rate, dividend_yield = 110.0, 0.02, 0.06
    best = np.log(rate * strike / (dividend_yield * 100)) / (rate - dividend_yield)
    for years, moment in ((50.0, best), (2.0, 2.0)):
        expected = strike * np.exp(-rate * moment) - 100 * np.exp(-dividend_yield * moment)
        sure = tree_value(-1, 100, strike, years, rate, dividend_yield, 0.0)
        assert sure.price == pytest.approx(expected)
        assert sure.delta == pytest.approx(-np.exp(-dividend_yield * moment))
        nearly = leisen_reimer(-1, 100, strike, years, rate, dividend_yield, [1e-9, 1e-3])
        assert nearly == pytest.approx([expected] * 2, abs=2e-4)


def test_a_put_without_volatility_is_exercised_at_once_and_a_call_held() -> None:
    sure = tree_value([-1, 1], 100, [110, 90], 1, 0.05, 0.0, 0)
    assert sure.price == pytest.approx([10, 100 - 90 * np.exp(-0.05)])
    assert sure.delta.tolist() == [-1, 1]
    kept = leisen_reimer(-1, 100, 110, 1, 0.05, 0.0, 0.0, style="european")
    assert kept == pytest.approx(110 * np.exp(-0.05) - 100)


def test_a_worthless_underlying_leaves_the_strike() -> None:
    assert leisen_reimer([-1, 1, -1, 1], [0, 0, 100, 100], [90, 90, 0, 0], 1, 0.05, 0.0, 0.2) == (
        pytest.approx([90, 0, 0, 100])
    )


BAD = [
    *((position, bad) for position in range(7) for bad in (np.nan, np.inf, -np.inf)),
    *((position, -1e-9) for position in (1, 2, 3, 6)),
    *((0, kind) for kind in (0.0, 2.0)),
]


@pytest.mark.parametrize(("position", "bad"), BAD)
def test_what_is_no_number_or_negative_gives_nan_and_leaves_its_neighbour(
    position: int, bad: float
) -> None:
    columns = [np.full(2, a) for a in (1.0, 100.0, 95.0, 0.5, 0.03, 0.01, 0.25)]
    usual = float(leisen_reimer(*(column[1] for column in columns), steps=11))
    columns[position][0] = bad
    value = tree_value(*columns, steps=11)
    assert [np.isnan(row[0]) for row in (value.price, value.delta, value.gamma)] == [True] * 3
    assert value.price[1] == usual


def test_an_uncertainty_beyond_the_tree_is_no_number() -> None:
    assert np.isnan(leisen_reimer(1, 100, 100, 1, 0, 0, [200.0, 2e4])).all()


def test_arguments_broadcast_and_no_options_are_worth_an_empty_array() -> None:
    grid = leisen_reimer([1, -1], 100, [[90], [100], [110]], 1, 0.05, 0, 0.2, steps=11)
    assert grid.shape == (3, 2)
    assert grid.dtype == np.float64
    assert leisen_reimer(1, 100, 100, 1, 0, 0, 0.2, steps=11).shape == ()
    assert leisen_reimer([], 100, 100, 1, 0, 0, 0.2).shape == (0,)


def test_many_options_are_worth_what_each_is_worth_alone() -> None:
    """Beyond one block of nodes the options are taken in turn."""
    steps, count = 11, CELLS // 14 + 5
    strike = np.linspace(80.0, 120.0, count)
    whole = leisen_reimer(-1, 100, strike, 1, 0.05, 0, 0.2, steps=steps)
    for at in (0, count // 2, count - 1):
        assert whole[at] == leisen_reimer(-1, 100, strike[at], 1, 0.05, 0, 0.2, steps=steps)


@pytest.mark.parametrize("steps", [0, -1, 200])
def test_even_or_no_steps_are_refused(steps: int) -> None:
    with pytest.raises(ValueError, match="odd number of steps"):
        leisen_reimer(1, 100, 100, 1, 0.05, 0, 0.2, steps=steps)


def test_another_style_is_refused() -> None:
    with pytest.raises(ValueError, match="bermudan"):
        leisen_reimer(1, 100, 100, 1, 0.05, 0, 0.2, style="bermudan")
