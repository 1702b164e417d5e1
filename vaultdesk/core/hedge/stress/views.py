"""A loan with and without its hedge in a stress: the figures, and the curves they lie on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from vaultdesk.core.hedge.pictures.payoff import curves, price_grid
from vaultdesk.core.hedge.scenarios import scenarios_of, stressed
from vaultdesk.core.hedge.scene import Scene, days_passed
from vaultdesk.core.hedge.stress.inputs import LEAST_GOLD, MOST_GOLD, Stress
from vaultdesk.core.loan.cure import Zone, zone_of

if TYPE_CHECKING:
    from decimal import Decimal

    from vaultdesk.core.hedge.config import StrategyConfig
    from vaultdesk.core.hedge.pictures.payoff import Curves
    from vaultdesk.core.hedge.position import Position
    from vaultdesk.core.hedge.views import Scenario
    from vaultdesk.core.loan.state import LoanState


@dataclass(frozen=True, slots=True, eq=False)
class Point:
    """The figures of one stress.

    Attributes:
        stress: what was assumed.
        bare: the loan without the hedge.
        hedged: the loan with it.
    """

    stress: Stress
    bare: LoanState
    hedged: Scenario

    @property
    def time_value(self) -> Decimal:
        """What the options are worth beyond exercising them."""
        return self.hedged.payoff - self.hedged.intrinsic

    @property
    def spread_cost(self) -> Decimal:
        """What selling them would lose to the spread, if it stays what it is now."""
        return self.hedged.payoff - self.hedged.after_spread

    @property
    def equity(self) -> Decimal:
        """What would be left after the loan without the hedge."""
        return self.bare.value - self.bare.loan

    @property
    def hedged_zone(self) -> Zone:
        """Where the hedged LTV stands; close-out where no LTV is high enough."""
        ltv, terms = self.hedged.hedged_ltv, self.bare.terms
        if ltv is None:
            return Zone.CLOSEOUT
        return zone_of(ltv, terms.call_ltv, terms.closeout_ltv)


def scene_of(stress: Stress) -> Scene:
    """What of a stress option values depend on, besides price and date."""
    return Scene(float(stress.vol_pts), float(stress.fx), stress.smile)


def pointed(config: StrategyConfig, position: Position, stress: Stress) -> Point:
    """The figures of a stress, as `scenarios_of` has them.

    Raises:
        Unvalued: nothing is pledged on that day.
    """
    scene, moved = scene_of(stress), (stress.gold,)
    rows = scenarios_of(config, position, moved, stress.days, scene, stress.advance)
    passed = days_passed(config, stress.days)
    bare = stressed(config, stress.gold, passed, scene.fx, stress.advance)
    return Point(stress, bare, rows[0])


def curves_at(config: StrategyConfig, position: Position, stress: Stress) -> Curves:
    """Everything of a stress but gold's move, over all prices that the stress may reach.

    Raises:
        Unvalued: nothing is pledged on that day.
    """
    spots = price_grid(config, [position], LEAST_GOLD / 100, MOST_GOLD / 100)
    return curves(config, position, spots, [stress.days], scene_of(stress))
