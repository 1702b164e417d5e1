"""What the loan needs: on which days, at which prices, how much the options must bring."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from vaultdesk.core.calendar import trading_date
from vaultdesk.core.hedge.scene import days_passed
from vaultdesk.core.hedge.vocabulary import Use

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    import numpy.typing as npt

    from vaultdesk.core.hedge.config import StrategyConfig
    from vaultdesk.core.hedge.finder.columns import Columns
    from vaultdesk.core.hedge.finder.request import FindRequest
    from vaultdesk.core.options.types import FloatArray

    IndexArray = npt.NDArray[np.intp]

PRICES, COARSE_PRICES = 121, 13
DATES, COARSE_DATES = 40, 5


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """The loan without a hedge on each calendar day from now to the horizon.

    Money is in the facility's currency; an element of an array is a day.

    Attributes:
        config: what it was made from.
        passed: days of 24 hours until then.
        loan: owed.
        value: of the pledge at today's price of gold.
        falling: of it, what falls with gold.
        exact: loan, value and falling as they came.
    """

    config: StrategyConfig
    passed: FloatArray
    loan: FloatArray
    value: FloatArray
    falling: FloatArray
    exact: tuple[tuple[Decimal, Decimal, Decimal], ...]

    @property
    def last(self) -> int:
        """The day of the horizon."""
        return self.passed.size - 1

    def pledge(self, spots: FloatArray, days: IndexArray) -> FloatArray:
        """What is pledged is worth at a price on a day."""
        moves = spots / float(self.config.spot_price) - 1.0
        worth: FloatArray = self.value[days] + self.falling[days] * moves
        return worth


class Cells(NamedTuple):
    """Prices on days, an element each: where the LTV has to hold."""

    spots: FloatArray
    days: IndexArray

    def of(self, chosen: npt.NDArray[np.generic]) -> Cells:
        """Some of them."""
        return Cells(self.spots[chosen], self.days[chosen])


class Demand(NamedTuple):
    """The wish as an inequality that is linear in contracts.

    loan - max_ltv * pledge <= weight * (what the options are worth) - drawn * (what they cost)

    Attributes:
        max_ltv: as asked.
        weight: `max_ltv` where the payoff is pledged, 1 where it repays, 0 where the bank does
            not see it.
        drawn: whether the premium is drawn on the loan.
    """

    max_ltv: Fraction
    weight: Fraction
    drawn: bool


def demand(config: StrategyConfig, max_ltv: Decimal) -> Demand:
    """L / (V + H) <= X or (L - H) / V <= X or L / V <= X, all as X·V + weight·H >= L."""
    level = Fraction(max_ltv)
    weights = {Use.PLEDGED: level, Use.REPAYS: Fraction(1), Use.BROKER: Fraction(0)}
    return Demand(level, weights[config.rules.use], config.rules.drawn)


def ground(config: StrategyConfig, request: FindRequest) -> Ground:
    """The loan on every day to the horizon.

    Raises:
        Unvalued: nothing is pledged on one of them.
    """
    last = (request.horizon - trading_date(config.at)).days
    passed = [days_passed(config, day) for day in range(last + 1)]
    states = [config.later(days) if days else config.portfolio for days in passed]
    exact = tuple((state.loan, state.value, state.falling) for state in states)
    loan, value, falling = np.array(exact, dtype=np.float64).T
    return Ground(config, np.array(passed), loan, value, falling, exact)


def lowest(config: StrategyConfig, max_fall: Decimal) -> Decimal:
    """The price after the deepest fall."""
    return config.spot_price * (1 - max_fall)


def turning_days(ground: Ground, columns: Columns, floor: float) -> list[int]:
    """Days on which something changes: now, the horizon, expiries, the days after them, and peaks.

    A peak is the last day before the loan's own LTV falls again, by interest paid or a lot
    pledged; the day before it rises with a jump is not worse than the days after.
    """
    today = trading_date(ground.config.at)
    ends = {(unit.listed.expiry - today).days for unit in columns.units}
    found = {0, ground.last, *ends, *(end + 1 for end in ends)}
    spots, days = np.full(ground.passed.size, floor), np.arange(ground.passed.size)
    with np.errstate(divide="ignore"):
        ltv = ground.loan / ground.pledge(spots, days)
    found.update(np.flatnonzero(ltv[:-1] > ltv[1:]).tolist())
    return sorted(day for day in found if 0 <= day <= ground.last)


def coarse_cells(ground: Ground, columns: Columns, floor: float) -> Cells:
    """Where the search begins: turning days and some between, with strikes where they expire."""
    spot, today = float(ground.config.spot_price), trading_date(ground.config.at)
    days = coarse_days(ground, columns, floor)
    prices = np.linspace(floor, spot, COARSE_PRICES)
    strikes: dict[int, set[float]] = {}
    for one in (unit.listed for unit in columns.units):
        strikes.setdefault((one.expiry - today).days, set()).add(float(one.strike))
    return _joined((day, _with(prices, strikes.get(day, ()))) for day in days)


def coarse_days(ground: Ground, columns: Columns, floor: float) -> list[int]:
    """Turning days and some between."""
    return sorted({*turning_days(ground, columns, floor), *_spread(ground.last, COARSE_DATES)})


def fine_cells(ground: Ground, chosen: Columns, floor: float) -> Cells:
    """Where a hedge is checked: prices and the strikes among them, on days a few apart."""
    spot = float(ground.config.spot_price)
    prices = _with(
        np.linspace(floor, spot, PRICES), [float(unit.listed.strike) for unit in chosen.units]
    )
    days = sorted({*turning_days(ground, chosen, floor), *_spread(ground.last, DATES)})
    return _joined((day, prices) for day in days)


def _spread(last: int, count: int) -> list[int]:
    return [round(day) for day in np.linspace(0, last, count)]


def _with(prices: FloatArray, strikes: Iterable[float]) -> FloatArray:
    inside = [strike for strike in strikes if prices[0] < strike < prices[-1]]
    return np.unique(np.concatenate([prices, inside]))


def _joined(rows: Iterable[tuple[int, FloatArray]]) -> Cells:
    pairs = list(rows)
    days = np.concatenate([np.full(prices.size, day) for day, prices in pairs])
    return Cells(np.concatenate([prices for _, prices in pairs]), days.astype(np.intp))
