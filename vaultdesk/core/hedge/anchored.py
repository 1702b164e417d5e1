"""Strategies whose strikes are fractions of spot: they find their contracts in any chain."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from vaultdesk.core.hedge.board import Lacking
from vaultdesk.core.hedge.choosing import by_moneyness, expiry_by_days, near
from vaultdesk.core.hedge.position import Position
from vaultdesk.core.hedge.sizing import covering, split
from vaultdesk.core.hedge.strategy import Strategy
from vaultdesk.core.money import plain, rounded

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from vaultdesk.core.hedge.board import Listed
    from vaultdesk.core.hedge.choosing import Pick
    from vaultdesk.core.hedge.config import StrategyConfig
    from vaultdesk.core.hedge.position import HedgeLeg
    from vaultdesk.core.market import Right


class Wish(NamedTuple):
    """A leg as it is asked for.

    Attributes:
        right: "P" or "C".
        moneyness: of the strike, a fraction of spot.
        weight: in relation to the other legs of its right and sign; negative to sell.
    """

    right: Right
    moneyness: Decimal
    weight: Decimal = Decimal(1)


@dataclass(frozen=True, eq=False)
class Anchored(Strategy):
    """Legs of one expiry, as many contracts as whole hundreds of the gold's shares.

    Attributes:
        days: of life that is looked for; None for those of the rules.
    """

    days: int | None = field(default=None, kw_only=True)

    @abstractmethod
    def wishes(self) -> tuple[Wish, ...]:
        """The legs asked for."""

    @property
    def expiry(self) -> date:
        """The listed one nearest to the days.

        Raises:
            Lacking: nothing is usable.
        """
        days = self.config.rules.days if self.days is None else self.days
        return expiry_by_days(self.config.board, days)

    def build(self) -> Position:
        """Snap every wish to a listed contract, and count the contracts."""
        board, expiry, wishes = self.config.board, self.expiry, self.wishes()
        picks = [by_moneyness(board, one.right, expiry, one.moneyness) for one in wishes]
        return Position(legs(self.config, picks, [one.weight for one in wishes]))

    def considered(self) -> tuple[Listed, ...]:
        """What lies near the strikes asked for."""
        board, expiry = self.config.board, self.expiry
        found = [
            near(board, one.right, expiry, one.moneyness * board.spot) for one in self.wishes()
        ]
        return tuple(listed for side in found for listed in side)


def legs(
    config: StrategyConfig, picks: Sequence[Pick], weights: Sequence[Decimal]
) -> tuple[HedgeLeg, ...]:
    """Contracts on all of the gold to be covered, for each right bought and each right sold.

    Picks of the same right and sign share them by weight, in whole contracts that add up.

    Args:
        config: says how much gold there is.
        picks: of one multiplier.
        weights: of the picks, negative to sell.

    Raises:
        Lacking: the gold does not make one contract, or one contract is bought and sold.
    """
    _refuse_the_same(picks, weights)
    multiplier = picks[0].listed.multiplier
    total, exact = covering(config.units, multiplier, config.rules.cover)
    if not total:
        raise Lacking(
            f"The gold to be hedged makes {rounded(config.units * config.rules.cover, 2):f} "
            f"shares, less than one contract of {multiplier}."
        )
    sides = [(pick.listed.right, weight > 0) for pick, weight in zip(picks, weights, strict=True)]
    found: dict[int, HedgeLeg] = {}
    for side in dict.fromkeys(sides):
        members = [i for i, one in enumerate(sides) if one == side]
        shares = [abs(weights[i]) for i in members]
        sign = 1 if side[1] else -1
        for i, whole, share in zip(members, split(total, shares), shares, strict=True):
            found[i] = picks[i].leg(sign * whole, sign * exact * share / sum(shares))
    return tuple(found[i] for i in range(len(picks)))


def _refuse_the_same(picks: Sequence[Pick], weights: Sequence[Decimal]) -> None:
    bought = {one.listed.quote.contract for one, w in zip(picks, weights, strict=True) if w > 0}
    for pick, weight in zip(picks, weights, strict=True):
        if weight < 0 and pick.listed.quote.contract in bought:
            raise Lacking(
                f"The {pick.listed.words} is nearest to both strikes, the one to buy and the one "
                "to sell: choose strikes further apart."
            )


def percent(moneyness: Decimal) -> str:
    """Of spot, as names and titles have it: "95"."""
    return f"{plain(100 * moneyness):f}"


def percents(*moneynesses: Decimal) -> str:
    """Several, as ids have them: "95_80"."""
    return "_".join(percent(one) for one in moneynesses)
