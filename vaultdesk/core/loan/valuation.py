"""What a loan is worth worrying about at one price: LTV, zone, distance to the call, cure.

Definitions (market LTV, not utilisation of lending value): LTV = loan / market value of what is
pledged; the margin-call price is where the LTV reaches the call level, loan / (units x level).
"""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from vaultdesk.core.loan.terms import LoanTerms
from vaultdesk.core.market import Quality, Quote

WARNING_BAND = Decimal("0.05")
"""The warning zone begins this many points of LTV below the margin call."""

CURE_BAND = Decimal("0.10")
"""Unless told otherwise, a cure aims this many points of LTV below the margin call."""

TRADING_DAYS = 252


class Zone(StrEnum):
    """Where the LTV stands; a level that is reached exactly counts as reached."""

    SAFE = "safe"
    WARNING = "warning"
    CALL = "call"
    CLOSEOUT = "closeout"


@dataclass(frozen=True, slots=True)
class Cure:
    """What brings the LTV to `target`: repay this much, or pledge this much more of the same.

    Both are amounts in the loan's currency, zero when the LTV is there already.
    """

    target: Decimal
    repay: Decimal
    pledge: Decimal
    pledge_units: Decimal


@dataclass(frozen=True, slots=True)
class LoanState:
    """The loan at one quote. Ratios are fractions, prices per unit, `quality` the quote's.

    `distance` is the price less the margin-call price, `distance_pct` the same in per cent of the
    price: how far gold may still fall, negative once the call is reached. `distance_sigma` is that
    distance in standard deviations of one day, None without an honest volatility.
    """

    terms: LoanTerms
    quote: Quote
    price: Decimal
    value: Decimal
    ltv: Decimal
    zone: Zone
    call_price: Decimal
    closeout_price: Decimal
    distance: Decimal
    distance_pct: Decimal
    cure: Cure
    distance_sigma: float | None = None
    sigma_source: str = ""

    @property
    def quality(self) -> Quality:
        """How far these numbers may be trusted: no further than the quote."""
        return self.quote.quality


class Unvalued(ValueError):  # noqa: N818
    """The loan cannot be valued at this quote; the text says why."""


def level_price(terms: LoanTerms, level: Decimal) -> Decimal:
    """The price per unit at which the LTV reaches `level`."""
    return terms.amount / (terms.units * level)


def zone_of(ltv: Decimal, call_ltv: Decimal, closeout_ltv: Decimal) -> Zone:
    """The zone an LTV lies in."""
    if ltv >= closeout_ltv:
        return Zone.CLOSEOUT
    if ltv >= call_ltv:
        return Zone.CALL
    return Zone.WARNING if ltv >= call_ltv - WARNING_BAND else Zone.SAFE


def cure(loan: Decimal, value: Decimal, price: Decimal, target: Decimal) -> Cure:
    """What brings `loan` against `value` to the LTV `target` (0 < target < 1).

    Repaying r gives (loan - r) / value = target; pledging p gives loan / (value + p) = target.
    """
    repay = max(loan - target * value, Decimal(0))
    pledge = max(loan / target - value, Decimal(0))
    return Cure(target, repay, pledge, pledge / price)


def default_cure_target(terms: LoanTerms) -> Decimal:
    """The LTV a cure aims at when nobody chose one."""
    target = terms.call_ltv - CURE_BAND
    return target if target > 0 else terms.call_ltv / 2


def value_loan(
    terms: LoanTerms,
    quote: Quote,
    *,
    cure_to: Decimal | None = None,
    annual_volatility: float | None = None,
    sigma_source: str = "",
) -> LoanState:
    """The loan at this quote.

    Args:
        terms: The loan.
        quote: The price of the pledged symbol.
        cure_to: LTV a cure aims at, a fraction; `default_cure_target` if None.
        annual_volatility: Of the pledged symbol, a fraction per year; gives `distance_sigma`.
        sigma_source: Where that volatility comes from, for the label.

    Raises:
        Unvalued: The quote is of another symbol or currency, or has no honest price.
    """
    price = quote.price
    if quote.symbol != terms.symbol:
        raise Unvalued(f"The quote is of {quote.symbol}, the loan is on {terms.symbol}.")
    if quote.currency != terms.currency:
        raise Unvalued(
            f"{terms.symbol} is quoted in {quote.currency} and the loan is in {terms.currency}: "
            "set the loan in the quote's currency, the desk converts none."
        )
    if price is None or price <= 0:
        raise Unvalued(f"No honest price of {terms.symbol}: the source gave none.")
    value = terms.units * price
    ltv = terms.amount / value
    call_price = level_price(terms, terms.call_ltv)
    distance = price - call_price
    return LoanState(
        terms=terms,
        quote=quote,
        price=price,
        value=value,
        ltv=ltv,
        zone=zone_of(ltv, terms.call_ltv, terms.closeout_ltv),
        call_price=call_price,
        closeout_price=level_price(terms, terms.closeout_ltv),
        distance=distance,
        distance_pct=100 * distance / price,
        cure=cure(terms.amount, value, price, cure_to or default_cure_target(terms)),
        distance_sigma=sigma_days(distance / price, annual_volatility),
        sigma_source=sigma_source if annual_volatility else "",
    )


def sigma_days(fraction: Decimal, annual_volatility: float | None) -> float | None:
    """A relative distance in standard deviations of one trading day; None without a volatility."""
    if not annual_volatility or annual_volatility <= 0:
        return None
    return float(fraction) / (annual_volatility / math.sqrt(TRADING_DAYS))


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One row of LTV history: the hour's value, or the moment the zone changed.

    `at` is the UTC hour for reason "hour" and the moment itself for reason "zone". The terms of
    its day stand in the row: changing the loan later does not change history.
    """

    at: datetime
    reason: Literal["hour", "zone"]
    symbol: str
    price: Decimal
    value: Decimal
    amount: Decimal
    ltv: Decimal
    zone: Zone
    call_ltv: Decimal
    closeout_ltv: Decimal
    currency: str
    source: str
    quality: Quality
    price_at: datetime


def snapshot(state: LoanState, at: datetime, reason: Literal["hour", "zone"]) -> Snapshot:
    """The row that records `state`; an hourly row carries the start of its hour."""
    return Snapshot(
        at=at.replace(minute=0, second=0, microsecond=0) if reason == "hour" else at,
        reason=reason,
        symbol=state.terms.symbol,
        price=state.price,
        value=state.value,
        amount=state.terms.amount,
        ltv=state.ltv,
        zone=state.zone,
        call_ltv=state.terms.call_ltv,
        closeout_ltv=state.terms.closeout_ltv,
        currency=state.terms.currency,
        source=state.quote.source,
        quality=state.quality,
        price_at=state.quote.at,
    )


def gaps(snapshots: tuple[Snapshot, ...], longest: timedelta) -> tuple[int, ...]:
    """The positions of snapshots that come more than `longest` after the one before them."""
    return tuple(
        index
        for index in range(1, len(snapshots))
        if snapshots[index].at - snapshots[index - 1].at > longest
    )
