"""A hedge as a habit: what is bought by moneyness and days, and when it is rolled."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from vaultdesk.core.hedge.vocabulary import Use
from vaultdesk.core.money import plain, rounded

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from vaultdesk.core.hedge.position import HedgeLeg, Position

LONGEST = 1100
"""Days to expiry: exchanges list no options that live longer."""
FURTHEST = Decimal(3)
"""Of spot: no strike is listed beyond."""


class PolicyError(ValueError):
    """A policy breaks a rule, or a hedge is no policy; `field` names which part, if one does."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


@dataclass(frozen=True, slots=True)
class Rung:
    """Puts bought at a fraction of spot, and their share of all puts bought."""

    moneyness: Decimal
    weight: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class RollPolicy:
    """What is bought anew again and again.

    Attributes:
        puts: bought, with weights as in a ladder; at least one.
        lower: strike of as many puts sold, a fraction of spot; None sells none.
        call: strike of as many calls sold, a fraction of spot; None sells none.
        days: calendar days to expiry when a hedge is opened; the nearest monthly one is taken.
        roll_at: days before expiry at which it is sold and the next one bought; 0 is at expiry.
        cover: fraction of the gold that is hedged.
        use: what becomes of money that a roll brings.
        drawn: what a roll costs is drawn on the loan, instead of paid by money from elsewhere.

    Raises:
        PolicyError: a value breaks a rule.
    """

    puts: tuple[Rung, ...] = (Rung(Decimal(1)),)
    lower: Decimal | None = None
    call: Decimal | None = None
    days: int = 90
    roll_at: int = 0
    cover: Decimal = Decimal(1)
    use: Use = Use.PLEDGED
    drawn: bool = False

    def __post_init__(self) -> None:
        for field, sentence in _problems(self):
            raise PolicyError(field, sentence)

    @property
    def title(self) -> str:
        """In words: "Put 95 %, call 110 %, 90 days, rolled at expiry"."""
        parts = [f"{'Put' if len(self.puts) == 1 else 'Puts'} {_levels(self.puts)}"]
        if self.lower is not None:
            parts.append(f"less put {_percent(self.lower)}")
        if self.call is not None:
            parts.append(f"less call {_percent(self.call)}")
        rolled = f"rolled {self.roll_at} days before" if self.roll_at else "rolled at expiry"
        return ", ".join((*parts, f"{self.days} days", rolled))

    @property
    def caution(self) -> str:
        """What to keep in mind of it; empty where there is nothing."""
        if self.call is None:
            return ""
        return (
            "The calls are sold without shares at the broker, whose margin is not counted here: a "
            "rise has to be paid in cash while the gold stays pledged."
        )


def of_position(
    position: Position, spot: Decimal, units: Decimal, today: date, base: RollPolicy
) -> RollPolicy:
    """The habit of buying a hedge again as it is now: same moneyness, days and cover.

    Args:
        position: with puts bought, of one expiry; it may sell puts at one lower strike and calls
            at one strike, as many as are bought.
        spot: price now, to which the strikes are put in proportion.
        units: of the underlying that are to be covered, above 0.
        today: the New York date.
        base: gives when it is rolled, and what becomes of payoff and premium.

    Raises:
        PolicyError: the hedge is of another shape, or a value breaks a rule.
    """
    puts = position.long_puts
    if not puts:
        raise PolicyError("", "The hedge on the desk buys no puts: choose one that does.")
    if len({leg.listed.expiry for leg in position.legs}) > 1:
        raise PolicyError("", "Only a hedge of one expiry can be rolled: choose one of those.")
    if any(leg.listed.kind > 0 and leg.contracts > 0 for leg in position.legs):
        raise PolicyError("", "A hedge that buys calls cannot be rolled: choose another.")
    bought = sum((leg.contracts for leg in puts), Decimal(0))
    days = (puts[0].listed.expiry - today).days
    return RollPolicy(
        puts=tuple(Rung(leg.listed.strike / spot, leg.contracts) for leg in puts),
        lower=_sold(position, -1, bought, spot),
        call=_sold(position, 1, bought, spot),
        days=days,
        roll_at=min(base.roll_at, max(days - 1, 0)),
        cover=min(sum((leg.shares for leg in puts), Decimal(0)) / units, Decimal(1)),
        use=base.use,
        drawn=base.drawn,
    )


def _sold(position: Position, kind: int, bought: Decimal, spot: Decimal) -> Decimal | None:
    """The strike of what is sold on a side, a fraction of spot; None where nothing is."""
    legs: Sequence[HedgeLeg] = [leg for leg in position.legs if _is_sold(leg, kind)]
    if not legs:
        return None
    if (
        len({leg.listed.strike for leg in legs}) > 1
        or -sum(leg.contracts for leg in legs) != bought
    ):
        side = "calls" if kind > 0 else "puts"
        raise PolicyError("", f"Only as many {side} as puts are bought, at one strike, are rolled.")
    return legs[0].listed.strike / spot


def _is_sold(leg: HedgeLeg, kind: int) -> bool:
    return leg.listed.kind == kind and leg.contracts < 0


def _problems(policy: RollPolicy) -> Iterator[tuple[str, str]]:
    lowest = min((rung.moneyness for rung in policy.puts), default=Decimal(0))
    highest = max((rung.moneyness for rung in policy.puts), default=Decimal(0))
    if not 0 < lowest <= highest <= FURTHEST:
        yield "puts", "A put's strike must lie between 1 % and 300 % of spot."
    if min((rung.weight for rung in policy.puts), default=Decimal(0)) <= 0:
        yield "puts", "Each rung of a ladder needs a weight above 0."
    if policy.lower is not None and not 0 < policy.lower < lowest:
        yield "lower", "The put that is sold must lie below those that are bought."
    if policy.call is not None and not highest <= policy.call <= FURTHEST:
        yield "call", "The call that is sold must not lie below the puts."
    if not 1 <= policy.days <= LONGEST:
        yield "days", f"Days to expiry must lie between 1 and {LONGEST}."
    if not 0 <= policy.roll_at < policy.days:
        yield "roll_at", "It must be rolled before it expires and after it is bought."
    if not 0 < policy.cover <= 1:
        yield "cover", "The part that is hedged must lie between 0 % and 100 %."


def _levels(puts: Sequence[Rung]) -> str:
    total = sum(rung.weight for rung in puts)
    if len(puts) == 1:
        return _percent(puts[0].moneyness)
    return " and ".join(
        f"{_percent(rung.moneyness)} ({round(100 * rung.weight / total)} % of them)"
        for rung in puts
    )


def _percent(fraction: Decimal) -> str:
    return f"{plain(rounded(100 * fraction, 1)):f} %"
