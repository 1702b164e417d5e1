"""A chain with the desk's own volatilities and Greeks, row by row, and why a row has none.

The volatility of each contract is solved once from its mid at the chain's own spot; a tick of the
underlying moves the Greeks at that volatility (sticky strike), nothing is fetched again.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from vaultdesk.core.calendar import years_to_expiry
from vaultdesk.core.market import Flag, Quality, worst
from vaultdesk.core.options.forward import implied_forward
from vaultdesk.core.options.inversion import inverted
from vaultdesk.core.options.second_order import second_order
from vaultdesk.core.options.slices import chain_slice, floats
from vaultdesk.core.options.smile import smile
from vaultdesk.core.options.style import formula
from vaultdesk.core.options.types import SecondOrder, Valuation
from vaultdesk.core.options.valued import (
    ValuedChain,
    columns,
    cuts_between,
    ladder,
    nearest_rung,
    split_records,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from decimal import Decimal

    from vaultdesk.core.calendar import Sessions
    from vaultdesk.core.market import Chain
    from vaultdesk.core.options.forward import ImpliedForward
    from vaultdesk.core.options.slices import ChainSlice
    from vaultdesk.core.options.smile import Smile


def value_chain(
    chain: Chain,
    spot: Decimal,
    now: datetime,
    default_rate: float,
    sessions: Sessions | None = None,
    style: str = "american",
) -> ValuedChain:
    """Solve one chain's volatilities and draw its smile; see `value_chains`."""
    return value_chains((chain,), spot, now, default_rate, sessions, style, smiles=True)[0]


def value_chains(
    chains: Sequence[Chain],
    spot: Decimal,
    now: datetime,
    default_rate: float,
    sessions: Sessions | None = None,
    style: str = "american",
    *,
    smiles: bool = False,
) -> tuple[ValuedChain, ...]:
    """Solve chains' volatilities at their own spot and time, and their Greeks at `spot` and `now`.

    Each expiry's rate is what its calls and puts imply, `default_rate` (a fraction per year,
    continuous) where they imply none and, for the last days, where they hardly tell. All expiries
    are inverted together: one chain takes several milliseconds, twenty-five little more. `smiles`
    costs as much again for each: contracts without a volatility of their own get the curve's.

    Raises:
        ValueError: `style` is neither "american" nor "european".
    """
    slices = [chain_slice(chain, spot, sessions) for chain in chains]
    forwards = [implied_forward(one, style=style, prior_rate=default_rate) for one in slices]
    views = tuple(
        _unsolved(chain, quotes, forward, default_rate, spot)
        for chain, quotes, forward in zip(chains, slices, forwards, strict=True)
    )
    views = inverted(views, slices)
    if smiles:
        drawn = [smile(*pair) for pair in zip(slices, forwards, strict=True)]
        views = tuple(_filled(view, curve) for view, curve in zip(views, drawn, strict=True))
    return _valued_at(views, spot, [years_to_expiry(c.expiry, now, sessions) for c in chains])


def _unsolved(
    chain: Chain, quotes: ChainSlice, forward: ImpliedForward, default_rate: float, spot: Decimal
) -> ValuedChain:
    """All of the view but its volatilities and Greeks, which are NaN."""
    bid, ask = (floats(getattr(row, side) for row in chain.rows) for side in ("bid", "ask"))
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
        at_the_money=nearest_rung(rungs, spot),
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
        volatility=nothing,
        smile=None,
        greeks=Valuation(*(nothing,) * 6),
        second=SecondOrder(*(nothing,) * 3),
    )


def _filled(view: ValuedChain, curve: Smile) -> ValuedChain:
    """The view with the curve's volatility wherever a quote has none."""
    volatility = np.where(np.isfinite(view.iv), view.iv, curve.volatility(view.strike))
    return replace(view, volatility=volatility, smile=curve)


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
    price, style, cuts = float(spot), views[0].style, cuts_between(views)
    volatility = np.concatenate([view.volatility for view in views])
    terms = (*columns(views, [price] * len(views), years), volatility)
    first, second = formula(style)(*terms), second_order(*terms, style=style)
    return tuple(
        replace(
            view,
            spot=price,
            years=left,
            at_the_money=nearest_rung(view.ladder, spot),
            greeks=greeks,
            second=bends,
        )
        for view, left, greeks, bends in zip(
            views, years, split_records(first, cuts), split_records(second, cuts), strict=True
        )
    )


def _stale(flags: tuple[Flag, ...]) -> tuple[Flag, ...]:
    return tuple(Flag.STALE if one is Flag.OK else one for one in flags)
