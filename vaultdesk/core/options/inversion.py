"""The volatilities that a chain's quotes imply, and why some imply none."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from vaultdesk.core.market import Flag
from vaultdesk.core.options.implied import REASONS, Refusal, implied_volatility
from vaultdesk.core.options.style import formula
from vaultdesk.core.options.valued import columns, cuts_between

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from vaultdesk.core.options.slices import ChainSlice
    from vaultdesk.core.options.types import FloatArray
    from vaultdesk.core.options.valued import ValuedChain

    BoolArray = npt.NDArray[np.bool_]

HIGHEST_VOLATILITY = 3.0
"""A solved volatility above 300 % a year is a broken quote, not a market."""
TOO_HIGH = "The price implies more than 300 % volatility: a broken quote."
TOLD_BY_NOTHING = (
    "The bid is not above the intrinsic value, so these quotes hold any volatility down to none."
)


def inverted(views: Sequence[ValuedChain], slices: Sequence[ChainSlice]) -> tuple[ValuedChain, ...]:
    """Views with the volatilities of their mids, solved in one call, or the reasons for none.

    A quote whose bid the option would be worth without any volatility is refused even where its
    mid has one: that is half the spread, not what the market thinks.
    """
    if not views:
        return ()
    bid, ask = (np.concatenate([getattr(one, side) for one in slices]) for side in ("bid", "ask"))
    terms = columns(views, [view.spot for view in views], [view.years for view in views])
    kind, spot, strike, years, rate, dividend_yield = terms
    style, mid = views[0].style, 0.5 * (bid + ask)
    solved = implied_volatility(kind, mid, spot, strike, years, rate, dividend_yield, style)
    least = formula(style)(*terms, 0.0).price
    judged = solved.volatility, solved.reason, bid <= least, ask < least
    parts = zip(*(np.split(one, cuts_between(views)) for one in judged), strict=True)
    return tuple(_judged(view, *part) for view, part in zip(views, parts, strict=True))


def _judged(
    view: ValuedChain,
    volatility: FloatArray,
    reason: npt.NDArray[np.int8],
    untold: BoolArray,
    below: BoolArray,
) -> ValuedChain:
    """A view with its volatilities: `untold` by bids, or with even asks `below` intrinsic value."""
    fine = np.array([one is Flag.OK for one in view.flags], dtype=np.bool_)
    own = np.where(fine & ~untold & (volatility <= HIGHEST_VOLATILITY), volatility, np.nan)
    flags, refusals = list(view.flags), [""] * len(view.flags)
    for row in np.flatnonzero(np.isnan(own)).tolist():
        if not fine[row]:
            refusals[row] = f"{flags[row]}: this quote prices nothing."
        elif below[row]:
            flags[row] = Flag.BELOW_INTRINSIC
            refusals[row] = REASONS[Refusal.BELOW_INTRINSIC]
        elif untold[row]:
            refusals[row] = TOLD_BY_NOTHING
        else:
            refusals[row] = REASONS[Refusal(int(reason[row]))] if reason[row] else TOO_HIGH
    if view.verdict is not None:
        refusals = [view.verdict] * len(flags)
    return replace(view, flags=tuple(flags), refusals=tuple(refusals), iv=own, volatility=own)
