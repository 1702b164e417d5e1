"""The Greeks of listed contracts, of one and of a position, in the units the desk prints them in.

The core gives them per share, per year and per 1.00 of volatility or rate. Here they become those
of one contract, per calendar day and per point: `per_contract` is the only place that multiplies
by the shares of a contract.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from vaultdesk.core.loan.sensitivity import Options
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from vaultdesk.core.options.valued import ValuedChain

DAYS = 365
"""Calendar days in the year that thetas are counted in; trading days would give 45 % more."""
POINTS = 100
"""Points in 1.00 of volatility or rate."""

Legs = Mapping[int, int]
"""Contracts held by row of the chain: long is positive, short negative."""


@dataclass(frozen=True, slots=True)
class Greek:
    """One line of sensitivities; `per_share` takes a view and a row of its chain.

    `key` is its name in identifiers; `places` are the decimals it is printed with for one contract.
    """

    key: str
    name: str
    unit: str
    places: int
    per_share: Callable[["ValuedChain", int], float]
    meaning: str

    def per_contract(self, view: "ValuedChain", row: int) -> float:
        """What one long contract of this row has of it."""
        return self.per_share(view, row) * view.chain.multiplier

    def held(self, view: "ValuedChain", legs: Legs) -> float:
        """What all the legs have of it together; NaN where one of them has no value."""
        return sum(count * self.per_contract(view, row) for row, count in legs.items() if count)


# fmt: off
PRICE = Greek("price", tr("Price"), "$", 2, lambda v, i: float(v.greeks.price[i]),
              tr("The model's price at the contract's own volatility"))
DELTA = Greek("delta", tr("Delta"), tr("shares"), 2, lambda v, i: float(v.greeks.delta[i]),
              tr("Shares that gain and lose the same for a small move of the price"))
GAMMA = Greek("gamma", tr("Gamma"), tr("shares/$1"), 3, lambda v, i: float(v.greeks.gamma[i]),
              tr("Change of delta when the share rises by $1"))
THETA = Greek("theta", tr("Theta"), tr("$/calendar day"), 2, lambda v,
              i: float(v.greeks.theta[i]) / DAYS,
              tr("Change of the price from one day to the next, weekends counted"))
VEGA = Greek("vega", tr("Vega"), tr("$/vol pt"), 2, lambda v, i: float(v.greeks.vega[i]) / POINTS,
             tr("Change of the price per point of volatility"))
RHO = Greek("rho", tr("Rho"), tr("$/rate pt"), 2, lambda v, i: float(v.greeks.rho[i]) / POINTS,
            tr("Change of the price per point of the interest rate"))
VANNA = Greek("vanna", tr("Vanna"), tr("shares/vol pt"), 3, lambda v,
              i: float(v.second.vanna[i]) / POINTS,
              tr("Change of delta per point of volatility"))
CHARM = Greek("charm", tr("Charm"), tr("shares/cal. day"), 3, lambda v,
              i: float(v.second.charm[i]) / DAYS,
              tr("Change of delta from one calendar day to the next"))
VOMMA = Greek("vomma", tr("Vomma"), tr("$/vol pt²"), 3, lambda v,
              i: float(v.second.vomma[i]) / POINTS**2,
              tr("Change of vega per point of volatility"))
# fmt: on

GREEKS = (PRICE, DELTA, GAMMA, THETA, VEGA, RHO, VANNA, CHARM, VOMMA)


def options(view: "ValuedChain", legs: Legs) -> Options | None:
    """The legs as the loan sees them, None if not finite; float64 becomes Decimal here."""
    figures = [greek.held(view, legs) for greek in (PRICE, DELTA, VEGA)]
    if not all(map(math.isfinite, figures)):
        return None
    return Options(*(Decimal(repr(figure)) for figure in figures))
