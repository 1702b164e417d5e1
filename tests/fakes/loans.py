"""The reference loan: 10,000 GLD against 2.1 M, called at 75 %, closed out at 85 %."""

from dataclasses import replace
from decimal import Decimal

from tests.fakes.feed import START
from vaultdesk.core.loan.terms import LoanTerms

REFERENCE = LoanTerms(
    symbol="GLD",
    units=Decimal(10_000),
    amount=Decimal(2_100_000),
    currency="USD",
    call_ltv=Decimal("0.75"),
    closeout_ltv=Decimal("0.85"),
    since=START,
    who="test",
)


def terms(**changes: object) -> LoanTerms:
    """The reference loan with other values."""
    return replace(REFERENCE, **changes)  # type: ignore[arg-type]
