"""A chain with the desk's own volatilities and Greeks, row by row, and why a row has none.

The volatility of each contract is solved once from its mid at the chain's own spot; a tick of the
underlying moves the Greeks at that volatility (sticky strike), nothing is fetched again.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from vaultdesk.core.calendar import Sessions, years_to_expiry
from vaultdesk.core.market import (
    Chain,
    Flag,
    OptionQuote,
    Quality,
    degenerate,
    flag,
    mid,
    worst,
)
from vaultdesk.core.options.european import european, second_order
from vaultdesk.core.options.implied import REASONS, Refusal, implied_volatility
from vaultdesk.core.options.parity import implied_rate
from vaultdesk.core.options.types import SecondOrder, Valuation

FloatArray = NDArray[np.float64]

HIGHEST_VOLATILITY = 3.0
"""A solved volatility above 300 % a year is a broken quote, not a market."""


@dataclass(frozen=True, slots=True)
class Rung:
    """One strike of the ladder: where its call and put stand in the chain's rows, if listed."""

    strike: Decimal
    call: int | None
    put: int | None


@dataclass(frozen=True, slots=True)
class ValuedChain:
    """A chain and what the desk makes of it; arrays run along `chain.rows`, NaN is "none".

    `mid` per share, `spread_pct` in per cent of mid, `iv` a fraction per year. `refusals[i]` says
    why row i has no volatility, empty where it has one. `verdict` is why nothing at all is priced
    from the chain. Greeks per share, in the units of `Valuation` and `SecondOrder`, at `spot`.
    """

    chain: Chain
    verdict: str | None
    flags: tuple[Flag, ...]
    refusals: tuple[str, ...]
    ladder: tuple[Rung, ...]
    at_the_money: int
    spot: float
    years: float
    rate: float
    rate_source: str
    quality: Quality
    kind: FloatArray
    strike: FloatArray
    mid: FloatArray
    spread_pct: FloatArray
    iv: FloatArray
    greeks: Valuation
    second: SecondOrder

    @property
    def at_the_money_volatility(self) -> float | None:
        """Mean own volatility of the call and put of the nearest priced strike to the money."""
        order = sorted(range(len(self.ladder)), key=lambda i: abs(i - self.at_the_money))
        for position in order[:5]:
            rung = self.ladder[position]
            known = [self.iv[i] for i in (rung.call, rung.put) if i is not None]
            known = [iv for iv in known if np.isfinite(iv)]
            if known:
                return float(np.mean(known))
        return None


def value_chain(
    chain: Chain,
    spot: Decimal,
    now: datetime,
    default_rate: float,
    sessions: Sessions | None = None,
) -> ValuedChain:
    """Solve the chain's volatilities at its own spot and time, and its Greeks at `spot` and `now`.

    `default_rate` (fraction per year, continuous) serves where put-call parity implies none.
    """
    own_spot = chain.spot if chain.spot is not None else spot
    verdict = degenerate(chain, own_spot)
    flags = tuple(flag(row, own_spot, chain.quality) for row in chain.rows)
    usable = np.array([f is Flag.OK for f in flags], dtype=bool) & (verdict is None)
    mids = np.where(usable, _floats(mid(row.bid, row.ask) for row in chain.rows), np.nan)
    kind = np.array([1.0 if row.right == "C" else -1.0 for row in chain.rows])
    strike = _floats(row.strike for row in chain.rows)
    years = years_to_expiry(chain.expiry, chain.at, sessions)
    rungs = ladder(chain.rows)
    rate, rate_source = _rate(rungs, strike, mids, float(own_spot), years, default_rate)
    solved = implied_volatility(kind, mids, float(own_spot), strike, years, rate, 0.0)
    iv = np.where(solved.volatility <= HIGHEST_VOLATILITY, solved.volatility, np.nan)
    shown_mids = _floats(mid(row.bid, row.ask) for row in chain.rows)
    view = ValuedChain(
        chain=chain,
        verdict=verdict,
        flags=tuple(_final_flag(f, r) for f, r in zip(flags, solved.reason, strict=True)),
        refusals=_refusals(verdict, flags, solved.volatility, solved.reason),
        ladder=rungs,
        at_the_money=_nearest(rungs, own_spot),
        spot=float(own_spot),
        years=years,
        rate=rate,
        rate_source=rate_source,
        quality=chain.quality,
        kind=kind,
        strike=strike,
        mid=shown_mids,
        spread_pct=_spread_pct(chain.rows, shown_mids),
        iv=iv,
        greeks=european(kind, float(own_spot), strike, years, rate, 0.0, iv),
        second=second_order(kind, float(own_spot), strike, years, rate, 0.0, iv),
    )
    return revalued(view, spot, now, chain.quality, sessions)


def revalued(
    view: ValuedChain,
    spot: Decimal,
    now: datetime,
    quality: Quality,
    sessions: Sessions | None = None,
    chain_quality: Quality | None = None,
) -> ValuedChain:
    """The same volatilities with Greeks at another spot and time.

    `quality` is the new price's, `chain_quality` what age has left of the chain's, its own if
    None: in a chain that has become stale no quote is OK any more.
    """
    price = float(spot)
    left = view.chain.quality if chain_quality is None else chain_quality
    years = years_to_expiry(view.chain.expiry, now, sessions)
    return replace(
        view,
        spot=price,
        years=years,
        quality=worst(left, quality),
        flags=_stale(view.flags) if left is Quality.STALE else view.flags,
        at_the_money=_nearest(view.ladder, spot),
        greeks=european(view.kind, price, view.strike, years, view.rate, 0.0, view.iv),
        second=second_order(view.kind, price, view.strike, years, view.rate, 0.0, view.iv),
    )


def ladder(rows: tuple[OptionQuote, ...]) -> tuple[Rung, ...]:
    """The strikes in ascending order, each with the positions of its call and its put."""
    sides: dict[Decimal, dict[str, int]] = {}
    for index, row in enumerate(rows):
        sides.setdefault(row.strike, {}).setdefault(row.right, index)
    return tuple(
        Rung(strike, side.get("C"), side.get("P")) for strike, side in sorted(sides.items())
    )


def _nearest(rungs: tuple[Rung, ...], spot: Decimal) -> int:
    return min(range(len(rungs)), key=lambda i: abs(rungs[i].strike - spot), default=0)


def _floats(values: object) -> FloatArray:
    """Decimals become float64 here, and only here; None becomes NaN."""
    return np.array([np.nan if v is None else float(v) for v in values], dtype=np.float64)  # type: ignore[attr-defined]


def _spread_pct(rows: tuple[OptionQuote, ...], mids: FloatArray) -> FloatArray:
    bid, ask = _floats(row.bid for row in rows), _floats(row.ask for row in rows)
    return 100 * (ask - bid) / mids


def _rate(
    rungs: tuple[Rung, ...],
    strike: FloatArray,
    mids: FloatArray,
    spot: float,
    years: float,
    default: float,
) -> tuple[float, str]:
    both = [rung for rung in rungs if rung.call is not None and rung.put is not None]
    calls = np.array([rung.call for rung in both], dtype=np.intp)
    puts = np.array([rung.put for rung in both], dtype=np.intp)
    implied = implied_rate(spot, strike[calls], mids[calls], mids[puts], years)
    if np.isfinite(implied.rate):
        return float(implied.rate), f"implied by parity of {implied.pairs_used} pairs"
    return default, "from the settings"


def _final_flag(first: Flag, reason: int) -> Flag:
    below = first is Flag.OK and reason == Refusal.BELOW_INTRINSIC
    return Flag.BELOW_INTRINSIC if below else first


def _stale(flags: tuple[Flag, ...]) -> tuple[Flag, ...]:
    return tuple(Flag.STALE if one is Flag.OK else one for one in flags)


def _refusals(
    verdict: str | None, flags: tuple[Flag, ...], volatility: FloatArray, reason: NDArray[np.int8]
) -> tuple[str, ...]:
    def why(index: int) -> str:
        if verdict is not None:
            return verdict
        if flags[index] is not Flag.OK:
            return f"{flags[index]}: this quote prices nothing."
        if reason[index] != Refusal.OK:
            return REASONS[Refusal(int(reason[index]))]
        if not volatility[index] <= HIGHEST_VOLATILITY:
            return "The price implies more than 300 % volatility: a broken quote."
        return ""

    return tuple(why(index) for index in range(len(flags)))
