"""The quotes a smile is drawn through, and what is wrong with the others."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from vaultdesk.core.options.implied import implied_volatility
from vaultdesk.core.options.slices import Fault
from vaultdesk.core.options.style import formula

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vaultdesk.core.options.forward import ImpliedForward
    from vaultdesk.core.options.slices import ChainSlice, FaultArray
    from vaultdesk.core.options.types import FloatArray

    BoolArray = npt.NDArray[np.bool_]
    IndexArray = npt.NDArray[np.intp]

BLEND = 0.25
"""Within this many deviations of the forward both call and put speak."""
FARTHEST = 8.0
"""Deviations beyond which quotes of a few cents say nothing a five-term curve could follow."""
WIDEST = 0.25
"""A quote whose half spread is more than this fraction of its volatility is too wide."""
CURVE_ERROR = 0.0005
"""In volatility: no curve is truer than this at the money, and further out less so."""
FAR_OFF, FAR_OFF_SCATTERS, FAR_OFF_VOLATILITY = 3.0, 5.0, 0.005
"""An outlier is off the curve by more than each of: its standard errors, the scatter of all
quotes, half a point of volatility."""
ROUNDING = 1e-9


class Marks(NamedTuple):
    """Volatilities of single contracts; arrays in ascending order of strikes.

    `contract` is the position in the slice, `k` = ln(strike/forward), `error` the standard error
    of `volatility`: what half the spread is worth, and how true a curve can be.
    """

    contract: IndexArray
    kind: FloatArray
    strike: FloatArray
    bid: FloatArray
    ask: FloatArray
    k: FloatArray
    volatility: FloatArray
    error: FloatArray

    def only(self, chosen: BoolArray) -> Marks:
        """Those that are chosen."""
        return Marks(self.contract[chosen], *(column[chosen] for column in self[1:]))


def mark(quotes: ChainSlice, forward: ImpliedForward) -> tuple[Marks, FaultArray]:
    """Volatilities of the quotes that have a say, and the faults of all contracts of the slice."""
    fault = quotes.fault.copy()
    deviation = forward.volatility * np.sqrt(quotes.years)
    with np.errstate(all="ignore"):
        k = np.log(quotes.strike / forward.forward)
    outside = quotes.kind * k > -BLEND * deviation
    honest = fault == Fault.OK
    fault[honest & (np.abs(k) > FARTHEST * deviation)] = Fault.FAR_OUT
    fault[honest & ~outside] = Fault.IN_THE_MONEY
    contract = np.flatnonzero(fault == Fault.OK)
    contract = contract[np.argsort(quotes.strike[contract], kind="stable")]
    columns = (quotes.kind, quotes.strike, quotes.bid, quotes.ask, k)
    kind, strike, bid, ask, k = (column[contract] for column in columns)
    volatility, half_spread = _volatilities(kind, strike, bid, ask, quotes.years, forward)
    with np.errstate(all="ignore"):
        far = CURVE_ERROR * (1.0 + 0.5 * (k / deviation) ** 2)
        error = np.hypot(half_spread, far)
        wide = ~(half_spread <= WIDEST * volatility)
    found = np.where(wide, Fault.TOO_WIDE, Fault.OK)
    found = np.where(np.isfinite(volatility), found, Fault.NO_VOLATILITY)
    fault[contract] = found
    marks = Marks(contract, kind, strike, bid, ask, k, volatility, error)
    return marks.only(found == Fault.OK), fault


def _volatilities(
    kind: FloatArray,
    strike: FloatArray,
    bid: FloatArray,
    ask: FloatArray,
    years: float,
    forward: ImpliedForward,
) -> tuple[FloatArray, FloatArray]:
    """Of the mids, and half the spreads in terms of volatility."""
    rates = (years, forward.rate, forward.dividend_yield)
    mid = 0.5 * (bid + ask)
    solved = implied_volatility(kind, mid, forward.spot, strike, *rates, style=forward.style)
    value = formula(forward.style)(kind, forward.spot, strike, *rates, solved.volatility)
    with np.errstate(all="ignore"):
        return solved.volatility, 0.5 * (ask - bid) / value.vega


def wrong(marks: Marks, curve: FloatArray) -> npt.NDArray[np.int8]:
    """Faults of marks that cannot be right, 0 for the others; `curve` is its volatilities there.

    Of the quotes of an arbitrage the one furthest off the curve is to blame.
    """
    off = np.abs(curve - marks.volatility)
    errors = off / marks.error
    fault = np.zeros(off.size, dtype=np.int8)
    limit = max(FAR_OFF, FAR_OFF_SCATTERS * 1.4826 * float(np.median(errors)))
    for side in (1.0, -1.0):
        legs = np.flatnonzero(marks.kind == side)
        for code, involved in _arbitrages(legs, marks, side):
            if not np.any(fault[involved]):
                fault[involved[np.argmax(errors[involved])]] = code
    outlier = (errors > limit) & (off > FAR_OFF_VOLATILITY) & (fault == Fault.OK)
    fault[outlier] = Fault.OUTLIER
    return fault


def _arbitrages(legs: IndexArray, marks: Marks, side: float) -> Iterator[tuple[Fault, IndexArray]]:
    """Sets of calls, or of puts, that could be traded at their bids and asks at a certain gain.

    With s = strike for calls and -strike for puts, prices fall in s, by at most 1 per 1.00 and
    less and less; so do American ones (Merton 1973).
    """
    legs = legs if side > 0.0 else legs[::-1]
    s, bid, ask = side * marks.strike[legs], marks.bid[legs], marks.ask[legs]
    cheapest = np.minimum.accumulate(ask)
    for j in np.flatnonzero(bid[1:] > cheapest[:-1] + ROUNDING) + 1:
        yield Fault.VERTICAL, legs[[np.argmin(ask[:j]), j]]
    parity = ask + s
    cheapest = np.minimum.accumulate(parity[::-1])[::-1]
    for i in np.flatnonzero((bid + s)[:-1] > cheapest[1:] + ROUNDING):
        yield Fault.VERTICAL, legs[[i, i + 1 + np.argmin(parity[i + 1 :])]]
    with np.errstate(all="ignore"):
        share = (s[2:] - s[1:-1]) / (s[2:] - s[:-2])
        wings = share * ask[:-2] + (1.0 - share) * ask[2:]
    for j in np.flatnonzero(bid[1:-1] > wings + ROUNDING):
        yield Fault.BUTTERFLY, legs[j : j + 3]
