"""What was not chosen, and why: every hedge that was looked at, or could have been."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vaultdesk.core.calendar import trading_date
from vaultdesk.core.hedge.compare import Profile
from vaultdesk.core.hedge.scene import Scene, days_passed, outlook
from vaultdesk.core.reports.document import Column, Fit, Paragraph, Section, Table
from vaultdesk.core.reports.figures import MISSING, money, number, percent

if TYPE_CHECKING:
    from vaultdesk.core.hedge.compare import Candidate, Comparison
    from vaultdesk.core.hedge.config import StrategyConfig
    from vaultdesk.core.hedge.finder import Found
    from vaultdesk.core.hedge.finder.request import FindRequest
    from vaultdesk.core.hedge.position import Position

NAMES = {
    Profile.CONSERVATIVE: "conservative",
    Profile.COST_SENSITIVE: "cost-sensitive",
    Profile.BALANCED: "balanced",
}
PRICES, DATES = 61, 9
CLOSE = 1e-9
"""Of LTVs: what the last digits of a float make of the one asked for."""


def compared_section(comparison: Comparison) -> Section:
    """Every candidate of a comparison with its places, or why it was not built."""
    said = (
        "Every hedge that was compared. One is dominated where another costs no more a year and "
        "leaves no higher worst LTV, and is better in one of them."
    )
    rows = tuple(_row(one, _places(comparison, one)) for one in comparison.candidates)
    return Section(
        "All hedges compared, and why others were rejected",
        (Paragraph(said), _table(comparison.config, rows)),
    )


def searched_section(comparison: Comparison, found: Found) -> Section:
    """The usual hedges beside the one that was found: which of them hold, and what they cost."""
    config, request = comparison.config, found.request
    rows = tuple(_row(one, _verdict(config, one, found)) for one in comparison.candidates)
    return Section(
        "Rejected alternatives",
        (
            Paragraph(f"{_weighed(found)} These are the usual hedges, by the same request."),
            _table(config, rows),
            Paragraph(
                f"The worst LTV is over falls to {percent(config.rules.max_fall)} until the hedge "
                f"ends; the verdict over falls to {percent(request.max_fall)} until "
                f"{request.horizon}, at {PRICES} prices or more."
            ),
        ),
    )


def _weighed(found: Found) -> str:
    columns = found.work.columns
    if not columns:
        return "No listed options were weighed against each other."
    said = f"The search weighed whole contracts of {columns} listed options against each other"
    if found.problem or found.gap:
        return f"{said}."
    return f"{said}; no other combination of them that holds costs less."


def worst_within(config: StrategyConfig, position: Position, request: FindRequest) -> float:
    """The highest hedged LTV over the falls and days of a request; infinite where unbounded.

    On days on which a leg ends, and the days after those, and some between.

    Raises:
        Unvalued: nothing is pledged on one of the days.
    """
    today = trading_date(config.at)
    last = (request.horizon - today).days
    ends = [(leg.listed.expiry - today).days for leg in position.legs]
    even = [round(day) for day in np.linspace(0, last, DATES)]
    days = sorted({day for day in (*even, *ends, *(e + 1 for e in ends)) if 0 <= day <= last})
    spot = float(config.spot_price)
    spots = np.linspace(1.0 - float(request.max_fall), 1.0, PRICES) * spot
    inside = [k for leg in position.legs if spots[0] < (k := float(leg.listed.strike)) < spot]
    passed = [days_passed(config, day) for day in days]
    scene = Scene(smile=config.rules.smile)
    seen = outlook(config, position, np.unique([*spots, *inside]), passed, scene)
    return float(seen.hedged.max())


def _table(config: StrategyConfig, rows: tuple[tuple[str, ...], ...]) -> Table:
    home = config.portfolio.terms.currency
    columns = (
        *(Column("Hedge", Fit.PROSE), Column(f"Cost, {home}"), Column("A year")),
        *(Column("LTV at the call price"), Column("Worst LTV"), Column("Until", Fit.WORDS)),
        Column("Verdict", Fit.PROSE),
    )
    return Table(columns, rows)


def _row(one: Candidate, verdict: str) -> tuple[str, ...]:
    if one.cost is None or one.protection is None:
        return (one.strategy.title, *[MISSING] * 5, f"not built: {one.problem}")
    until = one.protection.guaranteed_until
    return (
        one.strategy.title,
        number(one.cost.total),
        number(one.cost.annualised),
        percent(one.protection.hedged_ltv),
        percent(one.protection.worst_ltv),
        until.isoformat() if until else MISSING,
        verdict,
    )


def _places(comparison: Comparison, one: Candidate) -> str:
    """Its place in each profile's order, and whether another beats it."""
    places = [
        f"{NAMES[profile]} {rank.place}"
        for profile, ranks in comparison.ranks.items()
        for rank in ranks
        if rank.name == one.strategy.name
    ]
    said = f"place: {', '.join(places)}" if places else "not ranked"
    return f"dominated; {said}" if one.dominated else said


def _verdict(config: StrategyConfig, one: Candidate, found: Found) -> str:
    """Why the search did not come out with it."""
    limit = "breaks a limit of the search"
    if one.position is None or one.cost is None:
        return ""
    if found.checked == (0, 0):
        return "not looked at"
    reached = worst_within(config, one.position, found.request)
    if reached > float(found.request.max_ltv) + CLOSE:
        return f"does not hold: LTV up to {percent(reached)}"
    if found.problem:
        return f"holds, but {limit}"
    more = one.cost.total - found.cost * config.fx
    if not more:
        return "holds, at the same cost"
    difference = money(abs(more), config.portfolio.terms.currency)
    return (
        f"holds, costs {difference} more" if more > 0 else f"costs {difference} less, but {limit}"
    )
