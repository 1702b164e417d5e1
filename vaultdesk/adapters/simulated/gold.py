"""Simulated gold by the ounce: what is behind a share, a little cheaper than the share."""

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from vaultdesk.adapters.simulated.exchange import dollars
from vaultdesk.core.loan.gold import ounces_per_share
from vaultdesk.core.market import Quality, Quote
from vaultdesk.core.money import rounded

if TYPE_CHECKING:
    from vaultdesk.adapters.simulated.path import Tick

SHARE = "GLD"

PREMIUM = Decimal("0.0002")
"""How much a share costs above the gold behind it."""

HALF_SPREAD = Decimal("0.15")


def quote(symbol: str, tick: "Tick", source: str) -> Quote:
    """An ounce when a share costs what it costs at this tick."""
    last = ounce(tick.last, tick.at)
    return Quote(
        symbol=symbol,
        bid=last - HALF_SPREAD,
        ask=last + HALF_SPREAD,
        last=last,
        at=tick.at,
        received=tick.at,
        source=source,
        quality=Quality.SIMULATED,
        previous_close=ounce(tick.previous_close, tick.at),
    )


def ounce(cents: int, at: datetime) -> Decimal:
    """The price of an ounce of gold when a share costs this much."""
    ounces = ounces_per_share(SHARE, at)
    assert ounces is not None  # noqa: S101
    return rounded(dollars(cents) / (ounces * (1 + PREMIUM)), 2)
