"""Short-lived puts, replaced when they end, until a later day.

In the field a calendar roll is the closing of an option that is about to end and the opening of
the same one with a later expiry; a calendar spread (the near put sold, the later one bought) is
something else, and no hedge: the put sold takes the protection away until it has ended. So this
one buys the near put, and says what its replacements may cost. The next is bought on the last day
of the one before, there is no day without protection; but only the first is bought at a price that
is known.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

from vaultdesk.core.hedge.anchored import Anchored, Wish, percent
from vaultdesk.core.hedge.choosing import expiry_by_days
from vaultdesk.core.hedge.position import At
from vaultdesk.core.money import from_float, rounded
from vaultdesk.core.options.style import formula

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from vaultdesk.core.hedge.position import HedgeLeg, Position
    from vaultdesk.core.options.smile import Smile

A_MONTH = 30


@dataclass(frozen=True, slots=True)
class Roll:
    """One replacement, an estimate.

    Attributes:
        begins: the day it is bought, on which the put before it ends.
        ends: its own last day, listed.
        volatility: forward, between the two, a fraction per year.
        price: per share, half the first put's spread above the model's.
        cost: with commission, in the facility's currency.
    """

    begins: date
    ends: date
    volatility: float
    price: Decimal
    cost: Decimal


@dataclass(frozen=True, eq=False)
class CalendarRoll(Anchored):
    """A put of about a month, rolled until the day the other hedges end.

    Attributes:
        moneyness: of every strike, a fraction of the price on the day it is bought.
        near: calendar days that each put lives.
    """

    moneyness: Decimal = Decimal("0.95")
    near: int = A_MONTH

    @property
    def name(self) -> str:
        """The strike in per cent of spot."""
        return f"calendar_roll_{percent(self.moneyness)}"

    @property
    def title(self) -> str:
        """Its name on screen."""
        return f"Calendar roll {percent(self.moneyness)} %"

    @property
    def expiry(self) -> date:
        """Of the first put: listed, nearest to its days and not after the last day."""
        return min(expiry_by_days(self.config.board, self.near), self.horizon)

    @property
    def horizon(self) -> date:
        """The day to which it is rolled: the listed one nearest to the days of the others."""
        return super().expiry

    def wishes(self) -> tuple[Wish, ...]:
        """The first put."""
        return (Wish("P", self.moneyness),)

    def build(self) -> Position:
        """The first put, with a warning what it takes to stay protected."""
        position = super().build()
        return replace(position, warnings=(*position.warnings, *self._warning(position.legs[0])))

    def rolls(self) -> tuple[Roll, ...]:
        """The replacements to the horizon if gold stays where it is; empty if none is needed.

        Each is priced at its own strike by the forward variance between two smiles at the same
        ln(strike/forward), w2 - w1 over the time between (Gatheral 2006, chapter 3). Empty too
        where an expiry has no smile.

        Raises:
            Lacking: the first put cannot be bought.
        """
        return self._rolls(self.position.legs[0])

    def days_between(self) -> tuple[date, ...]:
        """The first put's last day, each roll's, and the horizon at the end.

        Raises:
            Lacking: nothing is usable.
        """
        return tuple(self._ends())

    def _ends(self) -> Iterator[date]:
        board, last = self.config.board, self.horizon
        now = self.expiry
        yield now
        while now < last:
            wanted = now + timedelta(self.near)
            later = [e for e in board.expiries if now < e <= last]
            now = min(later, key=lambda e: (abs((e - wanted).days), e))
            yield now

    def _rolls(self, first: HedgeLeg) -> tuple[Roll, ...]:
        ends = self.days_between()
        smiles = [self.config.board.smiles.get(day) for day in ends]
        known = [one for one in smiles if one is not None]
        if len(known) < len(ends):
            return ()
        return tuple(
            self._roll(first, ends[i - 1 : i + 1], known[i - 1], known[i])
            for i in range(1, len(ends))
        )

    def _roll(self, first: HedgeLeg, days: tuple[date, ...], before: Smile, after: Smile) -> Roll:
        config, listed = self.config, first.listed
        years = after.years - before.years
        rate, dividends = after.forward.rate, after.forward.dividend_yield
        k = math.log(self.moneyness) - (rate - dividends) * years
        near, far = (float(one.curve.total_variance(np.array(k))) for one in (before, after))
        volatility = math.sqrt(max(far - near, 0.0) / years)
        spot = float(config.spot_price)
        terms = (float(self.moneyness) * spot, years, rate, dividends, volatility)
        model = from_float(float(formula(listed.style)(listed.kind, spot, *terms).price))
        half = first.price() - first.price(At.MID)
        price = (model or Decimal(0)) + half
        paid = price * first.shares + config.rules.fees.commission(first.contracts)
        return Roll(days[0], days[1], volatility, price, paid * config.fx)

    def _warning(self, first: HedgeLeg) -> tuple[str, ...]:
        ends = self.days_between()
        if len(ends) == 1:
            return ()
        rolls = self._rolls(first)
        times = "once" if len(ends) == 2 else f"{len(ends) - 1} times"  # noqa: PLR2004
        said = f"Protection is bought until {ends[0]} only: replace it by then, {times} "
        said += f"until {ends[-1]}, "
        if not rolls:
            return (said + "at prices that cannot be estimated without a smile of each expiry.",)
        currency = self.config.portfolio.terms.currency
        total = rounded(sum((one.cost for one in rolls), Decimal(0)), 0)
        return (said + f"for about {total:,f} {currency} more by today's volatilities.",)
