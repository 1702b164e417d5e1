"""A panel that a service works for while it is seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vaultdesk.ui.live import LivePanel

if TYPE_CHECKING:
    from collections.abc import Callable

    from vaultdesk.events import Bus

    Attend = Callable[[], Callable[[], None]]


class AttendingPanel(LivePanel):
    """Chains are fetched and valued for it only while somebody looks.

    `attend` has that begun and gives what ends it.
    """

    def __init__(self, bus: Bus, attend: Attend) -> None:
        super().__init__(bus)
        self._attend = attend
        self._leave: Callable[[], None] | None = None

    def looked_at(self, *, seen: bool) -> None:
        """Attend while it is seen."""
        super().looked_at(seen=seen)
        if self._leave is not None:
            self._leave()
            self._leave = None
        if seen and not self._retired:
            self._leave = self._attend()
