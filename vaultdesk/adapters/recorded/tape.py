"""Reading the recorded-market format: a header, then one event a line, each with its time.

A line that cannot be used is named in `problems` by its number and skipped. Chains stay text
until they are asked for: ten thousand contracts are listed in a tenth of a second.
"""

import gzip
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from vaultdesk.adapters.recorded import values
from vaultdesk.core.market import Chain, OptionQuote, Quote
from vaultdesk.ports import FeedError, FeedFault, InputError

FORMAT = "vaultdesk-market"
VERSION = 1
GZIP_MAGIC = b"\x1f\x8b"
LONGEST_LINE = 32 * 2**20
MOST_PROBLEMS = 100


@dataclass(frozen=True, slots=True)
class Listing:
    """The expiries of one symbol that were known from `at` on, ascending."""

    at: datetime
    symbol: str
    dates: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class ChainLine:
    """A chain still as the text of its line; `chain_of` reads it."""

    at: datetime
    symbol: str
    expiry: date
    number: int
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Tape:
    """What a recording holds, each kind in order of time; `start` and `end` span all events."""

    name: str
    timezone: str
    note: str
    start: datetime
    end: datetime
    quotes: tuple[Quote, ...]
    listings: tuple[Listing, ...]
    chains: tuple[ChainLine, ...]
    problems: tuple[str, ...] = ()

    @property
    def symbols(self) -> tuple[str, ...]:
        """Every symbol that occurs, in alphabetical order."""
        groups: tuple[tuple[Quote | Listing | ChainLine, ...], ...]
        groups = (self.quotes, self.listings, self.chains)
        return tuple(sorted({event.symbol for group in groups for event in group}))


def read_tape(path: Path) -> Tape:
    """The recording in a file, compressed or plain by its content, whatever its name.

    Raises:
        InputError: The file cannot be opened.
        FeedError: It is not a recording, is of a newer version (MALFORMED), or holds no usable
            event (NO_DATA).
    """
    problems: list[str] = []
    with _opened(path) as raw:
        packed = raw.peek(2)[:2] == GZIP_MAGIC
        lines = _lines(gzip.GzipFile(fileobj=raw) if packed else raw, problems)
        header = _header(path.name, next(lines, (1, b""))[1])
        reading = _Reading()
        for number, line in lines:
            reading.take(number, line, problems)
    return reading.finished(path.name, header, problems)


def chain_of(line: ChainLine, spot: Decimal | None = None) -> Chain:
    """The chain of a line; `spot` stands in where the line itself names none.

    Takes about 10 ms for 400 contracts. Rows that cannot be read are left out, figures that cannot
    be used are None, and `problems` says how many of each.
    """
    record = values.decoded(line.text)
    event = record["chain"]
    faults: values.Faults = {}
    raw = event.get("rows")
    rows = tuple(row for item in raw if (row := _row(item, faults)) is not None)
    multiplier = values.count(event, "multiplier", faults)
    if not multiplier:
        values.count_fault(faults, "multiplier", "absent, taken as 100")
    given = values.decimal(event.get("spot"))
    return Chain(
        symbol=line.symbol,
        expiry=line.expiry,
        rows=rows,
        at=values.moment(event.get("exchange_at")) or line.at,
        received=line.at,
        source=values.recorded_source(event.get("source")),
        quality=values.recorded_quality(event.get("quality")),
        spot=given or spot,
        multiplier=multiplier or 100,
        problems=values.sentences(line.number, faults),
    )


class _Reading:
    """The events read so far."""

    def __init__(self) -> None:
        self._first: datetime | None = None
        self._last: datetime | None = None
        self._quotes: list[Quote] = []
        self._listings: list[Listing] = []
        self._chains: list[ChainLine] = []

    def take(self, number: int, line: bytes, problems: list[str]) -> None:
        """Keep the events of one line, or say why not."""
        if not line.strip():
            return
        try:
            text = line.decode("utf-8")
            self._keep(number, text, values.decoded(text), problems)
        except values.BadLineError as error:
            problems.append(f"Line {number} {error}")
        except UnicodeDecodeError:
            problems.append(f"Line {number} is not UTF-8 text.")

    def _keep(self, number: int, text: str, record: dict[str, Any], problems: list[str]) -> None:
        at = values.moment(record.get("at"))
        if at is None:
            raise values.BadLineError("has no time with an offset.")
        if self._last is not None and at < self._last:
            raise values.BadLineError("goes back in time.")
        faults: values.Faults = {}
        if "quote" in record:
            self._quotes.append(_quote(record["quote"], at, faults))
        elif "expirations" in record:
            self._listings.append(_listing(record["expirations"], at, faults))
        elif "chain" in record:
            self._chains.append(_chain_line(record["chain"], at, number, text))
        else:
            raise values.BadLineError("holds no quote, expirations or chain.")
        self._first = self._first or at
        self._last = at
        problems.extend(values.sentences(number, faults))

    def finished(self, name: str, header: dict[str, Any], problems: list[str]) -> Tape:
        """The tape; refused when there is no event to replay."""
        if self._first is None or self._last is None:
            why = f" {problems[0]}" if problems else ""
            raise FeedError(
                FeedFault.NO_DATA, f"The recording {name} holds nothing to replay.{why}"
            )
        more = len(problems) - MOST_PROBLEMS
        told = [*problems[:MOST_PROBLEMS], f"{more} more problems."] if more > 0 else problems
        return Tape(
            name=name,
            timezone=values.name(header.get("timezone")) or "UTC",
            note=values.note(header.get("note")),
            start=self._first,
            end=self._last,
            quotes=tuple(self._quotes),
            listings=tuple(self._listings),
            chains=tuple(self._chains),
            problems=tuple(told),
        )


def _opened(path: Path) -> io.BufferedReader:
    try:
        return path.open("rb")
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = getattr(error, "strerror", None) or "the path is not usable"
        raise InputError(
            f"The recording {path.name!r} cannot be opened ({reason}); check the path.", "feed"
        ) from error


def _lines(
    stream: gzip.GzipFile | io.BufferedReader, problems: list[str]
) -> Iterator[tuple[int, bytes]]:
    """Number and text of each line, as far as the file is sound."""
    number = 0
    while True:
        try:
            line = stream.readline(LONGEST_LINE)
        except (OSError, EOFError, zlib.error):
            problems.append(
                f"The file is damaged or cut off after line {number}; what comes before is used."
            )
            return
        if not line:
            return
        number += 1
        if len(line) >= LONGEST_LINE:
            problems.append(f"Line {number} is too long; the file is read up to there.")
            return
        yield number, line


def _header(name: str, line: bytes) -> dict[str, Any]:
    try:
        header = values.decoded(line.decode("utf-8-sig"))
    except (values.BadLineError, UnicodeDecodeError):
        header = {}
    if header.get("format") != FORMAT:
        raise FeedError(
            FeedFault.MALFORMED,
            f"{name} is not a recorded market: its first line does not say {FORMAT}.",
        )
    version = header.get("version")
    if not isinstance(version, int) or not 1 <= version <= VERSION:
        raise FeedError(
            FeedFault.MALFORMED,
            f"{name} is in version {values.note(str(version))[:20]} of the recording format and "
            f"this program reads version {VERSION}; update the program.",
        )
    return header


def _fields(value: object, kind: str) -> tuple[dict[str, Any], str]:
    if not isinstance(value, dict):
        raise values.BadLineError(f"has a {kind} that is not an object.")
    symbol = values.name(value.get("symbol"), 20)
    if symbol is None:
        raise values.BadLineError(f"has a {kind} without a usable symbol.")
    return value, symbol


def _quote(value: object, at: datetime, faults: values.Faults) -> Quote:
    record, symbol = _fields(value, "quote")
    return Quote(
        symbol=symbol,
        bid=values.positive(record, "bid", faults),
        ask=values.positive(record, "ask", faults),
        last=values.positive(record, "last", faults),
        at=values.moment(record.get("exchange_at")) or at,
        received=at,
        source=values.recorded_source(record.get("source")),
        quality=values.recorded_quality(record.get("quality")),
        previous_close=values.decimal(record.get("previous_close")) or None,
        volume=values.count(record, "volume", faults),
        currency=values.name(record.get("currency"), 3) or "USD",
    )


def _listing(value: object, at: datetime, faults: values.Faults) -> Listing:
    record, symbol = _fields(value, "list of expirations")
    given = record.get("dates")
    if not isinstance(given, list):
        raise values.BadLineError("has no list of dates in its expirations.")
    dates = {date for item in given if (date := values.day(item)) is not None}
    if len(dates) < len(given):
        values.count_fault(faults, "date of expiry", "unusable or twice there")
    return Listing(at, symbol, tuple(sorted(dates)))


def _chain_line(value: object, at: datetime, number: int, text: str) -> ChainLine:
    record, symbol = _fields(value, "chain")
    expiry = values.day(record.get("expiry"))
    if expiry is None:
        raise values.BadLineError("has a chain without a usable expiry.")
    if not isinstance(record.get("rows"), list):
        raise values.BadLineError("has a chain without rows.")
    return ChainLine(at, symbol, expiry, number, text)


def _row(item: object, faults: values.Faults) -> OptionQuote | None:
    record = item if isinstance(item, dict) else {}
    contract, right = values.name(record.get("contract")), record.get("right")
    strike = values.decimal(record.get("strike"))
    if contract is None or right not in ("C", "P") or not strike:
        values.count_fault(faults, "row", "without contract, right or strike, left out")
        return None
    return OptionQuote(
        contract=contract,
        right=right,
        strike=strike,
        bid=values.price(record, "bid", faults),
        ask=values.price(record, "ask", faults),
        last=values.price(record, "last", faults),
        volume=values.count(record, "volume", faults),
        open_interest=values.count(record, "open_interest", faults),
        last_trade=values.moment(record.get("last_trade")),
        vendor=values.vendor(record.get("vendor")),
        bid_size=values.count(record, "bid_size", faults),
        ask_size=values.count(record, "ask_size", faults),
    )
