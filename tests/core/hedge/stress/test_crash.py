"""Crashes replayed: the path is what was published, or the closes; the loan walks along it."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.hedge.positions import CONFIG, SEPTEMBER, leg, position, positions
from vaultdesk.core.hedge.position import Position
from vaultdesk.core.hedge.scenarios import scenarios_of
from vaultdesk.core.hedge.scene import Scene, days_passed, leg_values
from vaultdesk.core.hedge.stress.crash import (
    crash_path,
    crash_replay,
    largest_fall,
)
from vaultdesk.core.hedge.stress.episodes import EPISODES, Episode
from vaultdesk.core.hedge.stress.inputs import Stress
from vaultdesk.core.hedge.stress.path import path_values
from vaultdesk.core.hedge.vocabulary import SmileRule
from vaultdesk.core.market import DailyClose

if TYPE_CHECKING:
    from pathlib import Path

NOTHING = Position(())
BY_KEY = {episode.key: episode for episode in EPISODES}
APRIL, JANUARY, PANDEMIC = BY_KEY["2013-04"], BY_KEY["2026-01"], BY_KEY["2020-03"]
PUTS = Position((leg("P", "332.5", 100, 3),))
"""Of June 2027, longer than any episode."""
EACH = pytest.mark.parametrize("episode", EPISODES, ids=lambda episode: episode.key)


def closes(episode: Episode) -> tuple[DailyClose, ...]:
    """A close each weekday: all of the fall on the worst day, a cent lost each other day."""
    found, level, day = [], Decimal(200), episode.start
    while day <= episode.trough:
        if day.weekday() < 5:
            level = level * (1 + episode.worst) if day == episode.worst_day else level
            level -= Decimal("0.01") if day != episode.start else 0
            found.append(DailyClose(day, level))
        day += timedelta(days=1)
    return tuple(found)


@EACH
def test_a_path_from_published_facts_has_its_depth_and_its_worst_day(episode: Episode) -> None:
    path = crash_path(episode)
    assert not path.measured
    assert (path.days[0], path.days[-1]) == (episode.start, episode.trough)
    assert path.changes[0] == 0
    assert path.changes[-1] == pytest.approx(episode.depth)
    day, fall = largest_fall(path)
    assert day == episode.worst_day
    assert fall == pytest.approx(episode.worst)
    assert path == crash_path(episode)


def test_the_worst_days_are_the_published_ones() -> None:
    assert (APRIL.worst_day, APRIL.worst) == (date(2013, 4, 15), Decimal("-0.0878"))
    assert (JANUARY.worst_day, JANUARY.worst) == (date(2026, 1, 30), Decimal("-0.1027"))
    autumn = BY_KEY["2008-10"]
    assert (autumn.worst_day, autumn.worst) == (date(2008, 10, 10), Decimal("-0.0743"))


@EACH
def test_closes_are_taken_as_they_are(episode: Episode) -> None:
    known = closes(episode)
    path = crash_path(episode, known)
    assert path.measured
    assert path.days == tuple(one.day for one in known)
    assert path.changes[-1] == known[-1].close / known[0].close - 1


@pytest.mark.parametrize("missing", [APRIL.start, APRIL.worst_day, APRIL.trough])
def test_closes_without_a_day_that_matters_are_not_enough(missing: date) -> None:
    known = [one for one in closes(APRIL) if one.day != missing]
    assert not crash_path(APRIL, known).measured


def test_closes_with_many_days_missing_are_not_enough() -> None:
    kept = {APRIL.start, APRIL.worst_day, APRIL.trough}
    known = [one for n, one in enumerate(closes(APRIL)) if n % 5 or one.day in kept]
    assert not crash_path(APRIL, known).measured
    holidays = [one for n, one in enumerate(closes(APRIL)) if n % 30 or one.day in kept]
    assert crash_path(APRIL, holidays).measured


@EACH
def test_every_day_is_the_scenario_of_that_price_and_date(episode: Episode) -> None:
    path = crash_path(episode)
    replay = crash_replay(CONFIG, PUTS, path, Stress())
    assert replay is not None
    for number in (0, len(path.days) // 2, len(path.days) - 1):
        point = replay.points[number]
        passed = (path.days[number] - path.days[0]).days
        assert point.stress.days == passed
        assert point.hedged == scenarios_of(CONFIG, PUTS, (path.changes[number],), passed)[0]


def test_the_first_call_and_the_worst_day_of_april_2013() -> None:
    path = crash_path(APRIL)
    replay = crash_replay(CONFIG, PUTS, path, Stress())
    assert replay is not None
    assert replay.called is not None
    before = replay.points[replay.points.index(replay.called) - 1]
    assert before.bare.price > 280 >= replay.called.bare.price  # 75 % of 2.1 million
    assert replay.hedged_called is None
    assert replay.worst is replay.points[-1]
    assert replay.worst.bare.ltv == pytest.approx(Decimal("0.6") / (1 + APRIL.depth))
    assert replay.worst.bare.cure.repay > 0 == replay.hedged_worst.hedged.cure
    again = crash_replay(CONFIG, PUTS, path, Stress())
    assert again is not None
    assert [one.hedged for one in again.points] == [one.hedged for one in replay.points]


def test_a_hedge_that_ends_before_the_crash_does_not_avoid_the_call() -> None:
    short = position(("P", "332.5", 100))
    replay = crash_replay(CONFIG, short, crash_path(APRIL), Stress())
    assert replay is not None
    assert replay.hedged_called is replay.called is not None


def test_without_a_hedge_both_sides_fare_the_same() -> None:
    replay = crash_replay(CONFIG, NOTHING, crash_path(APRIL), Stress())
    assert replay is not None
    assert replay.called is replay.hedged_called
    assert replay.worst is replay.hedged_worst


def test_an_ltv_that_nothing_bounds_is_the_worst() -> None:
    path = replace(crash_path(JANUARY), changes=(Decimal(0), Decimal("0.45"), Decimal("-0.30")))
    replay = crash_replay(CONFIG, position(("C", "350", -430)), path, Stress())
    assert replay is not None
    assert replay.points[1].hedged.hedged_ltv is None
    assert replay.hedged_worst is replay.hedged_called is replay.points[1]


def test_volatility_rises_with_the_fall_if_that_is_asked_for() -> None:
    path, stress = crash_path(PANDEMIC), Stress(vol_pts=Decimal(3))
    calm = crash_replay(CONFIG, PUTS, path, stress)
    risen = crash_replay(CONFIG, PUTS, path, stress, Decimal(1))
    assert calm is not None
    assert risen is not None
    fallen = -100 * path.changes[-1]
    assert calm.points[-1].stress.vol_pts == 3
    assert risen.points[-1].stress.vol_pts == 3 + fallen
    scene = Scene(float(3 + fallen))
    expected = scenarios_of(CONFIG, PUTS, (path.changes[-1],), 10, scene)[0]
    assert risen.points[-1].hedged == expected
    assert risen.points[-1].hedged.payoff > calm.points[-1].hedged.payoff


def test_no_volatility_is_taken_off_where_gold_stands_above_the_start() -> None:
    path = replace(crash_path(JANUARY), changes=(Decimal(0), Decimal("0.05"), Decimal("-0.1")))
    replay = crash_replay(CONFIG, PUTS, path, Stress(), Decimal(1))
    assert replay is not None
    assert [one.stress.vol_pts for one in replay.points] == [0, 0, 10]


def test_a_replay_stops_when_it_is_told_to() -> None:
    asked = 0

    def stop() -> bool:
        nonlocal asked
        asked += 1
        return asked > 3

    assert crash_replay(CONFIG, PUTS, crash_path(APRIL), Stress(), stop=stop) is None
    assert asked == 4


@given(positions(SEPTEMBER), st.sampled_from(SmileRule), st.integers(0, 90), st.integers(-10, 30))
def test_values_along_a_path_are_those_of_each_of_its_points(
    held: Position, smile: SmileRule, first: int, vol: int
) -> None:
    days = [first, first + 1, 70, 71]  # the last two are the expiry and the day after it
    passed = np.array([days_passed(CONFIG, day) for day in days])
    spots, vol_pts = np.array([350.0, 280.0, 300.0, 300.0]), np.array([vol, vol + 5.0, 0.0, 0.0])
    along = path_values(CONFIG, held.legs, spots, passed, vol_pts, smile)
    for n in range(len(days)):
        there = leg_values(
            CONFIG, held.legs, spots[n : n + 1], passed[n : n + 1], Scene(vol_pts[n], 0.0, smile)
        )
        assert along[:, n] == pytest.approx(there[:, 0, 0], rel=1e-9, abs=1e-6)


@pytest.mark.recorded
@EACH
def test_the_published_facts_are_those_of_the_closes(episode: Episode, recorded: Path) -> None:
    with (recorded / "gold" / "GLD-daily.csv").open(newline="") as lines:
        known = [
            DailyClose(date.fromisoformat(row["Date"]), Decimal(row["Close"]))
            for row in csv.DictReader(lines)
        ]
    path = crash_path(episode, known)
    assert path.measured
    assert path.changes[-1] == min(path.changes)
    assert path.changes[-1] == pytest.approx(episode.depth, abs=Decimal("0.0006"))
    assert max(path.changes) == 0
    worst = path.days.index(episode.worst_day)
    fall = (1 + path.changes[worst]) / (1 + path.changes[worst - 1]) - 1
    assert fall == pytest.approx(episode.worst, abs=Decimal("0.00006"))
