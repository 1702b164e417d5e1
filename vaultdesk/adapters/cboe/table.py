"""The CBOE's quote table, a CSV of one underlying's whole option market at one moment.

Two lines about the underlying, a line of column names, then a row for each expiry and strike with
the call to the left and the put to the right of the strike.
"""

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from vaultdesk.adapters.cboe import cells
from vaultdesk.core.market import (
    Chain,
    OptionQuote,
    Quality,
    Quote,
    Right,
    VendorGreeks,
)
from vaultdesk.ports import FeedError, FeedFault, InputError

SOURCE = "CBOE quote table"
LARGEST_FILE = 64 * 2**20
MOST_PROBLEMS = 100
_HEADING_WITHIN = 10
_CONTRACT = re.compile(r"([A-Z]{1,5}\d?)(\d{2})(\d{2})(\d{2})([CP])(\d{8})", re.ASCII)
_FIGURE = r":\s*(-?\d+(?:,\d{3})*(?:\.\d+)?)"

_Lines = list[tuple[int, list[str]]]
_Faults = Counter[str]


@dataclass(frozen=True, slots=True)
class _Contract:
    """One contract as its row gives it, with what its name says."""

    root: str
    expiry: date
    quote: OptionQuote


def looks_like_quote_table(path: Path) -> bool:
    """Whether the file's first lines hold a quote table's column names; False if unreadable."""
    try:
        with path.open("rb") as file:
            start = file.read(4096).decode("utf-8-sig", "replace")
    except (OSError, ValueError):  # ValueError: a NUL in the path
        return False
    return any(_is_heading(line.split(",")) for line in start.splitlines()[:_HEADING_WITHIN])


def read_quote_table(path: Path) -> tuple[Quote, tuple[Chain, ...], tuple[str, ...]]:
    """The underlying's quote, its chains by expiry, and what could not be read.

    A bid or ask of 0 stays 0, as the exchange gives it; a last sale of 0 means there was none.
    Contracts of another root (a digit marks an adjusted deliverable, SPXW among SPX another
    settlement) are named and left out.

    Raises:
        InputError: The file cannot be opened.
        FeedError: It is not a quote table (MALFORMED) or holds no usable contract (NO_DATA).
    """
    lines = _lines(path)
    top = next((i for i, (_, row) in enumerate(lines[:_HEADING_WITHIN]) if _is_heading(row)), 0)
    about = ",".join(cell for _, row in lines[:top] for cell in row)
    at = cells.taken_at(about)
    if at is None:
        raise FeedError(
            FeedFault.MALFORMED,
            f"{path.name} is not a CBOE quote table: it needs a line with its date and time and "
            "the column names from Expiration Date to Open Interest.",
        )
    problems: list[str] = []
    faults: _Faults = Counter()
    contracts = list(_contracts(lines[top][1], lines[top + 1 :], faults, problems))
    symbol = _symbol(Counter(contract.root for contract in contracts))
    if symbol is None:
        raise FeedError(FeedFault.NO_DATA, f"{path.name} holds no standard option contract.")
    quote = _underlying(about, symbol, at)
    chains = _chains(quote, contracts, faults)
    counted = (f"{what} ({n} times)." if n > 1 else f"{what}." for what, n in faults.items())
    told = [*problems[:MOST_PROBLEMS], *counted]
    return quote, chains, tuple(told)


def _lines(path: Path) -> _Lines:
    """The cells of every line that has any, with its number."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_FILE)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "the path is not usable"
        raise InputError(
            f"The quote table {path.name!r} cannot be opened ({reason}); check the path.", "feed"
        ) from error
    reader = csv.reader(data.decode("utf-8-sig", "replace").splitlines())
    lines: _Lines = []
    try:
        lines.extend((reader.line_num, row) for row in reader if any(row))
    except csv.Error as error:
        raise FeedError(
            FeedFault.MALFORMED,
            f"{path.name} stops being a CSV file at line {reader.line_num} ({error}).",
        ) from error
    return lines


def _is_heading(cells: Sequence[str]) -> bool:
    return {"Expiration Date", "Calls", "Strike", "Puts", "Bid", "Ask"} <= {
        cell.strip() for cell in cells
    }


def _underlying(about: str, symbol: str, at: datetime) -> Quote:
    def figure(label: str) -> Decimal | None:
        found = re.search(label + _FIGURE, about)
        return Decimal(found[1].replace(",", "")) if found else None

    def price(label: str) -> Decimal | None:
        value = figure(label)
        return value if value is not None and 0 < value < cells.LARGEST else None

    last, change, volume = price("Last"), figure("Change"), figure("Volume")
    closed = last - change if last is not None and change is not None else None
    return Quote(
        symbol=symbol,
        bid=price("Bid"),
        ask=price("Ask"),
        last=last,
        at=at,
        received=at,
        source=SOURCE,
        quality=Quality.CACHED,
        previous_close=closed if closed is not None and 0 < closed < cells.LARGEST else None,
        volume=int(volume) if volume is not None and 0 <= volume < cells.LARGEST else None,
    )


def _contracts(
    heading: list[str], lines: _Lines, faults: _Faults, problems: list[str]
) -> Iterator[_Contract]:
    names = [cell.strip() for cell in heading]
    middle = names.index("Strike")
    calls = {name: i for i, name in enumerate(names[:middle])}
    puts = {name: i for i, name in enumerate(names) if i > middle}
    for number, line in lines:
        row = [cell.strip() for cell in line]
        expiry = cells.expiry(row[0])
        strike = cells.number(row[middle]) if middle < len(row) else None
        if expiry is None or not strike:
            problems.append(f"Line {number} has no usable expiry or strike and is left out.")
            continue
        for side in (
            _Side(row, calls, "Calls", "C", faults),
            _Side(row, puts, "Puts", "P", faults),
        ):
            root = side.root(expiry, strike)
            if root:
                yield _Contract(root, expiry, side.option(strike))


@dataclass(frozen=True, slots=True)
class _Side:
    """One contract's half of a row, read by column name; counts what cannot be used."""

    row: list[str]
    columns: dict[str, int]
    label: str
    right: Right
    faults: _Faults

    def root(self, expiry: date, strike: Decimal) -> str | None:
        """The symbol in the contract's name; None if the name belongs to another row."""
        name = self.text(self.label)
        found = _CONTRACT.fullmatch(name)
        if found and found.groups()[1:] == (
            *expiry.strftime("%y %m %d").split(),
            self.right,
            f"{strike * 1000:08.0f}",
        ):
            return found[1]
        if name:
            self.faults["A contract's name does not fit its row and is left out"] += 1
        return None

    def option(self, strike: Decimal) -> OptionQuote:
        """The contract's market as the row gives it."""
        volume, interest = self.price("Volume"), self.price("Open Interest")
        return OptionQuote(
            contract=self.text(self.label),
            right=self.right,
            strike=strike,
            bid=self.price("Bid"),
            ask=self.price("Ask"),
            last=self.price("Last Sale") or None,
            volume=None if volume is None else int(volume),
            open_interest=None if interest is None else int(interest),
            vendor=VendorGreeks(
                iv=cells.figure(self.text("IV")),
                delta=cells.figure(self.text("Delta")),
                gamma=cells.figure(self.text("Gamma")),
            ),
        )

    def text(self, column: str) -> str:
        """The cell under a column name; empty where the row or the table has none."""
        index = self.columns.get(column, len(self.row))
        return self.row[index] if index < len(self.row) else ""

    def price(self, column: str) -> Decimal | None:
        """The number as given, 0 included."""
        text = self.text(column)
        value = cells.number(text)
        if value is None and text:
            self.faults[f"{column} is not a usable number and is left out"] += 1
        return value


def _symbol(roots: Counter[str]) -> str | None:
    """The underlying: the commonest root without a digit, or the shortest that begins it."""
    plain = [root for root, _ in roots.most_common() if root.isalpha()]
    return min((root for root in plain if plain[0].startswith(root)), key=len, default=None)


def _chains(quote: Quote, contracts: list[_Contract], faults: _Faults) -> tuple[Chain, ...]:
    by_expiry: defaultdict[date, list[OptionQuote]] = defaultdict(list)
    for contract in contracts:
        if contract.root == quote.symbol:
            by_expiry[contract.expiry].append(contract.quote)
        else:
            what = f"{contract.root} contracts are not standard {quote.symbol} contracts"
            faults[f"{what} and are left out"] += 1
    return tuple(
        Chain(
            symbol=quote.symbol,
            expiry=expiry,
            rows=tuple(sorted(by_expiry[expiry], key=lambda row: (row.right, row.strike))),
            at=quote.at,
            received=quote.received,
            source=quote.source,
            quality=quote.quality,
            spot=quote.price,
        )
        for expiry in sorted(by_expiry)
    )
