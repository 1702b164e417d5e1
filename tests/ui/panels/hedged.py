"""A panels' desk with a made-up market in options and a loan that can be hedged by them."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from tests.core.hedge import boards

if TYPE_CHECKING:
    from tests.ui.panels.rig import Rig


async def hedged(desk: Rig) -> None:
    """Chains of five expiries, 10,000 shares at 350 against 2.1 million, and a configuration."""
    desk.clock.time = boards.NOW
    desk.feed.expiries = boards.EXPIRIES
    desk.feed.chains = {expiry: boards.chain(expiry) for expiry in boards.EXPIRIES}
    await desk.pledge(boards.pledge())
    await moved(desk, str(boards.SPOT))


async def moved(desk: Rig, price: str) -> None:
    """Gold at another price, believed at once, and the hedge service's configuration by it."""
    made = replace(boards.gold(Decimal(price)), at=desk.clock.now(), received=desk.clock.now())
    for _ in range(2):  # a jump is believed when a second trade confirms it
        desk.clock.advance(1)
        at = desk.clock.now()
        await desk.quote(replace(made, at=at, received=at))
    await desk.hedge.refresh(use_cache=True)
