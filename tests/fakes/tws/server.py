"""The fake TWS itself: it listens on loopback and does by hand what a test tells it."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.fakes.tws import broker, dispatch, quotes
from tests.fakes.tws.book import Book
from tests.fakes.tws.faults import NOTES, TEXTS, Fault, Policy
from tests.fakes.tws.frame import Frames
from tests.fakes.tws.journal import Journal
from tests.fakes.tws.market import Market, gld_market
from tests.fakes.tws.records import BrokerOrder, Execution, Position
from tests.fakes.tws.requests import Asked, OrderRequest
from tests.fakes.tws.session import Session
from tests.fakes.tws.world import World, now, problem

PATIENCE = 10.0
"""Seconds to wait for what must happen."""

Number = Decimal | str | int


class FakeTws:
    """An Interactive Brokers server whose broker remembers over drops and restarts."""

    def __init__(
        self,
        *,
        accounts: tuple[str, ...] = ("DU1234567",),
        market: Market | None = None,
        policy: Policy = Policy.WORK,
        port: int = 0,
        state: Path | None = None,
        clock: Callable[[], datetime] = now,
        next_id: int = 1,
    ) -> None:
        book = Book(accounts, market or gld_market(), next_id)
        self.host, self.port = "127.0.0.1", port
        self.world = World(book, Journal(state), policy, clock)
        self._server: asyncio.Server | None = None
        self._serving: set[asyncio.Task[None]] = set()
        self._news = asyncio.Event()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        await self.stop()

    async def start(self) -> None:
        """Listen; on the same port as before, when it did before."""
        self._server = await asyncio.start_server(self._serve, self.host, self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Drop the clients and listen no more; the broker remembers."""
        if self._server is not None:
            self._server.close()
        self.drop()
        await asyncio.gather(*self._serving)
        self._server = None

    async def restart(self, next_id: int | None = None) -> None:
        """TWS ends and starts again; with `next_id` it gives out ids from there."""
        await self.stop()
        book = self.world.book
        book.forget_ids(book.next_id if next_id is None else next_id)
        await self.start()

    def drop(self) -> None:
        """Reset every connection."""
        for session in self.world.sessions:
            session.cut()

    # What a test sees.

    @property
    def faults(self) -> set[Fault]:
        return self.world.faults

    @property
    def policy(self) -> Policy:
        return self.world.policy

    @policy.setter
    def policy(self, policy: Policy) -> None:
        self.world.policy = policy

    @property
    def market(self) -> Market:
        return self.world.market

    @property
    def journal(self) -> Journal:
        return self.world.journal

    @property
    def orders(self) -> list[BrokerOrder]:
        return self.world.book.orders

    @property
    def executions(self) -> list[Execution]:
        return self.world.book.executions

    @property
    def positions(self) -> list[Position]:
        """What is held; flat positions are left out."""
        return [held for held in self.world.book.positions.values() if held.contracts]

    @property
    def clients(self) -> set[int]:
        """The clients that have named themselves and are connected."""
        return self.world.clients

    def orders_received(self, order_ref: str | None = None) -> int:
        """How many orders came over the wire, those that were not accepted as well."""
        return len(self.journal.orders(order_ref))

    def orders_with(self, order_ref: str) -> list[BrokerOrder]:
        """The orders that the broker has under this reference."""
        return self.world.book.with_ref(order_ref)

    async def until(self, happened: Callable[[Self], object]) -> None:
        """Wait until it happened; every request and connection is a reason to look again.

        Raises:
            AssertionError: It did not within ten seconds.
        """
        try:
            async with asyncio.timeout(PATIENCE):
                while not happened(self):
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise AssertionError("The fake TWS waited in vain.") from None

    async def placed(self, order_ref: str) -> None:
        """Wait until an order with this reference was read from the wire."""
        await self.until(lambda tws: tws.orders_received(order_ref) > 0)

    # What a test does.

    def fill(
        self, order_ref: str, contracts: Number | None = None, price: Number | None = None
    ) -> list[Execution]:
        """Fill the newest order of this reference, even when it is cancelled.

        Args:
            order_ref: The order's reference.
            contracts: How many; all that remain when not given.
            price: USD a share; the order's limit, or the natural price, when not given.
        """
        return broker.fill(self.world, self._newest(order_ref), _number(contracts), _number(price))

    def reject(self, order_ref: str, code: int = 201, text: str = "") -> None:
        broker.reject(self.world, self._newest(order_ref), code, text or TEXTS.get(code, ""))

    def cancel(self, order_ref: str) -> None:
        """The broker cancels the order, without being asked."""
        broker.cancel(self.world, self._newest(order_ref))

    def correct(
        self, exec_id: str, contracts: Number | None = None, price: Number | None = None
    ) -> Execution:
        """Correct a trade: .01 becomes .02, with other figures."""
        return broker.correct(self.world, exec_id, _number(contracts), _number(price))

    def repeat(self, exec_id: str) -> None:
        """Tell a trade once more."""
        broker.repeat(self.world, exec_id)

    def error(self, code: int, text: str = "", req_id: int = -1) -> None:
        """Tell an error or a note to every client."""
        for session in self.world.sessions:
            session.send(problem(req_id, code, text))

    def connectivity(self, code: int) -> None:
        """1100: the way to the broker is lost; 1101: it is back; 1102: and the data is kept.

        After 1101 nobody is subscribed to any quote.
        """
        for session in self.world.sessions if code == 1101 else ():
            session.quotes.clear()
        self.error(code)

    def note(self, order_ref: str, code: int) -> None:
        """Tell a note about a live order that looks like a rejection: 10349, 399 or 2161."""
        if code not in NOTES.values():
            raise ValueError(f"{code} is no note.")
        order = self._newest(order_ref)
        broker.tell(self.world, order.client_id, problem(order.order_id, code))

    def manual_position(self, con_id: int, contracts: Number, average_cost: Number) -> None:
        """Hold something without an order; the cost is USD a contract."""
        book = self.world.book
        listed = self.market.by_id(con_id)
        size, cost = Decimal(contracts), Decimal(average_cost)
        self.world.announce(book.move(book.accounts[0], listed, size, cost))

    def standing_order(
        self, order_ref: str, con_id: int, contracts: Number, limit: Number, *,
        action: str = "BUY", client_id: int = 7,
    ) -> BrokerOrder:  # fmt: skip
        """An order that the broker has from before; it came over no wire and works.

        One of client 0 was made by hand in TWS: it has no order id.
        """
        contract = self.market.by_id(con_id)
        asked = Asked(con_id, contract.symbol, contract.sec_type, "", Decimal(0), "", "")
        order_id = self.world.book.next_id if client_id else 0
        request = OrderRequest(
            order_id, asked, (), action, Decimal(contracts), "LMT", Decimal(limit),
            "GTC", "", order_ref, what_if=False,
        )  # fmt: skip
        return self.world.book.place(client_id, request)

    def new_day(self) -> None:
        """From now on executions and finished orders of before are not told any more."""
        self.world.book.new_day()

    def tick(self, con_id: int) -> None:
        """Send this contract's quote to its subscribers."""
        quotes.again(self.world, con_id)

    def move(self, spot: Number) -> None:
        """Move the fund's price, and send all quotes that are subscribed to."""
        self.market.spot = Decimal(spot)
        followed = {
            listed.con_id
            for session in self.world.sessions
            for listed, _ in session.quotes.values()
        }
        for con_id in sorted(followed):
            self.tick(con_id)

    def _newest(self, order_ref: str) -> BrokerOrder:
        found = self.orders_with(order_ref)
        if not found:
            raise KeyError(order_ref)
        return found[-1]

    # The connections.

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._serving.add(task)
        session = Session(writer, self.faults)
        self.world.sessions.add(session)
        writing = asyncio.create_task(session.write())
        try:
            with suppress(ConnectionError):
                await self._read(reader, session)
        finally:
            self.world.sessions.discard(session)
            session.close()
            session.cut()
            await writing
            self._news.set()
        self._serving.discard(task)  # one that failed stays, and `stop` raises what it raised

    async def _read(self, reader: asyncio.StreamReader, session: Session) -> None:
        frames = Frames()
        while data := await reader.read(65536):
            for fields in frames.feed(data):
                dispatch.take(self.world, session, fields)
                self._news.set()
                if session.is_cut:
                    return


def _number(value: Number | None) -> Decimal | None:
    return None if value is None else Decimal(value)
