"""Several hedges on one axis of prices, and the picture of the finder's answer."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import numpy as np
import pytest

from tests.core.hedge.boards import EXPIRIES, NO_RULES, NOW, RATE, chain, config, gold, pledge
from vaultdesk.core.hedge.finder import FindRequest, Found
from vaultdesk.core.hedge.inputs import HedgeInputs
from vaultdesk.core.hedge.pictures.fan import fan
from vaultdesk.core.hedge.pictures.found import HORIZON, picture
from vaultdesk.core.hedge.pictures.found import NOW as TODAY
from vaultdesk.core.hedge.pictures.payoff import Measure, curves
from vaultdesk.core.hedge.position import At, Position
from vaultdesk.core.hedge.scene import Scene
from vaultdesk.core.hedge.strategies.leaps import Leaps
from vaultdesk.core.hedge.strategies.protective_put import ProtectivePut

CONFIG = config()
NEAR, FAR = ProtectivePut(CONFIG, Decimal("0.95")).position, Leaps(CONFIG).position
BOTH = {"near": NEAR, "far": FAR, "none": Position(())}


def days_of(position: Position) -> int:
    assert position.last_expiry is not None
    return (position.last_expiry - NOW.date()).days


def test_all_curves_are_over_the_same_prices_with_every_strike_among_them() -> None:
    drawn = fan(CONFIG, BOTH, 0)
    assert set(drawn.curves) == set(BOTH)
    strikes = [float(leg.listed.strike) for one in BOTH.values() for leg in one.legs]
    assert set(strikes) <= set(drawn.spots.tolist())
    for name in BOTH:
        assert drawn.hedged(name, Measure.LTV).shape == drawn.spots.shape


def test_without_a_day_each_is_drawn_for_its_own_last_one() -> None:
    drawn = fan(CONFIG, BOTH, None)
    for name in ("near", "far"):
        expected = curves(CONFIG, BOTH[name], drawn.spots, [days_of(BOTH[name])])
        assert drawn.hedged(name, Measure.EQUITY) == pytest.approx(expected.hedged(Measure.EQUITY))
    assert days_of(FAR) > days_of(NEAR)


def test_a_day_and_a_volatility_are_those_asked_for() -> None:
    scene = Scene(vol_pts=12.0)
    drawn = fan(CONFIG, BOTH, 20, scene)
    expected = curves(CONFIG, NEAR, drawn.spots, [20], scene)
    assert drawn.hedged("near", Measure.PROFIT) == pytest.approx(expected.hedged(Measure.PROFIT))
    calm = fan(CONFIG, BOTH, 20)
    assert (drawn.hedged("near", Measure.PROFIT) > calm.hedged("near", Measure.PROFIT)).any()


def test_no_hedge_is_the_loan_without_one() -> None:
    drawn = fan(CONFIG, BOTH, 30)
    for measure in (Measure.LTV, Measure.EQUITY, Measure.CURE):
        assert drawn.hedged("none", measure) == pytest.approx(drawn.unhedged("near", measure))


def test_it_stops_between_two_hedges() -> None:
    asked = iter((False, True))
    assert set(fan(CONFIG, BOTH, 0, stop=lambda: next(asked)).curves) == {"near"}


def found(fall: str, horizon: date, position: Position) -> Found:
    request = FindRequest(Decimal("0.70"), Decimal(fall), horizon)
    nothing = Decimal(0)
    return Found(request, position, nothing, 0.7, -0.1, 3, 0.0, (1, 1), (), "", None, None)


INPUTS = HedgeInputs(
    pledge(), (gold(),), tuple(chain(day) for day in EXPIRIES), NOW, NO_RULES, RATE
)


def test_the_picture_spans_the_fall_and_more_on_both_days() -> None:
    answer = found("0.30", date(2026, 9, 18), NEAR)
    drawn = picture(INPUTS, answer)
    assert drawn.lowest == pytest.approx(245.0)
    assert (drawn.curves.spots[0], drawn.curves.spots[-1]) == pytest.approx((210.0, 385.0))
    assert drawn.days == 70
    for number, day in ((TODAY, 0), (HORIZON, 70)):
        expected = curves(CONFIG, NEAR, drawn.curves.spots, [day])
        assert drawn.curves.hedged(Measure.LTV, number) == pytest.approx(
            expected.hedged(Measure.LTV)
        )
    assert drawn.at_mid == NEAR.cost(CONFIG.rules.fees, At.MID)


def test_the_picture_of_the_deepest_fall_stays_above_zero() -> None:
    drawn = picture(INPUTS, found("0.95", date(2026, 9, 18), NEAR))
    assert drawn.curves.spots[0] == pytest.approx(17.5)
    assert np.isfinite(drawn.curves.ltv_unhedged).all()
