"""Tickets made of a hedge, of one listed option, of what is held: whole units, legal limits."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from math import gcd
from typing import TYPE_CHECKING

from vaultdesk.core.hedge.position import At, HedgeLeg
from vaultdesk.core.orders.draft import OrderDraft, OrderLeg, Origin, Ticket, Tif
from vaultdesk.core.orders.instrument import Instrument
from vaultdesk.core.orders.ticks import to_tick

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from vaultdesk.core.hedge.board import Listed
    from vaultdesk.core.hedge.position import Position
    from vaultdesk.core.orders.broker import Held

LARGEST_RATIO = 4
MOST_LEGS = 4
"""What exchanges' complex books take without ado; larger ratios are sent leg by leg."""


def tickets_of(
    position: Position,
    title: str,
    symbol: str,
    *,
    currency: str = "USD",
    at: At = At.MID,
    origin: Origin = Origin.STRATEGY,
) -> Ticket:
    """The orders that open a hedge, limits at natural or mid prices.

    Legs bought against legs sold are one order, if their contracts have small ratios. A ladder,
    whose legs stand each for themselves, is an order for each; what is bought goes first.
    """
    legs = [leg for leg in position.legs if leg.contracts]
    priced = [(leg.price(at), _option(leg.listed, symbol, currency), leg) for leg in legs]
    ratios, units = _ratios([int(leg.contracts) for leg in legs])
    mixed = len({leg.contracts > 0 for leg in legs}) > 1
    if mixed and len(legs) <= MOST_LEGS and max(map(abs, ratios)) <= LARGEST_RATIO:
        parts = tuple(
            OrderLeg(one, ratio) for (_, one, _), ratio in zip(priced, ratios, strict=True)
        )
        net = sum((price * r for (price, _, _), r in zip(priced, ratios, strict=True)), Decimal(0))
        return Ticket((_limited(parts, units, net),), title, origin)
    ordered = sorted(priced, key=lambda one: one[2].contracts < 0)
    drafts = (_of_one(one, int(leg.contracts), price) for price, one, leg in ordered)
    return Ticket(tuple(drafts), title, origin)


def single(
    listed: Listed,
    contracts: int,
    symbol: str,
    *,
    currency: str = "USD",
    at: At = At.MID,
    origin: Origin = Origin.CHAIN,
) -> Ticket:
    """One listed option, bought or, with negative contracts, sold; it has to be usable."""
    leg = HedgeLeg(listed, Decimal(contracts), Decimal(contracts))
    option = _option(listed, symbol, currency)
    side = "Buy" if contracts > 0 else "Sell"
    draft = _of_one(option, contracts, leg.price(at))
    return Ticket((draft,), f"{side} {option.words}", origin)


def closing(held: Held, contracts: int, price: Decimal, *, title: str = "") -> Ticket:
    """An order that takes back so many of what is held, at `price` per share or better."""
    traded = -contracts if held.quantity > 0 else contracts
    draft = _of_one(held.instrument, traded, price)
    side = "Sell" if traded < 0 else "Buy back"
    return Ticket((draft,), title or f"{side} {held.instrument.words}", Origin.CLOSE)


def combined(
    legs: Iterable[tuple[Instrument, int]], net: Decimal, title: str, origin: Origin = Origin.ROLL
) -> Ticket:
    """One order of several legs, each with its contracts; `net` per share of one unit."""
    pairs = [(instrument, contracts) for instrument, contracts in legs if contracts]
    ratios, units = _ratios([contracts for _, contracts in pairs])
    parts = tuple(
        OrderLeg(instrument, ratio) for (instrument, _), ratio in zip(pairs, ratios, strict=True)
    )
    return Ticket((_limited(parts, units, net),), title, origin)


def edited(
    draft: OrderDraft,
    *,
    quantity: int | None = None,
    limit: Decimal | None = None,
    tif: Tif | None = None,
) -> OrderDraft:
    """The order with another quantity, limit or life; None leaves each as it is."""
    return replace(
        draft,
        quantity=draft.quantity if quantity is None else quantity,
        limit=draft.limit if limit is None else limit,
        tif=draft.tif if tif is None else tif,
    )


def fault(draft: OrderDraft) -> str:
    """Why this is no order at all; empty where it is one."""
    instruments = [leg.instrument for leg in draft.legs]
    if not draft.legs or any(not leg.ratio for leg in draft.legs):
        return "The order trades nothing: choose a contract."
    if len(set(instruments)) < len(instruments):
        return "The order has a contract twice: make one leg of the two."
    if gcd(*(leg.ratio for leg in draft.legs)) != 1:
        return "The legs' ratios have a common divisor: divide them by it, and raise the quantity."
    if draft.quantity < 1:
        return "The quantity has to be 1 at least."
    return "" if draft.limit is None else _limit_fault(draft, draft.limit)


def _limit_fault(draft: OrderDraft, limit: Decimal) -> str:
    if not limit.is_finite():
        return "The limit is not a number: enter a price."
    if not draft.combo and limit * draft.legs[0].ratio <= 0:
        return "The price has to be above 0."
    return ""


def _ratios(contracts: Sequence[int]) -> tuple[list[int], int]:
    """The smallest whole ratios of these, and how many units of them there are."""
    units = gcd(*contracts) or 1
    return [one // units for one in contracts], units


def _of_one(instrument: Instrument, contracts: int, price: Decimal) -> OrderDraft:
    """Contracts of one instrument, sold where negative, at a price per share above 0."""
    way = 1 if contracts > 0 else -1
    return _limited((OrderLeg(instrument, way),), abs(contracts), way * price)


def _limited(legs: tuple[OrderLeg, ...], units: int, net: Decimal) -> OrderDraft:
    draft = OrderDraft(legs, units, net)
    return replace(draft, limit=to_tick(draft, net))


def _option(listed: Listed, symbol: str, currency: str) -> Instrument:
    return Instrument(
        symbol, listed.expiry, listed.strike, listed.right, listed.multiplier, currency
    )
