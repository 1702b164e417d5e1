"""The icon in the system tray: how the loan stands while the window is closed."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRect, Qt, Signal
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from vaultdesk.core.alerts import Alert, Severity
from vaultdesk.core.loan.state import LoanState
from vaultdesk.core.market import Quality, Quote
from vaultdesk.events import Bus, LoanValued, QuoteChanged
from vaultdesk.ports import DeliveryError
from vaultdesk.ui import theme
from vaultdesk.ui.format import number, percent
from vaultdesk.ui.header import app_icon
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from collections.abc import Callable

SIZE = 64

_BALLOONS = {
    Severity.INFO: QSystemTrayIcon.MessageIcon.Information,
    Severity.WARNING: QSystemTrayIcon.MessageIcon.Warning,
    Severity.CRITICAL: QSystemTrayIcon.MessageIcon.Critical,
    Severity.CLOSEOUT: QSystemTrayIcon.MessageIcon.Critical,
}


def open_alerts(count: int) -> str:
    """How many alerts nobody took note of: "2 open alerts"; empty for none."""
    return tr("{n} open alerts", "{n} open alert", count).format(n=count) if count else ""


def tooltip(
    state: LoanState | None, quote: Quote | None, problem: str = "", alerts: int = 0
) -> str:
    """Price, LTV, zone and open alerts in one line, and the price's quality unless it is live."""
    if state is not None:
        told = [
            f"{state.terms.symbol} {number(state.price)}",
            f"LTV {percent(state.ltv)}",
            str(state.zone),
        ]
        quality = state.quality
    elif quote is not None and quote.price is not None:
        told = [f"{quote.symbol} {number(quote.price)}", problem or tr("no loan set up")]
        quality = quote.quality
    else:
        told, quality = ["VaultDesk", problem or tr("no price yet")], Quality.LIVE
    doubt = "" if quality is Quality.LIVE else str(quality)
    return " · ".join(filter(None, (*told, doubt, open_alerts(alerts))))


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
    alerts_requested = Signal()
    acknowledge_requested = Signal()
    snooze_requested = Signal()
    """For an hour, everything."""

    cure_requested = Signal()
    quit_requested = Signal()

    def __init__(self, bus: Bus, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.zone = "unknown"
        self._state: LoanState | None = None
        self._quote: Quote | None = None
        self._problem = ""
        self._alerts = 0
        self.menu = self._menu()
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

    def show_open(self, alerts: int) -> None:
        """Say how many alerts nobody took note of yet."""
        self._alerts = alerts
        self._acknowledge.setEnabled(alerts > 0)
        self._tell()

    def text(self) -> str:
        """What the icon says when pointed at."""
        return self.icon.toolTip()

    def retire(self) -> None:
        """Disappear and hear nothing any more."""
        while self._undo:
            self._undo.pop()()
        self.icon.hide()

    def _menu(self) -> QMenu:
        menu = QMenu()
        menu.addAction(tr("&Open VaultDesk")).triggered.connect(self.open_requested)
        menu.addAction(tr("&Alerts")).triggered.connect(self.alerts_requested)
        self._acknowledge = menu.addAction(tr("Ac&knowledge all alerts"))
        self._acknowledge.triggered.connect(self.acknowledge_requested)
        self._acknowledge.setEnabled(False)
        menu.addAction(tr("&Snooze all alerts for 1 h")).triggered.connect(self.snooze_requested)
        menu.addAction(tr("Edit the &loan…")).triggered.connect(self.cure_requested)
        menu.addSeparator()
        menu.addAction(tr("&Quit")).triggered.connect(self.quit_requested)
        return menu

    def _hear_loan(self, event: LoanValued) -> None:
        self._state, self._problem = event.state, event.problem
        self._tell()

    def _hear_quote(self, event: QuoteChanged) -> None:
        self._quote = event.quote
        self._tell()

    def _tell(self) -> None:
        self.icon.setToolTip(tooltip(self._state, self._quote, self._problem, self._alerts))
        zone = str(self._state.zone) if self._state is not None else "unknown"
        if zone != self.zone:
            self.zone = zone
            self.icon.setIcon(zone_icon(zone))

    def _activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason is not QSystemTrayIcon.ActivationReason.Context:
            self.open_requested.emit()


class BalloonChannel:
    """Alerts as balloons of the tray icon, where no D-Bus carries notifications.

    On Linux `DesktopChannel` is used instead: an XEmbed tray draws a balloon of Qt's own, and a
    tray says it shows messages where it shows none. `tray` gives the icon once there is one.
    """

    name = "desktop"

    def __init__(self, tray: "Callable[[], Tray | None]") -> None:
        self._tray = tray

    async def deliver(self, alert: Alert, delivery_id: str) -> str:
        """Show the alert.

        Raises:
            DeliveryError: There is no tray to show it from.
        """
        del delivery_id  # a balloon shown twice is no harm
        tray = self._tray()
        if tray is None or not tray.visible():
            raise DeliveryError(
                tr(
                    "This desktop has no tray to show alerts from: they stand in the desk's "
                    "own list."
                )
            )
        tray.icon.showMessage("VaultDesk", alert.sentence, _BALLOONS[alert.severity])
        return tr("shown by the tray")
