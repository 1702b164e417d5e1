"""What the option formulas return."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Valuation:
    """Price and Greeks of one long option per share of the underlying, each of the broadcast shape.

    Attributes:
        price: in the currency of spot and strike.
        delta: change of price per 1.00 of spot; negative for a put.
        gamma: change of delta per 1.00 of spot.
        theta: change of price per year of calendar time passing; mostly negative.
        vega: change of price per 1.00 of volatility (divide by 100 for one point).
        rho: change of price per 1.00 of the rate (divide by 100 for one point).
    """

    price: FloatArray
    delta: FloatArray
    gamma: FloatArray
    theta: FloatArray
    vega: FloatArray
    rho: FloatArray


@dataclass(frozen=True, slots=True)
class SecondOrder:
    """Second-order Greeks of one long option per share, each of the broadcast shape.

    Attributes:
        vanna: change of delta per 1.00 of volatility, equally of vega per 1.00 of spot.
        charm: change of delta per year of calendar time passing.
        vomma: change of vega per 1.00 of volatility.
    """

    vanna: FloatArray
    charm: FloatArray
    vomma: FloatArray


@dataclass(frozen=True, slots=True)
class ImpliedVolatility:
    """Volatilities and, where one is NaN, the code of the `Refusal` that says why.

    Attributes:
        volatility: per year (0.20 = 20 %); NaN wherever `reason` is not 0, never a silent zero.
        reason: codes of `Refusal`, of the same shape; 0 where there is a volatility.
    """

    volatility: FloatArray
    reason: npt.NDArray[np.int8]
