"""Puts on all of the gold at one strike."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from vaultdesk.core.hedge.anchored import Anchored, Wish, percent


@dataclass(frozen=True, eq=False)
class ProtectivePut(Anchored):
    """Below the strike the gold is worth the strike; above it only the premium is lost."""

    moneyness: Decimal = Decimal(1)

    @property
    def name(self) -> str:
        """Of the seed's candidates: at the money, or so many per cent of spot."""
        at_the_money = self.moneyness == 1
        return f"protective_put_{'atm' if at_the_money else f'otm_{percent(self.moneyness)}'}"

    @property
    def title(self) -> str:
        """Its name on screen."""
        return f"Protective put {percent(self.moneyness)} %"

    def wishes(self) -> tuple[Wish, ...]:
        """One put."""
        return (Wish("P", self.moneyness),)
