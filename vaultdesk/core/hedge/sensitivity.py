"""Whether a recommendation holds: which hedge wins at other prices and other volatilities."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

from vaultdesk.core.hedge.board import Lacking
from vaultdesk.core.hedge.candidates import candidates
from vaultdesk.core.hedge.compare import measured, unrankable
from vaultdesk.core.hedge.recommend import in_order
from vaultdesk.core.hedge.reprice import moved
from vaultdesk.core.loan.prices import Unvalued
from vaultdesk.core.money import rounded

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy.typing as npt

    from vaultdesk.core.hedge.board import Listed
    from vaultdesk.core.hedge.config import StrategyConfig
    from vaultdesk.core.hedge.recommend import Profile
    from vaultdesk.core.hedge.reprice import Moved
    from vaultdesk.core.hedge.strategy import Strategy
    from vaultdesk.core.market import Quality

    IndexArray = npt.NDArray[np.int64]

MOVES = tuple(Decimal(move) / 100 for move in (-20, -15, -10, -5, 0, 5, 10, 15, 20))
"""Relative moves of gold, in the order of the columns."""
VOL_PTS = tuple(Decimal(points) for points in (-8, -6, -4, -2, 0, 2, 4, 6, 8))
"""Points of volatility, in the order of the rows."""
NOBODY = -1
ZERO = Decimal(0)
HALVINGS = 4
"""Of the step between two cells, to say more exactly where the winner changes."""


@dataclass(frozen=True, slots=True)
class Flips:
    """Where the first place is lost, signed; None where it is not on the grid.

    Attributes:
        move: of gold, relative, at today's volatilities.
        vol_pts: points of volatility, at today's price.
    """

    move: Decimal | None
    vol_pts: Decimal | None


@dataclass(frozen=True, slots=True, eq=False)
class Sensitivity:
    """The winner of each cell.

    Attributes:
        profile: by which hedges were ranked.
        moves: of gold, relative, one for each column.
        vol_pts: points added to all volatilities, one for each row.
        names: of the strategies compared.
        winners: positions in `names`, (vol_pts, moves); -1 where nothing is recommended.
        winner: at today's price and volatilities; empty where nothing is recommended.
        stability: fraction of the cells with a winner in which it is today's.
        flips: the smallest changes that take the first place away.
        sentence: all that in words, or why nothing is recommended.
        quality: of today's inputs; the cells themselves are hypothetical.
    """

    profile: Profile
    moves: tuple[Decimal, ...]
    vol_pts: tuple[Decimal, ...]
    names: tuple[str, ...]
    winners: IndexArray
    winner: str
    stability: float
    flips: Flips
    sentence: str
    quality: Quality


def never() -> bool:
    """Go on."""
    return False


def sensitivity(
    config: StrategyConfig,
    profile: Profile,
    moves: Sequence[Decimal] = MOVES,
    vol_pts: Sequence[Decimal] = VOL_PTS,
    names: Sequence[str] | None = None,
    stop: Callable[[], bool] = never,
    extra: Sequence[Callable[[StrategyConfig], Strategy]] = (),
) -> Sensitivity:
    """Recommend again at other prices and volatilities; some tenths of a second.

    In each cell the loan is valued at the price, every contract is quoted anew (`repriced`), and
    strategies choose theirs among the listed ones by the price there.

    Args:
        config: of now.
        profile: to rank by.
        moves: of gold, relative, above -1, ascending.
        vol_pts: points added to all volatilities, ascending.
        names: of the candidates that compete; None for all.
        stop: asked before each cell; once it says so the rest stays without a winner.
        extra: candidates of plug-ins, as `candidates` takes them.

    Raises:
        Unvalued: nothing is pledged.
    """
    cells = _Cells(config, profile, names, stop, extra)
    winners = np.full((len(vol_pts), len(moves)), NOBODY, dtype=np.int64)
    if config.problem:
        return _told(cells, moves, vol_pts, winners, "", config.problem)
    winner = cells.winner(ZERO, ZERO)
    for column, move in enumerate(moves):
        for row, points in enumerate(vol_pts):
            winners[row, column] = cells.position(cells.winner(move, points))
    return _told(cells, moves, vol_pts, winners, winner, unrankable(config))


class _Cells:
    """Winners by price and volatility; the contracts to be priced are found once for a price."""

    def __init__(
        self,
        config: StrategyConfig,
        profile: Profile,
        names: Sequence[str] | None,
        stop: Callable[[], bool],
        extra: Sequence[Callable[[StrategyConfig], Strategy]],
    ) -> None:
        self.config, self.profile, self.stop, self._extra = config, profile, stop, extra
        self._wanted = None if names is None else frozenset(names)
        self._columns: dict[Decimal, Moved] = {}
        self._known: dict[tuple[Decimal, Decimal], str] = {}
        self.stopped = False
        self.titles = {one.name: one.title for one in self._strategies(config)}
        self.names = tuple(self.titles)

    def position(self, name: str) -> int:
        """Of a name among those that compete; `NOBODY` of an empty one."""
        return self.names.index(name) if name else NOBODY

    def winner(self, move: Decimal, points: Decimal) -> str:
        """The name; empty where nothing is recommended, or the work was stopped."""
        self.stopped = self.stopped or self.stop()
        if self.stopped:
            return ""
        if (move, points) not in self._known:
            self._known[move, points] = self._first(self._column(move).at(points))
        return self._known[move, points]

    def _first(self, config: StrategyConfig) -> str:
        if unrankable(config):
            return ""
        found = []
        for strategy in self._strategies(config):
            try:
                measure = measured(strategy)
            except (Lacking, Unvalued):
                continue
            if measure is not None:
                found.append(measure)
        return in_order(self.profile, found)[0].name if found else ""

    def _column(self, move: Decimal) -> Moved:
        if move not in self._columns:
            self._columns[move] = moved(self.config, move, self._priced(move))
        return self._columns[move]

    def _priced(self, move: Decimal) -> tuple[Listed, ...]:
        """What strategies may choose at a price, and one of each expiry to keep it in sight."""
        board = replace(self.config.board, spot=self.config.spot_price * (1 + move))
        found: dict[str, Listed] = {}
        for expiry in board.expiries:
            sides = [*board.of(expiry, "P"), *board.of(expiry, "C")]
            usable = [one for one in sides if one.usable]
            nearest = min(usable, key=lambda one: abs(one.strike - board.spot))
            found[nearest.quote.contract] = nearest
        for strategy in self._strategies(replace(self.config, board=board)):
            try:
                found.update((one.quote.contract, one) for one in strategy.considered())
            except Lacking:
                continue
        return tuple(sorted(found.values(), key=lambda x: (x.expiry, x.strike, x.right)))

    def _strategies(self, config: StrategyConfig) -> list[Strategy]:
        every = candidates(config, self._extra)
        return [one for one in every if self._wanted is None or one.name in self._wanted]


def _told(
    cells: _Cells,
    moves: Sequence[Decimal],
    vol_pts: Sequence[Decimal],
    winners: IndexArray,
    winner: str,
    problem: str,
) -> Sensitivity:
    won = int((winners != NOBODY).sum())
    same = int((winners == cells.position(winner)).sum()) if winner else 0
    flips = Flips(None, None)
    if winner:
        flips = Flips(
            _flip(lambda move: cells.winner(move, ZERO), moves, winner),
            _flip(lambda points: cells.winner(ZERO, points), vol_pts, winner),
        )
        problem = _sentence(cells.titles[winner], same, won, flips)
    if cells.stopped:
        problem = "The search was stopped before every price and volatility was tried."
    return Sensitivity(
        profile=cells.profile,
        moves=tuple(moves),
        vol_pts=tuple(vol_pts),
        names=cells.names,
        winners=winners,
        winner=winner,
        stability=same / won if won else 0.0,
        flips=flips,
        sentence=problem,
        quality=cells.config.quality,
    )


def _flip(at: Callable[[Decimal], str], axis: Sequence[Decimal], winner: str) -> Decimal | None:
    """The smallest change at which another one wins: the nearest cell's, then halved towards 0."""
    found = []
    for side in (
        sorted(x for x in axis if x > 0),
        sorted((x for x in axis if x < 0), reverse=True),
    ):
        same = ZERO
        for there in side:
            if at(there) not in ("", winner):
                found.append(_halved(at, same, there, winner))
                break
            same = there
    return min(found, key=abs, default=None)


def _halved(at: Callable[[Decimal], str], same: Decimal, other: Decimal, winner: str) -> Decimal:
    for _ in range(HALVINGS):
        between = (same + other) / 2
        if at(between) in ("", winner):
            same = between
        else:
            other = between
    return other


def _sentence(title: str, same: int, won: int, flips: Flips) -> str:
    said = f"{title} stays first in {same} of {won} cells ({100 * same / max(won, 1):.0f} %)"
    where = []
    if flips.move is not None:
        where.append(f"gold moves {rounded(100 * flips.move, 1):+f} %")
    if flips.vol_pts is not None:
        where.append(f"volatility moves {rounded(flips.vol_pts, 1):+f} points")
    return f"{said}; it loses the place when {' or '.join(where)}." if where else f"{said}."
