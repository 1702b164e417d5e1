"""Above a result: when and from what it was made, how far to trust it, and whether it is old."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from vaultdesk.ui import theme
from vaultdesk.ui.format import local, local_time, price
from vaultdesk.ui.readout import Chip, quality_colour, say, sentence
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal

    from vaultdesk.core.market import Quality

OLDER = tr("older than the prices on screen: run again")


class ResultHead(QWidget):
    """Keeps what a result was made from in sight."""

    def __init__(self, area: str) -> None:
        super().__init__()
        self.made = sentence(f"{area}.made", tr("When and from which prices this result was made"))
        self.made.setFont(theme.ui_font(9))
        self.quality = Chip(f"{area}.quality", tr("How far this result may be trusted"))
        self._quality: Quality | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.made, 1)
        row.addWidget(self.quality, alignment=Qt.AlignmentFlag.AlignTop)
        self.show_nothing("")

    def show_nothing(self, text: str) -> None:
        """There is no result; why, or what is on its way."""
        self._quality = None
        say(self.made, text, "muted", hint="")
        self.quality.hide()

    def show_result(
        self, at: datetime, source: str, quality: Quality, spot: Decimal, *, older: bool
    ) -> None:
        """A result of that moment; `older` where prices have moved on since."""
        self._quality = quality
        parts = [
            tr("as of {time}").format(time=local_time(at)),
            source,
            tr("at {spot}").format(spot=price(spot)),
            *([OLDER] * older),
        ]
        say(self.made, " · ".join(parts), "warning" if older else "muted", hint=local(at))
        self.quality.tell(quality.value, quality_colour(quality))
        self.quality.show()

    def recolour(self) -> None:
        """Take the colours of the current theme."""
        if self._quality is not None:
            self.quality.tell(self._quality.value, quality_colour(self._quality))
