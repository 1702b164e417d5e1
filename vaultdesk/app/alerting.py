"""The alerts and their ways out of the desk, put together from settings and secrets."""

from __future__ import annotations

import asyncio
import sys
from datetime import time, timedelta
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

from vaultdesk.app.machine_zone import MachineZone
from vaultdesk.app.redaction import REDACTOR
from vaultdesk.core.alerts import CHANNELS, Market, QuietHours
from vaultdesk.events import ProblemCleared, ProblemRaised
from vaultdesk.ports import SecretError
from vaultdesk.services.alerts import AlertService
from vaultdesk.services.outbox import Outbox

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine

    from vaultdesk.adapters.mail import MailChannel
    from vaultdesk.adapters.notices import DesktopChannel
    from vaultdesk.adapters.webhook import WebhookChannel
    from vaultdesk.app.credentials import Credentials
    from vaultdesk.core.alerts import Alert
    from vaultdesk.events import Bus
    from vaultdesk.ports import Channel, Clock
    from vaultdesk.settings import Settings
    from vaultdesk.stores import AlertStore

    Spawn = Callable[[Coroutine[object, object, object]], asyncio.Task[None]]
    KeepAlive = Callable[[Callable[[], Awaitable[None]]], Coroutine[object, object, None]]

SNOOZE = timedelta(hours=1)
"""What the notification's button asks for."""

WHO = "notification"
"""Who took note, of what was pressed there."""

PROBLEM = "keyring"


def quiet_hours(chosen: Settings) -> QuietHours | None:
    """The quiet hours of the settings, by this machine's clock; None unless both ends are given."""
    if not (chosen.quiet_from and chosen.quiet_to):
        return None
    start, end = (time.fromisoformat(text) for text in (chosen.quiet_from, chosen.quiet_to))
    return QuietHours(start, end, MachineZone())


def mail_channel(chosen: Settings, credentials: Credentials, wall: Clock) -> MailChannel:
    """The channel of the mail settings, complete or not."""
    from vaultdesk.adapters.mail import Account, MailChannel, Security  # noqa: PLC0415

    recipients = tuple(filter(None, (one.strip() for one in chosen.mail_to.split(","))))
    account = Account(
        host=chosen.mail_host,
        port=chosen.mail_port,
        sender=chosen.mail_from,
        recipients=recipients,
        user=chosen.mail_user,
        security=Security(chosen.mail_security),
    )
    return MailChannel(account, credentials, wall)


def webhook_channel(chosen: Settings, credentials: Credentials, wall: Clock) -> WebhookChannel:
    """The channel of the webhook settings, complete or not."""
    from vaultdesk.adapters.webhook import Shape, WebhookChannel  # noqa: PLC0415

    shape = Shape(chosen.webhook_shape)
    REDACTOR.learn(chosen.webhook_url)  # many an address is a secret itself
    return WebhookChannel(chosen.webhook_url, credentials, wall, shape=shape)


def _load(chosen: Settings) -> None:
    """Import what the channels that are on take, off the loop: some take 0.1 s."""
    wanted = {
        "notices": (chosen.notify_desktop or chosen.notify_sound) and sys.platform == "linux",
        "mail": chosen.notify_mail,
        "webhook": chosen.notify_webhook,
    }
    for name in (name for name, on in wanted.items() if on):
        import_module(f"vaultdesk.adapters.{name}")


def needs_secret(chosen: Settings) -> bool:
    """Whether a channel that is switched on reads a password or a key."""
    logs_in = bool(chosen.mail_user) and chosen.mail_security != "none"
    return chosen.notify_webhook or (chosen.notify_mail and logs_in)


class Alerting:
    """The alert service, the outbox behind it and the channels of the present settings.

    `clock` is the market's, `wall` the machine's. `open_window` is called by the notification's
    button "Open". `balloon` shows alerts where there is no D-Bus: on other systems than Linux.
    """

    def __init__(
        self,
        chosen: Settings,
        credentials: Credentials,
        bus: Bus,
        clock: Clock,
        wall: Clock,
        *,
        spawn: Spawn,
        open_window: Callable[[], object],
        market: Market = Market.REAL,
        balloon: Channel | None = None,
    ) -> None:
        self.credentials, self.balloon = credentials, balloon
        self._chosen, self._bus, self._clock, self._wall = chosen, bus, clock, wall
        self._spawn, self._open_window = spawn, open_window
        self._desktop: DesktopChannel | None = None
        self._complained = False
        self.outbox = Outbox(bus, wall, {})
        self.alerts = AlertService(
            bus,
            clock,
            wall,
            market=market,
            quiet=quiet_hours(chosen),
            wake=self.outbox.wake,
        )

    async def start(self, store: AlertStore, keep_alive: KeepAlive) -> None:
        """Watch, and deliver what the last desk left behind; `keep_alive` restarts what fails.

        Raises:
            StorageError: The store cannot be read.
        """
        await asyncio.to_thread(_load, self._chosen)
        self.follow(self._chosen)
        await self.alerts.use(store)
        await self.outbox.open(store)
        for watch in (self.alerts.run, self.alerts.watchdog):
            self._spawn(keep_alive(watch))
        for name in CHANNELS:
            self._spawn(keep_alive(partial(self.outbox.serve, name)))

    def follow(self, chosen: Settings) -> None:
        """Go by these settings from now on."""
        self._chosen = chosen
        self.credentials.use(chosen.secrets_in)
        self.alerts.quiet = quiet_hours(chosen)
        self.outbox.use(self._channels())
        self.look_for_secrets()

    def look_for_secrets(self) -> None:
        """Say why they cannot be read where a channel needs one, or that this is over."""
        self._spawn(self._check_secrets())

    async def send_test(self, channel: str, chosen: Settings) -> str:
        """Send a test by these settings and give what the receiver said.

        Raises:
            DeliveryError: It was not taken; the sentence says what to change.
        """
        made = mail_channel if channel == "mail" else webhook_channel
        return await made(chosen, self.credentials, self._wall).send_test()

    async def close(self) -> None:
        """Write down the rest and hang up; who runs the tasks has cancelled them before.

        Raises:
            StorageError: The disk refused.
        """
        if self._desktop is not None:
            await self._desktop.close()
        await self.credentials.close()
        await self.alerts.close()

    def _channels(self) -> dict[str, Channel]:
        """Those that are switched on, by name."""
        chosen, made = self._chosen, dict[str, "Channel"]()
        if chosen.notify_desktop and (desktop := self._on_desktop()) is not None:
            made["desktop"] = desktop
        if chosen.notify_sound:
            from vaultdesk.adapters.notices import SoundChannel  # noqa: PLC0415

            made["sound"] = SoundChannel()
        if chosen.notify_mail:
            made["mail"] = mail_channel(chosen, self.credentials, self._wall)
        if chosen.notify_webhook:
            made["webhook"] = webhook_channel(chosen, self.credentials, self._wall)
        return made

    def _on_desktop(self) -> Channel | None:
        """One connection, kept when the settings change: its notices' buttons still count."""
        if sys.platform != "linux":
            return self.balloon
        if self._desktop is None:
            from vaultdesk.adapters.notices import DesktopChannel  # noqa: PLC0415

            self._desktop = DesktopChannel(self._acted)
        return self._desktop

    def _acted(self, alert: Alert, action: str) -> None:
        """A button of a notification was pressed; closing it by hand acknowledges nothing."""
        if action == "open":
            self._open_window()
        elif action == "snooze":
            until = self._clock.now() + SNOOZE
            self._spawn(self.alerts.snooze(until, WHO, alert.rule))
        elif action == "acknowledge":
            self._spawn(self.alerts.acknowledge(alert.id, WHO))

    async def _check_secrets(self) -> None:
        try:
            if needs_secret(self._chosen):
                await self.credentials.check()
        except SecretError as error:
            self._complained = True
            self._bus.tell(ProblemRaised(PROBLEM, str(error)))
        else:
            if self._complained:
                self._complained = False
                self._bus.tell(ProblemCleared(PROBLEM))
