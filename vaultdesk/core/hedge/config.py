"""What all strategies share: the loan, the market, the borrower's rules; one frozen value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from vaultdesk.core.calendar import trading_date
from vaultdesk.core.loan.valuation import later
from vaultdesk.core.market import Quality, worst

if TYPE_CHECKING:
    from datetime import date, datetime
    from decimal import Decimal

    from vaultdesk.core.hedge.board import Board
    from vaultdesk.core.hedge.vocabulary import HedgeRules
    from vaultdesk.core.loan.state import LoanState


@dataclass(frozen=True, slots=True, eq=False)
class StrategyConfig:
    """The one input of every strategy: two of the same one can be compared.

    Attributes:
        portfolio: the loan at the quotes of the moment.
        board: the listed contracts, on the symbol whose fall the loan fears.
        rules: what the borrower decided.
    """

    portfolio: LoanState
    board: Board
    rules: HedgeRules

    @property
    def at(self) -> datetime:
        """The moment everything is valued at."""
        return self.board.at

    @property
    def spot_price(self) -> Decimal:
        """Of the watched symbol, in the options' currency."""
        return self.board.spot

    @property
    def fx(self) -> Decimal:
        """The options' currency in the facility's."""
        return self.portfolio.into(self.portfolio.quote.currency)

    @property
    def units(self) -> Decimal:
        """All that falls with gold, counted in shares of the watched symbol: maybe a fraction."""
        return self.portfolio.falling / (self.portfolio.price * self.fx)

    @property
    def quality(self) -> Quality:
        """The worst of what went in."""
        return worst(self.portfolio.quality, self.board.quality)

    @property
    def problem(self) -> str:
        """Why nothing may be recommended from this; empty where something may."""
        if self.board.problem:
            return self.board.problem
        if self.portfolio.quality is Quality.STALE:
            return "A price the loan is valued by is stale: wait for a fresh one."
        if not self.portfolio.confirmed:
            return "A price has jumped and is not confirmed yet: wait for the next trade."
        return ""

    @property
    def expiry(self) -> date | None:
        """The listed expiry nearest to the days wished for, the later of two; None without any."""
        return nearest(self.board.expiries, self.board.at, self.rules.days)

    @property
    def volatility(self) -> float | None:
        """At the money of that expiry, a fraction per year."""
        smile = self.board.smiles.get(self.expiry) if self.expiry else None
        return None if smile is None else float(smile.volatility(float(self.spot_price)))

    @property
    def risk_free_rate(self) -> float | None:
        """To that expiry, continuously compounded, per year."""
        smile = self.board.smiles.get(self.expiry) if self.expiry else None
        return None if smile is None else smile.forward.rate

    def later(self, days: float) -> LoanState:
        """The loan so many calendar days on at today's prices: interest runs, lots come and go.

        Raises:
            Unvalued: nothing is pledged then.
        """
        return later(self.portfolio, days)


def nearest(expiries: tuple[date, ...], at: datetime, days: int) -> date | None:
    """The expiry whose life is nearest to so many calendar days, the later of two as near.

    Days are counted from the New York date.
    """
    today = trading_date(at)
    return min(expiries, key=lambda e: (abs((e - today).days - days), -e.toordinal()), default=None)
