"""Hedges of one loan side by side: what each costs and protects, and which a profile prefers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from vaultdesk.core.hedge.board import Lacking
from vaultdesk.core.hedge.candidates import candidates
from vaultdesk.core.hedge.costs import protected_days
from vaultdesk.core.hedge.frontier import dominated
from vaultdesk.core.hedge.protection import hedged_at_call
from vaultdesk.core.hedge.recommend import Measure, Profile, Rank, ranked
from vaultdesk.core.hedge.scene import days_passed
from vaultdesk.core.loan.prices import Unvalued

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from vaultdesk.core.hedge.config import StrategyConfig
    from vaultdesk.core.hedge.position import Position
    from vaultdesk.core.hedge.strategy import Strategy
    from vaultdesk.core.hedge.views import Cost, Protection

__all__ = [
    "Candidate",
    "Comparison",
    "Profile",
    "Rank",
    "compare",
    "measured",
    "unrankable",
]


@dataclass(frozen=True, slots=True)
class Candidate:
    """One hedge in the table.

    Attributes:
        strategy: what it is.
        problem: why it cannot be built, in a sentence; empty where it can.
        position: its contracts; None with a problem, and so are the next two.
        cost: by whole contracts.
        protection: likewise.
        dominated: another costs no more a year and leaves no higher worst LTV, and is better in
            one of them.
    """

    strategy: Strategy
    problem: str
    position: Position | None
    cost: Cost | None
    protection: Protection | None
    dominated: bool


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """All candidates and their places.

    Attributes:
        config: what all were built from.
        candidates: in the order they were asked for, those with a problem too.
        ranks: for each profile from the first place to the last; without candidates that have a
            problem, and empty where `problem` is not.
        problem: why nothing is recommended; empty where something is.
    """

    config: StrategyConfig
    candidates: tuple[Candidate, ...]
    ranks: Mapping[Profile, tuple[Rank, ...]]
    problem: str

    def of(self, name: str) -> Candidate | None:
        """The candidate of that name; None if it was not compared."""
        return next((one for one in self.candidates if one.strategy.name == name), None)

    def winner(self, profile: Profile) -> Candidate | None:
        """The first place; None where nothing is recommended."""
        places = self.ranks.get(profile)
        return self.of(places[0].name) if places else None


def compare(config: StrategyConfig, strategies: Sequence[Strategy] | None = None) -> Comparison:
    """Price every strategy and rank those that can be built.

    Args:
        config: shared by all of them.
        strategies: what to compare, of this config; None for `candidates`.
    """
    chosen = candidates(config) if strategies is None else tuple(strategies)
    found = _marked(tuple(_candidate(one) for one in chosen))
    problem = unrankable(config)
    measures = [] if problem else [measured(one.strategy) for one in found if not one.problem]
    priced = [one for one in measures if one is not None]
    if not problem and not priced:
        problem = next((one.problem for one in found), "Choose a strategy first.")
    ranks = ranked(priced, config.portfolio.terms.currency) if priced else {}
    return Comparison(config, found, ranks, problem)


def unrankable(config: StrategyConfig) -> str:
    """Why no hedge is preferred to another; empty where one may be."""
    if config.problem:
        return config.problem
    call = config.portfolio.call_price
    if call is None:
        return "No fall of gold brings this loan to its call level: it needs no hedge."
    if call >= config.spot_price:
        return "The loan is at its call level already: cure it first, then hedge what is left."
    return ""


def _candidate(strategy: Strategy) -> Candidate:
    try:
        position = strategy.position
        cost, protection = strategy.calculate_cost(), strategy.calculate_protection()
    except (Lacking, Unvalued) as refused:
        return Candidate(strategy, str(refused), None, None, None, dominated=False)
    return Candidate(strategy, "", position, cost, protection, dominated=False)


def measured(strategy: Strategy) -> Measure | None:
    """The numbers a strategy is ranked by; None where even its payoff leaves no LTV.

    Raises:
        Lacking: as its `build` does.
        Unvalued: nothing is pledged any more when the hedge ends.
    """
    config = strategy.config
    config.later(days_passed(config, protected_days(config, strategy.position)))
    ltv, annual = hedged_at_call(config, strategy.position), strategy.calculate_cost().annualised
    if ltv is None:
        return None
    share = annual / config.portfolio.value
    return Measure(strategy.name, strategy.title, ltv, annual, share)


def _marked(found: tuple[Candidate, ...]) -> tuple[Candidate, ...]:
    """With the dominated ones marked; those with a problem have no say."""
    points = {
        i: (one.cost.annualised, one.protection.worst_ltv)
        for i, one in enumerate(found)
        if one.cost is not None and one.protection is not None
    }
    beaten = dict(zip(points, dominated(tuple(points.values())), strict=True))
    return tuple(replace(one, dominated=beaten.get(i, False)) for i, one in enumerate(found))
