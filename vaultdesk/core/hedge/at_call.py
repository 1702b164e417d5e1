"""The loan at the price of its margin call, where options pay what they do at expiry."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from vaultdesk.core.hedge.ltv import hedged_ltv
from vaultdesk.core.hedge.protection import value_at

if TYPE_CHECKING:
    from vaultdesk.core.hedge.config import StrategyConfig
    from vaultdesk.core.hedge.position import Position

NOTHING = Decimal(0)


class AtCall:
    """The bank's LTV there, with these options and with others.

    Attributes:
        price: of the watched symbol at the margin call; None where no price brings one.
        now: the hedged LTV with these options; None where there is no such price.
    """

    def __init__(self, config: StrategyConfig, options: Position) -> None:
        self.config, self.price = config, config.portfolio.call_price
        self._paid = NOTHING if self.price is None else options.intrinsic(self.price)
        self._worth = NOTHING if self.price is None else value_at(config, self.price)
        self.now = self.ltv()

    def paid(self, strike: Decimal) -> Decimal:
        """By a put, per share."""
        return NOTHING if self.price is None else max(strike - self.price, NOTHING)

    def ltv(self, more: Decimal = NOTHING, cost: Decimal = NOTHING) -> Decimal | None:
        """Hedged, when options pay so much more than these; None where nothing is left.

        `cost` counts where the rules draw it on the loan. Both are in the options' currency.
        """
        config = self.config
        if self.price is None:
            return None
        owed = config.portfolio.loan + (cost * config.fx if config.rules.drawn else 0)
        paid = (self._paid + more) * config.fx
        return hedged_ltv(config.rules.use, owed, self._worth, paid)
