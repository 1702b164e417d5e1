"""Runs inside the environment of one peer: options on stdin, nanoseconds and answers on stdout.

The first call, which compiles, is not counted.
"""

import json
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

ROUNDS = 7


def timed(work: Callable[[], Any], count: int) -> float:
    """Median nanoseconds an option."""
    work()
    took = []
    for _ in range(ROUNDS):
        start = time.perf_counter_ns()
        work()
        took.append((time.perf_counter_ns() - start) / count)
    return statistics.median(took)


def py_vollib_vectorized(given: dict[str, Any]) -> dict[str, Any]:
    """Price and five Greeks, and implied volatilities, of arrays."""
    import py_vollib_vectorized as peer  # noqa: PLC0415

    flag = np.where(np.array(given["kind"]) > 0, "c", "p")
    s, k, t, r, v = (np.array(given[name]) for name in ("spot", "strike", "years", "rate", "vol"))
    model = {"model": "black_scholes", "return_as": "numpy"}

    def value() -> None:
        peer.vectorized_black_scholes(flag, s, k, t, r, v, return_as="numpy")
        peer.get_all_greeks(flag, s, k, t, r, v, model="black_scholes", return_as="dict")

    price = np.array(given["price"])

    def implied() -> Any:  # noqa: ANN401
        return peer.vectorized_implied_volatility(
            price, s, k, t, r, flag, q=0.0, on_error="ignore", **model
        )

    found = np.asarray(implied(), dtype=float).ravel()
    return {
        "value_ns": timed(value, s.size),
        "implied_ns": timed(implied, s.size),
        "implied": found.tolist(),
    }


def financepy(given: dict[str, Any]) -> dict[str, Any]:
    """Price and the Greeks it has in arrays."""
    from financepy.models import black_scholes_analytic as peer  # noqa: PLC0415
    from financepy.utils.global_types import OptionTypes  # noqa: PLC0415

    s, k, t, r, v = (np.array(given[name]) for name in ("spot", "strike", "years", "rate", "vol"))
    q, kind = np.zeros_like(s), OptionTypes.EUROPEAN_PUT.value
    names = ("value", "delta", "gamma", "theta", "vega", "rho")
    known = [getattr(peer, name) for name in names]

    def value() -> None:
        for function in known:
            function(s, t, k, r, q, v, kind)

    return {"value_ns": timed(value, s.size), "figures": len(known)}


if __name__ == "__main__":
    print(json.dumps(globals()[sys.argv[1]](json.load(sys.stdin))))
