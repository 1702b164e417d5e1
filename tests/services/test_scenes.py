"""The scene service: what it keeps, refuses and takes back, and what it tells."""

import asyncio
from collections.abc import Coroutine, Iterator
from decimal import Decimal

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from vaultdesk.core.hedge.scenes import READY, NamedScene
from vaultdesk.core.hedge.stress.inputs import Stress
from vaultdesk.events import Bus, ScenesChanged
from vaultdesk.ports import InputError
from vaultdesk.services.scenes import SceneService
from vaultdesk.storage.database import Database
from vaultdesk.storage.scene_store import SqlSceneStore

FALL, CUT = Stress(gold=Decimal("-0.29")), Stress(advance=Decimal("0.60"))


@pytest.fixture
def database() -> Iterator[Database]:
    with Database(None) as made:
        yield made


async def opened(database: Database, bus: Bus | None = None) -> SceneService:
    service = SceneService(bus or Bus())
    await service.use(SqlSceneStore(database))
    return service


async def test_every_change_tells_the_names_in_their_order(database: Database) -> None:
    bus = Bus()
    told: list[ScenesChanged] = []
    bus.subscribe(ScenesChanged, told.append)
    service = await opened(database, bus)
    await service.save("  Zero   hour ", FALL)
    await service.save("april", CUT)
    await service.rename("april", "Zz")
    await service.undo()
    await service.delete("april")
    assert [event.names for event in told] == [
        (),
        ("Zero hour",),
        ("april", "Zero hour"),
        ("Zero hour", "Zz"),
        ("april", "Zero hour"),
        ("Zero hour",),
    ]
    assert (await opened(database)).kept == service.kept == (NamedScene("Zero hour", FALL),)


@pytest.mark.parametrize("name", ["", "   ", "x" * 61, READY[0].name, f" {READY[-1].name} "])
async def test_a_name_that_cannot_be_used_is_refused(database: Database, name: str) -> None:
    service = await opened(database)
    with pytest.raises(InputError):
        await service.save(name, FALL)
    assert service.kept == ()


async def test_what_cannot_be_assumed_is_refused(database: Database) -> None:
    service = await opened(database)
    with pytest.raises(InputError, match="Gold moves between"):
        await service.save("Doom", Stress(gold=Decimal("-0.9")))
    assert service.kept == ()


async def test_before_the_database_is_open_nothing_is_kept() -> None:
    service = SceneService(Bus())
    with pytest.raises(InputError, match="Scenes cannot be kept before the database is open"):
        await service.save("mine", FALL)
    assert service.kept == ()


async def test_what_another_program_wrote_is_a_problem_that_is_told(database: Database) -> None:
    store = SqlSceneStore(database)
    await store.change((NamedScene("Doom", FALL),), ())
    await database.run(
        lambda connection: connection.exec_driver_sql(
            'UPDATE scenes SET scene = \'{"gold": "-0.7"}\''
        )
    )
    service = await opened(database)
    assert service.kept == ()
    assert "'Doom' cannot be read (Gold moves between -60 and 40 %.)" in service.problem


class Keeping(RuleBasedStateMachine):
    """Whatever is done, the database has what is shown, and undoing goes back step by step."""

    names = st.sampled_from(("a", "b", "c"))

    def __init__(self) -> None:
        super().__init__()
        self.database = Database(None)
        self.service = asyncio.run(opened(self.database))
        self.past: list[tuple[NamedScene, ...]] = []

    def _do(self, work: Coroutine[object, object, object]) -> None:
        before = self.service.kept
        try:
            asyncio.run(work)
        except InputError:
            assert self.service.kept == before
        else:
            self.past.append(before)

    @rule(name=names, stress=st.sampled_from((FALL, CUT)))
    def save(self, name: str, stress: Stress) -> None:
        self._do(self.service.save(name, stress))

    @rule(old=names, new=names)
    def rename(self, old: str, new: str) -> None:
        self._do(self.service.rename(old, new))

    @rule(name=names)
    def delete(self, name: str) -> None:
        self._do(self.service.delete(name))

    @precondition(lambda self: self.past)
    @rule()
    def undo(self) -> None:
        asyncio.run(self.service.undo())
        assert self.service.kept == self.past.pop()

    @rule()
    def read_anew(self) -> None:
        found = asyncio.run(SqlSceneStore(self.database).load())
        assert found == (self.service.kept, ())

    def teardown(self) -> None:
        self.database.close()


TestKeeping = Keeping.TestCase
TestKeeping.settings = settings(max_examples=20, stateful_step_count=15, deadline=None)
