"""Tickets and previews as the panel is given them."""

from dataclasses import replace
from decimal import Decimal

from tests.fakes.feed import START
from tests.fakes.orders import COLLAR, PUT
from vaultdesk.core.market import Quality
from vaultdesk.core.orders.broker import WhatIf
from vaultdesk.core.orders.draft import OrderDraft, OrderLeg, Origin, Ticket
from vaultdesk.core.orders.instrument import InstrumentQuote
from vaultdesk.core.orders.life import Mode
from vaultdesk.core.orders.preview import Caution, Estimate, LoanEffect, Preview, Warned

BUY = OrderDraft((OrderLeg(PUT, 1),), 63, Decimal("6.25"))
SELL = OrderDraft((OrderLeg(PUT, -1),), 5, Decimal("-2.97"))
ONE = Ticket((BUY,), "Protective put", Origin.STRATEGY)
BAG = Ticket((COLLAR,), "Collar to December", Origin.STRATEGY)
TWO = Ticket((BUY, COLLAR), "Two at once", Origin.STRATEGY)
ACCOUNT = "DUPAPER"
WIDE = Warned(Caution.SPREAD_WIDE, "The spread is 4.8 % of mid: use a limit near mid.")
TOO_MANY = Warned(Caution.LIMIT, "630 contracts are more than you allow: send fewer.", refuses=True)


def estimate(draft: OrderDraft, **changes: object) -> Estimate:
    """Of an order whose legs are all quoted 6.10 to 6.40."""
    made = Estimate(
        draft=draft,
        quotes=tuple(
            InstrumentQuote(
                leg.instrument, Decimal("6.10"), Decimal("6.40"), START, "test", Quality.LIVE, 12, 8
            )
            for leg in draft.legs
        ),
        natural=Decimal("6.40"),
        mid=Decimal("6.25"),
        expected=Decimal("6.31"),
        reasons=("Half of the spread is usual at this size.",),
        cost=Decimal(39_753),
        slippage=Decimal(378),
        commission=Decimal("40.95"),
        what_if=WhatIf(
            initial_before=Decimal(100),
            initial_after=Decimal(120),
            currency="USD",
            why="The broker gave no commission within 10 s.",
        ),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def preview(ticket: Ticket = ONE, *warned: Warned, **changes: object) -> Preview:
    """Made at START, for the desk's own account."""
    made = Preview(
        ticket=ticket,
        account=ACCOUNT,
        mode=Mode.PAPER,
        broker="desk paper",
        at=START,
        spot=Decimal("350.02"),
        quality=Quality.LIVE,
        estimates=tuple(estimate(draft) for draft in ticket.orders),
        loan=LoanEffect(
            ltv_before=Decimal("0.6"),
            ltv_after=Decimal("0.6114"),
            at_call_before=Decimal("0.75"),
            at_call_after=Decimal("0.6893"),
            ounces=Decimal("934.2"),
            covered_before=Decimal(0),
            covered_after=Decimal("588.5"),
            until="2026-12-18",
        ),
        warnings=warned,
        hash="a" * 64,
    )
    return replace(made, **changes)  # type: ignore[arg-type]
