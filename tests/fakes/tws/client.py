"""The real ib_insync on the fake TWS: how tests connect it and wait for what it hears.

ib_insync is imported within the functions: it takes the event loop when it is imported.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeAlias

from tests.fakes.tws.market import Listed
from tests.fakes.tws.server import PATIENCE, FakeTws

Foreign: TypeAlias = Any
"""An object of ib_insync, which is typed by halves."""


def client() -> Foreign:
    """An `IB` that is not connected."""
    from ib_insync import IB  # noqa: PLC0415

    made: Foreign = IB
    return made()


@asynccontextmanager
async def joined(
    tws: FakeTws,
    *,
    client_id: int = 7,
    timeout: float = 5.0,  # noqa: ASYNC109 - the library's own
    readonly: bool = False,
) -> AsyncIterator[Foreign]:
    """A connected `IB`; at the end it is disconnected, and both sides have noticed."""
    ib = client()
    try:
        await ib.connectAsync(
            tws.host, tws.port, clientId=client_id, timeout=timeout, readonly=readonly
        )
        yield ib
    finally:
        ib.disconnect()
        await tws.until(lambda seen: client_id not in seen.clients)


async def settled(ib: Foreign, happened: Callable[[], object]) -> None:
    """Wait until it happened; every packet that came is a reason to look again.

    Raises:
        AssertionError: It did not within ten seconds.
    """
    news = asyncio.Event()
    ib.updateEvent += news.set
    try:
        async with asyncio.timeout(PATIENCE):
            while not happened():
                news.clear()
                await news.wait()
    except TimeoutError:
        raise AssertionError("The client waited in vain.") from None
    finally:
        ib.updateEvent -= news.set


async def lost(ib: Foreign) -> None:
    """Wait until the connection, which is there now, is lost."""
    async with asyncio.timeout(PATIENCE):
        await ib.disconnectedEvent


async def acknowledged(ib: Foreign, trade: Foreign) -> None:
    """Wait until the order has its permanent id, and with it a status from TWS."""
    await settled(ib, lambda: trade.orderStatus.permId)


def contract(listed: Listed) -> Foreign:
    """A listed contract as ib_insync names it, complete."""
    from ib_insync import Contract  # noqa: PLC0415

    return Contract.create(
        conId=listed.con_id,
        symbol=listed.symbol,
        secType=listed.sec_type,
        lastTradeDateOrContractMonth=listed.expiry,
        strike=float(listed.strike),
        right=listed.right,
        multiplier=listed.multiplier,
        exchange=listed.exchange,
        currency=listed.currency,
        localSymbol=listed.local_symbol,
        tradingClass=listed.trading_class,
    )


def option(tws: FakeTws, strike: str, right: str, expiry: int = 0) -> Foreign:
    """An option of the listing, of the so-manieth expiry."""
    return contract(tws.market.option(tws.market.expiries[expiry], strike, right))


def bag(*legs: tuple[Foreign, int, str]) -> Foreign:
    """A combination of contracts, each with its ratio and action."""
    from ib_insync import ComboLeg, Contract  # noqa: PLC0415

    parts = [ComboLeg(leg.conId, ratio, action, "SMART") for leg, ratio, action in legs]
    return Contract("BAG", symbol="GLD", exchange="SMART", currency="USD", comboLegs=parts)


def limit(action: str, contracts: int, price: float, order_ref: str) -> Foreign:
    """A limit order as ib_insync has it; the price in USD a share."""
    from ib_insync import LimitOrder  # noqa: PLC0415

    return LimitOrder(action, contracts, price, orderRef=order_ref)


def codes_of(ib: Foreign) -> list[int]:
    """A list that takes the codes of all errors and notes from now on."""
    codes: list[int] = []
    ib.errorEvent += lambda _, code, *__: codes.append(code)
    return codes
