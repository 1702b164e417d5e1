"""What is held and what a ticket trades, as the legs that the hedge desk knows."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from vaultdesk.core.hedge.board import Listed
from vaultdesk.core.hedge.position import HedgeLeg, Position
from vaultdesk.core.market import Flag, OptionQuote, Quality

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from vaultdesk.core.orders.broker import Held
    from vaultdesk.core.orders.draft import Ticket
    from vaultdesk.core.orders.instrument import Instrument

Holding = dict["Instrument", Decimal]
"""Contracts or shares of each instrument, negative when short."""


def holding(held: Iterable[Held], account: str | None = None) -> Holding:
    """All that is held of each instrument, in one account or in all."""
    found: Holding = {}
    for one in held:
        if account is None or one.account == account:
            found[one.instrument] = found.get(one.instrument, Decimal(0)) + one.quantity
    return found


def filled(held: Mapping[Instrument, Decimal], ticket: Ticket) -> Holding:
    """What will be held once every order of the ticket is filled."""
    after = dict(held)
    for draft in ticket.orders:
        for leg in draft.legs:
            traded = leg.ratio * draft.quantity
            after[leg.instrument] = after.get(leg.instrument, Decimal(0)) + traded
    return after


def position(held: Mapping[Instrument, Decimal], symbol: str) -> Position:
    """The standard options on `symbol` as legs without a market: for payoffs and cover only.

    Contracts that a corporate action has adjusted deliver something else, and are left out.
    """
    return Position(
        tuple(
            HedgeLeg(listed, quantity, quantity)
            for instrument, quantity in held.items()
            if quantity and instrument.symbol == symbol and (listed := _listed(instrument))
        )
    )


def adjusted(held: Iterable[Instrument], symbol: str) -> tuple[Instrument, ...]:
    """Options on `symbol` that deliver something else than usual."""
    return tuple(one for one in held if one.symbol == symbol and one.is_option and _odd(one))


def _odd(instrument: Instrument) -> bool:
    return instrument.trading_class not in ("", instrument.symbol)


def _listed(instrument: Instrument) -> Listed | None:
    right, strike, expiry = instrument.right, instrument.strike, instrument.expiry
    if right is None or strike is None or expiry is None or _odd(instrument):
        return None
    nan = float("nan")
    return Listed(
        quote=OptionQuote(instrument.key, right, strike),
        expiry=expiry,
        multiplier=instrument.multiplier,
        flag=Flag.NO_QUOTE,
        quality=Quality.STALE,
        years=nan,
        volatility=nan,
        rate=nan,
        dividend_yield=nan,
        style="",
    )
