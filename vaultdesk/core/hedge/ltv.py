"""The LTV a hedge brings about, by what becomes of its payoff."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal
from typing import TYPE_CHECKING

import numpy as np

from vaultdesk.core.hedge.vocabulary import Use

if TYPE_CHECKING:
    from vaultdesk.core.options.types import FloatArray


def hedged_ltv(use: Use, loan: Decimal, value: Decimal, payoff: Decimal) -> Decimal | None:
    """The bank's LTV, a fraction; all amounts in the facility's currency.

    Args:
        use: what becomes of the payoff.
        loan: what is owed.
        value: of the pledge without the payoff.
        payoff: what the options are worth; negative when they have to be paid for.

    Returns:
        None where a pledge and its payoff together are worth nothing: no LTV is high enough.
    """
    if use is Use.PLEDGED:
        return loan / (value + payoff) if value + payoff > 0 else None
    owed = max(loan - payoff, Decimal(0)) if use is Use.REPAYS else loan
    return owed / value if value > 0 else None


def hedged_ltvs(use: Use, loan: FloatArray, value: FloatArray, payoff: FloatArray) -> FloatArray:
    """`hedged_ltv` of arrays that broadcast; infinite where that is None."""
    pledge = value + payoff if use is Use.PLEDGED else value
    owed = np.maximum(loan - payoff, 0.0) if use is Use.REPAYS else loan
    with np.errstate(divide="ignore", invalid="ignore"):
        ltv: FloatArray = np.where(pledge > 0.0, owed / pledge, np.inf)
    return ltv


def payoff_needed(use: Use, loan: Decimal, value: Decimal, max_ltv: Decimal) -> Decimal | None:
    """The payoff that brings the LTV down to `max_ltv`; None where no payoff does."""
    if loan <= max_ltv * value:
        return Decimal(0)
    if use is Use.BROKER:
        return None
    return loan / max_ltv - value if use is Use.PLEDGED else loan - max_ltv * value


def whole(contracts: Decimal) -> Decimal:
    """The fewest whole contracts that are not less."""
    return contracts.to_integral_value(ROUND_CEILING)
