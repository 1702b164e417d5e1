"""Templates of hedges, in the database."""

from vaultdesk.core.hedge.templates import Template, parsed, written
from vaultdesk.storage.database import Database
from vaultdesk.storage.named_store import SqlNamedStore
from vaultdesk.storage.tables import hedge_templates


class SqlTemplateStore(SqlNamedStore[Template]):
    """A `stores.TemplateStore` on the desk's database."""

    def __init__(self, database: Database) -> None:
        super().__init__(
            database,
            hedge_templates.c.build,
            "template",
            lambda name, text: Template(name, parsed(text)),
            lambda one: written(one.build),
        )
