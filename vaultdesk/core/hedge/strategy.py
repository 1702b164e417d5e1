"""What every strategy is: a name, a position built from the shared configuration, three views."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from vaultdesk.core.hedge.cautions import with_cautions
from vaultdesk.core.hedge.costs import cost_of
from vaultdesk.core.hedge.protection import protection_of
from vaultdesk.core.hedge.scenarios import MOVES, scenarios_of
from vaultdesk.core.hedge.scene import Scene

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from vaultdesk.core.hedge.board import Listed
    from vaultdesk.core.hedge.config import StrategyConfig
    from vaultdesk.core.hedge.position import Position
    from vaultdesk.core.hedge.views import Cost, Protection, Scenario


@dataclass(frozen=True, eq=False)
class Strategy(ABC):
    """One way to hedge. A new one is a file: a frozen subclass with a name and a `build`.

    Views are by whole contracts; with `whole=False` by the fractions they were rounded from.
    """

    config: StrategyConfig

    @property
    @abstractmethod
    def name(self) -> str:
        """Its id, of small letters and underscores."""

    @property
    @abstractmethod
    def title(self) -> str:
        """Its name on screen."""

    @abstractmethod
    def build(self) -> Position:
        """Choose the contracts.

        Raises:
            Lacking: a quote that it takes is missing; the text says which.
        """

    def considered(self) -> tuple[Listed, ...]:
        """The contracts whose quotes decide what `build` chooses; all, unless it knows better.

        Where many boards are tried, the others are not priced.

        Raises:
            Lacking: no expiry has a usable quote.
        """
        return self.config.board.listed

    @cached_property
    def position(self) -> Position:
        """What `build` chose, with every warning that applies.

        Raises:
            Lacking: as `build` does.
        """
        built = self.build()
        return with_cautions(self.config, built)

    def calculate_cost(self, *, whole: bool = True) -> Cost:
        """What it costs.

        Raises:
            Lacking: as `build` does.
        """
        return cost_of(self.config, self._taken(whole=whole))

    def calculate_protection(self, *, whole: bool = True) -> Protection:
        """What it protects.

        Raises:
            Lacking: as `build` does.
        """
        return protection_of(self.config, self._taken(whole=whole))

    def get_scenarios(
        self,
        moves: Sequence[Decimal] = MOVES,
        days: int | None = None,
        scene: Scene | None = None,
        advance: Decimal | None = None,
        *,
        whole: bool = True,
    ) -> tuple[Scenario, ...]:
        """The loan with and without it, one scenario for each relative move of gold.

        Args:
            moves: relative, above -1.
            days: calendar days from now; None is when the protection ends.
            scene: of volatilities and the currency; None for the rules' smile alone.
            advance: the advance rate of gold from then on; None for those of the terms.
            whole: whether contracts are whole.

        Raises:
            Lacking: as `build` does.
        """
        scene = scene or Scene(smile=self.config.rules.smile)
        return scenarios_of(self.config, self._taken(whole=whole), moves, days, scene, advance)

    def _taken(self, *, whole: bool) -> Position:
        return self.position if whole else self.position.unrounded()
