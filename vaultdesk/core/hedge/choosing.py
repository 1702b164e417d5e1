"""How a contract is chosen: by strike, moneyness or delta, snapped to what is listed and usable."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

from vaultdesk.core.hedge.board import Lacking
from vaultdesk.core.hedge.config import nearest
from vaultdesk.core.hedge.position import HedgeLeg
from vaultdesk.core.money import plain, rounded
from vaultdesk.core.options.style import formula

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from vaultdesk.core.hedge.board import Board, Listed
    from vaultdesk.core.market import Right

FURTHEST = Decimal("0.02")
"""Of spot: a listed strike further from the one wished for is another hedge."""


@dataclass(frozen=True, slots=True)
class Pick:
    """A contract and how it came to be chosen."""

    listed: Listed
    wanted: str

    def leg(self, contracts: Decimal, ideal: Decimal | None = None) -> HedgeLeg:
        """So many of it, negative to sell; `ideal` is how many before rounding, if others."""
        return HedgeLeg(self.listed, contracts, contracts if ideal is None else ideal, self.wanted)


def expiry_by_days(board: Board, days: int) -> date:
    """The listed expiry nearest to so many calendar days.

    Raises:
        Lacking: nothing is usable.
    """
    found = nearest(board.expiries, board.at, days)
    if found is None:
        raise Lacking(board.problem or "No expiry has a usable contract.")
    return found


def by_moneyness(board: Board, right: Right, expiry: date, moneyness: Decimal) -> Pick:
    """The strike nearest to a fraction of spot.

    Raises:
        Lacking: no listed contract near it is usable.
    """
    target = moneyness * board.spot
    name = f"{plain(100 * moneyness):f} % of {plain(board.spot):f}"
    return _nearest(board, right, expiry, target, name)


def by_strike(board: Board, right: Right, expiry: date, strike: Decimal) -> Pick:
    """That very strike, or the nearest usable one.

    Raises:
        Lacking: no listed contract near it is usable.
    """
    return _nearest(board, right, expiry, strike, "")


def by_delta(board: Board, right: Right, expiry: date, delta: Decimal) -> Pick:
    """The usable contract whose delta is nearest; the sign of `delta` does not count.

    Raises:
        Lacking: nothing is usable there.
    """
    side = [one for one in board.of(expiry, right) if one.usable]
    if not side:
        raise Lacking(_nothing(board, right, expiry))
    deltas = deltas_of(board, side)
    best = min(range(len(side)), key=lambda i: (abs(abs(deltas[i]) - float(abs(delta))), i))
    wanted = f"delta {abs(delta):f} wished for, {abs(deltas[best]):.2f} is listed"
    return Pick(side[best], wanted)


def near(board: Board, right: Right, expiry: date, target: Decimal) -> tuple[Listed, ...]:
    """Contracts of strikes no further than `FURTHEST` from a price, the nearest first."""
    reach = FURTHEST * board.spot
    found = [one for one in board.of(expiry, right) if abs(one.strike - target) <= reach]
    return tuple(sorted(found, key=lambda one: (abs(one.strike - target), one.strike)))


def deltas_of(board: Board, listed: Sequence[Listed]) -> list[float]:
    """Each contract's delta at the board's spot; all of one style."""
    if not listed:
        return []
    columns = np.array(
        [
            (one.kind, float(one.strike), one.years, one.rate, one.dividend_yield, one.volatility)
            for one in listed
        ]
    ).T
    value = formula(listed[0].style)(columns[0], float(board.spot), *columns[1:])
    found: list[float] = value.delta.tolist()
    return found


def _nearest(board: Board, right: Right, expiry: date, target: Decimal, name: str) -> Pick:
    order = near(board, right, expiry, target)
    found = next((one for one in order if one.usable), None)
    if found is None:
        missing = ", ".join(one.lack for one in order[:3])
        raise Lacking(
            f"No usable quote near {rounded(target, 2)}: {missing}."
            if missing
            else _nothing(board, right, expiry)
        )
    skipped = [one.lack for one in order[: order.index(found)]]
    return Pick(found, _wording(name, target, found, skipped))


def _wording(name: str, target: Decimal, found: Listed, skipped: list[str]) -> str:
    wished = f"{name} is {rounded(target, 2)}" if name else f"{plain(target):f} wished for"
    listed = f"{plain(found.strike):f} is listed"
    if not name and found.strike == target:
        return f"{plain(target):f} chosen"
    return f"{wished}, {listed}" + (f", not usable: {', '.join(skipped)}" if skipped else "")


def _nothing(board: Board, right: Right, expiry: date) -> str:
    side = "call" if right == "C" else "put"
    return board.refused.get(expiry) or f"No {side} of {expiry} has an honest bid and ask."
