"""The positions panel: what is held here and elsewhere, what it protects, and what to do next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout

from vaultdesk.events import BrokerStatusChanged, Bus, PositionsChanged
from vaultdesk.ports import KnownError
from vaultdesk.services.errands import Errands
from vaultdesk.ui import theme
from vaultdesk.ui.attending import AttendingPanel
from vaultdesk.ui.own_undo import OwnUndo, redoes, undoes
from vaultdesk.ui.positions.body import PositionsBody
from vaultdesk.ui.positions.elsewhere import Elsewhere
from vaultdesk.ui.positions.words import truth
from vaultdesk.ui.readout import NARROWEST, say
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from PySide6.QtGui import QKeyEvent

    from vaultdesk.core.orders.draft import Ticket
    from vaultdesk.core.positions.roll import RollProposal
    from vaultdesk.core.positions.rows import Row
    from vaultdesk.ports import Clock
    from vaultdesk.services.orders import OrderService
    from vaultdesk.services.positions import PositionService

SETTLE_MS = 120
"""Surveys that come within it are shown as one."""
NO_ROLLS = tr("No put that is held for long ends within 45 days.")


class PositionsPanel(OwnUndo, AttendingPanel):
    """Shows the position service; tickets made here go to the order desk.

    `clock` is the market's, by which ages and countdowns go; `kept` what `view_changed` told last.
    """

    key = "positions"
    title = tr("Positions")

    view_changed = Signal(str)
    """Which positions are shown, as text to be given as `kept` next time."""
    ticket_put = Signal()
    """A ticket was put on the order desk."""

    def __init__(
        self,
        bus: Bus,
        positions: PositionService,
        orders: OrderService,
        clock: Clock,
        kept: str = "",
    ) -> None:
        super().__init__(bus, positions.attend)
        self._positions, self._orders, self._clock = positions, orders, clock
        self._minute: datetime | None = None
        self.errands = Errands(self._fail)
        self.body = PositionsBody(clock.now, kept)
        self.elsewhere = Elsewhere(self, positions, self.errands, self._fail)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MS)
        self._settle.timeout.connect(self.show_survey)
        self.setMinimumWidth(NARROWEST)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.body)
        self._connect()
        self.show_survey()

    async def settled(self) -> None:
        """Return when nothing is being written any more."""
        await self.errands.settled()

    def show_survey(self) -> None:
        """Show all that the service knows now."""
        self._settle.stop()
        positions, body = self._positions, self.body
        body.head.show_exposure(positions.exposure, positions.problem)
        body.show_advice(positions.advice)
        body.show_differences([one.sentence for one in positions.differences])
        body.note.tell(positions.note, theme.current().warning)
        body.list.show_rows(positions.rows, undo=self.elsewhere.can_undo)
        body.coverage.show_coverage(positions.coverage)
        body.rolls.show_rolls(positions.rolls, positions.problem or NO_ROLLS)
        self.tick()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Ctrl+Z takes back the last change of positions elsewhere, Ctrl+Shift+Z makes it again."""
        if undoes(event) or redoes(event):
            (self.elsewhere.redo if redoes(event) else self.elsewhere.undo)()
        else:
            super().keyPressEvent(event)

    def tick(self) -> None:
        """How old the broker's word is; each minute, how long options can still be traded."""
        now = self._clock.now()
        said, is_true = truth(self._orders.status, self._positions.held_at, now)
        say(self.body.head.truth, said, "muted" if is_true else "warning")
        minute = now.replace(second=0, microsecond=0)
        if minute != self._minute:
            self._minute = minute
            self.body.list.table.renew()

    def recolour(self) -> None:
        """What carries colours of its own."""
        self.body.recolour()
        self.body.problem.tell(self.body.problem.text(), theme.current().down)

    def retire(self) -> None:
        """Hear nothing more; what is being written goes on."""
        super().retire()
        self._settle.stop()
        self.body.list.table.retire()
        self.body.rolls.table.retire()

    def looked_at(self, *, seen: bool) -> None:
        """Have marks, Greeks and rolls kept up to date while somebody looks."""
        super().looked_at(seen=seen)
        if seen and not self._retired:
            self.show_survey()

    def _connect(self) -> None:
        body, elsewhere = self.body, self.elsewhere
        body.list.close_asked.connect(self._close)
        body.list.add_asked.connect(elsewhere.ask_new)
        body.list.edit_asked.connect(elsewhere.ask_change)
        body.list.remove_asked.connect(elsewhere.remove)
        body.list.undo_asked.connect(elsewhere.undo)
        body.list.filtered.connect(self.view_changed)
        body.rolls.ordered.connect(self._roll)
        elsewhere.changed.connect(self.show_survey)
        self.hear(PositionsChanged, lambda _event: self._heard())
        self.hear(BrokerStatusChanged, lambda _event: self._heard())

    def _heard(self) -> None:
        """Show it before long; a panel nobody sees shows it when it is next looked at."""
        if self._seen and not self._retired and not self._settle.isActive():
            self._settle.start()

    def _roll(self, proposal: RollProposal) -> None:
        self._put(lambda: self._positions.roll_ticket(proposal))

    def _close(self, row: Row) -> None:
        self._put(lambda: self._positions.close_ticket(row.held))

    def _put(self, make: Callable[[], Ticket]) -> None:
        self.body.problem.tell("")
        try:
            ticket = make()
        except KnownError as error:
            self._fail(str(error))
            return
        self._orders.put(ticket)
        self.ticket_put.emit()

    def _fail(self, problem: str) -> None:
        if not self._retired:
            self.body.problem.tell(problem, theme.current().down)
