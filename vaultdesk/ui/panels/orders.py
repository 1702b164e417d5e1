"""The orders panel: what would be sent and where to, one click that sends it, and what became."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QSplitter, QVBoxLayout

from vaultdesk.events import (
    BrokerStatusChanged,
    Bus,
    ModeChanged,
    OrderChanged,
    OrdersLoaded,
    PreviewMade,
    TicketChanged,
)
from vaultdesk.ports import KnownError
from vaultdesk.services.errands import Errands
from vaultdesk.ui import theme
from vaultdesk.ui.live import LivePanel
from vaultdesk.ui.orders.body import TicketHalf
from vaultdesk.ui.orders.broker_bar import BrokerBar
from vaultdesk.ui.orders.order_book import OrderBook
from vaultdesk.ui.orders.placing import Standing, placing
from vaultdesk.ui.orders.questions import Questions
from vaultdesk.ui.orders.ticket_edits import TicketEdits, same_legs
from vaultdesk.ui.own_undo import OwnUndo, redoes, undoes
from vaultdesk.ui.panel import named
from vaultdesk.ui.readout import NARROWEST
from vaultdesk.ui.scrolled import Scrolled
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from collections.abc import Coroutine, Sequence

    from PySide6.QtGui import QKeyEvent, QResizeEvent

    from vaultdesk.core.orders.broker import Account
    from vaultdesk.core.orders.draft import Ticket
    from vaultdesk.core.orders.life import Order
    from vaultdesk.core.orders.preview import Preview
    from vaultdesk.ports import Clock
    from vaultdesk.services.orders import OrderService


LEAST_BOOK = 150
"""Pixels that the list of orders keeps beside a tall ticket."""


class OrdersPanel(OwnUndo, LivePanel):
    """Shows the order service and tells it what the user wants.

    `wall` is the machine's clock, by which a preview ends; `kept` what `view_changed` told last.
    """

    key = "orders"
    title = tr("Orders")

    view_changed = Signal(str)
    """Which orders are shown, as text to be given as `kept` next time."""

    def __init__(self, bus: Bus, orders: OrderService, wall: Clock, kept: str = "") -> None:
        super().__init__(bus)
        self._orders, self._wall = orders, wall
        self._edits = TicketEdits(orders)
        self._last = orders.preview
        self._used = ""
        self._previewing = False
        self._previews = Errands(self._fail)
        self._asked = Errands(self._fail)  # goes on when the panel goes: it is on its way
        self.questions = Questions(self, orders, self._do)
        self.broker = BrokerBar()
        self.half = TicketHalf()
        self.book = OrderBook(orders.orders, orders.executions, kept)
        self._divided_by_hand = False
        self.setMinimumWidth(NARROWEST)
        self._arrange()
        self._connect()
        self._listen()
        self._show()

    async def settled(self) -> None:
        """Return when nothing that was asked for is under way any more."""
        await self._previews.settled()
        await self._asked.settled()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Ctrl+Z takes back the last edit of the ticket, Ctrl+Shift+Z makes it again."""
        if undoes(event) or redoes(event):
            (self._edits.redo if redoes(event) else self._edits.undo)()
        else:
            super().keyPressEvent(event)

    def tick(self) -> None:
        """How long the preview may still be sent, and when the broker is tried again."""
        now = self._wall.now()
        self.broker.tick(now)
        self.broker.show_funds(self._funds())
        mode = self._orders.mode
        self.half.bar.show_placing(
            placing(self._standing(), now), mode, previewing=self._previewing
        )
        busy = self._previewing or self._orders.busy
        self.half.bar.preview.setEnabled(self._orders.ticket is not None and not busy)

    def recolour(self) -> None:
        """What keeps colours takes those of the theme."""
        self.half.recolour()
        self.book.recolour()
        self._show()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Other room is divided anew."""
        super().resizeEvent(event)
        self._divide()

    def retire(self) -> None:
        """Hear nothing, ask nothing any more; what was asked of the broker goes on."""
        super().retire()
        self._previews.cancel()
        self.half.retire()
        self.book.retire()

    def _standing(self) -> Standing:
        orders, preview = self._orders, self._orders.preview
        return Standing(
            ticket=orders.ticket,
            preview=preview,
            forbidden=orders.ready,
            mode=orders.mode,
            account=orders.account,
            busy=orders.busy or self._previewing,
            used=preview is not None and preview.hash == self._used,
        )

    def _funds(self) -> Account | None:
        """The money of the account that orders go to."""
        named = (one for one in self._orders.accounts if one.name == self._orders.account)
        return next(named, None)

    def _arrange(self) -> None:
        self._halves = named(
            QSplitter(Qt.Orientation.Vertical),
            "orders.halves",
            tr("The ticket and the list of orders"),
        )
        self._halves.setChildrenCollapsible(False)
        self._halves.addWidget(self.half)
        self._halves.addWidget(self.book)
        self._halves.setStretchFactor(1, 1)
        self._halves.splitterMoved.connect(self._drag)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        self.broker.setContentsMargins(10, 6, 10, 0)
        column.addWidget(self.broker)
        column.addWidget(Scrolled(self._halves), 1)

    def _divide(self) -> None:
        """All of the ticket where there is room, the rest for the list; until the user drags."""
        total = self._halves.height()
        if self._divided_by_hand and self._orders.ticket is not None:
            return
        top = min(self.half.wanted(self.width()), max(total - LEAST_BOOK, total // 2))
        self._halves.setSizes([top, total - top])

    def _drag(self, *_at: int) -> None:
        self._divided_by_hand = self._orders.ticket is not None

    def _connect(self) -> None:
        broker, ticket, bar, book = self.broker, self.half.ticket, self.half.bar, self.book
        broker.account_chosen.connect(lambda name: self._ask(self._orders.use_account(name)))
        broker.switched.connect(self._switch)
        broker.connect_asked.connect(self._orders.connect)
        broker.live_asked.connect(self.questions.ask_live)
        change = self._edits.change
        ticket.quantity_edited.connect(
            lambda at, units: change(at, lambda one: replace(one, quantity=units))
        )
        ticket.limit_edited.connect(
            lambda at, limit: change(at, lambda one: replace(one, limit=limit))
        )
        ticket.tif_edited.connect(lambda at, tif: change(at, lambda one: replace(one, tif=tif)))
        ticket.discarded.connect(lambda: self._orders.put(None))
        ticket.undone.connect(self._edits.undo)
        ticket.redone.connect(self._edits.redo)
        bar.preview_asked.connect(self._preview)
        bar.place_asked.connect(self._place)
        book.cancel_asked.connect(lambda picked: self._do(self._cancel(picked)))
        book.cancel_all_asked.connect(lambda: self._do(self._orders.cancel_all()))
        book.reconcile_asked.connect(lambda: self._do(self._orders.reconcile()))
        book.filtered.connect(self.view_changed)
        book.strip.decided.connect(self.questions.confirm)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.setAutoRepeat(False)
            shortcut.activated.connect(self._preview)

    def _listen(self) -> None:
        self.hear(TicketChanged, lambda event: self._ticket_changed(event.ticket))
        self.hear(PreviewMade, lambda event: self._previewed(event.preview))
        self.hear(OrderChanged, lambda event: self.book.heard(event.order))
        self.hear(OrdersLoaded, lambda _event: self.book.reload())
        self.hear(ModeChanged, lambda _event: self._show())
        self.hear(BrokerStatusChanged, lambda _event: self._show())

    def _ticket_changed(self, ticket: Ticket | None) -> None:
        """What was wrong with another ticket is wrong no more."""
        if self._edits.follow(ticket):
            self._tell("")
        if self._last is not None and not same_legs(ticket, self._last.ticket):
            self._last = None
        self._show()

    def _previewed(self, preview: Preview) -> None:
        self._last = preview
        self._show()

    def _show(self) -> None:
        orders = self._orders
        self.broker.show_broker(orders.status, orders.mode, orders.account, self._wall.now())
        self.half.show_ticket(orders.ticket, orders.preview, self._last)
        self.half.ticket.allow(
            undo=self._edits.can_undo,
            redo=self._edits.can_redo,
            market=orders.limits.market_orders,
        )
        self.tick()
        self._divide()

    def _preview(self) -> None:
        self.half.ticket.commit()
        if self._orders.ticket is None or self._previewing or self._orders.busy:
            return
        self._previewing = True
        self._tell("")
        self._previews.begin(self._make_preview())
        self.tick()

    async def _make_preview(self) -> None:
        try:
            await self._orders.make_preview()
        finally:
            self._previewing = False
            if not self._retired:
                self._show()

    def _place(self) -> None:
        """Send what is on screen, once: its hash is used up before anything else happens.

        A number that was typed after the preview is on screen too, and voids it.
        """
        self.half.ticket.commit()
        preview = self._orders.preview
        if preview is None or placing(self._standing(), self._wall.now()).why:
            self.tick()
            return
        self._used = preview.hash
        self._tell("")
        self.book.take_focus()
        self._asked.begin(self._send(preview.hash))
        self.tick()

    async def _send(self, preview_hash: str) -> None:
        """What was refused never left the desk: it may be clicked again."""
        try:
            await self._orders.place(preview_hash)
        except KnownError:
            self._used = ""
            raise
        finally:
            if not self._retired:
                self._show()

    async def _cancel(self, picked: Sequence[Order]) -> None:
        for order in picked:
            await self._orders.cancel(order.ref)

    def _switch(self, on: bool) -> None:
        self._ask(self._orders.switch_on() if on else self._orders.switch_off())

    def _do(self, work: Coroutine[object, object, object]) -> None:
        """Begin it; what comes of it is told."""
        self._tell("")
        self._asked.begin(work)

    def _ask(self, work: Coroutine[object, object, object]) -> None:
        """Likewise of the mode: its buttons wait until it is done."""
        self.broker.pend(pending=True)
        self._do(self._pending(work))

    async def _pending(self, work: Coroutine[object, object, object]) -> None:
        try:
            await work
        finally:
            if not self._retired:
                self.broker.pend(pending=False)
                self._show()

    def _fail(self, problem: str) -> None:
        if not self._retired:
            self._tell(problem)
            self._show()

    def _tell(self, problem: str) -> None:
        self.book.problem.tell(problem, theme.current().down)
