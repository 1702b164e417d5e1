"""What options are worth along one path of prices, dates and volatilities, not over a grid."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vaultdesk.core.hedge.scene import DAYS, HALF_A_DAY, moved
from vaultdesk.core.hedge.vocabulary import SmileRule
from vaultdesk.core.options.scenario import LEAST_VOLATILITY
from vaultdesk.core.options.style import formula

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vaultdesk.core.hedge.config import StrategyConfig
    from vaultdesk.core.hedge.position import HedgeLeg
    from vaultdesk.core.options.types import FloatArray


def path_values(
    config: StrategyConfig,
    legs: Sequence[HedgeLeg],
    spots: FloatArray,
    days: FloatArray,
    vol_pts: FloatArray,
    smile: SmileRule,
) -> FloatArray:
    """`scene.leg_values` where each day has its own price and volatility.

    Args:
        config: the market.
        legs: any number, also none.
        spots: the price on each day, (days,).
        days: of 24 hours that have passed from now, (days,).
        vol_pts: points added to every volatility on each day, (days,).
        smile: how volatilities move with the price.

    Returns:
        What each leg is worth on each day, in the options' currency, (legs, days).
    """
    values = np.zeros((len(legs), days.size))
    for number, leg in enumerate(legs):
        passed = np.minimum(days / DAYS, leg.listed.years)
        alive = days / DAYS - passed <= HALF_A_DAY
        if alive.any():
            left = leg.listed.years - passed[alive]
            values[number, alive] = _worth(config, leg, spots[alive], left, vol_pts[alive], smile)
    return values


def _worth(
    config: StrategyConfig,
    leg: HedgeLeg,
    spots: FloatArray,
    left: FloatArray,
    vol_pts: FloatArray,
    rule: SmileRule,
) -> FloatArray:
    listed, smile = leg.listed, config.board.smiles.get(leg.listed.expiry)
    own = np.full(spots.shape, listed.volatility)
    if rule is not SmileRule.STRIKE and smile is not None:
        own = moved(listed, smile, config, spots, left, rule)
    volatility = np.maximum(own + vol_pts / 100.0, LEAST_VOLATILITY)
    at = (spots, float(listed.strike), left, listed.rate, listed.dividend_yield, volatility)
    worth: FloatArray = formula(listed.style)(listed.kind, *at).price * float(leg.shares)
    return worth
