"""What keeps watch and gets the user's notice: alerts, their settings, and the tray.

None of it is needed before the window is on screen, so nothing of it is loaded until then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vaultdesk.app.alerting import Alerting
from vaultdesk.app.attention import Attention
from vaultdesk.app.credentials import Credentials
from vaultdesk.app.parts import Profile, Services, WallClock
from vaultdesk.app.preferences import Preferences
from vaultdesk.core.alerts import Market
from vaultdesk.ui.tray import BalloonChannel, Tray

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from decimal import Decimal

    from vaultdesk.app.actions import Actions
    from vaultdesk.ui.window import DeskWindow


class Alarm:
    """Alerting and what the window and the tray make of it; `flags` are the command line's."""

    def __init__(
        self,
        profile: Profile,
        services: Services,
        actions: Actions,
        window: DeskWindow,
        flags: Mapping[str, Any],
    ) -> None:
        chosen, bus, clock = profile.settings, services.bus, services.feed.clock
        self._services = services
        self._tray: Tray | None = None
        self.alerting = Alerting(
            chosen,
            Credentials(profile.home, chosen.secrets_in, "demo" if profile.demo else ""),
            bus,
            clock,
            WallClock(),
            spawn=actions.spawn,
            open_window=window.bring_up,
            market=Market(profile.mark.lower() or "real"),
            balloon=BalloonChannel(lambda: self._tray),
        )
        self.preferences = Preferences(flags, self.alerting, self._levels)
        self._attention = Attention(bus, clock, self.alerting, actions, window)

    def show_tray(self, end: Callable[[], object]) -> None:
        """Appear in the desktop's tray, whose menu can end the desk."""
        self._tray = Tray(self._services.bus)
        self._tray.quit_requested.connect(end)
        self._attention.serve(self._tray)
        self._tray.show()

    def tray_holds(self) -> bool:
        """Whether a window that is closed could be brought back from the tray."""
        return self._tray is not None and self._tray.visible()

    def retire(self) -> None:
        """Leave the tray and hear nothing more; the alerting is closed by itself, awaited."""
        self._attention.close()
        if self._tray is not None:
            self._tray.retire()

    def _levels(self) -> tuple[Decimal, Decimal] | None:
        terms = self._services.loan.terms
        return (terms.call_ltv, terms.closeout_ltv) if terms else None
