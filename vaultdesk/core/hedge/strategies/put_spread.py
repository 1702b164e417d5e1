"""Puts bought and lower ones sold: protection between two strikes."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from vaultdesk.core.hedge.anchored import Anchored, Wish, percent, percents


@dataclass(frozen=True, eq=False)
class PutSpread(Anchored):
    """Cheaper than the put alone, and of no more help below the strike sold."""

    put: Decimal = Decimal("0.95")
    sold: Decimal = Decimal("0.80")

    @property
    def name(self) -> str:
        """Both strikes in per cent of spot."""
        return f"put_spread_{percents(self.put, self.sold)}"

    @property
    def title(self) -> str:
        """Its name on screen."""
        return f"Put spread {percent(self.put)} % to {percent(self.sold)} %"

    def wishes(self) -> tuple[Wish, ...]:
        """A put bought, a lower one sold."""
        return Wish("P", self.put), Wish("P", self.sold, Decimal(-1))
