"""How the loan answers to gold: the loan's own Greeks, as the bank counts it and economically.

The bank's LTV knows the pledge alone. Options held elsewhere do not lower it, yet their value is
there on the day of a margin call: the economic LTV divides the loan by both.
"""

from dataclasses import dataclass
from decimal import Decimal

from vaultdesk.core.loan.state import LoanState


@dataclass(frozen=True, slots=True)
class Options:
    """Options on the pledged symbol held beside the pledge, signed: what is owed is negative.

    `value`, and `vega` per point of volatility, in the loan's currency; `delta` in units.
    """

    value: Decimal
    delta: Decimal
    vega: Decimal


NO_OPTIONS = Options(Decimal(0), Decimal(0), Decimal(0))


def ltv_delta(state: LoanState, options: Options = NO_OPTIONS) -> Decimal | None:
    """Change of the LTV, in points of LTV (per cent), when gold rises by one per cent.

    Without options the bank's: what falls with gold gains a hundredth. With them the economic
    one, where they gain their delta for each dollar. None where options are owed that are worth
    as much as the pledge.
    """
    gain = state.falling + options.delta * state.price * state.into(state.quote.currency)
    return _moved(state, options, gain / 100)


def ltv_vega(state: LoanState, options: Options = NO_OPTIONS) -> Decimal | None:
    """Change of the economic LTV, in points, per point of volatility; 0 without options."""
    return _moved(state, options, options.vega)


def _moved(state: LoanState, options: Options, gain: Decimal) -> Decimal | None:
    before = state.value + options.value
    if before <= 0 or before + gain <= 0:
        return None
    return 100 * state.loan * (1 / (before + gain) - 1 / before)


def ltv_fx(state: LoanState, currency: str) -> Decimal:
    """Change of the LTV, in points, when a foreign currency gains one per cent; prices stay.

    What is pledged in it is worth more, and so is what is owed in it.
    """
    pledged = sum((one.value for one in state.pledged if one.currency == currency), Decimal(0))
    owed = sum((one.total for one in state.owed if one.currency == currency), Decimal(0))
    return 100 * ((state.loan + owed / 100) / (state.value + pledged / 100) - state.ltv)
