"""The framing of the TWS socket: four bytes of length, then fields that end with NUL."""

import struct
from collections.abc import Iterator
from decimal import Decimal

Field = str | int | Decimal | bool | None
"""What a field is made of: None is written as nothing, a truth as 1 or 0."""

GREETING = b"API\0"
"""What a client says before its first frame."""


def written(field: Field) -> str:
    """A field as TWS writes it; a Decimal never in powers of ten."""
    if field is None:
        return ""
    if isinstance(field, bool):
        return "1" if field else "0"
    return f"{field:f}" if isinstance(field, Decimal) else str(field)


def encode(fields: tuple[Field, ...]) -> bytes:
    """One message with its length."""
    body = "".join(f"{written(field)}\0" for field in fields).encode()
    return struct.pack(">I", len(body)) + body


class Frames:
    """Takes bytes in pieces of any size and gives the messages that are complete."""

    def __init__(self) -> None:
        self._data = bytearray()
        self._greeted = False

    def feed(self, data: bytes) -> Iterator[list[str]]:
        """Add bytes; every message whose last byte came in, as its fields.

        Raises:
            ValueError: The client did not greet as TWS clients do.
        """
        self._data += data
        if not self._greet():
            return
        while (message := self._next()) is not None:
            yield message

    def _greet(self) -> bool:
        if not self._greeted and len(self._data) >= len(GREETING):
            if not self._data.startswith(GREETING):
                raise ValueError("This is not a TWS client.")
            del self._data[: len(GREETING)]
            self._greeted = True
        return self._greeted

    def _next(self) -> list[str] | None:
        if len(self._data) < 4:
            return None
        end = 4 + int(struct.unpack_from(">I", self._data)[0])
        if len(self._data) < end:
            return None
        text = self._data[4:end].decode()
        del self._data[:end]
        return text.removesuffix("\0").split("\0")
