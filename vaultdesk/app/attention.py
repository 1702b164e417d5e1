"""How the desk gets itself noticed when an alert is raised: panel in front, count in the tray."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from vaultdesk.core.alerts import Event, HistoryQuery
from vaultdesk.events import AlertRaised, AlertsChanged

if TYPE_CHECKING:
    from vaultdesk.app.actions import Actions
    from vaultdesk.app.alerting import Alerting
    from vaultdesk.events import Bus
    from vaultdesk.ports import Clock
    from vaultdesk.ui.tray import Tray
    from vaultdesk.ui.window import DeskWindow

PANEL = "alerts"
WHO = "tray"
SNOOZE = timedelta(hours=1)


class Attention:
    """Hears alerts for the window and, once there is one, for the tray."""

    def __init__(
        self, bus: Bus, clock: Clock, alerting: Alerting, actions: Actions, window: DeskWindow
    ) -> None:
        self._clock, self._alerting, self._actions = clock, alerting, actions
        self._window = window
        self._tray: Tray | None = None
        self._counting = False
        self._undo = [
            bus.subscribe(AlertRaised, self._raised),
            bus.subscribe(AlertsChanged, lambda _event: self._count()),
        ]

    def serve(self, tray: Tray) -> None:
        """Do what the tray's menu asks for, and keep its count."""
        self._tray = tray
        tray.open_requested.connect(self._window.bring_up)
        tray.alerts_requested.connect(self._show_alerts)
        tray.acknowledge_requested.connect(self._acknowledge)
        tray.snooze_requested.connect(self._snooze)
        tray.cure_requested.connect(self._cure)
        self._count()

    def close(self) -> None:
        """Hear nothing more."""
        for undo in self._undo:
            undo()

    def _raised(self, event: AlertRaised) -> None:
        if event.alert.event is not Event.CLEARED:
            self._window.show_panel(PANEL)

    def _show_alerts(self) -> None:
        self._window.bring_up()
        self._window.show_panel(PANEL)

    def _cure(self) -> None:
        self._window.bring_up()
        self._actions.edit_loan()

    def _acknowledge(self) -> None:
        self._actions.spawn(self._alerting.alerts.acknowledge_all(WHO))

    def _snooze(self) -> None:
        self._actions.spawn(self._alerting.alerts.snooze(self._clock.now() + SNOOZE, WHO))

    def _count(self) -> None:
        """Read once, however much changes in this turn of the loop."""
        if self._tray is not None and not self._counting:
            self._counting = True
            self._actions.spawn(self._counted())

    async def _counted(self) -> None:
        self._counting = False
        waiting = await self._alerting.alerts.history(HistoryQuery(unacknowledged=True))
        if self._tray is not None:
            self._tray.show_open(len({(one.alert.rule, one.alert.crossing) for one in waiting}))
