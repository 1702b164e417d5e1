"""What TWS lists: the desk's symbols as its contracts, its expiries, chains and closes as ours."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from vaultdesk.adapters.ibkr import refusals
from vaultdesk.adapters.ibkr.contracts import SMART, day_of, instrument_of, is_standard, row_of
from vaultdesk.adapters.ibkr.figures import given
from vaultdesk.adapters.ibkr.ticks import price
from vaultdesk.core.calendar import CLOSE, DAY_END, NEW_YORK
from vaultdesk.core.currencies import METALS, currency_pair
from vaultdesk.core.market import DailyClose, OptionQuote, Right

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from decimal import Decimal

    from vaultdesk.adapters.ibkr.ticks import Ticks

SHARES = 100
"""Of a standard contract."""

DAYS_A_YEAR = 365
"""Up to this many days of history are asked for in days, more only in whole years."""

_SYMBOL = re.compile(r"[A-Z0-9]{1,10}(?: [A-Z0-9]{1,3})?")


@dataclass(frozen=True, slots=True)
class Listed:
    """One standard option: TWS's contract, and what the desk calls it."""

    contract: Any
    name: str
    right: Right
    strike: Decimal

    def row(self, ticks: Ticks) -> OptionQuote:
        """The contract with its market as far as it was told."""
        return OptionQuote(
            contract=self.name,
            right=self.right,
            strike=self.strike,
            bid=ticks.bid,
            ask=ticks.ask,
            last=ticks.last,
            volume=ticks.volume,
            last_trade=ticks.traded_at,
            vendor=ticks.greeks,
            bid_size=ticks.bid_size,
            ask_size=ticks.ask_size,
        )


def checked(symbol: str) -> str:
    """The symbol as the desk writes it.

    Raises:
        FeedError: UNKNOWN_SYMBOL, without a request, for what cannot be one of TWS's.
    """
    plain = symbol.strip().upper()
    if not _SYMBOL.fullmatch(share(plain)):
        raise refusals.unknown(f"'{symbol}'")
    return plain


def share(symbol: str) -> str:
    """A share's symbol as TWS writes it: classes of shares are set off by a space."""
    return symbol.replace(".", " ").replace("-", " ")


def pair(library: Any, symbol: str) -> Any | None:  # noqa: ANN401
    """The contract to ask for where the symbol is a pair: currencies by IDEALPRO, metals by SMART.

    None for anything else.
    """
    codes = currency_pair(symbol)
    if codes is None:
        return None
    base, quoted = codes
    if base in METALS:
        return library.Contract(secType="CMDTY", symbol=symbol, exchange=SMART, currency=quoted)
    return library.Contract(secType="CASH", symbol=base, exchange="IDEALPRO", currency=quoted)


def expirations(lists: Iterable[Any], symbol: str) -> tuple[date, ...]:
    """The expiries of the standard series, ascending; those of adjusted series are left out."""
    days: set[date] = set()
    for listed in lists:
        standard = is_standard(symbol, listed.tradingClass) and given(listed.multiplier) == SHARES
        if listed.exchange == SMART and standard:
            days.update(map(day_of, listed.expirations))
    return tuple(sorted(days))


def standard(
    details: Iterable[Any], symbol: str, expiry: date
) -> tuple[tuple[Listed, ...], tuple[str, ...]]:
    """The standard contracts of an expiry by strike, and a sentence on what was left out."""
    found: dict[int, Listed] = {}
    adjusted: dict[str, int] = {}
    problems: list[str] = []
    for contract in (each.contract for each in details):
        try:
            instrument = instrument_of(row_of(contract))
        except ValueError as error:
            problems.append(f"{contract.localSymbol or contract.conId} is left out: {error}.")
            continue
        if instrument.trading_class or instrument.multiplier != SHARES:
            name = contract.tradingClass or symbol
            adjusted[name] = adjusted.get(name, 0) + 1
        elif instrument.expiry == expiry and instrument.strike and instrument.right:
            name = contract.localSymbol.replace(" ", "") or instrument.key
            found[contract.conId] = Listed(contract, name, instrument.right, instrument.strike)
    problems += [
        f"{count} contracts of {name} are left out: they do not deliver {SHARES} shares."
        for name, count in sorted(adjusted.items())
    ]
    return tuple(sorted(found.values(), key=lambda one: (one.strike, one.right))), tuple(problems)


def lasting(start: date, today: date) -> str:
    """How much history reaches back to `start`, as TWS wants to be asked."""
    days = (today - start).days + 1
    return f"{days} D" if days <= DAYS_A_YEAR else f"{-(-days // DAYS_A_YEAR)} Y"


def closes(
    bars: Sequence[Any], start: date, now: datetime, *, is_pair: bool
) -> tuple[tuple[DailyClose, ...], tuple[str, ...]]:
    """The days that are over from `start` on, ascending, and a sentence for each bar without one.

    A day of the exchange is over at 16:00 New York, one of currencies and metals at 17:00.
    """
    local = now.astimezone(NEW_YORK)
    is_over = local.time() >= (DAY_END if is_pair else CLOSE)
    last = local.date() if is_over else local.date() - timedelta(days=1)
    good: dict[date, DailyClose] = {}
    problems: list[str] = []
    for bar in bars:
        day = bar.date.date() if isinstance(bar.date, datetime) else bar.date
        if not start <= day <= last:
            continue
        close = price(repr(bar.close))  # the library has floats; their shortest text was the wire's
        if close is None:
            problems.append(f"{day} has no close")
        else:
            good[day] = DailyClose(day, close)
    return tuple(good[day] for day in sorted(good)), tuple(problems)
