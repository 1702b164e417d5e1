"""Market data of the fake TWS: subscriptions, snapshots, delayed data and its refusals."""

from collections.abc import Iterable, Iterator

from tests.fakes.tws import messages
from tests.fakes.tws.faults import Fault
from tests.fakes.tws.market import Listed
from tests.fakes.tws.messages import Message
from tests.fakes.tws.requests import DataRequest, market_data
from tests.fakes.tws.session import Session
from tests.fakes.tws.world import World, problem

REFUSALS = {
    Fault.NO_MARKET_DATA: 354,
    Fault.NO_API_MARKET_DATA: 10089,
    Fault.COMPETING_SESSION: 10197,
}
DELAYED_TYPES = {3, 4}


def requested(world: World, session: Session, fields: list[str]) -> Iterator[Message]:
    """The answer to reqMktData: a refusal, or the ticks of a subscription or a snapshot."""
    request = market_data(fields)
    found = world.market.matching(request.contract)
    refusal = 200 if len(found) != 1 else _refusal(world, session)
    if refusal is not None:
        yield problem(request.req_id, refusal)
        return
    delayed = Fault.DELAYED_ONLY in world.faults
    if delayed:
        yield problem(request.req_id, 10167)
    yield 58, 1, request.req_id, session.data_type if delayed else 1
    yield 81, request.req_id, "0.01", "SMART", 3
    yield from ticks(world, request.req_id, found[0], delayed=delayed)
    yield from _generic(world, request, found[0])
    if request.snapshot:
        yield 57, 1, request.req_id
    else:
        session.quotes[request.req_id] = found[0], delayed


def _refusal(world: World, session: Session) -> int | None:
    for fault, code in REFUSALS.items():
        if fault in world.faults:
            return code
    refused = Fault.DELAYED_ONLY in world.faults and session.data_type not in DELAYED_TYPES
    return 354 if refused else None


def ticks(world: World, req_id: int, listed: Listed, *, delayed: bool) -> Iterator[Message]:
    """The quote of a contract, and its Greeks when it is an option."""
    quoted = Fault.NO_QUOTES not in world.faults
    quote = world.market.quote(listed.con_id)
    yield from messages.quote_ticks(req_id, quote if quoted else None, delayed=delayed)
    if quoted:
        yield from messages.last_ticks(req_id, quote.mid, delayed=delayed)
    if listed.sec_type == "OPT" and Fault.NO_GREEKS not in world.faults:
        absent = Fault.ABSENT_GREEKS in world.faults
        greeks = None if absent else world.market.greeks(listed.con_id)
        yield messages.option_tick(req_id, greeks, world.market.spot, delayed=delayed)


def _generic(world: World, request: DataRequest, listed: Listed) -> Iterable[Message]:
    """What was asked for beyond the quote: 101 is open interest, 106 implied volatility."""
    wanted = request.generic.split(",")
    if "101" in wanted and listed.sec_type == "OPT":
        yield 2, 6, request.req_id, 27 if listed.right == "C" else 28, 1200
    if "106" in wanted and listed.sec_type == "STK":
        yield messages.generic_tick(request.req_id, 24, world.market.volatility)


def again(world: World, con_id: int) -> None:
    """Send a contract's quote to all who subscribed to it."""
    for session in world.sessions:
        for req_id, (listed, delayed) in session.quotes.items():
            if listed.con_id == con_id:
                session.send(*ticks(world, req_id, listed, delayed=delayed))
