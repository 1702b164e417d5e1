"""A panel whose ages move on: once a second while it is seen, and never while it is hidden."""

from PySide6.QtCore import Qt, QTimer

from vaultdesk.events import Bus
from vaultdesk.ui import theme
from vaultdesk.ui.panel import Panel


class LivePanel(Panel):
    """Calls `tick` each second while it is seen and `recolour` when the theme changed."""

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

    def looked_at(self, *, seen: bool) -> None:
        """Catch up, then go on once a second; stop the clock while nobody looks."""
        super().looked_at(seen=seen)
        if seen and not self._retired:
            self.tick()
            self._seconds.start()
        else:
            self._seconds.stop()

    def _theme_changed(self, _theme: object) -> None:
        self.recolour()
