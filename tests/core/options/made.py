"""One expiry's quotes made from a known forward and a known smile: what fits must find again."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vaultdesk.core.options.slices import ChainSlice, quotes_slice
from vaultdesk.core.options.style import formula
from vaultdesk.core.options.svi import Svi

FloatArray = npt.NDArray[np.float64]
STRIKES = np.arange(260.0, 520.1, 5.0)


@dataclass(frozen=True)
class Market:
    """GLD as it might be: a skewed smile, quotes on a grid of `tick` half a `spread` either side.

    With `tick` 0 the mids are the model's to the last digit.
    """

    rate: float = 0.043
    years: float = 0.5
    dividend_yield: float = 0.0
    style: str = "american"
    level: float = 0.22
    skew: float = -0.10
    spot: float = 377.0
    quoted_spot: float = 377.0
    spread: float = 0.40
    tick: float = 0.0
    strikes: tuple[float, ...] = tuple(STRIKES)

    @property
    def forward(self) -> float:
        return self.spot * math.exp((self.rate - self.dividend_yield) * self.years)

    @property
    def curve(self) -> Svi:
        deviation = self.level * math.sqrt(self.years)
        bent = 0.25 * deviation
        flat = deviation**2 - bent * deviation * math.sqrt(1.0 - self.skew**2)
        return Svi(flat, bent, self.skew, 0.0, deviation)

    def volatility(self, strikes: npt.ArrayLike) -> FloatArray:
        k = np.log(np.asarray(strikes, dtype=float) / self.forward)
        volatility: FloatArray = np.sqrt(self.curve.total_variance(k) / self.years)
        return volatility

    def quotes(self) -> ChainSlice:
        """Calls first, then puts, at `strikes`."""
        strike = np.tile(self.strikes, 2)
        kind = np.repeat([1.0, -1.0], len(self.strikes))
        terms = (self.years, self.rate, self.dividend_yield, self.volatility(strike))
        mid = formula(self.style)(kind, self.spot, strike, *terms).price
        bid, ask = mid - 0.5 * self.spread, mid + 0.5 * self.spread
        if self.tick:
            bid = np.floor(bid / self.tick) * self.tick
            ask = np.ceil(ask / self.tick) * self.tick
        return quotes_slice(kind, strike, bid, ask, self.quoted_spot, self.years)
