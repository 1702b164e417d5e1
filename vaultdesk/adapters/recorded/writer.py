"""Writing the recorded-market format.

Each event is one whole gzip member, written in one go: whatever was written before a crash is
read back, and at most the event being written is lost. A member of its own makes a quote cost
200 bytes: 5 MB for a session of one quote a second, read back in half a second.
"""

import contextlib
import gzip
import json
import math
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from io import BufferedRandom, FileIO
from pathlib import Path
from typing import Any

from vaultdesk.adapters.recorded.tape import FORMAT, VERSION, read_tape
from vaultdesk.adapters.recorded.values import VENDOR_FIELDS
from vaultdesk.core.market import Chain, OptionQuote, Quote
from vaultdesk.ports import FeedError, FeedFault, InputError, StorageError

_LEVEL = 5
"""A chain of 570 contracts takes 1.4 ms to compress; the default, 9, takes 9 ms to save 4 %."""


def quote_record(quote: Quote) -> dict[str, Any]:
    """A quote as the format writes it; `previous_close` and `currency` go beyond its version 1."""
    return {
        "symbol": quote.symbol,
        "bid": _text(quote.bid),
        "ask": _text(quote.ask),
        "last": _text(quote.last),
        "source": quote.source,
        "volume": quote.volume,
        "exchange_at": quote.at.isoformat(),
        "quality": quote.quality.value,
        "previous_close": _text(quote.previous_close),
        "currency": quote.currency,
    }


def chain_record(chain: Chain) -> dict[str, Any]:
    """A chain as the format writes it; spot, quality, times and sizes go beyond its version 1."""
    return {
        "symbol": chain.symbol,
        "expiry": chain.expiry.isoformat(),
        "multiplier": chain.multiplier,
        "source": chain.source,
        "exchange_at": chain.at.isoformat(),
        "quality": chain.quality.value,
        "spot": _text(chain.spot),
        "rows": [_row_record(row) for row in chain.rows],
    }


def _row_record(row: OptionQuote) -> dict[str, Any]:
    record = {
        "contract": row.contract,
        "right": row.right,
        "strike": _text(row.strike),
        "bid": _text(row.bid),
        "ask": _text(row.ask),
        "last": _text(row.last),
        "volume": row.volume,
        "open_interest": row.open_interest,
        "vendor": {name: _finite(getattr(row.vendor, name)) for name in VENDOR_FIELDS},
    }
    if row.last_trade is not None:
        record["last_trade"] = row.last_trade.isoformat()
    sizes = {"bid_size": row.bid_size, "ask_size": row.ask_size}
    return record | {name: size for name, size in sizes.items() if size is not None}


def _text(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"


def _finite(figure: float | None) -> float | None:
    return figure if figure is not None and math.isfinite(figure) else None


@dataclass(frozen=True, slots=True)
class Summary:
    """What a finished recording holds.

    `moved` events arrived out of order and were given the time of the one before them; `problem`
    says why the recording stopped by itself, if it did.
    """

    path: Path
    quotes: int = 0
    expirations: int = 0
    chains: int = 0
    moved: int = 0
    problem: str = ""

    def __str__(self) -> str:
        moved = f", {self.moved} moved into order" if self.moved else ""
        return (
            f"{self.path.name} holds {_count(self.quotes, 'new quote')}, "
            f"{_count(self.expirations, 'list')} of expiries and "
            f"{_count(self.chains, 'chain')}{moved}."
        )


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


class TapeWriter:
    """Writes a gzip-compressed recording, from its header or on from the end of an earlier one.

    Nothing that is not a recording is ever written over. An event earlier than the last is
    written with the last's time, since time never decreases on a tape; its own time stays in
    `exchange_at`.

    Raises:
        InputError: The file is there and is not a recording that can be continued.
        StorageError: It cannot be written; what was written before stays readable.
    """

    def __init__(self, path: Path, timezone: str = "America/New_York", note: str = "") -> None:
        self.path = path
        self.last_at, line_ended = _prepared(path)
        self._counts = {"quote": 0, "expirations": 0, "chain": 0}
        self._moved = 0
        try:
            self._file = FileIO(path, "a")
        except OSError as error:
            raise _unwritable(path, error) from error
        if self._file.tell() == 0:
            header = {"format": FORMAT, "version": VERSION, "timezone": timezone, "note": note}
            self._append(_line(header))
        elif not line_ended:
            self._append(b"\n")

    def write_quote(self, quote: Quote) -> None:
        """Add a quote at the time it was received."""
        self._write("quote", quote.received, quote_record(quote))

    def write_expirations(self, symbol: str, at: datetime, dates: tuple[date, ...]) -> None:
        """Add the expiries listed at `at`."""
        record = {"symbol": symbol, "dates": [day.isoformat() for day in dates]}
        self._write("expirations", at, record)

    def write_chain(self, chain: Chain) -> None:
        """Add a chain at the time it was received."""
        self._write("chain", chain.received, chain_record(chain))

    def close(self) -> Summary:
        """Close the file and say what was written; closing twice is harmless."""
        with contextlib.suppress(OSError):
            self._file.close()
        quotes, expirations, chains = self._counts.values()
        return Summary(self.path, quotes, expirations, chains, self._moved)

    def _write(self, kind: str, at: datetime, record: dict[str, Any]) -> None:
        if self.last_at is not None and at < self.last_at:
            self._moved += 1
            at = self.last_at
        self._append(_line({"at": at.isoformat(), kind: record}))
        self.last_at = at
        self._counts[kind] += 1

    def _append(self, text: bytes) -> None:
        packed = memoryview(gzip.compress(text, _LEVEL, mtime=0))
        try:
            end = self._file.tell()
        except ValueError:
            raise StorageError(f"The recording {self.path.name} is closed already.") from None
        try:
            while packed:
                packed = packed[self._file.write(packed) :]
        except OSError as error:
            with contextlib.suppress(OSError):
                self._file.truncate(end)
            self.close()
            raise _unwritable(self.path, error) from error


def _line(record: Mapping[str, Any]) -> bytes:
    return json.dumps(record, separators=(",", ":"), allow_nan=False).encode() + b"\n"


def _prepared(path: Path) -> tuple[datetime | None, bool]:
    """When the recording in the file ends, and whether its last line does.

    What a crash left of an unfinished member at the end is cut off. (None, True) for a new file.
    """
    try:
        with path.open("r+b") as file:
            if not file.peek(1):
                return None, True
            last_at = _end_of(path)
            found = _whole_members(file)
            if found is None:
                raise InputError(f"{path.name} is damaged or not compressed; choose another file.")
            file.truncate(found[0])
            return last_at, found[1]
    except FileNotFoundError:
        return None, True
    except (OSError, ValueError) as error:
        raise _unwritable(path, error) from error


def _end_of(path: Path) -> datetime | None:
    try:
        return read_tape(path).end
    except FeedError as error:
        if error.fault is FeedFault.NO_DATA:
            return None
        raise InputError(f"{path.name} is not a recording; choose another file.") from error


def _whole_members(file: BufferedRandom) -> tuple[int, bool] | None:
    """Where the last whole gzip member ends, and whether its text ends a line.

    None when there is no whole member or the data are damaged rather than cut off.
    """
    end, position, newline, text = 0, 0, True, b""
    inflate = zlib.decompressobj(wbits=31)
    while chunk := file.read(2**16):
        position += len(chunk)
        while chunk:
            try:
                text = inflate.decompress(chunk) or text
            except zlib.error:
                return None
            chunk = inflate.unused_data
            if inflate.eof:
                end, newline = position - len(chunk), text.endswith(b"\n")
                inflate = zlib.decompressobj(wbits=31)
    return (end, newline) if end else None


def _unwritable(path: Path, error: OSError | ValueError) -> StorageError:
    reason = getattr(error, "strerror", None) or "the path is not usable"
    return StorageError(
        f"The recording {path.name!r} cannot be written ({reason}); what was recorded so far is "
        "kept. Make room or choose another place, and start it again."
    )
