"""What hangs on intrinsic values alone is decided in exact fractions, not in floats.

HiGHS takes a row as met that is missed by a millionth of a contract. On the day the last leg
expires, an LTV of 70 % or a hair more is a matter of the terms, and binary floats have made 45
contracts of 44.
"""

from __future__ import annotations

from fractions import Fraction
from math import ceil, gcd, lcm
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from vaultdesk.core.calendar import trading_date

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from vaultdesk.core.hedge.finder.columns import Columns
    from vaultdesk.core.hedge.finder.ground import Demand, Ground
    from vaultdesk.core.hedge.position import HedgeLeg, Position
    from vaultdesk.core.options.types import FloatArray

LARGEST = 10**9
"""Whole numbers in a cut beyond this say no more than the row they were made from."""


class Moment(NamedTuple):
    """A price on a calendar day."""

    price: Decimal
    day: int


class Cut(NamedTuple):
    """A row of whole numbers that every solution meets: gain @ contracts >= need."""

    gain: FloatArray
    need: float


def decided_from(ground: Ground, position: Position) -> int:
    """The day from which on no leg has a value that takes a model."""
    last = position.last_expiry
    return 0 if last is None else (last - trading_date(ground.config.at)).days


def missed(
    ground: Ground, wish: Demand, position: Position, days: Iterable[int], floor: Decimal
) -> Moment | None:
    """Where the wish is missed most on one of these days, all of which intrinsic values decide.

    Loan, pledge and payoff are straight lines between strikes, so these and the ends are enough.
    """
    spot, last = ground.config.spot_price, decided_from(ground, position)
    ending = [leg for leg in position.legs if leg.listed.expiry == position.last_expiry]
    strikes = {leg.listed.strike for leg in ending}
    worst, where = Fraction(0), None
    for day in days:
        inside = {strike for strike in strikes if day == last and floor < strike < spot}
        for price in sorted({floor, spot, *inside}):
            short = shortfall(ground, wish, position, Moment(price, day))
            if short > worst:
                worst, where = short, Moment(price, day)
    return where


def shortfall(ground: Ground, wish: Demand, position: Position, moment: Moment) -> Fraction:
    """What the legs lack at a moment at which none has time left, in the facility's currency."""
    config = ground.config
    cost = position.cost(config.rules.fees) if wish.drawn else 0
    ending = (leg for leg in position.legs if _day(ground, leg) == moment.day)
    pays = sum((Fraction(leg.intrinsic(moment.price)) for leg in ending), Fraction(0))
    brings = (wish.weight * pays - Fraction(cost)) * Fraction(config.fx)
    return needed(ground, wish, moment) - brings


def needed(ground: Ground, wish: Demand, moment: Moment) -> Fraction:
    """What all legs together have to bring at a moment: the loan less `max_ltv` of the pledge."""
    loan, value, falling = (Fraction(one) for one in ground.exact[moment.day])
    move = Fraction(moment.price) / Fraction(ground.config.spot_price) - 1
    return loan - wish.max_ltv * (value + falling * move)


def cut(
    ground: Ground, wish: Demand, columns: Columns, worth: FloatArray, moment: Moment
) -> Cut | None:
    """A row that every solution in whole contracts meets, and none that misses the wish there.

    What contracts bring that expire then are whole multiples of a common measure. What later ones
    bring is rounded up to such, and so then may the need be (Gomory 1958).

    Args:
        ground: the loan.
        wish: what is asked.
        columns: the contracts.
        worth: of each per share at that moment; only that of the later ones is looked at.
        moment: where.

    Returns:
        None where there is no common measure that is worth the name.
    """
    exact = [_brings(ground, wish, leg, moment) for leg in columns.units]
    measure = _measure([one for one in exact if one])
    if not measure:
        return None
    scale = wish.weight * Fraction(ground.config.fx)
    later = [
        scale * Fraction(float(each)) if _day(ground, leg) > moment.day else Fraction(0)
        for leg, each in zip(columns.units, worth * columns.shares * columns.sign, strict=True)
    ]
    whole = [ceil((one + more) / measure) for one, more in zip(exact, later, strict=True)]
    need = ceil(needed(ground, wish, moment) / measure)
    if max(abs(need), *(abs(one) for one in whole)) > LARGEST:
        return None
    return Cut(np.array(whole, dtype=np.float64), float(need))


def _brings(ground: Ground, wish: Demand, unit: HedgeLeg, moment: Moment) -> Fraction:
    """What one contract brings by its payoff at expiry and takes by its cost."""
    config = ground.config
    pays = unit.intrinsic(moment.price) if _day(ground, unit) == moment.day else 0
    cost = unit.premium() + config.rules.fees.per_contract if wish.drawn else 0
    return (wish.weight * Fraction(pays) - Fraction(cost)) * Fraction(config.fx)


def _measure(gains: list[Fraction]) -> Fraction:
    """The largest fraction of which all are whole multiples; 0 without any."""
    below = lcm(*(one.denominator for one in gains))
    return Fraction(gcd(*(int(one * below) for one in gains)), below)


def _day(ground: Ground, leg: HedgeLeg) -> int:
    return (leg.listed.expiry - trading_date(ground.config.at)).days
