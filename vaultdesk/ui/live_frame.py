"""The red frame around a window whose orders are traded with real money, and the word on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QRegion
from PySide6.QtWidgets import QLabel, QWidget

from vaultdesk.core.orders.life import Mode
from vaultdesk.events import ModeChanged
from vaultdesk.ui import theme
from vaultdesk.ui.panel import named
from vaultdesk.ui.readout import SEMIBOLD, say
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from collections.abc import Callable

    from vaultdesk.events import Bus

THICK = 4
"""Pixels of the frame."""


class LiveFrame(QWidget):
    """Lies over a window, lets every click through, and shows while the mode is LIVE.

    The window's property "live" says the same to style sheets.
    """

    def __init__(self, window: QWidget, bus: Bus) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        named(self, "desk.live.frame", tr("Around the window while orders are live"))
        self._window = window
        self.word = named(QLabel(self), "desk.live", tr("That orders are traded with real money"))
        self.word.setFont(theme.ui_font(9, SEMIBOLD))
        self.hide()
        window.setProperty("live", False)
        window.installEventFilter(self)
        self._undo: list[Callable[[], None]] = [bus.subscribe(ModeChanged, self._hear)]
        theme.notifier().changed.connect(self._recolour)
        self._recolour()

    def retire(self) -> None:
        """Hear nothing any more."""
        while self._undo:
            self._undo.pop()()
            self._window.removeEventFilter(self)
            theme.notifier().changed.disconnect(self._recolour)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Stay as large as the window, and above what was put into it."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.ChildAdded) and self.isVisible():
            self._cover()
        return super().eventFilter(watched, event)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """The frame's own region is all that is left of the widget."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.colour(theme.current().down))
        painter.end()

    def _hear(self, event: ModeChanged) -> None:
        live = event.mode is Mode.LIVE
        self._window.setProperty("live", live)
        say(self.word, tr("■ LIVE · {account}").format(account=event.account) if live else "")
        self.setVisible(live)
        if live:
            self._cover()

    def _cover(self) -> None:
        """The edges and the word are kept, the middle is cut out: nothing under it is repainted."""
        self.setGeometry(self._window.rect())
        self.word.adjustSize()
        self.word.move(QPoint((self.width() - self.word.width()) // 2, 0))
        inner = QRegion(self.rect().adjusted(THICK, THICK, -THICK, -THICK))
        edge = QRegion(self.rect()) - inner
        self.setMask(edge + QRegion(QRect(self.word.geometry())))
        self.raise_()

    def _recolour(self) -> None:
        now = theme.current()
        self.word.setStyleSheet(
            f"color: {now.background}; background: {now.down}; padding: 2px 12px"
        )
        self.update()
