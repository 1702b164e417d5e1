"""The desk's instruments and TWS's contracts: which is which, asked once and remembered."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import TYPE_CHECKING, Any

from vaultdesk.adapters.ibkr._library import load
from vaultdesk.adapters.ibkr.failing import RequestRefused
from vaultdesk.adapters.ibkr.figures import number, whole
from vaultdesk.adapters.ibkr.wire import ContractRow
from vaultdesk.core.orders.instrument import Instrument
from vaultdesk.ports import BrokerError, BrokerFault

if TYPE_CHECKING:
    from vaultdesk.adapters.ibkr.connection import Connection
    from vaultdesk.core.market import Right

SMART = "SMART"
NOT_LISTED = 200
_RIGHTS: dict[str, Right] = {"C": "C", "CALL": "C", "P": "P", "PUT": "P"}


def instrument_of(row: ContractRow) -> Instrument:
    """The share or option a contract is.

    Raises:
        ValueError: it is something else, or its name is not whole.
    """
    if row.sec_type == "STK":
        return Instrument(row.symbol, currency=row.currency)
    if row.sec_type != "OPT":
        raise ValueError(f"{row.sec_type} {row.symbol} is neither a share nor an option")
    right = _RIGHTS.get(row.right)
    if right is None:
        raise ValueError(f"'{row.right}' is neither a call nor a put")
    multiplier = whole(row.multiplier)
    if multiplier < 1 or number(row.strike) <= 0:
        raise ValueError(f"{row.symbol} has multiplier {row.multiplier} and strike {row.strike}")
    return Instrument(
        symbol=row.symbol,
        expiry=day_of(row.expiry),
        strike=number(row.strike),
        right=right,
        multiplier=multiplier,
        currency=row.currency,
        trading_class="" if is_standard(row.symbol, row.trading_class) else row.trading_class,
    )


def day_of(text: str) -> date:
    """The day of "20261218", or of "20261218 16:00 US/Eastern".

    Raises:
        ValueError: it is none.
    """
    day = text[:8]
    if not (len(day) == 8 and day.isascii() and day.isdigit()):  # noqa: PLR2004
        raise ValueError(f"'{text}' is not a day")
    return date(int(day[:4]), int(day[4:6]), int(day[6:]))


def is_standard(symbol: str, trading_class: str) -> bool:
    """Whether a series delivers the share itself; adjusted ones are called GLD1 or 2GLD."""
    return trading_class in {"", symbol, symbol.replace(" ", "").replace(".", "")}


def row_of(contract: Any) -> ContractRow:  # noqa: ANN401
    """A contract of the library's as the row it came from."""
    return ContractRow(
        con_id=str(contract.conId),
        symbol=contract.symbol,
        sec_type=contract.secType,
        expiry=contract.lastTradeDateOrContractMonth,
        strike=repr(contract.strike),
        right=contract.right,
        multiplier=contract.multiplier,
        currency=contract.currency,
        trading_class=contract.tradingClass,
    )


class Contracts:
    """Finds what an instrument is at TWS; a whole expiry is listed with one request."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._known: dict[Instrument, Any] = {}
        self._expiries: dict[tuple[str, date, str], tuple[Any, ...]] = {}
        self._asking = asyncio.Lock()

    async def find(self, instrument: Instrument) -> Any:  # noqa: ANN401
        """The contract, routed to SMART; at once where it was asked before.

        Raises:
            BrokerError: TWS lists none, or several (NO_DATA), or does not answer.
        """
        known = self._known.get(instrument)
        if known is None:
            async with self._asking:
                known = self._known.get(instrument) or await self._asked(instrument)
                self._known[instrument] = known
        return known

    async def expiry(self, symbol: str, expiry: date, currency: str = "USD") -> tuple[Any, ...]:
        """The library's details of every contract of an expiry; adjusted series among them.

        Raises:
            BrokerError: TWS lists none (NO_DATA), or does not answer.
        """
        key = symbol, expiry, currency
        if key not in self._expiries:
            wanted = load().Option(
                symbol, f"{expiry:%Y%m%d}", exchange=SMART, currency=currency
            )  # no strike and no right: all of them
            self._expiries[key] = await self._details(wanted, f"options on {symbol} of {expiry}")
        return self._expiries[key]

    async def _asked(self, instrument: Instrument) -> Any:  # noqa: ANN401
        if instrument.expiry is None:
            wanted = load().Stock(instrument.symbol, SMART, instrument.currency)
            return _only(await self._details(wanted, instrument.words), instrument)
        key = instrument.symbol, instrument.expiry, instrument.currency
        was_known = key in self._expiries
        found = _matching(await self.expiry(*key), instrument)
        if not found and was_known:  # strikes are added while the market is open
            del self._expiries[key]
            found = _matching(await self.expiry(*key), instrument)
        return _only(found, instrument)

    async def _details(self, wanted: Any, words: str) -> tuple[Any, ...]:  # noqa: ANN401
        try:
            found = await self._connection.ask(lambda ib: ib.reqContractDetailsAsync(wanted))
        except RequestRefused as refused:
            if refused.code != NOT_LISTED:
                raise
            found = []
        if not found:
            raise BrokerError(BrokerFault.NO_DATA, f"TWS lists no {words}.")
        return tuple(found)


def _matching(listed: tuple[Any, ...], instrument: Instrument) -> tuple[Any, ...]:
    """The details of exactly this instrument; an adjusted series only where it was named."""
    found = []
    for details in listed:
        try:
            if instrument_of(row_of(details.contract)) == instrument:
                found.append(details)
        except ValueError:  # a contract nobody can name is not this one
            continue
    return tuple(found)


def _only(listed: tuple[Any, ...], instrument: Instrument) -> Any:  # noqa: ANN401
    if not listed:
        raise BrokerError(BrokerFault.NO_DATA, f"TWS lists no {instrument.words}.")
    if len({details.contract.conId for details in listed}) > 1:
        raise BrokerError(
            BrokerFault.NO_DATA,
            f"TWS lists several contracts as {instrument.words}: none is taken.",
        )
    contract = listed[0].contract
    contract.exchange = SMART
    contract.lastTradeDateOrContractMonth = contract.lastTradeDateOrContractMonth[:8]
    return contract
