"""What becomes of options that are held when they expire.

As at a US broker: what is at least a cent in the money at the close is exercised without being
asked (OCC rule 805, exercise by exception), and what was sold is assigned. Shares go for the
strike, so that puts without shares behind them leave the account short of them. A trade of the
option at 0 takes it out of the position, and one of the shares at the strike brings them in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vaultdesk.adapters.paper.events import Settled
from vaultdesk.adapters.paper.hours import RECENT, last_close
from vaultdesk.core.money import CENT
from vaultdesk.ports import FeedError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable
    from datetime import date, datetime
    from decimal import Decimal

    from vaultdesk.core.calendar import Sessions
    from vaultdesk.core.market import DailyClose
    from vaultdesk.core.orders.instrument import Instrument

    Closes = Callable[[str, date], Awaitable[tuple[DailyClose, ...]]]


async def closes_of(
    options: Iterable[Instrument], sessions: Sessions | None, ask: Closes
) -> tuple[dict[Instrument, Decimal], dict[Instrument, str]]:
    """The price that each option is settled by, and of the others why it is not known."""
    known: dict[Instrument, Decimal] = {}
    unknown: dict[Instrument, str] = {}
    for option in options:
        if option.expiry is None:
            continue
        try:
            told = await ask(option.symbol, option.expiry - RECENT)
        except FeedError as error:
            unknown[option] = f"{option.words} has expired and is not settled yet: {error}"
            continue
        close = last_close(told, option.expiry, sessions)
        if close is None:
            unknown[option] = (
                f"{option.words} has expired; it is settled once {option.symbol}'s close of that "
                "day is told."
            )
        else:
            known[option] = close.close
    return known, unknown


def settled(option: Instrument, quantity: int, close: Decimal, now: datetime) -> Settled:
    """What becomes of the contracts held at this close of the underlying."""
    strike = option.strike or close
    inside = close - strike if option.right == "C" else strike - close
    return Settled(now, option, quantity, close, inside >= CENT)
