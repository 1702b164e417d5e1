"""The upper half of the orders panel: the ticket, its preview, and the buttons that send it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QVBoxLayout, QWidget

from vaultdesk.ui.orders.place_bar import PlaceBar
from vaultdesk.ui.orders.preview_view import PreviewView
from vaultdesk.ui.orders.ticket_view import TicketView
from vaultdesk.ui.readout import say, sentence
from vaultdesk.ui.scrolled import Scrolled
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from vaultdesk.core.orders.draft import Ticket
    from vaultdesk.core.orders.preview import Preview

FOOT = 8
"""Pixels around the buttons."""
WIDE = 780
"""Pixels of width from which the preview stands beside the ticket."""
NO_TICKET = tr(
    "There is no order on the desk. Build a hedge and press Order…, click a "
    "bid or ask in the option chain while Ctrl is held, or roll a position."
)


class TicketHalf(QWidget):
    """A sentence where there is no ticket; the buttons stay in their place while there is."""

    def __init__(self) -> None:
        super().__init__()
        self.empty = sentence("orders.no_ticket", tr("What to do to have something to send"))
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setContentsMargins(12, 10, 12, 10)
        say(self.empty, NO_TICKET)
        self.ticket, self.preview, self.bar = TicketView(), PreviewView(), PlaceBar()
        self._inside = QWidget()
        self._halves = QBoxLayout(QBoxLayout.Direction.TopToBottom, self._inside)
        self._halves.setContentsMargins(10, 4, 10, 8)
        self._halves.setSpacing(14)
        self._halves.addWidget(self.ticket, 1)
        self._halves.addWidget(self.preview, 1)
        self._page = Scrolled(self._inside)
        foot = QVBoxLayout()
        foot.setContentsMargins(10, 4, 10, 4)
        foot.addWidget(self.bar)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.empty)
        column.addWidget(self._page, 1)
        column.addLayout(foot)
        self.show_ticket(None, None, None)
        self.ticket.chosen.connect(lambda: self.preview.show_preview(self._shown, self.place()))

    def place(self) -> int:
        """Which of the ticket's orders is looked at."""
        return self.ticket.place()

    def show_ticket(
        self, ticket: Ticket | None, preview: Preview | None, last: Preview | None
    ) -> None:
        """Show a ticket; `preview` is what may be sent, `last` that of the same legs before."""
        self._shown = preview
        for widget in (self._page, self.bar):
            widget.setVisible(ticket is not None)
        self.empty.setVisible(ticket is None)
        self.ticket.show_ticket(ticket, preview or last)
        self.preview.show_preview(preview, self.place())

    def wanted(self, width: int) -> int:
        """The height that shows all of it at this width, in pixels."""
        if self.ticket.isHidden() or self._page.isHidden():
            return self.empty.heightForWidth(width)
        room = width - self._page.verticalScrollBar().sizeHint().width()
        tall = self._halves.heightForWidth(room)
        return max(tall, self._inside.sizeHint().height()) + self.bar.sizeHint().height() + FOOT

    def recolour(self) -> None:
        """What keeps colours takes those of the theme."""
        self.ticket.recolour()
        self.preview.show_preview(self._shown, self.place())

    def retire(self) -> None:
        """Repaint nothing more."""
        self.ticket.retire()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Beside or below, as there is room."""
        super().resizeEvent(event)
        across, down = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self._halves.setDirection(across if event.size().width() >= WIDE else down)
