"""The newest quotes the paper broker was given, and why others were not."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from vaultdesk.ports import FeedError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vaultdesk.core.orders.instrument import Instrument, InstrumentQuote
    from vaultdesk.ports import InstrumentMarket


class Asked:
    """`quotes` has None for what the source does not list; `failed` a sentence for what failed."""

    def __init__(self, market: InstrumentMarket) -> None:
        self.quotes: dict[Instrument, InstrumentQuote | None] = {}
        self.failed: dict[Instrument, str] = {}
        self._market = market

    async def ask(self, instruments: Iterable[Instrument]) -> None:
        """Have the newest quotes of these."""
        wanted = tuple(instruments)
        quotes = await asyncio.gather(*map(self._one, wanted))
        self.quotes.update(zip(wanted, quotes, strict=True))

    def why(self, instruments: Iterable[Instrument]) -> str:
        """The first sentence on one of these that failed; empty where none did."""
        return next((self.failed[one] for one in instruments if one in self.failed), "")

    async def _one(self, instrument: Instrument) -> InstrumentQuote | None:
        try:
            quote = await self._market.quote(instrument)
        except FeedError as error:
            self.failed[instrument] = str(error)
            return None
        self.failed.pop(instrument, None)
        return quote
