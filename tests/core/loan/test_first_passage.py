"""The probability of a margin call, by both ways of asking, and when there is no answer."""

from __future__ import annotations

import csv
import math
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.loan.passages import WALK, below_at_end, flat, reflected, reflected_years, skewed
from vaultdesk.adapters.recorded.replay import RecordedFeed
from vaultdesk.core.loan.first_passage import (
    BROKEN_HISTORY,
    BY_CHAIN,
    BY_HISTORY,
    BY_HISTORY_WITH_DRIFT,
    EXTENDED,
    NO_SMILE,
    PASSED,
    UNKNOWN,
    Barrier,
    CallProbability,
    historical_call_probability,
    implied_call_probability,
)
from vaultdesk.core.loan.local_volatility import Curve, Walk
from vaultdesk.core.options import chain_slice, implied_forward, smile
from vaultdesk.core.stats import log_returns

if TYPE_CHECKING:
    from pathlib import Path

    from vaultdesk.core.options import Smile
    from vaultdesk.core.stats import FloatArray

SPOT = WALK.spot
BELOW_20 = Barrier(0.8 * SPOT, 0.06)


def normal(count: int, volatility: float, drift: float = 0.0, seed: int = 1) -> FloatArray:
    """Daily returns of exactly this mean and volatility a year."""
    drawn = np.random.default_rng(seed).normal(size=count)
    drawn = (drawn - drawn.mean()) / drawn.std()
    returns: FloatArray = drawn * volatility / math.sqrt(252) + drift / 252
    return returns


YEAR_OF_RETURNS = normal(252, 0.22)


# --- by the option chain


def test_at_one_volatility_the_answer_is_the_closed_formula() -> None:
    """377.00 with 4.5 %, called at 301.60 rising 6 % a year: 18.05 % within half a year."""
    found = implied_call_probability(WALK, BELOW_20, 0.5, [flat(0.22, 0.5)])
    assert found.probability == pytest.approx(0.1805, abs=5e-5)
    assert found.probability == pytest.approx(
        reflected(WALK, 0.8 * SPOT, 0.06, 0.5, 0.22), abs=3e-5
    )
    assert found.expected_days == pytest.approx(
        365 * reflected_years(WALK, 0.8 * SPOT, 0.06, 0.5, 0.22), abs=0.1
    )
    assert found.standard_error is None
    assert found.worst_prices == ()
    assert (found.basis, found.reason) == (BY_CHAIN, "")


def test_it_answers_the_same_twice() -> None:
    curves = [skewed(0.2), skewed(0.6)]
    once, twice = (implied_call_probability(WALK, BELOW_20, 0.4, curves) for _ in range(2))
    assert once == twice


def test_a_smile_that_ends_before_the_date_is_extended_and_the_basis_says_so() -> None:
    assert implied_call_probability(WALK, BELOW_20, 0.5, [skewed(0.5)]).basis == BY_CHAIN
    extended = implied_call_probability(WALK, BELOW_20, 0.5, [skewed(0.4)])
    assert extended.basis == BY_CHAIN + EXTENDED
    assert extended.probability is not None


def test_interest_that_raises_the_call_price_makes_a_call_more_probable() -> None:
    still, rising = (
        implied_call_probability(WALK, Barrier(300.0, growth), 0.5, [skewed(0.5)]).probability
        for growth in (0.0, 0.06)
    )
    assert still is not None
    assert rising is not None
    assert rising > still + 0.005


def test_a_call_out_of_reach_has_no_expected_day() -> None:
    found = implied_call_probability(WALK, Barrier(50.0), 0.1, [flat(0.2, 0.1)])
    assert (found.probability, found.expected_days, found.reason) == (0.0, None, "")


@pytest.mark.parametrize(
    "curves",
    [[], [flat(math.nan, 0.5)], [flat(0.2, 0.2), flat(math.nan, 0.5)], [flat(0.2, -0.1)]],
    ids=["no curve", "a curve of nothing", "one of two", "an expiry that is over"],
)
def test_without_a_smile_there_is_no_answer_but_a_reason(curves: list[Curve]) -> None:
    found = implied_call_probability(WALK, BELOW_20, 0.5, curves)
    assert (found.probability, found.expected_days, found.reason) == (None, None, NO_SMILE)


def test_a_rate_that_is_not_a_number_is_no_answer() -> None:
    for walk in (Walk(SPOT, math.nan, 0.0), Walk(SPOT, 0.0, math.nan)):
        found = implied_call_probability(walk, BELOW_20, 0.5, [flat(0.2, 0.5)])
        assert (found.probability, found.reason) == (None, UNKNOWN)


# --- by history


def test_history_that_is_normal_gives_the_formula_between_closes() -> None:
    """Watched at closes, it is 0.5826 deviations of a day lower (Broadie and others 1997)."""
    returns = normal(4000, 0.22)
    found = historical_call_probability(SPOT, Barrier(0.9 * SPOT), 126, returns, 3, paths=40_000)
    lower = 0.9 * SPOT * math.exp(-0.5826 * 0.22 / math.sqrt(252))
    fair = Walk(SPOT, 0.0, 0.0)
    assert found.probability is not None
    assert found.standard_error is not None
    expected = reflected(fair, lower, 0.0, 0.5, 0.22)
    assert found.probability == pytest.approx(expected, abs=4 * found.standard_error)
    days = 365 * reflected_years(fair, lower, 0.0, 0.5, 0.22)
    assert found.expected_days == pytest.approx(days, abs=2.0)


def test_a_rising_barrier_is_met_by_a_fair_price_as_by_the_formula() -> None:
    returns = normal(4000, 0.22)
    barrier = Barrier(0.9 * SPOT, 0.2)
    found = historical_call_probability(SPOT, barrier, 126, returns, 3, paths=40_000)
    lower = 0.9 * SPOT * math.exp(-0.5826 * 0.22 / math.sqrt(252))
    expected = reflected(Walk(SPOT, 0.0, 0.0), lower, 0.2, 0.5, 0.22)
    assert found.probability == pytest.approx(expected, abs=4 * (found.standard_error or 0.0))


def test_a_bull_market_hides_no_risk_unless_asked_to() -> None:
    rising = normal(1000, 0.22, drift=0.4)
    level = normal(1000, 0.22)
    removed = historical_call_probability(SPOT, BELOW_20, 126, rising)
    same = historical_call_probability(SPOT, BELOW_20, 126, level)
    kept = historical_call_probability(SPOT, BELOW_20, 126, rising, keep_drift=True)
    assert removed.probability == same.probability
    assert kept.probability is not None
    assert removed.probability is not None
    assert kept.probability < 0.3 * removed.probability
    assert (removed.basis, kept.basis) == (BY_HISTORY, BY_HISTORY_WITH_DRIFT)


def test_the_standard_error_is_that_of_answers_by_other_seeds() -> None:
    answers = [
        historical_call_probability(SPOT, BELOW_20, 63, YEAR_OF_RETURNS, seed, paths=2000)
        for seed in range(60)
    ]
    spread = np.std(np.array([one.probability for one in answers], dtype=float), ddof=1)
    assert spread == pytest.approx(answers[0].standard_error, rel=0.35)


def test_where_no_path_is_called_the_error_is_not_nought() -> None:
    found = historical_call_probability(SPOT, Barrier(1.0), 20, YEAR_OF_RETURNS, paths=1000)
    assert found.probability == 0.0
    assert found.expected_days is None
    assert found.standard_error == pytest.approx(0.001, rel=0.01)


def test_a_certain_fall_calls_on_the_day_it_reaches_the_price() -> None:
    """A fall of 1 % a day, to the price itself: 5 trading days are 7.24 calendar days."""
    falling = np.full(60, math.log(0.99))
    reached = Barrier(SPOT * 0.99**5 * (1 + 1e-12))
    found = historical_call_probability(SPOT, reached, 10, falling, keep_drift=True, paths=50)
    assert found.probability == 1.0
    assert found.expected_days == pytest.approx(5 * 365 / 252)
    assert [price for _, price in found.worst_prices] == pytest.approx([SPOT * 0.99**10] * 4)
    short = historical_call_probability(SPOT, reached, 4, falling, keep_drift=True, paths=50)
    assert short.probability == 0.0


def test_the_worst_prices_are_the_quantiles_of_the_lowest_closes() -> None:
    """As many paths reach the 5 % price as its name says, and the formula agrees."""
    first = historical_call_probability(SPOT, BELOW_20, 126, YEAR_OF_RETURNS)
    worst = dict(first.worst_prices)
    assert list(worst) == [0.01, 0.05, 0.25, 0.5]
    assert worst[0.01] < worst[0.05] < worst[0.25] < worst[0.5] <= SPOT
    for share in (0.05, 0.25):
        again = historical_call_probability(SPOT, Barrier(worst[share]), 126, YEAR_OF_RETURNS)
        assert again.probability == pytest.approx(share, abs=2e-4)


def test_the_same_seed_gives_the_same_answer_and_another_another() -> None:
    one, same, other = (
        historical_call_probability(SPOT, BELOW_20, 126, YEAR_OF_RETURNS, seed)
        for seed in (1, 1, 2)
    )
    assert one == same
    assert one.probability != other.probability


def test_sixty_returns_are_enough_and_fewer_are_not() -> None:
    enough = historical_call_probability(SPOT, BELOW_20, 63, YEAR_OF_RETURNS[:60])
    assert enough.probability is not None
    for count in (59, 0):
        found = historical_call_probability(SPOT, BELOW_20, 63, YEAR_OF_RETURNS[:count])
        assert found.probability is None
        assert found.reason.startswith(f"The history holds {count} daily returns where 60 are")


@pytest.mark.parametrize("broken", [math.nan, math.inf, -math.inf])
def test_a_history_with_something_else_than_prices_is_no_answer(broken: float) -> None:
    returns = YEAR_OF_RETURNS.copy()
    returns[100] = broken
    found = historical_call_probability(SPOT, BELOW_20, 63, returns)
    assert (found.probability, found.reason) == (None, BROKEN_HISTORY)


# --- both


def both(spot: float, barrier: Barrier, years: float) -> tuple[CallProbability, CallProbability]:
    days = math.nan if math.isnan(years) else round(252 * years)
    return (
        implied_call_probability(Walk(spot, 0.04, 0.0), barrier, years, [skewed(0.5)]),
        historical_call_probability(spot, barrier, days, YEAR_OF_RETURNS),  # type: ignore[arg-type]
    )


@pytest.mark.parametrize("years", [0.0, 0.5])
@pytest.mark.parametrize("price", [SPOT, SPOT + 1.0, 2 * SPOT])
def test_who_is_at_the_call_price_has_been_called(price: float, years: float) -> None:
    for found in both(SPOT, Barrier(price), years):
        assert (found.probability, found.expected_days, found.reason) == (1.0, 0.0, "")


@pytest.mark.parametrize("barrier", [Barrier(None), Barrier(None, 0.06), Barrier(0.0)])
def test_where_no_fall_brings_a_call_there_is_none(barrier: Barrier) -> None:
    for found in both(SPOT, barrier, 0.5):
        assert (found.probability, found.expected_days, found.reason) == (0.0, None, "")


def test_today_nothing_more_happens() -> None:
    for found in both(SPOT, BELOW_20, 0.0):
        assert (found.probability, found.expected_days, found.reason) == (0.0, None, "")


def test_of_a_date_that_has_passed_nothing_is_said() -> None:
    for found in both(SPOT, BELOW_20, -0.1):
        assert (found.probability, found.expected_days, found.reason) == (None, None, PASSED)


@pytest.mark.parametrize(
    ("spot", "barrier", "years"),
    [
        (math.nan, BELOW_20, 0.5),
        (0.0, BELOW_20, 0.5),
        (-1.0, BELOW_20, 0.5),
        (math.inf, BELOW_20, 0.5),
        (SPOT, Barrier(math.nan), 0.5),
        (SPOT, Barrier(math.inf), 0.5),
        (SPOT, Barrier(300.0, math.nan), 0.5),
        (SPOT, BELOW_20, math.nan),
    ],
)
def test_from_what_is_not_a_number_nothing_is_computed(
    spot: float, barrier: Barrier, years: float
) -> None:
    for found in both(spot, barrier, years):
        assert (found.probability, found.standard_error, found.expected_days) == (None, None, None)
        assert found.reason == UNKNOWN


@given(st.floats(0.3, 1.1), st.floats(0.01, 1.0), st.floats(-0.05, 0.3))
def test_each_answer_is_a_probability_and_a_day_before_the_date(
    share: float, years: float, growth: float
) -> None:
    for found in both(SPOT, Barrier(share * SPOT, growth), years):
        assert found.reason == ""
        assert found.probability is not None
        assert 0.0 <= found.probability <= 1.0
        assert (found.expected_days is None) == (found.probability == 0.0)
        # 252 trading days do not divide a year evenly: half of one is rounded away
        assert 0.0 <= (found.expected_days or 0.0) <= 365 * years + 1.0


# --- recorded

TODAY = date(2026, 7, 10)
HORIZONS = {
    90: (date(2026, 9, 30), date(2026, 10, 16)),
    180: (date(2026, 12, 31), date(2027, 1, 15)),
}


async def recorded_smiles(recorded: Path, expiries: tuple[date, ...]) -> list[Smile]:
    feed = RecordedFeed(recorded / "options" / "GLD-2026-07-10.market.jsonl.gz", position="end")
    slices = [chain_slice(await feed.chain("GLD", day), None) for day in expiries]
    return [smile(one, implied_forward(one)) for one in slices]


def recorded_returns(recorded: Path) -> FloatArray:
    with (recorded / "gold" / "GLD-daily.csv").open(newline="") as lines:
        return log_returns([float(row["Close"]) for row in csv.DictReader(lines)])


@pytest.mark.recorded
@pytest.mark.parametrize("days", HORIZONS)
async def test_the_recorded_chain_and_the_year_before_it_agree_within_a_third(
    recorded: Path, days: int
) -> None:
    """A fifth below 377: implied volatility is 22 to 29 %, that of the recorded year 28 %.

    Over all of history it was 18 %: of that the chain asks two to five times as much, which is the
    price of insurance when the year has been wild. The recorded prices end in March 2026.
    """
    found = await recorded_smiles(recorded, HORIZONS[days])
    rate = found[1].forward.rate
    curves = [Curve(one.years, one.volatility) for one in found]
    chain = implied_call_probability(Walk(SPOT, rate, 0.0), BELOW_20, days / 365, curves)
    returns, ahead = recorded_returns(recorded), round(days * 252 / 365)
    year = historical_call_probability(SPOT, BELOW_20, ahead, returns[-252:])
    whole = historical_call_probability(SPOT, BELOW_20, ahead, returns)
    assert chain.probability is not None
    assert year.probability is not None
    assert whole.probability is not None
    assert chain.probability == pytest.approx({90: 0.094, 180: 0.209}[days], abs=0.01)
    assert 1 / 1.33 < year.probability / chain.probability < 1.33
    assert 1.5 < chain.probability / whole.probability < 6.0
    for one in (chain, year, whole):
        assert one.expected_days is not None
        assert 0.5 * days < one.expected_days < 0.8 * days


@pytest.mark.recorded
@pytest.mark.parametrize("days", HORIZONS)
async def test_the_recorded_touch_is_up_to_two_and_a_half_times_the_end_below(
    recorded: Path, days: int
) -> None:
    """By reflection a touch is about twice as probable as an end below; skew adds to that."""
    found = (await recorded_smiles(recorded, HORIZONS[days]))[1]
    curve, walk = Curve(found.years, found.volatility), Walk(SPOT, found.forward.rate, 0.0)
    touch = implied_call_probability(walk, Barrier(0.8 * SPOT), found.years, [curve]).probability
    assert touch is not None
    assert 1.3 < touch / below_at_end(walk, curve, 0.8 * SPOT) < 2.5


@pytest.mark.recorded
async def test_how_many_expiries_are_asked_hardly_matters(recorded: Path) -> None:
    more = (date(2026, 8, 21), date(2026, 9, 18), *HORIZONS[90])
    found = await recorded_smiles(recorded, more)
    curves = [Curve(one.years, one.volatility) for one in found]
    walk = Walk(SPOT, found[-1].forward.rate, 0.0)
    answers = [
        implied_call_probability(walk, BELOW_20, 90 / 365, asked).probability
        for asked in (curves[-1:], curves[-2:], curves)
    ]
    assert answers == pytest.approx([answers[0]] * 3, rel=0.05)
