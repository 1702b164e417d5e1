"""An order as TWS wants it, and its way to the socket."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from vaultdesk.adapters.ibkr._library import load
from vaultdesk.adapters.ibkr.contracts import SMART
from vaultdesk.adapters.ibkr.failing import lost
from vaultdesk.ports import BrokerError, BrokerFault

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal

    from vaultdesk.core.orders.draft import OrderDraft

LONGEST_REF = 40
"""Characters of an orderRef that come back whole."""


def contract_for(draft: OrderDraft, legs: tuple[Any, ...]) -> Any:  # noqa: ANN401
    """The contract of one leg, or the combination (BAG) of several; `legs` are TWS's contracts."""
    if not draft.combo:
        return legs[0]
    library = load()
    return library.Bag(
        symbol=draft.legs[0].instrument.symbol,
        exchange=SMART,
        currency=draft.legs[0].instrument.currency,
        comboLegs=[
            library.ComboLeg(
                conId=contract.conId,
                ratio=abs(leg.ratio),
                action=_action(leg.ratio),
                exchange=SMART,
            )
            for leg, contract in zip(draft.legs, legs, strict=True)
        ],
    )


def order_for(draft: OrderDraft, account: str, ref: str) -> Any:  # noqa: ANN401
    """The order itself. A combination is bought; what its legs' signs make of that is in the price.

    Raises:
        BrokerError: its price, ratio or ref cannot be sent (REFUSED).
    """
    price = _price(draft)
    if len(ref) > LONGEST_REF or not (ref.isascii() and ref.isprintable()):
        raise _refused(f"The reference '{ref}' does not come back whole from TWS.")
    order = load().Order(
        action="BUY" if draft.combo else _action(draft.legs[0].ratio),
        totalQuantity=draft.quantity,
        orderType="MKT" if price is None else "LMT",
        tif=str(draft.tif),
        account=account,
        orderRef=ref,
        transmit=True,
    )
    if price is not None:
        order.lmtPrice = float(price)
    return order


def _price(draft: OrderDraft) -> Decimal | None:
    """TWS's limit: net for a combination, of one sign or the other; positive for a single leg."""
    if draft.combo or draft.limit is None:
        return draft.limit
    ratio = draft.legs[0].ratio
    if abs(ratio) != 1:
        raise _refused("A single leg has ratio 1: give the contracts as the quantity.")
    price = draft.limit * ratio
    if price <= 0:
        raise _refused(f"A limit of {price} per share cannot be sent: give a price above zero.")
    return price


def _action(ratio: int) -> str:
    return "BUY" if ratio > 0 else "SELL"


def _refused(sentence: str) -> BrokerError:
    return BrokerError(BrokerFault.REFUSED, sentence)


def check(ib: Any) -> None:  # noqa: ANN401
    """Look whether what is written now can reach TWS at all.

    Raises:
        BrokerError: it cannot (LOST).
    """
    transport = ib.client.conn.transport
    if not ib.client.isReady() or transport is None or transport.is_closing():
        raise lost()


def at_once(ib: Any, send: Callable[[], None]) -> None:  # noqa: ANN401
    """Let `send` write to the socket past the library's queue, which holds messages back.

    The queue keeps the rate of requests below what TWS allows; an order must not wait behind the
    quotes of a whole chain. It is counted with the others, so that the rate stays.

    Raises:
        BrokerError: the socket takes nothing any more; nothing was written (LOST).
    """
    check(ib)
    client = ib.client

    def write(message: str) -> None:
        client._timeQ.append(asyncio.get_running_loop().time())  # noqa: SLF001
        client.conn.sendMsg(client._prefix(message.encode()))  # noqa: SLF001

    client.sendMsg = write
    try:
        send()
    finally:
        del client.sendMsg
