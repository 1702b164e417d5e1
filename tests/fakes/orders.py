"""Orders and trades as a test writes them down."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from tests.fakes.feed import START
from vaultdesk.core.audit import Fact, FactKind
from vaultdesk.core.orders.broker import Execution, Held
from vaultdesk.core.orders.draft import OrderDraft, OrderLeg
from vaultdesk.core.orders.instrument import Instrument
from vaultdesk.core.orders.life import Mode, Order, OrderState

PUT = Instrument("GLD", date(2026, 12, 18), Decimal("332.5"), "P", 100)
CALL = Instrument("GLD", date(2026, 12, 18), Decimal(385), "C", 100)
COLLAR = OrderDraft((OrderLeg(PUT, 1), OrderLeg(CALL, -1)), 63, Decimal("-1.05"))


def order(number: int = 0, state: OrderState = OrderState.CONFIRMED, **changes: object) -> Order:
    """A collar on the desk's paper account, one of a ticket of its own."""
    at = START + timedelta(seconds=number)
    made = Order(
        ref=f"VD-test-{number:012x}",
        ticket=f"{number:064x}",
        place=0,
        draft=COLLAR,
        title="Collar to December",
        broker="desk paper",
        account="DUPAPER",
        mode=Mode.PAPER,
        state=state,
        confirmed_at=at,
        changed_at=at,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def confirmation(*orders: Order) -> tuple[Fact, ...]:
    """The facts that these were confirmed."""
    return tuple(
        Fact(FactKind.CONFIRMED, one.confirmed_at, one.ref, "user", f"confirmed: {one.title}")
        for one in orders
    )


def note(text: str = "said", subject: str = "", **changes: object) -> Fact:
    """Something the broker said."""
    made = Fact(FactKind.NOTE, START, subject, "desk paper", text, "4;2;-1;2104;OK")
    return replace(made, **changes)  # type: ignore[arg-type]


def execution(exec_id: str = "0001f4e8.01", revision: int = 1, **changes: object) -> Execution:
    """A trade of the put, of the first order."""
    made = Execution(
        exec_id=exec_id,
        revision=revision,
        ref=order().ref,
        perm_id=77,
        account="DUPAPER",
        instrument=PUT,
        quantity=Decimal(63),
        price=Decimal("8.20"),
        at=START,
        at_text="20260710 11:00:00 US/Eastern",
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def held(quantity: str = "20", account: str = "elsewhere") -> Held:
    """The put, held elsewhere."""
    return Held(account, PUT, Decimal(quantity), Decimal("9.10"))
