"""Alerts as notifications of the desktop, with buttons whose answer comes back.

The protocol is the Desktop Notifications Specification 1.2:
https://specifications.freedesktop.org/notification-spec/latest/
"""

import asyncio
import html
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum

from jeepney import (
    DBusAddress,
    DBusErrorResponse,
    HeaderFields,
    MatchRule,
    Message,
    new_method_call,
)

from vaultdesk.adapters.notices.bus import Bus, Heard, session_address
from vaultdesk.core.alerts import Alert, Severity
from vaultdesk.core.alerts.facts import headline
from vaultdesk.ports import DeliveryError

NAME = "org.freedesktop.Notifications"
SERVER = DBusAddress("/org/freedesktop/Notifications", NAME, NAME)

TIMEOUT_S = 10.0
REMEMBERED = 200
"""Notices whose buttons are still obeyed."""

_URGENCY = {
    Severity.INFO: 0,
    Severity.WARNING: 1,
    Severity.CRITICAL: 2,
    Severity.CLOSEOUT: 2,
}
_NEVER, _AS_IT_LIKES = 0, -1
"""When a notice vanishes by itself."""

_DISMISSED_BY_USER = 2

_SOUNDS = {
    Severity.INFO: "dialog-information",
    Severity.WARNING: "dialog-warning",
    Severity.CRITICAL: "dialog-error",
    Severity.CLOSEOUT: "dialog-error",
}
"""Names of the freedesktop Sound Naming Specification."""

_BUS = "org.freedesktop.DBus"
_RULES = (
    MatchRule(type="signal", interface=NAME, member="ActionInvoked"),
    MatchRule(type="signal", interface=NAME, member="NotificationClosed"),
    MatchRule(type="signal", sender=_BUS, interface=_BUS, member="NameOwnerChanged"),
)
_RULES[-1].add_arg_condition(0, NAME)

_NOBODY = (
    "org.freedesktop.DBus.Error.ServiceUnknown",
    "org.freedesktop.DBus.Error.NameHasNoOwner",
)


class NoticeAction(StrEnum):
    """What somebody did with a notice."""

    OPEN = "open"
    SNOOZE = "snooze"
    ACKNOWLEDGE = "acknowledge"
    DISMISSED = "dismissed"
    """Closed it by hand, which acknowledges nothing."""


_BUTTONS = (
    *("default", "Open"),  # a click on the notice itself
    *(NoticeAction.OPEN, "Open"),
    *(NoticeAction.SNOOZE, "Snooze 1 h"),
    *(NoticeAction.ACKNOWLEDGE, "Acknowledge"),
)
_PRESSED = {"default": NoticeAction.OPEN} | {str(action): action for action in NoticeAction}

Acted = Callable[[Alert, NoticeAction], None]


@dataclass(frozen=True, slots=True)
class _Server:
    """Who shows notifications: `owner` is its unique name on the bus."""

    name: str
    owner: str
    capabilities: frozenset[str]


class DesktopChannel:
    """Shows each rule's newest alert as one notification; critical ones stay until closed.

    `acted` is called on the loop with the alert and what was done. The connection is made with the
    first notice and anew when the bus or the notification server has gone.

    With `sounds` the server is asked to sound for alerts whose rule wants the channel "sound", and
    otherwise always to be silent, as `SoundChannel` sounds.
    """

    name = "desktop"

    def __init__(
        self,
        acted: Acted,
        *,
        address: str = "",
        icon: str = "vaultdesk",
        sounds: bool = False,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        self._acted, self._address, self._icon = acted, address, icon
        self._sounds, self._timeout_s = sounds, timeout_s
        self._bus: Bus | None = None
        self._connecting = asyncio.Lock()
        self._known: _Server | None = None
        self._shown: OrderedDict[int, Alert] = OrderedDict()
        self._of_rule: dict[str, int] = {}

    async def deliver(self, alert: Alert, delivery_id: str) -> str:
        """Show the alert in place of its rule's last notice, and say who shows it.

        Raises:
            DeliveryError: There is no bus, or nobody on it shows notifications.
        """
        del delivery_id  # a repeated notice takes the place of the first
        server = await self._told(lambda bus: self._notify(bus, alert))
        return f"shown by {server.name}"

    async def capabilities(self) -> frozenset[str]:
        """What the notification server can do, such as "actions" and "body-markup".

        Raises:
            DeliveryError: There is none.
        """
        return (await self._told(self._server)).capabilities

    async def close(self) -> None:
        """Hang up; notices that stand stay, their buttons are no longer obeyed."""
        if self._bus is not None:
            await self._bus.close()
        self._forget_server()

    async def _told(self, work: Callable[[Bus], Awaitable[_Server]]) -> _Server:
        try:
            async with asyncio.timeout(self._timeout_s):
                return await work(await self._connected())
        except TimeoutError:
            raise DeliveryError(
                "The desktop's notifications did not answer in time: they are tried again."
            ) from None
        except DBusErrorResponse as error:
            raise _ours(error) from error
        except OSError as error:
            raise DeliveryError(
                "The session's message bus hung up: alerts stand in the desk's own list."
            ) from error

    async def _connected(self) -> Bus:
        async with self._connecting:
            if self._bus is None or self._bus.is_lost:
                if self._bus is not None:
                    await self._bus.close()
                    self._forget_server()
                self._bus = await _connect(self._address or session_address(), self._heard)
            return self._bus

    async def _server(self, bus: Bus) -> _Server:
        if self._known is None:
            able = await bus.ask(new_method_call(SERVER, "GetCapabilities"))
            told = await bus.ask(new_method_call(SERVER, "GetServerInformation"))
            name, _vendor, version, _specification = told.body
            owner = told.header.fields[HeaderFields.sender]
            self._known = _Server(f"{name} {version}".strip(), owner, frozenset(able.body[0]))
        return self._known

    async def _notify(self, bus: Bus, alert: Alert) -> _Server:
        server = await self._server(bus)
        markup, buttons = "body-markup" in server.capabilities, "actions" in server.capabilities
        body = html.escape(alert.sentence, quote=False) if markup else alert.sentence
        arguments = (
            "VaultDesk",
            self._of_rule.get(alert.rule, 0),
            self._icon,
            headline(alert),
            body,
            list(_BUTTONS) if buttons else [],
            self._hints(alert),
            _NEVER if alert.severity >= Severity.CRITICAL else _AS_IT_LIKES,
        )
        answer = await bus.ask(new_method_call(SERVER, "Notify", "susssasa{sv}i", arguments))
        self._remember(answer.body[0], alert)
        return server

    def _hints(self, alert: Alert) -> dict[str, tuple[str, object]]:
        hints: dict[str, tuple[str, object]] = {
            "urgency": ("y", _URGENCY[alert.severity]),
            "category": ("s", "x-vaultdesk.alert"),
            "desktop-entry": ("s", "vaultdesk"),
        }
        if self._sounds and "sound" in alert.channels:
            return {**hints, "sound-name": ("s", _SOUNDS[alert.severity])}
        return {**hints, "suppress-sound": ("b", True)}

    def _remember(self, number: int, alert: Alert) -> None:
        self._of_rule[alert.rule] = number
        self._shown[number] = alert
        self._shown.move_to_end(number)
        while len(self._shown) > REMEMBERED:
            self._shown.popitem(last=False)

    def _forget_server(self) -> None:
        """Its numbers mean nothing to the next one."""
        self._known = None
        self._of_rule.clear()
        self._shown.clear()

    def _heard(self, message: Message) -> None:
        """A signal; those of others than the server we speak to count for nothing."""
        fields = message.header.fields
        if fields.get(HeaderFields.member) == "NameOwnerChanged":
            if fields.get(HeaderFields.sender) == _BUS:
                self._forget_server()
            return
        if self._known is None or fields.get(HeaderFields.sender) != self._known.owner:
            return
        match fields.get(HeaderFields.member), message.body:
            case "ActionInvoked", (int(number), str(key)):
                self._act(number, _PRESSED.get(key))
            case "NotificationClosed", (int(number), int(reason)):
                self._closed(number)
                if reason == _DISMISSED_BY_USER:
                    self._act(number, NoticeAction.DISMISSED)

    def _act(self, number: int, action: NoticeAction | None) -> None:
        """Tell it after the signal was taken, so that nothing raised there ends the listening."""
        alert = self._shown.get(number)
        if alert is not None and action is not None:
            asyncio.get_running_loop().call_soon(self._acted, alert, action)

    def _closed(self, number: int) -> None:
        """The next notice of its rule is a new one; a button pressed just before still counts."""
        for rule, shown in tuple(self._of_rule.items()):
            if shown == number:
                del self._of_rule[rule]


async def _connect(address: str, heard: Heard) -> Bus:
    if not address:
        raise DeliveryError(
            "This session has no message bus, so nothing can show notifications: alerts stand in "
            "the desk's own list.",
            permanent=True,
        )
    try:
        return await Bus.connect(address, heard, _RULES)
    except TimeoutError:
        raise
    except (OSError, EOFError, ValueError, RuntimeError) as error:
        raise DeliveryError(
            "The session's message bus cannot be reached: alerts stand in the desk's own list."
        ) from error


def _ours(error: DBusErrorResponse) -> DeliveryError:
    if error.name in _NOBODY:
        return DeliveryError(
            "Nothing on this desktop shows notifications: start a notification service, or read "
            "the alerts in the desk's own list."
        )
    return DeliveryError(f"The desktop's notification service refused the notice ({error.name}).")
