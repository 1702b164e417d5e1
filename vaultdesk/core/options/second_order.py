"""Vanna, charm and vomma of American and European options."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vaultdesk.core.market import exercise_style
from vaultdesk.core.options.american import american
from vaultdesk.core.options.blocks import rows_of
from vaultdesk.core.options.european import european
from vaultdesk.core.options.european import second_order as european_second_order
from vaultdesk.core.options.types import SecondOrder

if TYPE_CHECKING:
    import numpy.typing as npt

    from vaultdesk.core.options.types import FloatArray, Valuation

    BoolArray = npt.NDArray[np.bool_]

STEP = 1e-3
"""Of the volatility and of the years, relative: rounding and curvature then err alike, by 1e-6."""
VOLATILITIES = np.array([[1.0 + STEP], [1.0 - STEP], [1.0], [1.0]])
YEARS = np.array([[1.0], [1.0], [1.0 + STEP], [1.0 - STEP]])


def second_order(
    kind: npt.ArrayLike,
    spot: npt.ArrayLike,
    strike: npt.ArrayLike,
    years: npt.ArrayLike,
    rate: npt.ArrayLike,
    dividend_yield: npt.ArrayLike,
    volatility: npt.ArrayLike,
    *,
    style: str = "american",
) -> SecondOrder:
    """Second-order Greeks: vanna, charm and vomma.

    American ones are differences of `american`'s delta and vega in volatility and time, and
    European ones, in closed form, where early exercise is worth nothing. Beyond the boundary,
    where the option is worth its intrinsic value, all are 0; beside it the difference is taken on
    the option's own side, for all three jump there.

    Arguments, shapes, conventions at the edges and NaN are those of `american` and `european`.

    Args:
        kind: +1 for a call, -1 for a put.
        spot: price of the underlying.
        strike: in the currency of spot.
        years: time to expiry in years of 365 days.
        rate: continuously compounded, per year.
        dividend_yield: continuously compounded, per year.
        volatility: 1.00 is 100 % a year.
        style: "american" or "european".

    Returns:
        Vanna in delta per 1.00 of volatility, charm in delta per year of calendar time passing,
        vomma in vega (per 1.00) per 1.00 of volatility.

    Raises:
        ValueError: another style, shapes that do not broadcast, or an argument is no number.
    """
    given = (kind, spot, strike, years, rate, dividend_yield, volatility)
    closed = european_second_order(*given)
    if exercise_style(style) == "european":
        return closed
    columns, shape = rows_of(*given)
    rows = np.stack([row.ravel() for row in (closed.vanna, closed.charm, closed.vomma)])
    with np.errstate(all="ignore"):
        early, differences = _differences(columns)
        rows = np.where(early, differences, rows)
    return SecondOrder(*(row.reshape(shape) for row in rows))


def _differences(columns: FloatArray) -> tuple[BoolArray, FloatArray]:
    """Where early exercise is worth something, and vanna, charm and vomma, (3, options), there."""
    kind, spot, strike, years, rate, dividend_yield, volatility = columns
    around = (kind, spot, strike, years * YEARS, rate, dividend_yield, volatility * VOLATILITIES)
    beside = american(*around)
    early = (beside.price != european(*around).price).any(axis=0) & (years > 0.0)
    exercised = _exercised(kind, beside)
    delta, vega, outside = _middle(columns, exercised)
    vanna = _slope(beside.delta[:2], delta, exercised[:2]) / volatility
    vomma = _slope(beside.vega[:2], vega, exercised[:2]) / volatility
    charm = -_slope(beside.delta[2:], delta, exercised[2:]) / years
    uncertain = volatility > 0.0
    rows = np.stack([np.where(uncertain, vanna, 0.0), charm, np.where(uncertain, vomma, 0.0)])
    return early & np.isfinite(rows).all(axis=0), np.where(outside > 0.0, 0.0, rows + 0.0)


def _exercised(kind: FloatArray, value: Valuation) -> BoolArray:
    exercised: BoolArray = (value.gamma == 0.0) & (value.delta == kind)
    return exercised


def _middle(columns: FloatArray, exercised: BoolArray) -> FloatArray:
    """Delta, vega and 1 for exercised, at the options' own arguments.

    Looked up only where the boundary runs between an option and its neighbours, else 0.
    """
    between = exercised.any(axis=0) & ~exercised.all(axis=0)
    value = american(*columns[:, between])
    rows = np.zeros((3, between.size))
    rows[:, between] = value.delta, value.vega, _exercised(columns[0, between], value)
    return rows


def _slope(sides: FloatArray, middle: FloatArray, exercised: BoolArray) -> FloatArray:
    """The derivative in the logarithm, from both sides or from the one that is not exercised."""
    up, down = sides
    rising, falling = (up - middle) / STEP, (middle - down) / STEP
    one_sided = np.where(exercised[0], falling, rising)
    both: FloatArray = (up - down) / (2.0 * STEP)
    return np.where(exercised[0] == exercised[1], both, one_sided)
