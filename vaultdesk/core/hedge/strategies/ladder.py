"""Puts at several strikes: full protection for a part, cheaper protection for the rest."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from vaultdesk.core.hedge.anchored import Anchored, Wish, percent
from vaultdesk.core.money import plain, rounded

HALVES = (Decimal("0.5"), Decimal("0.5"))
THIRDS = (Decimal(1), Decimal(1), Decimal(1))


@dataclass(frozen=True, eq=False)
class Ladder(Anchored):
    """The gold's contracts split between strikes by largest remainder, so that none is lost.

    Attributes:
        moneynesses: of the strikes, fractions of spot.
        weights: one for each, in any unit.
    """

    moneynesses: tuple[Decimal, ...] = (Decimal(1), Decimal("0.95"))
    weights: tuple[Decimal, ...] = HALVES

    def __post_init__(self) -> None:
        """Raise ValueError for weights that do not fit the strikes."""
        if len(self.weights) != len(self.moneynesses) or not self.weights:
            raise ValueError("Give one weight for each strike.")
        if min(self.weights) < 0 or not sum(self.weights):
            raise ValueError("Weights are not negative, and one of them is above 0.")

    @property
    def name(self) -> str:
        """As the seed's: the weights in per cent, then the strikes."""
        parts = [f"{rounded(_share(self, i), 0):f}" for i in range(len(self.weights))]
        steps = ["atm" if one == 1 else f"otm{percent(one)}" for one in self.moneynesses]
        return "_".join(("laddered_put", *parts, *steps))

    @property
    def title(self) -> str:
        """Its name on screen."""
        parts = "/".join(f"{rounded(_share(self, i), 0):f}" for i in range(len(self.weights)))
        return f"Put ladder {parts} at {', '.join(percent(one) for one in self.moneynesses)} %"

    def wishes(self) -> tuple[Wish, ...]:
        """A put at each strike that has a weight."""
        pairs = zip(self.moneynesses, self.weights, strict=True)
        return tuple(Wish("P", moneyness, weight) for moneyness, weight in pairs if weight)


def _share(ladder: Ladder, i: int) -> Decimal:
    return plain(100 * ladder.weights[i] / sum(ladder.weights))
