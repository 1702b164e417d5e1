"""A panel whose ages move on: once a second while it is seen, and never while it is hidden."""

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent, QShowEvent

from vaultdesk.events import Bus
from vaultdesk.ui import theme
from vaultdesk.ui.panel import Panel


class LivePanel(Panel):
    """Calls `tick` each second while visible and `recolour` when the theme changed."""

    def __init__(self, bus: Bus) -> None:
        super().__init__(bus)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._retired = False
        self._seconds = QTimer(self)
        self._seconds.setInterval(1000)
        self._seconds.timeout.connect(self.tick)
        theme.notifier().changed.connect(self._theme_changed)

    def tick(self) -> None:
        """Say how old things are now."""

    def recolour(self) -> None:
        """Take the colours of the current theme."""

    def retire(self) -> None:
        """Hear nothing and tick no more."""
        super().retire()
        self._seconds.stop()
        if not self._retired:
            self._retired = True
            theme.notifier().changed.disconnect(self._theme_changed)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Catch up, then go on once a second."""
        super().showEvent(event)
        if not self._retired:
            self.tick()
            self._seconds.start()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        """Nobody looks: stop the clock."""
        super().hideEvent(event)
        self._seconds.stop()

    def _theme_changed(self, _theme: object) -> None:
        self.recolour()
