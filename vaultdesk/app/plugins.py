"""Strategies of one's own: packages that name them under the entry point vaultdesk.strategies."""

from __future__ import annotations

import logging
from functools import lru_cache
from importlib.metadata import entry_points
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from vaultdesk.core.hedge.config import StrategyConfig
    from vaultdesk.core.hedge.strategy import Strategy

GROUP = "vaultdesk.strategies"
LOG = logging.getLogger(__name__)


@lru_cache(maxsize=1)
def strategies() -> tuple[Callable[[StrategyConfig], Strategy], ...]:
    """What makes each strategy that an installed package brings, in the order of their names.

    One that cannot be imported is left out and logged: the desk does not stand or fall with it.
    """
    found = []
    for point in sorted(entry_points(group=GROUP), key=lambda one: one.name):
        try:
            found.append(point.load())
        except (ImportError, AttributeError):
            LOG.exception("The strategy %s of %s cannot be loaded", point.name, point.value)
    return tuple(found)
