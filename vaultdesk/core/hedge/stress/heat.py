"""The LTV over every price and date at once: where, and until when, a hedge holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vaultdesk.core.calendar import trading_date
from vaultdesk.core.hedge.scene import days_passed, outlook
from vaultdesk.core.hedge.stress.inputs import LEAST_GOLD, MOST_GOLD, last_day
from vaultdesk.core.hedge.stress.views import scene_of

if TYPE_CHECKING:
    from vaultdesk.core.hedge.config import StrategyConfig
    from vaultdesk.core.hedge.position import Position
    from vaultdesk.core.hedge.stress.inputs import Stress
    from vaultdesk.core.options.types import FloatArray

DATES = 41
"""Columns, and a few more at the ends of legs."""
BEYOND = 0.15
"""Share of a hedge's life that is looked at after it, when its protection is gone."""


@dataclass(frozen=True, slots=True, eq=False)
class Heat:
    """The bank's LTV, a fraction, infinite where nothing bounds it.

    Attributes:
        spots: prices of the watched symbol, ascending, (spots,).
        days: calendar days from now, ascending, (days,).
        hedged: with the hedge, (spots, days).
        unhedged: without it, likewise.
    """

    spots: FloatArray
    days: FloatArray
    hedged: FloatArray
    unhedged: FloatArray


def heat_of(config: StrategyConfig, position: Position, stress: Stress) -> Heat:
    """The LTV at all prices a stress may reach, from now until after the hedge has ended.

    The volatilities, the currency and the smile rule are the stress's own. The price changes by
    whole per cent, so that a cell is what the sliders say. Some milliseconds a leg.

    Raises:
        Unvalued: nothing is pledged on one of the days.
    """
    moves = np.arange(LEAST_GOLD, MOST_GOLD + 1) / 100.0
    spots = (1.0 + moves) * float(config.spot_price)
    days = heat_days(config, position)
    passed = np.array([days_passed(config, day) for day in days])
    seen = outlook(config, position, spots, passed, scene_of(stress))
    return Heat(spots, np.array(days, dtype=np.float64), seen.hedged, seen.unhedged)


def heat_days(config: StrategyConfig, position: Position) -> list[int]:
    """Even steps past the end of the hedge, the day each leg ends, and the first without it."""
    today, last = trading_date(config.at), last_day(config, position)
    ends = {(leg.listed.expiry - today).days for leg in position.legs}
    beyond = last + 1 + round(BEYOND * last) if position.legs else last
    even = {round(day) for day in np.linspace(0, beyond, min(DATES, beyond + 1))}
    return sorted(even | {day for day in ends if day >= 0} | {day + 1 for day in ends if day >= 0})
