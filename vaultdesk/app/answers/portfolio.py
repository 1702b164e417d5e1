"""The quote and the loan as plain values: the same for the command line and the server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vaultdesk.adapters.web.shapes.portfolio import (
    CallWay,
    CureAnswer,
    LoanAnswer,
    Portfolio,
    QuoteAnswer,
)
from vaultdesk.core.loan.valuation import owed_without_prices
from vaultdesk.core.money import plain, rounded

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal

    from vaultdesk.app.parts import Services
    from vaultdesk.core.loan.first_passage import CallProbability
    from vaultdesk.core.loan.state import LoanState
    from vaultdesk.core.loan.terms import Facility
    from vaultdesk.core.market import Quote
    from vaultdesk.events import CallProbabilityChanged

NO_LOAN = "No loan is set up: enter one in the window or with 'vaultdesk loan set'."
NO_PRICE = "There is no price yet to value the loan by."

CENTS = ("value", "lending_value", "interest", "headroom")
RATIOS = ("ltv", "utilisation", "cash_ltv")
PRICES = ("call_price", "closeout_price", "call_ounce", "closeout_ounce", "distance")
PLACES = {
    **dict.fromkeys(CENTS, 2),
    **dict.fromkeys(RATIOS, 8),
    **dict.fromkeys((*PRICES, "distance_pct"), 4),
}
"""Money to the cent, prices to four places, ratios to eight."""


def portfolio(
    desk: Services,
    now: datetime,
    wall: datetime,
    risk: CallProbabilityChanged | None,
    problem: str = "",
) -> Portfolio:
    """What the desk shows; `now` is by the market's clock, `wall` the machine's."""
    terms, quote = desk.loan.terms, desk.loan.quote
    loan = None
    if terms is not None:
        reason = desk.loan.problem or NO_PRICE
        loan = loan_answer(terms, desk.loan.state, now, wall, risk, reason)
    return Portfolio(quote=quote_answer(quote, now, desk.market.symbol), loan=loan, problem=problem)


def quote_answer(quote: Quote | None, now: datetime, symbol: str) -> QuoteAnswer:
    """A quote; without one there is only the symbol."""
    if quote is None:
        return QuoteAnswer(symbol=symbol)
    return QuoteAnswer(
        symbol=quote.symbol,
        bid=text(quote.bid),
        ask=text(quote.ask),
        last=text(quote.last),
        at=quote.at.isoformat(),
        received=quote.received.isoformat(),
        source=quote.source,
        quality=quote.quality.value,
        age_s=round(quote.age(now).total_seconds(), 3),
        currency=quote.currency,
        confirmed=quote.confirmed,
    )


def loan_answer(
    terms: Facility,
    state: LoanState | None,
    now: datetime,
    wall: datetime,
    risk: CallProbabilityChanged | None,
    reason: str,
) -> LoanAnswer:
    """The loan; without a valuation only what is owed, and `reason` says why."""
    if state is None:
        owed = owed_without_prices(terms, wall)
        return LoanAnswer(
            currency=terms.currency,
            amount=None if owed is None else money(owed),
            cure=CureAnswer(),
            reason=reason,
            **_probability(risk),
        )
    oldest = min(state.quotes, key=lambda one: one.at)
    return LoanAnswer(
        currency=terms.currency,
        amount=money(state.loan),
        zone=state.zone.value,
        cure=_cure(state),
        source=" + ".join(dict.fromkeys(one.source for one in state.quotes)),
        at=oldest.at.isoformat(),
        age_s=round(oldest.age(now).total_seconds(), 3),
        quality=state.quality.value,
        confirmed=state.confirmed,
        **numbers(state),
        **_probability(risk),
    )


def numbers(state: LoanState) -> dict[str, Any]:
    """The figures of a valued loan, each of its own places."""
    return {name: _rounded(getattr(state, name), places) for name, places in PLACES.items()}


def _cure(state: LoanState) -> CureAnswer:
    cure = state.cure
    return CureAnswer(
        target=text(cure.target),
        repay=_rounded(cure.repay, 2),
        pledge=_rounded(cure.pledge, 2),
        sell=_rounded(cure.sell, 2),
    )


def _probability(risk: CallProbabilityChanged | None) -> dict[str, Any]:
    """The smile's answer, or history's where there is no smile; both in full beside it."""
    if risk is None:
        return {}
    ways = {"smile": risk.smile, "history": risk.history}
    known = [one.probability for one in ways.values() if one.probability is not None]
    return {
        "call_probability": f"{known[0]:.6f}" if known else None,
        "call_probability_until": risk.until.isoformat(),
        "call_probability_by": {name: _way(one) for name, one in ways.items()},
    }


def _way(answer: CallProbability) -> CallWay:
    return CallWay(
        probability=answer.probability,
        standard_error=answer.standard_error,
        expected_days=answer.expected_days,
        basis=answer.basis,
        reason=answer.reason,
    )


def money(amount: Decimal) -> str:
    """An amount to the cent."""
    return format(plain(rounded(amount, 2)), "f")


def text(value: Decimal | None) -> str | None:
    """A decimal as it is; null where there is none."""
    return None if value is None else format(value, "f")


def _rounded(value: Decimal | None, places: int) -> str | None:
    return None if value is None else text(rounded(value, places))
