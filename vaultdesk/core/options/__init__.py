"""Option mathematics on float64 arrays: values, Greeks, implied volatility and rate."""

from vaultdesk.core.options.american import american
from vaultdesk.core.options.european import european, second_order
from vaultdesk.core.options.implied import REASONS, Refusal, implied_volatility
from vaultdesk.core.options.parity import implied_rate
from vaultdesk.core.options.types import (
    ImpliedRate,
    ImpliedVolatility,
    SecondOrder,
    Valuation,
)

__all__ = [
    "REASONS",
    "ImpliedRate",
    "ImpliedVolatility",
    "Refusal",
    "SecondOrder",
    "Valuation",
    "american",
    "european",
    "implied_rate",
    "implied_volatility",
    "second_order",
]
