"""When a policy is rolled, what every trade costs, and that nothing knows the future."""

import math
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.hedge.rolls import AT_95, CALM, FIRST, LOAN, D, evenings, walked, weekdays
from vaultdesk.core.hedge.rolling.model import RollModel, expiry_for, third_friday
from vaultdesk.core.hedge.rolling.policy import RollPolicy, Rung
from vaultdesk.core.hedge.rolling.pricing import mids, realised_volatility, volatilities
from vaultdesk.core.hedge.rolling.programme import Programme, programme, spells

GOOD_FRIDAY = date(2022, 4, 15)
"""A third Friday on which New York rests."""


def net(done: Programme) -> Decimal:
    return sum(done.paid.values(), D(0)) - sum(done.received.values(), D(0))


def test_options_expire_on_third_fridays() -> None:
    assert third_friday(2021, 1) == FIRST
    assert third_friday(2026, 5) == date(2026, 5, 15)
    assert third_friday(2026, 8) == date(2026, 8, 21)


def test_the_expiry_nearest_to_the_days_wished_for_is_taken_and_the_later_of_two() -> None:
    assert expiry_for(FIRST, 30, 0) == date(2021, 2, 19)  # 35 days, not 63
    assert expiry_for(FIRST, 49, 0) == date(2021, 3, 19)  # 35 and 63 are as near
    assert expiry_for(FIRST, 48, 0) == date(2021, 2, 19)
    assert expiry_for(FIRST, 48, 40) == date(2021, 3, 19)  # 35 days would be rolled at once
    assert expiry_for(FIRST, 365, 0) == date(2022, 1, 21)


@given(
    st.dates(date(2005, 1, 1), date(2030, 1, 1)),
    st.integers(1, 1100),
    st.integers(0, 1099),
)
def test_an_expiry_is_always_found_and_outlives_the_roll(
    today: date, days: int, roll_at: int
) -> None:
    roll_at = min(roll_at, days - 1)
    expiry = expiry_for(today, days, roll_at)
    assert expiry == third_friday(expiry.year, expiry.month)
    left = (expiry - today).days
    assert left > roll_at
    assert left - days <= 35
    assert left >= days - 35


def test_a_policy_is_rolled_at_expiry_or_so_many_days_before() -> None:
    days = weekdays(FIRST, 85)  # until 2021-05-13
    ordinals = evenings(days, lambda _day: 100.0).days
    at_expiry = spells(ordinals, AT_95)
    assert [days[one.last] for one in at_expiry] == [
        *(date(2021, 2, 19), date(2021, 3, 19), date(2021, 4, 16)),
        days[-1],
    ]
    assert [one.settled for one in at_expiry] == [True, True, True, False]
    early = spells(ordinals, RollPolicy(days=60, roll_at=12))
    # bought for 03-19 and sold 12 days before, a Sunday: on the Monday after
    assert [(one.expiry, days[one.last]) for one in early[:2]] == [
        (date(2021, 3, 19), date(2021, 3, 8)),
        (date(2021, 5, 21), date(2021, 5, 10)),
    ]
    assert not any(one.settled for one in early)


def test_an_expiry_on_a_holiday_is_settled_at_the_close_before_it() -> None:
    days = [day for day in weekdays(date(2022, 3, 18), 40) if day != GOOD_FRIDAY]
    thursday, monday = GOOD_FRIDAY - timedelta(1), GOOD_FRIDAY + timedelta(3)
    prices = {thursday: 90.0, monday: 70.0}
    done = programme(evenings(days, lambda day: prices.get(day, 100.0)), AT_95, CALM, D(1000))
    first = done.trades[0]
    assert (first.expiry, first.closed) == (GOOD_FRIDAY, monday)
    assert first.settled
    assert first.ending == 5  # 95 less Thursday's 90, not Monday's 70
    assert done.worth[days.index(thursday)] == pytest.approx(5 * 1000)


def test_three_rolls_at_constant_prices_cost_three_premiums_and_nothing_else() -> None:
    days = [day for day in weekdays(FIRST, 90) if day <= date(2021, 4, 16)]
    done = programme(evenings(days, lambda _day: 100.0), AT_95, CALM, D(1000))
    assert len(done.trades) == 3
    # nothing is below a cent: 10 contracts of 100 shares, and 10 times 0.65
    assert sorted(done.paid.values()) == [D("16.50")] * 3
    assert set(done.received.values()) == {0}
    assert net(done) == 3 * D("16.50")


def test_a_premium_is_the_black_scholes_price_and_half_the_spread_up_to_the_next_cent() -> None:
    model = RollModel(premium=0.0, skew=0.0, floor=0.20, rate=0.0, spread=0.10)
    days = [day for day in weekdays(FIRST, 90) if day <= date(2021, 4, 16)]
    done = programme(evenings(days, lambda _day: 100.0), AT_95, model, D(1000))
    asks = []
    for left in (35, 28, 28):
        deviation = 0.20 * math.sqrt(left / 365)
        d1 = math.log(100 / 95) / deviation + deviation / 2
        below = [math.erfc(d / math.sqrt(2)) / 2 for d in (d1 - deviation, d1)]
        asks.append(math.ceil(105 * (95 * below[0] - 100 * below[1])) / 100)
    assert [float(trade.price) for trade in done.trades] == asks
    assert net(done) == sum((D(str(ask)) * 1000 + D("6.50") for ask in asks), D(0))


def test_a_put_that_ends_in_the_money_pays_the_difference_less_a_commission() -> None:
    days = [day for day in weekdays(FIRST, 90) if day <= date(2021, 2, 19)]
    fallen = evenings(days, lambda day: 80.0 if day >= date(2021, 2, 10) else 100.0)
    done = programme(fallen, AT_95, CALM, D(1000))
    assert done.received[len(days) - 1] == 15 * 1000 - D("6.50")
    assert done.worth[-1] == 0  # it is money by then


def test_before_expiry_it_is_sold_at_the_bid_but_not_below_what_exercise_brings() -> None:
    days = weekdays(FIRST, 30)
    policy = RollPolicy((Rung(D("1.2")),), days=60)
    done = programme(evenings(days, lambda _day: 100.0), policy, CALM, D(1000))
    (trade,) = done.trades
    assert (trade.price, trade.ending) == (D("20.80"), D(20))  # 20 and 4 %; 4 % less is not taken
    assert not trade.settled


def test_what_is_sold_is_sold_at_the_bid_and_bought_back_at_the_ask() -> None:
    days = weekdays(FIRST, 30)
    policy = RollPolicy((Rung(D("1.2")),), lower=D("1.1"), days=60)
    done = programme(evenings(days, lambda _day: 100.0), policy, CALM, D(1000))
    sold = done.trades[1]
    assert (sold.strike, sold.contracts) == (D(110), D(-10))
    assert (sold.price, sold.ending) == (D("9.60"), D("10.40"))
    assert done.paid[0] == (D("20.80") - D("9.60")) * 1000 + 2 * D("6.50")


def test_a_collar_sells_as_many_calls_and_pays_when_they_end_in_the_money() -> None:
    days = [day for day in weekdays(FIRST, 90) if day <= date(2021, 2, 19)]
    risen = evenings(days, lambda day: 120.0 if day >= date(2021, 2, 10) else 100.0)
    policy = RollPolicy((Rung(D("0.9")),), call=D("1.1"), days=30)
    done = programme(risen, policy, CALM, D(1000))
    call = done.trades[1]
    assert (call.kind, call.strike, call.contracts, call.ending) == (1, D(110), D(-10), D(10))
    assert done.received[len(days) - 1] == -10 * 1000 - D("6.50")


def test_a_ladder_is_split_by_largest_remainder_into_whole_contracts() -> None:
    thirds = tuple(Rung(D(level)) for level in ("1", "0.95", "0.9"))
    days = weekdays(FIRST, 10)
    done = programme(evenings(days, lambda _day: 100.0), RollPolicy(thirds), CALM, D(1050))
    assert [(trade.strike, trade.contracts) for trade in done.trades] == [
        (D(100), D(4)),
        (D(95), D(3)),
        (D(90), D(3)),
    ]


def test_strikes_lie_on_the_grid_and_a_spread_keeps_one_step() -> None:
    wide = RollModel(premium=0.0, skew=0.0, floor=1e-6, strike_step=D(5))
    policy = RollPolicy((Rung(D("0.97")),), lower=D("0.96"))
    done = programme(evenings(weekdays(FIRST, 10), lambda _day: 101.3), policy, wide, D(1000))
    assert [trade.strike for trade in done.trades] == [100, 95]


def test_the_realised_volatility_is_an_exponentially_weighted_mean_square() -> None:
    prices = 100.0 * np.exp(np.cumsum([0.0, 0.01, -0.02, 0.03, 0.01]))
    found = realised_volatility(prices, 3)
    assert np.isnan(found[:3]).all()
    first = (0.01**2 + 0.02**2 + 0.03**2) / 3
    assert found[3] == pytest.approx(math.sqrt(252 * first))
    assert found[4] == pytest.approx(math.sqrt(252 * (first / 2 + 0.01**2 / 2)))  # 2 / (3 + 1)
    assert np.isnan(realised_volatility(prices[:3], 3)).all()


def test_volatility_is_the_realised_one_by_a_premium_with_a_skew_and_a_floor() -> None:
    model = RollModel(premium=1.2, skew=0.1, floor=0.15)
    year, spot = np.array([1.0]), np.array([100.0])
    one = np.array([0.2])
    assert volatilities(model, one, spot, spot, year) == pytest.approx(0.24)
    assert volatilities(model, one, spot, np.array([80.0]), year) == pytest.approx(
        0.24 + 0.1 * math.log(1.25)
    )
    assert volatilities(model, one, spot, np.array([80.0]), year / 4) == pytest.approx(
        0.24 + 0.2 * math.log(1.25)
    )
    assert volatilities(model, one / 10, spot, spot, year) == 0.15


def test_a_longer_or_higher_put_is_not_cheaper() -> None:
    model = RollModel()
    strikes, spot = np.array([80.0, 90.0, 100.0, 110.0]), np.full(4, 100.0)
    by_strike = mids(model, -np.ones(4), spot, strikes, np.full(4, 90.0), np.full(4, 0.2))
    assert (np.diff(by_strike) > 0).all()
    days = np.array([10.0, 30.0, 90.0, 365.0])
    at_the_money = mids(model, -np.ones(4), spot, spot, days, np.full(4, 0.2))
    assert (np.diff(at_the_money) > 0).all()


MOVES = st.lists(st.integers(-40, 40), min_size=75, max_size=75)
"""Thousandths, day by day."""


@given(MOVES, MOVES, st.integers(0, 60), st.integers(0, 20))
def test_changing_the_future_changes_nothing_of_the_past(
    moves: list[int], others: list[int], cut: int, roll_at: int
) -> None:
    span = 5
    known = span + 1 + cut  # closes that both worlds share
    both = [moves, moves[:known] + others[known:]]
    policy = RollPolicy((Rung(D("0.95")), Rung(D("0.9"))), call=D("1.1"), days=40, roll_at=roll_at)
    worlds = [walked(100.0 * np.exp(np.cumsum(np.array(way) / 1000.0)), span) for way in both]
    done = [programme(world, policy, RollModel(), LOAN.units) for world in worlds]
    shared = min(known - span, worlds[0].days.size - 1)  # the last evening closes everything
    assert (done[0].worth[:shared] == done[1].worth[:shared]).all()
    until = date.fromordinal(int(worlds[0].days[shared - 1])) if shared else date.min
    past = [
        [
            (t.opened, t.expiry, t.strike, t.contracts, t.price, t.closed <= until and t.ending)
            for t in one.trades
            if t.opened <= until
        ]
        for one in done
    ]
    assert past[0] == past[1]
    for place in range(shared):
        assert done[0].paid.get(place) == done[1].paid.get(place)
        assert done[0].received.get(place) == done[1].received.get(place)
