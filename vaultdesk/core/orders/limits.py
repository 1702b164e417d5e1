"""The limits a user sets for all orders, and what of an order goes beyond them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from vaultdesk.core.money import plain, rounded
from vaultdesk.core.orders.preview import Caution, Warned
from vaultdesk.core.orders.ticks import on_tick, to_tick

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vaultdesk.core.orders.draft import OrderDraft
    from vaultdesk.core.orders.instrument import Instrument
    from vaultdesk.core.orders.preview import Estimate


@dataclass(frozen=True, slots=True)
class Limits:
    """What no order may go beyond.

    Attributes:
        max_contracts: of all legs of one order together.
        max_notional: premium of one order at its limit, paid or received, in its currency.
        max_from_mid: how far a limit may lie from the mid, a fraction of the legs' mids together.
        close_only: only orders that reduce a position.
        market_orders: orders without a limit on options are allowed.
    """

    max_contracts: int = 500
    max_notional: Decimal = Decimal(1_000_000)
    max_from_mid: Decimal = Decimal("0.25")
    close_only: bool = False
    market_orders: bool = False


def beyond(limits: Limits, estimate: Estimate, held: Mapping[Instrument, Decimal]) -> list[Warned]:
    """Why an order is not sent, a sentence each; `held` is what its account holds."""
    draft = estimate.draft
    found = [_contracts(limits, draft), _notional(limits, estimate), _market(limits, draft)]
    if draft.limit is not None:
        found += [_off_tick(draft, draft.limit), _from_mid(limits, estimate, draft.limit)]
    if limits.close_only:
        found.append(_opening(draft, held))
    return [one for one in found if one is not None]


def multiplier(draft: OrderDraft) -> int:
    """Shares that a unit's net price per share stands for: those of its first leg's contract."""
    return draft.legs[0].instrument.multiplier


def closes(draft: OrderDraft, held: Mapping[Instrument, Decimal]) -> bool:
    """Whether every leg only reduces what is held of it."""
    return all(
        (now := held.get(leg.instrument, Decimal(0))) * leg.ratio < 0
        and abs(leg.ratio * draft.quantity) <= abs(now)
        for leg in draft.legs
    )


def _contracts(limits: Limits, draft: OrderDraft) -> Warned | None:
    options = sum(abs(leg.ratio) for leg in draft.legs if leg.instrument.is_option)
    contracts = options * draft.quantity
    if contracts <= limits.max_contracts:
        return None
    return Warned(
        Caution.LIMIT,
        f"{contracts} contracts are more than the {limits.max_contracts} you allow in one order: "
        "send fewer, or change the limit in the settings.",
        refuses=True,
    )


def _notional(limits: Limits, estimate: Estimate) -> Warned | None:
    draft = estimate.draft
    price = estimate.natural if draft.limit is None else draft.limit
    if price is None:
        return None
    notional = abs(price) * multiplier(draft) * draft.quantity
    if notional <= limits.max_notional:
        return None
    return Warned(
        Caution.LIMIT,
        f"The order comes to {rounded(notional, 0):,f}, more than the "
        f"{rounded(limits.max_notional, 0):,f} you allow: send fewer, or change the limit in the "
        "settings.",
        refuses=True,
    )


def _market(limits: Limits, draft: OrderDraft) -> Warned | None:
    if draft.limit is not None or not any(leg.instrument.is_option for leg in draft.legs):
        return None
    if limits.market_orders:
        return Warned(
            Caution.MARKET_ORDER, "A market order on options is filled at whatever price there is."
        )
    return Warned(
        Caution.MARKET_ORDER,
        "Market orders on options are switched off, they are filled at any price: set a limit.",
        refuses=True,
    )


def _off_tick(draft: OrderDraft, limit: Decimal) -> Warned | None:
    if on_tick(draft, limit):
        return None
    return Warned(
        Caution.TICK,
        f"The exchange does not take {plain(limit):f} as a price: the next that does is "
        f"{plain(to_tick(draft, limit)):f}.",
        refuses=True,
    )


def _from_mid(limits: Limits, estimate: Estimate, limit: Decimal) -> Warned | None:
    """Measured by the legs' mids added up: the net of a collar may be near nothing."""
    if estimate.mid is None or estimate.gross is None:
        return None
    far = abs(limit - estimate.mid)
    if far <= limits.max_from_mid * estimate.gross:
        return None
    return Warned(
        Caution.LIMIT,
        f"The limit is {plain(rounded(far, 4)):f} away from the mid of "
        f"{plain(rounded(estimate.mid, 4)):f}, more than "
        f"{plain(rounded(100 * limits.max_from_mid, 2)):f} % of it: set it nearer, or change the "
        "limit in the settings.",
        refuses=True,
    )


def _opening(draft: OrderDraft, held: Mapping[Instrument, Decimal]) -> Warned | None:
    if closes(draft, held):
        return None
    return Warned(
        Caution.CLOSE_ONLY,
        "Only orders that reduce a position are allowed, and this one opens or enlarges one: "
        "allow it in the settings.",
        refuses=True,
    )
