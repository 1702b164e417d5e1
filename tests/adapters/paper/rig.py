"""A paper broker on a market, a clock and a disk that a test writes down."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TypeVar

from tests.fakes.feed import START, ManualClock
from vaultdesk.adapters.paper import ACCOUNT, PaperBroker
from vaultdesk.core.calendar import Sessions, weekday_sessions
from vaultdesk.core.hedge.vocabulary import FeeSchedule
from vaultdesk.core.market import DailyClose, Quality, Right
from vaultdesk.core.orders.broker import ExecutionTold, NoteTold, OrderTold, Told
from vaultdesk.core.orders.draft import OrderDraft, OrderLeg, Tif
from vaultdesk.core.orders.instrument import Instrument, InstrumentQuote
from vaultdesk.core.orders.life import Mode, Order, OrderState
from vaultdesk.ports import FeedError, FeedFault, StorageError

D = Decimal
EXPIRY = date(2026, 9, 18)
SHARE = Instrument("GLD")
SESSIONS = weekday_sessions(date(2026, 6, 1), date(2027, 2, 1))
CASH = D(100_000)

T = TypeVar("T")


def option(strike: int, right: Right = "P", expiry: date = EXPIRY) -> Instrument:
    return Instrument("GLD", expiry, D(strike), right, 100)


PUT, LOWER, CALL = option(335), option(320), option(380, "C")


def buy(
    one: Instrument, quantity: int = 1, limit: str | None = None, tif: Tif = Tif.DAY
) -> OrderDraft:
    return OrderDraft((OrderLeg(one, 1),), quantity, None if limit is None else D(limit), tif)


def sell(one: Instrument, quantity: int = 1, limit: str | None = None) -> OrderDraft:
    return OrderDraft((OrderLeg(one, -1),), quantity, None if limit is None else -D(limit))


def combo(*legs: tuple[Instrument, int], quantity: int = 1, limit: str | None = None) -> OrderDraft:
    made = tuple(OrderLeg(one, ratio) for one, ratio in legs)
    return OrderDraft(made, quantity, None if limit is None else D(limit))


def order(ref: str, draft: OrderDraft, account: str = ACCOUNT) -> Order:
    return Order(
        ref=ref,
        ticket="t" + ref,
        place=0,
        draft=draft,
        title="a test",
        broker="desk paper",
        account=account,
        mode=Mode.PAPER,
        state=OrderState.SENDING,
        confirmed_at=START,
        changed_at=START,
    )


@dataclass
class Market:
    """Quotes as a test writes them down; each is made when it is written."""

    clock: ManualClock
    quotes: dict[Instrument, InstrumentQuote | FeedError] = field(default_factory=dict)
    asked: list[Instrument] = field(default_factory=list)

    def show(
        self,
        one: Instrument,
        bid: str | None,
        ask: str | None,
        sizes: tuple[int | None, int | None] = (100, 100),
        quality: Quality = Quality.LIVE,
        last: str | None = None,
    ) -> None:
        low, high, trade = (None if text is None else D(text) for text in (bid, ask, last))
        at = self.clock.now()
        self.quotes[one] = InstrumentQuote(one, low, high, at, "test", quality, *sizes, trade)

    def again(self) -> None:
        """Everything is quoted as before, now."""
        for one, quote in self.quotes.items():
            if not isinstance(quote, FeedError):
                self.quotes[one] = replace(quote, at=self.clock.now())

    async def quote(self, instrument: Instrument) -> InstrumentQuote | None:
        self.asked.append(instrument)
        answer = self.quotes.get(instrument)
        if isinstance(answer, FeedError):
            raise answer
        return answer


@dataclass
class Disk:
    """What is kept; with `full` it refuses, and with a `gate` it waits for that."""

    lines: list[str] = field(default_factory=list)
    full: bool = False
    gate: asyncio.Event | None = None

    async def events(self) -> tuple[str, ...]:
        return tuple(self.lines)

    async def add(self, events: tuple[str, ...]) -> None:
        if self.gate is not None:
            await self.gate.wait()
        if self.full:
            raise StorageError("The disk is full: make room.")
        self.lines.extend(events)


@dataclass
class Desk:
    """Everything around a paper broker, which may be started again on the same disk."""

    cash: D = CASH
    seed: int = 7
    real_market: bool = True
    fees: FeeSchedule = field(default_factory=FeeSchedule)
    clock: ManualClock = field(default_factory=lambda: ManualClock(START))
    disk: Disk = field(default_factory=Disk)
    told: list[Told] = field(default_factory=list)
    closes: list[DailyClose] | FeedError = field(default_factory=list)
    sessions: Sessions | None = SESSIONS

    def __post_init__(self) -> None:
        self.market = Market(self.clock)
        self.broker = self._made()

    def _made(self) -> PaperBroker:
        made = PaperBroker(
            self.market,
            self.clock,
            fees=self.fees,
            cash=self.cash,
            seed=self.seed,
            sessions=lambda: self.sessions,
            closes=self._closes,
            real_market=self.real_market,
        )
        made.hear(self.told.append)
        return made

    async def _closes(self, symbol: str, start: date) -> tuple[DailyClose, ...]:
        del symbol
        if isinstance(self.closes, FeedError):
            raise self.closes
        return tuple(close for close in self.closes if close.day >= start)

    async def start(self) -> "Desk":
        await self.broker.use(self.disk)
        return self

    async def restart(self) -> None:
        """The program dies and comes back: only the disk is left of the broker."""
        self.told.clear()
        self.broker = self._made()
        await self.broker.use(self.disk)

    async def place(self, ref: str, draft: OrderDraft) -> int:
        return await self.broker.place(order(ref, draft))

    async def later(self, seconds: float = 1) -> None:
        """Time passes, everything is quoted anew, and the broker looks."""
        self.clock.advance(seconds)
        self.market.again()
        await self.broker.look()

    def of(self, kind: type[T]) -> list[T]:
        return [one for one in self.told if isinstance(one, kind)]

    @property
    def fills(self) -> list[tuple[str, int, D]]:
        """Of each trade told: what, how many, at what price."""
        trades = [one.execution for one in self.of(ExecutionTold)]
        return [(trade.instrument.key, int(trade.quantity), trade.price) for trade in trades]

    @property
    def standings(self) -> list[tuple[str, str, int]]:
        """Of each telling of an order: which, what became of it, how many are filled."""
        orders = [one.order for one in self.of(OrderTold)]
        return [(one.ref, one.standing.value, int(one.filled)) for one in orders]

    @property
    def notes(self) -> list[tuple[str, str]]:
        return [(one.ref, one.text) for one in self.of(NoteTold)]


def new_york(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of summer 2026, four hours behind UTC."""
    return datetime(2026, month, day, tzinfo=UTC) + timedelta(hours=hour + 4, minutes=minute)


def offline(symbol: str = "GLD") -> FeedError:
    return FeedError(FeedFault.OFFLINE, f"{symbol} cannot be reached: check the connection.")
