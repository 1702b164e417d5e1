"""The server's first words, and what they tell."""

from __future__ import annotations

import struct
from dataclasses import dataclass

AT_MOST = 256
"""Bytes of a greeting; what is longer is none."""

_HEAD = 4
"""Bytes that tell how long a message is."""


@dataclass(slots=True)
class Greeting:
    """Its version and its time, which the library reads and forgets."""

    time: str = ""
    received: bytes = b""
    whole: bool = False

    def take(self, data: bytes) -> None:
        """Read on until the greeting is whole; a peer that is not TWS never makes it so."""
        if self.whole or len(self.received) > AT_MOST:
            return
        self.received += data
        size = (
            struct.unpack(">I", self.received[:_HEAD])[0] if len(self.received) >= _HEAD else None
        )
        if size is None or size > AT_MOST or len(self.received) < _HEAD + size:
            return
        fields = self.received[_HEAD : _HEAD + size].decode(errors="replace").split("\0")
        self.whole = fields[0].isdigit()
        self.time = fields[1] if len(fields) > 1 else ""
