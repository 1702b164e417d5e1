"""Asking TWS what an order would do, and waiting for the best answer it gives."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from vaultdesk.adapters.ibkr import failing, outgoing
from vaultdesk.adapters.ibkr.answers import is_complete, what_if_of
from vaultdesk.adapters.ibkr.wire import OPEN, ErrorRow, OpenRow, Row, UnreadRow
from vaultdesk.core.orders.broker import WhatIf

NOTES = {399, 404, 2109, 2161, 10349}
"""What TWS says beside its answer; it goes on."""


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds for a what-if, for a better answer after one that lacks figures, and for orders."""

    what_if_s: float = 10.0
    better_s: float = 2.0
    open_orders_s: float = 5.0


class WhatIfs:
    """The questions under way; TWS answers them as if they were orders, under their numbers."""

    def __init__(self, patience: Patience) -> None:
        self._patience = patience
        self._asked: dict[int, asyncio.Queue[Row | None]] = {}

    async def ask(self, ib: Any, contract: Any, order: Any) -> WhatIf:  # noqa: ANN401
        """What the order would do; what TWS does not say in time is None.

        Raises:
            BrokerError: the connection was lost (LOST).
        """
        order.whatIf = True
        number = ib.client.getReqId()
        rows = self._asked[number] = asyncio.Queue()
        try:
            outgoing.at_once(ib, lambda: ib.client.placeOrder(number, contract, order))
            return await self._answer(rows)
        finally:
            del self._asked[number]

    def take(self, row: Row) -> bool:
        """Whether the row belongs to a what-if, now or before."""
        number = _number(row, self._asked)
        if number in self._asked:
            self._asked[number].put_nowait(row)
            return True
        return isinstance(row, OpenRow) and row.what_if

    def lost(self) -> None:
        """No answer will come any more."""
        for rows in self._asked.values():
            rows.put_nowait(None)

    async def _answer(self, rows: asyncio.Queue[Row | None]) -> WhatIf:
        """The best answer there is when it is complete or the time is over.

        TWS may answer without figures first and with them a little later.
        """
        best: OpenRow | None = None
        notes: list[ErrorRow] = []
        clock = asyncio.get_running_loop().time
        try:
            async with asyncio.timeout(self._patience.what_if_s) as limit:
                while best is None or not is_complete(best.figures):
                    row = await rows.get()
                    if isinstance(row, OpenRow):
                        best, soon = row, clock() + self._patience.better_s
                        limit.reschedule(min(limit.when() or soon, soon))
                    elif isinstance(row, ErrorRow):
                        notes.append(row)
                        if row.code not in NOTES:
                            return WhatIf(rejected=True, why=what_if_of(None, notes).why)
                    elif row is None:
                        raise failing.lost()
                    else:
                        return what_if_of(best, notes, "TWS's answer cannot be read.")
        except TimeoutError:
            if best is None:
                seconds = f"{self._patience.what_if_s:g} s"
                return what_if_of(
                    None, notes, f"TWS did not say within {seconds} what it would do."
                )
        return what_if_of(best, notes)


def _number(row: Row, asked: dict[int, Any]) -> int:
    """The number of the question a row answers; -1 where it can be none."""
    if isinstance(row, OpenRow) and row.what_if:
        return row.order_id
    if isinstance(row, ErrorRow):
        return row.req_id
    if isinstance(row, UnreadRow) and row.kind == OPEN:
        return next((number for number in asked if str(number) == row.number), -1)
    return -1
