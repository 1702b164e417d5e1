"""Legs picked by hand, one by one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from vaultdesk.core.hedge.position import Position
from vaultdesk.core.hedge.strategy import Strategy

if TYPE_CHECKING:
    from vaultdesk.core.hedge.board import Listed
    from vaultdesk.core.hedge.position import HedgeLeg


@dataclass(frozen=True, eq=False)
class Custom(Strategy):
    """Those very contracts, at the quotes of the board.

    Attributes:
        legs: what to buy and to sell.
        label: its id.
    """

    legs: tuple[HedgeLeg, ...] = ()
    label: str = "custom"

    @property
    def name(self) -> str:
        """The label."""
        return self.label

    @property
    def title(self) -> str:
        """The label, for people."""
        return self.label.replace("_", " ").capitalize()

    def build(self) -> Position:
        """The legs, at today's quotes."""
        return Position(self.legs).renewed(self.config.board)

    def considered(self) -> tuple[Listed, ...]:
        """The legs' contracts."""
        names = {leg.listed.quote.contract for leg in self.legs}
        return tuple(one for one in self.config.board.listed if one.quote.contract in names)
