"""Puts that live a year or longer: dear to buy, cheap by the day."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from vaultdesk.core.calendar import trading_date
from vaultdesk.core.hedge.anchored import Anchored, Wish, legs, percent
from vaultdesk.core.hedge.board import Lacking
from vaultdesk.core.hedge.choosing import by_moneyness, near
from vaultdesk.core.hedge.costs import cost_of
from vaultdesk.core.hedge.position import Position
from vaultdesk.core.money import rounded

if TYPE_CHECKING:
    from datetime import date

    from vaultdesk.core.hedge.board import Listed

A_YEAR = 365


@dataclass(frozen=True, slots=True)
class Duration:
    """The same protection bought for one life.

    Attributes:
        expiry: listed.
        days: calendar days until then.
        position: the contracts; None where a quote is lacking, and so are the next three.
        total: premium and commission, in the facility's currency.
        annualised: for a year.
        per_day: for a calendar day.
        problem: which quote is lacking; empty where none is.
    """

    expiry: date
    days: int
    position: Position | None
    total: Decimal | None
    annualised: Decimal | None
    per_day: Decimal | None
    problem: str


@dataclass(frozen=True, eq=False)
class Leaps(Anchored):
    """The life that costs least a year, of those of a year or more; the longest if none is.

    Attributes:
        moneyness: of the strike, a fraction of spot.
    """

    moneyness: Decimal = Decimal(1)
    days: int | None = field(default=A_YEAR, kw_only=True)

    @property
    def name(self) -> str:
        """The seed's, of its only strike; others say theirs."""
        usual = "lease_duration_analysis"
        return usual if self.moneyness == 1 else f"{usual}_{percent(self.moneyness)}"

    @property
    def title(self) -> str:
        """Its name on screen."""
        return f"LEAPS put {percent(self.moneyness)} %"

    @property
    def expiries(self) -> tuple[date, ...]:
        """The listed ones that live so many days or more; the longest if none does.

        Raises:
            Lacking: nothing is usable.
        """
        listed, today = self.config.board.expiries, trading_date(self.config.at)
        if not listed:
            raise Lacking(self.config.board.problem)
        least = A_YEAR if self.days is None else self.days
        return tuple(e for e in listed if (e - today).days >= least) or listed[-1:]

    def wishes(self) -> tuple[Wish, ...]:
        """One put."""
        return (Wish("P", self.moneyness),)

    def durations(self) -> tuple[Duration, ...]:
        """What each life costs, the shortest first.

        Raises:
            Lacking: nothing is usable.
        """
        return tuple(self._duration(expiry) for expiry in self.expiries)

    def build(self) -> Position:
        """The life whose annual cost is lowest, the longest of equals."""
        found = self.durations()
        lives = [
            (one.annualised, -one.days, one.position)
            for one in found
            if one.annualised is not None and one.position is not None
        ]
        if not lives:
            raise Lacking(found[-1].problem)
        annualised, days, position = min(lives, key=lambda one: one[:2])
        said = f"{-days} days cost {rounded(annualised, 0):,f} a year"
        if len(lives) > 1:
            said += f", the least of {len(lives)} lives"
        chosen = (replace(leg, wanted=f"{leg.wanted}; {said}") for leg in position.legs)
        return replace(position, legs=tuple(chosen))

    def considered(self) -> tuple[Listed, ...]:
        """What lies near the strike, of every life."""
        board = self.config.board
        target = self.moneyness * board.spot
        return tuple(x for expiry in self.expiries for x in near(board, "P", expiry, target))

    def _duration(self, expiry: date) -> Duration:
        config = self.config
        days = (expiry - trading_date(config.at)).days
        try:
            pick = by_moneyness(config.board, "P", expiry, self.moneyness)
            position = Position(legs(config, (pick,), (Decimal(1),)))
        except Lacking as lacking:
            return Duration(expiry, days, None, None, None, None, str(lacking))
        cost = cost_of(config, position)
        per_day = cost.total / max(days, 1)
        return Duration(expiry, days, position, cost.total, cost.annualised, per_day, "")
