"""The order desk: a ticket, its preview, one click, and what became of every order sent."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from vaultdesk.core.alerts import Market
from vaultdesk.core.audit import FactKind
from vaultdesk.core.orders.broker import BrokerState
from vaultdesk.core.orders.facts import preview_fact
from vaultdesk.core.orders.life import OrderState, moved
from vaultdesk.core.orders.warnings import unresolved
from vaultdesk.events import Bus, PreviewMade, TicketChanged
from vaultdesk.ports import (
    Broker,
    BrokerError,
    Clock,
    FeedError,
    InstrumentMarket,
    OrderRefused,
    StorageError,
)
from vaultdesk.services.orders.follower import Follower
from vaultdesk.services.orders.keeper import OrderKeeper
from vaultdesk.services.orders.mode import ModeKeeper
from vaultdesk.services.orders.previewer import Previewer
from vaultdesk.services.orders.sender import CANCELLABLE, Sender
from vaultdesk.services.orders.writer import Batch

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from vaultdesk.core.orders.broker import (
        Account,
        BrokerStatus,
        Execution,
        Held,
        HoldingsTold,
    )
    from vaultdesk.core.orders.draft import Ticket
    from vaultdesk.core.orders.life import Mode, Order
    from vaultdesk.core.orders.limits import Limits
    from vaultdesk.core.orders.preview import Preview
    from vaultdesk.services.hedge import HedgeService
    from vaultdesk.services.loan import LoanService
    from vaultdesk.stores import OrderStore

NOT_COMPARED = "The desk's orders are still being compared with the broker's: wait a moment."


class OrderService:
    """Keeps the ticket on the desk, its preview, and all orders.

    `problem` is why the last preview or click came to nothing. `clock` is the market's, `wall` the
    machine's: previews expire and orders are dated by the wall's. `on_holdings` hears what the
    broker holds, `on_executions` trades that were new to the disk.
    """

    def __init__(
        self,
        broker: Broker,
        market: InstrumentMarket,
        bus: Bus,
        clock: Clock,
        wall: Clock,
        hedge: HedgeService,
        loan: LoanService,
        positions: Callable[[], tuple[Held, ...]],
        *,
        limits: Limits,
        live_allowed: bool = False,
        prices: Market = Market.REAL,
        profile: str,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self.ticket: Ticket | None = None
        self.preview: Preview | None = None
        self.problem = ""
        self.limits = limits
        self.on_executions: Callable[[tuple[Execution, ...]], None] = lambda _trades: None
        self._broker, self._bus, self._wall, self._hedge = broker, bus, wall, hedge
        self._previewing = 0
        self._used = asyncio.Event()
        self._leave: Callable[[], None] | None = None
        self._keeper = OrderKeeper(broker.name, bus, wall, self._new_trades, sleep)
        self._follower = Follower(broker, self._keeper, bus, wall, sleep)
        self._mode = ModeKeeper(
            *(broker, self._keeper, bus, wall, self._void),
            live_allowed=live_allowed,
            market=prices,
        )
        self._previewer = Previewer(broker, market, bus, clock, wall, hedge, loan, positions)
        self._sender = Sender(broker, self._keeper, self._follower, bus, wall, profile)
        self._follower.on_status = self._mode.follow
        self._mode.follow()

    @property
    def status(self) -> BrokerStatus:
        """How the connection to the broker is."""
        return self._broker.status

    @property
    def accounts(self) -> tuple[Account, ...]:
        """The broker's accounts with their money, as last told."""
        return self._follower.accounts

    @property
    def account(self) -> str:
        """Where orders go; empty while the broker has told none."""
        return self._mode.account

    @property
    def mode(self) -> Mode:
        """Whether orders are sent, and with which money."""
        return self._mode.mode

    @property
    def live_allowed(self) -> bool:
        """Whether real money can be unlocked at all."""
        return self._mode.live_allowed

    @property
    def prices(self) -> Market:
        """Whose prices orders are decided by."""
        return self._mode.market

    @property
    def busy(self) -> bool:
        """Whether a preview or a sending is under way."""
        return self._previewing > 0 or self._sender.busy

    @property
    def ready(self) -> str:
        """Why nothing can be sent now; empty where something can, once it was previewed."""
        if not self._keeper.opened:
            return "The database is still being opened: wait a moment."
        state = self.status.state
        if state is BrokerState.READ_ONLY:
            return "The broker takes no orders: switch off the read-only setting of its program."
        if state is not BrokerState.READY:
            return self.status.sentence or "The broker is not connected: wait until it is."
        if not self._follower.compared:
            return NOT_COMPARED
        return self._mode.forbidden

    @property
    def on_holdings(self) -> Callable[[HoldingsTold], None]:
        """Hears the broker's accounts and positions."""
        return self._follower.on_holdings

    @on_holdings.setter
    def on_holdings(self, hear: Callable[[HoldingsTold], None]) -> None:
        self._follower.on_holdings = hear

    def orders(self) -> tuple[Order, ...]:
        """All orders, the newest first."""
        return self._keeper.book.orders()

    def order(self, ref: str) -> Order | None:
        """The order of this ref."""
        return self._keeper.book.get(ref)

    def executions(self, ref: str) -> tuple[Execution, ...]:
        """The trades of one order, the oldest first."""
        order = self.order(ref)
        found = self._keeper.book.trades_of(order) if order else ()
        return tuple(sorted(found, key=lambda one: (one.at, one.exec_id)))

    async def use(self, store: OrderStore) -> None:
        """Bring orders back from this store; nothing is sent by that.

        Raises:
            StorageError: they cannot be read.
        """
        await self._keeper.use(store)
        self._used.set()

    async def run(self) -> None:
        """Keep the broker connected and the orders in step with it, until cancelled."""
        await self._used.wait()
        await self._follower.run()

    def put(self, ticket: Ticket | None) -> None:
        """Lay a ticket on the desk in place of what is there; None clears it."""
        self.ticket = ticket
        self._attend()
        self.problem = ""
        self._void()

    def use_limits(self, limits: Limits) -> None:
        """Check orders by these from now on; what was previewed by others is void."""
        if limits != self.limits:
            self.limits = limits
            self._void()

    async def make_preview(self) -> Preview | None:
        """Preview the ticket on the desk; None where it was changed meanwhile.

        Raises:
            OrderRefused: there is nothing to preview.
            FeedError: quotes cannot be had.
        """
        ticket = self.ticket
        if ticket is None:
            raise OrderRefused("There is no ticket: build a hedge or pick a contract first.")
        by = (self.account, self.mode, self.limits)
        self._previewing += 1
        try:
            made = await self._previewer.made(ticket, *by, self._keeper.mine())
        except (OrderRefused, FeedError) as error:
            self.problem = str(error)
            raise
        finally:
            self._previewing -= 1
        if self.ticket is not ticket or by != (self.account, self.mode, self.limits):
            return None
        self.preview, self.problem = made, ""
        self._keeper.writer.add(Batch(facts=(preview_fact(made, self._wall.now()),)))
        self._bus.tell(PreviewMade(made))
        return made

    async def place(self, preview_hash: str) -> tuple[Order, ...]:
        """Send the ticket as it was previewed under this hash, once; the orders as they are then.

        Raises:
            OrderRefused: the sentence says why it is not sent.
            StorageError: the disk refused; nothing was sent.
        """
        try:
            preview = self._checked(preview_hash)
            return await self._sender.send(preview, lambda: self._sent(preview))
        except (OrderRefused, StorageError) as error:
            self.problem = str(error)
            raise

    async def cancel(self, ref: str) -> None:
        """Ask the broker to cancel one order.

        Raises:
            OrderRefused: it is none that can be cancelled now.
            BrokerError: it was not asked.
        """
        await self._sender.cancel(ref)

    async def cancel_all(self) -> None:
        """Ask to cancel each of the desk's own working orders, one by one.

        Raises:
            BrokerError: not all of them were asked for; the others were.
        """
        failed: BrokerError | None = None
        for order in self._keeper.mine():
            if order.state in CANCELLABLE:
                try:
                    await self._sender.cancel(order.ref)
                except BrokerError as error:
                    failed = error
        if failed is not None:
            raise failed

    async def resolve(self, ref: str, state: OrderState) -> None:
        """Take the user's word for an unknown order: it was cancelled, or it never arrived.

        Raises:
            OrderRefused: that is not for the user to say.
        """
        order = self.order(ref)
        if order is None or order.state is not OrderState.UNKNOWN or ref in self._keeper.flying:
            raise OrderRefused("Only an order that is unknown can be decided by hand.")
        if state not in (OrderState.CANCELLED, OrderState.REJECTED):
            raise OrderRefused("An order is filled only by the broker's word: look there again.")
        if state is OrderState.REJECTED and order.filled:
            raise OrderRefused("A part of it was traded, so it did arrive: say it was cancelled.")
        decided = moved(order, state, self._wall.now(), f"You decided that it was {state.value}.")
        self._keeper.change(decided, "user", kind=FactKind.RESOLVED)

    def connect(self) -> None:
        """Have the broker connected at once, instead of when it is its time."""
        self._broker.hurry()

    async def reconcile(self) -> None:
        """Lay what the broker has beside the desk's orders.

        Raises:
            BrokerError: it does not answer; nothing was concluded.
        """
        await self._follower.compare()

    async def use_account(self, name: str) -> None:
        """Send to another of the broker's accounts; see `ModeKeeper.use_account`."""
        await self._mode.use_account(name)

    async def switch_on(self) -> None:
        """Let orders go to paper accounts; see `ModeKeeper.switch_on`."""
        await self._mode.switch_on()

    async def unlock_live(self, typed: str) -> None:
        """Let orders with real money go out; see `ModeKeeper.unlock_live`."""
        await self._mode.unlock_live(typed)

    async def switch_off(self) -> None:
        """Send nothing any more."""
        await self._mode.switch_off()

    async def settled(self) -> None:
        """Return when all that is known is on disk.

        Raises:
            StorageError: the disk refused.
        """
        await self._keeper.writer.settled()

    async def close(self) -> None:
        """Finish what is being sent, write what is known, and hear nothing more.

        Raises:
            StorageError: the disk refused; the broker tells it again at the next start.
        """
        await self._sender.close()
        await self._follower.close()
        self._previewer.close()
        if self._leave is not None:
            self._leave()
        try:
            await self._keeper.writer.close()
        finally:
            await self._broker.close()

    def _checked(self, preview_hash: str) -> Preview:
        """The preview this hash names, if it may be sent now.

        Raises:
            OrderRefused: it may not.
        """
        preview = self.preview
        if self._sender.busy:
            raise OrderRefused("The ticket is being sent already.")
        if preview is None or preview.hash != preview_hash or preview.ticket != self.ticket:
            raise OrderRefused("The ticket is not as it was previewed: preview it again.")
        if not preview.at <= self._wall.now() <= preview.expires:
            raise OrderRefused("The preview is older than 30 s: preview it again.")
        if (preview.account, preview.mode) != (self.account, self.mode):
            raise OrderRefused("The account or the mode has changed: preview it again.")
        if why := self.ready or next(iter(preview.refused), ""):
            raise OrderRefused(why)
        if doubts := unresolved(preview.ticket, preview.account, self._keeper.mine()):
            raise OrderRefused(doubts[0].sentence)
        return preview

    def _new_trades(self, trades: tuple[Execution, ...]) -> None:
        self.on_executions(trades)

    def _sent(self, preview: Preview) -> None:
        """The intent is on disk: the ticket leaves the desk, unless another lies there already."""
        if self.ticket == preview.ticket:
            self.put(None)

    def _void(self) -> None:
        """What was previewed does not hold any more."""
        self.preview = None
        self._bus.tell(TicketChanged(self.ticket))

    def _attend(self) -> None:
        """Have the hedge desk follow prices while a ticket lies here: its effect is on the loan."""
        if self.ticket is not None and self._leave is None:
            self._leave = self._hedge.attend()
        elif self.ticket is None and self._leave is not None:
            self._leave()
            self._leave = None
        for draft in self.ticket.orders if self.ticket else ():
            for leg in draft.legs:
                if leg.instrument.expiry is not None:
                    self._hedge.also(leg.instrument.expiry)
