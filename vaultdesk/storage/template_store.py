"""Templates of hedges, in the database."""

from sqlalchemy import Connection, delete, insert, select

from vaultdesk.core.hedge.templates import Template, parsed, written
from vaultdesk.storage.database import Database
from vaultdesk.storage.tables import hedge_templates


class SqlTemplateStore:
    """A `ports.TemplateStore` on the desk's database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def load(self) -> tuple[tuple[Template, ...], tuple[str, ...]]:
        """The templates by name, and a sentence on each that cannot be read and stays kept."""

        def work(connection: Connection) -> list[tuple[str, str]]:
            rows = connection.execute(select(hedge_templates).order_by("name"))
            return [(row.name, row.build) for row in rows]

        found, problems = [], []
        for name, text in await self._database.run(work):
            try:
                found.append(Template(name, parsed(text)))
            except ValueError as error:
                problems.append(
                    f"The template '{name}' cannot be read ({error}): delete it, or install the "
                    "program that wrote it."
                )
        return tuple(found), tuple(problems)

    async def change(self, keep: tuple[Template, ...], forget: tuple[str, ...]) -> None:
        """Keep some, in place of those of the same names, and forget others, all at once."""
        gone = {*forget, *(one.name for one in keep)}

        def work(connection: Connection) -> None:
            connection.execute(delete(hedge_templates).where(hedge_templates.c.name.in_(gone)))
            for one in keep:
                values = {"name": one.name, "build": written(one.build)}
                connection.execute(insert(hedge_templates).values(**values))

        await self._database.run(work)
