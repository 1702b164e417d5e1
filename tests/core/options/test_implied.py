"""Implied volatility: exact where there is one, and a true reason where there is none."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import numpy as np
import pytest

from tests.core.options.oracle import FloatArray, exact, normalised
from vaultdesk.core.options import REASONS, Refusal, european, implied_volatility
from vaultdesk.core.options.blocks import BLOCK
from vaultdesk.core.options.normalised import SHORT, solve

held_volatility = partial(implied_volatility, style="european")


class Options(NamedTuple):
    """Arguments of `european`; the first six less kind are those of `implied_volatility`."""

    kind: FloatArray
    spot: FloatArray
    strike: FloatArray
    years: FloatArray
    rate: FloatArray
    dividend_yield: FloatArray
    volatility: FloatArray


def out_of_the_money(seed: int, count: int) -> Options:
    """Moneyness 0.6 to 1.6, one day to three years, volatility 5 to 100 %."""
    draw = np.random.default_rng(seed)
    spot = 380.0
    near = spot * (1.0 + draw.normal(0.0, 0.01, count))
    strike = np.where(draw.random(count) < 0.3, near, spot * draw.uniform(0.6, 1.6, count))
    years = np.exp(draw.uniform(np.log(1 / 365), np.log(3.0), count))
    rate = draw.uniform(-0.02, 0.10, count)
    dividend_yield = draw.uniform(0.0, 0.05, count)
    forward = spot * np.exp((rate - dividend_yield) * years)
    kind = np.where(strike > forward, 1.0, -1.0)
    volatility = np.exp(draw.uniform(np.log(0.05), np.log(1.0), count))
    return Options(kind, np.full(count, spot), strike, years, rate, dividend_yield, volatility)


def test_an_exact_price_gives_its_volatility_to_thirteen_digits() -> None:
    options = out_of_the_money(seed=11, count=1500)
    price = exact("price", *options)
    worth_something = price > 1e-250
    volatility = held_volatility(options.kind, price, *options[1:6]).volatility
    error = np.abs(volatility / options.volatility - 1.0)[worth_something]
    assert worth_something.sum() > 1300
    assert error.max() <= 1e-13


def test_what_european_gives_is_taken_back_to_thirteen_digits() -> None:
    """Also a day before expiry, where N(d1) and N(d2) hardly differ."""
    options = out_of_the_money(seed=12, count=20_000)
    price = european(*options).price
    worth_something = price > 1e-10
    volatility = held_volatility(options.kind, price, *options[1:6]).volatility
    error = np.abs(volatility / options.volatility - 1.0)[worth_something]
    assert worth_something.sum() > 15_000
    assert error.max() <= 1e-13


def test_in_the_money_the_error_is_what_rounding_the_price_makes_of_it() -> None:
    outside = out_of_the_money(seed=13, count=4000)
    options = outside._replace(kind=-outside.kind)
    value = european(*options)
    result = held_volatility(options.kind, value.price, *options[1:6])
    found = result.reason == Refusal.OK
    rounding = np.spacing(options.spot + options.strike)
    error = np.abs(result.volatility - options.volatility)
    worth = error * value.vega
    assert found.sum() > 2000
    assert (worth <= 4.0 * rounding + 1e-13 * value.vega)[found].all()
    assert (error / options.volatility)[found].max() < 1e-4
    assert set(result.reason[~found]) == {Refusal.NOT_DETERMINED}
    assert (rounding > 1e-6 * options.volatility * value.vega)[~found].all()


def inverted(distance: FloatArray, worth: FloatArray) -> tuple[FloatArray, FloatArray]:
    """`solve` as it is called: without warnings for guesses that are not used."""
    with np.errstate(all="ignore"):
        return solve(distance, worth)


@pytest.mark.parametrize("width", [1e-9, 1e-6, 1e-3, SHORT * 1.99, SHORT * 2.01, 0.3, 2.0, 8.0])
def test_every_width_of_the_distribution_is_inverted(width: float) -> None:
    """From the money to 36 deviations away, and from sigma·√T of 1e-9 to 8."""
    deviations = np.concatenate([[0.0], np.geomspace(1e-6, 36.0, 200)])
    distance = np.minimum(deviations * width, 60.0)
    worth, exact_elasticity = normalised(distance, np.full(distance.shape, width))
    clear = (worth > 1e-280) & (worth < np.exp(-0.5 * distance) * (1.0 - 1e-4))
    found, elasticity = inverted(distance[clear], worth[clear])
    assert clear.sum() > 50
    assert (np.abs(found / width - 1.0) * np.minimum(elasticity, 1.0)).max() < 1e-13
    told = 1e-8 if width < 1.0 else 2e-4  # it is that of the guess before the last step
    assert elasticity == pytest.approx(exact_elasticity[clear], rel=told)


CALL = {"kind": 1, "price": 5, "spot": 100, "strike": 100, "years": 1, "rate": 0.04}


def reason_of(**changed: float) -> Refusal:
    """The reason for a call with one thing changed, having seen that there is no volatility."""
    result = held_volatility(**(CALL | {"dividend_yield": 0.0} | changed))  # type: ignore[arg-type]
    reason = Refusal(int(result.reason))
    assert np.isnan(result.volatility) == (reason != Refusal.OK)
    return reason


def test_an_ordinary_price_is_not_refused() -> None:
    assert reason_of() == Refusal.OK


@pytest.mark.parametrize("name", [*CALL, "dividend_yield"])
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("style", ["american", "european"])
def test_what_is_no_number_is_bad_input(name: str, bad: float, style: str) -> None:
    call = CALL | {"dividend_yield": 0.0, name: bad}
    assert implied_volatility(**call, style=style).reason == Refusal.BAD_INPUT


@pytest.mark.parametrize(
    ("name", "bad"),
    [("price", -0.01), ("spot", 0), ("spot", -1), ("strike", 0), ("strike", -1), ("kind", 0)],
)
def test_what_cannot_be_is_bad_input(name: str, bad: float) -> None:
    assert reason_of(**{name: bad}) == Refusal.BAD_INPUT


@pytest.mark.parametrize("years", [0, -0.1])
def test_after_expiry_there_is_no_volatility(years: float) -> None:
    assert reason_of(years=years) == Refusal.EXPIRED


@pytest.mark.parametrize("strike", [50, 100, 150])
def test_a_price_of_zero_is_refused_in_and_out_of_the_money(strike: float) -> None:
    assert reason_of(price=0, strike=strike) == Refusal.ZERO_PRICE


def test_a_price_below_the_discounted_intrinsic_value_is_refused() -> None:
    intrinsic = 100 - 90 * np.exp(-0.04)
    assert reason_of(strike=90, price=intrinsic - 1e-9) == Refusal.BELOW_INTRINSIC
    assert reason_of(strike=90, price=intrinsic + 1e-3) == Refusal.OK


def test_a_deep_american_put_has_no_european_volatility() -> None:
    """A worked value: the American put at 450 is worth 100, its European floor is above that."""
    put = {"kind": -1, "spot": 350, "strike": 450, "years": 1.5, "rate": 0.0}
    assert reason_of(**put, price=99.99) == Refusal.BELOW_INTRINSIC


@pytest.mark.parametrize(("kind", "bound"), [(1, 100.0), (-1, 100.0 * np.exp(-0.04))])
def test_a_price_from_the_bound_upwards_is_refused(kind: int, bound: float) -> None:
    assert reason_of(kind=kind, price=bound * (1 + 1e-12)) == Refusal.ABOVE_BOUND
    assert reason_of(kind=kind, price=1000.0) == Refusal.ABOVE_BOUND
    assert reason_of(kind=kind, price=bound * 0.99) == Refusal.OK


def test_a_call_at_its_spot_is_at_the_bound() -> None:
    assert reason_of(price=100) == Refusal.ABOVE_BOUND


@pytest.mark.parametrize("ulps", [-1, 0, 1, 3])
def test_time_value_lost_in_rounding_determines_nothing(ulps: int) -> None:
    intrinsic = 100.0 - 50.0 * np.exp(-0.04)
    price = intrinsic + ulps * np.spacing(intrinsic)
    assert reason_of(strike=50, price=price) == Refusal.NOT_DETERMINED


def test_a_price_too_close_to_the_bound_determines_nothing() -> None:
    assert reason_of(price=100 * (1 - 1e-14), rate=0.0) == Refusal.NOT_DETERMINED


def test_a_price_at_the_end_of_the_number_range_determines_nothing() -> None:
    assert reason_of(strike=150, price=1e-290) == Refusal.NOT_DETERMINED
    assert reason_of(strike=150, price=1e-250) == Refusal.OK


def test_the_first_of_several_reasons_is_told() -> None:
    assert reason_of(years=-1, price=np.nan) == Refusal.BAD_INPUT
    assert reason_of(years=0, price=0) == Refusal.EXPIRED
    assert reason_of(strike=50, price=0) == Refusal.ZERO_PRICE


def test_every_reason_has_a_sentence_of_its_own() -> None:
    assert set(REASONS) == set(Refusal)
    assert len(set(REASONS.values())) == len(Refusal)
    assert all(sentence.endswith(".") for sentence in REASONS.values())


def test_a_chain_mixes_answers_and_reasons() -> None:
    strike = np.array([90, 100, 110, 100])
    result = held_volatility(1, [np.nan, 5, 0, 120], 100, strike, 0.5, 0.02, 0)
    codes = [Refusal.BAD_INPUT, Refusal.OK, Refusal.ZERO_PRICE, Refusal.ABOVE_BOUND]
    assert result.reason.tolist() == codes
    assert result.reason.dtype == np.int8
    assert np.isnan(result.volatility).tolist() == [True, False, True, True]


def test_at_the_money_the_first_order_is_the_well_known_one() -> None:
    """Brenner and Subrahmanyam (1988): price ≈ 0.4·S·sigma·√T at the money."""
    result = held_volatility([1, -1], 0.01, 100, 100, 0.25, 0, 0)
    assert result.volatility == pytest.approx(0.01 * np.sqrt(2 * np.pi) / (100 * 0.5), rel=1e-6)


def test_shapes_are_broadcast_and_scalars_stay_scalars() -> None:
    grid = held_volatility([1, -1], [[5.0], [6.0], [7.0]], 100, 100, 1, 0, 0)
    assert grid.volatility.shape == grid.reason.shape == (3, 2)
    assert held_volatility(1, 5, 100, 100, 1, 0, 0).volatility.shape == ()
    assert held_volatility([], 5, 100, 100, 1, 0, 0).reason.shape == (0,)


def test_many_prices_are_solved_as_each_is_alone() -> None:
    options = out_of_the_money(seed=14, count=BLOCK + 9)
    price = european(*options).price
    price[BLOCK] = 0.0
    whole = held_volatility(options.kind, price, *options[1:6])
    last = Options(*(column[BLOCK - 1 :] for column in options))
    few = held_volatility(last.kind, price[BLOCK - 1 :], *last[1:6])
    np.testing.assert_array_equal(whole.volatility[BLOCK - 1 :], few.volatility)
    np.testing.assert_array_equal(whole.reason[BLOCK - 1 :], few.reason)
    assert whole.reason[BLOCK] == Refusal.ZERO_PRICE


@pytest.mark.parametrize("style", ["bermudan", "", "European"])
def test_another_style_of_exercise_is_refused_in_a_sentence(style: str) -> None:
    with pytest.raises(ValueError, match=r"^Exercise is 'american' or 'european', not .*\.$"):
        implied_volatility(1, 5, 100, 100, 1, 0, 0, style=style)
