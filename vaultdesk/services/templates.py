"""The templates of hedges: saved, renamed, deleted, and each of these taken back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from vaultdesk.core.hedge.templates import READY, Template, tidy
from vaultdesk.events import Bus, TemplatesChanged
from vaultdesk.ports import InputError

if TYPE_CHECKING:
    from vaultdesk.core.hedge.templates import Build
    from vaultdesk.ports import TemplateStore

REMEMBERED = 50
"""Changes that can be taken back."""


class TemplateService:
    """Keeps `templates` by name; `problem` says which could not be read.

    Nothing may be kept before `use`. A change that the store refuses is not made.
    """

    def __init__(self, bus: Bus) -> None:
        self.templates: tuple[Template, ...] = ()
        self.problem = ""
        self._bus = bus
        self._store: TemplateStore | None = None
        self._past: list[tuple[str, tuple[Template, ...]]] = []

    @property
    def open(self) -> bool:
        """Whether there is somewhere to keep templates."""
        return self._store is not None

    @property
    def undoable(self) -> str:
        """What `undo` would take back, in words; empty for nothing."""
        return self._past[-1][0] if self._past else ""

    async def use(self, store: TemplateStore) -> None:
        """Keep templates in this store.

        Raises:
            StorageError: It cannot be read.
        """
        found, problems = await store.load()
        self._store = store
        self.problem = " ".join(problems)
        self._past.clear()
        self._show(found)

    async def save(self, name: str, build: Build) -> Template:
        """Keep a build under a name, in place of what had it.

        Raises:
            InputError: The name cannot be used.
            StorageError: It was not kept.
        """
        template = _template(name, build)
        others = tuple(one for one in self.templates if one.name != template.name)
        await self._become((*others, template), f"saving '{template.name}'")
        return template

    async def rename(self, old: str, new: str) -> Template:
        """Give a template another name.

        Raises:
            InputError: The name cannot be used, or another template has it.
            StorageError: It was not kept.
        """
        before = self._of(old)
        template = _template(new, before.build)
        if template.name != old and any(one.name == template.name for one in self.templates):
            raise InputError(f"There is a template '{template.name}' already.", "name")
        changed = tuple(template if one is before else one for one in self.templates)
        await self._become(changed, f"renaming '{old}'")
        return template

    async def delete(self, name: str) -> None:
        """Forget a template.

        Raises:
            InputError: There is none of that name.
            StorageError: It is still kept.
        """
        gone = self._of(name)
        left = tuple(one for one in self.templates if one is not gone)
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

    async def _become(self, after: tuple[Template, ...], words: str) -> None:
        before = self.templates
        await self._store_difference(after)
        self._past = [*self._past, (words, before)][-REMEMBERED:]
        self._show(after)

    async def _store_difference(self, after: tuple[Template, ...]) -> None:
        if self._store is None:
            raise InputError("Templates cannot be kept before the database is open: try again.")
        names = {one.name for one in after}
        keep = tuple(one for one in after if one not in self.templates)
        forget = tuple(one.name for one in self.templates if one.name not in names)
        await self._store.change(keep, forget)

    def _of(self, name: str) -> Template:
        found = next((one for one in self.templates if one.name == name), None)
        if found is None:
            raise InputError(f"There is no template '{name}' any more.", "name")
        return found

    def _show(self, templates: tuple[Template, ...]) -> None:
        self.templates = tuple(sorted(templates, key=lambda one: one.name.casefold()))
        self._bus.tell(TemplatesChanged())


def _template(name: str, build: Build) -> Template:
    chosen = tidy(name)
    if chosen in {one.name for one in READY}:
        raise InputError("A template that comes with the desk has that name: choose another.")
    try:
        return replace(Template("-", build), name=chosen)
    except ValueError as error:
        raise InputError(str(error), "name") from error
