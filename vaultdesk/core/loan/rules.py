"""What terms must keep to: a sentence for each value that breaks a rule."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from vaultdesk.core.loan.vocabulary import GOLD, Asset

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from vaultdesk.core.loan.terms import Facility
    from vaultdesk.core.loan.vocabulary import CureTerms, Lot, Reserve, Tranche

SYMBOL = re.compile(r"[A-Z0-9][A-Z0-9.=^-]{0,14}")
CURRENCY = re.compile(r"[A-Z]{3}")
LARGEST = Decimal("1e15")
LOWEST_RATE = Decimal("-0.05")
PERIODS = (0, 1, 3, 6, 12)
LONGEST_CURE = {False: 30, True: 720}
"""Banking days, and hours."""

Problem = tuple[str, str]


def problems(terms: Facility) -> dict[str, str]:
    """What is wrong: field to sentence, such as "lots.0.quantity"; empty for sound terms."""
    found: dict[str, str] = {}
    for field, sentence in _all(terms):
        found.setdefault(field, sentence)
    return found


def _all(terms: Facility) -> Iterator[Problem]:
    if terms.since.tzinfo is None or (terms.effective and terms.effective.tzinfo is None):
        yield "since", "The time of a version of terms needs its time zone."
    if not terms.lots:
        yield "lots", "Nothing is pledged: add what the lender holds."
    elif all(lot.asset is Asset.CASH for lot in terms.lots):
        yield "lots", "Only cash is pledged: add an asset whose price the desk can watch."
    if not terms.tranches:
        yield "tranches", "Nothing is owed: add the loan."
    for place, lot in enumerate(terms.lots):
        yield from ((f"lots.{place}.{name}", why) for name, why in lot_problems(lot))
    for place, tranche in enumerate(terms.tranches):
        yield from ((f"tranches.{place}.{name}", why) for name, why in tranche_problems(tranche))
    for place, reserve in enumerate(terms.reserves):
        yield from ((f"reserves.{place}.{name}", why) for name, why in reserve_problems(reserve))
    yield from level_problems(terms.call_ltv, terms.closeout_ltv)
    yield from _currency("currency", terms.currency)
    if terms.gold_from not in ("GLD", GOLD):
        yield "gold_from", "Bars are valued from GLD or from XAU."
    yield from ((f"cure.{name}", why) for name, why in cure_problems(terms.cure))


def level_problems(call_ltv: Decimal, closeout_ltv: Decimal) -> Iterator[Problem]:
    """Of the lender's two levels."""
    if not _within(call_ltv, 0, 1) or call_ltv in (0, 1):
        yield "call_ltv", "The margin-call LTV must lie between 0 % and 100 %."
    if not _within(closeout_ltv, 0, 1) or closeout_ltv == 0:
        yield "closeout_ltv", "The close-out LTV must lie between 0 % and 100 %."
    elif call_ltv.is_finite() and call_ltv >= closeout_ltv:
        yield "call_ltv", "The margin call must come before the close-out: lower it."


def lot_problems(lot: Lot) -> Iterator[Problem]:
    """Of one pledged asset."""
    if lot.asset is Asset.CASH:
        yield from _currency("symbol", lot.symbol)
    elif lot.asset is Asset.FUND and not SYMBOL.fullmatch(lot.symbol):
        yield "symbol", "The symbol must be one listed symbol in capitals, such as GLD."
    elif lot.asset in (Asset.BAR, Asset.COIN) and lot.symbol != GOLD:
        yield "symbol", "Bars and coins are of gold: their symbol is XAU."
    yield from _amount("quantity", lot.quantity, "The units pledged")
    if not _within(lot.advance_rate, 0, 1):
        yield "advance_rate", "The advance rate must lie between 0 % and 100 %."
    if lot.asset in (Asset.BAR, Asset.COIN):
        yield from _amount("ounces_each", lot.ounces_each, "The ounces of gold in each")
    yield from _period(lot.since, lot.until, "The pledge")


def tranche_problems(tranche: Tranche) -> Iterator[Problem]:
    """Of one loan."""
    yield from _amount("principal", tranche.principal, "The loan amount")
    yield from _currency("currency", tranche.currency)
    if not _within(tranche.rate, LOWEST_RATE, 1):
        yield "rate", "The interest rate must lie between -5 % and 100 % a year."
    if tranche.rate and tranche.since is None:
        yield "since", "Interest needs the day it runs from."
    if tranche.period_months not in PERIODS:
        yield "period_months", "Interest is due every 1, 3, 6 or 12 months, or 0 for at the end."
    if tranche.capitalising and not tranche.period_months:
        yield "period_months", "Capitalising interest needs a period: 1, 3, 6 or 12 months."
    if not _within(tranche.fees, 0, LARGEST):
        yield "fees", "Fees owed must not be negative."
    yield from _period(tranche.since, tranche.until, "The loan")


def reserve_problems(reserve: Reserve) -> Iterator[Problem]:
    """Of money elsewhere."""
    yield from _amount("amount", reserve.amount, "The reserve")
    yield from _currency("currency", reserve.currency)
    if not 0 <= reserve.banking_days <= LONGEST_CURE[False]:
        yield "banking_days", "A reserve takes between 0 and 30 banking days to arrive."


def cure_problems(cure: CureTerms) -> Iterator[Problem]:
    """Of the time to cure."""
    longest = LONGEST_CURE[cure.hours]
    if not 0 <= cure.count <= longest:
        unit = "hours" if cure.hours else "banking days"
        yield "count", f"The time to cure must lie between 0 and {longest} {unit}."
    try:
        ZoneInfo(cure.zone)
    except (ValueError, KeyError, OSError):
        yield "zone", "The lender's time zone must be a name such as Europe/Zurich."


def _within(value: Decimal, low: Decimal | int, high: Decimal | int) -> bool:
    """Whether it is a number, which NaN is not, from `low` to `high`."""
    return value.is_finite() and low <= value <= high


def _amount(field: str, value: Decimal, what: str) -> Iterator[Problem]:
    if not _within(value, 0, LARGEST) or value == 0:
        yield field, f"{what} must be more than zero."


def _currency(field: str, code: str) -> Iterator[Problem]:
    if not CURRENCY.fullmatch(code):
        yield field, "The currency must be a three-letter code such as USD."


def _period(since: date | None, until: date | None, what: str) -> Iterator[Problem]:
    if since is not None and until is not None and until <= since:
        yield "until", f"{what} must end after it begins."
