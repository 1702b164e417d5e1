"""One client's connection to the fake TWS: what it follows, and how its answers go out."""

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from tests.fakes.tws.faults import Fault
from tests.fakes.tws.frame import encode
from tests.fakes.tws.messages import Message

if TYPE_CHECKING:
    from tests.fakes.tws.market import Listed

UNKNOWN: Message = (250, 1, "of a later version")


class Session:
    """A connection; `client_id` is -1 until the client has named itself."""

    def __init__(self, writer: asyncio.StreamWriter, faults: set[Fault]) -> None:
        self.client_id = -1
        self.data_type = 1
        self.quotes: dict[int, tuple[Listed, bool]] = {}
        """Request id to the contract, and whether its data is delayed."""
        self.wants_positions = False
        self.wants_account = ""
        self.is_cut = False
        self._writer = writer
        self._faults = faults
        self._out: asyncio.Queue[bytes | None] = asyncio.Queue()

    def send(self, *messages: Message) -> None:
        """Queue messages for the client; they are lost where a fault says so."""
        if Fault.MUTE in self._faults:
            return
        for message in messages:
            if Fault.UNKNOWN_MESSAGES in self._faults and self.client_id >= 0:
                self._out.put_nowait(encode(UNKNOWN))
            self._out.put_nowait(encode(message))

    def cut(self) -> None:
        """Reset the connection now; what is queued, and what came after this, is lost."""
        self.is_cut = True
        self._writer.transport.abort()

    def close(self) -> None:
        """End the connection when all that is queued is written."""
        self._out.put_nowait(None)

    async def write(self) -> None:
        """Write what is queued until the connection is closed or lost."""
        with suppress(ConnectionError):
            while (data := await self._out.get()) is not None:
                if Fault.TINY_PACKETS in self._faults:
                    await self._pieces(data)
                else:
                    self._writer.write(data)
                await self._writer.drain()
            self._writer.close()

    async def _pieces(self, data: bytes) -> None:
        for start in range(0, len(data), 3):
            self._writer.write(data[start : start + 3])
            await asyncio.sleep(0)  # lets a client on this loop read the piece by itself
