"""All that a hedge is decided from, as it came in: kept with the answer, it gives it again."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from vaultdesk.core.calendar import Sessions
from vaultdesk.core.hedge.board import board
from vaultdesk.core.hedge.config import StrategyConfig
from vaultdesk.core.hedge.vocabulary import HedgeRules
from vaultdesk.core.loan.terms import Facility
from vaultdesk.core.loan.valuation import value_loan
from vaultdesk.core.market import Chain, Quote
from vaultdesk.core.options.chain import value_chains


@dataclass(frozen=True, slots=True)
class HedgeInputs:
    """Terms, prices and rules.

    Attributes:
        terms: of the loan, as in force.
        quotes: by which it is valued, the watched symbol's among them.
        chains: of that symbol, each of the quality that its age has left; at least one.
        at: the moment everything is valued at, aware.
        rules: what the borrower decided.
        default_rate: interest where a chain implies none, continuous, per year.
        style: how the options may be exercised, one of `EXERCISE_STYLES`.
        cure_to: the LTV a cure aims at; None for the usual one.
        sessions: of the exchange, which say when an expiry ends; None for 16:00 always.
    """

    terms: Facility
    quotes: tuple[Quote, ...]
    chains: tuple[Chain, ...]
    at: datetime
    rules: HedgeRules
    default_rate: float
    style: str = "american"
    cure_to: Decimal | None = None
    sessions: Sessions | None = None


def configured(inputs: HedgeInputs) -> StrategyConfig:
    """Value the loan and solve the chains' volatilities; some tenths of a second.

    Raises:
        Unvalued: the loan cannot be valued by these quotes.
    """
    quotes = {quote.symbol: quote for quote in inputs.quotes}
    state = value_loan(inputs.terms, quotes, inputs.at, cure_to=inputs.cure_to)
    views = value_chains(
        inputs.chains,
        state.price,
        inputs.at,
        inputs.default_rate,
        inputs.sessions,
        inputs.style,
        smiles=True,
    )
    listed = board(views, state.price, inputs.at, state.quote.quality)
    return StrategyConfig(state, listed, inputs.rules)
