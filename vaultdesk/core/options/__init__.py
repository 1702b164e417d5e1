"""Option mathematics on float64 arrays: values, Greeks, implied volatility and rate."""

from vaultdesk.core.options.american import american
from vaultdesk.core.options.book import BookGreeks, Leg, book_greeks
from vaultdesk.core.options.european import european
from vaultdesk.core.options.forward import ImpliedForward, implied_forward
from vaultdesk.core.options.implied import REASONS, Refusal, implied_volatility
from vaultdesk.core.options.scenario import scenario_cube
from vaultdesk.core.options.second_order import second_order
from vaultdesk.core.options.slices import ChainSlice, chain_slice, quotes_slice
from vaultdesk.core.options.smile import Smile, calendar_arbitrage, smile
from vaultdesk.core.options.tree import leisen_reimer
from vaultdesk.core.options.types import ImpliedVolatility, SecondOrder, Valuation

__all__ = [
    "REASONS",
    "BookGreeks",
    "ChainSlice",
    "ImpliedForward",
    "ImpliedVolatility",
    "Leg",
    "Refusal",
    "SecondOrder",
    "Smile",
    "Valuation",
    "american",
    "book_greeks",
    "calendar_arbitrage",
    "chain_slice",
    "european",
    "implied_forward",
    "implied_volatility",
    "leisen_reimer",
    "quotes_slice",
    "scenario_cube",
    "second_order",
    "smile",
]
