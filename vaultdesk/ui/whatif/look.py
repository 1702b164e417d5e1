"""What the what-if panel looks at: a loan, a hedge, and what is assumed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from vaultdesk.core.hedge.stress.inputs import Stress
from vaultdesk.core.hedge.vocabulary import SmileRule

if TYPE_CHECKING:
    from vaultdesk.core.hedge.config import StrategyConfig
    from vaultdesk.core.hedge.position import Position


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """What is looked at; with `why` there is no hedge in it, and that says why."""

    config: StrategyConfig
    position: Position
    stress: Stress
    why: str

    @property
    def hedged(self) -> bool:
        """Whether a hedge is in it."""
        return not self.why

    @property
    def is_moved(self) -> bool:
        """Whether this is another world than today's."""
        return replace(self.stress, smile=SmileRule.STRIKE) != Stress()

    def is_like(self, other: Look) -> bool:
        """Whether another differs in nothing but gold, the day and the advance rate."""
        there = other.stress
        here = replace(self.stress, gold=there.gold, days=there.days, advance=there.advance)
        same = self.config is other.config and self.position == other.position
        return same and here == there
