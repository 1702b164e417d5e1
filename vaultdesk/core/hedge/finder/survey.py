"""The LTV with a hedge over many prices and days, and a second pricer's opinion of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from vaultdesk.core.hedge.finder.columns import worths
from vaultdesk.core.hedge.ltv import hedged_ltvs
from vaultdesk.core.hedge.scene import loan_path
from vaultdesk.core.options.tree import leisen_reimer

if TYPE_CHECKING:
    from vaultdesk.core.hedge.board import Listed
    from vaultdesk.core.hedge.finder.columns import Columns
    from vaultdesk.core.hedge.finder.ground import Cells, Ground
    from vaultdesk.core.hedge.position import HedgeLeg
    from vaultdesk.core.options.types import FloatArray

EQUAL = 1e-9
STEPS = 25
AGREED = 3e-4
"""Of the strike: how far the tree may be from the desk's price. Of 25 and 75 steps it errs by up
to half of that, which is less than a spread."""


@dataclass(frozen=True, slots=True, eq=False)
class Hedge:
    """Contracts of some columns.

    Attributes:
        columns: of which there are any.
        contracts: whole, not signed, one element a column.
        cost: premium and commission, the options' currency.
    """

    columns: Columns
    contracts: FloatArray
    cost: float

    def leg(self, number: int) -> HedgeLeg:
        """One of its legs."""
        one = np.where(np.arange(self.contracts.size) == number, self.contracts, 0.0)
        return self.columns.legs(one)[0]


class Worst(NamedTuple):
    """The highest LTV, a fraction, and at which price on which day it is."""

    ltv: float
    spot: float
    day: int


class Opinion(NamedTuple):
    """What the second pricer says.

    Attributes:
        ltv: the highest LTV by it.
        difference: the largest of the two prices, per share.
        disputed: the contract they disagree on by more than is agreed; None where they agree.
        by: how much there, per share.
    """

    ltv: float
    difference: float
    disputed: Listed | None
    by: float


def surveyed(ground: Ground, hedge: Hedge, cells: Cells, worth: FloatArray) -> FloatArray:
    """The bank's LTV in each cell.

    Args:
        ground: the loan.
        hedge: the contracts.
        cells: where.
        worth: of each contract per share there, (cells, columns).
    """
    pledge = ground.pledge(cells.spots, cells.days)
    return _ltvs(ground, hedge, ground.loan[cells.days], pledge, worth)


def worst(cells: Cells, ltvs: FloatArray) -> Worst:
    """Where it is highest; of equals the last, as deep puts are worth the same on many days."""
    at = int(np.flatnonzero(ltvs >= ltvs.max() - EQUAL)[-1])
    return Worst(float(ltvs[at]), float(cells.spots[at]), int(cells.days[at]))


def second_opinion(ground: Ground, hedge: Hedge, cells: Cells, worth: FloatArray) -> Opinion:
    """The same by a binomial tree, and by the loan as scenarios have it.

    Args:
        ground: the loan; only its configuration and the moments of its days are used.
        hedge: the contracts.
        cells: where.
        worth: what the first pricer says, (cells, columns).
    """
    config = ground.config
    tree = worths(config, hedge.columns, cells.spots, ground.passed[cells.days], _tree)
    prices, at_price = np.unique(cells.spots, return_inverse=True)
    days, at_day = np.unique(cells.days, return_inverse=True)
    loan, value = loan_path(config, prices, ground.passed[days])
    ltvs = _ltvs(ground, hedge, loan[at_day], value[at_price, at_day], tree)
    apart = np.abs(tree - worth).max(axis=0, initial=0.0)
    strikes = np.array([float(unit.listed.strike) for unit in hedge.columns.units])
    wrong = np.flatnonzero(~(apart <= AGREED * strikes)).tolist()
    largest = float(apart.max(initial=0.0))
    highest = float(ltvs.max())
    if not wrong:
        return Opinion(highest, largest, None, 0.0)
    return Opinion(highest, largest, hedge.columns.units[wrong[0]].listed, float(apart[wrong[0]]))


def _ltvs(
    ground: Ground, hedge: Hedge, loan: FloatArray, pledge: FloatArray, worth: FloatArray
) -> FloatArray:
    rules, fx = ground.config.rules, float(ground.config.fx)
    columns = hedge.columns
    payoff = worth @ (columns.sign * columns.shares * hedge.contracts) * fx
    owed = loan + (hedge.cost * fx if rules.drawn else 0.0)
    return hedged_ltvs(rules.use, owed, pledge, payoff)


def _tree(style: str, *arguments: FloatArray) -> FloatArray:
    return leisen_reimer(*arguments, steps=STEPS, style=style)
