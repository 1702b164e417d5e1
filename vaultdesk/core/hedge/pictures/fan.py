"""Several hedges drawn over the same prices: what the eye compares them by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from vaultdesk.core.hedge.costs import protected_days
from vaultdesk.core.hedge.pictures.payoff import curves, price_grid
from vaultdesk.core.hedge.scene import TODAY, Scene

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from vaultdesk.core.hedge.config import StrategyConfig
    from vaultdesk.core.hedge.pictures.payoff import Curves, Measure
    from vaultdesk.core.hedge.position import Position
    from vaultdesk.core.options.types import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Fan:
    """Curves of several hedges on one axis of prices.

    Attributes:
        spots: prices of the watched symbol, ascending.
        curves: by name, each for the one day it was asked for.
    """

    spots: FloatArray
    curves: Mapping[str, Curves]

    def hedged(self, name: str, measure: Measure) -> FloatArray:
        """One hedge's curve, (spots,)."""
        return self.curves[name].hedged(measure)

    def unhedged(self, name: str, measure: Measure) -> FloatArray:
        """What there is without it on the same day, (spots,)."""
        return self.curves[name].unhedged(measure)


def fan(
    config: StrategyConfig,
    positions: Mapping[str, Position],
    day: int | None,
    scene: Scene = TODAY,
    stop: Callable[[], bool] = lambda: False,
) -> Fan:
    """The curves of each position.

    Args:
        config: the loan and the market.
        positions: by name; an empty one is no hedge.
        day: calendar days from now, 0 for now; None is each one's own last day of protection.
        scene: of volatilities.
        stop: asked between two hedges; True ends it early with those there are.

    Raises:
        Unvalued: nothing is pledged on that day.
    """
    spots = price_grid(config, tuple(positions.values()))
    found: dict[str, Curves] = {}
    for name, position in positions.items():
        if stop():
            break
        at = protected_days(config, position) if day is None else day
        found[name] = curves(config, position, spots, [at], scene)
    return Fan(spots, found)
