"""A book's Greeks: signs, multipliers, and sums."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

from vaultdesk.core.options.american import american
from vaultdesk.core.options.book import (
    BookGreeks,
    Leg,
    PerContract,
    PerPosition,
    PerShare,
    book_greeks,
)
from vaultdesk.core.options.european import european
from vaultdesk.core.options.second_order import second_order

SPOT = 377.01
NAMES = tuple(field.name for field in fields(PerPosition))
TERMS = {"years": 0.94, "rate": 0.0434, "volatility": 0.23}
LONG_PUT = Leg(kind=-1, quantity=100, strike=340.0, **TERMS)
SHORT_CALL = Leg(kind=1, quantity=-100, strike=420.0, **TERMS)
SHARES = Leg(kind=0, quantity=10_000)
COLLAR = (SHARES, LONG_PUT, SHORT_CALL)


def test_a_premium_is_multiplied_by_a_hundred_once() -> None:
    """Worked value: 11.03 a share is $1,103 a contract; S = K = 350, three months, 4.3 %, 18 %."""
    leg = Leg(kind=-1, quantity=-7, strike=350, years=0.25, rate=0.043, volatility=0.18)
    book = book_greeks([leg], 350.0)
    assert book.per_share.value[0] == pytest.approx(11.03, abs=1e-3)
    assert book.per_contract.value[0] == pytest.approx(1103.0, abs=0.1)
    assert book.positions.value[0] == pytest.approx(-7 * 1103.0, abs=0.7)
    assert book.net.value == book.positions.value[0]


def test_only_the_right_step_can_be_taken_from_each() -> None:
    """A type checker and a reader see the same: nothing per contract has a multiplier to apply."""
    book = book_greeks([LONG_PUT], SPOT)
    kinds = (book.per_share, book.per_contract, book.positions, book.net)
    assert [type(greeks) for greeks in kinds] == [PerShare, PerContract, PerPosition, PerPosition]
    takes = {"times_multiplier": [PerShare], "times_quantity": [PerContract]}
    for step, owners in takes.items():
        assert [kind for kind in (PerShare, PerContract, PerPosition) if hasattr(kind, step)] == (
            owners
        )


@pytest.mark.parametrize("style", ["american", "european"])
def test_per_share_are_the_formulas_own(style: str) -> None:
    book = book_greeks(COLLAR, SPOT, style)
    formula = {"american": american, "european": european}[style]
    for row, leg in ((1, LONG_PUT), (2, SHORT_CALL)):
        option = (leg.kind, SPOT, leg.strike, leg.years, leg.rate, 0.0, leg.volatility)
        first, second = formula(*option), second_order(*option, style=style)
        assert book.per_share.value[row] == first.price
        for name in NAMES[1:]:
            expected = getattr(first if name in NAMES[:6] else second, name)
            assert getattr(book.per_share, name)[row] == expected, name


def test_american_is_what_is_meant_unless_said() -> None:
    default, american_, european_ = (
        float(book_greeks([LONG_PUT], SPOT, *style).net.value)
        for style in ((), ("american",), ("european",))
    )
    assert default == american_
    assert american_ > european_ + 100.0


def test_shares_are_their_own_delta_and_have_no_other_greek() -> None:
    book = book_greeks([Leg(kind=0, quantity=-250, multiplier=100.0)], SPOT)
    assert book.per_contract.value.tolist() == [SPOT]
    assert book.net.value == pytest.approx(-250 * SPOT)
    assert book.net.delta == -250.0
    assert {float(getattr(book.net, name)) for name in NAMES[2:]} == {0.0}


def test_the_signs_are_those_of_the_holder() -> None:
    book = book_greeks(COLLAR, SPOT)
    shares, put, call = book.positions.delta
    assert shares == 10_000
    assert -10_000 < put < 0
    assert -10_000 < call < 0
    assert 0 < book.net.delta < 10_000
    assert book.positions.theta[1] < 0 < book.positions.theta[2]
    assert book.positions.vega[1] > 0 > book.positions.vega[2]
    assert book.positions.rho[1] < 0
    assert book.positions.rho[2] < 0


def test_net_is_the_sum_of_the_positions() -> None:
    book = book_greeks(COLLAR, SPOT)
    for name in NAMES:
        assert getattr(book.net, name) == pytest.approx(getattr(book.positions, name).sum()), name


def net_value(spot: float = SPOT, volatility: float = 0.23, passed: float = 0.0) -> float:
    legs = [
        SHARES,
        *(
            Leg(
                kind=leg.kind,
                quantity=leg.quantity,
                strike=leg.strike,
                years=leg.years - passed,
                rate=leg.rate,
                volatility=volatility,
            )
            for leg in (LONG_PUT, SHORT_CALL)
        ),
    ]
    return float(book_greeks(legs, spot).net.value)


def test_net_greeks_are_slopes_of_the_books_value_in_dollars() -> None:
    net = book_greeks(COLLAR, SPOT).net
    step = 0.5
    up, here, down = (net_value(SPOT + move) for move in (step, 0.0, -step))
    assert net.value == here
    assert net.delta == pytest.approx((up - down) / (2 * step), rel=1e-4)
    assert net.gamma == pytest.approx((up - 2 * here + down) / step**2, rel=1e-2)
    day = 1 / 365
    passed = (net_value(passed=day) - net_value(passed=-day)) / (2 * day)
    assert net.theta == pytest.approx(passed, rel=1e-3)
    point = 1e-3
    stirred = (net_value(volatility=0.23 + point) - net_value(volatility=0.23 - point)) / 2 / point
    assert net.vega == pytest.approx(stirred, rel=1e-3)


def test_another_multiplier_counts() -> None:
    mini = Leg(kind=-1, quantity=10, strike=340.0, multiplier=10.0, **TERMS)
    usual = Leg(kind=-1, quantity=1, strike=340.0, **TERMS)
    small, large = (book_greeks([leg], SPOT) for leg in (mini, usual))
    for name in NAMES:
        assert getattr(small.net, name) == pytest.approx(getattr(large.net, name)), name
    assert 10 * small.per_contract.value[0] == pytest.approx(large.per_contract.value[0])


def test_a_leg_that_is_offset_leaves_nothing() -> None:
    back = Leg(kind=-1, quantity=-100, strike=340.0, **TERMS)
    net = book_greeks([LONG_PUT, back], SPOT).net
    assert {float(getattr(net, name)) for name in NAMES} == {0.0}


def shapes(book: BookGreeks) -> tuple[set[tuple[int, ...]], set[tuple[int, ...]]]:
    per_leg = (book.per_share, book.per_contract, book.positions)
    return (
        {getattr(greeks, name).shape for greeks in per_leg for name in NAMES},
        {getattr(book.net, name).shape for name in NAMES},
    )


def test_many_spots_are_valued_as_each_would_be() -> None:
    spots = np.array([[300.0, 340.0, 380.0], [400.0, 420.0, 460.0]])
    book = book_greeks(COLLAR, spots)
    assert shapes(book) == ({(3, 2, 3)}, {(2, 3)})
    alone = book_greeks(COLLAR, 420.0)
    for name in NAMES:
        assert getattr(book.net, name)[1, 1] == getattr(alone.net, name), name


def test_a_book_of_shares_alone_and_an_empty_one() -> None:
    assert shapes(book_greeks([SHARES], SPOT)) == ({(1,)}, {()})
    empty = book_greeks([], [SPOT, SPOT])
    assert shapes(empty) == ({(0, 2)}, {(2,)})
    assert empty.net.value.tolist() == [0.0, 0.0]


def test_an_option_without_its_terms_and_a_spot_that_is_none_are_not_numbers() -> None:
    for leg in (Leg(kind=-1, quantity=1), Leg(kind=1, quantity=1, strike=340.0, years=0.5)):
        net = book_greeks([leg], SPOT).net
        assert all(np.isnan(getattr(net, name)) for name in NAMES)
    net = book_greeks(COLLAR, np.nan).net
    assert all(np.isnan(getattr(net, name)) for name in NAMES)


def test_what_is_neither_option_nor_underlying_is_refused() -> None:
    with pytest.raises(ValueError, match="kind"):
        Leg(kind=2, quantity=1)


def test_another_style_is_refused() -> None:
    with pytest.raises(ValueError, match="bermudan"):
        book_greeks(COLLAR, SPOT, "bermudan")
