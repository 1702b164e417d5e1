"""The last good quotes and the chains of the last minutes, in the database."""

from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Table, delete, insert, select

from vaultdesk.core.market import Chain, Quality, Quote
from vaultdesk.storage import tables
from vaultdesk.storage.database import Database


class SqlMarketStore:
    """A `stores.MarketStore` on the desk's database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def last_quote(self, symbol: str) -> Quote | None:
        """The newest quote kept, as it was received."""

        def work(connection: Connection) -> Quote | None:
            query = select(tables.quotes).where(tables.quotes.c.symbol == symbol)
            row = connection.execute(query).mappings().one_or_none()
            if row is None:
                return None
            return Quote(**{**row, "quality": Quality(row["quality"])})

        return await self._database.run(work)

    async def keep_quote(self, quote: Quote) -> None:
        """Keep this quote as the symbol's newest."""
        values = {column.name: getattr(quote, column.name) for column in tables.quotes.columns}
        await self._replace(tables.quotes, {"symbol": quote.symbol}, values)

    async def chain(self, symbol: str, expiry: date) -> Chain | None:
        """The chain kept for this expiry, whatever its age; None also when it cannot be read."""

        def work(connection: Connection) -> str | None:
            table = tables.chains
            query = select(table.c.payload).where(
                table.c.symbol == symbol, table.c.expiry == expiry.isoformat()
            )
            return connection.execute(query).scalar()

        payload = await self._database.run(work)
        try:
            return payload and msgspec.json.decode(payload, type=Chain)  # type: ignore[return-value]
        except msgspec.MsgspecError:
            return None  # an older program's cache: fetched anew

    async def keep_chain(self, chain: Chain) -> None:
        """Keep this chain in place of the expiry's last."""
        key = {"symbol": chain.symbol, "expiry": chain.expiry.isoformat()}
        payload = msgspec.json.encode(chain).decode()
        values = {**key, "received": chain.received, "payload": payload}
        await self._replace(tables.chains, key, values)

    async def expirations(self, symbol: str) -> tuple[datetime, tuple[date, ...]] | None:
        """When the expiries were fetched, and what they were."""

        def work(connection: Connection) -> tuple[datetime, str] | None:
            table = tables.expirations
            query = select(table.c.fetched, table.c.dates).where(table.c.symbol == symbol)
            row = connection.execute(query).one_or_none()
            return None if row is None else (row[0], row[1])

        kept = await self._database.run(work)
        if kept is None:
            return None
        return kept[0], tuple(date.fromisoformat(text) for text in kept[1].split())

    async def keep_expirations(self, symbol: str, at: datetime, dates: tuple[date, ...]) -> None:
        """Keep the expiries fetched at `at`."""
        text = " ".join(expiry.isoformat() for expiry in dates)
        values = {"symbol": symbol, "fetched": at, "dates": text}
        await self._replace(tables.expirations, {"symbol": symbol}, values)

    async def _replace(self, table: Table, key: dict[str, str], values: dict[str, Any]) -> None:
        def work(connection: Connection) -> None:
            connection.execute(delete(table).filter_by(**key))
            connection.execute(insert(table).values(**values))

        await self._database.run(work)
