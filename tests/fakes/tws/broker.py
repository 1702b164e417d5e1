"""What the fake TWS does with orders: takes, acknowledges, fills, cancels and rejects them."""

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from tests.fakes.tws import order_messages, requests
from tests.fakes.tws.faults import NOTES, TEXTS, Fault, Policy
from tests.fakes.tws.messages import Message
from tests.fakes.tws.queries import commission_report
from tests.fakes.tws.records import BrokerOrder, Execution, Refused
from tests.fakes.tws.requests import OrderRequest
from tests.fakes.tws.session import Session
from tests.fakes.tws.world import World, problem


def place(world: World, session: Session, fields: list[str]) -> None:
    """A placeOrder message came: journal it and do what the faults and the policy say."""
    request = requests.order(fields)
    if request.what_if:
        _journal(world, session, fields, request, accepted=False)
        session.send(*_what_if(world, session, request))
        return
    if world.once(Fault.CUT_BEFORE_ORDER):
        _journal(world, session, fields, request, accepted=False)
        session.cut()
        return
    try:
        order = _taken(world, session, request)
    except Refused as refused:
        _journal(world, session, fields, request, accepted=False)
        session.send(problem(request.order_id, refused.code))
        return
    _journal(world, session, fields, request, accepted=True, perm_id=order.perm_id)
    if world.once(Fault.CUT_AFTER_ORDER):
        session.cut()
        world.sessions.discard(session)
    _carry_out(world, order)


def unheard(world: World, session: Session, fields: list[str]) -> None:
    """A placeOrder message that the broker never sees."""
    _journal(world, session, fields, requests.order(fields), accepted=False)


def _taken(world: World, session: Session, request: OrderRequest) -> BrokerOrder:
    if Fault.READ_ONLY in world.faults:
        raise Refused(321)
    return world.book.place(session.client_id, request)


def _journal(
    world: World,
    session: Session,
    fields: list[str],
    request: OrderRequest,
    *,
    accepted: bool,
    perm_id: int = 0,
) -> None:
    world.journal.add(
        "place_order",
        session.client_id,
        fields,
        order_id=request.order_id,
        perm_id=perm_id,
        order_ref=request.order_ref,
        what_if=request.what_if,
        accepted=accepted,
    )


def _carry_out(world: World, order: BrokerOrder) -> None:
    """Acknowledge the order, or not, and fill it as the policy says."""
    if Fault.REJECT_ORDERS in world.faults:
        reject(world, order, 201, TEXTS[201])
        return
    order.status = "PreSubmitted" if world.policy is Policy.PRESUBMIT else "Submitted"
    if Fault.SILENT_ORDERS not in world.faults:
        said = [*_standing(order), *_notes(world, order)]
        first = Fault.NOTES_FIRST in world.faults
        tell(world, order.client_id, *(said[2:] + said[:2] if first else said))
    if world.policy is Policy.FILL_AT_ONCE:
        fill(world, order, order.remaining, None)
    elif world.policy is Policy.PARTIAL:
        fill(world, order, min(order.remaining, world.book.displayed(order)), None)


def _what_if(world: World, session: Session, request: OrderRequest) -> Iterable[Message]:
    if Fault.WHAT_IF_SILENT in world.faults:
        return
    refused = {Fault.WHAT_IF_REJECTED: 201, Fault.READ_ONLY: 321}
    for code in (code for fault, code in refused.items() if fault in world.faults):
        yield problem(request.order_id, code)
        return
    try:
        contract = world.book.listed(request.contract)
    except Refused as refused:
        yield problem(request.order_id, refused.code)
        return
    account = request.account or world.book.accounts[0]
    asked = BrokerOrder(
        session.client_id, request.order_id, 0, request.order_ref, account, contract,
        request.legs, request.action, request.quantity, request.order_type, request.limit,
        request.tif, "PreSubmitted",
    )  # fmt: skip
    state = order_messages.what_if_state(request.quantity, len(request.legs), world.faults)
    yield order_messages.open_order(asked, state)


def tell(world: World, client_id: int, *said: Message) -> None:
    """Say something to the client whose order it is, if it is there."""
    for session in world.named(client_id):
        session.send(*said)


def acknowledge(world: World, order: BrokerOrder) -> None:
    tell(world, order.client_id, *_standing(order))


def _standing(order: BrokerOrder) -> tuple[Message, Message]:
    return order_messages.open_order(order), order_messages.order_status(order)


def _notes(world: World, order: BrokerOrder) -> list[Message]:
    codes = (code for fault, code in NOTES.items() if fault in world.faults)
    return [problem(order.order_id, code) for code in codes]


def fill(
    world: World, order: BrokerOrder, contracts: Decimal | None, price: Decimal | None
) -> list[Execution]:
    """Trade so much (None: the rest) at this price (None: the limit, or natural)."""
    if price is None:
        price = world.book.natural(order) if order.limit is None else order.limit
    size = order.remaining if contracts is None else contracts
    made = world.book.fill(order, size, price, world.clock())
    report(world, made, acknowledged=order)
    return made


def report(world: World, made: list[Execution], acknowledged: BrokerOrder | None = None) -> None:
    """Tell the client of executions, then how the order stands, then commissions and positions."""
    times = 2 if Fault.DUPLICATE_EXECUTIONS in world.faults else 1
    rows = [order_messages.execution(-1, each, zone=world.zone) for each in made * times]
    status = [] if acknowledged is None else [*_standing(acknowledged)]
    said = status + rows if Fault.STATUS_FIRST in world.faults else rows + status
    tell(world, made[0].client_id, *said)
    for execution in made:
        tell(world, execution.client_id, *commission_report(world, execution))
        held = world.book.positions.get((execution.account, execution.contract.con_id))
        if held is not None:
            world.announce(held)


def cancel_asked(world: World, session: Session, fields: list[str]) -> None:
    """A cancelOrder message came."""
    order_id = int(fields[2])
    order = world.book.by_id(session.client_id, order_id)
    ref, perm_id = (order.order_ref, order.perm_id) if order else ("", 0)
    cut, ignored = world.once(Fault.CUT_BEFORE_CANCEL), Fault.CANCEL_IGNORED in world.faults
    heard = not (cut or ignored or Fault.READ_ONLY in world.faults)
    world.journal.add(
        "cancel_order", session.client_id, fields, order_id=order_id, order_ref=ref,
        perm_id=perm_id, accepted=heard and order is not None,
    )  # fmt: skip
    if cut:
        session.cut()
    elif Fault.READ_ONLY in world.faults:
        session.send(problem(order_id, 321))
    elif not ignored:
        _cancel_heard(world, session, order_id, order)


def _cancel_heard(world: World, session: Session, order_id: int, order: BrokerOrder | None) -> None:
    if world.once(Fault.CUT_AFTER_CANCEL):
        session.cut()
        world.sessions.discard(session)
    if order is None or Fault.CANCEL_NOT_FOUND in world.faults:
        session.send(problem(order_id, 10147, TEXTS[10147].format(order_id=order_id)))
        return
    if Fault.CANCEL_TOO_LATE in world.faults and order.alive:
        fill(world, order, None, None)
    if order.alive:
        cancel(world, order)
        return
    text = TEXTS[10148].format(order_id=order_id, status=order.status)
    session.send(problem(order_id, 10148, text))


def cancel(world: World, order: BrokerOrder) -> None:
    """The order is cancelled: its status, and the note 202."""
    order.status, order.done_at = "Cancelled", world.clock()
    status = order_messages.order_status(order)
    tell(world, order.client_id, status, problem(order.order_id, 202))


def cancel_all(world: World) -> None:
    """What reqGlobalCancel does: everybody's orders go."""
    for order in world.book.orders:
        if order.alive:
            cancel(world, order)


def reject(world: World, order: BrokerOrder, code: int, text: str) -> None:
    """The order is refused after it was taken: an error, then `Inactive`."""
    order.status, order.done_at = "Inactive", world.clock()
    tell(world, order.client_id, problem(order.order_id, code, text))
    acknowledge(world, order)


def correct(
    world: World, exec_id: str, contracts: Decimal | None, price: Decimal | None
) -> Execution:
    """The broker corrects a trade: the same execution under the next number."""
    made = world.book.correct(exec_id, contracts, price)
    report(world, [made])
    return made


def repeat(world: World, exec_id: str) -> None:
    """The broker tells a trade again."""
    report(world, [replace(world.book.execution(exec_id))])
