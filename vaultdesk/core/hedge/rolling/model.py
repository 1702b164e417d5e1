"""What options would have cost on a past day, by assumptions that are stated: there is no record.

Volatility is that of the closes up to the day, times a premium, with a slope over strikes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from functools import lru_cache

from vaultdesk.core.hedge.vocabulary import FeeSchedule
from vaultdesk.core.loan.interest import later
from vaultdesk.core.money import CENT, from_float

FRIDAY, WEEK = 4, 7


@dataclass(frozen=True, slots=True)
class RollModel:
    """The market that options are bought in.

    A contract's volatility is `premium` times the realised one, plus `skew` times ln(spot / strike)
    by the root of the years to expiry (a month at least), and never below `floor`; it follows all
    of them day by day. The usual skew and spread are those of GLD's options on 2026-07-10: 0.08 to
    0.15 at 90 % of spot from 42 to 342 days, and 8 % for what is out of the money; the premium is a
    guess.

    Attributes:
        span: trading days of the average of squared returns: a return's weight falls by
            (span - 1) / (span + 1) with each day that passes.
        premium: volatility at the money by the realised one.
        skew: volatility added at a year per 1.00 of ln(spot / strike): lower strikes cost more.
        floor: the least volatility.
        rate: of interest in option prices, continuous, per year.
        spread: bid to ask, a fraction of the mid.
        least_spread: bid to ask at least, per share.
        strike_step: between listed strikes.
        multiplier: shares a contract.
        fees: what trading costs besides.
    """

    span: int = 63
    premium: float = 1.1
    skew: float = 0.12
    floor: float = 0.08
    rate: float = 0.03
    spread: float = 0.08
    least_spread: float = 0.02
    strike_step: Decimal = Decimal(1)
    multiplier: int = 100
    fees: FeeSchedule = field(default_factory=FeeSchedule)

    @property
    def words(self) -> str:
        """What is assumed, in two sentences."""
        return (
            f"Option prices are modelled, not recorded: volatility is {self.premium:g} times the "
            f"realised one of some {self.span} days, plus {self.skew:g} times ln(spot / strike) / "
            f"√years, at least {100 * self.floor:g} %, with interest of {100 * self.rate:g} %. "
            f"Contracts expire on third Fridays, strikes lie {self.strike_step:f} apart, the "
            f"spread is {100 * self.spread:g} % of the price and at least {self.least_spread:g}."
        )

    def strike(self, price: Decimal) -> Decimal:
        """The listed strike nearest to a price, the lowest one at least."""
        steps = (price / self.strike_step).to_integral_value()
        return max(steps, Decimal(1)) * self.strike_step

    def ask(self, mid: float) -> Decimal:
        """What one share's option is bought at, up to the next cent."""
        return _cents(mid + self._half(mid), ROUND_CEILING)

    def bid(self, mid: float, intrinsic: float) -> Decimal:
        """What it is sold at, down to the next cent, never below what exercise would bring.

        What was sold is bought back at `ask`.
        """
        return _cents(max(mid - self._half(mid), intrinsic, 0.0), ROUND_FLOOR)

    def _half(self, mid: float) -> float:
        return max(self.spread * mid, self.least_spread) / 2.0


@lru_cache(maxsize=4096)
def third_friday(year: int, month: int) -> date:
    """The expiry of monthly options; where it is a holiday they end with the close before it."""
    first = date(year, month, 1)
    return first + timedelta((FRIDAY - first.weekday()) % WEEK + 2 * WEEK)


def expiry_for(today: date, days: int, more_than: int) -> date:
    """The monthly expiry nearest to so many days, the later of two; `more_than` days away."""
    around = later(today.replace(day=1), int(days / 31) - 1)
    listed = [third_friday(m.year, m.month) for m in (later(around, n) for n in range(5))]
    coming = [one for one in listed if (one - today).days > more_than]
    return min(coming, key=lambda e: (abs((e - today).days - days), -e.toordinal()))


def _cents(price: float, rounding: str) -> Decimal:
    """A float price to the cent; its own noise does not count as a part of one."""
    exact = from_float(price) or Decimal(0)
    return exact.quantize(CENT, rounding)
