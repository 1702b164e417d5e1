"""A stress: its figures are the scenario's own, and its curves and its map go through them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.hedge import boards
from tests.core.hedge.positions import CONFIG, SEPTEMBER, leg, position, positions
from vaultdesk.core.hedge.position import Position
from vaultdesk.core.hedge.scenarios import scenarios_of, stressed
from vaultdesk.core.hedge.scene import Scene, days_passed
from vaultdesk.core.hedge.stress.heat import heat_days, heat_of
from vaultdesk.core.hedge.stress.inputs import (
    MOST_ADVANCE,
    YEAR_AHEAD,
    Stress,
    advance_of,
    advance_percent,
    last_day,
)
from vaultdesk.core.hedge.stress.views import curves_at, pointed
from vaultdesk.core.hedge.vocabulary import SmileRule
from vaultdesk.core.loan.cure import Zone
from vaultdesk.core.loan.vocabulary import Asset, Lot

NOTHING = Position(())
PUTS = position(("P", "332.5", 100))
FALLEN = Stress(gold=Decimal("-0.25"), days=30, vol_pts=Decimal(5))

STRESSES = st.builds(
    Stress,
    gold=st.integers(-60, 40).map(lambda moved: Decimal(moved) / 100),
    days=st.integers(0, 70),
    vol_pts=st.integers(-10, 60).map(Decimal),
    advance=st.none() | st.integers(30, 95).map(lambda lent: Decimal(lent) / 100),
    smile=st.sampled_from(SmileRule),
)


@given(positions(SEPTEMBER), STRESSES)
def test_the_figures_of_a_point_are_those_of_the_scenario_view(
    held: Position, stress: Stress
) -> None:
    scene = Scene(float(stress.vol_pts), 0.0, stress.smile)
    rows = scenarios_of(CONFIG, held, (stress.gold,), stress.days, scene, stress.advance)
    point = pointed(CONFIG, held, stress)
    assert point.hedged == rows[0]
    assert point.bare.ltv == rows[0].unhedged_ltv
    assert point.time_value + point.hedged.intrinsic == point.hedged.payoff
    assert point.spread_cost + point.hedged.after_spread == point.hedged.payoff


@given(STRESSES, st.integers(1, 20))
def test_the_unhedged_ltv_rises_as_gold_falls(stress: Stress, further: int) -> None:
    lower = replace(stress, gold=(1 + stress.gold) * (1 - Decimal(further) / 100) - 1)
    assert pointed(CONFIG, PUTS, lower).bare.ltv > pointed(CONFIG, PUTS, stress).bare.ltv


def test_without_options_both_sides_are_the_same() -> None:
    point = pointed(CONFIG, NOTHING, FALLEN)
    assert point.hedged.hedged_ltv == point.bare.ltv == Decimal(2_100_000) / 2_625_000
    assert point.hedged.equity == point.equity == 525_000
    assert point.hedged.headroom == point.bare.headroom == Decimal(-262500)
    assert point.hedged.cure == point.bare.cure.repay == 393_750  # to 65 %
    assert (point.bare.zone, point.hedged_zone) == (Zone.CALL, Zone.CALL)


def test_a_lower_advance_rate_leaves_the_ltv_and_moves_what_is_lent_on() -> None:
    usual = pointed(CONFIG, PUTS, FALLEN)
    cut = pointed(CONFIG, PUTS, replace(FALLEN, advance=Decimal("0.60")))
    assert cut.hedged.hedged_ltv == usual.hedged.hedged_ltv
    assert cut.bare.lending_value == Decimal("0.60") * 2_625_000
    assert cut.bare.utilisation == Decimal(2_100_000) / 1_575_000
    lending = cut.bare.lending_value + cut.hedged.payoff
    assert cut.hedged.headroom == lending - 2_100_000
    assert cut.hedged.utilisation == 2_100_000 / lending


def test_an_ltv_that_nothing_bounds_counts_as_closed_out() -> None:
    calls = position(("C", "350", -300))
    point = pointed(CONFIG, calls, Stress(gold=Decimal("0.40"), days=70))
    # 300 contracts owe 140 a share, 4.2 million, against gold worth 4.9; with 500 it is all gone
    assert point.hedged.hedged_ltv == Decimal(2_100_000) / 700_000
    worse = pointed(CONFIG, position(("C", "350", -500)), point.stress)
    assert worse.hedged.hedged_ltv is None
    assert worse.hedged_zone is Zone.CLOSEOUT


@given(positions(SEPTEMBER), STRESSES)
def test_the_curves_go_through_the_point(held: Position, stress: Stress) -> None:
    seen, point = curves_at(CONFIG, held, stress), pointed(CONFIG, held, stress)
    at = int(np.abs(seen.spots - float(point.bare.price)).argmin())
    there = replace(stress, gold=Decimal(repr(float(seen.spots[at]))) / CONFIG.spot_price - 1)
    exact = pointed(CONFIG, held, there)
    assert seen.ltv_unhedged[at, 0] == pytest.approx(float(exact.bare.ltv), rel=1e-9)
    if exact.hedged.hedged_ltv is not None and exact.hedged.hedged_ltv < 10:
        assert seen.ltv[at, 0] == pytest.approx(float(exact.hedged.hedged_ltv), rel=1e-5)


def test_a_column_of_the_map_is_the_scenarios_of_that_date() -> None:
    heat = heat_of(CONFIG, PUTS, FALLEN)
    assert heat.hedged.shape == heat.unhedged.shape == (heat.spots.size, heat.days.size)
    for column in (0, heat.days.size // 2, heat.days.size - 1):
        day = int(heat.days[column])
        moves = [Decimal(move) / 100 for move in (-60, -25, 0, 40)]
        scene = Scene(5.0, 0.0, SmileRule.STRIKE)
        for row in scenarios_of(CONFIG, PUTS, moves, day, scene):
            at = int(np.abs(heat.spots - float(row.spot)).argmin())
            assert heat.spots[at] == pytest.approx(float(row.spot), rel=1e-12)
            assert heat.unhedged[at, column] == pytest.approx(float(row.unhedged_ltv), rel=1e-12)
            assert row.hedged_ltv is not None
            assert heat.hedged[at, column] == pytest.approx(float(row.hedged_ltv), rel=1e-6)


def test_the_map_shows_the_last_day_of_protection_and_the_first_without() -> None:
    heat = heat_of(CONFIG, PUTS, Stress())
    last = last_day(CONFIG, PUTS)
    days = heat.days.tolist()
    lowest = heat.hedged[0]
    assert last == 70 == (boards.EXPIRIES[1] - boards.NOW.date()).days
    assert lowest[days.index(last)] < 0.70
    assert lowest[days.index(last + 1)] == heat.unhedged[0, days.index(last + 1)] > 1.4
    assert days[-1] > last + 7


def test_days_are_looked_ahead_to_the_last_leg_and_a_year_without_any() -> None:
    both = Position((leg("P", "300", 10, 0), leg("P", "300", 10, 2)))
    assert last_day(CONFIG, both) == (boards.EXPIRIES[2] - boards.NOW.date()).days
    assert last_day(CONFIG, NOTHING) == YEAR_AHEAD
    assert heat_days(CONFIG, NOTHING)[-1] == YEAR_AHEAD
    for expiry in boards.EXPIRIES[:1] + boards.EXPIRIES[2:3]:
        end = (expiry - boards.NOW.date()).days
        assert {end, end + 1} <= set(heat_days(CONFIG, both))


def test_a_hedge_on_its_last_day_still_has_a_map() -> None:
    listed = replace(PUTS.legs[0].listed, expiry=boards.NOW.date())
    over = Position((replace(PUTS.legs[0], listed=listed),))
    assert last_day(CONFIG, over) == 1
    assert heat_days(CONFIG, over)[0] == 0


def test_the_advance_rate_of_the_terms_is_that_of_all_gold() -> None:
    lots = (
        Lot(Asset.FUND, "GLD", Decimal(9_000), Decimal("0.70")),
        Lot(Asset.FUND, "GLD", Decimal(1_000), Decimal("0.50")),
    )
    config = boards.config(terms=replace(boards.pledge(), lots=lots))
    assert advance_of(config.portfolio) == Decimal("0.68")
    assert advance_percent(config.portfolio) == 68
    whole = replace(lots[0], advance_rate=Decimal(1))
    all_lent = boards.config(terms=replace(boards.pledge(), lots=(whole,)))
    assert advance_percent(all_lent.portfolio) == MOST_ADVANCE


def test_a_date_is_the_close_in_new_york_of_that_day() -> None:
    point = pointed(CONFIG, PUTS, Stress(days=10))
    assert point.bare.at == boards.NOW + timedelta(days=10)
    assert point.bare == stressed(CONFIG, Decimal(0), days_passed(CONFIG, 10), 0.0, None)
    assert datetime(2026, 7, 20, 20, tzinfo=UTC) == point.bare.at
