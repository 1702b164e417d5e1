"""The zones an LTV passes through, and what brings it back: repay, pledge more, or sell."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

WARNING_BAND = Decimal("0.05")
"""The warning zone begins this many points of LTV below the margin call."""

CURE_BAND = Decimal("0.10")
"""Unless told otherwise, a cure aims this many points of LTV below the margin call."""


class Zone(StrEnum):
    """Where the LTV stands; a level that is reached exactly counts as reached."""

    SAFE = "safe"
    WARNING = "warning"
    CALL = "call"
    CLOSEOUT = "closeout"


def zone_of(ltv: Decimal, call_ltv: Decimal, closeout_ltv: Decimal) -> Zone:
    """The zone an LTV lies in."""
    if ltv >= closeout_ltv:
        return Zone.CLOSEOUT
    if ltv >= call_ltv:
        return Zone.CALL
    return Zone.WARNING if ltv >= call_ltv - WARNING_BAND else Zone.SAFE


@dataclass(frozen=True, slots=True)
class Cure:
    """What brings the LTV to `target`, each way alone; zero when it is there already.

    Amounts are in the facility's currency, units are of the watched symbol. Who sells repays with
    the proceeds; None where selling everything would not do.
    """

    target: Decimal
    repay: Decimal
    pledge: Decimal
    pledge_units: Decimal
    sell: Decimal | None
    sell_units: Decimal | None


def cure(loan: Decimal, value: Decimal, price: Decimal, target: Decimal) -> Cure:
    """What brings `loan` against `value` to the LTV `target` (0 < target < 1).

    Repaying r gives (loan - r) / value = target, pledging p gives loan / (value + p) = target,
    selling x and repaying with it gives (loan - x) / (value - x) = target. `price` is that of a
    unit in the loan's currency.
    """
    missing = max(loan - target * value, Decimal(0))
    pledge = max(loan / target - value, Decimal(0))
    sell = missing / (1 - target) if loan < value else None
    units = None if sell is None else sell / price
    return Cure(target, missing, pledge, pledge / price, sell, units)


def default_cure_target(call_ltv: Decimal) -> Decimal:
    """The LTV a cure aims at when nobody chose one."""
    target = call_ltv - CURE_BAND
    return target if target > 0 else call_ltv / 2
