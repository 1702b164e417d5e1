"""The efficient frontier: which hedges cost more than another that protects as well."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal


def dominated(points: Sequence[tuple[Decimal, float]]) -> tuple[bool, ...]:
    """Which points another one beats: it is no worse in both numbers and better in one.

    Args:
        points: what each costs a year and the worst LTV it leaves; less is better.

    Returns:
        Along the points; two that are the same do not beat each other.
    """
    beaten = [False] * len(points)
    best: tuple[Decimal, float] | None = None
    for cost, ltv, i in sorted((cost, ltv, i) for i, (cost, ltv) in enumerate(points)):
        if best is None or ltv < best[1]:
            best = cost, ltv
        beaten[i] = best != (cost, ltv)
    return tuple(beaten)
