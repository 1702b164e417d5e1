"""A glance at what a desk wrote down, for those beside it: nothing is changed, nobody waits."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import msgspec

from vaultdesk.core.loan.terms import Facility
from vaultdesk.core.market import Quality, Quote
from vaultdesk.ports import StorageError
from vaultdesk.storage.audit_check import reading
from vaultdesk.storage.database import MIGRATIONS

_QUOTES = (
    "SELECT symbol, bid, ask, last, at, received, source, quality, previous_close, volume, currency"
    " FROM quotes"
)


@dataclass(frozen=True, slots=True)
class Glance:
    """All versions of the loan's terms, the last good quotes by symbol, and the last watch."""

    versions: tuple[Facility, ...] = ()
    quotes: dict[str, Quote] = field(default_factory=dict)
    watched_at: datetime | None = None


def glance(path: Path) -> Glance:
    """What stands in the database at this moment; nothing where it is of another version.

    Raises:
        StorageError: It cannot be read.
    """
    if not path.is_file():
        return Glance()
    try:
        with reading(path) as connection:
            (version,) = connection.execute("SELECT version FROM schema_version").fetchone() or (0,)
            if version != len(MIGRATIONS):
                return Glance()
            terms = connection.execute("SELECT terms FROM facilities ORDER BY id")
            watched = connection.execute("SELECT watched_at FROM alert_desk").fetchone()
            return Glance(
                tuple(msgspec.json.decode(text, type=Facility) for (text,) in terms),
                {quote.symbol: quote for quote in _quotes(connection.execute(_QUOTES))},
                _moment(watched[0]) if watched else None,
            )
    except (sqlite3.Error, ValueError, ArithmeticError) as error:
        raise StorageError(
            f"{path} cannot be read ({error}): restore one of the backups beside it."
        ) from error


def _quotes(rows: Iterable[tuple[str, ...]]) -> Iterable[Quote]:
    for symbol, bid, ask, last, at, received, source, quality, close, volume, currency in rows:
        yield Quote(
            symbol=symbol,
            bid=_decimal(bid),
            ask=_decimal(ask),
            last=_decimal(last),
            at=datetime.fromisoformat(at),
            received=datetime.fromisoformat(received),
            source=source,
            quality=Quality(quality),
            previous_close=_decimal(close),
            volume=None if volume is None else int(volume),
            currency=currency,
        )


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
