"""How the loan answers to gold: the loan's own Greeks."""

from decimal import Decimal

from vaultdesk.core.loan.valuation import LoanState


def ltv_delta(state: LoanState) -> Decimal:
    """Change of the LTV, in points of LTV (per cent), when gold rises by one per cent.

    LTV is inversely proportional to the price, so it moves to LTV / 1.01: a negative number.
    """
    return 100 * state.ltv * (1 / Decimal("1.01") - 1)
