"""Where each message of a client goes: the handshake, the broker, the market data, the lists."""

from tests.fakes.tws import broker, quotes
from tests.fakes.tws.faults import Fault
from tests.fakes.tws.journal import KINDS
from tests.fakes.tws.order_messages import NEW_YORK
from tests.fakes.tws.queries import answers
from tests.fakes.tws.session import Session
from tests.fakes.tws.world import World, problem

SERVER_VERSION = 176


def take(world: World, session: Session, fields: list[str]) -> None:
    """Journal a message and answer it, or not, as the faults say."""
    if fields[0].startswith("v"):
        _greet(world, session)
    elif Fault.DEAF in world.faults:
        _unheard(world, session, fields)
    elif fields[0] == "3":
        broker.place(world, session, fields)
    elif fields[0] == "4":
        broker.cancel_asked(world, session, fields)
    else:
        _asked(world, session, fields)


def _greet(world: World, session: Session) -> None:
    if not world.faults & {Fault.SILENT_HANDSHAKE, Fault.DEAF}:
        local = world.clock().astimezone(NEW_YORK)  # TWS greets with its own time
        session.send((SERVER_VERSION, f"{local:%Y%m%d %H:%M:%S} Eastern Standard Time"))


def _unheard(world: World, session: Session, fields: list[str]) -> None:
    if fields[0] == "3":
        broker.unheard(world, session, fields)
    else:
        world.journal.add(_kind(fields), session.client_id, fields, accepted=False)


def _asked(world: World, session: Session, fields: list[str]) -> None:
    kind = _kind(fields)
    client = int(fields[2]) if kind == "start_api" else session.client_id
    world.journal.add(kind, client, fields)
    if kind == "start_api":
        _welcome(world, session, client)
    elif kind == "market_data":
        session.send(*quotes.requested(world, session, fields))
    elif kind == "cancel_market_data":
        session.quotes.pop(int(fields[2]), None)
    elif kind == "market_data_type":
        session.data_type = int(fields[2])
    elif kind == "global_cancel":
        broker.cancel_all(world)
    else:
        session.send(*answers(world, session, fields))


def _welcome(world: World, session: Session, client: int) -> None:
    if client in world.clients or Fault.CLIENT_ID_IN_USE in world.faults:
        session.send(problem(-1, 326))
        session.close()
        return
    session.client_id = client
    book = world.book
    session.send((15, 1, ",".join(book.accounts)), (9, 1, book.next_id))
    session.send(*(problem(-1, code) for code in (2104, 2106, 2158)))


def _kind(fields: list[str]) -> str:
    return KINDS.get(int(fields[0]), fields[0])
