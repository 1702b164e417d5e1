"""What the orders of one ticket come to together."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vaultdesk.core.orders.preview import Estimate


class Totals(NamedTuple):
    """In the orders' currency; None where one of them lacks it. Negative cost is received."""

    cost: Decimal | None
    slippage: Decimal | None
    commission: Decimal


def totals(estimates: Sequence[Estimate]) -> Totals:
    """Cost and slippage at the expected prices, and the desk's own commission."""
    return Totals(
        _sum([one.cost for one in estimates]),
        _sum([one.slippage for one in estimates]),
        sum((one.commission for one in estimates), Decimal(0)),
    )


def _sum(values: Sequence[Decimal | None]) -> Decimal | None:
    known = [value for value in values if value is not None]
    return sum(known, Decimal(0)) if len(known) == len(values) else None
