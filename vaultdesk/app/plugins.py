"""Strategies of one's own: packages that name them under the entry point vaultdesk.strategies."""

from __future__ import annotations

import logging
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache, partial
from importlib.metadata import entry_points
from typing import TYPE_CHECKING

from vaultdesk.core.hedge.board import Lacking
from vaultdesk.core.hedge.strategy import Strategy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from vaultdesk.core.hedge.config import StrategyConfig
    from vaultdesk.core.hedge.position import Position

GROUP = "vaultdesk.strategies"
LOG = logging.getLogger(__name__)


@contextmanager
def _theirs(name: str) -> Iterator[None]:
    """Around a call into the plug-in `name`: what it has no answer for costs only its own row.

    Raises:
        Lacking: it finds no contracts, or it failed, which is logged.
    """
    try:
        yield
    except Lacking:
        raise
    except Exception as error:  # someone else's code may raise anything
        LOG.exception("The plug-in %s failed", name)
        raise Lacking(f"The plug-in {name} failed: {error}.") from error


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
        with suppress(Lacking), _theirs(self.own_name):
            return self.make(self.config).title
        return self.own_name

    def build(self) -> Position:
        """Let it choose its contracts."""
        with _theirs(self.own_name):
            return self.make(self.config).build()


@lru_cache(maxsize=1)
def strategies() -> tuple[Callable[[StrategyConfig], Strategy], ...]:
    """What makes each strategy that an installed package brings, in the order of their names.

    One that cannot be imported is left out and logged: the desk does not stand or fall with it.
    """
    found: list[Callable[[StrategyConfig], Strategy]] = []
    for point in sorted(entry_points(group=GROUP), key=lambda one: one.name):
        with suppress(Lacking), _theirs(point.name):
            found.append(partial(Foreign, own_name=point.name, make=point.load()))
    return tuple(found)
