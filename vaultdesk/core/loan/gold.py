"""Ounces of gold behind one GLD share: they shrink as the fund sells gold to pay its fee."""

from datetime import UTC, datetime
from decimal import Decimal

ANCHORED = datetime(2025, 9, 30, tzinfo=UTC)
OUNCES_AT_ANCHOR = 0.092042
"""Troy ounces per GLD share on the anchor date, from the fund's annual report of that day."""
YEARLY_EROSION = 1 - 0.092042 / 0.092401
"""Measured between the annual reports of 2024-09-30 (0.092401 oz) and 2025-09-30: 0.388 %."""
_YEAR_S = 365 * 86_400


def ounces_per_share(symbol: str, at: datetime) -> Decimal | None:
    """Modelled troy ounces per share at a moment; None for anything but GLD.

    Ounces decay geometrically at the measured yearly rate from the last audited figure.
    """
    if symbol != "GLD":
        return None
    years = (at - ANCHORED).total_seconds() / _YEAR_S
    ounces = OUNCES_AT_ANCHOR * float(1 - YEARLY_EROSION) ** years
    return Decimal(repr(round(ounces, 6)))


def premium(price: Decimal, ounces: Decimal, gold: Decimal) -> Decimal:
    """How much a share costs above the gold behind it, as a fraction; negative is a discount."""
    return price / (ounces * gold) - 1
