"""First passages found in other ways: the reflection principle, and simulated paths."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.integrate import quad
from scipy.special import log_ndtr, ndtr

from vaultdesk.core.loan.local_volatility import Curve, Walk

if TYPE_CHECKING:
    from collections.abc import Callable

    from vaultdesk.core.stats import FloatArray

    Variance = Callable[[FloatArray, float], FloatArray]

WALK = Walk(377.0, 0.045, 0.0)


class Seen(NamedTuple):
    """Of simulated paths: probability, its standard error, mean years to the touch, ends."""

    probability: float
    error: float
    years: float
    ends: FloatArray


def flat(volatility: float, years: float) -> Curve:
    return Curve(years, lambda strikes: np.full_like(strikes, volatility))


def skewed(years: float, walk: Walk = WALK, steepness: float = 1.0) -> Curve:
    """An SVI smile (Gatheral 2004) as steep as that of shares: 34 % at 80 %, 22 % at the money."""
    root = math.sqrt(years)
    a, b, rho, m, sigma = 0.01 * years, 0.12 * steepness * root, -0.6, 0.02, 0.15

    def volatility(strikes: FloatArray) -> FloatArray:
        k = np.log(strikes / walk.forward(years)) - m
        curve: FloatArray = np.sqrt((a + b * (rho * k + np.sqrt(k * k + sigma**2))) / years)
        return curve

    return Curve(years, volatility)


def below_at_end(walk: Walk, curve: Curve, strike: float) -> float:
    """P(S_T < K) as the smile's digital: dP/dK of its European puts, by differences."""
    forward, width = walk.forward(curve.years), 1e-4 * strike

    def put(k: float) -> float:
        deviation = float(curve.volatility(np.array([k]))[0]) * math.sqrt(curve.years)
        d1 = math.log(forward / k) / deviation + 0.5 * deviation
        return float(k * ndtr(deviation - d1) - forward * ndtr(-d1))

    return (put(strike + width) - put(strike - width)) / (2.0 * width)


def reflected(walk: Walk, barrier: float, growth: float, years: float, volatility: float) -> float:
    """Probability of the touch at one volatility.

    Harrison (1985, section 1.8) for the first passage of a Brownian motion with drift, here of
    ln(price/barrier).
    """
    distance = math.log(walk.spot / barrier)
    drift = walk.rate - walk.dividend_yield - growth - 0.5 * volatility**2
    deviation = volatility * math.sqrt(years)
    direct = float(ndtr((-distance - drift * years) / deviation))
    mirrored = float(log_ndtr((-distance + drift * years) / deviation))
    return direct + math.exp(mirrored - 2.0 * drift * distance / volatility**2)


def reflected_years(
    walk: Walk, barrier: float, growth: float, years: float, volatility: float
) -> float:
    """Mean time to the touch if it happens in time, from the integral of the probabilities."""
    under = quad(
        lambda end: reflected(walk, barrier, growth, end, volatility),
        0.0,
        years,
        limit=200,
        epsabs=1e-13,
        epsrel=1e-10,
        points=[years / 1000],
    )[0]
    return years - float(under) / reflected(walk, barrier, growth, years, volatility)


def simulated(
    walk: Walk,
    variance: Variance,
    barrier: float,
    growth: float,
    years: float,
    *,
    steps: int,
    paths: int,
    seed: int,
) -> Seen:
    """Euler steps in ln(price), with what a Brownian bridge may have touched in between.

    Weights each path with its probability to have survived (Glasserman 2004, section 6.4).
    """
    draw, step = np.random.default_rng(seed), years / steps
    carry = walk.rate - walk.dividend_yield
    x, alive = np.zeros(paths), np.ones(paths)
    touched, waited = np.zeros(paths), np.zeros(paths)
    above = np.full(paths, math.log(walk.spot / barrier))
    for i in range(steps):
        local = variance(x - carry * i * step, (i + 0.5) * step)
        x = x + (carry - 0.5 * local) * step + np.sqrt(local * step) * draw.standard_normal(paths)
        now = math.log(walk.spot / barrier) + x - growth * (i + 1) * step
        bridge = np.exp(-2.0 * np.maximum(above, 0.0) * np.maximum(now, 0.0) / (local * step))
        touched += alive * bridge
        waited += alive * bridge * (i + 0.5) * step
        alive = alive * (1.0 - bridge)
        above = now
    found, error = float(touched.mean()), float(touched.std() / math.sqrt(paths))
    mean = float(waited.sum() / touched.sum()) if found else math.nan
    return Seen(found, error, mean, walk.spot * np.exp(x))
