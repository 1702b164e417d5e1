"""Positions and trades in options on GLD as tests write them down."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from vaultdesk.core.orders.broker import Execution, Held
from vaultdesk.core.orders.instrument import Instrument

if TYPE_CHECKING:
    from vaultdesk.core.market import Right

ACCOUNT = "U7654321"
DECEMBER = date(2026, 12, 18)
NOON = datetime(2026, 7, 10, 16, 0, tzinfo=UTC)
SHARES = Instrument("GLD")


def option(
    strike: str,
    expiry: date = DECEMBER,
    right: Right = "P",
    *,
    symbol: str = "GLD",
    multiplier: int = 100,
    trading_class: str = "",
) -> Instrument:
    """A put unless said otherwise, on 100 shares of GLD."""
    price = Decimal(strike)
    return Instrument(symbol, expiry, price, right, multiplier, trading_class=trading_class)


def held(
    instrument: Instrument, quantity: str, account: str = ACCOUNT, cost: str | None = None
) -> Held:
    """So many of it."""
    average = None if cost is None else Decimal(cost)
    return Held(account, instrument, Decimal(quantity), average)


def put(strike: str, contracts: str, expiry: date = DECEMBER) -> Held:
    """So many puts, sold where negative."""
    return held(option(strike, expiry), contracts)


def call(strike: str, contracts: str, expiry: date = DECEMBER) -> Held:
    """So many calls, sold where negative."""
    return held(option(strike, expiry, "C"), contracts)


def trade(
    quantity: str,
    price: str,
    minute: int = 0,
    instrument: Instrument | None = None,
    name: str = "",
    account: str = ACCOUNT,
) -> Execution:
    """One execution so many minutes after noon."""
    return Execution(
        exec_id=name or f"{quantity}@{price}/{minute}",
        revision=1,
        ref="",
        perm_id=0,
        account=account,
        instrument=instrument or option("332.5"),
        quantity=Decimal(quantity),
        price=Decimal(price),
        at=NOON + timedelta(minutes=minute),
    )
