"""What-if scenes, in the database."""

from vaultdesk.core.hedge.scenes import NamedScene, parsed, written
from vaultdesk.storage.database import Database
from vaultdesk.storage.named_store import SqlNamedStore
from vaultdesk.storage.tables import scenes


class SqlSceneStore(SqlNamedStore[NamedScene]):
    """A `stores.SceneStore` on the desk's database."""

    def __init__(self, database: Database) -> None:
        super().__init__(
            database,
            scenes.c.scene,
            "scene",
            lambda name, text: NamedScene(name, parsed(text)),
            lambda one: written(one.stress),
        )
