"""The server inside the desk with a window: on and off as its settings are changed.

Nothing of it is loaded before the first paint.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from vaultdesk.app.parts import WallClock
from vaultdesk.ui.commands import Command
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from collections.abc import Callable

    from vaultdesk.adapters.web.shapes.health import BrokerHealth
    from vaultdesk.app.actions import Actions
    from vaultdesk.app.alarm import Alarm
    from vaultdesk.app.answers.facade import Facade
    from vaultdesk.app.defence import Defence
    from vaultdesk.app.parts import Profile, Services, Stores
    from vaultdesk.app.reporting import Reporting
    from vaultdesk.app.serving.serving import Serving
    from vaultdesk.app.trading import Trading
    from vaultdesk.settings import Settings


class WindowServer:
    """Follows the settings `serve…` from `use` on until `close`."""

    def __init__(
        self,
        profile: Profile,
        services: Services,
        actions: Actions,
        defence: Defence,
        trading: Trading,
        reporting: Reporting,
        alarm: Callable[[], Alarm],
    ) -> None:
        self._profile, self._services, self._actions = profile, services, actions
        self._defence, self._trading, self._reporting = defence, trading, reporting
        self._alarm = alarm
        self._serving: Serving | None = None

    @property
    def at(self) -> str:
        """Where it listens; empty while it does not."""
        return self._serving.at if self._serving else ""

    def commands(self) -> list[Command]:
        """The entry of the menu File."""
        return [
            Command(
                "server.where", "&File", tr("Server &address"), self.say_where, group="settings",
                meaning=tr("Say where other programs can ask this desk"),
            ),
        ]  # fmt: skip

    def say_where(self) -> None:
        """Say in the status bar where it listens, or how it is switched on."""
        off = tr("The server is off: switch on serve in Settings, Server.")
        self._actions.say(_listening(self.at) if self.at else off)

    @cached_property
    def facade(self) -> Facade:
        """What can be asked of the desk, with a server or without."""
        from vaultdesk.app.answers.facade import Facade  # noqa: PLC0415

        alarm = self._alarm()
        return Facade(
            self._profile,
            self._services,
            alarm.alerting.alerts,
            alarm.alerting.credentials,
            alarm.preferences.changes,
            self._reporting.service,
            WallClock(),
            broker=self._broker,
        )

    def use(self, stores: Stores) -> None:
        """Answer from these, if the settings say so, and follow what is changed in them."""
        from vaultdesk.adapters.web import access  # noqa: PLC0415
        from vaultdesk.app.serving.serving import Serving  # noqa: PLC0415

        preferences = self._alarm().preferences
        self.facade.problem = stores.problem
        serving = self._serving = Serving(
            self.facade,
            self._alarm().alerting.credentials,
            self._services.bus,
            WallClock(),
            report=self._defence.report,
            said=lambda where: self._actions.say(_listening(where)),
        )
        preferences.changed.connect(self._follow)
        preferences.secret_changed.connect(
            lambda name, _kept: name == access.TOKEN and self._actions.spawn(serving.renew())
        )
        self._follow(self._profile.settings)

    async def close(self) -> None:
        """Answer nobody any more."""
        if self._serving is not None:
            await self._serving.close()

    def _follow(self, chosen: Settings) -> None:
        if self._serving is not None and (chosen.serve or self.at):
            self._actions.spawn(self._serving.follow(chosen, on=chosen.serve))

    def _broker(self) -> BrokerHealth:
        from vaultdesk.app.health.gathering import broker_health  # noqa: PLC0415

        return broker_health(self._trading.orders.status, self._trading.orders.mode)


def _listening(at: str) -> str:
    return tr("Other programs can ask the desk at {at}").format(at=at)
