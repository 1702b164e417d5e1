"""Options as columns, and the put that each of them is or equals."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from vaultdesk.core.options.premium import Put

if TYPE_CHECKING:
    import numpy.typing as npt

    from vaultdesk.core.options.types import FloatArray

    IndexArray = npt.NDArray[np.intp]
    BoolArray = npt.NDArray[np.bool_]


class Contracts(NamedTuple):
    """Options as float64 arrays of one length, in the order of `american`'s arguments."""

    kind: FloatArray
    spot: FloatArray
    strike: FloatArray
    years: FloatArray
    rate: FloatArray
    dividend_yield: FloatArray
    volatility: FloatArray

    def of(self, chosen: IndexArray | BoolArray | slice) -> Contracts:
        """Some of them."""
        return Contracts(*(column[chosen] for column in self))

    @property
    def earning(self) -> FloatArray:
        """The rate that early exercise starts to earn: of the put the rate, of the call q."""
        return np.where(self.kind < 0.0, self.rate, self.dividend_yield)

    @property
    def forgone(self) -> FloatArray:
        """The rate that early exercise stops earning."""
        return np.where(self.kind < 0.0, self.dividend_yield, self.rate)

    def put(self) -> Put:
        """The put, or the put a call equals with spot for strike and yield for rate."""
        return Put(
            x=np.where(self.kind < 0.0, 1.0, -1.0) * np.log(self.spot / self.strike),
            deviation=self.volatility * np.sqrt(self.years),
            interest=self.earning * self.years,
            dividend=self.forgone * self.years,
        )

    @property
    def unit(self) -> FloatArray:
        """What the premium is a multiple of: the strike of that put."""
        return np.where(self.kind < 0.0, self.strike, self.spot)
