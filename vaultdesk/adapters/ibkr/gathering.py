"""One option chain from TWS: its contracts are listed, then each is quoted, many at once."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, TypeVar

from vaultdesk.adapters.ibkr import listing, refusals, ticks
from vaultdesk.adapters.ibkr._library import load
from vaultdesk.adapters.ibkr.contracts import NOT_LISTED, SMART
from vaultdesk.adapters.ibkr.failing import RequestRefused
from vaultdesk.core.market import Chain, Quality, worst
from vaultdesk.ports import FeedError, FeedFault

if TYPE_CHECKING:
    from collections.abc import Coroutine, Sequence
    from datetime import date, datetime
    from decimal import Decimal

    from vaultdesk.adapters.ibkr.connection import Connection
    from vaultdesk.adapters.ibkr.lines import Lines
    from vaultdesk.adapters.ibkr.listing import Listed
    from vaultdesk.adapters.ibkr.ticks import Ticks
    from vaultdesk.ports import Clock

T = TypeVar("T")

LISTING_S = 60.0
"""TWS takes its time to list a whole expiry: the more contracts, the longer."""


class Gathering:
    """A chain under way; `sentence` says how far it is."""

    def __init__(self, symbol: str, expiry: date, source: str) -> None:
        self._symbol, self._expiry, self._source = symbol, expiry, source
        self._contracts = self._quoted = 0
        self._problems: list[str] = []

    @property
    def sentence(self) -> str:
        """For the status bar."""
        of = f"options on {self._symbol} of {self._expiry}"
        if not self._contracts:
            return f"TWS lists the {of}."
        return f"{self._quoted} of {self._contracts} {of} are quoted."

    async def run(
        self,
        connection: Connection,
        lines: Lines,
        clock: Clock,
        underlying: Any,  # noqa: ANN401
    ) -> Chain:
        """The chain; what TWS tells nothing of, or a part, is a row without the rest.

        Raises:
            FeedError: there are no such options, or no prices of options at all.
            BrokerError: there is no connection, or it was lost.
        """
        began = clock.now()
        listed = await self._listed(connection, underlying)
        self._contracts = len(listed)
        spot, *told = await _together(
            [self._spot(lines, underlying), *(self._row(lines, each) for each in listed)]
        )
        return self._made(listed, told, spot, began, clock.now())

    async def _listed(self, connection: Connection, underlying: Any) -> tuple[Listed, ...]:  # noqa: ANN401
        """The standard contracts, by one request: without strike and right, it is for all."""
        wanted = load().Option(
            underlying.symbol,
            f"{self._expiry:%Y%m%d}",
            exchange=SMART,
            currency=underlying.currency,
        )
        try:
            details = await connection.ask(lambda ib: ib.reqContractDetailsAsync(wanted), LISTING_S)
        except RequestRefused as refused:
            if refused.code != NOT_LISTED:
                raise
            details = []
        listed, problems = listing.standard(details, underlying.symbol, self._expiry)
        self._problems += problems
        if not listed:
            raise refusals.no_options(self._symbol, str(self._expiry))
        return listed

    async def _spot(self, lines: Lines, underlying: Any) -> Ticks:  # noqa: ANN401
        """The underlying's own market; options may be subscribed to without it."""
        try:
            told, _ = await lines.snapshot(underlying, self._symbol)
        except FeedError as error:
            self._problems.append(str(error))
            return ticks.Ticks()
        return told

    async def _row(self, lines: Lines, listed: Listed) -> Ticks:
        """The market of one contract; one that is no longer listed has none."""
        try:
            told, whole = await lines.one_of_many(listed.contract, f"options on {self._symbol}")
        except FeedError as error:
            if error.fault is not FeedFault.UNKNOWN_SYMBOL:
                raise
            self._problems.append(f"{listed.name} has no quote: {error}")
            return ticks.Ticks()
        if not whole:
            self._problems.append(f"TWS did not tell all of {listed.name} in time.")
        if told.problem:
            self._problems.append(f"{listed.name}: {told.problem}")
        self._quoted += 1
        return told

    def _made(
        self,
        listed: Sequence[Listed],
        told: Sequence[Ticks],
        spot: Ticks,
        began: datetime,
        received: datetime,
    ) -> Chain:
        """The chain is as old as its request and as good as the worst of its quotes."""
        qualities = [each.quality for each in told if each.has_price]
        quality = worst(*qualities) if qualities else Quality.CACHED
        is_late = any(each.data_type in ticks.DELAYED_TYPES for each in told)
        return Chain(
            symbol=self._symbol,
            expiry=self._expiry,
            rows=tuple(one.row(each) for one, each in zip(listed, told, strict=True)),
            at=began - ticks.LATE if is_late else began,
            received=received,
            source=self._source,
            quality=quality,
            spot=_price(spot, told, received),
            problems=tuple(self._problems),
        )


def _price(spot: Ticks, told: Sequence[Ticks], now: datetime) -> Decimal | None:
    """The underlying's price, else the one TWS's model took."""
    own = ticks.quote("", "", spot, now, "").price
    return own or next((each.underlying for each in told if each.underlying), None)


async def _together(work: Sequence[Coroutine[object, object, T]]) -> list[T]:
    """All results, in order; the first failure, or being cancelled, ends the others."""
    tasks = [asyncio.ensure_future(each) for each in work]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
