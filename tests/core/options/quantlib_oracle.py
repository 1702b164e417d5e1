"""QuantLib's engines as oracles, for any time to expiry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import QuantLib as ql  # noqa: N813 - as its own documentation has it

if TYPE_CHECKING:
    from collections.abc import Callable

    from vaultdesk.core.options.types import FloatArray

DAYS = 365
_COUNT = ql.Actual365Fixed()
_TODAY = ql.Date(1, 1, 2025)


def fixed_point(process: Any) -> Any:  # noqa: ANN401 - QuantLib is untyped
    """Andersen, Lake and Offengenden's method at QuantLib's highest precision."""
    return ql.QdFpAmericanEngine(process, ql.QdFpAmericanEngine.highPrecisionScheme())


def prices(
    engine: Callable[[Any], Any], *arguments: FloatArray | float, american: bool = True
) -> FloatArray:
    """Prices for the arguments of `american`, broadcast.

    Dates are whole days, so every option lives one year, and its rates and variance are the whole
    life's: the same price.
    """
    cells = np.broadcast(*arguments)
    values = []
    for kind, spot, strike, years, rate, dividend_yield, volatility in cells:
        market = (rate * years, dividend_yield * years, volatility * np.sqrt(years))
        values.append(_price(engine, kind, spot, strike, *market, american=american))
    return np.array(values, dtype=np.float64).reshape(cells.shape)


def _price(
    engine: Callable[[Any], Any],
    kind: float,
    spot: float,
    strike: float,
    rate: float,
    dividend_yield: float,
    volatility: float,
    *,
    american: bool,
) -> float:
    ql.Settings.instance().evaluationDate = _TODAY
    expiry = _TODAY + DAYS
    curves = (ql.FlatForward(_TODAY, float(r), _COUNT) for r in (dividend_yield, rate))
    surface = ql.BlackConstantVol(_TODAY, ql.NullCalendar(), float(volatility), _COUNT)
    process = ql.BlackScholesMertonProcess(
        ql.QuoteHandle(ql.SimpleQuote(float(spot))),
        *(ql.YieldTermStructureHandle(curve) for curve in curves),
        ql.BlackVolTermStructureHandle(surface),
    )
    right = ql.Option.Call if kind > 0 else ql.Option.Put
    exercise = ql.AmericanExercise(_TODAY, expiry) if american else ql.EuropeanExercise(expiry)
    option = ql.VanillaOption(ql.PlainVanillaPayoff(right, float(strike)), exercise)
    option.setPricingEngine(engine(process))
    return float(option.NPV())
