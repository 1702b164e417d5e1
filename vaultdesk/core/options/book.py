"""The Greeks of a book of option legs and shares, per share, per contract and per position.

The three are different types, so that the multiplier is applied once: what is per share becomes
per contract by `PerShare.times_multiplier`, and that a position by `PerContract.times_quantity`,
and neither can be had twice.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from vaultdesk.core.options.second_order import second_order
from vaultdesk.core.options.style import formula

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from vaultdesk.core.options.types import FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """One line of a book: contracts of an option, or shares of the underlying itself.

    What is left out of an option is NaN and makes its values NaN.

    Attributes:
        kind: +1 for calls, -1 for puts, 0 for the underlying itself.
        quantity: contracts, or shares where kind is 0; negative when short.
        strike: in the currency of the underlying.
        years: time to expiry in years of 365 days.
        volatility: 1.00 is 100 % a year.
        rate: continuously compounded, per year.
        dividend_yield: continuously compounded, per year.
        multiplier: shares a contract; means nothing where kind is 0.
    """

    kind: int
    quantity: float
    strike: float = math.nan
    years: float = math.nan
    volatility: float = math.nan
    rate: float = 0.0
    dividend_yield: float = 0.0
    multiplier: float = 100.0

    def __post_init__(self) -> None:
        if self.kind not in {-1, 0, 1}:
            raise ValueError(f"A leg's kind is +1, -1 or 0, not {self.kind!r}.")

    @property
    def unit_shares(self) -> float:
        """Shares in one contract; 1 for the underlying itself."""
        return self.multiplier if self.kind else 1.0


@dataclass(frozen=True, slots=True)
class _Greeks:
    """Value and Greeks as arrays of one shape, in currency, the underlying's shares and years.

    Attributes:
        value: what it is worth.
        delta: change of value per $1 of spot, which is a number of shares.
        gamma: change of delta per $1 of spot.
        theta: change of value per year of calendar time passing.
        vega: change of value per 1.00 of volatility.
        rho: change of value per 1.00 of the rate.
        vanna: change of delta per 1.00 of volatility.
        charm: change of delta per year of calendar time passing.
        vomma: change of vega per 1.00 of volatility.
    """

    value: FloatArray
    delta: FloatArray
    gamma: FloatArray
    theta: FloatArray
    vega: FloatArray
    rho: FloatArray
    vanna: FloatArray
    charm: FloatArray
    vomma: FloatArray

    def _rows(self) -> list[FloatArray]:
        return [getattr(self, field.name) for field in fields(self)]


@dataclass(frozen=True, slots=True)
class PerPosition(_Greeks):
    """Of all contracts or shares held; of the opposite sign when short."""

    def net(self) -> PerPosition:
        """The sum over legs, the first axis."""
        return PerPosition(*(row.sum(axis=0) for row in self._rows()))


@dataclass(frozen=True, slots=True)
class PerContract(_Greeks):
    """Of one long contract, or one share of the underlying itself."""

    def times_quantity(self, quantity: FloatArray) -> PerPosition:
        """Of so many contracts, negative when short."""
        return PerPosition(*(quantity * row for row in self._rows()))


@dataclass(frozen=True, slots=True)
class PerShare(_Greeks):
    """Of one long option on one share, or of the share itself."""

    def times_multiplier(self, shares: FloatArray) -> PerContract:
        """Of one contract on so many shares."""
        return PerContract(*(shares * row for row in self._rows()))


@dataclass(frozen=True, slots=True)
class BookGreeks:
    """A book's Greeks; arrays of the first three have the legs on their first axis."""

    per_share: PerShare
    per_contract: PerContract
    positions: PerPosition
    net: PerPosition


def book_greeks(legs: Sequence[Leg], spot: npt.ArrayLike, style: str = "american") -> BookGreeks:
    """Value a book at one price of the underlying, or at many.

    Shares are worth their price, with a delta of 1 and no other Greek. Options are valued by
    `american` or `european` and `second_order`; an option past its expiry is NaN.

    Args:
        legs: any number, also none; all on the same underlying.
        spot: its price, of any shape.
        style: "american" or "european".

    Returns:
        Greeks per leg of shape (legs, *spot.shape) and net ones of spot's shape.

    Raises:
        ValueError: another style, or a spot that is no number.
    """
    spots = np.asarray(spot, dtype=np.float64)
    per_share = _per_share(legs, spots, style)
    per_contract = per_share.times_multiplier(_column(legs, "unit_shares", spots))
    positions = per_contract.times_quantity(_column(legs, "quantity", spots))
    return BookGreeks(per_share, per_contract, positions, positions.net())


def _column(legs: Sequence[Leg], name: str, spots: FloatArray) -> FloatArray:
    """One attribute of the legs, to broadcast against (legs, *spots.shape)."""
    values = np.array([getattr(leg, name) for leg in legs], dtype=np.float64)
    return values.reshape(-1, *(1 for _ in spots.shape))


def _per_share(legs: Sequence[Leg], spots: FloatArray, style: str) -> PerShare:
    names = ("strike", "years", "rate", "dividend_yield", "volatility")
    kind = _column(legs, "kind", spots)
    option = (kind != 0.0).ravel()
    arguments = (kind[option], spots, *(_column(legs, name, spots)[option] for name in names))
    first, second = formula(style)(*arguments), second_order(*arguments, style=style)
    rows = np.zeros((9, len(legs), *spots.shape))
    rows[:, ~option] += 0.0 * spots
    rows[0, ~option] = spots
    rows[1, ~option] += 1.0
    greeks: Any = (first.price, first.delta, first.gamma, first.theta, first.vega, first.rho)
    rows[:, option] = (*greeks, second.vanna, second.charm, second.vomma)
    return PerShare(*rows)
