"""Hedges side by side as the server tells them: the command line's values in their shape."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from vaultdesk.adapters.web.shapes.strategies import Sensitivity, Strategies
from vaultdesk.app.answers.hedges import comparison_answer
from vaultdesk.app.answers.options import number
from vaultdesk.app.answers.portfolio import text

if TYPE_CHECKING:
    from vaultdesk.core.hedge.compare import Comparison
    from vaultdesk.core.hedge.sensitivity import Sensitivity as Grid


def strategies_answer(
    comparison: Comparison | None, grid: Grid | None, problem: str, now: datetime
) -> Strategies:
    """All candidates, which is preferred, and where that changes."""
    told = msgspec.convert(comparison_answer(comparison, problem), Strategies)
    age = None
    if told.market is not None:
        age = max((now - datetime.fromisoformat(told.market.at)).total_seconds(), 0.0)
    return msgspec.structs.replace(
        told,
        age_s=None if age is None else round(age, 3),
        sensitivity=None if grid is None else _sensitivity(grid),
    )


def _sensitivity(grid: Grid) -> Sensitivity:
    names = (*grid.names, None)  # the last stands for nobody, -1
    return Sensitivity(
        profile=grid.profile.value,
        moves=[format(move, "f") for move in grid.moves],
        vol_pts=[format(points, "f") for points in grid.vol_pts],
        winners=[[names[int(winner)] for winner in row] for row in grid.winners],
        winner=grid.winner or None,
        stability=number(grid.stability, 6),
        flip_move=text(grid.flips.move),
        flip_vol_pts=text(grid.flips.vol_pts),
        sentence=grid.sentence,
        quality=grid.quality.value,
    )
