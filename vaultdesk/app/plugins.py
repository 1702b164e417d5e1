"""Strategies of one's own: packages that name them under the entry point vaultdesk.strategies."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import lru_cache, partial
from importlib.metadata import entry_points
from typing import TYPE_CHECKING

from vaultdesk.core.hedge.board import Lacking
from vaultdesk.core.hedge.strategy import Strategy

if TYPE_CHECKING:
    from collections.abc import Callable

    from vaultdesk.core.hedge.config import StrategyConfig
    from vaultdesk.core.hedge.position import Position

GROUP = "vaultdesk.strategies"
LOG = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class Foreign(Strategy):
    """Someone else's strategy: a bug in it costs its own row, not the whole comparison."""

    own_name: str
    make: Callable[[StrategyConfig], Strategy]

    @property
    def name(self) -> str:
        """The entry point's name."""
        return self.own_name

    @property
    def title(self) -> str:
        """As it calls itself, if it can."""
        try:
            return self.make(self.config).title
        except Exception:
            LOG.exception("The strategy %s cannot be made", self.own_name)
            return self.own_name

    def build(self) -> Position:
        """Let it choose its contracts."""
        try:
            return self.make(self.config).build()
        except Lacking:
            raise
        except Exception as error:
            LOG.exception("The strategy %s failed", self.own_name)
            raise Lacking(f"The plug-in {self.own_name} failed: {error}.") from error


@lru_cache(maxsize=1)
def strategies() -> tuple[Callable[[StrategyConfig], Strategy], ...]:
    """What makes each strategy that an installed package brings, in the order of their names.

    One that cannot be imported is left out and logged: the desk does not stand or fall with it.
    """
    found: list[Callable[[StrategyConfig], Strategy]] = []
    for point in sorted(entry_points(group=GROUP), key=lambda one: one.name):
        try:
            found.append(partial(Foreign, own_name=point.name, make=point.load()))
        except Exception:
            LOG.exception("The strategy %s of %s cannot be loaded", point.name, point.value)
    return tuple(found)
