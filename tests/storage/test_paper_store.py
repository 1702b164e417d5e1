"""The paper broker's book comes back event for event, and nothing in it is ever changed."""

from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from vaultdesk.ports import StorageError
from vaultdesk.storage.database import Database
from vaultdesk.storage.paper_store import SqlPaperStore


async def test_events_come_back_in_order_also_in_the_next_desk(tmp_path: Path) -> None:
    path = tmp_path / "desk.db"
    with Database(path) as database:
        store = SqlPaperStore(database)
        assert await store.events() == ()
        await store.add(("received", "filled"))
        await store.add(())
    with Database(path) as database:
        store = SqlPaperStore(database)
        await store.add(("cash ünïcode",))
        assert await store.events() == ("received", "filled", "cash ünïcode")


@pytest.mark.parametrize(
    "change", ["UPDATE paper_events SET event = ''", "DELETE FROM paper_events"]
)
async def test_an_event_stays(change: str) -> None:
    def work(connection: Connection) -> None:
        connection.execute(text(change))

    with Database(None) as database:
        store = SqlPaperStore(database)
        await store.add(("received",))
        with pytest.raises(StorageError, match="must stay as they were written"):
            await database.run(work)
        assert await store.events() == ("received",)
