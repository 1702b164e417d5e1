"""What the command line answers about hedges, and what the window saves: the same plain values."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from vaultdesk.app.answers.status import ask_market, desk_at_hand
from vaultdesk.app.plugins import strategies
from vaultdesk.core.loan.prices import Unvalued
from vaultdesk.core.money import plain, rounded
from vaultdesk.ports import InputError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from vaultdesk.app.files.hedge import HedgeRecord
    from vaultdesk.app.parts import Profile, Services
    from vaultdesk.core.hedge.compare import Candidate, Comparison
    from vaultdesk.core.hedge.config import StrategyConfig
    from vaultdesk.core.hedge.finder import FindRequest, Found
    from vaultdesk.core.hedge.inputs import HedgeInputs
    from vaultdesk.core.hedge.position import HedgeLeg, Position
    from vaultdesk.core.hedge.vocabulary import HedgeRules, Use

Answer = dict[str, Any]
CENTS, PRICES, RATIOS = 2, 4, 8
"""Decimal places of money, of prices per share, and of ratios."""
PER_SHARE = frozenset({"per_share", "pays_below", "threshold_price", "spot", "price"})
UNITS = frozenset({"protected_units", "unprotected_units"})
RATIO = frozenset(
    {
        *("of_portfolio", "break_even", "hedged_ltv", "unhedged_ltv", "economic_ltv"),
        *("utilisation", "change", "worst_ltv", "worst_move", "worst_unhedged", "weight", "score"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What was asked for on the command line besides; None leaves what the rules say."""

    use: Use | None = None
    days: int | None = None
    drawn: bool = False
    naked_calls: bool = False
    free_units: Decimal | None = None
    max_spread: Decimal | None = None
    min_open_interest: int | None = None
    save: Path | None = None

    def applied(self, rules: HedgeRules) -> HedgeRules:
        """The rules with these wishes."""
        names = {field.name for field in fields(self)} - {"save"}
        given = {name: getattr(self, name) for name in names}
        return replace(rules, **{name: v for name, v in given.items() if v is not None})


def compare(profile: Profile, wishes: Wishes) -> Answer:
    """All candidates side by side, as plain JSON values."""
    return asyncio.run(_compare(profile, wishes))


def find(profile: Profile, wishes: Wishes, request: FindRequest) -> Answer:
    """The cheapest hedge that holds, as plain JSON values."""
    return asyncio.run(_find(profile, wishes, request))


async def _compare(profile: Profile, wishes: Wishes) -> Answer:
    problems: list[str] = []
    async with desk_at_hand(profile, problems) as (desk, stores):
        _decide(desk, wishes)
        await ask_market(desk, stores)
        desk.chains.use(stores.market)
        await desk.hedge.refresh(use_cache=True)
        service = desk.hedge
        if service.config is None or service.inputs is None:
            return comparison_answer(None, _sentence(service.problem, problems))
        comparison = await service.compare()
        _save(wishes.save, record("compare", service.inputs, None, comparison))
        return comparison_answer(comparison, _sentence(comparison.problem, problems))


async def _find(profile: Profile, wishes: Wishes, request: FindRequest) -> Answer:
    problems: list[str] = []
    async with desk_at_hand(profile, problems) as (desk, stores):
        _decide(desk, wishes)
        await ask_market(desk, stores)
        desk.chains.use(stores.market)
        found, inputs, problem = await desk.hedge.find(request)
        if inputs is not None and found is not None:
            _save(wishes.save, record("find", inputs, request, found))
        return find_answer(found, _sentence(problem, problems))


def replay(path: Path) -> Answer:
    """What a saved record gives when it is computed again, and whether that is the same.

    Raises:
        InputError: the file cannot be read, or not computed again.
    """
    from vaultdesk.app.files import hedge as hedge_file  # noqa: PLC0415

    kept = hedge_file.read(path)
    answer = recomputed(kept).answer
    same = answer == kept.answer
    return {"kind": kept.kind, "program": kept.program, "same": same, "answer": answer}


@dataclass(frozen=True, slots=True, eq=False)
class Recomputed:
    """What a record's inputs give now; `found` where it was a search, else `comparison`."""

    config: StrategyConfig
    comparison: Comparison | None
    found: Found | None
    answer: Answer


def recomputed(kept: HedgeRecord, stop: Callable[[], bool] = lambda: False) -> Recomputed:
    """Answer a record's question once more.

    Raises:
        InputError: it cannot be answered.
    """
    from vaultdesk.core.hedge.candidates import candidates  # noqa: PLC0415
    from vaultdesk.core.hedge.compare import compare as compared  # noqa: PLC0415
    from vaultdesk.core.hedge.finder import find as search  # noqa: PLC0415
    from vaultdesk.core.hedge.inputs import configured  # noqa: PLC0415

    try:
        config = configured(kept.inputs)
        if kept.kind == "compare":
            comparison = compared(config, candidates(config, strategies()))
            answer = comparison_answer(comparison, comparison.problem)
            return Recomputed(config, comparison, None, answer)
        if kept.request is None:
            raise InputError("The record holds a search without what was asked: save it again.")
        found = search(config, kept.request, stop)
        return Recomputed(config, None, found, find_answer(found, found.problem))
    except Unvalued as error:
        raise InputError(f"The record cannot be computed again: {error}") from error


def comparison_answer(comparison: Comparison | None, problem: str) -> Answer:
    """A comparison as plain JSON values: money and prices as text, counts as numbers."""
    if comparison is None:
        return {"market": None, "strategies": [], "recommendations": {}, "problem": problem}
    ranks = {
        profile.value: [{**_values(rank), "place": rank.place} for rank in places]
        for profile, places in comparison.ranks.items()
    }
    return {
        "market": _market(comparison),
        "strategies": [_candidate(one) for one in comparison.candidates],
        "recommendations": ranks,
        "problem": problem,
    }


def find_answer(found: Found | None, problem: str) -> Answer:
    """A search's outcome as plain JSON values."""
    if found is None:
        return {"legs": [], "cost": None, "worst_ltv": None, "gap": None, "problem": problem}
    return {
        "legs": _legs(found.position),
        "cost": _text(found.cost, CENTS),
        "worst_ltv": round(found.worst_ltv, RATIOS),
        "worst_move": round(found.worst_move, RATIOS),
        "worst_day": found.worst_day,
        "gap": found.gap,
        "nearest_ltv": _text(found.nearest_ltv, RATIOS),
        "nearest_fall": _text(found.nearest_fall, RATIOS),
        "warnings": list(found.position.warnings),
        "proof": list(found.proof),
        "problem": problem,
    }


def told_comparison(answer: Answer) -> str:
    """The comparison for a human, a line each."""
    lines = [f"problem: {answer['problem']}"] if answer["problem"] else []
    for one in answer["strategies"]:
        if one["problem"]:
            lines.append(f"{one['name']}: {one['problem']}")
            continue
        cost, protection = one["cost"], one["protection"]
        lines.append(
            f"{one['name']}: {cost['total']} ({cost['annualised']} a year), "
            f"worst LTV {_percent(protection['worst_ltv'])}"
        )
    for profile, places in answer["recommendations"].items():
        if places:
            lines.append(f"{profile}: {places[0]['sentence']}")
    return "\n".join(lines)


def told_find(answer: Answer) -> str:
    """The search's outcome for a human, a line each."""
    lines = [f"problem: {answer['problem']}"] if answer["problem"] else []
    for leg in answer["legs"]:
        side = "call" if leg["right"] == "C" else "put"
        lines.append(
            f"{leg['contracts']:+d} {leg['symbol']}, the {leg['strike']} {side} of "
            f"{leg['expiry']} at {leg['price']}"
        )
    if answer["cost"] is not None:
        worst = _percent(answer["worst_ltv"])
        lines.append(f"cost {answer['cost']}, worst LTV {worst}, gap {answer['gap']:.2g}")
    return "\n".join([*lines, *answer.get("warnings", ()), *answer.get("proof", ())])


def told_replay(answer: Answer) -> str:
    """Whether a record came out the same, and what came out."""
    told = told_find if answer["kind"] == "find" else told_comparison
    verdict = "The same numbers." if answer["same"] else "Other numbers than were saved."
    return f"{verdict}\n{told(answer['answer'])}"


def _decide(desk: Services, wishes: Wishes) -> None:
    desk.hedge.extra = strategies
    desk.hedge.use_rules(wishes.applied(desk.hedge.rules))


def record(
    kind: Any,  # noqa: ANN401 (one of two words, from a panel)
    inputs: HedgeInputs,
    request: FindRequest | None,
    answer: Comparison | Found,
) -> HedgeRecord:
    """An answer of the window with all it was made from, as the command line would keep it."""
    from vaultdesk.app.files.hedge import HedgeRecord  # noqa: PLC0415

    told = comparison_answer if request is None else find_answer
    values = told(answer, answer.problem)  # type: ignore[arg-type] # a search has a request
    return HedgeRecord(kind=kind, inputs=inputs, answer=values, request=request)


def _save(path: Path | None, kept: HedgeRecord) -> None:
    from vaultdesk.app.files.hedge import write  # noqa: PLC0415

    if path is not None:
        write(path, kept)


def _sentence(problem: str, besides: list[str]) -> str:
    return " ".join(dict.fromkeys(one for one in (problem, *besides) if one))


def _market(comparison: Comparison) -> Answer:
    config = comparison.config
    return {
        "symbol": config.board.symbol,
        "spot": _text(config.spot_price, PRICES),
        "at": config.at.isoformat(),
        "source": config.board.source,
        "quality": config.quality.value,
        "currency": config.portfolio.terms.currency,
        "use": config.rules.use.value,
    }


def _candidate(one: Candidate) -> Answer:
    position = one.position
    return {
        "name": one.strategy.name,
        "title": one.strategy.title,
        "problem": one.problem,
        "legs": _legs(position) if position else [],
        "warnings": list(position.warnings) if position else [],
        "cost": _values(one.cost) if one.cost else None,
        "protection": _values(one.protection) if one.protection else None,
        "scenarios": [_values(row) for row in one.strategy.get_scenarios()] if position else [],
        "dominated": one.dominated,
    }


def _legs(position: Position) -> list[Answer]:
    return [_leg(leg) for leg in position.legs]


def _leg(leg: HedgeLeg) -> Answer:
    return {
        "symbol": leg.listed.quote.contract,
        "expiry": leg.listed.expiry.isoformat(),
        "strike": format(plain(leg.listed.strike), "f"),
        "right": leg.listed.right,
        "contracts": int(leg.contracts),
        "price": format(plain(leg.price()), "f"),
        "wanted": leg.wanted,
    }


def _values(record: Any) -> Answer:  # noqa: ANN401
    """The fields of a view but its legs, each as text of as many places as its kind has."""
    names = [field.name for field in fields(record) if field.name != "legs"]
    return {name: _value(name, getattr(record, name)) for name in names}


def _value(name: str, value: Any) -> Any:  # noqa: ANN401
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, Decimal | float):
        return _text(Decimal(repr(value)) if isinstance(value, float) else value, _places(name))
    return value.isoformat()


def _places(name: str) -> int:
    if name in RATIO:
        return RATIOS
    return PRICES if name in PER_SHARE | UNITS else CENTS


def _text(value: Decimal | None, places: int) -> str | None:
    if value is None or not value.is_finite():
        return None
    return format(plain(rounded(value, places)), "f") if places != CENTS else f"{value:.2f}"


def _percent(text: str | float | None) -> str:
    return "none" if text is None else f"{Decimal(str(text)) * 100:.2f} %"
