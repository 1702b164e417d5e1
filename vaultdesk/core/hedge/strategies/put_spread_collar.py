"""A put spread paid for by calls sold."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from vaultdesk.core.hedge.anchored import Wish, percents
from vaultdesk.core.hedge.strategies.put_spread import PutSpread


@dataclass(frozen=True, eq=False)
class PutSpreadCollar(PutSpread):
    """Protection between two strikes, a cap above a third."""

    call: Decimal = Decimal("1.10")

    @property
    def name(self) -> str:
        """The three strikes in per cent of spot."""
        return f"put_spread_collar_{percents(self.put, self.sold, self.call)}"

    @property
    def title(self) -> str:
        """Its name on screen."""
        return f"Put-spread collar {percents(self.put, self.sold, self.call).replace('_', ' / ')} %"

    def wishes(self) -> tuple[Wish, ...]:
        """The spread's legs and a call sold."""
        return *super().wishes(), Wish("C", self.call, Decimal(-1))
