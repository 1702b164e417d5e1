"""Scenes come back as they were kept; those of a newer program stay as it wrote them."""

import asyncio
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text

from tests.core.hedge.test_scenes import stresses
from tests.fakes.profiles import older
from vaultdesk.core.hedge.scenes import NamedScene
from vaultdesk.core.hedge.stress.inputs import Stress
from vaultdesk.ports import StorageError
from vaultdesk.storage.database import Database
from vaultdesk.storage.scene_store import SqlSceneStore

CUT = NamedScene("bank cuts to 60 %", Stress(advance=Decimal("0.60")))
NEWER = '{"gold": "-0.1", "rates": "0.02"}'


def _put(connection: Connection) -> None:
    connection.execute(text("INSERT INTO scenes VALUES ('Newer', :scene)"), {"scene": NEWER})


def _kept(connection: Connection) -> list[tuple[str, str]]:
    rows = connection.execute(text("SELECT name, scene FROM scenes ORDER BY name"))
    return [(name, scene) for name, scene in rows]


async def test_kept_replaced_and_forgotten() -> None:
    fall, other = NamedScene("April", Stress(Decimal("-0.3"))), NamedScene("April", Stress(days=9))
    with Database(None) as database:
        store = SqlSceneStore(database)
        assert await store.load() == ((), ())
        await store.change((CUT, fall), ())
        assert await store.load() == ((fall, CUT), ())
        await store.change((other,), (CUT.name,))
        assert await store.load() == ((other,), ())


@given(st.lists(stresses, max_size=3))
@settings(max_examples=25)
def test_every_scene_comes_back(found: list[Stress]) -> None:
    kept = tuple(NamedScene(f"number {i}", stress) for i, stress in enumerate(found))
    with Database(None) as database:
        store = SqlSceneStore(database)
        asyncio.run(store.change(kept, ()))
        assert asyncio.run(store.load()) == (kept, ())


async def test_one_of_a_newer_program_is_told_and_stays_as_it_was() -> None:
    with Database(None) as database:
        store = SqlSceneStore(database)
        await store.change((CUT,), ())
        await database.run(_put)
        found, problems = await store.load()
        assert found == (CUT,)
        (problem,) = problems
        assert problem.startswith("The scene 'Newer' cannot be read (it also assumes rates).")
        assert "stays kept" in problem
        with pytest.raises(StorageError, match="'Newer' of another program has that name"):
            await store.change((NamedScene("Newer", Stress()),), ())
        await store.change((), (CUT.name,))
        assert await database.run(_kept) == [("Newer", NEWER)]


def test_a_file_from_before_scenes_gets_their_table(tmp_path: Path) -> None:
    with Database(older(tmp_path / "desk.db", 6)) as database:
        store = SqlSceneStore(database)
        asyncio.run(store.change((CUT,), ()))
        assert asyncio.run(store.load()) == ((CUT,), ())
