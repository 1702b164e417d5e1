"""What a hedge is decided by: what becomes of its payoff, what trading costs, what is allowed."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Use(StrEnum):
    """What becomes of the options' payoff; it decides what they do for the bank's LTV.

    PLEDGED: it is pledged with the lender beside the gold, LTV = loan / (value + payoff).
    REPAYS: it repays the loan, LTV = (loan - payoff) / value.
    BROKER: it stays with the broker, and the bank's LTV is what it would be without a hedge.
    """

    PLEDGED = "pledged"
    REPAYS = "repays"
    BROKER = "broker"


class SmileRule(StrEnum):
    """How volatilities move when the price does.

    STRIKE: each contract keeps its own. MONEYNESS: the smile moves with the forward, a contract
    has the volatility of ln(strike / forward). DELTA: likewise, and the smile widens with the
    square root of the time left, so that an option of the same delta keeps its volatility.
    """

    STRIKE = "sticky strike"
    MONEYNESS = "sticky moneyness"
    DELTA = "sticky delta"


@dataclass(frozen=True, slots=True)
class FeeSchedule:
    """Commission for each leg of an order, in the options' currency."""

    per_contract: Decimal = Decimal("0.65")
    minimum: Decimal = Decimal("1.00")

    def commission(self, contracts: Decimal) -> Decimal:
        """For so many contracts, bought or sold; nothing for none."""
        return max(abs(contracts) * self.per_contract, self.minimum) if contracts else Decimal(0)


@dataclass(frozen=True, slots=True)
class HedgeRules:
    """What the borrower has decided about any hedge; the same for all strategies compared.

    Attributes:
        use: what becomes of the payoff.
        fees: what trading costs.
        days: the life a hedge is looked for, calendar days; the nearest listed expiry is taken.
        cover: fraction of the gold that is to be hedged.
        max_fall: the deepest fall of gold that is looked at, a fraction.
        smile: how volatilities move in scenarios.
        drawn: the premium is drawn on the loan, instead of paid by money from elsewhere.
        naked_calls: calls may be sold although the gold that would cover them is pledged.
        free_units: shares of the underlying that are not pledged and lie where options are traded;
            they cover calls that are sold, and are what puts that end in the money deliver.
        max_spread: widest spread a contract may have, a fraction of its mid.
        min_open_interest: fewest contracts open.
    """

    use: Use = Use.PLEDGED
    fees: FeeSchedule = FeeSchedule()
    days: int = 90
    cover: Decimal = Decimal(1)
    max_fall: Decimal = Decimal("0.40")
    smile: SmileRule = SmileRule.STRIKE
    drawn: bool = False
    naked_calls: bool = False
    free_units: Decimal = Decimal(0)
    max_spread: Decimal = Decimal("0.25")
    min_open_interest: int = 0
