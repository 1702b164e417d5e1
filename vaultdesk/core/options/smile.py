"""A smoothed volatility for every strike of one expiry, and which quotes it did not believe.

The out-of-the-money side speaks for each strike, both sides near the forward; through their
volatilities goes a curve of total variance (`svi`) on which no butterfly and no vertical spread
earns money for certain.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from vaultdesk.core.options.marks import mark, wrong
from vaultdesk.core.options.slices import FAULTS, Fault
from vaultdesk.core.options.style import formula
from vaultdesk.core.options.svi import Svi, calibrate

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from vaultdesk.core.options.forward import ImpliedForward
    from vaultdesk.core.options.marks import Marks
    from vaultdesk.core.options.slices import ChainSlice, FaultArray
    from vaultdesk.core.options.types import FloatArray

PASSES = 4
"""Refusing a quote moves the curve, which may show up another one; then it has to end."""
LOOKED_AT = 101
TOLERANCE = 1e-6
NO_CURVE = Svi(math.nan, math.nan, math.nan, math.nan, math.nan)


@dataclass(frozen=True, slots=True)
class Smile:
    """Volatility as a function of the strike, and how well it fits the quotes it was drawn by.

    Beyond the quotes total variance runs on linearly in ln(strike/forward), within Lee's (2004)
    bound. American contracts are quoted by the volatility at which `american` gives their price.

    Attributes:
        forward: forward, rate, spot and style that the volatilities go with.
        years: time to expiry in years of 365 days.
        curve: total variance by ln(strike/forward); NaN where there is none.
        method: "SVI", "SVI of given shape", "flat" or "none".
        reason: a sentence why there is no curve; empty where there is one.
        fault: codes of `Fault` along the contracts of the slice; 0 where the quote was used.
        market: volatility of each mid that was used, along the contracts; NaN elsewhere.
        quotes_used: how many.
        lowest: strike of the first quote used; below it volatilities are extrapolated.
        highest: strike of the last quote used.
        rms_error: root mean square of curve less market (0.01 = one point); NaN without a curve.
        inside_share: fraction of the quotes used whose price by the curve is within bid and ask.
    """

    forward: ImpliedForward
    years: float
    curve: Svi
    method: str
    reason: str
    fault: FaultArray
    market: FloatArray
    quotes_used: int
    lowest: float
    highest: float
    rms_error: float
    inside_share: float

    def volatility(self, strikes: npt.ArrayLike) -> FloatArray:
        """Volatility per year at each strike; NaN where a strike is not above 0 or `reason` is."""
        strike = np.asarray(strikes, dtype=np.float64)
        with np.errstate(all="ignore"):
            k = np.log(strike / self.forward.forward)
        return self.volatility_at(np.where(np.isfinite(k), k, np.nan))

    def volatility_at(self, log_moneyness: npt.ArrayLike) -> FloatArray:
        """Volatility per year by ln(strike/forward), whatever the forward has become."""
        k = np.asarray(log_moneyness, dtype=np.float64)
        return np.sqrt(self.curve.total_variance(k) / self.years)

    def price(self, kind: npt.ArrayLike, strikes: npt.ArrayLike) -> FloatArray:
        """Value per share at each strike, quoted or not; +1 for calls and -1 for puts."""
        f = self.forward
        rates = (self.years, f.rate, f.dividend_yield)
        return formula(f.style)(kind, f.spot, strikes, *rates, self.volatility(strikes)).price

    def refusals(self) -> tuple[str, ...]:
        """Why each contract of the slice had no say, a sentence each; empty where it had."""
        codes = (Fault(int(code)) for code in self.fault)
        return tuple("" if code is Fault.OK else FAULTS[code] for code in codes)


def smile(quotes: ChainSlice, forward: ImpliedForward) -> Smile:
    """Draw the volatility curve of one expiry through the quotes that can be believed.

    Args:
        quotes: one expiry's.
        forward: `implied_forward` of them, whose spot, rate and style the volatilities go by.

    Returns:
        The smile; without a forward or a single usable quote one of method "none" that says why.
    """
    if forward.reason:
        return _without(quotes, forward, forward.reason, quotes.fault)
    usable, fault = mark(quotes, forward)
    if not usable.k.size:
        return _without(quotes, forward, "No out-of-the-money quote has a volatility.", fault)
    for _ in range(PASSES):
        curve, method = _drawn(usable, forward, quotes.years)
        found = wrong(usable, np.sqrt(curve.total_variance(usable.k) / quotes.years))
        if not np.any(found):
            break
        fault[usable.contract] = found
        usable = usable.only(found == Fault.OK)
    else:
        curve, method = _drawn(usable, forward, quotes.years)
    return _measured(usable, fault, forward, quotes.years, curve, method)


def _drawn(usable: Marks, forward: ImpliedForward, years: float) -> tuple[Svi, str]:
    w = usable.volatility**2 * years
    error = 2.0 * usable.volatility * years * usable.error
    return calibrate(usable.k, w, error, forward.volatility * math.sqrt(years))


def _measured(
    usable: Marks,
    fault: FaultArray,
    forward: ImpliedForward,
    years: float,
    curve: Svi,
    method: str,
) -> Smile:
    market = np.full(fault.shape, np.nan)
    market[usable.contract] = usable.volatility
    drawn = Smile(
        forward=forward,
        years=years,
        curve=curve,
        method=method,
        reason="",
        fault=fault,
        market=market,
        quotes_used=usable.k.size,
        lowest=float(usable.strike[0]),
        highest=float(usable.strike[-1]),
        rms_error=math.nan,
        inside_share=math.nan,
    )
    missed = drawn.volatility_at(usable.k) - usable.volatility
    price = drawn.price(usable.kind, usable.strike)
    inside = (usable.bid <= price) & (price <= usable.ask)
    return replace(
        drawn,
        rms_error=float(np.sqrt(np.mean(missed * missed))),
        inside_share=float(np.mean(inside)),
    )


def _without(quotes: ChainSlice, forward: ImpliedForward, reason: str, fault: FaultArray) -> Smile:
    nothing = np.full(fault.shape, np.nan)
    bounds = (math.nan, math.nan, math.nan, math.nan)
    return Smile(forward, quotes.years, NO_CURVE, "none", reason, fault, nothing, 0, *bounds)


@dataclass(frozen=True, slots=True)
class CalendarArbitrage:
    """Two smiles of which the later expiry is the cheaper where both are quoted.

    Attributes:
        near: position of the earlier expiry in the smiles given.
        far: position of the later one.
        log_moneyness: ln(strike/forward) at which it is worst.
        shortfall: by how much the later volatility is too low there (0.01 = one point).
    """

    near: int
    far: int
    log_moneyness: float
    shortfall: float


def calendar_arbitrage(smiles: Sequence[Smile]) -> tuple[CalendarArbitrage, ...]:
    """The pairs of neighbouring expiries between which total variance falls.

    It must not at any given strike/forward (Gatheral and Jacquier 2014, lemma 2.1); looked at
    where both smiles have quotes. Smiles of method "none" are passed over, their neighbours meet.
    """
    drawn = [i for i, one in enumerate(smiles) if not one.reason]
    found = []
    for near, far in pairwise(sorted(drawn, key=lambda i: smiles[i].years)):
        worst = _worst(smiles[near], smiles[far])
        if worst is not None:
            found.append(CalendarArbitrage(near, far, *worst))
    return tuple(found)


def _worst(near: Smile, far: Smile) -> tuple[float, float] | None:
    low = max(math.log(one.lowest / one.forward.forward) for one in (near, far))
    high = min(math.log(one.highest / one.forward.forward) for one in (near, far))
    if low > high:
        return None
    k = np.linspace(low, high, LOOKED_AT)
    needed = np.sqrt(near.curve.total_variance(k) / far.years)
    shortfall = needed - far.volatility_at(k)
    worst = int(np.argmax(shortfall))
    if not shortfall[worst] > TOLERANCE:
        return None
    return float(k[worst]), float(shortfall[worst])
