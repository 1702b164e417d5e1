"""The answers of the fake TWS to all that is not an order: accounts, lists, contracts."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from decimal import Decimal

from tests.fakes.tws import messages, order_messages
from tests.fakes.tws.faults import Fault
from tests.fakes.tws.messages import Message
from tests.fakes.tws.records import Execution
from tests.fakes.tws.requests import Fields, asked
from tests.fakes.tws.session import Session
from tests.fakes.tws.world import World, problem

Query = Callable[[World, Session, list[str]], Iterable[Message]]

START = {5, 6, 7, 61, 76, 99}
"""The requests a client makes at its start."""
UNUSUAL = {16, 76}
"""What only some clients ask."""
CLOSED_TO_READERS = {5, 99}
"""What a read-only TWS never ends."""


def answers(world: World, session: Session, fields: list[str]) -> Iterable[Message]:
    """What TWS answers; nothing to a request it does not know."""
    number = int(fields[0])
    if Fault.SILENT_START in world.faults and number in START:
        return ()
    if Fault.NOTHING_UNUSUAL in world.faults and number in UNUSUAL:
        return ()
    if Fault.READ_ONLY in world.faults and number in CLOSED_TO_READERS:
        return (problem(-1, 321),)
    query = _QUERIES.get(number)
    return () if query is None else query(world, session, fields)


def account_values(world: World, account: str) -> Iterator[tuple[str, str, str]]:
    """Tag, value and currency; the account is in dollars, and has no loan."""
    held = [held for held in world.book.positions.values() if held.account == account]
    gross = sum(
        (world.market.quote(each.contract.con_id).mid * each.contracts * each.contract.size)
        for each in held
    )
    worth = world.book.cash + gross
    yield "AccountCode", account, ""
    yield "AccountReady", "true", ""
    yield "AccountType", "INDIVIDUAL", ""
    amounts = {
        "AvailableFunds": worth,
        "BuyingPower": 4 * worth,
        "EquityWithLoanValue": worth,
        "ExcessLiquidity": worth,
        "GrossPositionValue": abs(gross),
        "InitMarginReq": Decimal(0),
        "MaintMarginReq": Decimal(0),
        "NetLiquidation": worth,
        "TotalCashValue": world.book.cash,
    }
    for tag, amount in amounts.items():
        yield tag, f"{amount:.2f}", "USD"
    for currency in ("BASE", "USD"):
        yield "CashBalance", f"{world.book.cash:.2f}", currency


def _current_time(world: World, _: Session, __: list[str]) -> Iterable[Message]:
    yield 49, 1, int(world.clock().timestamp())


def _ids(world: World, _: Session, __: list[str]) -> Iterable[Message]:
    yield 9, 1, world.book.next_id


def _managed(world: World, _: Session, __: list[str]) -> Iterable[Message]:
    yield 15, 1, ",".join(world.book.accounts)


def _positions(world: World, session: Session, _: list[str]) -> Iterable[Message]:
    session.wants_positions = True
    for held in world.book.positions.values():
        if held.contracts:
            yield messages.position(held)
    yield 62, 1


def _cancel_positions(_: World, session: Session, __: list[str]) -> Iterable[Message]:
    session.wants_positions = False
    return ()


def _account_updates(world: World, session: Session, fields: list[str]) -> Iterable[Message]:
    subscribe, account = fields[2] == "1", fields[3] or world.book.accounts[0]
    session.wants_account = account if subscribe else ""
    if not subscribe:
        return
    for value in account_values(world, account):
        yield messages.account_value(account, *value)
    for held in world.book.positions.values():
        if held.account == account and held.contracts:
            yield world.portfolio(held)
    yield 8, 1, f"{world.clock().astimezone(order_messages.NEW_YORK):%H:%M}"
    yield 54, 1, account


def _account_multi(world: World, _: Session, fields: list[str]) -> Iterable[Message]:
    req_id, account = int(fields[2]), fields[3]
    for value in account_values(world, account):
        yield messages.account_value_multi(req_id, account, *value)
    yield 74, 1, req_id


def _summary(world: World, _: Session, fields: list[str]) -> Iterable[Message]:
    req_id, tags = int(fields[2]), fields[4].split(",")
    for account in world.book.accounts:
        for tag, value, currency in account_values(world, account):
            if tag in tags:
                yield messages.summary(req_id, account, tag, value, currency)
    yield 64, 1, req_id


def _open_orders(world: World, session: Session, _: list[str]) -> Iterable[Message]:
    return _working(world, session.client_id)


def _all_open_orders(world: World, _: Session, __: list[str]) -> Iterable[Message]:
    return _working(world, None)


def _working(world: World, client_id: int | None) -> Iterator[Message]:
    for order in world.book.orders:
        if order.alive and client_id in {None, order.client_id}:
            yield order_messages.open_order(order)
            yield order_messages.order_status(order)
    yield 53, 1


def _completed(world: World, _: Session, __: list[str]) -> Iterable[Message]:
    for order in world.book.orders:
        if order.of_today and not order.alive:
            yield order_messages.completed_order(order, zone=world.zone)
    yield (102,)


def _executions(world: World, _: Session, fields: list[str]) -> Iterable[Message]:
    req_id = int(fields[2])
    for made in world.book.executions[world.book.told_from :]:
        if _passes(made, fields[3:]):
            yield order_messages.execution(req_id, made, zone=world.zone)
            yield from commission_report(world, made)
    yield 55, 1, req_id


def _passes(made: Execution, wanted: list[str]) -> bool:
    """Whether an execution passes the filter: client, account, time, symbol, kind, and side."""
    client, account, since, symbol, kind, _, side = wanted
    digits = "".join(filter(str.isdigit, since))
    return (
        client in {"", "0", str(made.client_id)}
        and account in {"", made.account}
        and symbol in {"", made.contract.symbol}
        and kind in {"", made.contract.sec_type}
        and side.upper() in {"", made.side, "BUY" if made.side == "BOT" else "SELL"}
        and (not digits or made.at >= _time(digits))
    )


def _time(digits: str) -> datetime:
    """New York's time, of fourteen digits."""
    local = datetime.strptime(digits[:14], "%Y%m%d%H%M%S")  # noqa: DTZ007 - the zone follows
    return local.replace(tzinfo=order_messages.NEW_YORK)


def commission_report(world: World, made: Execution) -> Iterable[Message]:
    """The report, if the broker sends one; a whole combination has none, its legs have."""
    if made.commission is not None and Fault.NO_COMMISSION not in world.faults:
        yield order_messages.commission(made, unset=Fault.COMMISSION_UNSET in world.faults)


def _details(world: World, _: Session, fields: list[str]) -> Iterable[Message]:
    req_id, wanted = int(fields[2]), asked(Fields(fields[3:]))
    if wanted.sec_type == "BAG":
        return  # TWS never answers this
    found = world.market.matching(wanted)
    if not found:
        yield problem(req_id, 200)
        return
    padding = "x" * 200_000 if Fault.LARGE_MESSAGES in world.faults else ""
    for listed in found:
        yield messages.details(req_id, listed, world.market, padding)
    yield 52, 1, req_id


def _option_parameters(world: World, _: Session, fields: list[str]) -> Iterable[Message]:
    req_id = int(fields[1])
    for exchange in ("SMART", "CBOE"):
        yield messages.option_parameters(req_id, world.market, exchange)
    yield 76, req_id


def _market_rule(_: World, __: Session, fields: list[str]) -> Iterable[Message]:
    yield messages.market_rule(int(fields[1]))


_QUERIES: dict[int, Query] = {
    5: _open_orders,
    6: _account_updates,
    7: _executions,
    8: _ids,
    9: _details,
    16: _all_open_orders,
    17: _managed,
    49: _current_time,
    61: _positions,
    62: _summary,
    64: _cancel_positions,
    76: _account_multi,
    78: _option_parameters,
    91: _market_rule,
    99: _completed,
}
