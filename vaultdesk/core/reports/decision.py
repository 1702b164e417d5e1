"""The document of a decision: what was decided, on what grounds, what it rests on, what else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from vaultdesk.core.calendar import trading_date
from vaultdesk.core.hedge.compare import Profile
from vaultdesk.core.reports.alternatives import NAMES, compared_section, searched_section
from vaultdesk.core.reports.basis import inputs_section, mark_of, model_section
from vaultdesk.core.reports.document import (
    Heading,
    Paragraph,
    Points,
    Report,
    Section,
    facts,
)
from vaultdesk.core.reports.figures import moments, money, number, percent
from vaultdesk.core.reports.hedge import Sheet, cost_in_words, deals, hedge_section
from vaultdesk.core.reports.loan import loan_section
from vaultdesk.core.reports.orders import orders_section

if TYPE_CHECKING:
    from vaultdesk.core.hedge.compare import Candidate, Comparison
    from vaultdesk.core.hedge.config import StrategyConfig
    from vaultdesk.core.hedge.finder import Found
    from vaultdesk.core.hedge.inputs import HedgeInputs
    from vaultdesk.core.reports.document import Part
    from vaultdesk.core.reports.orders import Decided
    from vaultdesk.core.reports.records import Trail

RULES = {
    Profile.CONSERVATIVE: "the lower hedged LTV at the call price, then the lower annual cost",
    Profile.COST_SENSITIVE: "the lower annual cost, then the lower hedged LTV",
    Profile.BALANCED: "the lower sum of hedged LTV and annual cost by the value pledged",
}


@dataclass(frozen=True, slots=True)
class Made:
    """Where a document comes from.

    Attributes:
        inputs: all that the answer was made from.
        program: the version of VaultDesk that gave it.
        sha256: of the record of all of it, in hexadecimal digits.
        hedges: what was decided on, by contracts.
        trails: orders that may be of them.
    """

    inputs: HedgeInputs
    program: str
    sha256: str
    hedges: tuple[Decided, ...] = ()
    trails: tuple[Trail, ...] = ()


def comparison_report(made: Made, comparison: Comparison) -> Report:
    """Hedges side by side: the one each profile prefers, and why.

    Raises:
        Unvalued: nothing is pledged any more when a preferred hedge ends.
    """
    config = comparison.config
    winners = {one.strategy.name: one for p in Profile if (one := comparison.winner(p))}
    sheets = [_sheet(one) for one in winners.values()]
    sections = (
        Section("Decision", tuple(_preferred(comparison))),
        Section("Rationale", tuple(_ranking(comparison))),
        *_basis(made, config),
        *(hedge_section(config, sheet) for sheet in sheets),
        compared_section(comparison),
        orders_section(made.hedges, config.board.symbol, made.trails),
    )
    first = [
        (NAMES[profile].capitalize(), one.strategy.title if one else "nothing is recommended")
        for profile in Profile
        for one in [comparison.winner(profile)]
    ]
    return _report("Hedging decision: comparison", made, config, first, sections)


def found_report(made: Made, found: Found, usual: Comparison) -> Report:
    """The cheapest hedge that holds and its proof, or why there is none.

    Args:
        made: where it comes from.
        found: the answer.
        usual: the usual hedges by the same inputs, as rejected alternatives.

    Raises:
        Unvalued: nothing is pledged any more on the horizon.
    """
    config, request = usual.config, found.request
    day = (request.horizon - trading_date(config.at)).days
    sheet = Sheet("cheapest that holds", found.position, day)
    sections = (
        Section("Decision", tuple(_answer(config, found))),
        Section("Rationale", tuple(_proof(config, found))),
        *_basis(made, config),
        *(() if found.problem else (hedge_section(config, sheet),)),
        searched_section(usual, found),
        orders_section(made.hedges, config.board.symbol, made.trails),
    )
    told = deals(found.position) if found.position.legs else "none is needed"
    first = [("Cheapest hedge that holds", found.problem or told)]
    return _report("Hedging decision: cheapest hedge", made, config, first, sections)


def _basis(made: Made, config: StrategyConfig) -> tuple[Section, ...]:
    return (
        loan_section(config.portfolio),
        inputs_section(made.inputs, config.board),
        model_section(made.inputs, config),
    )


def _report(
    title: str,
    made: Made,
    config: StrategyConfig,
    first: list[tuple[str, str]],
    sections: tuple[Section, ...],
) -> Report:
    state, mark = config.portfolio, mark_of(made.inputs, config)
    home = state.terms.currency
    summary = (
        ("As of", moments(config.at)),
        ("Quality of the data", mark or config.quality.value),
        *first,
        ("Loan", f"{money(state.loan, home)} against {money(state.value, home)} pledged"),
        ("LTV", f"{percent(state.ltv)} ({state.zone})"),
        (
            "Underlying",
            (
                f"{config.board.symbol} at {number(config.spot_price)} "
                f"{state.quote.currency}, from {config.board.source}"
            ),
        ),
        ("Computed by", f"VaultDesk {made.program}"),
    )
    return Report(
        title=title,
        subtitle="The loan, the market and every number below come from one record and can be "
        "computed again from it.",
        mark=mark,
        summary=summary,
        sections=sections,
        footer=f"record SHA-256 {made.sha256}",
    )


def _preferred(comparison: Comparison) -> list[Part]:
    if comparison.problem:
        return [Paragraph(f"Nothing is recommended. {comparison.problem}", strong=True)]
    home = comparison.config.portfolio.terms.currency
    said: list[Part] = []
    for profile in Profile:
        one = comparison.winner(profile)
        if one is None or one.position is None or one.cost is None:
            continue
        cost = cost_in_words(one.cost.total, home)
        said += [
            Heading(f"{NAMES[profile].capitalize()}: {one.strategy.title}"),
            Paragraph(f"{deals(one.position)}, {cost} with commission.", strong=True),
        ]
    return said


def _ranking(comparison: Comparison) -> list[Part]:
    if comparison.problem:
        return [Paragraph(comparison.problem)]
    said: list[Part] = []
    for profile, places in comparison.ranks.items():
        said += [
            Heading(f"{NAMES[profile].capitalize()}: {RULES[profile]}"),
            Points(tuple(rank.sentence for rank in places)),
        ]
    return said


def _answer(config: StrategyConfig, found: Found) -> list[Part]:
    request, currency = found.request, config.portfolio.quote.currency
    budget = money(request.budget, currency) if request.budget is not None else "any"
    asked = facts(
        ("LTV never above", percent(request.max_ltv)),
        ("For every fall of gold to", percent(request.max_fall)),
        ("On every day until", request.horizon.isoformat()),
        ("Budget", budget),
        ("Calls may be sold", "yes" if request.collars else "no"),
    )
    if found.problem:
        said = found.problem
    elif found.position.legs:
        said = f"{deals(found.position)}, {cost_in_words(found.cost, currency)} with commission."
    else:
        said = "No hedge is needed: the loan holds by itself."
    return [Paragraph(said, strong=True), Heading("What was asked"), asked]


def _proof(config: StrategyConfig, found: Found) -> list[Part]:
    work, currency = found.work, config.portfolio.quote.currency
    prices, days = found.checked
    numbers = facts(
        (
            "Worst LTV",
            (
                f"{percent(found.worst_ltv, 3)} at {percent(found.worst_move, signed=True)} "
                f"in {found.worst_day} days"
            ),
        ),
        ("Cost", money(found.cost, currency)),
        ("Gap to the proven bound", percent(found.gap, 4)),
        ("Checked", f"{prices} prices on {days} days"),
        ("Optimiser", f"{work.columns} contracts, {work.rows} points, {work.solves} runs"),
    )
    return [Points(found.proof or (found.problem,)), Heading("The search in numbers"), numbers]


def _sheet(one: Candidate) -> Sheet:
    assert one.position is not None  # noqa: S101 - a winner was built
    return Sheet(one.strategy.title, one.position)
