"""The LTV when gold and a currency move together: a grid of it, and where it reaches a level.

The market LTV of valuation.py in float64: what falls with the watched symbol is worth (1 + gold)
of what it was, and what is pledged or owed in the currency (1 + currency).
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from vaultdesk.core.loan.state import LoanState

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Exposure:
    """A facility in four parts, in its currency: what moves with gold, what with the currency.

    Attributes:
        falling: pledged, falls with gold, quoted in the currency.
        falling_home: pledged, falls with gold, quoted in any other.
        rest: pledged, does not fall with gold, held in the currency.
        rest_home: pledged, does not fall with gold, held in any other.
        owed: owed in the currency.
        owed_home: owed in any other.
    """

    falling: float
    falling_home: float
    rest: float
    rest_home: float
    owed: float
    owed_home: float


def exposure(state: LoanState, currency: str) -> Exposure:
    """What of a facility moves with a foreign currency, and what with gold."""
    pledged = dict.fromkeys(itertools.product((True, False), repeat=2), 0.0)
    for one in state.pledged:
        pledged[state.terms.falls_with(one.lot), one.currency == currency] += float(one.value)
    owed = sum(float(one.total) for one in state.owed if one.currency == currency)
    return Exposure(
        falling=pledged[True, True],
        falling_home=pledged[True, False],
        rest=pledged[False, True],
        rest_home=pledged[False, False],
        owed=owed,
        owed_home=float(state.loan) - owed,
    )


def ltv_grid(parts: Exposure, gold: Floats, currency: Floats) -> Floats:
    """The LTV, a fraction: one row for each move of the currency, one column for each of gold.

    Moves are relative: -0.4 is 40 % lower, and above -1.
    """
    loan, value = totals(parts, gold, currency)
    grid: Floats = loan[:, np.newaxis] / value
    return grid


def totals(parts: Exposure, gold: Floats, currency: Floats) -> tuple[Floats, Floats]:
    """What is owed at each move of the currency, and what is pledged, as `ltv_grid` has it."""
    up = 1.0 + currency
    falling = (parts.falling * up + parts.falling_home)[:, np.newaxis]
    rest = (parts.rest * up + parts.rest_home)[:, np.newaxis]
    return parts.owed * up + parts.owed_home, falling * (1.0 + gold) + rest


def gold_at(parts: Exposure, level: float, currency: Floats) -> Floats:
    """The move of gold at which the LTV reaches `level`, for each move of the currency.

    NaN where nothing falls with gold, or no price of it above zero brings the level about.
    """
    up = 1.0 + currency
    falling = parts.falling * up + parts.falling_home
    left = (parts.owed * up + parts.owed_home) / level - (parts.rest * up + parts.rest_home)
    with np.errstate(divide="ignore", invalid="ignore"):
        moves: Floats = np.where((falling > 0) & (left > 0), left / falling - 1.0, np.nan)
    return moves
