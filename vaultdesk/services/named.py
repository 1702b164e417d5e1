"""What is kept by its name: saved, renamed, deleted, and each of these taken back."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from vaultdesk.core.hedge.naming import tidy
from vaultdesk.ports import InputError

if TYPE_CHECKING:
    from collections.abc import Collection

    from vaultdesk.stores import NamedStore

REMEMBERED = 50
"""Changes that can be taken back."""


class _Named(Protocol):
    @property
    def name(self) -> str: ...


T = TypeVar("T", bound=_Named)
Content = TypeVar("Content")


class NamedService(ABC, Generic[T, Content]):
    """Keeps things in the order of their names in `kept`; `problem` says which cannot be read.

    Nothing may be kept before `use`. A change that the store refuses is not made. `ready` are the
    names of those that come with the desk, which no other may have.
    """

    noun: str
    """What one of them is called, "template"."""

    def __init__(self, ready: Collection[str]) -> None:
        self.kept: tuple[T, ...] = ()
        self.problem = ""
        self._ready = ready
        self._store: NamedStore[T] | None = None
        self._past: list[tuple[str, tuple[T, ...]]] = []

    @abstractmethod
    def _made(self, name: str, content: Content) -> T:
        """The thing of this name; raises ValueError for what cannot be kept."""

    @abstractmethod
    def _content(self, thing: T) -> Content:
        """What is kept under the name."""

    @abstractmethod
    def _tell(self) -> None:
        """Tell that `kept` is another."""

    @property
    def open(self) -> bool:
        """Whether there is somewhere to keep them."""
        return self._store is not None

    @property
    def undoable(self) -> str:
        """What `undo` would take back, in words; empty for nothing."""
        return self._past[-1][0] if self._past else ""

    async def use(self, store: NamedStore[T]) -> None:
        """Keep them in this store.

        Raises:
            StorageError: It cannot be read.
        """
        found, problems = await store.load()
        self._store = store
        self.problem = " ".join(problems)
        self._past.clear()
        self._show(found)

    async def save(self, name: str, content: Content) -> T:
        """Keep something under a name, in place of what had it.

        Raises:
            InputError: The name cannot be used, or such content cannot be kept.
            StorageError: It was not kept.
        """
        thing = self._checked(name, content)
        others = tuple(one for one in self.kept if one.name != thing.name)
        await self._become((*others, thing), f"saving '{thing.name}'")
        return thing

    async def rename(self, old: str, new: str) -> T:
        """Give one another name.

        Raises:
            InputError: The name cannot be used, or another has it.
            StorageError: It was not kept.
        """
        before = self._of(old)
        thing = self._checked(new, self._content(before))
        if thing.name != old and any(one.name == thing.name for one in self.kept):
            raise InputError(f"There is a {self.noun} '{thing.name}' already.", "name")
        changed = tuple(thing if one is before else one for one in self.kept)
        await self._become(changed, f"renaming '{old}'")
        return thing

    async def delete(self, name: str) -> None:
        """Forget one.

        Raises:
            InputError: There is none of that name.
            StorageError: It is still kept.
        """
        gone = self._of(name)
        left = tuple(one for one in self.kept if one is not gone)
        await self._become(left, f"deleting '{name}'")

    async def undo(self) -> str:
        """Take the newest change back and say which it was; "" where there is none.

        Raises:
            StorageError: It still stands.
        """
        if not self._past:
            return ""
        words, before = self._past[-1]
        await self._store_difference(before)
        self._past.pop()
        self._show(before)
        return words

    async def _become(self, after: tuple[T, ...], words: str) -> None:
        before = self.kept
        await self._store_difference(after)
        self._past = [*self._past, (words, before)][-REMEMBERED:]
        self._show(after)

    async def _store_difference(self, after: tuple[T, ...]) -> None:
        if self._store is None:
            plural = f"{self.noun.capitalize()}s"
            raise InputError(f"{plural} cannot be kept before the database is open: try again.")
        names = {one.name for one in after}
        keep = tuple(one for one in after if one not in self.kept)
        forget = tuple(one.name for one in self.kept if one.name not in names)
        await self._store.change(keep, forget)

    def _of(self, name: str) -> T:
        found = next((one for one in self.kept if one.name == name), None)
        if found is None:
            raise InputError(f"There is no {self.noun} '{name}' any more.", "name")
        return found

    def _show(self, things: tuple[T, ...]) -> None:
        self.kept = tuple(sorted(things, key=lambda one: one.name.casefold()))
        self._tell()

    def _checked(self, name: str, content: Content) -> T:
        chosen = tidy(name)
        if chosen in self._ready:
            raise InputError(
                f"A {self.noun} that comes with the desk has that name: choose another."
            )
        try:
            return self._made(chosen, content)
        except ValueError as error:
            raise InputError(str(error), "name") from error
