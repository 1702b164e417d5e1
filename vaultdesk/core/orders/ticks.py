"""Prices an exchange takes: the legal tick of an option, a share and an order of several legs.

The US exchanges' rules on minimum increments since the Penny Interval Program of 2020: classes in
the program trade in 0.01 below 3.00 and in 0.05 from there on, SPY, QQQ and IWM in 0.01 at any
price, all others in 0.05 and 0.10. Complex orders are priced net in 0.01.
"""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vaultdesk.core.orders.draft import OrderDraft
    from vaultdesk.core.orders.instrument import Instrument

PENNY, NICKEL, DIME = Decimal("0.01"), Decimal("0.05"), Decimal("0.10")
SUB_PENNY = Decimal("0.0001")
"""Shares below a dollar (Regulation NMS, rule 612)."""
FROM = Decimal(3)
"""Options from this price on trade in the coarser of their two ticks."""
PENNY_THROUGHOUT = frozenset({"SPY", "QQQ", "IWM"})
PENNY_PROGRAM = frozenset({"GLD", "SLV", "GDX", "GDXJ"})
"""The program's classes on precious metals. What is not known to be in it is priced in nickels and
dimes, which are legal ticks of a class in the program as well."""


def tick(instrument: Instrument | None, price: Decimal) -> Decimal:
    """The step between prices around this one, per share; `instrument` None is several legs."""
    size = abs(price)
    if instrument is None:
        return PENNY
    if not instrument.is_option:
        return PENNY if size >= 1 else SUB_PENNY
    if instrument.symbol in PENNY_THROUGHOUT:
        return PENNY
    below, above = (PENNY, NICKEL) if instrument.symbol in PENNY_PROGRAM else (NICKEL, DIME)
    return below if size < FROM else above


def tick_of(draft: OrderDraft, price: Decimal) -> Decimal:
    """The step between limits of an order around this one."""
    return tick(None if draft.combo else draft.legs[0].instrument, price)


def on_tick(draft: OrderDraft, price: Decimal) -> bool:
    """Whether the exchange takes this net price as a limit."""
    return price % tick_of(draft, price) == 0


def to_tick(draft: OrderDraft, price: Decimal) -> Decimal:
    """The nearest legal limit that is no worse for the user: never paid more, received less.

    A price too small to buy at becomes the smallest there is.
    """
    step = tick_of(draft, price)
    legal = (price / step).to_integral_value(ROUND_FLOOR) * step
    if not legal and not draft.combo:
        return step if draft.legs[0].ratio > 0 else -step
    return legal


def stepped(draft: OrderDraft, price: Decimal, steps: int) -> Decimal:
    """The legal limit so many steps above or below another; each as large as it is there."""
    way = 1 if steps > 0 else -1
    rounding = ROUND_CEILING if way < 0 else ROUND_FLOOR
    for _ in range(abs(steps)):
        nudge = SUB_PENNY / 2 * way  # which side of a boundary a step is on depends on its way
        step = tick_of(draft, price + nudge)
        price = ((price / step).to_integral_value(rounding) + way) * step
    return price
