"""The icon in the system tray: how the loan stands while the window is closed."""

from PySide6.QtCore import QObject, QRect, Qt, Signal
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from vaultdesk.core.loan.valuation import LoanState
from vaultdesk.core.market import Quality, Quote
from vaultdesk.events import Bus, LoanValued, QuoteChanged
from vaultdesk.ui import theme
from vaultdesk.ui.format import number, percent
from vaultdesk.ui.header import app_icon

SIZE = 64


def tooltip(state: LoanState | None, quote: Quote | None, problem: str = "") -> str:
    """Price, LTV and zone in one line, and the price's quality unless it is live."""
    if state is not None:
        told = [
            f"{state.terms.symbol} {number(state.price)}",
            f"LTV {percent(state.ltv)}",
            str(state.zone),
        ]
        quality = state.quality
    elif quote is not None and quote.price is not None:
        told = [f"{quote.symbol} {number(quote.price)}", problem or "no loan set up"]
        quality = quote.quality
    else:
        return f"VaultDesk · {problem or 'no price yet'}"
    return " · ".join(told if quality is Quality.LIVE else [*told, str(quality)])


def zone_icon(name: str) -> QIcon:
    """The program's mark with the zone's badge: a shape of its own for each, not only a colour."""
    canvas = QPixmap(SIZE, SIZE)
    canvas.fill(Qt.GlobalColor.transparent)
    badge = QIcon(str(theme.resources() / "icons" / f"zone-{name}.svg"))
    painter = QPainter(canvas)
    app_icon().paint(painter, QRect(0, 0, SIZE, SIZE))
    badge.paint(painter, QRect(SIZE * 3 // 8, SIZE * 3 // 8, SIZE * 5 // 8, SIZE * 5 // 8))
    painter.end()
    return QIcon(canvas)


class Tray(QObject):
    """A tray icon where the desktop has a tray; without one it does nothing and shows nothing."""

    open_requested = Signal()
    quit_requested = Signal()

    def __init__(self, bus: Bus, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.zone = "unknown"
        self._state: LoanState | None = None
        self._quote: Quote | None = None
        self._problem = ""
        self.menu = QMenu()
        self.menu.addAction("&Open VaultDesk").triggered.connect(self.open_requested)
        self.menu.addAction("&Quit").triggered.connect(self.quit_requested)
        self.icon = QSystemTrayIcon(zone_icon(self.zone), self)
        self.icon.setContextMenu(self.menu)
        self.icon.activated.connect(self._activated)
        self._undo = [
            bus.subscribe(LoanValued, self._hear_loan),
            bus.subscribe(QuoteChanged, self._hear_quote),
        ]
        self._tell()

    def show(self) -> None:
        """Appear, if there is a tray to appear in."""
        if QSystemTrayIcon.isSystemTrayAvailable():
            self.icon.show()

    def visible(self) -> bool:
        """Whether a user who closed the window can get it back from here."""
        return self.icon.isVisible() and QSystemTrayIcon.isSystemTrayAvailable()

    def text(self) -> str:
        """What the icon says when pointed at."""
        return self.icon.toolTip()

    def retire(self) -> None:
        """Disappear and hear nothing any more."""
        while self._undo:
            self._undo.pop()()
        self.icon.hide()

    def _hear_loan(self, event: LoanValued) -> None:
        self._state, self._problem = event.state, event.problem
        self._tell()

    def _hear_quote(self, event: QuoteChanged) -> None:
        self._quote = event.quote
        self._tell()

    def _tell(self) -> None:
        self.icon.setToolTip(tooltip(self._state, self._quote, self._problem))
        zone = str(self._state.zone) if self._state is not None else "unknown"
        if zone != self.zone:
            self.zone = zone
            self.icon.setIcon(zone_icon(zone))

    def _activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason is not QSystemTrayIcon.ActivationReason.Context:
            self.open_requested.emit()
