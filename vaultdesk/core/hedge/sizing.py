"""How many contracts: of the gold there is, of a split by weights, of a fall to be survived."""

from __future__ import annotations

from decimal import ROUND_FLOOR, Decimal
from typing import TYPE_CHECKING

from vaultdesk.core.hedge.ltv import payoff_needed, whole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vaultdesk.core.hedge.vocabulary import Use


def covering(
    units: Decimal, multiplier: int, cover: Decimal = Decimal(1)
) -> tuple[Decimal, Decimal]:
    """Contracts on a fraction of so many shares: whole ones, never more than that, and exactly."""
    exact = units * cover / multiplier
    return exact.to_integral_value(ROUND_FLOOR), exact


def split(total: Decimal, weights: Sequence[Decimal]) -> tuple[Decimal, ...]:
    """Whole contracts by weights that add up to the whole total: by largest remainder.

    Each gets the whole part of its share, and what is left goes to the largest fractions, the
    first of equals first (Hamilton's method).

    Raises:
        ValueError: a weight is negative, or none is above 0.
    """
    if min(weights, default=Decimal(-1)) < 0 or not sum(weights):
        raise ValueError("Weights are not negative, and one of them is above 0.")
    shares = [total * weight / sum(weights) for weight in weights]
    floors = [share.to_integral_value(ROUND_FLOOR) for share in shares]
    left = int(total - sum(floors))
    order = sorted(range(len(shares)), key=lambda i: (floors[i] - shares[i], i))
    return tuple(floors[i] + (i in order[:left]) for i in range(len(shares)))


def contracts_needed(
    use: Use,
    loan: Decimal,
    value: Decimal,
    max_ltv: Decimal,
    payoff_per_contract: Decimal,
) -> Decimal | None:
    """Fewest whole contracts that keep the LTV at or below a level; None where none do.

    Args:
        use: what becomes of the payoff.
        loan: what is owed.
        value: of the pledge after the fall.
        max_ltv: the level, a fraction.
        payoff_per_contract: after the fall, in the facility's currency.
    """
    needed = payoff_needed(use, loan, value, max_ltv)
    if needed is None:
        return None
    if needed and payoff_per_contract <= 0:
        return None
    return whole(needed / payoff_per_contract) if needed else Decimal(0)
