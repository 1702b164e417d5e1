"""What is asked of the finder and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date  # noqa: TC003 (a record of a search is read by these types)
from decimal import Decimal  # noqa: TC003
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vaultdesk.core.hedge.position import Position


@dataclass(frozen=True, slots=True)
class FindRequest:
    """The protection wished for; what becomes of it, fees and limits are the rules' to say.

    Attributes:
        max_ltv: the bank's LTV is to stay at or below this, a fraction above 0.
        max_fall: for every fall of gold down to this, a fraction from 0 to below 1.
        horizon: on every day until this one, a New York date; it is included.
        budget: the most that premium and commission may come to, options' currency; None for any.
        collars: whether calls may be sold too, no more than puts of the same expiry.
    """

    max_ltv: Decimal
    max_fall: Decimal
    horizon: date
    budget: Decimal | None = None
    collars: bool = False


@dataclass(frozen=True, slots=True)
class Work:
    """How an answer was come by.

    Attributes:
        columns: contracts that were open to choice.
        rows: prices on dates that the optimiser was given.
        solves: how often it ran.
        bound: proven: no hedge that holds costs less, options' currency.
        tree_ltv: the worst LTV by the second pricer; NaN where nothing was left to check.
        tree_difference: the largest difference of the two pricers, options' currency per share.
    """

    columns: int = 0
    rows: int = 0
    solves: int = 0
    bound: float = 0.0
    tree_ltv: float = float("nan")
    tree_difference: float = 0.0


@dataclass(frozen=True, slots=True)
class Found:
    """The cheapest hedge that holds, or why there is none.

    Attributes:
        request: what was asked.
        position: its legs; none where the loan holds without a hedge or none was found.
        cost: natural premium and commission, options' currency; negative is money received.
        worst_ltv: highest LTV with these legs over falls and dates, a fraction, by the model.
        worst_move: the relative move of gold at which it is.
        worst_day: and so many calendar days from now.
        gap: how much cheaper a better one could be at most, a fraction of the cost; 0 is proven
            cheapest.
        checked: prices and dates of the fine check.
        proof: sentences: what each leg is for, what binds, what was proven, checked and assumed.
        problem: why there is no such hedge or it may not be relied on; empty where there is one.
        nearest_ltv: where there is none: the lowest `max_ltv`, in steps of 0.1 %, that has one.
        nearest_fall: likewise the largest `max_fall`; None where not even 0 % has one.
        work: how it was found.
    """

    request: FindRequest
    position: Position
    cost: Decimal
    worst_ltv: float
    worst_move: float
    worst_day: int
    gap: float
    checked: tuple[int, int]
    proof: tuple[str, ...]
    problem: str
    nearest_ltv: Decimal | None
    nearest_fall: Decimal | None
    work: Work = Work()
