"""Trades as a ledger keeps them: each once, a correction in place of what it corrects."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from vaultdesk.core.orders.broker import Execution
    from vaultdesk.core.orders.draft import OrderDraft, OrderLeg


def newer(known: Execution | None, told: Execution) -> Execution:
    """Which of two reports of one trade counts: the higher revision, the known one of the same.

    What the one that counts lacks (its commission, the order it is of) is taken from the other.
    """
    if known is None:
        return told
    counts, other = (told, known) if told.revision > known.revision else (known, told)
    if counts.commission is None and other.commission is not None:
        counts = replace(counts, commission=other.commission, currency=other.currency)
    return replace(counts, ref=counts.ref or other.ref, perm_id=counts.perm_id or other.perm_id)


def units_traded(draft: OrderDraft, trades: Collection[Execution]) -> Decimal:
    """Units of which every leg was traded; a leg traded the wrong way counts as none."""
    return max(min(_traded(leg, trades) / leg.ratio for leg in draft.legs), Decimal(0))


def average_price(draft: OrderDraft, trades: Collection[Execution]) -> Decimal | None:
    """Net price of one unit per share, signed as a draft's limit; None until each leg traded."""
    net = Decimal(0)
    for leg in draft.legs:
        quantity = _traded(leg, trades)
        if not quantity:
            return None
        own = [one for one in trades if one.instrument == leg.instrument]
        paid = sum((one.quantity * one.price for one in own), Decimal(0))
        net += leg.ratio * paid / quantity
    return net


def commission_of(trades: Collection[Execution]) -> Decimal | None:
    """Of those trades that told theirs; None while none did."""
    told = [one.commission for one in trades if one.commission is not None]
    return sum(told, Decimal(0)) if told else None


def _traded(leg: OrderLeg, trades: Collection[Execution]) -> Decimal:
    own = (one.quantity for one in trades if one.instrument == leg.instrument)
    return sum(own, Decimal(0))
