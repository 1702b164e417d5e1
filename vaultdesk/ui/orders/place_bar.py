"""The two buttons of a ticket: preview it, and send exactly what was previewed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QPushButton, QVBoxLayout, QWidget

from vaultdesk.core.orders.life import Mode
from vaultdesk.ui import theme
from vaultdesk.ui.panel import named
from vaultdesk.ui.readout import Elided, say
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from PySide6.QtGui import QMouseEvent

    from vaultdesk.ui.orders.placing import Placing

DRAIN_HEIGHT = 4
HURRY_S = 10
"""Seconds from which what is left is shown in amber."""


class PlaceButton(QPushButton):
    """Hears a double click once, as Qt itself hears a key that is held down."""

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Qt would press it again: free once more by then, where the first click was refused."""
        event.accept()


class Drain(QWidget):
    """A bar that empties while a preview may be sent."""

    def __init__(self) -> None:
        super().__init__()
        self._share, self._hurry = 0.0, False
        self.setFixedHeight(DRAIN_HEIGHT)

    def show_share(self, share: float, *, hurry: bool) -> None:
        """What is left, from 1 to 0."""
        if (share, hurry) != (self._share, self._hurry):
            self._share, self._hurry = share, hurry
            self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        """As wide as may be."""
        return QSize(80, DRAIN_HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """What is left on the ground of all there was."""
        if self._share <= 0:
            return
        now, painter = theme.current(), QPainter(self)
        painter.fillRect(self.rect(), theme.colour(now.line))
        left = round(self.width() * self._share)
        painter.fillRect(
            0, 0, left, self.height(), theme.colour(now.warning if self._hurry else now.up)
        )
        painter.end()


class PlaceBar(QWidget):
    """Tells what was pressed; goes dead the moment `place` is."""

    preview_asked = Signal()
    place_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.preview = named(
            QPushButton(tr("&Preview")),
            "orders.preview",
            tr("Price, margin and effect (Ctrl+Return)"),
        )
        self.preview.setToolTip(
            tr("Ask for price, margin and the effect on the loan (Ctrl+Return)")
        )
        self.place = named(
            PlaceButton(tr("Send")), "orders.place", tr("Send what was previewed, once")
        )
        self.drain = Drain()
        self.countdown = named(
            Elided(), "orders.countdown", tr("How long the preview may be sent, or why not")
        )
        theme.role(self.countdown, "muted")
        self._dressed = ""
        theme.role(self.place, "primary")
        self._arrange()
        self.preview.clicked.connect(lambda _checked: self.preview_asked.emit())
        self.place.clicked.connect(self._place)

    def show_placing(self, now: Placing, mode: Mode, *, previewing: bool) -> None:
        """Show whether it can be sent; while it is being previewed neither can be pressed."""
        self.place.setText(now.text.replace("&", "&&"))
        self.place.setToolTip(now.why or tr("One click sends it; it cannot be taken back by Undo"))
        self.place.setEnabled(not now.why)
        self._dress(live=mode is Mode.LIVE and not now.why)
        self.drain.show_share(now.share, hurry=now.left_s <= HURRY_S)
        told = (
            tr("The preview may be sent for {left_s} s.").format(left_s=now.left_s)
            if now.left_s
            else now.why
        )
        if now.left_s and now.warnings:
            told += tr(" ⚠ {warnings} above: read first.").format(
                warnings=tr("{n} warnings", "{n} warning", now.warnings).format(n=now.warnings)
            )
        told = tr("Asking for quotes and margin…") if previewing else told
        say(self.countdown, told, hint=told)

    def _arrange(self) -> None:
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(3)
        grid.addWidget(self.preview, 0, 0)
        grid.addWidget(self.place, 0, 1)
        grid.addWidget(self.drain, 1, 1)
        grid.setColumnStretch(0, 2)
        grid.setColumnStretch(1, 3)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(grid)
        column.addWidget(self.countdown)

    def _dress(self, *, live: bool) -> None:
        """Red where a click spends real money; the button's text says so too."""
        now = theme.current()
        colours = tr("color: {background}; background: {down}; border-color: {down}").format(
            background=now.background, down=now.down
        )
        wanted = colours if live else ""
        if wanted != self._dressed:
            self._dressed = wanted
            self.place.setStyleSheet(wanted)

    def _place(self, _checked: bool = False) -> None:
        """Dead first, then told: whatever comes meanwhile finds a button that is off."""
        self.place.setEnabled(False)
        self.place_asked.emit()
