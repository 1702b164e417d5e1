"""A chain with the desk's own volatilities and Greeks, row by row, and why a row has none.

The volatility of each contract is solved once from its mid at the chain's own spot; a tick of the
underlying moves the Greeks at that volatility (sticky strike), nothing is fetched again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from decimal import Decimal
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from vaultdesk.core.calendar import Sessions, years_to_expiry
from vaultdesk.core.market import (
    Chain,
    Flag,
    OptionQuote,
    Quality,
    worst,
)
from vaultdesk.core.options.forward import ImpliedForward, implied_forward
from vaultdesk.core.options.implied import REASONS, Refusal, implied_volatility
from vaultdesk.core.options.second_order import second_order
from vaultdesk.core.options.slices import ChainSlice, chain_slice
from vaultdesk.core.options.style import formula
from vaultdesk.core.options.types import SecondOrder, Valuation

FloatArray = NDArray[np.float64]
Record = TypeVar("Record", Valuation, SecondOrder)

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
    `style` is how the contracts may be exercised, "american" or "european"; `rate_error` the
    standard error of `rate`, NaN where the settings gave it.
    """

    chain: Chain
    verdict: str | None
    flags: tuple[Flag, ...]
    refusals: tuple[str, ...]
    ladder: tuple[Rung, ...]
    at_the_money: int
    spot: float
    years: float
    style: str
    dividend_yield: float
    rate: float
    rate_source: str
    rate_error: float
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
    style: str = "american",
) -> ValuedChain:
    """Solve one chain's volatilities; see `value_chains`."""
    return value_chains((chain,), spot, now, default_rate, sessions, style)[0]


def value_chains(
    chains: Sequence[Chain],
    spot: Decimal,
    now: datetime,
    default_rate: float,
    sessions: Sessions | None = None,
    style: str = "american",
) -> tuple[ValuedChain, ...]:
    """Solve chains' volatilities at their own spot and time, and their Greeks at `spot` and `now`.

    Each expiry's rate is what its calls and puts imply, `default_rate` (a fraction per year,
    continuous) where they imply none and, for the last days, where they hardly tell. All expiries
    are inverted together: one chain takes several milliseconds, twenty-five little more.

    Raises:
        ValueError: `style` is neither "american" nor "european".
    """
    slices = [chain_slice(chain, spot, sessions) for chain in chains]
    forwards = [implied_forward(one, style=style, prior_rate=default_rate) for one in slices]
    views = tuple(
        _unsolved(chain, quotes, forward, default_rate, spot)
        for chain, quotes, forward in zip(chains, slices, forwards, strict=True)
    )
    solved = _inverted(views, slices, style)
    views = tuple(_with_volatilities(v, *found) for v, found in zip(views, solved, strict=True))
    return _valued_at(views, spot, [years_to_expiry(c.expiry, now, sessions) for c in chains])


def _unsolved(
    chain: Chain, quotes: ChainSlice, forward: ImpliedForward, default_rate: float, spot: Decimal
) -> ValuedChain:
    """All of the view but its volatilities and Greeks, which are NaN."""
    bid, ask = (_floats(getattr(row, side) for row in chain.rows) for side in ("bid", "ask"))
    mids = np.where((bid > 0.0) & (ask >= bid), 0.5 * (bid + ask), np.nan)
    rungs = ladder(chain.rows)
    nothing = np.full(len(chain.rows), np.nan)
    refused = bool(forward.reason)
    return ValuedChain(
        chain=chain,
        verdict=quotes.verdict,
        flags=quotes.flags,
        refusals=(),
        ladder=rungs,
        at_the_money=_nearest(rungs, spot),
        spot=quotes.spot if refused else forward.spot,
        years=quotes.years,
        style=forward.style,
        dividend_yield=forward.dividend_yield,
        rate=default_rate if refused else forward.rate,
        rate_source=_rate_source(forward),
        rate_error=forward.standard_error,
        quality=chain.quality,
        kind=quotes.kind,
        strike=quotes.strike,
        mid=mids,
        spread_pct=100.0 * (ask - bid) / mids,
        iv=nothing,
        greeks=Valuation(*(nothing,) * 6),
        second=SecondOrder(*(nothing,) * 3),
    )


def _inverted(
    views: Sequence[ValuedChain], slices: Sequence[ChainSlice], style: str
) -> list[tuple[FloatArray, NDArray[np.int8]]]:
    """Volatility and reason along the rows of each view, all inverted in one call."""
    if not views:
        return []
    price = np.concatenate([0.5 * (quotes.bid + quotes.ask) for quotes in slices])
    own_spots, lives = [view.spot for view in views], [view.years for view in views]
    kind, spot, strike, years, rate, dividend_yield = _columns(views, own_spots, lives)
    solved = implied_volatility(kind, price, spot, strike, years, rate, dividend_yield, style)
    cuts = _cuts(views)
    volatilities, reasons = np.split(solved.volatility, cuts), np.split(solved.reason, cuts)
    return list(zip(volatilities, reasons, strict=True))


def _columns(
    views: Sequence[ValuedChain], spots: Sequence[float], years: Sequence[float]
) -> tuple[FloatArray, ...]:
    """The contracts of all views one after the other: kind, spot, strike, years, rate, yield."""
    counts = [view.strike.size for view in views]
    return (
        np.concatenate([view.kind for view in views]),
        np.repeat(spots, counts),
        np.concatenate([view.strike for view in views]),
        np.repeat(years, counts),
        np.repeat([view.rate for view in views], counts),
        np.repeat([view.dividend_yield for view in views], counts),
    )


def _cuts(views: Sequence[ValuedChain]) -> NDArray[np.intp]:
    return np.cumsum([view.strike.size for view in views])[:-1]


def _with_volatilities(
    view: ValuedChain, volatility: FloatArray, reason: NDArray[np.int8]
) -> ValuedChain:
    flags = view.flags
    below = reason == Refusal.BELOW_INTRINSIC
    return replace(
        view,
        flags=tuple(
            Flag.BELOW_INTRINSIC if low and one is Flag.OK else one
            for one, low in zip(flags, below.tolist(), strict=True)
        ),
        refusals=_refusals(view.verdict, flags, volatility, reason),
        iv=np.where(volatility <= HIGHEST_VOLATILITY, volatility, np.nan),
    )


def _rate_source(forward: ImpliedForward) -> str:
    if forward.reason:
        return f"from the settings: {forward.reason}"
    error = 100.0 * forward.standard_error
    return f"from parity of {forward.pairs_used} pairs, give or take {error:.2f} points"


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
    left = view.chain.quality if chain_quality is None else chain_quality
    moved = _valued_at((view,), spot, [years_to_expiry(view.chain.expiry, now, sessions)])[0]
    return replace(
        moved,
        quality=worst(left, quality),
        flags=_stale(view.flags) if left is Quality.STALE else view.flags,
    )


def _valued_at(
    views: Sequence[ValuedChain], spot: Decimal, years: Sequence[float]
) -> tuple[ValuedChain, ...]:
    """Views with Greeks at another spot and other lives, all valued in one call."""
    if not views:
        return ()
    price, style, cuts = float(spot), views[0].style, _cuts(views)
    volatility = np.concatenate([view.iv for view in views])
    terms = (*_columns(views, [price] * len(views), years), volatility)
    first, second = formula(style)(*terms), second_order(*terms, style=style)
    return tuple(
        replace(
            view,
            spot=price,
            years=left,
            at_the_money=_nearest(view.ladder, spot),
            greeks=greeks,
            second=bends,
        )
        for view, left, greeks, bends in zip(
            views, years, _split(first, cuts), _split(second, cuts), strict=True
        )
    )


def _split(values: Record, cuts: NDArray[np.intp]) -> list[Record]:
    """A record of arrays cut into one record a view."""
    columns = (np.split(getattr(values, field.name), cuts) for field in fields(values))
    return [type(values)(*parts) for parts in zip(*columns, strict=True)]


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


def _stale(flags: tuple[Flag, ...]) -> tuple[Flag, ...]:
    return tuple(Flag.STALE if one is Flag.OK else one for one in flags)


def _refusals(
    verdict: str | None, flags: tuple[Flag, ...], volatility: FloatArray, reason: NDArray[np.int8]
) -> tuple[str, ...]:
    if verdict is not None:
        return (verdict,) * len(flags)
    refused = np.array([one is not Flag.OK for one in flags]) | ~(volatility <= HIGHEST_VOLATILITY)
    sentences = [""] * len(flags)
    for index in np.flatnonzero(refused).tolist():
        if flags[index] is not Flag.OK:
            sentences[index] = f"{flags[index]}: this quote prices nothing."
        elif reason[index] != Refusal.OK:
            sentences[index] = REASONS[Refusal(int(reason[index]))]
        else:
            sentences[index] = "The price implies more than 300 % volatility: a broken quote."
    return tuple(sentences)
