"""What reports are made from: orders, trades, alerts and a path of the LTV, as tests want them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from vaultdesk.core.alerts import Alert, Event, Metric, Severity
from vaultdesk.core.loan.cure import zone_of
from vaultdesk.core.loan.snapshots import Snapshot
from vaultdesk.core.loan.terms import Facility, single_pledge
from vaultdesk.core.market import Quality, Quote
from vaultdesk.core.orders.broker import Execution
from vaultdesk.core.orders.draft import OrderDraft, OrderLeg
from vaultdesk.core.orders.instrument import Instrument
from vaultdesk.core.orders.life import Mode, Order, OrderState

if TYPE_CHECKING:
    from vaultdesk.core.market import Right

NOW = datetime(2026, 7, 10, 15, 0, tzinfo=UTC)
EXPIRY = date(2026, 12, 18)
TERMS = single_pledge(
    "GLD", Decimal(10_000), Decimal(2_100_000), "USD", Decimal("0.75"), Decimal("0.85"),
    NOW - timedelta(days=30), "analyst",
)  # fmt: skip
"""60 % at 350.00, called at 280.00."""


def put(strike: str = "300", right: Right = "P") -> Instrument:
    return Instrument("GLD", EXPIRY, Decimal(strike), right, 100)


def order(
    *legs: tuple[Instrument, int],
    ref: str = "VD-test-1",
    ticket: str = "ab" * 32,
    quantity: int = 100,
    at: datetime = NOW,
    mode: Mode = Mode.PAPER,
    state: OrderState = OrderState.CONFIRMED,
) -> Order:
    """An order at a limit of 8.40."""
    draft = OrderDraft(
        tuple(OrderLeg(instrument, ratio) for instrument, ratio in legs or ((put(), 1),)),
        quantity,
        Decimal("8.40"),
    )
    return Order(
        *(ref, ticket, 0, draft, "Protective put", "desk paper", "DP1", mode, state, at, at)
    )


def trade(quantity: int, price: str, ref: str = "VD-test-1", number: int = 1) -> Execution:
    """A trade of the put, ten seconds after the other."""
    at = NOW + timedelta(seconds=10 * number)
    return Execution(
        *(f"t{number}", 1, ref, 7, "DP1", put(), Decimal(quantity), Decimal(price), at),
        commission=Decimal("0.65") * abs(quantity),
    )


def alert(number: int = 1, at: datetime = NOW, quality: Quality = Quality.LIVE) -> Alert:
    """The LTV reached 70 %."""
    return Alert(
        id=f"desk.ltv-70.{number}",
        rule="ltv-70",
        crossing=number,
        event=Event.CROSSED,
        severity=Severity.WARNING,
        at=at,
        metric=Metric.LTV,
        subject="",
        value=Decimal("0.7012"),
        threshold=Decimal("0.70"),
        sentence="LTV 70.12 % has reached 70 %: GLD 299.50; decide how you would cure it.",
        price=Decimal("299.50"),
        source="test",
        quality=quality,
        age_s=4.0,
        channels=frozenset({"mail", "desktop"}),
    )


def snapshot(
    at: datetime, price: str, terms: Facility = TERMS, quality: Quality = Quality.LIVE
) -> Snapshot:
    """The hour's row at a price of GLD."""
    value = Decimal(price) * terms.lots[0].quantity
    ltv = terms.tranches[0].principal / value
    return Snapshot(
        at, "hour", "GLD", Decimal(price), value, terms.tranches[0].principal, ltv,
        zone_of(ltv, terms.call_ltv, terms.closeout_ltv), terms.call_ltv, terms.closeout_ltv,
        "USD", "test", quality, at,
    )  # fmt: skip


def gold(price: str = "350", quality: Quality = Quality.LIVE, at: datetime = NOW) -> Quote:
    return Quote("GLD", None, None, Decimal(price), at, at, "test", quality)
