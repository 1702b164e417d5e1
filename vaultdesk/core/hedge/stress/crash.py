"""Crashes of gold that happened, begun today: the loan day by day with and without its hedge."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from vaultdesk.core.hedge.scenarios import scenario_from, stressed
from vaultdesk.core.hedge.scene import days_passed
from vaultdesk.core.hedge.stress.path import path_values
from vaultdesk.core.hedge.stress.views import Point

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from vaultdesk.core.hedge.config import StrategyConfig
    from vaultdesk.core.hedge.position import Position
    from vaultdesk.core.hedge.stress.episodes import Episode
    from vaultdesk.core.hedge.stress.inputs import Stress
    from vaultdesk.core.market import DailyClose

ENOUGH = 0.9
"""Share of the weekdays of which closes have to be at hand; holidays have none."""
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class CrashPath:
    """An episode day by day.

    Attributes:
        episode: which.
        days: its trading days, the start first.
        changes: relative to the start on each of them, the first is 0.
        measured: whether these are the closes themselves; else the path is made of the published
            start, worst day and trough.
    """

    episode: Episode
    days: tuple[date, ...]
    changes: tuple[Decimal, ...]
    measured: bool


@dataclass(frozen=True, slots=True, eq=False)
class CrashReplay:
    """A loan through an episode that begins today; a point for each of its trading days."""

    path: CrashPath
    points: tuple[Point, ...]

    @property
    def called(self) -> Point | None:
        """The first day the lender calls without the hedge; None if it never does."""
        return next((one for one in self.points if one.hedged.call_triggered), None)

    @property
    def hedged_called(self) -> Point | None:
        """The first day it calls in spite of the hedge."""
        level = self.points[0].bare.terms.call_ltv
        ltvs = ((one, one.hedged.hedged_ltv) for one in self.points)
        return next((one for one, ltv in ltvs if ltv is None or ltv >= level), None)

    @property
    def worst(self) -> Point:
        """The first day of the highest LTV without the hedge."""
        return max(self.points, key=lambda one: one.bare.ltv)

    @property
    def hedged_worst(self) -> Point:
        """The same with it; an LTV that nothing bounds is the highest."""
        return max(self.points, key=_hedged)


def crash_path(episode: Episode, closes: Sequence[DailyClose] = ()) -> CrashPath:
    """The closes of the episode where they are at hand, else a path made of what is published."""
    inside = [one for one in closes if episode.start <= one.day <= episode.trough]
    days = tuple(one.day for one in inside)
    weekdays = _weekdays(episode.start, episode.trough)
    needed = {episode.start, episode.worst_day, episode.trough}
    if needed <= set(days) and len(days) >= ENOUGH * len(weekdays):
        changes = tuple(one.close / inside[0].close - 1 for one in inside)
        return CrashPath(episode, days, changes, measured=True)
    return CrashPath(episode, weekdays, _built(episode, weekdays), measured=False)


def crash_replay(
    config: StrategyConfig,
    position: Position,
    path: CrashPath,
    stress: Stress,
    vol_per_fall: Decimal = Decimal(0),
    stop: Callable[[], bool] = lambda: False,
) -> CrashReplay | None:
    """The loan on each day of an episode that begins now; None once `stop` says so.

    A day of the episode comes as many calendar days from now as it came from its start. A
    tenth of a millisecond a day.

    Args:
        config: the loan, the market and what becomes of the payoff.
        position: the hedge; nothing is left of a leg after its expiry.
        path: what gold does.
        stress: everything else; its price and its date do not count.
        vol_per_fall: points that volatilities rise for each per cent gold stands below the start.
        stop: asked each day.

    Raises:
        Unvalued: nothing is pledged on one of the days.
    """
    stresses = _stresses(path, stress, vol_per_fall)
    passed = [days_passed(config, one.days) for one in stresses]
    worth = path_values(
        config,
        position.legs,
        np.array([float(config.spot_price * (1 + one.gold)) for one in stresses]),
        np.array(passed),
        np.array([float(one.vol_pts) for one in stresses]),
        stress.smile,
    )
    points: list[Point] = []
    for number, one in enumerate(stresses):
        if stop():
            return None
        bare = stressed(config, one.gold, passed[number], float(one.fx), one.advance)
        values, at = worth[:, number].tolist(), (one.gold, one.days)
        points.append(Point(one, bare, scenario_from(config, position, bare, values, at)))
    return CrashReplay(path, tuple(points))


def _stresses(path: CrashPath, stress: Stress, vol_per_fall: Decimal) -> list[Stress]:
    """The stress of each day of a path."""
    return [
        replace(
            stress,
            gold=change,
            days=(day - path.days[0]).days,
            vol_pts=stress.vol_pts + vol_per_fall * 100 * max(-change, Decimal(0)),
        )
        for day, change in zip(path.days, path.changes, strict=True)
    ]


def largest_fall(path: CrashPath) -> tuple[date, Decimal]:
    """The day of the largest fall from the close before, and that fall."""
    falls = [(1 + b) / (1 + a) - 1 for a, b in pairwise(path.changes)]
    worst = min(range(len(falls)), key=falls.__getitem__)
    return path.days[worst + 1], falls[worst]


def _built(episode: Episode, days: tuple[date, ...]) -> tuple[Decimal, ...]:
    """The worst day where it was, and the same relative change on every other day."""
    others = len(days) - 2
    rest = (1 + episode.depth) / (1 + episode.worst)
    each = rest ** (Decimal(1) / others) if others else Decimal(1)
    level, changes = Decimal(1), [Decimal(0)]
    for day in days[1:]:
        level *= 1 + episode.worst if day == episode.worst_day else each
        changes.append(level - 1)
    return tuple(changes)


def _weekdays(first: date, last: date) -> tuple[date, ...]:
    span = (first + timedelta(days) for days in range((last - first).days + 1))
    return tuple(day for day in span if day.weekday() < SATURDAY)


def _hedged(point: Point) -> float:
    ltv = point.hedged.hedged_ltv
    return float("inf") if ltv is None else float(ltv)
