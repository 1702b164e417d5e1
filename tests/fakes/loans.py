"""The reference loan: 10,000 GLD against 2.1 M, called at 75 %, closed out at 85 %."""

from dataclasses import replace
from decimal import Decimal

from tests.fakes.feed import START
from vaultdesk.core.loan.state import LoanState
from vaultdesk.core.loan.terms import Facility, single_pledge
from vaultdesk.core.loan.valuation import value_loan
from vaultdesk.core.market import Quote

REFERENCE = single_pledge(
    symbol="GLD",
    units=Decimal(10_000),
    amount=Decimal(2_100_000),
    currency="USD",
    call_ltv=Decimal("0.75"),
    closeout_ltv=Decimal("0.85"),
    since=START,
    who="test",
)


def terms(**changes: object) -> Facility:
    """The reference loan with other values; units, symbol and amount are those of its parts."""
    lot, tranche = REFERENCE.lots[0], REFERENCE.tranches[0]
    for name, field in (("units", "quantity"), ("symbol", "symbol"), ("advance", "advance_rate")):
        if name in changes:
            lot = replace(lot, **{field: changes.pop(name)})  # type: ignore[arg-type]
    if "amount" in changes:
        tranche = replace(tranche, principal=changes.pop("amount"))  # type: ignore[arg-type]
    if "currency" in changes:
        tranche = replace(tranche, currency=changes["currency"])  # type: ignore[arg-type]
    parts: dict[str, object] = {"lots": (lot,), "tranches": (tranche,)}
    return replace(REFERENCE, **(parts | changes))  # type: ignore[arg-type]


def valued(loan: Facility, *quotes: Quote, **options: object) -> LoanState:
    """The loan at these quotes, at the time of the first."""
    known = {quote.symbol: quote for quote in quotes}
    return value_loan(loan, known, quotes[0].at, **options)  # type: ignore[arg-type]
