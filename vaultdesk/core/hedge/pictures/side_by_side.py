"""A comparison as a table's lines: rounded or not, at natural price or mid, with own legs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from vaultdesk.core.hedge.board import Lacking
from vaultdesk.core.hedge.costs import YEAR, cost_of
from vaultdesk.core.hedge.frontier import dominated
from vaultdesk.core.hedge.position import At, Position
from vaultdesk.core.hedge.protection import protection_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal

    from vaultdesk.core.hedge.compare import Candidate, Comparison
    from vaultdesk.core.hedge.views import Cost, Protection

OWN = "own_legs"
"""The name of the hedge on the desk where it is none of the candidates."""


@dataclass(frozen=True, slots=True)
class Line:
    """One hedge.

    Attributes:
        name: of its strategy, or `OWN`.
        title: likewise, as on screen.
        problem: why it cannot be built; empty where it can.
        position: its whole contracts, which can be traded; None with a problem.
        seen: the position its views are of: the same, or before rounding.
        cost: of that; None with a problem.
        protection: likewise.
        dominated: another one costs no more and protects no worse, by whole contracts.
        on_desk: whether it is the hedge the desk looks at.
    """

    name: str
    title: str
    problem: str
    position: Position | None = None
    seen: Position | None = None
    cost: Cost | None = None
    protection: Protection | None = None
    dominated: bool = False
    on_desk: bool = False


@dataclass(frozen=True, slots=True)
class Priced:
    """What a hedge costs at one kind of price, commission included; negative is received.

    Attributes:
        total: in the facility's currency.
        annualised: the same a year.
        of_portfolio: total by the market value of the pledge, a fraction.
    """

    total: Decimal
    annualised: Decimal
    of_portfolio: Decimal


def priced(cost: Cost, value: Decimal, at: At) -> Priced:
    """A cost at natural price or at mid; `value` is the pledge's, in the facility's currency."""
    total = cost.total - cost.spread_cost if at is At.MID else cost.total
    return Priced(total, total / max(cost.days, 1) * YEAR, total / value)


def same_legs(one: Position | None, other: Position | None) -> bool:
    """Whether two positions hold as many of the same contracts."""
    return one is not None and other is not None and _held(one) == _held(other)


def side_by_side(
    comparison: Comparison,
    own: Position | None = None,
    title: str = "",
    *,
    whole: bool = True,
    stop: Callable[[], bool] = lambda: False,
) -> tuple[Line, ...]:
    """The candidates in their order, and the hedge on the desk below if it is none of them.

    Args:
        comparison: what was compared; its views are taken where contracts are whole.
        own: the hedge on the desk; it is priced by the comparison's quotes.
        title: what that is called.
        whole: views by whole contracts, else by the fractions they were rounded from.
        stop: asked between two hedges; True ends it early with those there are.
    """
    lines: list[Line] = []
    for one in comparison.candidates:
        if stop():
            return tuple(lines)
        lines.append(_line(one, own, whole=whole))
    if own is not None and not any(line.on_desk for line in lines):
        lines.append(_own(comparison, own, title, whole=whole))
    return tuple(lines)


def _held(position: Position) -> dict[str, Decimal]:
    return {leg.listed.quote.contract: leg.contracts for leg in position.legs}


def _line(one: Candidate, own: Position | None, *, whole: bool) -> Line:
    strategy = one.strategy
    if one.position is None:
        return Line(strategy.name, strategy.title, one.problem)
    return Line(
        name=strategy.name,
        title=strategy.title,
        problem="",
        position=one.position,
        seen=one.position if whole else one.position.unrounded(),
        cost=one.cost if whole else strategy.calculate_cost(whole=False),
        protection=one.protection if whole else strategy.calculate_protection(whole=False),
        dominated=one.dominated,
        on_desk=same_legs(one.position, own),
    )


def _own(comparison: Comparison, own: Position, title: str, *, whole: bool) -> Line:
    config = comparison.config
    try:
        position = own.renewed(config.board)
    except Lacking as lacking:
        return Line(OWN, title, str(lacking), on_desk=True)
    cost, protection = cost_of(config, position), protection_of(config, position)
    beaten = dominated(
        [
            *((c.cost.annualised, c.protection.worst_ltv) for c in comparison.candidates
              if c.cost is not None and c.protection is not None),
            (cost.annualised, protection.worst_ltv),
        ]
    )[-1]  # fmt: skip
    seen = position
    if not whole:
        seen = position.unrounded()
        cost, protection = cost_of(config, seen), protection_of(config, seen)
    return Line(OWN, title, "", position, seen, cost, protection, dominated=beaten, on_desk=True)
