"""A desktop's notification server: it keeps what it was asked to show and presses the buttons.

It owns `org.freedesktop.Notifications` on the bus it is given, as the specification has it:
https://specifications.freedesktop.org/notification-spec/latest/
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from jeepney import (
    DBusAddress,
    HeaderFields,
    Message,
    MessageType,
    message_bus,
    new_error,
    new_method_call,
    new_method_return,
    new_signal,
)
from jeepney.io.asyncio import DBusConnection, open_dbus_connection

NAME = "org.freedesktop.Notifications"
PRIMARY_OWNER = 1
"""What the bus answers to who is the only one to own a name."""
EMITTER = DBusAddress("/org/freedesktop/Notifications", interface=NAME)


@dataclass(frozen=True)
class Shown:
    """One call of Notify."""

    number: int
    app: str
    replaces: int
    icon: str
    summary: str
    body: str
    actions: list[str]
    hints: dict[str, tuple[str, object]]
    expires_ms: int


@dataclass
class NotificationServer:
    """Answers on its own connection; `silent` takes calls and never answers, `refuses` them."""

    connection: DBusConnection
    able: list[str]
    shown: list[Shown] = field(default_factory=list)
    silent: bool = False
    refuses: bool = False
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    _numbers: int = 0

    async def press(self, number: int, key: str) -> None:
        """A button of a notice."""
        await self._signal("ActionInvoked", "us", (number, key))

    async def close_notice(self, number: int, reason: int) -> None:
        """A notice is gone: 1 expired, 2 dismissed by the user, 3 by a call."""
        await self._signal("NotificationClosed", "uu", (number, reason))

    async def _signal(self, member: str, signature: str, body: tuple[object, ...]) -> None:
        await self.connection.send(new_signal(EMITTER, member, signature, body))

    async def serve(self) -> None:
        """Until the connection ends."""
        while True:
            try:
                message = await self.connection.receive()
            except (EOFError, OSError):
                return
            if message.header.message_type is not MessageType.method_call:
                continue
            self.asked.set()
            if not self.silent:
                await self.connection.send(self._answer(message))

    def _answer(self, call: Message) -> Message:
        if self.refuses:
            return new_error(call, f"{NAME}.Error.ExcessNotificationGeneration")
        match call.header.fields[HeaderFields.member]:
            case "GetCapabilities":
                return new_method_return(call, "as", (self.able,))
            case "GetServerInformation":
                return new_method_return(call, "ssss", ("fake", "test", "1.0", "1.2"))
            case "Notify":
                return new_method_return(call, "u", (self._show(call.body),))
        return new_error(call, "org.freedesktop.DBus.Error.UnknownMethod")

    def _show(self, arguments: tuple[Any, ...]) -> int:
        self._numbers += arguments[1] == 0
        number = arguments[1] or self._numbers
        self.shown.append(Shown(number, *arguments))
        return int(number)


@asynccontextmanager
async def notification_server(
    address: str, able: tuple[str, ...] = ("actions", "body", "body-markup")
) -> AsyncIterator[NotificationServer]:
    """A server that owns the name as long as the context lasts."""
    connection = await open_dbus_connection(address)
    server = NotificationServer(connection, list(able))
    own = new_method_call(
        DBusAddress("/org/freedesktop/DBus", "org.freedesktop.DBus", "org.freedesktop.DBus"),
        "RequestName",
        "su",
        (NAME, 0),
    )
    await connection.send(own)
    while HeaderFields.reply_serial not in (owned := await connection.receive()).header.fields:
        pass  # signals of the bus come in between
    assert owned.body == (PRIMARY_OWNER,), "somebody else shows notifications on this bus"
    serving = asyncio.create_task(server.serve())
    try:
        yield server
    finally:
        serving.cancel()
        await asyncio.wait([serving])
        await connection.close()


async def forge(address: str, number: int, key: str) -> None:
    """A button pressed by somebody else on the bus, as any program of the user could say."""
    connection = await open_dbus_connection(address)
    await connection.send(new_signal(EMITTER, "ActionInvoked", "us", (number, key)))
    await round_trip(connection)
    await connection.close()


async def round_trip(connection: DBusConnection) -> None:
    """Until the bus has passed on what was sent before."""
    await connection.send(message_bus.GetId())
    while (await connection.receive()).header.message_type is not MessageType.method_return:
        pass
