"""The simulated volatility surface and rates: smooth, and free of static arbitrage by their form.

SSVI with the square-root law (Gatheral and Jacquier 2014, "Arbitrage-free SVI volatility
surfaces", equations 4.1 and 4.5 with gamma = 1/2). No butterfly arbitrage, since ETA * (1 + |RHO|)
is at most 2 (remark 4.4); no calendar arbitrage, since at-the-money variance rises with term.
"""

import math

import numpy as np
import numpy.typing as npt

ETA = 0.85
RHO = -0.2
"""Negative: puts are dearer than calls equally far out."""

Floats = npt.NDArray[np.float64]


def atm_volatility(years: float) -> float:
    """Volatility at the forward: 21.8 % at one month, 23.1 % at one year, 23.6 % at 2.4 years."""
    return 0.215 + 0.0125 * (1 - math.exp(-years / 0.3)) + 0.0035 * years


def rate(years: float) -> float:
    """The zero rate to this term, continuously compounded: 4.5 % at the short end, then 4.38 %."""
    return 0.0438 + 0.0012 * math.exp(-years / 0.25)


def total_variance(log_moneyness: Floats, years: float) -> Floats:
    """Volatility squared times term at ln(strike / forward)."""
    theta = atm_volatility(years) ** 2 * years
    phi = ETA / math.sqrt(theta * (1 + theta))
    scaled = phi * log_moneyness
    root: Floats = np.sqrt((scaled + RHO) ** 2 + 1 - RHO**2)
    return theta / 2 * (1 + RHO * scaled + root)


def volatility(log_moneyness: Floats, years: float) -> Floats:
    """Volatility a year at ln(strike / forward)."""
    smile: Floats = np.sqrt(total_variance(log_moneyness, years) / years)
    return smile
