"""What a decision rests on: every price and chain that went in, the model, the rules."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from vaultdesk.core.calendar import trading_date
from vaultdesk.core.hedge.vocabulary import SmileRule, Use
from vaultdesk.core.market import Quality
from vaultdesk.core.options.chain import value_chains
from vaultdesk.core.reports.document import (
    Column,
    Fit,
    Heading,
    Paragraph,
    Points,
    Section,
    Table,
    facts,
)
from vaultdesk.core.reports.figures import (
    age,
    moment,
    moments,
    money,
    number,
    percent,
    price,
    quantity,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from vaultdesk.core.hedge.board import Board
    from vaultdesk.core.hedge.config import StrategyConfig
    from vaultdesk.core.hedge.inputs import HedgeInputs
    from vaultdesk.core.hedge.vocabulary import HedgeRules
    from vaultdesk.core.market import Quote
    from vaultdesk.core.options.smile import Smile
    from vaultdesk.core.options.valued import ValuedChain

RECORDED = "(recorded)"
"""How the name of a source that is played back ends."""
USES = {
    Use.PLEDGED: "The payoff is pledged with the lender: LTV = loan / (pledge + payoff).",
    Use.REPAYS: "The payoff repays the loan: LTV = (loan - payoff) / pledge.",
    Use.BROKER: "The payoff stays with the broker: the bank's LTV is what it would be without it.",
}
SMILES = {
    SmileRule.STRIKE: "each contract keeps its own volatility",
    SmileRule.MONEYNESS: "the smile moves with the forward",
    SmileRule.DELTA: "the smile moves with the forward and widens as time runs out",
}
EXERCISED = {
    "american": "they may be exercised at any time",
    "european": "they may be exercised at expiry only",
}
VALUES = (
    "Before expiry their values are model values, by the volatility that their own mid implies, or "
    "the smile's where it implies none; on the last day they are worth what exercise pays, and "
    "nothing after it."
)
RATES = (
    "Rates are continuously compounded, per year of 365 days; a day N from now ends at 16:00 New "
    "York."
)
PRICES = (
    "Prices are natural: the ask to buy and the bid to sell. After the spread, a value is what "
    "selling would bring if spreads stay what they are."
)


def mark_of(inputs: HedgeInputs, config: StrategyConfig) -> str:
    """How far the numbers may be trusted, as it stands on every page; empty where they are live."""
    sources = [quote.source for quote in inputs.quotes] + [one.source for one in inputs.chains]
    return mark(sources, config.quality)


def mark(sources: Iterable[str], quality: Quality) -> str:
    """The same for any numbers, by where they came from and the worst of their qualities."""
    recorded = ["RECORDED"] if any(source.endswith(RECORDED) for source in sources) else []
    doubt = [] if quality is Quality.LIVE else [quality.value]
    return ", ".join((*recorded, *doubt))


def inputs_section(inputs: HedgeInputs, board: Board) -> Section:
    """Every price and every chain with where it is from, how old it is, what was refused."""
    notes = [f"{day}: {why}" for day, why in sorted(board.refused.items())]
    notes += [f"{one.expiry}: {said}" for one in inputs.chains for said in one.problems]
    parts = (
        Paragraph(f"Everything was valued at {moments(inputs.at)}; ages are counted back from it."),
        Heading("Prices"),
        quotes_table(inputs.quotes, inputs.at),
        Heading("Option chains"),
        _chains(inputs, board),
        *((Heading("What could not be read or believed"), Points(tuple(notes))) if notes else ()),
    )
    return Section("Inputs", parts)


def quotes_table(quotes: Iterable[Quote], at: datetime) -> Table:
    """Each price with where it is from and how old it was at a moment."""
    columns = (
        *(Column("Symbol", Fit.WORDS), Column("Bid"), Column("Ask"), Column("Last")),
        *(Column("Currency", Fit.WORDS), Column("As of (UTC)", Fit.WORDS), Column("Age")),
        *(Column("Quality", Fit.WORDS), Column("Source", Fit.PROSE)),
    )
    rows = tuple(
        (
            *(one.symbol, price(one.bid), price(one.ask), price(one.last), one.currency),
            *(moment(one.at), age(one.age(at)), one.quality.value),
            one.source if one.confirmed else f"{one.source}, jumped and not confirmed",
        )
        for one in quotes
    )
    return Table(columns, rows)


def _chains(inputs: HedgeInputs, board: Board) -> Table:
    columns = (
        *(Column("Expiry", Fit.WORDS), Column("As of (UTC)", Fit.WORDS), Column("Age")),
        *(Column("Quality", Fit.WORDS), Column("Source", Fit.PROSE)),
        *(Column("Contracts"), Column("Usable"), Column("Refused", Fit.PROSE)),
    )
    rows = []
    for chain in inputs.chains:
        listed = [one for one in board.listed if one.expiry == chain.expiry]
        usable = sum(one.usable for one in listed)
        lacks = Counter(
            one.flag.value if one.flag.value != "OK" else "no volatility"
            for one in listed
            if not one.usable
        )
        why = ", ".join(f"{count} {name}" for name, count in sorted(lacks.items()))
        rows.append(
            (
                *(chain.expiry.isoformat(), moment(chain.at), age(inputs.at - chain.at)),
                *(chain.quality.value, chain.source, str(len(chain.rows)), str(usable)),
                why or "none",
            )
        )
    return Table(columns, tuple(rows))


def model_section(inputs: HedgeInputs, config: StrategyConfig) -> Section:
    """How options are valued, by which rates, and what the borrower decided."""
    parts = (
        Points(tuple(_assumptions(inputs, config))),
        Heading("Rate, yield and smile of each expiry"),
        _rates(inputs, config),
        Heading("What the borrower decided"),
        _rules(config.rules, config.portfolio.quote.currency),
    )
    return Section("Model and assumptions", parts)


def _assumptions(inputs: HedgeInputs, config: StrategyConfig) -> list[str]:
    rule = config.rules.smile
    return [
        f"Options are {inputs.style.capitalize()}: {EXERCISED[inputs.style]}.",
        VALUES,
        f"When gold moves, {SMILES[rule]} ({rule}).",
        RATES,
        f"Where calls and puts imply no rate, {percent(inputs.default_rate)} from the settings.",
        PRICES,
        USES[config.rules.use],
    ]


def _rates(inputs: HedgeInputs, config: StrategyConfig) -> Table:
    columns = (
        *(Column("Expiry", Fit.WORDS), Column("Days"), Column("Rate"), Column("Yield")),
        *(Column("Source of the rate", Fit.PROSE), Column("Smile", Fit.PROSE)),
        Column("At the money"),
    )
    state = config.portfolio
    views = value_chains(
        inputs.chains, state.price, inputs.at, inputs.default_rate, inputs.sessions, inputs.style
    )
    return Table(columns, tuple(_rate(view, config) for view in views))


def _rate(view: ValuedChain, config: StrategyConfig) -> tuple[str, ...]:
    expiry = view.chain.expiry
    smile = config.board.smiles.get(expiry)
    middle = None if smile is None else float(smile.volatility(float(config.spot_price)))
    return (
        expiry.isoformat(),
        str((expiry - trading_date(config.at)).days),
        percent(view.rate),
        percent(view.dividend_yield),
        view.rate_source,
        _smile(smile),
        percent(middle),
    )


def _smile(smile: Smile | None) -> str:
    if smile is None:
        return "none"
    points = number(100 * smile.rms_error)
    return f"{smile.method} by {smile.quotes_used} quotes, {points} points off"


def _rules(rules: HedgeRules, currency: str) -> Table:
    fees = rules.fees
    return facts(
        ("Payoff", rules.use.value),
        (
            "Fees",
            (
                f"{money(fees.per_contract, currency)} a contract, at least "
                f"{money(fees.minimum, currency)} a leg"
            ),
        ),
        ("Premium", "drawn on the loan" if rules.drawn else "paid by money from elsewhere"),
        ("Life looked for", f"{rules.days} days"),
        ("Gold to be hedged", percent(rules.cover)),
        ("Deepest fall looked at", percent(rules.max_fall)),
        ("Widest spread", f"{percent(rules.max_spread)} of the mid"),
        ("Fewest contracts open", str(rules.min_open_interest)),
        ("Naked calls", "allowed" if rules.naked_calls else "not allowed"),
        ("Free shares", quantity(rules.free_units)),
    )
