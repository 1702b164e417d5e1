"""Templates come back as they were kept, also from a file of an older program."""

import asyncio
from datetime import date
from decimal import Decimal
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text

from tests.core.hedge.test_templates import builds
from tests.fakes.profiles import older
from vaultdesk.core.hedge.templates import READY, Build, Template, anchored, at_moneyness
from vaultdesk.storage.database import Database
from vaultdesk.storage.template_store import SqlTemplateStore

COLLAR = Template(
    "Winter collar", Build("collar", (at_moneyness("0.95"), at_moneyness("1.1")), days=180)
)


async def test_kept_replaced_and_forgotten() -> None:
    other = Template("Winter collar", Build("collar", (at_moneyness("0.9"),)))
    with Database(None) as database:
        store = SqlTemplateStore(database)
        assert await store.load() == ((), ())
        await store.change((COLLAR, READY[0]), ())
        assert await store.load() == ((READY[0], COLLAR), ())
        await store.change((other,), (READY[0].name,))
        assert await store.load() == ((other,), ())


@given(st.lists(builds, max_size=3))
@settings(max_examples=25, deadline=None)
def test_every_template_comes_back(found: list[Build]) -> None:
    kept = tuple(
        Template(f"number {i}", anchored(build, Decimal(350), date(2026, 7, 10)))
        for i, build in enumerate(found)
    )
    with Database(None) as database:
        store = SqlTemplateStore(database)
        asyncio.run(store.change(kept, ()))
        assert asyncio.run(store.load()) == (kept, ())


async def test_one_that_cannot_be_read_is_told_and_hides_no_other() -> None:
    def spoil(connection: Connection) -> None:
        connection.execute(text("INSERT INTO hedge_templates VALUES ('Odd', '{\"days\": -1}')"))

    with Database(None) as database:
        store = SqlTemplateStore(database)
        await store.change((COLLAR,), ())
        await database.run(spoil)
        found, problems = await store.load()
        assert found == (COLLAR,)
        assert len(problems) == 1
        assert "'Odd' cannot be read" in problems[0]


def test_a_file_from_before_templates_gets_their_table(tmp_path: Path) -> None:
    with Database(older(tmp_path / "desk.db", 4)) as database:
        store = SqlTemplateStore(database)
        asyncio.run(store.change((COLLAR,), ()))
        assert asyncio.run(store.load()) == ((COLLAR,), ())
