"""Any positions in the made-up market: what properties of hedges are tried on."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from tests.core.hedge import boards
from vaultdesk.core.hedge.position import HedgeLeg, Position

if TYPE_CHECKING:
    from vaultdesk.core.hedge.board import Listed

CONFIG = boards.config()
USABLE = tuple(one for one in CONFIG.board.listed if one.usable)
SEPTEMBER = tuple(one for one in USABLE if one.expiry == boards.EXPIRIES[1])


def leg(right: str, strike: str, contracts: int, expiry: int = 1) -> HedgeLeg:
    """So many contracts, by default of September."""
    sides = CONFIG.board.of(boards.EXPIRIES[expiry], "C" if right == "C" else "P")
    listed = next(one for one in sides if one.strike == Decimal(strike))
    return HedgeLeg(listed, Decimal(contracts), Decimal(contracts))


def position(*legs: tuple[str, str, int]) -> Position:
    """Of September, by right, strike and contracts."""
    return Position(tuple(leg(*one) for one in legs))


def legs(
    among: tuple[Listed, ...] = USABLE, least: int = -20, most: int = 100
) -> st.SearchStrategy[HedgeLeg]:
    """Whole contracts of any of these, never none."""
    counts = st.integers(least, most).filter(bool).map(Decimal)
    return st.builds(lambda one, n: HedgeLeg(one, n, n), st.sampled_from(among), counts)


def positions(
    among: tuple[Listed, ...] = USABLE, least: int = -20, most: int = 100
) -> st.SearchStrategy[Position]:
    """Up to five different contracts."""
    drawn = st.lists(
        legs(among, least, most), max_size=5, unique_by=lambda x: x.listed.quote.contract
    )
    return drawn.map(lambda found: Position(tuple(found)))
