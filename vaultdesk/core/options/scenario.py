"""What a book would be worth: at other prices, at other volatilities, on later days."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from vaultdesk.core.market import exercise_style
from vaultdesk.core.options.american import worth_exercising
from vaultdesk.core.options.contracts import Contracts
from vaultdesk.core.options.curves import Terms, european_curves, ladders
from vaultdesk.core.options.exercise import add_premium, exercise_early, flows, profile
from vaultdesk.core.options.style import formula

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import numpy.typing as npt

    from vaultdesk.core.options.book import Leg
    from vaultdesk.core.options.types import FloatArray

    BoolArray = npt.NDArray[np.bool_]
    IndexArray = npt.NDArray[np.intp]
    Blocks = Iterator[tuple[IndexArray, FloatArray]]
    """Some pairs and their prices, (pairs, spots)."""

LEAST_VOLATILITY = 0.01
"""What a volatility is never shifted below."""
CELLS = 25_000
"""Values at a time: the arrays of 200 KB stay in the second-level cache."""
FEW = 1024
"""Values of an option so few that each is computed for itself."""
STIFFEST, BRIEFEST = 45.0, 5e-4
"""Boundaries are interpolated up to this r/sigma² (a volatility of 3 % at 4 %), down to hours."""


class Grid(NamedTuple):
    """One leg's scenarios, volatilities by lives, the latter running faster.

    Attributes:
        spots: (spots,).
        volatility: of each pair, (pairs,).
        years: left of the leg's life, likewise; 0 or less once it has expired.
    """

    spots: FloatArray
    volatility: FloatArray
    years: FloatArray

    def of(self, chosen: IndexArray) -> Grid:
        """The same spots for some of the pairs."""
        return Grid(self.spots, self.volatility[chosen], self.years[chosen])


def scenario_cube(
    legs: Sequence[Leg],
    spots: npt.ArrayLike,
    volatilities: npt.ArrayLike,
    years: npt.ArrayLike,
    *,
    shift: bool = False,
    style: str = "american",
    per_leg: bool = False,
) -> FloatArray:
    """Value a book at every price, volatility and moment of three axes.

    A leg that has expired by then keeps what it paid at expiry, taken at the scenario's price; the
    cash earns no interest. Shares are worth their price. Values on one date at one volatility are
    those of `american` or `european`; on a grid, European ones agree with them to 1e-13 of the
    strike and American ones mostly to 1e-7 of it, 1e-6 at worst.

    Where an American option has two boundaries (rates below zero, see `american`) every value is
    a tree's, at some milliseconds each.

    Args:
        legs: any number, also none; all on the same underlying.
        spots: prices of the underlying, as they would be, not changes.
        volatilities: levels every option is valued at, or with `shift` what is added to each leg's
            own: the smile is kept, and no volatility falls below 1 %.
        years: of calendar time that have passed from now; a leg then has leg.years less these.
        shift: whether `volatilities` are changes.
        style: "american" or "european".
        per_leg: whether legs are kept apart.

    Returns:
        Currency, signed by quantity and with multipliers, of shape (spots, volatilities, years);
        with `per_leg` (legs, spots, volatilities, years). NaN where an argument is not a number,
        or spot or volatility is negative.

    Raises:
        ValueError: another style, axes of more than one dimension, or no numbers.
    """
    exercise_style(style)
    axes = [np.atleast_1d(np.asarray(a, dtype=np.float64)) for a in (spots, volatilities, years)]
    if any(axis.ndim > 1 for axis in axes):
        raise ValueError("Spots, volatilities and years have one dimension each.")
    prices, vols, passed = (axis.size for axis in axes)
    pages = np.zeros((len(legs) if per_leg else 1, vols * passed, prices))
    with np.errstate(all="ignore"):
        for number, leg in enumerate(legs):
            _add(leg, _grid(leg, *axes, shift=shift), style, pages[number if per_leg else 0])
    cube = pages.reshape(len(pages), vols, passed, prices).transpose(0, 3, 1, 2)
    return cube if per_leg else cube[0]


def _grid(
    leg: Leg, spots: FloatArray, volatilities: FloatArray, passed: FloatArray, *, shift: bool
) -> Grid:
    """The scenarios as they are for one leg: at its volatilities, over what is left of its life."""
    if shift:
        volatilities = np.maximum(leg.volatility + volatilities, LEAST_VOLATILITY)
    left = leg.years - passed
    return Grid(spots, np.repeat(volatilities, left.size), np.tile(left, volatilities.size))


def _add(leg: Leg, grid: Grid, style: str, page: FloatArray) -> None:
    """Add one leg's values to a page of shape (pairs, spots)."""
    shares = leg.quantity * leg.unit_shares
    if leg.kind == 0:
        page += shares * grid.spots
        return
    terms = Terms(float(leg.kind), leg.strike, leg.rate, leg.dividend_yield)
    for pairs, values in _values(terms, grid, style):
        page[pairs] += np.multiply(values, shares, out=values)


def _values(terms: Terms, grid: Grid, style: str) -> Blocks:
    """Prices per share; every pair comes once."""
    deviation = grid.volatility * np.sqrt(np.maximum(grid.years, 0.0))
    usual = (deviation > 0.0) & (deviation < np.inf)
    early = usual & (style == "american") & _worth_exercising(terms, grid)
    yield from _part(grid, ~usual, partial(_one_by_one, terms, style=style))
    yield from _part(grid, usual & ~early, partial(_by_curves, terms))
    yield from _part(grid, early, partial(_american, terms))


def _part(grid: Grid, chosen: BoolArray, method: Callable[[Grid], Blocks]) -> Blocks:
    """What a method makes of some of the pairs."""
    pairs = np.flatnonzero(chosen)
    if pairs.size:
        yield from ((pairs[some], values) for some, values in method(grid.of(pairs)))


def _worth_exercising(terms: Terms, grid: Grid) -> BoolArray:
    one = np.ones(grid.years.shape)
    kind, strike, rate, dividend_yield = (one * term for term in terms)
    options = Contracts(kind, one, strike, grid.years, rate, dividend_yield, grid.volatility)
    return worth_exercising(options, strike) & (strike > 0.0)


def _american(terms: Terms, grid: Grid) -> Blocks:
    """Values of pairs at which early exercise is worth something."""
    earning = flows(terms).earning
    few = grid.years.size * grid.spots.size <= FEW
    looked_up = terms.kind < 0.0 and terms.dividend_yield == 0.0
    if earning <= 0.0 or (few and looked_up):
        yield from _one_by_one(terms, grid, style="american")
        return
    smooth = (earning <= STIFFEST * grid.volatility**2) & (grid.years >= BRIEFEST) & (not few)
    yield from _part(grid, ~smooth, partial(_one_boundary_each, terms))
    yield from _part(grid, smooth, partial(_by_profile, terms))


def _by_profile(terms: Terms, grid: Grid) -> Blocks:
    """American values of pairs whose boundaries may be interpolated."""
    whole = profile(terms, grid.volatility, grid.years)
    log_spots, exercised = np.log(grid.spots), terms.kind * (grid.spots - terms.strike)
    for some, values in _by_curves(terms, grid):
        add_premium(values, whole.of(some), log_spots, exercised)
        yield some, values


def _one_boundary_each(terms: Terms, grid: Grid) -> Blocks:
    """American values of pairs whose boundaries are solved for one by one."""
    for some, values in _by_curves(terms, grid):
        exercise_early(values, terms, grid.spots, grid.volatility[some], grid.years[some])
        yield some, values


def _by_curves(terms: Terms, grid: Grid) -> Blocks:
    """European values."""
    deviation = grid.volatility * np.sqrt(grid.years)
    for ladder, served in ladders(grid.spots, deviation):
        for some in _split(served, grid):
            yield some, european_curves(terms, ladder, grid.volatility[some], grid.years[some])


def _one_by_one(terms: Terms, grid: Grid, *, style: str) -> Blocks:
    """Expired or certain ones, ones that are not valued, and ones that nothing is faster for."""
    kind, strike, rate, dividend_yield = terms
    for some in _split(np.arange(grid.years.size), grid):
        volatility, years = grid.volatility[some, None], np.maximum(grid.years[some, None], 0.0)
        at = (grid.spots, strike, years, rate, dividend_yield, volatility)
        yield some, formula(style)(kind, *at).price


def _split(pairs: IndexArray, grid: Grid) -> Iterator[IndexArray]:
    width = max(1, CELLS // max(1, grid.spots.size))
    return (pairs[at : at + width] for at in range(0, pairs.size, width))
