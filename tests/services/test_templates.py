"""The template service: what it keeps, refuses and takes back."""

import asyncio
from collections.abc import Coroutine, Iterator

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from vaultdesk.core.hedge.templates import READY, Build, Template, at_moneyness
from vaultdesk.events import Bus, TemplatesChanged
from vaultdesk.ports import InputError, StorageError
from vaultdesk.services.templates import TemplateService
from vaultdesk.storage.database import Database
from vaultdesk.storage.template_store import SqlTemplateStore

PUT, COLLAR = Build("protective_put", (at_moneyness("0.9"),)), Build("collar")


@pytest.fixture
def database() -> Iterator[Database]:
    with Database(None) as made:
        yield made


async def opened(database: Database) -> TemplateService:
    service = TemplateService(Bus())
    await service.use(SqlTemplateStore(database))
    return service


class Refusing:
    """A store whose disk is full."""

    async def load(self) -> tuple[tuple[Template, ...], tuple[str, ...]]:
        return (Template("Old", PUT),), ("One cannot be read.",)

    async def change(self, keep: tuple[Template, ...], forget: tuple[str, ...]) -> None:
        del keep, forget
        raise StorageError("The disk is full: free some space.")


async def test_a_template_is_kept_under_its_tidied_name_and_told(database: Database) -> None:
    bus = Bus()
    told: list[TemplatesChanged] = []
    bus.subscribe(TemplatesChanged, told.append)
    service = TemplateService(bus)
    await service.use(SqlTemplateStore(database))
    await service.save("  Winter   put ", PUT)
    assert service.templates == (Template("Winter put", PUT),)
    assert len(told) == 2
    assert (await opened(database)).templates == service.templates


async def test_saving_under_the_same_name_replaces_and_can_be_taken_back(
    database: Database,
) -> None:
    service = await opened(database)
    await service.save("mine", PUT)
    await service.save("mine", COLLAR)
    assert service.templates == (Template("mine", COLLAR),)
    assert await service.undo() == "saving 'mine'"
    assert service.templates == (Template("mine", PUT),)


async def test_renamed_and_deleted_ones_come_back(database: Database) -> None:
    service = await opened(database)
    await service.save("a", PUT)
    await service.rename("a", "b")
    await service.delete("b")
    assert service.templates == ()
    assert service.undoable == "deleting 'b'"
    assert [await service.undo() for _ in range(4)] == [
        "deleting 'b'",
        "renaming 'a'",
        "saving 'a'",
        "",
    ]
    assert (await opened(database)).templates == ()


@pytest.mark.parametrize("name", ["", "   ", "x" * 61, READY[0].name])
async def test_a_name_that_cannot_be_used_is_refused(database: Database, name: str) -> None:
    service = await opened(database)
    with pytest.raises(InputError):
        await service.save(name, PUT)
    assert service.templates == ()


async def test_no_template_takes_anothers_name(database: Database) -> None:
    service = await opened(database)
    await service.save("a", PUT)
    await service.save("b", COLLAR)
    with pytest.raises(InputError, match="already"):
        await service.rename("a", "b")
    with pytest.raises(InputError, match="any more"):
        await service.delete("c")
    assert len(service.templates) == 2


async def test_before_the_database_is_open_nothing_is_kept() -> None:
    service = TemplateService(Bus())
    assert not service.open
    with pytest.raises(InputError, match="try again"):
        await service.save("mine", PUT)
    assert service.templates == ()


async def test_what_the_disk_refuses_is_not_shown_as_kept() -> None:
    service = TemplateService(Bus())
    await service.use(Refusing())
    assert service.problem == "One cannot be read."
    with pytest.raises(StorageError):
        await service.delete("Old")
    assert [one.name for one in service.templates] == ["Old"]
    assert service.undoable == ""


class Keeping(RuleBasedStateMachine):
    """Whatever is done, the database has what is shown, and undoing goes back step by step."""

    names = st.sampled_from(("a", "b", "c"))

    def __init__(self) -> None:
        super().__init__()
        self.database = Database(None)
        self.service = asyncio.run(opened(self.database))
        self.past: list[tuple[Template, ...]] = []

    def _do(self, work: Coroutine[object, object, object]) -> None:
        before = self.service.templates
        try:
            asyncio.run(work)
        except InputError:
            assert self.service.templates == before
        else:
            self.past.append(before)

    @rule(name=names, build=st.sampled_from((PUT, COLLAR)))
    def save(self, name: str, build: Build) -> None:
        self._do(self.service.save(name, build))

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
        assert self.service.templates == self.past.pop()

    @rule()
    def read_anew(self) -> None:
        store = SqlTemplateStore(self.database)
        found, problems = asyncio.run(store.load())
        assert (found, problems) == (self.service.templates, ())

    def teardown(self) -> None:
        self.database.close()


TestKeeping = Keeping.TestCase
TestKeeping.settings = settings(max_examples=20, stateful_step_count=15, deadline=None)
