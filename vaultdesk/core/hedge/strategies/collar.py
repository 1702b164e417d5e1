"""Puts paid for by calls sold: a floor below, a cap above."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from vaultdesk.core.hedge.anchored import Anchored, Wish, percent, percents


@dataclass(frozen=True, eq=False)
class Collar(Anchored):
    """Gold is worth no less than the put's strike and earns no more than up to the call's."""

    put: Decimal = Decimal("0.95")
    call: Decimal = Decimal("1.10")

    @property
    def name(self) -> str:
        """Both strikes in per cent of spot."""
        return f"collar_{percents(self.put, self.call)}"

    @property
    def title(self) -> str:
        """Its name on screen."""
        return f"Collar {percent(self.put)} % to {percent(self.call)} %"

    def wishes(self) -> tuple[Wish, ...]:
        """A put bought, a call sold."""
        return Wish("P", self.put), Wish("C", self.call, Decimal(-1))
