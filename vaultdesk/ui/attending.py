"""A panel that the hedge service works for while it is seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vaultdesk.ui.live import LivePanel

if TYPE_CHECKING:
    from collections.abc import Callable

    from vaultdesk.events import Bus
    from vaultdesk.services.hedge import HedgeService


class AttendingPanel(LivePanel):
    """Chains are fetched and valued for it only while somebody looks."""

    def __init__(self, bus: Bus, hedge: HedgeService) -> None:
        super().__init__(bus)
        self._hedge = hedge
        self._leave: Callable[[], None] | None = None

    def looked_at(self, *, seen: bool) -> None:
        """Attend while it is seen."""
        super().looked_at(seen=seen)
        if self._leave is not None:
            self._leave()
            self._leave = None
        if seen and not self._retired:
            self._leave = self._hedge.attend()
