"""The Greeks of one listed contract in the units the desk prints them in.

The core gives them per share, per year and per 1.00 of volatility or rate; an analyst reads
theta per calendar day and vega per point, for one contract.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vaultdesk.core.options.chain import ValuedChain

DAYS = 365
"""Calendar days in the year that thetas are counted in; trading days would give 45 % more."""
POINTS = 100
"""Points in 1.00 of volatility or rate."""


@dataclass(frozen=True, slots=True)
class Greek:
    """One line of a contract's sensitivities; `read` takes a view and a row of its chain."""

    name: str
    unit: str
    places: int
    read: Callable[["ValuedChain", int], float]
    meaning: str


def theta(view: "ValuedChain", row: int) -> float:
    """Dollars per calendar day and contract."""
    return float(view.greeks.theta[row]) * view.chain.multiplier / DAYS


def vega(view: "ValuedChain", row: int) -> float:
    """Dollars per point of volatility and contract."""
    return float(view.greeks.vega[row]) * view.chain.multiplier / POINTS


def rho(view: "ValuedChain", row: int) -> float:
    """Dollars per point of the interest rate and contract."""
    return float(view.greeks.rho[row]) * view.chain.multiplier / POINTS


def vomma(view: "ValuedChain", row: int) -> float:
    """Change of `vega` per point of volatility."""
    return float(view.second.vomma[row]) * view.chain.multiplier / POINTS**2


# fmt: off
GREEKS = (
    Greek("Price", "$/share", 2, lambda v, i: float(v.greeks.price[i]),
          "The model's price at the contract's own volatility"),
    Greek("Delta", "$/share per $1", 4, lambda v, i: float(v.greeks.delta[i]),
          "Change of the price when the share rises by $1"),
    Greek("Gamma", "delta per $1", 5, lambda v, i: float(v.greeks.gamma[i]),
          "Change of delta when the share rises by $1"),
    Greek("Theta", "$/calendar day/contract", 2, theta,
          "Change of a contract's price from one day to the next, weekends counted"),
    Greek("Vega", "$/vol pt/contract", 2, vega,
          "Change of a contract's price per point of volatility"),
    Greek("Rho", "$/rate pt/contract", 2, rho,
          "Change of a contract's price per point of the interest rate"),
    Greek("Vanna", "delta per vol pt", 5, lambda v, i: float(v.second.vanna[i]) / POINTS,
          "Change of delta per point of volatility"),
    Greek("Charm", "delta per calendar day", 5, lambda v, i: float(v.second.charm[i]) / DAYS,
          "Change of delta from one day to the next"),
    Greek("Vomma", "vega per vol pt/contract", 3, vomma,
          "Change of a contract's vega per point of volatility"),
)
# fmt: on
