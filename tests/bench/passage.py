"""The probability of a margin call, by the option chain and by history, and its errors."""

from __future__ import annotations

import statistics
import time
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from tests.core.loan.passages import WALK, flat, reflected, skewed
from vaultdesk.core.loan.first_passage import (
    Barrier,
    historical_call_probability,
    implied_call_probability,
)

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS = 15
YEARS, VOLATILITY = 0.5, 0.22
BARRIER = Barrier(0.8 * WALK.spot, 0.06)


def run() -> None:
    """Print every row."""
    one, several = [skewed(YEARS)], [skewed(YEARS * share) for share in np.linspace(0.1, 1.1, 13)]
    returns = np.random.default_rng(1).normal(0.0, VOLATILITY / 252**0.5, 5_000)
    print("probability of a margin call, a fifth below, half a year:")
    for name, curves in (("one smile", one), ("13 smiles", several)):
        took = _took(partial(implied_call_probability, WALK, BARRIER, YEARS, curves))
        print(f"  by the option chain, {name}: {took:.1f} ms (limit 20)")
    found = implied_call_probability(WALK, BARRIER, YEARS, [flat(VOLATILITY, YEARS)])
    exact = reflected(WALK, 0.8 * WALK.spot, BARRIER.growth, YEARS, VOLATILITY)
    assert found.probability is not None
    print(f"  off the closed formula by {abs(found.probability - exact):.1e} of {exact:.4f}")
    took = _took(partial(historical_call_probability, WALK.spot, BARRIER, 252, returns))
    print(f"  by history, 10,000 paths of 252 days: {took:.1f} ms (limit 150)")


def _took(work: Callable[[], object]) -> float:
    """Median milliseconds."""
    work()
    took = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        work()
        took.append(1000 * (time.perf_counter() - start))
    return statistics.median(took)
