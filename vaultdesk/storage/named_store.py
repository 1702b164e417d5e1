"""Things kept by their names in the desk's database, each as one text."""

from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from sqlalchemy import Column, Connection, Table, delete, insert, select

from vaultdesk.ports import StorageError
from vaultdesk.storage.database import Database


class _Named(Protocol):
    @property
    def name(self) -> str: ...


T = TypeVar("T", bound=_Named)


class SqlNamedStore(Generic[T]):
    """A `stores.NamedStore` on a table of names and texts.

    `read` gives the thing of a name and a text, or raises ValueError; `noun` is what it is called.
    What cannot be read stays as it is: nothing else is kept under its name.
    """

    def __init__(
        self,
        database: Database,
        text: Column[str],
        noun: str,
        read: Callable[[str, str], T],
        write: Callable[[T], str],
    ) -> None:
        self._database, self._noun = database, noun
        self._text, self._read, self._write = text, read, write
        self._unread: set[str] = set()

    async def load(self) -> tuple[tuple[T, ...], tuple[str, ...]]:
        """Those that can be read by name, and a sentence on each other, which stays kept."""
        table, column = self._table, self._text

        def work(connection: Connection) -> list[tuple[str, str]]:
            rows = connection.execute(select(table.c.name, column).order_by("name"))
            return [(name, text) for name, text in rows]

        found, problems = list[T](), dict[str, str]()
        for name, text in await self._database.run(work):
            try:
                found.append(self._read(name, text))
            except ValueError as error:
                problems[name] = (
                    f"The {self._noun} '{name}' cannot be read ({error}). "
                    "It stays kept: use the program that wrote it."
                )
        self._unread = set(problems)
        return tuple(found), tuple(problems.values())

    async def change(self, keep: tuple[T, ...], forget: tuple[str, ...]) -> None:
        """Keep some, in place of those of the same names, and forget others, all at once."""
        table, names = self._table, {one.name for one in keep}
        gone = names.union(forget)
        if taken := min(names & self._unread, default=""):
            raise StorageError(
                f"The {self._noun} '{taken}' of another program has that name: choose another."
            )

        def work(connection: Connection) -> None:
            connection.execute(delete(table).where(table.c.name.in_(gone)))
            for one in keep:
                values = {"name": one.name, self._text.name: self._write(one)}
                connection.execute(insert(table).values(**values))

        await self._database.run(work)

    @property
    def _table(self) -> Table:
        return self._text.table
