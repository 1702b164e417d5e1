"""Puts on all of the gold at one strike."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from vaultdesk.core.hedge.choosing import by_moneyness, expiry_by_days
from vaultdesk.core.hedge.position import Position
from vaultdesk.core.hedge.sizing import covering
from vaultdesk.core.hedge.strategy import Strategy
from vaultdesk.core.money import plain


@dataclass(frozen=True, eq=False)
class ProtectivePut(Strategy):
    """Below the strike the gold is worth the strike; above it only the premium is lost."""

    moneyness: Decimal = Decimal(1)

    @property
    def name(self) -> str:
        """Of the seed's candidates: at the money, or so many per cent of spot."""
        percent = plain(100 * self.moneyness)
        return "protective_put_atm" if percent == 100 else f"protective_put_otm_{percent:f}"  # noqa: PLR2004

    @property
    def title(self) -> str:
        """Its name on screen."""
        return f"Protective put {plain(100 * self.moneyness):f} %"

    def build(self) -> Position:
        """One strike, as many contracts as whole hundreds of shares."""
        board = self.config.board
        expiry = expiry_by_days(board, self.config.rules.days)
        pick = by_moneyness(board, "P", expiry, self.moneyness)
        rules = self.config.rules
        contracts, exact = covering(self.config.units, pick.listed.multiplier, rules.cover)
        return Position((pick.leg(contracts, exact),))
