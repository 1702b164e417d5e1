"""One private connection to the session's D-Bus, on the event loop and without a thread."""

import asyncio
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from jeepney import (
    DBusErrorResponse,
    HeaderFields,
    MatchRule,
    Message,
    MessageType,
    message_bus,
)
from jeepney.io.asyncio import DBusConnection, open_dbus_connection

Heard = Callable[[Message], None]


class BusLostError(ConnectionError):
    """The bus went away while something was asked of it."""


def session_address() -> str:
    """Where the session's bus listens; empty where there is none.

    Source: D-Bus specification, "Login session message bus"; the socket is systemd's.
    """
    named = os.environ.get("DBUS_SESSION_BUS_ADDRESS", "")
    if named:
        return named
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    socket = Path(runtime) / "bus"
    return f"unix:path={socket}" if runtime and socket.is_socket() else ""


class Bus:
    """Asks methods and hears signals until the connection is lost; then it is of no more use.

    `heard` gets every signal that a rule matches, on the loop.
    """

    def __init__(self, connection: DBusConnection, heard: Heard) -> None:
        self._connection, self._heard = connection, heard
        self._waiting: dict[int, asyncio.Future[Message]] = {}
        self._listening = asyncio.create_task(self._listen(), name="notices")

    @classmethod
    async def connect(cls, address: str, heard: Heard, rules: tuple[MatchRule, ...]) -> "Bus":
        """A connection that hears what the rules match.

        Raises:
            OSError, EOFError, ValueError, RuntimeError, DBusErrorResponse: There is no such bus.
        """
        bus = cls(await open_dbus_connection(address), heard)
        try:
            for rule in rules:
                await bus.ask(message_bus.AddMatch(rule))
        except BaseException:
            await bus.close()
            raise
        return bus

    @property
    def is_lost(self) -> bool:
        """Whether the other end hung up."""
        return self._listening.done()

    async def ask(self, message: Message) -> Message:
        """The answer to a method call.

        Raises:
            BusLostError: The connection ended before the answer.
            DBusErrorResponse: The answer is an error.
        """
        if self.is_lost:
            raise BusLostError
        serial = next(self._connection.outgoing_serial)
        answer: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        self._waiting[serial] = answer
        try:
            await self._connection.send(message, serial=serial)
            reply = await answer
        finally:
            del self._waiting[serial]
        if reply.header.message_type is MessageType.error:
            raise DBusErrorResponse(reply)
        return reply

    async def close(self) -> None:
        """Hang up; who still waits for an answer gets BusLostError."""
        self._listening.cancel()
        await asyncio.wait([self._listening])
        with suppress(OSError):
            await self._connection.close()

    async def _listen(self) -> None:
        try:
            while True:
                self._take(await self._connection.receive())
        except (EOFError, OSError):
            return
        finally:
            for answer in self._waiting.values():
                if not answer.done():
                    answer.set_exception(BusLostError())

    def _take(self, message: Message) -> None:
        if message.header.message_type is MessageType.signal:
            self._heard(message)
            return
        answer = self._waiting.get(message.header.fields.get(HeaderFields.reply_serial, -1))
        if answer is not None and not answer.done():
            answer.set_result(message)
